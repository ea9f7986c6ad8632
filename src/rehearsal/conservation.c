/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/conservation.h"

#include "journal/journal.h"
#include "matter/tally.h"
#include "registry/facts.h"
#include "registry/staffing.h"

#include <glib/gstdio.h>
#include <string.h>

const char *const fate_names[FATE_COUNT] = {
    "to be screened", "in transit",          "handed on",   "at the clinic", "under observation",
    "released",       "screened and let go", "in hospital", "left again",    "merged or erased"};

struct judging {
    struct db *rows;
    int64_t since_us;
    struct conservation *out;
};

void conservation_clear(struct conservation *found)
{
    g_clear_pointer(&found->faults, g_ptr_array_unref);
}

static void fault(struct conservation *out, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void fault(struct conservation *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (out->fault_count++ < FAULTS_MOST)
        g_ptr_array_add(out->faults, g_strdup_vprintf(format, args));
    va_end(args);
}

/* ---- arrivals ---- */

static bool has_observation(struct db *rows, const struct matter *arrival, bool open)
{
    int64_t found;
    return db_integer(rows, &found,
                      "SELECT 1 FROM matter INDEXED BY matter_parent WHERE parent = ?1 AND parent <> 0"
                      " AND kind = 'home_observation' AND (closed_us = 0) = ?2",
                      "ii", arrival->id, (int64_t)open);
}

/* By its state; FATE_COUNT: it has none that an arrival can have. */
static enum fate fate_of(struct db *rows, const struct matter *arrival)
{
    static const struct {
        const char *state;
        enum fate fate;
    } states[] = {
        {"registered", FATE_OPEN},          {"received", FATE_HANDED_ON},
        {"at_clinic", FATE_AT_CLINIC},      {"under_observation", FATE_OBSERVED},
        {"hospitalised", FATE_IN_HOSPITAL}, {"departed", FATE_DEPARTED},
    };
    if (arrival->erased || arrival->merged_into != 0)
        return FATE_ENDED;
    if (matter_offered_to(rows, arrival->id) != 0)
        return FATE_IN_TRANSIT;
    if (strcmp(arrival->state, "cleared") == 0)
        return has_observation(rows, arrival, false) ? FATE_RELEASED : FATE_SCREENED;
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (strcmp(arrival->state, states[i].state) == 0)
            return states[i].fate;
    return FATE_COUNT;
}

static void judge_arrival(struct judging *judging, const struct book_page *page, const struct matter *arrival,
                          const char *id)
{
    enum fate fate = fate_of(judging->rows, arrival);
    bool screened = book_page_entries(page, "screen") > 0;
    bool waits = fate == FATE_OPEN || fate == FATE_IN_TRANSIT || fate == FATE_HANDED_ON;
    if (fate == FATE_COUNT) {
        fault(judging->out, "arrival %s has the state %s, which says nothing of what became of it", id, arrival->state);
        return;
    }
    judging->out->fates[fate]++;
    if (screened && waits)
        fault(judging->out, "arrival %s was screened, and is %s", id, fate_names[fate]);
    else if (!screened && !waits && fate != FATE_DEPARTED && fate != FATE_ENDED)
        fault(judging->out, "arrival %s is %s, and nobody screened it", id, fate_names[fate]);
    else if (fate == FATE_OBSERVED && !has_observation(judging->rows, arrival, true))
        fault(judging->out, "arrival %s is under observation, and no observation is open", id);
}

/* ---- what the book has ---- */

static int64_t entries_there(struct judging *judging, int64_t matter, const char *entry)
{
    int64_t count = 0;
    db_integer(judging->rows, &count,
               "SELECT count(*) FROM entry WHERE matter = ?1 AND kind = ?2 AND person > 0 AND at_us >= ?3", "isi",
               matter, entry, judging->since_us);
    return count;
}

static void judge_page(void *context, const struct book_page *page)
{
    struct judging *judging = context;
    struct matter matter;
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(&page->matter, id);
    bool arrival = page->kind != NULL && strcmp(page->kind, "arrival") == 0;
    judging->out->made += arrival;
    if (!matter_get_by_uuid(judging->rows, &page->matter, &matter)) {
        fault(judging->out, "%s %s is not there", page->kind != NULL ? page->kind : "matter", id);
        return;
    }
    if (page->kind != NULL && strcmp(page->kind, matter.kind) != 0)
        fault(judging->out, "%s %s is there as %s", page->kind, id, matter.kind);
    for (guint i = 0; i < page->lines->len; i++) {
        const struct book_line *line = &g_array_index(page->lines, struct book_line, i);
        int64_t there = entries_there(judging, matter.id, line->entry);
        judging->out->entries += line->count;
        if (there != line->count)
            fault(judging->out,
                  "%s %s: %s was accepted %" G_GINT64_FORMAT " times and is there %" G_GINT64_FORMAT " times",
                  matter.kind, id, line->entry, line->count, there);
    }
    if (arrival)
        judge_arrival(judging, page, &matter, id);
}

/* Of whoever opened them: none is there that the book lacks. */
static void judge_openings(struct judging *judging)
{
    int64_t there = 0;
    db_integer(judging->rows, &there, "SELECT count(*) FROM matter WHERE kind = 'arrival' AND opened_us >= ?1", "i",
               judging->since_us);
    if (there != judging->out->made)
        fault(judging->out, "%" G_GINT64_FORMAT " arrivals were made and %" G_GINT64_FORMAT " are there",
              judging->out->made, there);
}

/* ---- expectations ---- */

static void judge_expected(void *context, int64_t matter, int64_t number, bool met)
{
    struct judging *judging = context;
    int64_t outcome = OUTCOME_OPEN, open = 0;
    bool ended =
        db_integer(judging->rows, &outcome, "SELECT outcome FROM expectation_past WHERE matter = ?1 AND number = ?2",
                   "ii", matter, number);
    db_integer(judging->rows, &open, "SELECT 1 FROM expectation WHERE matter = ?1 AND number = ?2", "ii", matter,
               number);
    struct uuid uuid = {0};
    char id[UUID_TEXT_LENGTH + 1];
    matter_get_uuid(judging->rows, matter, &uuid);
    uuid_format(&uuid, id);
    if (!ended && !open)
        fault(judging->out, "matter %s: what was expected as number %" G_GINT64_FORMAT " has vanished", id, number);
    else if (ended && open)
        fault(judging->out, "matter %s: expectation %" G_GINT64_FORMAT " is open and has ended", id, number);
    else if (met && (open || outcome == OUTCOME_MISSED))
        fault(judging->out, "matter %s: expectation %" G_GINT64_FORMAT " was answered and is %s", id, number,
              outcome_names[outcome]);
}

/* Of every matter, whoever it is of: they are numbered one by one. */
static void judge_numbers(struct judging *judging)
{
    AUTO(cursor)
    struct cursor matters =
        db_query(judging->rows,
                 "SELECT uuid, kind, made, there FROM (SELECT m.uuid, m.kind, m.next_expectation - 1 AS made,"
                 " (SELECT count(*) FROM expectation e WHERE e.matter = m.id)"
                 " + (SELECT count(*) FROM expectation_past e WHERE e.matter = m.id) AS there FROM matter m"
                 " WHERE m.erased = 0) WHERE made <> there",
                 "");
    while (cursor_next(&matters)) {
        struct uuid uuid;
        char id[UUID_TEXT_LENGTH + 1];
        cursor_uuid(&matters, 0, &uuid);
        uuid_format(&uuid, id);
        fault(judging->out,
              "%s %s: %" G_GINT64_FORMAT " times something was expected, and %" G_GINT64_FORMAT " are there",
              cursor_text(&matters, 1), id, cursor_integer(&matters, 2), cursor_integer(&matters, 3));
    }
}

static void count_outcomes(struct judging *judging)
{
    struct conservation *out = judging->out;
    db_integer(judging->rows, &out->outcomes[OUTCOME_OPEN], "SELECT count(*) FROM expectation", "");
    db_integer(judging->rows, &out->overdue, "SELECT count(*) FROM expectation WHERE overdue = 1", "");
    out->expected = out->outcomes[OUTCOME_OPEN];
    AUTO(cursor)
    struct cursor ended =
        db_query(judging->rows, "SELECT outcome, count(*) FROM expectation_past GROUP BY outcome", "");
    while (cursor_next(&ended)) {
        int64_t outcome = cursor_integer(&ended, 0), count = cursor_integer(&ended, 1);
        out->expected += count;
        if (outcome > OUTCOME_OPEN && outcome < OUTCOMES)
            out->outcomes[outcome] = count;
        else
            fault(out, "%" G_GINT64_FORMAT " expectations have no outcome that there is", count);
    }
}

/* ---- figures and the chain ---- */

static bool judge_figures(struct judging *judging, struct rulebook *rulebook, GError **error)
{
    g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
    if (!tally_is_counted(judging->rows)) {
        fault(judging->out, "the kept figures wait for a recount");
        return true;
    }
    if (!tally_compare(judging->rows, rulebook, NULL, FAULTS_MOST, NULL, differences, error))
        return false;
    registry_staffing_compare(judging->rows, rulebook_current(rulebook), FAULTS_MOST, differences);
    registry_facts_compare(judging->rows, FAULTS_MOST, differences);
    judging->out->figures_differ = differences->len;
    for (guint i = 0; i < differences->len; i++)
        fault(judging->out, "a kept figure is no recount: %s", (const char *)differences->pdata[i]);
    if (!matter_counts_are_right(judging->rows))
        fault(judging->out, "the counts of now are no recount");
    return true;
}

static bool judge_chain(struct conservation *out, const char *data_dir, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    AUTO(journal_report) struct journal_report report = {0};
    if (!journal_verify(path, NULL, NULL, NULL, &report, error))
        return false;
    out->events = report.events;
    out->heads = (int64_t)report.heads;
    for (guint i = 0; i < report.findings->len; i++) {
        const struct journal_finding *finding = &g_array_index(report.findings, struct journal_finding, i);
        fault(out, "event %" G_GINT64_FORMAT " of the journal: %s", finding->pos, finding->what);
    }
    for (guint i = 0; i < report.tables->len; i++)
        fault(out, "journal.db: %s", (const char *)report.tables->pdata[i]);
    return true;
}

bool conservation_prove(const struct book *book, struct engine *engine, int64_t since_us, struct conservation *out,
                        GError **error)
{
    *out = (struct conservation){.faults = g_ptr_array_new_with_free_func(g_free)};
    g_autofree char *path = g_build_filename(engine_data_dir(engine), "rows.db", NULL);
    const struct db_options options = {.mode = DB_ROWS}; /* counts that wait are settled, and undone */
    AUTO(db) struct db *rows = db_open(path, &options, error);
    if (rows == NULL)
        return false;
    struct judging judging = {.rows = rows, .since_us = since_us, .out = out};
    db_begin(rows); /* else each query would lock the file */
    book_each_page(book, judge_page, &judging);
    judge_openings(&judging);
    judge_numbers(&judging);
    book_each_expected(book, judge_expected, &judging);
    count_outcomes(&judging);
    bool read = judge_figures(&judging, engine_rulebook(engine), error);
    if (read && db_failed(rows) != NULL) {
        g_propagate_error(error, g_error_copy(db_failed(rows)));
        read = false;
    }
    db_rollback(rows);
    return read && judge_chain(out, engine_data_dir(engine), error);
}
