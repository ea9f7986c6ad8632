/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shim itself: it must lose what was not synced, keep what was, and fail what it was told to fail. */
#include "support/faulty_vfs.h"

#include "store/db.h"

#include <glib/gstdio.h>

struct place {
    struct faulty_vfs *vfs;
    char *dir, *path;
};

static void setup(struct place *place, gconstpointer data)
{
    place->vfs = faulty_vfs_register("faulty", false);
    place->dir = g_dir_make_tmp("lianfang-faulty-XXXXXX", NULL);
    place->path = g_build_filename(place->dir, "some.db", NULL);
}

static void teardown(struct place *place, gconstpointer data)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *path = g_strconcat(place->path, ends[i], NULL);
        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    faulty_vfs_free(place->vfs);
    g_free(place->dir);
    g_free(place->path);
}

static struct db *open_db(struct place *place, enum db_mode mode)
{
    g_autoptr(GError) error = NULL;
    struct db *db = db_open(place->path, &(struct db_options){.mode = mode, .vfs = "faulty"}, &error);
    g_assert_no_error(error);
    return db;
}

static bool add(struct db *db)
{
    bool added =
        db_begin(db) && db_run(db, "INSERT INTO t (v) VALUES (randomblob(3000))", "") == 1 && db_commit(db, NULL);
    if (!added)
        db_rollback(db);
    return added;
}

static int64_t rows_in(struct place *place)
{
    AUTO(db) struct db *db = open_db(place, DB_JOURNAL);
    int64_t count = -1, tables = 0;
    if (db_integer(db, &tables, "SELECT count(*) FROM sqlite_schema", "") && tables == 0)
        return 0;
    g_assert_true(db_integer(db, &count, "SELECT count(*) FROM t", ""));
    AUTO(cursor) struct cursor cursor = db_query(db, "PRAGMA integrity_check", "");
    g_assert_true(cursor_next(&cursor));
    g_assert_cmpstr(cursor_text(&cursor, 0), ==, "ok");
    return count;
}

static void write_ten(struct place *place, enum db_mode mode, enum survival survival, uint32_t seed)
{
    AUTO(db) struct db *db = open_db(place, mode);
    g_assert_true(db_script(db, "CREATE TABLE t (v BLOB)", NULL));
    for (int i = 0; i < 10; i++)
        g_assert_true(add(db));
    faulty_vfs_lose_power(place->vfs, survival, seed);
    g_assert_false(add(db));
}

static void synced_stays(struct place *place, gconstpointer data)
{
    write_ten(place, DB_JOURNAL, SURVIVES_NOTHING, 0);
    g_assert_cmpint(rows_in(place), ==, 10);
}

/* synchronous=NORMAL syncs the log at checkpoints only, and there was none. */
static void unsynced_goes(struct place *place, gconstpointer data)
{
    write_ten(place, DB_ROWS, SURVIVES_NOTHING, 0);
    g_assert_cmpint(rows_in(place), ==, 0);
}

static void all_may_survive(struct place *place, gconstpointer data)
{
    write_ten(place, DB_ROWS, SURVIVES_ALL, 0);
    g_assert_cmpint(rows_in(place), ==, 10);
}

/* A log never tears: whatever part of it survived, whole transactions do, and different seeds show different
 * ones. */
static void some_survives_whole(struct place *place, gconstpointer data)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    for (uint32_t seed = 0; seed < 100; seed++) {
        write_ten(place, DB_ROWS, SURVIVES_SOME, seed);
        g_hash_table_add(seen, GINT_TO_POINTER((int)rows_in(place)));
        teardown(place, NULL);
        setup(place, NULL);
    }
    g_assert_cmpuint(g_hash_table_size(seen), >=, 4);
    g_hash_table_unref(seen);
}

/* A rebuild writes without log and sync: after power loss its file is worth nothing, once settled everything.
 */
static void rebuild_tears_until_settled(struct place *place, gconstpointer data)
{
    AUTO(db) struct db *db = open_db(place, DB_REBUILD);
    g_assert_true(db_script(db, "CREATE TABLE t (v BLOB)", NULL));
    g_assert_true(add(db));
    faulty_vfs_lose_power(place->vfs, SURVIVES_NOTHING, 0);
    g_clear_pointer(&db, db_close);
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
}

/* What a failed sync should have kept is gone, even where all else survives. */
static void failed_sync_loses(struct place *place, gconstpointer data)
{
    AUTO(db) struct db *db = open_db(place, DB_JOURNAL);
    g_assert_true(db_script(db, "CREATE TABLE t (v BLOB)", NULL));
    g_assert_true(add(db));
    faulty_vfs_fail(place->vfs, FAULTY_SYNC, "*-wal", 1, false);
    g_assert_false(add(db));
    g_assert_cmpint(faulty_vfs_failed(place->vfs), ==, 1);
    faulty_vfs_lose_power(place->vfs, SURVIVES_ALL, 0);
    g_clear_pointer(&db, db_close);
    g_assert_cmpint(rows_in(place), ==, 1);
}

static void off_until_closed(struct place *place, gconstpointer data)
{
    AUTO(db) struct db *db = open_db(place, DB_JOURNAL);
    faulty_vfs_lose_power(place->vfs, SURVIVES_NOTHING, 0);
    g_assert_null(db_open(place->path, &(struct db_options){.mode = DB_JOURNAL, .vfs = "faulty"}, NULL));
    g_clear_pointer(&db, db_close);
    db = open_db(place, DB_JOURNAL);
    g_assert_nonnull(db);
}

static void each_operation_fails(struct place *place, gconstpointer data)
{
    static const struct {
        enum faulty_op op;
        const char *pattern;
    } rows[] = {
        {FAULTY_WRITE, "some.db-wal"},
        {FAULTY_FULL, "some.db-wal"},
        {FAULTY_SYNC, "*"},
    };
    AUTO(db) struct db *db = open_db(place, DB_JOURNAL);
    g_assert_true(db_script(db, "CREATE TABLE t (v BLOB)", NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t before = faulty_vfs_count(place->vfs, rows[i].op);
        faulty_vfs_fail(place->vfs, rows[i].op, rows[i].pattern, 1, true);
        g_assert_false(add(db));
        g_assert_cmpint(faulty_vfs_failed(place->vfs), >=, 1);
        g_assert_cmpint(faulty_vfs_count(place->vfs, rows[i].op), >, before);
        faulty_vfs_heal(place->vfs);
        g_assert_true(add(db));
    }
    faulty_vfs_fail(place->vfs, FAULTY_WRITE, "other.db*", 1, true);
    g_assert_true(add(db));
    g_assert_cmpint(faulty_vfs_failed(place->vfs), ==, 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct place *, gconstpointer);
    } tests[] = {
        {"/faulty/synced_stays", synced_stays},
        {"/faulty/unsynced_goes", unsynced_goes},
        {"/faulty/all_may_survive", all_may_survive},
        {"/faulty/some_survives_whole", some_survives_whole},
        {"/faulty/rebuild_tears_until_settled", rebuild_tears_until_settled},
        {"/faulty/failed_sync_loses", failed_sync_loses},
        {"/faulty/off_until_closed", off_until_closed},
        {"/faulty/each_operation_fails", each_operation_fails},
    };
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, struct place, NULL, setup, tests[i].run, teardown);
    return g_test_run();
}
