/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rehearsal accounts for all that it made, and tells it when a row is changed behind its back; the same seed makes
 * the same figures. */
#include "town.h"

#include "base/log.h"
#include "rehearsal/conservation.h"
#include "rehearsal/days.h"

#include <string.h>

#define DAYS 5

static void run(struct town *town, uint64_t seed, struct rehearsal_report *out)
{
    g_autoptr(GError) error = NULL;
    town_init(town, TOWN_START_US);
    town->options.in_order = true;
    town_open(town);
    town_tree(town, 0);
    const struct rehearsal_options options = {.engine = town->engine,
                                              .clock = &town->clock,
                                              .days = DAYS,
                                              .until_us = TOWN_START_US + DAYS * US_PER_DAY,
                                              .seed = seed,
                                              .scale = 0.003,
                                              .drill = true};
    bool lived = rehearsal_run(&options, out, &error);
    g_assert_no_error(error);
    g_assert_true(lived);
    g_test_message("%s", out->refusals);
}

/* How many of a kind it opened. */
static int64_t opened(const struct rehearsal_report *lived, const char *name)
{
    g_autoptr(GArray) kinds = book_kinds(lived->book);
    for (guint i = 0; i < kinds->len; i++)
        if (strcmp(g_array_index(kinds, struct book_kind, i).kind, name) == 0)
            return g_array_index(kinds, struct book_kind, i).opened;
    return 0;
}

static void prove(struct town *town, const struct rehearsal_report *lived, struct conservation *out)
{
    g_autoptr(GError) error = NULL;
    bool proved = conservation_prove(lived->book, town->engine, lived->begin_us, out, &error);
    g_assert_no_error(error);
    g_assert_true(proved);
}

static void must_be_whole(struct town *town, const struct rehearsal_report *lived)
{
    AUTO(conservation) struct conservation found = {0};
    int64_t fates = 0, outcomes = 0;
    prove(town, lived, &found);
    for (guint i = 0; i < found.faults->len; i++)
        g_test_message("%s", (const char *)found.faults->pdata[i]);
    g_assert_cmpint(found.fault_count, ==, 0);
    for (int i = 0; i < FATE_COUNT; i++)
        fates += found.fates[i];
    for (int i = 0; i < OUTCOMES; i++)
        outcomes += found.outcomes[i];
    g_assert_cmpint(found.made, ==, fates);
    g_assert_cmpint(found.expected, ==, outcomes);
    g_assert_cmpint(found.fates[FATE_OBSERVED], >, 0);
    g_assert_cmpint(found.outcomes[OUTCOME_MISSED], >, 0);
    g_assert_cmpint(found.entries, >, 100);
}

/* What is done to which file behind the program's back, and what is said of it. */
static const struct {
    const char *file, *sql, *told;
} faults[] = {
    {"rows.db",
     "DELETE FROM expectation_past WHERE (matter, number) IN (SELECT matter, number FROM expectation_past"
     " WHERE outcome = 1 LIMIT 1)",
     "has vanished"},
    {"rows.db",
     "DELETE FROM expectation WHERE matter IN (SELECT id FROM matter WHERE kind = 'situation_report' LIMIT 1)",
     "has vanished"},
    {"rows.db", "UPDATE matter SET next_expectation = next_expectation + 1 WHERE kind = 'daily_report'",
     "times something was expected"},
    {"rows.db", "UPDATE expectation_past SET outcome = 3 WHERE outcome = 1", "was answered and is missed"},
    {"rows.db", "DELETE FROM matter WHERE kind = 'arrival' AND state = 'under_observation'", "is not there"},
    {"rows.db", "UPDATE matter SET state = 'registered' WHERE kind = 'arrival' AND state = 'under_observation'",
     "was screened, and is to be screened"},
    {"rows.db", "UPDATE matter SET closed_us = 1 WHERE kind = 'home_observation'", "no observation is open"},
    {"rows.db", "UPDATE matter SET opened_us = 1 WHERE kind = 'arrival'", "arrivals were made and"},
    {"rows.db", "DELETE FROM entry WHERE kind = 'check_in'", "times and is there 0 times"},
    {"rows.db", "UPDATE tally_figure SET figures = (SELECT max(figures) FROM tally_figure)", "no recount"},
    {"rows.db", "UPDATE staffing SET held = held - 1 WHERE held > 0", "posts of"},
    {"rows.db", "UPDATE matter SET state = 'nowhere' WHERE kind = 'daily_report'", "no recount"},
    {"rows.db", "UPDATE tally_figure SET kind = -kind", "no recount"},
    {"rows.db", "UPDATE tally_matter SET count = count + 1", "counts of now"},
    {"rows.db", "UPDATE tally_state SET counted = 0", "wait for a recount"},
    {"journal.db", "UPDATE event SET body = '{}' WHERE pos = 7", "event 7 of the journal: hash differs"},
};

static void must_tell(const struct town *lived_in, const struct rehearsal_report *lived, size_t i)
{
    struct town town;
    town_copy(lived_in, &town);
    town_open(&town);
    g_autofree char *path = g_build_filename(town.data_dir, faults[i].file, NULL);
    sqlite3 *file;
    g_assert_cmpint(sqlite3_open(path, &file), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(file, faults[i].sql, NULL, NULL, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_changes(file), >, 0);
    sqlite3_close(file);
    AUTO(conservation) struct conservation found = {0};
    prove(&town, lived, &found);
    bool told = false;
    for (guint at = 0; at < found.faults->len; at++) {
        g_test_message("%s", (const char *)found.faults->pdata[at]);
        told = told || strstr(found.faults->pdata[at], faults[i].told) != NULL;
    }
    if (!told)
        g_error("nothing says \"%s\" of %s", faults[i].told, faults[i].sql);
    town_clear(&town);
}

/* In a town of two subdistricts; what is rarer need not be drawn. */
static const char *const begun[] = {"arrival", "service_request", "directive",       "instruction_request",
                                    "whistle", "inspection",      "control_measure", "workplace_control"};

static void test_conserved(void)
{
    struct town town;
    struct rehearsal_report lived;
    run(&town, 1, &lived);
    must_be_whole(&town, &lived);
    for (size_t i = 0; i < G_N_ELEMENTS(begun); i++)
        if (opened(&lived, begun[i]) == 0)
            g_error("no %s was opened", begun[i]);
    g_assert_cmpint(town_number(&town, "SELECT count(*) FROM entry WHERE kind = 'confirm_report_in'"), >, 0);
    g_assert_cmpint(town_number(&town, "SELECT count(*) FROM entry WHERE kind = 'rate_street'"), >, 0);
    g_assert_cmpint(town_number(&town, "SELECT count(*) FROM drill"), ==, 1);
    town_close(&town);
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
        must_tell(&town, &lived, i);
    rehearsal_report_clear(&lived);
    town_clear(&town);
}

/* ---- the same seed ---- */

static void append(GString *text, struct db *rows, const char *sql)
{
    AUTO(cursor) struct cursor cursor = db_query_text(rows, sql);
    while (cursor_next(&cursor))
        g_string_append_printf(text, "%s\n", cursor_text(&cursor, 0));
}

/* What was decided and what is counted of it, without keys and public ids. */
static char *figures(struct town *town)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    const struct db_options options = {.mode = DB_READ};
    g_autofree char *path = g_build_filename(town->data_dir, "rows.db", NULL);
    AUTO(db) struct db *rows = db_open(path, &options, &error);
    g_assert_no_error(error);
    append(text, rows,
           "SELECT s.kind || ' ' || s.name || ' ' || f.unit || ' ' || f.period || ' ' || hex(f.figures)"
           " FROM tally_figure f JOIN tally_series s ON s.id >> 16 = f.kind ORDER BY f.unit, f.kind, f.period, s.id");
    append(text, rows, "SELECT id || ' ' || kind || ' ' || state || ' ' || changed_us FROM matter ORDER BY id");
    append(text, rows,
           "SELECT matter || ' ' || number || ' ' || kind || ' ' || at_us || ' ' || person FROM entry"
           " ORDER BY matter, number");
    append(text, rows,
           "SELECT matter || ' ' || number || ' ' || outcome || ' ' || ended_us FROM expectation_past"
           " ORDER BY matter, number");
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *figures_of(uint64_t seed)
{
    struct town town;
    struct rehearsal_report lived;
    run(&town, seed, &lived);
    rehearsal_report_clear(&lived);
    char *found = figures(&town);
    town_clear(&town);
    return found;
}

static void test_same_seed(void)
{
    g_autofree char *one = figures_of(1), *again = figures_of(1), *other = figures_of(2);
    g_assert_nonnull(strstr(one, "whistles_blown"));
    g_assert_cmpstr(one, ==, again);
    g_assert_cmpstr(one, !=, other);
}

/* Where people are registered it is too late to say that nothing is so. */
static void test_no_drill_among_people(void)
{
    struct town town;
    struct rehearsal_report lived;
    g_autoptr(GError) error = NULL;
    town_init(&town, TOWN_START_US);
    town_open(&town);
    town_settle(&town, 1, 1, 1);
    const struct rehearsal_options options = {
        .engine = town.engine, .clock = &town.clock, .days = 1, .until_us = TOWN_START_US + US_PER_DAY, .drill = true};
    g_assert_false(rehearsal_run(&options, &lived, &error));
    g_assert_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_PEOPLE);
    rehearsal_report_clear(&lived);
    g_assert_cmpint(town_number(&town, "SELECT count(*) FROM drill"), ==, 0);
    town_clear(&town);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/proofs/rehearsal/conserved", test_conserved);
    g_test_add_func("/proofs/rehearsal/same_seed", test_same_seed);
    g_test_add_func("/proofs/rehearsal/no_drill_among_people", test_no_drill_among_people);
    return g_test_run();
}
