/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"

#include "base/clock.h"
#include "base/limits.h"

#include <glib/gstdio.h>
#include <string.h>

static char *dir;

static struct db *open_db(const char *name, enum db_mode mode)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    struct db *db = db_open(path, &(struct db_options){.mode = mode}, &error);
    g_assert_no_error(error);
    return db;
}

static void test_values(void)
{
    AUTO(db) struct db *db = open_db("values.db", DB_ROWS);
    GError *error = NULL;
    struct uuid uuid = {{1, 2, 3}}, found;
    g_assert_true(db_script(db, "CREATE TABLE t (i INTEGER, s TEXT, b BLOB, u BLOB, n)", &error));
    g_assert_cmpint(db_run(db, "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)", "isbun", (int64_t)INT64_MIN, "朝阳门街道",
                           "\0\1", (size_t)2, &uuid),
                    ==, 1);
    AUTO(cursor) struct cursor cursor = db_query(db, "SELECT i, s, b, u, n FROM t WHERE s = ?1", "s", "朝阳门街道");
    size_t bytes;
    g_assert_true(cursor_next(&cursor));
    g_assert_cmpint(cursor_integer(&cursor, 0), ==, INT64_MIN);
    g_assert_cmpstr(cursor_text(&cursor, 1), ==, "朝阳门街道");
    g_assert_cmpmem(cursor_blob(&cursor, 2, &bytes), 2, "\0\1", 2);
    g_assert_true(cursor_uuid(&cursor, 3, &found));
    g_assert_true(uuid_equal(&uuid, &found));
    g_assert_true(cursor_is_null(&cursor, 4));
    g_assert_false(cursor_next(&cursor));
    g_assert_false(cursor_next(&cursor));
}

/* In the order of the array, as often as it stands there; a text of the same letters is no array. */
static void test_integers(void)
{
    static const char every[] = "SELECT j.rowid, j.value, t.i FROM integers(?1) j CROSS JOIN t ON t.i = j.value";
    static const int64_t values[] = {7, INT64_MIN, 3, 5, 7}, found[] = {0, 7, 2, 3, 4, 7};
    AUTO(db) struct db *db = open_db("integers.db", DB_ROWS);
    g_assert_true(db_script(db, "CREATE TABLE t (i INTEGER PRIMARY KEY); INSERT INTO t VALUES (3), (4), (7)", NULL));
    g_autoptr(GArray) array = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                      none = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_vals(array, values, G_N_ELEMENTS(values));
    for (int turn = 0; turn < 2; turn++) {
        AUTO(cursor) struct cursor all = db_query(db, every, "a", array);
        for (size_t i = 0; i < G_N_ELEMENTS(found); i += 2) {
            g_assert_true(cursor_next(&all));
            g_assert_cmpint(cursor_integer(&all, 0), ==, found[i]);
            g_assert_cmpint(cursor_integer(&all, 1), ==, found[i + 1]);
            AUTO(cursor) struct cursor inner = db_query(db, every, "a", none);
            g_assert_false(cursor_next(&inner));
        }
        g_assert_false(cursor_next(&all));
    }
    AUTO(cursor) struct cursor text = db_query(db, every, "s", "[7]");
    g_assert_false(cursor_next(&text));
}

/* The same literal runs inside its own loop, as a recursive walk does. */
static int depth_of(struct db *db, int64_t id)
{
    int deepest = 0;
    AUTO(cursor) struct cursor cursor = db_query(db, "SELECT id FROM tree WHERE parent = ?1", "i", id);
    while (cursor_next(&cursor))
        deepest = MAX(deepest, depth_of(db, cursor_integer(&cursor, 0)));
    return deepest + 1;
}

/* Whoever looks at a file with a program of their own, while this one has it open more than once, is not taken for its
 * last user: the log stays, and what is written behind it with it. */
static void test_others_may_look(void)
{
    AUTO(db) struct db *db = open_db("looked-at.db", DB_JOURNAL);
    g_assert_true(db_script(db, "CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1)", NULL));
    {
        AUTO(db) struct db *again = open_db("looked-at.db", DB_JOURNAL);
        g_assert_nonnull(again);
    }
    AUTO(db) struct db *beside = open_db("looked-at.db", DB_JOURNAL);
    g_autofree char *path = g_build_filename(dir, "looked-at.db", NULL), *log = g_strconcat(path, "-wal", NULL);
    char *look[] = {"python3", "-c",
                    "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute('SELECT * FROM t').fetchall()\n"
                    "c.close()",
                    path, NULL};
    int status = -1;
    g_assert_true(g_spawn_sync(NULL, look, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_true(g_file_test(log, G_FILE_TEST_EXISTS));
    g_assert_cmpint(db_run(db, "INSERT INTO t VALUES (2)", ""), ==, 1);
    int64_t seen = 0;
    g_assert_true(db_integer(beside, &seen, "SELECT max(i) FROM t", ""));
    g_assert_cmpint(seen, ==, 2);
}

static void test_nested_queries(void)
{
    AUTO(db) struct db *db = open_db("nested.db", DB_ROWS);
    g_assert_true(db_script(db,
                            "CREATE TABLE tree (id INTEGER PRIMARY KEY, parent INTEGER);"
                            "INSERT INTO tree VALUES (1, 0), (2, 1), (3, 2), (4, 1)",
                            NULL));
    g_assert_cmpint(depth_of(db, 0), ==, 4);
}

static void test_marks(void)
{
    AUTO(db) struct db *db = open_db("marks.db", DB_ROWS);
    int64_t count;
    g_assert_true(db_script(db, "CREATE TABLE t (i INTEGER)", NULL));
    g_assert_true(db_begin(db));
    db_run(db, "INSERT INTO t VALUES (1)", "");
    db_mark(db);
    db_run(db, "INSERT INTO t VALUES (2)", "");
    db_rollback_to_mark(db);
    db_mark(db);
    db_run(db, "INSERT INTO t VALUES (3)", "");
    db_release(db);
    g_assert_true(db_commit(db, NULL));
    g_assert_true(db_integer(db, &count, "SELECT sum(i) FROM t", ""));
    g_assert_cmpint(count, ==, 4);
}

static void test_failure_is_remembered(void)
{
    AUTO(db) struct db *db = open_db("failure.db", DB_ROWS);
    int64_t count;
    g_assert_true(db_script(db, "CREATE TABLE t (i INTEGER); PRAGMA max_page_count = 8", NULL));
    g_assert_true(db_begin(db));
    for (int i = 0; i < 2000 && db_failed(db) == NULL; i++)
        db_run(db, "INSERT INTO t VALUES (randomblob(1000))", "");
    g_assert_error(db_failed(db), DB_ERROR, DB_ERROR_FULL);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(db_run(db, "INSERT INTO t VALUES (1)", ""), ==, 0);
    g_assert_false(db_integer(db, &count, "SELECT count(*) FROM t", ""));
    g_assert_false(db_commit(db, &error));
    g_assert_error(error, DB_ERROR, DB_ERROR_FULL);
    db_rollback(db);
    g_assert_null(db_failed(db));
    g_assert_true(db_integer(db, &count, "SELECT count(*) FROM t", ""));
    g_assert_cmpint(count, ==, 0);
}

static void test_file_is_private(void)
{
    db_close(open_db("private.db", DB_JOURNAL));
    g_autofree char *path = g_build_filename(dir, "private.db", NULL);
    GStatBuf found;
    g_assert_cmpint(g_stat(path, &found), ==, 0);
    g_assert_cmpint(found.st_mode & 0777, ==, 0600);
}

static void test_reader_sees_its_snapshot(void)
{
    AUTO(db) struct db *writer = open_db("snapshot.db", DB_ROWS);
    int64_t count;
    g_assert_true(db_script(writer, "CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1)", NULL));
    AUTO(db) struct db *reader = open_db("snapshot.db", DB_READ);
    g_assert_true(db_begin(reader));
    g_assert_true(db_integer(reader, &count, "SELECT count(*) FROM t", ""));
    db_run(writer, "INSERT INTO t VALUES (2)", "");
    g_assert_true(db_integer(reader, &count, "SELECT count(*) FROM t", ""));
    g_assert_cmpint(count, ==, 1);
    db_rollback(reader);
    g_assert_true(db_integer(reader, &count, "SELECT count(*) FROM t", ""));
    g_assert_cmpint(count, ==, 2);
    g_assert_true(db_checkpoint(writer, true));
}

static void test_not_a_database(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, "junk.db", NULL);
    g_assert_true(
        g_file_set_contents(path, "this is no database, it is a letter to the editor. ............", -1, NULL));
    g_assert_null(db_open(path, &(struct db_options){.mode = DB_ROWS}, &error));
    g_assert_error(error, DB_ERROR, DB_ERROR_CORRUPT);
}

/* A query without end, in a snapshot that is older than it may be. */
static const char *endless =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c, t";

static void write_bytes(struct db *db, int64_t bytes)
{
    g_autofree char *block = g_malloc0(1024 * 1024);
    for (; bytes > 0; bytes -= 1024 * 1024) {
        g_assert_true(db_begin(db));
        db_run(db, "INSERT INTO t VALUES (?1)", "b", block, (size_t)1024 * 1024);
        g_assert_true(db_commit(db, NULL));
    }
}

static void test_long_snapshots_end(void)
{
    AUTO(db) struct db *writer = open_db("long.db", DB_ROWS);
    GError *error = NULL;
    int64_t count;
    g_assert_true(db_script(writer, "CREATE TABLE t (b BLOB)", &error));
    AUTO(db) struct db *reader = open_db("long.db", DB_READ);
    g_assert_true(db_begin(reader));
    g_assert_true(db_integer(reader, &count, "SELECT count(*) FROM t", ""));
    g_usleep(LIMIT_SNAPSHOT_US);
    g_assert_true(db_integer(reader, &count, /* old, but it holds nothing of weight */
                             "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000)"
                             " SELECT count(*) FROM c",
                             ""));
    write_bytes(writer, LIMIT_SNAPSHOT_WAL_BYTES);
    int64_t since_us = clock_monotonic_us();
    g_assert_false(db_integer(reader, &count, endless, ""));
    g_assert_error(db_failed(reader), DB_ERROR, DB_ERROR_LONG);
    db_rollback(reader);
    g_assert_true(db_checkpoint(writer, true));
    write_bytes(writer, LIMIT_SNAPSHOT_WAL_BYTES);
    g_assert_true(db_begin(reader)); /* a new one has its second */
    g_assert_true(db_integer(reader, &count, "SELECT count(*) FROM t", ""));
    g_assert_cmpint(count, ==, 2 * LIMIT_SNAPSHOT_WAL_BYTES / (1024 * 1024));
    g_assert_false(db_integer(reader, &count, endless, ""));
    g_assert_cmpint(clock_monotonic_us() - since_us, >=, LIMIT_SNAPSHOT_US);
    db_rollback(reader);
}

static bool is_three(void *context)
{
    int *asked = context;
    return ++*asked == 3;
}

static void test_queries_are_ended(void)
{
    AUTO(db) struct db *writer = open_db("ended.db", DB_ROWS);
    GError *error = NULL;
    int64_t count;
    int asked = 0;
    g_assert_true(db_script(writer, "CREATE TABLE t (b BLOB); INSERT INTO t VALUES (x'00')", &error));
    AUTO(db) struct db *reader = open_db("ended.db", DB_READ);
    db_end_when(reader, is_three, &asked);
    g_assert_true(db_begin(reader));
    g_assert_false(db_integer(reader, &count, endless, ""));
    g_assert_error(db_failed(reader), DB_ERROR, DB_ERROR_LONG);
    g_assert_cmpint(asked, ==, 3);
    db_rollback(reader);
    g_assert_true(db_begin(reader)); /* and the rule of long snapshots holds as ever */
    g_assert_true(db_integer(reader, &count, "SELECT count(*) FROM t", ""));
    write_bytes(writer, LIMIT_SNAPSHOT_WAL_BYTES + 1024 * 1024);
    g_assert_false(db_integer(reader, &count, endless, ""));
    g_assert_error(db_failed(reader), DB_ERROR, DB_ERROR_LONG);
    db_rollback(reader);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("lianfang-db-XXXXXX", NULL);
    g_test_add_func("/store/values", test_values);
    g_test_add_func("/store/queries-are-ended", test_queries_are_ended);
    g_test_add_func("/store/nested-queries", test_nested_queries);
    g_test_add_func("/store/marks", test_marks);
    g_test_add_func("/store/failure-is-remembered", test_failure_is_remembered);
    g_test_add_func("/store/integers", test_integers);
    g_test_add_func("/store/file-is-private", test_file_is_private);
    g_test_add_func("/store/reader-sees-its-snapshot", test_reader_sees_its_snapshot);
    g_test_add_func("/store/not-a-database", test_not_a_database);
    g_test_add_func("/store/others-may-look", test_others_may_look);
    g_test_add_func("/db/long_snapshots_end", test_long_snapshots_end);
    int status = g_test_run();
    g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
    for (const char *name = g_dir_read_name(files); name != NULL; name = g_dir_read_name(files)) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_remove(path);
    }
    g_rmdir(dir);
    g_free(dir);
    return status;
}
