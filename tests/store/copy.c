/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy holds no snapshot while it is written, and is whole as of a moment. */
#include "store/copy.h"

#include <glib/gstdio.h>

#define ROWS 3000

struct both {
    char *dir, *source_path, *target_path;
    struct db *writer, *source, *target;
    int64_t next, pages;
};

static struct db *open_at(const char *path, enum db_mode mode)
{
    GError *error = NULL;
    struct db *db = db_open(path, &(struct db_options){.mode = mode}, &error);
    g_assert_no_error(error);
    return db;
}

static void add(struct both *both, int64_t count)
{
    g_assert_true(db_begin(both->writer));
    for (; count > 0; count--, both->next++)
        db_run(both->writer, "INSERT INTO event VALUES (?1, 'text', x'00ff', NULL)", "i", both->next);
    db_run(both->writer, "INSERT INTO head VALUES (?1, 0.5)", "i", both->next - 1);
    g_assert_true(db_commit(both->writer, NULL));
}

static void setup(struct both *both)
{
    GError *error = NULL;
    both->dir = g_dir_make_tmp("lianfang-copy-XXXXXX", &error);
    g_assert_no_error(error);
    both->source_path = g_build_filename(both->dir, "source.db", NULL);
    both->target_path = g_build_filename(both->dir, "target.db", NULL);
    both->writer = open_at(both->source_path, DB_JOURNAL);
    g_assert_true(db_script(both->writer,
                            "CREATE TABLE event (pos INTEGER PRIMARY KEY, a TEXT, b BLOB, c);"
                            "CREATE TABLE head (pos INTEGER PRIMARY KEY, at REAL);"
                            "CREATE TABLE named (name TEXT PRIMARY KEY, value BLOB);"
                            "CREATE INDEX by_a ON event (a);"
                            "INSERT INTO named VALUES ('a', x'01'), ('b', NULL);"
                            "PRAGMA application_id=77; PRAGMA user_version=3;",
                            &error));
    both->next = 1;
    add(both, ROWS);
    both->source = open_at(both->source_path, DB_READ);
    both->target = open_at(both->target_path, DB_REBUILD);
}

static void clear(struct both *both)
{
    static const char *const names[] = {"source.db", "source.db-wal", "source.db-shm", "target.db"};
    db_close(both->source);
    db_close(both->target);
    db_close(both->writer);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(both->dir, names[i], NULL);
        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(both->dir), ==, 0);
    g_free(both->source_path);
    g_free(both->target_path);
    g_free(both->dir);
}

/* While the target is slow others write, and the log can be emptied. */
static void write_beside(int64_t rows, void *context)
{
    struct both *both = context;
    both->pages++;
    add(both, 10);
    g_assert_true(db_checkpoint(both->writer, true));
}

static int64_t ask(struct db *db, const char *sql)
{
    int64_t value = -1;
    db_integer(db, &value, sql, "");
    return value;
}

static void test_holds_nothing(void)
{
    struct both both = {0};
    GError *error = NULL;
    setup(&both);
    struct copy_plan plan = {.last = "event", .written = write_beside, .context = &both};
    g_assert_true(db_copy(both.source, both.target, &plan, &error));
    g_assert_no_error(error);
    g_assert_cmpint(both.pages, >=, ROWS / COPY_PAGE_ROWS + 2);
    int64_t count = ask(both.target, "SELECT count(*) FROM event");
    g_assert_cmpint(count, >=, ROWS);
    g_assert_cmpint(ask(both.target, "SELECT max(pos) FROM event"), ==, count); /* without gaps */
    g_assert_cmpint(ask(both.target, "SELECT max(pos) FROM head"), <=, count);  /* a head names what is there */
    g_assert_cmpint(ask(both.target, "SELECT count(*) FROM event WHERE a = 'text' AND typeof(b) = 'blob'"), ==, count);
    g_assert_cmpint(ask(both.target, "SELECT count(*) FROM named WHERE name = 'a' AND value = x'01'"), ==, 1);
    g_assert_cmpint(ask(both.target, "SELECT count(*) FROM sqlite_schema WHERE name = 'by_a'"), ==, 1);
    g_assert_cmpint(ask(both.target, "PRAGMA application_id"), ==, 77);
    g_assert_cmpint(ask(both.target, "PRAGMA user_version"), ==, 3);
    clear(&both);
}

static void test_says_why_not(void)
{
    struct both both = {0};
    GError *error = NULL;
    setup(&both);
    g_assert_true(db_script(both.target, "CREATE TABLE head (other)", &error)); /* not empty */
    g_assert_false(db_copy(both.source, both.target, &(struct copy_plan){.last = "event"}, &error));
    g_assert_error(error, DB_ERROR, DB_ERROR_IO);
    g_clear_error(&error);
    clear(&both);
}

static void test_bounds(void)
{
    struct both both = {0};
    GError *error = NULL;
    const struct copy_bound bounds[] = {{"event", 1234}, {"head", 1234}, {NULL}};
    setup(&both);
    add(&both, 10);
    g_assert_true(db_copy(both.source, both.target, &(struct copy_plan){.last = "event", .bounds = bounds}, &error));
    g_assert_no_error(error);
    g_assert_cmpint(ask(both.target, "SELECT count(*) FROM event"), ==, 1234);
    g_assert_cmpint(ask(both.target, "SELECT max(pos) FROM event"), ==, 1234);
    g_assert_cmpint(ask(both.target, "SELECT count(*) FROM head"), ==, 0); /* of rows 3000 and 3010 */
    g_assert_cmpint(ask(both.target, "SELECT count(*) FROM named"), ==, 2);
    clear(&both);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/copy/holds_nothing", test_holds_nothing);
    g_test_add_func("/store/copy/bounds", test_bounds);
    g_test_add_func("/store/copy/says_why_not", test_says_why_not);
    return g_test_run();
}
