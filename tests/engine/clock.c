/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock and letters: what the engine does by itself. */
#include "tiny.h"

#include "base/datetime.h"
#include "base/log.h"

#include <glib/gstdio.h>

static void expect(struct tiny *tiny, int count, int64_t due_us)
{
    g_autofree char *json = g_strdup_printf("{'command': 'expect', 'due_us': %" G_GINT64_FORMAT "}", (gint64)due_us);
    for (int i = 0; i < count; i++)
        tiny_must(tiny, 1, json);
}

static void test_lapses_once_in_slices(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    expect(&tiny, 600, TINY_START_US + US_PER_HOUR);
    expect(&tiny, 5, TINY_START_US + 2 * US_PER_HOUR);
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 0);
    clock_set(&tiny.clock, TINY_START_US + US_PER_HOUR);
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 3); /* 250 + 250 + 100 */
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 0);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM lapsed"), ==, 600);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM due"), ==, 5);
    struct engine_metrics metrics;
    engine_metrics(tiny.engine, &metrics);
    g_assert_cmpint(metrics.lapses, ==, 600);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_runs_by_itself(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny.options.no_clock = false;
    tiny_open(&tiny);
    expect(&tiny, 30, TINY_START_US + US_PER_HOUR);
    g_usleep(30000);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM lapsed"), ==, 0);
    clock_set(&tiny.clock, TINY_START_US + US_PER_HOUR);
    int64_t until_us = clock_monotonic_us() + 10 * US_PER_SECOND;
    while (tiny_rows(&tiny, "SELECT count(*) FROM lapsed") < 30 && clock_monotonic_us() < until_us)
        g_usleep(5000);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM lapsed"), ==, 30);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_grace_after_downtime(void)
{
    static const struct {
        int64_t down_us, grace_us, after_us, lapsed;
    } rows[] = {
        /* down for                   grace             looked at after    lapsed */
        {30 * US_PER_SECOND, US_PER_HOUR, 0, 1}, /* a restart is no downtime */
        {2 * US_PER_DAY, US_PER_HOUR, 0, 0},
        {2 * US_PER_DAY, US_PER_HOUR, US_PER_HOUR - 1, 0},
        {2 * US_PER_DAY, US_PER_HOUR, US_PER_HOUR, 1},
        {2 * US_PER_DAY, 0, 0, 1},
        {2 * US_PER_DAY, -1, 0, 1}, /* no playbook, no grace */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(tiny) struct tiny tiny;
        tiny_init(&tiny);
        tiny_open(&tiny);
        expect(&tiny, 1, TINY_START_US + 1);
        tiny_close(&tiny);
        clock_set(&tiny.clock, TINY_START_US + rows[i].down_us);
        tiny.options.grace_us = rows[i].grace_us;
        tiny_open(&tiny);
        clock_set(&tiny.clock, TINY_START_US + rows[i].down_us + rows[i].after_us);
        g_assert_cmpint(engine_run_clock(tiny.engine), ==, rows[i].lapsed);
    }
}

static gint waiting;

static void on_answer(void *context, const struct answer *answer)
{
    g_atomic_int_dec_and_test(&waiting);
}

/* However much is due, others are answered in between. */
static void test_takes_half_at_most(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny.options.no_clock = false;
    tiny_open(&tiny);
    for (int i = 0; i < 40000; i++) {
        struct problem *problem = NULL;
        struct command *command = tiny_command(&tiny, 1, "{'command': 'expect', 'due_us': 1580432400000000}");
        g_atomic_int_inc(&waiting);
        while (!engine_submit(tiny.engine, command, on_answer, NULL, &problem)) {
            problem_free(g_steal_pointer(&problem));
            g_usleep(1000);
        }
    }
    while (g_atomic_int_get(&waiting) > 0)
        g_usleep(1000);
    clock_set(&tiny.clock, TINY_START_US + US_PER_HOUR);
    int between = 0;
    while (tiny_rows(&tiny, "SELECT count(*) FROM lapsed") < 40000) {
        tiny_must(&tiny, 1, "{'command': 'note', 'text': 'meanwhile'}");
        between++;
    }
    g_assert_cmpint(between, >, 1);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

/* ---- a machine's clock that somebody sets ---- */

static void watched_init(struct tiny *tiny)
{
    tiny_init(tiny);
    clock_watch_manual(&tiny->clock);
    tiny->options.grace_us = US_PER_HOUR;
    tiny_open(tiny);
    expect(tiny, 300, TINY_START_US + US_PER_HOUR);
}

static int64_t last_at_us(struct tiny *tiny)
{
    struct answer answer;
    int64_t at_us = 0;
    g_assert_true(engine_ask(tiny->engine, tiny_command(tiny, 1, "{'command': 'note', 'text': 'now'}"), &answer));
    g_assert_true(datetime_parse(json_string_value(json_object_get(answer.body, "at")), &at_us));
    json_decref(answer.body);
    return at_us - TINY_START_US;
}

static void run_for(struct tiny *tiny, int64_t us)
{
    clock_set(&tiny->clock, tiny->clock.manual_us + us);
}

static int64_t holds(struct tiny *tiny)
{
    struct engine_metrics metrics;
    engine_metrics(tiny->engine, &metrics);
    return metrics.clock_holds;
}

/* Waits until the engine has looked, which it does twice a second. */
static void wait_until_believed(struct tiny *tiny)
{
    int64_t until_us = clock_monotonic_us() + 20 * US_PER_SECOND;
    while (engine_clock_off_us(tiny->engine) != 0 && clock_monotonic_us() < until_us)
        g_usleep(5000);
    g_assert_cmpint(engine_clock_off_us(tiny->engine), ==, 0);
}

/* What some command left over goes on at once: a directive reaches whom it has not reached yet. Nothing lapses. */
static void test_grace_holds_lapses_alone(void)
{
    for (int held = 0; held < 2; held++) {
        AUTO(tiny) struct tiny tiny;
        tiny_init(&tiny);
        clock_watch_manual(&tiny.clock);
        tiny.options.grace_us = US_PER_HOUR;
        tiny_open(&tiny);
        expect(&tiny, 1, TINY_START_US + 1);
        expect(&tiny, 300, 0);
        tiny_close(&tiny);
        clock_shift(&tiny.clock, held ? 700 * US_PER_DAY : US_PER_HOUR);
        tiny_open(&tiny);
        g_assert_cmpint(engine_clock_off_us(tiny.engine) != 0, ==, held);
        g_assert_cmpint(engine_run_clock(tiny.engine), ==, 2); /* 250 + 50 */
        g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM due"), ==, 1);
        expect(&tiny, 1, 0);
        g_assert_cmpint(engine_run_clock(tiny.engine), ==, 1);
        g_assert_cmpint(tiny_rows(&tiny, "SELECT max(due_us) FROM due"), ==, TINY_START_US + 1);
        run_for(&tiny, US_PER_HOUR);
        g_assert_cmpint(engine_run_clock(tiny.engine), ==, held ? 0 : 1);
        tiny_close(&tiny);
        tiny_check(&tiny);
    }
}

/* As in the trial: two days ahead for seven seconds. */
static void test_jump_ahead_lapses_nothing(void)
{
    AUTO(tiny) struct tiny tiny;
    watched_init(&tiny);
    clock_shift(&tiny.clock, 2 * US_PER_DAY);
    run_for(&tiny, 7 * US_PER_SECOND);
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 0);
    g_assert_cmpint(engine_clock_off_us(tiny.engine), ==, 2 * US_PER_DAY);
    g_assert_cmpint(last_at_us(&tiny), ==, 7 * US_PER_SECOND);
    clock_shift(&tiny.clock, -2 * US_PER_DAY);
    g_assert_cmpint(engine_clock_off_us(tiny.engine), ==, 0);
    run_for(&tiny, US_PER_SECOND);
    g_assert_cmpint(last_at_us(&tiny), ==, 8 * US_PER_SECOND); /* time did not stand still */
    run_for(&tiny, US_PER_HOUR);
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 2); /* 250 + 50: now they are due */
    tiny_close(&tiny);
    tiny_check(&tiny);
}

/* Held is also what is due by the time that is believed. */
static void test_accepted_jump_lapses_after_its_grace(void)
{
    AUTO(tiny) struct tiny tiny;
    GError *error = NULL;
    watched_init(&tiny);
    clock_shift(&tiny.clock, 2 * US_PER_DAY);
    run_for(&tiny, 2 * US_PER_HOUR);
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 0);
    clock_note_accepted(tiny.data_dir, clock_machine_us(&tiny.clock), &error);
    g_assert_no_error(error);
    wait_until_believed(&tiny);
    g_assert_cmpint(holds(&tiny), ==, 1);
    g_assert_cmpint(last_at_us(&tiny), ==, 2 * US_PER_DAY + 2 * US_PER_HOUR);
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 0); /* queued phones deliver first */
    run_for(&tiny, US_PER_HOUR);
    g_assert_cmpint(engine_run_clock(tiny.engine), ==, 2);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

/* What was accepted is one time, not whatever the machine says next. */
static void test_accepted_is_one_time(void)
{
    AUTO(tiny) struct tiny tiny;
    GError *error = NULL;
    watched_init(&tiny);
    clock_shift(&tiny.clock, 2 * US_PER_DAY);
    clock_note_accepted(tiny.data_dir, TINY_START_US, &error);
    g_assert_no_error(error);
    g_autofree char *note = g_build_filename(tiny.data_dir, "clock.accepted", NULL);
    int64_t until_us = clock_monotonic_us() + 20 * US_PER_SECOND;
    while (g_file_test(note, G_FILE_TEST_EXISTS) && clock_monotonic_us() < until_us)
        g_usleep(5000);
    g_assert_false(g_file_test(note, G_FILE_TEST_EXISTS));
    g_assert_cmpint(engine_clock_off_us(tiny.engine), ==, 2 * US_PER_DAY);
}

/* A wrong clock at boot. */
static void test_start_is_held(void)
{
    static const struct {
        int64_t later_us;
        bool accepted, noted, held;
    } rows[] = {
        {US_PER_DAY, false, false, false},          {US_PER_DAY + US_PER_SECOND, false, false, true},
        {700 * US_PER_DAY, false, false, true},     {700 * US_PER_DAY, true, false, false}, /* serve --accept-clock */
        {700 * US_PER_DAY, false, true, false},     /* lianfang clock accept, before */
        {-30 * US_PER_SECOND, false, false, false}, /* made up for within a minute */
        {-10 * US_PER_DAY, false, false, true},     /* an empty battery */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(tiny) struct tiny tiny;
        GError *error = NULL;
        watched_init(&tiny);
        tiny_close(&tiny);
        clock_shift(&tiny.clock, rows[i].later_us);
        tiny.options.accept_clock = rows[i].accepted;
        if (rows[i].noted)
            clock_note_accepted(tiny.data_dir, clock_machine_us(&tiny.clock), &error);
        g_assert_no_error(error);
        tiny_open(&tiny);
        g_assert_cmpint(engine_clock_off_us(tiny.engine) != 0, ==, rows[i].held);
        g_assert_cmpint(holds(&tiny), ==, rows[i].held);
        run_for(&tiny, 2 * US_PER_HOUR); /* and its grace */
        g_assert_cmpint(engine_run_clock(tiny.engine), ==, rows[i].held ? 0 : 2);
        int64_t expected_us = 2 * US_PER_HOUR + (rows[i].held ? 0 : rows[i].later_us);
        g_assert_cmpint(last_at_us(&tiny), ==, expected_us);
        tiny_close(&tiny);
        tiny_check(&tiny);
    }
}

/* A machine that is right now, and was ahead before: its clock is behind what is written. */
static void test_behind_its_events(void)
{
    AUTO(tiny) struct tiny tiny;
    watched_init(&tiny);
    tiny_close(&tiny);
    clock_shift(&tiny.clock, -2 * US_PER_HOUR);
    tiny.options.accept_clock = true;
    tiny_open(&tiny);
    g_assert_cmpint(last_at_us(&tiny), ==, 0);
    run_for(&tiny, US_PER_HOUR);
    g_assert_cmpint(last_at_us(&tiny), ==, US_PER_HOUR / 2);
    run_for(&tiny, 3 * US_PER_HOUR);
    g_assert_cmpint(last_at_us(&tiny), ==, 2 * US_PER_HOUR); /* as the machine says */
}

/* ---- letters ---- */

static void test_letters_arrive_once(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    for (int i = 0; i < 300; i++)
        tiny_must(&tiny, 1, i % 10 == 0 ? "{'command': 'send', 'text': 'refuse'}" : "{'command': 'send', 'text': 'a'}");
    while (tiny_rows(&tiny, "SELECT count(*) FROM letter") > 0)
        g_usleep(1000);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM received"), ==, 270);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(DISTINCT letter) FROM received"), ==, 270);
    /* noted, letter_sent; received, letter_arrived or letter_refused */
    g_assert_cmpint(engine_durable_pos(tiny.engine), ==, 300 * 2 + 270 * 2 + 30);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

/* The program ended between the letter and its arrival: the journal ends with it. */
static void test_letters_in_transit_are_picked_up(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    tiny_close(&tiny);

    GError *error = NULL;
    g_autofree char *path = g_build_filename(tiny.data_dir, "journal.db", NULL);
    struct vault *vault =
        vault_open(&(struct vault_options){.data_dir = tiny.data_dir, .keys_dir = tiny.keys_dir}, &error);
    g_assert_no_error(error);
    g_assert_true(vault_state_closed(vault, false, &error)); /* it did not end in order */
    vault_close(vault);
    struct journal *journal = journal_open(path, NULL, NULL, &error);
    g_assert_no_error(error);
    const char body[] = "{\"command\":\"receive\",\"to\":4194305,\"body\":{\"text\":\"a\"}}";
    struct event event = {.seq = journal_last_seq(journal, 0) + 1,
                          .at_us = TINY_START_US,
                          .observed_us = TINY_START_US,
                          .person = 9,
                          .kind = "letter_sent",
                          .version = 1,
                          .unit = 1,
                          .body = body,
                          .body_bytes = sizeof body - 1};
    uuid_make(TINY_START_US, &event.command);
    g_assert_true(journal_append(journal, &event, 1, &error));
    journal_close(journal);

    for (int start = 0; start < 2; start++) {
        tiny_open(&tiny);
        while (tiny_rows(&tiny, "SELECT count(*) FROM letter") > 0)
            g_usleep(1000);
        g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM received WHERE letter = 2"), ==, 1);
        g_assert_cmpint(engine_durable_pos(tiny.engine), ==, 4);
        tiny_close(&tiny);
    }
    tiny_check(&tiny);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/engine/clock/lapses_once_in_slices", test_lapses_once_in_slices);
    g_test_add_func("/engine/clock/runs_by_itself", test_runs_by_itself);
    g_test_add_func("/engine/clock/grace_after_downtime", test_grace_after_downtime);
    g_test_add_func("/engine/clock/takes_half_at_most", test_takes_half_at_most);
    g_test_add_func("/engine/clock/jump_ahead_lapses_nothing", test_jump_ahead_lapses_nothing);
    g_test_add_func("/engine/clock/grace_holds_lapses_alone", test_grace_holds_lapses_alone);
    g_test_add_func("/engine/clock/accepted_jump", test_accepted_jump_lapses_after_its_grace);
    g_test_add_func("/engine/clock/accepted_is_one_time", test_accepted_is_one_time);
    g_test_add_func("/engine/clock/start_is_held", test_start_is_held);
    g_test_add_func("/engine/clock/behind_its_events", test_behind_its_events);
    g_test_add_func("/engine/letters/arrive_once", test_letters_arrive_once);
    g_test_add_func("/engine/letters/in_transit_are_picked_up", test_letters_in_transit_are_picked_up);
    return g_test_run();
}
