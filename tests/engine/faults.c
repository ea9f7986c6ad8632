/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk fails, or the power goes, at any operation on any of the three files: an error, no half command,
 * and after a restart everything that was acknowledged is there and it works again.
 */
#include "tiny.h"

#include "base/log.h"
#include "support/faulty_vfs.h"

#include <string.h>

#define VFS      "faulty-engine"
#define COMMANDS 8

static bool is_long(void)
{
    return g_getenv("LIANFANG_LONG") != NULL;
}

static void init(struct tiny *tiny)
{
    tiny_init(tiny);
    tiny->options.vfs_journal = tiny->options.vfs_rows = tiny->options.vfs_secrets = VFS;
}

/* How many of the commands were acknowledged: all before the failure, none after it. */
static int run_commands(struct tiny *tiny)
{
    int acknowledged = 0;
    bool failed = false;
    for (int i = 0; i < COMMANDS; i++) {
        enum problem_code code;
        tiny_ask(tiny, 1,
                 i % 3 == 1 ? "{'command': 'secret', 'text': 'a'}" : "{'command': 'note', 'text': 'a', 'times': 3}",
                 &code);
        g_assert_true(code == PROBLEM_COUNT || code == PROBLEM_STORAGE_FAILED);
        g_assert_false(failed && code == PROBLEM_COUNT);
        failed = code != PROBLEM_COUNT;
        acknowledged += code == PROBLEM_COUNT;
    }
    /* Rows are written up to 25 ms after the last answer, and that may be what fails. */
    g_assert_false(failed && engine_is_well(tiny->engine));
    return acknowledged;
}

/* Whole commands only: notes come in threes, and as many commands as were acknowledged, or the one that
 * failed besides. */
static void check_commands(struct tiny *tiny, int acknowledged)
{
    int64_t notes = tiny_rows(tiny, "SELECT count(*) FROM note"), kept = tiny_rows(tiny, "SELECT count(*) FROM kept");
    g_assert_cmpint(notes % 3, ==, 0);
    g_assert_cmpint(notes / 3 + kept, >=, acknowledged);
    g_assert_cmpint(notes / 3 + kept, <=, acknowledged + 1);
    g_assert_cmpint(tiny_rows(tiny, "SELECT count(*) FROM kept WHERE sealed IS NULL"), ==, 0);
}

static void check_after(struct tiny *tiny, int acknowledged)
{
    tiny_open(tiny);
    check_commands(tiny, acknowledged);
    tiny_must(tiny, 1, "{'command': 'note', 'text': 'again'}");
    tiny_close(tiny);
    tiny_check(tiny);
}

static void run_until_full(struct tiny *tiny, int *acknowledged)
{
    for (int i = 0; i < COMMANDS; i++) {
        enum problem_code code;
        tiny_ask(tiny, 1,
                 i % 3 == 1 ? "{'command': 'secret', 'text': 'a'}" : "{'command': 'note', 'text': 'a', 'times': 3}",
                 &code);
        g_assert_true(code == PROBLEM_COUNT || code == PROBLEM_DISK_FULL);
        *acknowledged += code == PROBLEM_COUNT;
    }
}

/* Nothing is in doubt, nothing ends, and when there is room all goes on: without a new start. */
static bool fill_while_serving(struct faulty_vfs *vfs, const char *pattern, int64_t nth)
{
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    int acknowledged = 0;
    faulty_vfs_fail(vfs, FAULTY_FULL, pattern, nth, true);
    run_until_full(&tiny, &acknowledged);
    g_assert_true(engine_is_well(tiny.engine));
    bool failed = faulty_vfs_failed(vfs) > 0;
    faulty_vfs_heal(vfs);
    while (engine_causes(tiny.engine) != 0)
        g_usleep(1000);
    int64_t pos = tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a', 'times': 3}");
    g_assert_true(engine_wait_rows(tiny.engine, pos, 60 * US_PER_SECOND));
    int64_t notes = tiny_rows(&tiny, "SELECT count(*) FROM note"), kept = tiny_rows(&tiny, "SELECT count(*) FROM kept");
    g_assert_cmpint(notes / 3 + kept, ==, acknowledged + 1);
    tiny_close(&tiny);
    check_after(&tiny, acknowledged + 1);
    return !failed;
}

/* True when the plan came to nothing: there is no n-th operation. */
static bool fail_while_serving(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t nth)
{
    if (op == FAULTY_FULL)
        return fill_while_serving(vfs, pattern, nth);
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    faulty_vfs_fail(vfs, op, pattern, nth, false);
    int acknowledged = run_commands(&tiny);
    tiny_close(&tiny);
    faulty_vfs_heal(vfs);
    bool failed = faulty_vfs_failed(vfs) > 0;
    check_after(&tiny, acknowledged);
    return !failed;
}

/* The same while it starts on data that is there. */
static bool fail_while_starting(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t nth)
{
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    g_assert_cmpint(run_commands(&tiny), ==, COMMANDS);
    faulty_vfs_lose_power(vfs, SURVIVES_ALL, 0); /* as kill -9: there are logs to recover */
    tiny_close(&tiny);
    faulty_vfs_heal(vfs);
    faulty_vfs_fail(vfs, op, pattern, nth, false);
    g_autoptr(GError) error = NULL;
    tiny.engine = engine_open(&tiny.options, &error);
    g_assert_true((tiny.engine == NULL) == (error != NULL));
    tiny_close(&tiny);
    faulty_vfs_heal(vfs);
    bool failed = faulty_vfs_failed(vfs) > 0;
    check_after(&tiny, COMMANDS);
    return !failed;
}

static void every_n(const char *pattern, bool (*fail)(struct faulty_vfs *, enum faulty_op, const char *, int64_t))
{
    static const enum faulty_op ops[] = {FAULTY_WRITE, FAULTY_SYNC, FAULTY_FULL, FAULTY_OPEN, FAULTY_READ};
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register(VFS, false);
    int step = is_long() ? 1 : 4;
    for (size_t i = 0; i < G_N_ELEMENTS(ops); i++) {
        int tried = 0;
        for (int64_t nth = step > 1 ? g_test_rand_int_range(1, 3) : 1; !fail(vfs, ops[i], pattern, nth); nth += step)
            tried++;
        g_test_message("%s, operation %d: %d faults", pattern, ops[i], tried);
    }
}

static void test_journal_fails(void)
{
    every_n("journal.db*", fail_while_serving);
}

static void test_rows_fail(void)
{
    every_n("rows.db*", fail_while_serving);
}

static void test_secrets_fail(void)
{
    every_n("secrets.db*", fail_while_serving);
}

/* A stop does not wait for room; what was acknowledged is there at the next start. */
static void test_stops_while_full(void)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register(VFS, false);
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    int acknowledged = 0;
    faulty_vfs_fail(vfs, FAULTY_FULL, "journal.db*", 1, true);
    run_until_full(&tiny, &acknowledged);
    g_assert_cmpuint(engine_causes(tiny.engine), ==, 1u << ENGINE_CAUSE_DISK_FULL);
    tiny_close(&tiny);
    faulty_vfs_heal(vfs);
    check_after(&tiny, acknowledged);
}

static void on_expected(void *context, const struct answer *answer)
{
    int64_t *expected = context; /* the writer's, until it has ended */
    if (answer->problem == NULL)
        (*expected)++;
    else
        g_assert_cmpint(answer->problem->code, ==, PROBLEM_DISK_FULL);
}

/* What was decided on rows that are undone is neither decided on again nor committed. */
static void stop_full_in_clock_run(struct faulty_vfs *vfs, int64_t nth)
{
    AUTO(tiny) struct tiny tiny;
    int64_t expected = 0;
    init(&tiny);
    tiny.options.no_clock = false;
    tiny.options.batch_commands = 2;
    tiny_open(&tiny);
    faulty_vfs_fail(vfs, FAULTY_FULL, "journal.db*", nth, true);
    for (int i = 0; i < 20; i++) {
        struct problem *problem = NULL;
        struct command *command = tiny_command(&tiny, 1, "{'command': 'expect', 'due_us': 1}");
        if (!engine_submit(tiny.engine, command, on_expected, &expected, &problem)) {
            g_assert_cmpint(problem->code, ==, PROBLEM_DISK_FULL);
            problem_free(problem);
            command_free(command);
        }
    }
    engine_run_clock(tiny.engine);
    tiny_close(&tiny);
    faulty_vfs_heal(vfs);
    tiny_open(&tiny);
    engine_run_clock(tiny.engine);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM lapsed"), ==, expected);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_stops_while_full_in_clock_run(void)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register(VFS, false);
    tiny_lapses_most = 1;
    for (int64_t nth = 1; nth < 40; nth++)
        stop_full_in_clock_run(vfs, nth);
    tiny_lapses_most = TINY_LAPSES_MOST;
}

static void test_start_fails(void)
{
    every_n("*.db*", fail_while_starting);
}

/* ---- power ---- */

struct load {
    gint left;
    int64_t last_pos; /* of those that were acknowledged */
    int acknowledged;
};

static void on_answer(void *context, const struct answer *answer)
{
    struct load *load = context;
    if (answer->problem == NULL) {
        load->acknowledged++;
        load->last_pos = answer->pos;
    }
    g_atomic_int_dec_and_test(&load->left);
}

static void run_load(struct tiny *tiny, struct load *load)
{
    for (int i = 0; i < 300; i++) {
        struct problem *problem = NULL;
        struct command *command = tiny_command(tiny, 1,
                                               i % 10 == 0 ? "{'command': 'secret', 'text': 'a'}"
                                                           : "{'command': 'note', 'text': 'a', 'times': 3}");
        g_atomic_int_inc(&load->left);
        if (!engine_submit(tiny->engine, command, on_answer, load, &problem)) {
            g_atomic_int_dec_and_test(&load->left);
            problem_free(problem);
            command_free(command);
        }
        if (i % 20 == 0)
            g_usleep(500);
    }
    while (g_atomic_int_get(&load->left) > 0)
        g_usleep(200);
}

static void test_power_is_lost(void)
{
    static const enum faulty_op ops[] = {FAULTY_WRITE, FAULTY_SYNC};
    static const enum survival survivals[] = {SURVIVES_NOTHING, SURVIVES_SOME};
    int rounds = is_long() ? 400 : 16;
    for (int i = 0; i < rounds; i++) {
        AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register(VFS, false);
        AUTO(tiny) struct tiny tiny;
        init(&tiny);
        tiny_open(&tiny);
        enum faulty_op op = ops[i % 2];
        faulty_vfs_cut(vfs, op, "*", g_test_rand_int_range(1, op == FAULTY_WRITE ? 400 : 30), survivals[i / 2 % 2],
                       (uint32_t)g_test_rand_int());
        struct load load = {0};
        run_load(&tiny, &load);
        tiny_close(&tiny);
        faulty_vfs_heal(vfs);
        tiny_open(&tiny);
        g_assert_cmpint(engine_durable_pos(tiny.engine), >=, load.last_pos);
        g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM command"), >=, load.acknowledged);
        tiny_must(&tiny, 1, "{'command': 'note', 'text': 'again'}");
        tiny_close(&tiny);
        tiny_check(&tiny);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level((enum log_level)(LOG_ERROR + 1)); /* each failure is told, and they are meant */
    g_test_add_func("/engine/faults/journal", test_journal_fails);
    g_test_add_func("/engine/faults/rows", test_rows_fail);
    g_test_add_func("/engine/faults/secrets", test_secrets_fail);
    g_test_add_func("/engine/faults/start", test_start_fails);
    g_test_add_func("/engine/faults/stops_while_full", test_stops_while_full);
    g_test_add_func("/engine/faults/stops_while_full_in_clock_run", test_stops_while_full_in_clock_run);
    g_test_add_func("/engine/faults/power", test_power_is_lost);
    return g_test_run();
}
