/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that were emptied, cut off, put back or exchanged: what refuses to start, and what goes on after it. */
#include "tiny.h"

#include "base/log.h"
#include "vault/account.h"

#include <glib/gstdio.h>
#include <string.h>

#define EVENTS 6 /* of the directory that is spoilt */

struct spoilt {
    struct tiny tiny;
    char *before; /* a copy of the directory as of event 2 */
    char *other;  /* data of another installation, as long */
};

static void copy_file(const char *from_dir, const char *name, const char *to_dir)
{
    g_autofree char *from = g_build_filename(from_dir, name, NULL);
    g_autofree char *to = g_build_filename(to_dir, name, NULL);
    g_autofree char *bytes = NULL;
    gsize count;
    g_assert_true(g_file_get_contents(from, &bytes, &count, NULL));
    g_assert_true(g_file_set_contents(to, bytes, (gssize)count, NULL));
}

static void copy_folder(const char *from, const char *to)
{
    static const char *const names[] = {"journal.db", "secrets.db", "rows.db"};
    g_assert_cmpint(g_mkdir(to, 0700), ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        copy_file(from, names[i], to);
}

static void copy_folder_of_backup(const char *from, const char *to)
{
    g_assert_cmpint(g_mkdir(to, 0700), ==, 0);
    copy_file(from, "journal.db", to);
    copy_file(from, "secrets.db", to);
}

static void note(struct tiny *tiny, int times)
{
    for (int i = 0; i < times; i++)
        tiny_must(tiny, 1, "{'command': 'secret', 'text': 'made up'}");
}

static void spoilt_init(struct spoilt *spoilt)
{
    struct tiny other;
    tiny_init(&spoilt->tiny);
    spoilt->before = g_build_filename(spoilt->tiny.dir, "before", NULL);
    spoilt->other = g_build_filename(spoilt->tiny.dir, "other", NULL);
    tiny_open(&spoilt->tiny);
    note(&spoilt->tiny, 2);
    tiny_close(&spoilt->tiny);
    copy_folder(spoilt->tiny.data_dir, spoilt->before);
    tiny_open(&spoilt->tiny);
    note(&spoilt->tiny, EVENTS - 2);
    tiny_close(&spoilt->tiny);
    tiny_init(&other);
    tiny_open(&other);
    note(&other, EVENTS);
    tiny_close(&other);
    copy_folder(other.data_dir, spoilt->other);
    tiny_clear(&other);
    spoilt->tiny.options.create = false;
}

static void spoilt_clear(struct spoilt *spoilt)
{
    tiny_clear(&spoilt->tiny);
    g_free(spoilt->before);
    g_free(spoilt->other);
}
AUTO_CLEAR(spoilt)

static char *path_of(const struct spoilt *spoilt, const char *name)
{
    return g_build_filename(spoilt->tiny.data_dir, name, NULL);
}

static void run_sql(const struct spoilt *spoilt, const char *name, const char *sql)
{
    g_autofree char *path = path_of(spoilt, name);
    sqlite3 *handle;
    g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
    if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        g_error("%s: %s", sql, sqlite3_errmsg(handle));
    sqlite3_close(handle);
}

/* ---- ways to spoil it ---- */

static void empty_journal(const struct spoilt *spoilt)
{
    g_autofree char *path = path_of(spoilt, "journal.db");
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
}

static void remove_journal(const struct spoilt *spoilt)
{
    g_autofree char *path = path_of(spoilt, "journal.db");
    g_assert_cmpint(g_unlink(path), ==, 0);
}

static void older_journal(const struct spoilt *spoilt)
{
    copy_file(spoilt->before, "journal.db", spoilt->tiny.data_dir);
}

/* The rows alone know better: what is in secrets.db may lag. */
static void older_journal_and_secrets(const struct spoilt *spoilt)
{
    older_journal(spoilt);
    copy_file(spoilt->before, "secrets.db", spoilt->tiny.data_dir);
}

static void older_secrets(const struct spoilt *spoilt)
{
    copy_file(spoilt->before, "secrets.db", spoilt->tiny.data_dir);
}

/* As with a log that was deleted. */
static void cut_journal(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "DELETE FROM head; DELETE FROM event WHERE pos > 3");
    run_sql(spoilt, "secrets.db", "DELETE FROM session");
}

static void foreign_journal(const struct spoilt *spoilt)
{
    copy_file(spoilt->other, "journal.db", spoilt->tiny.data_dir);
}

static void foreign_rows(const struct spoilt *spoilt)
{
    copy_file(spoilt->other, "rows.db", spoilt->tiny.data_dir);
}

static void foreign_id(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "UPDATE meta SET value = randomblob(16)");
}

static void no_id(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "DELETE FROM meta");
}

static void no_table_of_ids(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "DROP TABLE meta");
}

/* What KEYS tells of it deleted, too. */
static void no_trace_of_state(const struct spoilt *spoilt)
{
    g_autofree char *id = g_build_filename(spoilt->tiny.keys_dir, "installation", NULL);
    run_sql(spoilt, "secrets.db", "DELETE FROM setting WHERE name = 'state'");
    g_unlink(id);
}

static void no_heads(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "DELETE FROM head");
}

static void forged_head(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "UPDATE head SET signature = randomblob(64)");
}

static void other_key(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "UPDATE head SET public_key = randomblob(32)");
}

static void added_events(const struct spoilt *spoilt)
{
    g_autofree char *path = path_of(spoilt, "journal.db");
    AUTO(journal) struct journal *journal = journal_open(path, NULL, NULL, NULL);
    struct event event = {.seq = journal_last_seq(journal, 0) + 1,
                          .at_us = TINY_START_US,
                          .observed_us = TINY_START_US,
                          .person = 9,
                          .kind = "noted",
                          .version = 1,
                          .unit = 1,
                          .body = "{\"text\":\"forged\",\"number\":1}",
                          .body_bytes = strlen("{\"text\":\"forged\",\"number\":1}")};
    uuid_make(TINY_START_US, &event.command);
    g_assert_true(journal_append(journal, &event, 1, NULL));
}

static void no_state(const struct spoilt *spoilt)
{
    run_sql(spoilt, "secrets.db", "DELETE FROM setting WHERE name = 'state'");
}

static void changed_state(const struct spoilt *spoilt)
{
    run_sql(spoilt, "secrets.db",
            "UPDATE setting SET value = substr(value, 1, 16) || x'0100000000000000' || substr(value, 25)"
            " WHERE name = 'state'");
}

static void another_record(const struct spoilt *spoilt)
{
    run_sql(spoilt, "journal.db", "UPDATE event SET hash = randomblob(32) WHERE pos = 2");
    run_sql(spoilt, "journal.db", "DELETE FROM event WHERE pos = 6");
}

/* ---- what refuses, and what may be accepted ---- */

static const struct row {
    const char *name;
    void (*spoil)(const struct spoilt *spoilt);
    const char *says;
    bool accepted;  /* by accept-loss */
    bool rows_kept; /* beside the new ones */
} rows[] = {
    {"journal emptied", empty_journal, "journal.db is empty", true, true},
    {"journal missing", remove_journal, "journal.db is missing", true, true},
    {"an older journal", older_journal, "ends with event 2, but secrets.db knows event 6", true, true},
    {"an older journal beside older secrets", older_journal_and_secrets, "ends with event 2, but rows.db knows event 6",
     true, true},
    {"older secrets beside newer rows", older_secrets, "secrets.db is older than rows.db", false, false},
    {"events added", added_events, "events 7 to 7 of journal.db were added", true, false},
    {"tail and heads cut off", cut_journal, "no signed head", false, false},
    {"another installation's journal", foreign_journal, "another key", false, false},
    {"another installation's rows", foreign_rows, "rows.db belongs to another installation", false, false},
    {"another id", foreign_id, "journal.db belongs to another installation", false, false},
    {"no id", no_id, "journal.db does not say which installation", false, false},
    {"no table of ids", no_table_of_ids, "journal.db: table meta: missing", false, false},
    {"no trace of what secrets.db knew", no_trace_of_state, "was removed", false, false},
    {"no heads", no_heads, "no signed head", false, false},
    {"a forged head", forged_head, "the signature of its head is not valid", false, false},
    {"a head of another key", other_key, "another key", false, false},
    {"the newest event gone", another_record, "missing, although a signed head names it", false, false},
    {"what secrets.db knew deleted", no_state, "was removed", false, false},
    {"what secrets.db knew changed", changed_state, "was changed", false, false},
};

static void must_refuse(struct spoilt *spoilt, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(engine_open(&spoilt->tiny.options, &error));
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, says));
    g_assert_nonnull(strstr(error->message, "backup")); /* a way out */
}

static bool has_lost_rows(const struct spoilt *spoilt)
{
    bool found = false;
    GDir *dir = g_dir_open(spoilt->tiny.data_dir, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        found = found || g_str_has_prefix(name, "rows.db.lost-");
    g_dir_close(dir);
    return found;
}

/* The first event behind the loss says so. */
static void must_say_so(const struct spoilt *spoilt, const char *says)
{
    g_autofree char *path = path_of(spoilt, "journal.db");
    AUTO(journal) struct journal *journal = journal_open_reader(path, NULL);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, journal_last_pos(journal), 0);
    struct event event;
    g_assert_true(journal_next(cursor, &event, NULL));
    g_assert_cmpstr(event.kind, ==, "loss_accepted");
    g_autofree char *body = g_strndup(event.body, event.body_bytes);
    g_assert_nonnull(strstr(body, says));
    g_assert_nonnull(strstr(body, "the disk was full"));
    g_assert_null(strstr(body, "lianfang accept-loss"));
}

static void accept_loss(struct spoilt *spoilt, const struct row *row)
{
    g_autoptr(GError) error = NULL;
    spoilt->tiny.options.accept_loss = "the disk was full";
    struct engine *engine = engine_open(&spoilt->tiny.options, &error);
    g_assert_cmpint(engine != NULL, ==, row->accepted);
    spoilt->tiny.options.accept_loss = NULL;
    if (engine == NULL)
        return;
    g_assert_nonnull(strstr(engine_loss(engine), row->says));
    engine_close(engine);
    must_say_so(spoilt, row->says);
    g_assert_cmpint(has_lost_rows(spoilt), ==, row->rows_kept);
    tiny_open(&spoilt->tiny);
    note(&spoilt->tiny, 1);
    tiny_close(&spoilt->tiny);
    tiny_check(&spoilt->tiny);
}

static void test_refuses(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(spoilt) struct spoilt spoilt = {0};
        g_test_message("%s", rows[i].name);
        spoilt_init(&spoilt);
        rows[i].spoil(&spoilt);
        must_refuse(&spoilt, rows[i].says);
        must_refuse(&spoilt, rows[i].says); /* the first try changed nothing */
        spoilt.tiny.options.create = true;
        must_refuse(&spoilt, rows[i].says); /* nor does init make a new one over it */
        spoilt.tiny.options.create = false;
        accept_loss(&spoilt, &rows[i]);
    }
}

/* ---- what does not refuse ---- */

static void test_nothing_lost(void)
{
    AUTO(spoilt) struct spoilt spoilt = {0};
    spoilt_init(&spoilt);
    g_autoptr(GError) error = NULL;
    spoilt.tiny.options.accept_loss = "for fun";
    spoilt.tiny.engine = engine_open(&spoilt.tiny.options, &error);
    g_assert_no_error(error);
    g_assert_null(engine_loss(spoilt.tiny.engine));
    tiny_close(&spoilt.tiny);
    g_assert_cmpint(tiny_rows(&spoilt.tiny, "SELECT pos FROM position"), ==, EVENTS);
    copy_file(spoilt.before, "rows.db", spoilt.tiny.data_dir);    /* rows that are behind catch up */
    copy_file(spoilt.before, "secrets.db", spoilt.tiny.data_dir); /* and what is known may lag */
    spoilt.tiny.options.accept_loss = NULL;
    tiny_open(&spoilt.tiny);
    tiny_close(&spoilt.tiny);
    tiny_check(&spoilt.tiny);
}

/* It was accepted, and the program ended before the event was durable. */
static void test_pending(void)
{
    AUTO(spoilt) struct spoilt spoilt = {0};
    spoilt_init(&spoilt);
    struct vault_options options = {.data_dir = spoilt.tiny.data_dir, .keys_dir = spoilt.tiny.keys_dir};
    struct vault *vault = vault_open(&options, NULL);
    g_assert_true(vault_loss_pending(vault, NULL));
    vault_close(vault);
    must_refuse(&spoilt, "never recorded");
    accept_loss(&spoilt, &(struct row){.says = "never recorded", .accepted = true});
}

/* ---- backups ---- */

static void must_not_restore(const struct spoilt *spoilt, const char *backup, const char *says)
{
    int64_t erased;
    g_autoptr(GError) error = NULL;
    g_autofree char *again = g_build_filename(spoilt->tiny.dir, "again", NULL);
    g_assert_false(data_restore(tiny_areas, backup, again, spoilt->tiny.keys_dir, &erased, &error));
    g_assert_nonnull(strstr(error->message, says));
    g_assert_false(g_file_test(again, G_FILE_TEST_EXISTS));
}

/* What was cut short, exchanged or cut off is no backup; what is whole starts again where its journal ends. */
static void test_backup(void)
{
    AUTO(spoilt) struct spoilt spoilt = {0};
    GError *error = NULL;
    int64_t erased;
    spoilt_init(&spoilt);
    g_autofree char *backup = g_build_filename(spoilt.tiny.dir, "backup", NULL);
    g_autofree char *mark = g_build_filename(backup, "complete", NULL);
    g_autofree char *aside = g_build_filename(spoilt.tiny.dir, "mark", NULL);
    tiny_open(&spoilt.tiny);
    note(&spoilt.tiny, 1);
    g_assert_true(data_backup_keyed(spoilt.tiny.data_dir, spoilt.tiny.keys_dir, backup, &error));
    g_assert_no_error(error);
    note(&spoilt.tiny, 1);
    tiny_close(&spoilt.tiny);

    g_assert_cmpint(g_rename(mark, aside), ==, 0);
    must_not_restore(&spoilt, backup, "not complete");
    g_assert_true(g_file_set_contents(mark, "lianfang-backup 1\n", -1, NULL));
    must_not_restore(&spoilt, backup, "not as it was made");
    g_assert_cmpint(g_rename(aside, mark), ==, 0);
    g_autofree char *keep = g_build_filename(spoilt.tiny.dir, "keep", NULL);
    copy_folder_of_backup(backup, keep);
    copy_file(spoilt.before, "journal.db", backup);
    must_not_restore(&spoilt, backup, "not as it was made");
    copy_file(keep, "journal.db", backup);
    copy_file(spoilt.before, "secrets.db", backup);
    must_not_restore(&spoilt, backup, "not as it was made");
    copy_file(keep, "secrets.db", backup);

    folder_remove(spoilt.tiny.data_dir);
    g_assert_true(data_restore(tiny_areas, backup, spoilt.tiny.data_dir, spoilt.tiny.keys_dir, &erased, &error));
    g_assert_no_error(error);
    tiny_open(&spoilt.tiny);
    note(&spoilt.tiny, 1);
    tiny_close(&spoilt.tiny);
    tiny_check(&spoilt.tiny);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/engine/evidence/refuses", test_refuses);
    g_test_add_func("/engine/evidence/nothing_lost", test_nothing_lost);
    g_test_add_func("/engine/evidence/pending", test_pending);
    g_test_add_func("/engine/evidence/backup", test_backup);
    return g_test_run();
}
