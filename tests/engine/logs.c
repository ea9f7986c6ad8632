/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write-ahead logs are bounded whoever reads, and the writer never waits for what only it can bring about. */
#include "tiny.h"

#include "base/limits.h"
#include "base/log.h"
#include "support/faulty_vfs.h"

#include <pthread.h>

#define NOTE_CHARS  9000
#define NOTES       75 /* of a command: about 2 MB in either log */
#define WAL_BYTES   (24 * 1024 * 1024)
#define PATIENCE_US (60 * US_PER_SECOND)

static void init(struct tiny *tiny)
{
    tiny_init(tiny);
    tiny->options.wal_bytes = WAL_BYTES; /* so that it takes seconds */
}

static char *big_note(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < NOTE_CHARS; i++)
        g_string_append(text, "字");
    return g_strdup_printf("{'command': 'note', 'text': '%s', 'times': %d}", text->str, NOTES);
}

static int64_t longest_log(struct tiny *tiny)
{
    struct engine_metrics metrics;
    engine_metrics(tiny->engine, &metrics);
    return MAX(metrics.secrets_wal_bytes, MAX(metrics.journal_wal_bytes, metrics.rows_wal_bytes));
}

static bool is_held(struct tiny *tiny)
{
    return engine_causes(tiny->engine) & (1u << ENGINE_CAUSE_LOG_HELD);
}

/* A snapshot of another program: it knows nothing of our rules. */
struct foreign {
    struct db *db;
};

static struct foreign foreign_begin(struct tiny *tiny, const char *name, const char *sql)
{
    g_autofree char *path = g_build_filename(tiny->data_dir, name, NULL);
    GError *error = NULL;
    int64_t count;
    struct foreign foreign = {.db = db_open(path, &(struct db_options){.mode = DB_READ}, &error)};
    g_assert_no_error(error);
    g_assert_true(db_begin(foreign.db));
    g_assert_true(db_integer(foreign.db, &count, sql, ""));
    return foreign;
}

static void foreign_end(struct foreign *foreign)
{
    db_close(foreign->db);
}

static struct foreign hold(struct tiny *tiny, const char *name)
{
    bool rows = g_str_equal(name, "rows.db");
    return foreign_begin(tiny, name, rows ? "SELECT count(*) FROM note" : "SELECT count(*) FROM event");
}

/* Until commands are refused for it; how many were taken. */
static int write_until_held(struct tiny *tiny)
{
    g_autofree char *json = big_note();
    for (int taken = 0; taken < 200; taken++) {
        enum problem_code code;
        tiny_ask(tiny, 1, json, &code);
        if (code == PROBLEM_LOG_HELD)
            return taken;
        g_assert_cmpint(code, ==, PROBLEM_COUNT);
    }
    g_assert_not_reached();
}

static void wait_until_taken(struct tiny *tiny)
{
    int64_t until_us = clock_monotonic_us() + PATIENCE_US;
    while (is_held(tiny)) {
        g_assert_cmpint(clock_monotonic_us(), <, until_us);
        g_usleep(1000);
    }
}

static void held_and_let_go(const char *name)
{
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    g_assert_true(engine_wait_rows(tiny.engine, 1, PATIENCE_US));
    struct foreign foreign = hold(&tiny, name);
    int64_t taken = write_until_held(&tiny);
    g_assert_cmpint(taken, >=, 4); /* not before the limit is near */
    g_assert_cmpint(longest_log(&tiny), <=, WAL_BYTES);
    g_assert_cmpuint(engine_causes(tiny.engine), ==, 1u << ENGINE_CAUSE_LOG_HELD);
    g_assert_cmpint(tiny_rows(&tiny, "SELECT count(*) FROM note"), ==, 1 + taken * NOTES); /* reads go on */
    enum problem_code code;
    tiny_ask(&tiny, 1, "{'command': 'note', 'text': 'b'}", &code);
    g_assert_cmpint(code, ==, PROBLEM_LOG_HELD);
    foreign_end(&foreign);
    wait_until_taken(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'c'}");
    g_assert_cmpuint(engine_causes(tiny.engine), ==, 0);
    g_assert_cmpint(longest_log(&tiny), <, WAL_BYTES / 2);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_foreign_snapshot_of_rows(void)
{
    held_and_let_go("rows.db");
}

static void test_foreign_snapshot_of_journal(void)
{
    held_and_let_go("journal.db");
}

/* A stop does not wait for the snapshot, and the next start reconciles what it finds. */
static void test_stop_and_start_with_long_log(void)
{
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    struct foreign rows = hold(&tiny, "rows.db");
    write_until_held(&tiny);
    tiny_close(&tiny);
    tiny_open(&tiny); /* the snapshot is still there */
    enum problem_code code;
    tiny_ask(&tiny, 1, "{'command': 'note', 'text': 'b'}", &code);
    g_assert_cmpint(code, ==, PROBLEM_LOG_HELD);
    tiny_close(&tiny);
    foreign_end(&rows);
    tiny_open(&tiny);
    tiny_must(&tiny, 1, "{'command': 'note', 'text': 'c'}");
    g_assert_cmpint(longest_log(&tiny), <, WAL_BYTES / 2);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

/* Readers whose snapshots overlap, so that there is always one: none of them lasts long, but no log could ever start
 * again by itself. */
#define READERS    3
#define READING_US 150000

struct coming_and_going {
    struct tiny *tiny;
    bool told; /* the engine knows that they may read for long */
    gint stop, begun;
};

static void *come_and_go(void *data)
{
    struct coming_and_going *reader = data;
    while (g_atomic_int_get(&reader->stop) == 0) {
        if (reader->told)
            engine_long_read_begin(reader->tiny->engine);
        g_atomic_int_inc(&reader->begun);
        struct foreign rows = hold(reader->tiny, "rows.db"), journal = hold(reader->tiny, "journal.db");
        g_usleep(READING_US);
        foreign_end(&rows);
        foreign_end(&journal);
        if (reader->told)
            engine_long_read_end(reader->tiny->engine);
    }
    return NULL;
}

static void overlap(bool told)
{
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    g_autofree char *json = big_note();
    int64_t longest = 0;
    pthread_t threads[READERS];
    struct coming_and_going readers = {.tiny = &tiny, .told = told};
    for (int i = 0; i < READERS; i++)
        pthread_create(&threads[i], NULL, come_and_go, &readers);
    for (int i = 0; i < 40; i++) { /* three times what a log may hold */
        tiny_must(&tiny, 1, json);
        longest = MAX(longest, longest_log(&tiny));
    }
    g_atomic_int_set(&readers.stop, 1);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    g_test_message("longest log %" G_GINT64_FORMAT, longest);
    g_assert_cmpint(longest, <, WAL_BYTES);
    g_assert_cmpuint(engine_causes(tiny.engine), ==, 0);
    g_assert_cmpint(readers.begun, >, READERS); /* who waited was let in again */
    tiny_close(&tiny);
    tiny_check(&tiny);
}

static void test_overlapping_readers(void)
{
    overlap(false);
}

static void test_long_reads_wait(void)
{
    overlap(true);
}

/* A log that is long because the disk is slow is nobody's snapshot: commands wait until it has been moved. */
#define SLOW_WRITE_US 1000

static void test_slow_disk(void)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register("slow-rows", false);
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny.options.vfs_rows = "slow-rows";
    tiny_open(&tiny);
    g_autofree char *json = big_note();
    struct engine_metrics metrics;
    faulty_vfs_slow(vfs, FAULTY_WRITE, "rows.db", SLOW_WRITE_US);
    for (int i = 0; i < 15; i++)
        tiny_must(&tiny, 1, json);
    faulty_vfs_heal(vfs);
    engine_metrics(tiny.engine, &metrics);
    g_test_message("paused for %" G_GINT64_FORMAT " us", metrics.paused_us);
    g_assert_cmpint(metrics.paused_us, >, LIMIT_HELD_US);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

/* Whoever stood in the queue when it was given up is told so, although the writer is not free. */
static void count_answer(void *context, const struct answer *answer)
{
    gint *count = context;
    g_assert_cmpint(answer->problem->code, ==, PROBLEM_SHUTTING_DOWN);
    g_atomic_int_inc(count);
}

static void test_given_up(void)
{
    AUTO(tiny) struct tiny tiny;
    init(&tiny);
    tiny_open(&tiny);
    gint answered = 0;
    struct problem *problem = NULL;
    engine_give_up(tiny.engine);
    struct command *command = tiny_command(&tiny, 1, "{'command': 'note', 'text': 'a'}");
    g_assert_false(engine_submit(tiny.engine, command, count_answer, &answered, &problem));
    g_assert_cmpint(problem->code, ==, PROBLEM_SHUTTING_DOWN);
    problem_free(problem);
    command_free(command);
    tiny_close(&tiny);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/engine/logs/foreign_snapshot_of_rows", test_foreign_snapshot_of_rows);
    g_test_add_func("/engine/logs/foreign_snapshot_of_journal", test_foreign_snapshot_of_journal);
    g_test_add_func("/engine/logs/stop_and_start_with_long_log", test_stop_and_start_with_long_log);
    g_test_add_func("/engine/logs/overlapping_readers", test_overlapping_readers);
    g_test_add_func("/engine/logs/long_reads_wait", test_long_reads_wait);
    g_test_add_func("/engine/logs/slow_disk", test_slow_disk);
    g_test_add_func("/engine/logs/given_up", test_given_up);
    return g_test_run();
}
