/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fortnight under the Beijing playbook in seconds: thirty-two people under observation from the first reading to the
 * release, with restarts at any moment and two days of downtime in between. What became of every single window is
 * compared with a model that knows the notice and nothing of the program; nothing ends twice.
 */
#include "town.h"

#include "base/datetime.h"
#include "base/log.h"
#include "matter/rows/events.h"
#include "matter/matter.h"

#include <string.h>

#define PEOPLE      32
#define DAYS        17
#define STEP_US     (13 * US_PER_MINUTE)
#define AT(d, h, m) (MIDNIGHT_US + (d)*US_PER_DAY + (h)*US_PER_HOUR + (m)*US_PER_MINUTE)
#define MIDNIGHT_US (TOWN_START_US - 8 * US_PER_HOUR) /* there, of the first day */
#define CLOSED_US   AT(6, 9, 5)                       /* in the middle of a window */
#define OPENED_US   AT(8, 9, 10)
#define GRACE_US    (30 * US_PER_MINUTE) /* of the playbook */

/* ---- the model: windows of a person ---- */

enum luck { IN_TIME, LATE, NEVER, DELIVERED_LATER, TWICE, FEVER };

struct slot {
    int64_t opens_us, due_us, next_us;
    enum luck luck;
    int64_t entry_us, again_us; /* when the reading is taken; 0 never */
    bool phone_is_off;          /* what is read in the downtime stays on a lost phone */
    bool done;
    enum outcome outcome; /* OUTCOME_OPEN: not decided yet */
};

struct person {
    int64_t id, worker, doctor;
    char matter[UUID_TEXT_LENGTH + 1];
    int64_t opened_us, end_us; /* of the observation */
    int64_t notice_us, recheck_us, recheck_due_us, release_us;
    bool feverish, notice_done, recheck_late, released;
    int fevers, late_rechecks;
    struct slot windows[2 * DAYS + 2];
    int window_count;
};

struct fortnight {
    struct town town;
    GRand *dice;
    struct person people[PEOPLE];
    int restarts;
};

static bool is_down(int64_t at_us)
{
    return at_us >= CLOSED_US && at_us < OPENED_US;
}

static enum luck luck_of(struct fortnight *fortnight, const struct slot *window)
{
    int percent = g_rand_int_range(fortnight->dice, 0, 100);
    bool early = window->opens_us < AT(2, 0, 0); /* notices are handed over first */
    bool near_downtime = window->opens_us > CLOSED_US - US_PER_DAY && window->opens_us < OPENED_US + US_PER_DAY;
    if (percent < 8)
        return LATE;
    if (percent < 16)
        return NEVER;
    if (percent < 24)
        return DELIVERED_LATER;
    if (percent < 32)
        return TWICE;
    if (percent < 38 && !early && !near_downtime)
        return FEVER;
    return IN_TIME;
}

/* Moments of the steps only, so that the model needs no rounding. */
static int64_t some_step(struct fortnight *fortnight, int64_t from_us, int64_t to_us)
{
    int64_t first = (from_us - TOWN_START_US + STEP_US - 1) / STEP_US, last = (to_us - TOWN_START_US) / STEP_US;
    g_assert_cmpint(first, <=, last);
    return TOWN_START_US + STEP_US * (first + g_rand_int_range(fortnight->dice, 0, (gint32)(last - first + 1)));
}

static void plan_window(struct fortnight *fortnight, struct person *person, struct slot *window)
{
    int64_t from_us = MAX(window->opens_us, person->opened_us + STEP_US);
    window->luck = luck_of(fortnight, window);
    window->phone_is_off = g_rand_boolean(fortnight->dice);
    if (from_us + STEP_US > window->due_us && window->luck != NEVER)
        window->luck = LATE;
    if (window->luck == NEVER)
        return;
    if (window->luck == LATE)
        window->entry_us = some_step(fortnight, MAX(window->due_us + 1, from_us), window->next_us - STEP_US);
    else
        window->entry_us = some_step(fortnight, from_us, window->due_us);
    if (window->luck == TWICE)
        window->again_us = some_step(fortnight, window->entry_us, window->next_us - STEP_US);
}

static void plan_windows(struct fortnight *fortnight, struct person *person)
{
    static const int times[2][4] = {{6, 30, 10, 0}, {16, 0, 20, 30}};
    for (int i = 0; i < 2 * DAYS; i++) {
        const int *now = times[i % 2], *then = times[(i + 1) % 2];
        struct slot window = {.opens_us = AT(i / 2, now[0], now[1]),
                              .due_us = AT(i / 2, now[2], now[3]),
                              .next_us = AT((i + 1) / 2, then[0], then[1])};
        if (window.due_us < person->opened_us || window.opens_us > person->end_us + US_PER_DAY)
            continue;
        plan_window(fortnight, person, &window);
        person->windows[person->window_count++] = window;
    }
}

static void plan_person(struct fortnight *fortnight, struct person *person, int i)
{
    person->opened_us = TOWN_START_US + STEP_US * g_rand_int_range(fortnight->dice, 0, 100);
    person->end_us = person->opened_us + 14 * US_PER_DAY - (i % 4) * 7 * US_PER_HOUR - 61 * US_PER_SECOND;
    person->notice_us = person->opened_us + STEP_US * (i % 5 == 0 ? 60 : 1 + i % 50); /* twelve hours are 55.4 */
    int64_t release_us = person->end_us + (i % 7 == 0 ? 25 : 3) * US_PER_HOUR;
    person->release_us = some_step(fortnight, release_us, release_us + 2 * STEP_US);
    plan_windows(fortnight, person);
}

/* ---- what people do ---- */

static char *time_text(int64_t at_us)
{
    char text[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(at_us, utc, text);
    return g_strdup(text);
}

static void open_matter(struct fortnight *fortnight, struct person *person, int64_t unit)
{
    g_autofree char *exposure = time_text(person->end_us - 14 * US_PER_DAY);
    json_t *command = town_command(&fortnight->town,
                                   "{'command': 'open_matter', 'kind': 'home_observation', 'unit': '#%" G_GINT64_FORMAT
                                   "', 'subject': '%" G_GINT64_FORMAT "', 'form': {'last_exposure': '%s'}}",
                                   unit, person->id, exposure);
    g_strlcpy(person->matter, json_get_text(command, "id", ""), sizeof person->matter);
    json_decref(town_must(&fortnight->town, person->doctor, command));
}

static void enter(struct fortnight *fortnight, const struct person *person, int64_t who, const char *entry,
                  const char *fields, int64_t observed_us)
{
    g_autofree char *observed = time_text(observed_us);
    town_do(&fortnight->town, who,
            "{'command': 'enter', 'matter': '%s', 'entry': '%s', 'observed_at': '%s', 'fields': %s}", person->matter,
            entry, observed, fields);
}

/* A reading arrives: the first one that was taken between this window's opening and the next one's counts. */
static void take(struct fortnight *fortnight, struct person *person, struct slot *window, int64_t taken_us)
{
    int64_t now_us = clock_now_us(&fortnight->town.clock);
    if (person->feverish || now_us >= person->end_us)
        return; /* not asked for */
    bool fever = window->luck == FEVER && !window->done;
    enter(fortnight, person, person->worker, "check_in", fever ? "{'temperature': 38.1}" : "{'temperature': 36.6}",
          taken_us);
    if (!window->done)
        window->outcome = taken_us <= window->due_us ? OUTCOME_MET : OUTCOME_LATE;
    window->done = true;
    if (!fever)
        return;
    person->feverish = true;
    person->fevers++;
    person->recheck_due_us = now_us + 30 * US_PER_MINUTE;
    person->recheck_us = now_us + STEP_US * (1 + person->fevers % 3);
}

static void recheck(struct fortnight *fortnight, struct person *person)
{
    int64_t now_us = clock_now_us(&fortnight->town.clock);
    if (!person->feverish || now_us < person->recheck_us)
        return;
    enter(fortnight, person, person->worker, "recheck", "{'temperature': 36.7}", now_us);
    person->late_rechecks += now_us > person->recheck_due_us;
    person->feverish = false;
}

/* When a reading that was taken then comes in: at once, an hour into the next window, or on the return of the server:
 * some in its grace, some a day after. 0: never. */
static int64_t arrives_us(const struct person *person, const struct slot *window, int64_t taken_us)
{
    if (is_down(taken_us) && window->phone_is_off)
        return 0;
    if (is_down(taken_us))
        return person->id % 3 == 0 ? OPENED_US + US_PER_DAY + 3 * US_PER_HOUR : OPENED_US + 10 * US_PER_MINUTE;
    if (window->luck == DELIVERED_LATER && !is_down(window->next_us + US_PER_HOUR))
        return window->next_us + US_PER_HOUR;
    return taken_us;
}

static bool comes_now(int64_t arrives, int64_t before_us, int64_t now_us)
{
    return arrives > before_us && arrives <= now_us;
}

static void live(struct fortnight *fortnight, struct person *person, int64_t before_us, int64_t now_us)
{
    recheck(fortnight, person);
    if (!person->notice_done && now_us >= person->notice_us && !person->feverish) {
        enter(fortnight, person, person->doctor, "serve_notice", "{'read_out': true}", now_us);
        person->notice_done = true;
    }
    for (int i = 0; i < person->window_count; i++) {
        struct slot *window = &person->windows[i];
        if (window->entry_us != 0 && comes_now(arrives_us(person, window, window->entry_us), before_us, now_us))
            take(fortnight, person, window, window->entry_us);
        if (window->again_us != 0 && comes_now(arrives_us(person, window, window->again_us), before_us, now_us))
            take(fortnight, person, window, window->again_us);
    }
    if (!person->released && now_us >= person->release_us) {
        enter(fortnight, person, person->doctor, "release", "{}", now_us);
        person->released = true;
        person->release_us = now_us;
    }
}

/* ---- time ---- */

static void restart(struct fortnight *fortnight)
{
    town_close(&fortnight->town);
    town_open(&fortnight->town);
    fortnight->restarts++;
}

/* After the downtime nothing lapses before the grace is over, also where the program is started once more. */
static void come_by(struct fortnight *fortnight, int64_t now_us)
{
    int64_t events = engine_run_clock(fortnight->town.engine);
    if (now_us >= OPENED_US && now_us < OPENED_US + GRACE_US)
        g_assert_cmpint(events, ==, 0);
}

static void step(struct fortnight *fortnight, int64_t before_us, int64_t now_us)
{
    struct town *town = &fortnight->town;
    bool was_down = is_down(before_us);
    if (is_down(now_us)) {
        if (!was_down)
            town_close(town);
        clock_set(&town->clock, now_us);
        return;
    }
    clock_set(&town->clock, now_us);
    if (was_down)
        town_open(town);
    else if (g_rand_int_range(fortnight->dice, 0, 60) == 0)
        restart(fortnight);
    come_by(fortnight, now_us);
    for (int i = 0; i < PEOPLE; i++)
        if (fortnight->people[i].opened_us < now_us)
            live(fortnight, &fortnight->people[i], was_down ? CLOSED_US : before_us, now_us);
    if (now_us >= OPENED_US && now_us < OPENED_US + GRACE_US)
        restart(fortnight);
    come_by(fortnight, now_us);
}

static void open_due(struct fortnight *fortnight, const GArray *units, int64_t now_us)
{
    for (int i = 0; i < PEOPLE; i++)
        if (fortnight->people[i].opened_us == now_us)
            open_matter(fortnight, &fortnight->people[i], g_array_index(units, int64_t, i));
}

static void begin(struct fortnight *fortnight, GArray **out_units)
{
    struct town *town = &fortnight->town;
    town_init(town, TOWN_START_US);
    town->options.grace_us = -1; /* the playbook's */
    town_open(town);
    town_people(town, 4, 4, 2);
    engine_run_clock(town->engine);
    g_autoptr(GArray) ids = town_numbers(town, "SELECT person FROM residency ORDER BY person");
    *out_units = town_numbers(town, "SELECT unit FROM residency ORDER BY person");
    g_assert_cmpuint(ids->len, ==, PEOPLE);
    for (int i = 0; i < PEOPLE; i++) {
        struct person *person = &fortnight->people[i];
        int64_t unit = g_array_index(*out_units, int64_t, i);
        *person = (struct person){.id = g_array_index(ids, int64_t, i),
                                  .worker = town_holder(town, "grid_worker", unit),
                                  .doctor = town_holder(town, "community_doctor", unit)};
        plan_person(fortnight, person, i);
    }
}

/* ---- comparing ---- */

/* What the notice says became of each window: [opens] → outcome. */
static GHashTable *expected_of(struct person *person, int *out_withdrawn)
{
    GHashTable *outcomes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    *out_withdrawn = 0;
    for (int i = 0; i < person->window_count && *out_withdrawn == 0; i++) {
        struct slot *window = &person->windows[i];
        if (window->outcome == OUTCOME_OPEN)
            window->outcome = window->next_us < person->end_us ? OUTCOME_MISSED : OUTCOME_WITHDRAWN;
        *out_withdrawn += window->outcome == OUTCOME_WITHDRAWN;
        g_hash_table_insert(outcomes, g_memdup2(&window->opens_us, sizeof window->opens_us),
                            GINT_TO_POINTER(window->outcome));
    }
    return outcomes;
}

struct tally {
    int outcomes[OUTCOME_SUPERSEDED + 1];
};

static void compare_windows(struct fortnight *fortnight, struct person *person, int64_t matter, struct tally *tally)
{
    int withdrawn;
    g_autoptr(GHashTable) expected = expected_of(person, &withdrawn);
    g_autoptr(GArray) rows = matter_expectations(fortnight->town.reader->rows, NULL, matter);
    g_assert_cmpint(withdrawn, ==, 1);
    for (guint i = 0; i < rows->len; i++) {
        struct expectation_row *row = &g_array_index(rows, struct expectation_row, i);
        if (strcmp(row->name, "check_in") != 0)
            continue;
        gpointer outcome = g_hash_table_lookup(expected, &row->opens_us);
        if (GPOINTER_TO_INT(outcome) != (int)row->outcome) {
            g_autofree char *opens = time_text(row->opens_us);
            g_error("person %" G_GINT64_FORMAT ", window of %s: %s, the model says %s", person->id, opens,
                    outcome_names[row->outcome], outcome_names[GPOINTER_TO_INT(outcome)]);
        }
        g_hash_table_remove(expected, &row->opens_us); /* a second one would be open in the model */
        tally->outcomes[row->outcome]++;
    }
    g_assert_cmpuint(g_hash_table_size(expected), ==, 0);
}

static int64_t count(struct fortnight *fortnight, int64_t matter, const char *name, enum outcome outcome)
{
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM expectation_past WHERE matter = %" G_GINT64_FORMAT
                                           " AND name = '%s' AND outcome = %d",
                                           matter, name, outcome);
    return town_number(&fortnight->town, sql);
}

static void compare_others(struct fortnight *fortnight, const struct person *person, int64_t matter)
{
    bool notice_late = person->notice_us > person->opened_us + 12 * US_PER_HOUR;
    bool release_late = person->release_us > person->end_us + US_PER_DAY;
    g_assert_cmpint(count(fortnight, matter, "serve_notice", OUTCOME_MET), ==, !notice_late);
    g_assert_cmpint(count(fortnight, matter, "serve_notice", OUTCOME_LATE), ==, notice_late);
    g_assert_cmpint(count(fortnight, matter, "serve_notice", OUTCOME_WITHDRAWN), ==, person->fevers);
    g_assert_cmpint(count(fortnight, matter, "recheck", OUTCOME_LATE), ==, person->late_rechecks);
    g_assert_cmpint(count(fortnight, matter, "recheck", OUTCOME_MET), ==, person->fevers - person->late_rechecks);
    g_assert_cmpint(count(fortnight, matter, "release", OUTCOME_MET), ==, !release_late);
    g_assert_cmpint(count(fortnight, matter, "release", OUTCOME_LATE), ==, release_late);
}

static void compare(struct fortnight *fortnight, struct tally *tally)
{
    *tally = (struct tally){{0}};
    town_catch_up(&fortnight->town);
    for (int i = 0; i < PEOPLE; i++) {
        struct person *person = &fortnight->people[i];
        struct uuid uuid;
        struct matter matter;
        g_assert_true(uuid_parse(person->matter, &uuid));
        town_number(&fortnight->town, "SELECT 1");
        g_assert_true(matter_get_by_uuid(fortnight->town.reader->rows, &uuid, &matter));
        g_assert_cmpstr(matter.state, ==, "released");
        compare_windows(fortnight, person, matter.id, tally);
        compare_others(fortnight, person, matter.id);
    }
}

/* Each expectation ends once in the journal, and is raised once to a level. */
static void nothing_twice(struct fortnight *fortnight)
{
    GError *error = NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(fortnight->town.reader->journal, 1, 0);
    struct event event;
    while (journal_next(cursor, &event, &error)) {
        if (strcmp(event.kind, "expectations_lapsed") != 0)
            continue;
        size_t i;
        const json_t *item;
        g_autoptr(json_t) body = json_loadb(event.body, event.body_bytes, 0, NULL);
        json_array_foreach(json_object_get(body, "expectations"), i, item)
        {
            int64_t what = json_integer_value(json_array_get(item, 0)),
                    matter = json_integer_value(json_array_get(item, 1));
            int64_t number = json_integer_value(json_array_get(item, 4)); /* of the one that follows */
            if (what == LAPSE_ENDED)
                g_assert_true(
                    g_hash_table_add(seen, g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, matter, number)));
        }
    }
    g_assert_no_error(error);
    g_assert_cmpuint(g_hash_table_size(seen), >, 0);
    g_assert_cmpint(town_number(&fortnight->town,
                                "SELECT count(*) FROM (SELECT 1 FROM alert GROUP BY matter, number, step"
                                " HAVING count(*) > 1)"),
                    ==, 0);
}

/* Thirty days after the release nothing is left of any of them. */
static void forget_all(struct fortnight *fortnight)
{
    struct town *town = &fortnight->town;
    clock_set(&town->clock, AT(DAYS + 31, 12, 0));
    engine_run_clock(town->engine);
    g_assert_cmpint(town_number(town, "SELECT count(*) FROM matter WHERE kind = 'home_observation' AND erased = 0"), ==,
                    0);
    g_assert_cmpint(town_number(town, "SELECT count(*) FROM entry e JOIN matter m ON m.id = e.matter"
                                      " WHERE m.kind = 'home_observation' AND e.sealed IS NOT NULL"),
                    ==, 0);
}

static void live_through(void)
{
    guint32 seed = (guint32)g_test_rand_int();
    g_test_message("seed %u", seed);
    struct fortnight fortnight = {.dice = g_rand_new_with_seed(seed)};
    struct tally tally;
    g_autoptr(GArray) units = NULL;
    begin(&fortnight, &units);
    open_due(&fortnight, units, TOWN_START_US);
    for (int64_t at_us = TOWN_START_US + STEP_US; at_us < AT(DAYS, 0, 0); at_us += STEP_US) {
        step(&fortnight, at_us - STEP_US, at_us);
        if (fortnight.town.engine != NULL)
            open_due(&fortnight, units, at_us);
    }
    compare(&fortnight, &tally);
    nothing_twice(&fortnight);
    forget_all(&fortnight);
    town_close(&fortnight.town);
    int64_t events = town_check(&fortnight.town);
    g_test_message("%d met, %d late, %d missed, %d restarts, %d events", tally.outcomes[OUTCOME_MET],
                   tally.outcomes[OUTCOME_LATE], tally.outcomes[OUTCOME_MISSED], fortnight.restarts, (int)events);
    town_clear(&fortnight.town);
    g_rand_free(fortnight.dice);
}

static void test_fortnight(void)
{
    int rounds = proofs_are_long() ? 100 : 3;
    for (int i = 0; i < rounds; i++)
        live_through();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/proofs/fortnight", test_fortnight);
    return g_test_run();
}
