/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing without a trace, and the ledger that keeps it so. */
#include "folder.h"

#include "base/clock.h"
#include "vault/account.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define RECORD_BYTES 32
#define PERSON       77
#define NOW          (1580515200 * US_PER_SECOND)

static const char login[] = "zhang.sanfeng", password_hash[] = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA";

/* ---- every byte ---- */

/* Person PERSON with matters 500 and 1500 among 3,000 matters and 1,000 persons of others. */
static void fill(struct vault *vault, struct account_store *accounts)
{
    for (int64_t id = 1; id <= 1000; id++) {
        g_autofree char *id_number = g_strdup_printf("1101051949123%05d", (int)id);
        g_autofree char *phone = g_strdup_printf("138%08d", (int)id);
        vault_key_new(vault, VAULT_PERSON, id, id);
        vault_index_set(vault, id, VAULT_INDEX_ID_NUMBER, id_number);
        vault_index_set(vault, id, VAULT_INDEX_PHONE, phone);
        vault_index_set(vault, id, VAULT_INDEX_NAME, id == PERSON ? "张三丰" : id % 2 == 0 ? "张三" : "李四光");
    }
    for (int64_t id = 1; id <= 3000; id++)
        vault_key_new(vault, VAULT_MATTER, id, id % 1000 == 500 ? 0 : 1 + id % 50);
    vault_key_person(vault, VAULT_MATTER, 500, PERSON);
    vault_key_person(vault, VAULT_MATTER, 1500, PERSON);
    must_commit(vault);
    struct problem *problem = NULL;
    int64_t account;
    g_assert_true(account_create(accounts, 5, "li.si", "other", false, NOW, &account, &problem));
    g_assert_true(account_create(accounts, PERSON, login, password_hash, false, NOW, &account, &problem));
}

static void add_blobs(struct vault *vault, GPtrArray *needles, const char *sql)
{
    AUTO(cursor) struct cursor cursor = db_query(vault_db(vault), sql, "i", (int64_t)PERSON);
    while (cursor_next(&cursor)) {
        size_t bytes;
        const void *blob = cursor_blob(&cursor, 0, &bytes);
        g_ptr_array_add(needles, g_bytes_new(blob, bytes));
    }
}

/* The hashes of the person: entries of hash_page (16 bytes of hash, 8 of id) that end with the id. */
static void add_hashes(struct vault *vault, GPtrArray *needles)
{
    AUTO(cursor) struct cursor cursor = db_query(vault_db(vault), "SELECT data FROM hash_page", "");
    while (cursor_next(&cursor)) {
        size_t bytes;
        const uint8_t *data = cursor_blob(&cursor, 0, &bytes);
        int64_t count, id;
        memcpy(&count, data + 8, 8);
        for (int64_t i = 0; i < count; i++) {
            memcpy(&id, data + 16 + i * 24 + 16, 8);
            if (id == PERSON)
                g_ptr_array_add(needles, g_bytes_new(data + 16 + i * 24, 24));
        }
    }
}

/* All that secrets.db holds of the person, and how much of it there must be. */
static GPtrArray *all_of_person(struct vault *vault)
{
    GPtrArray *needles = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    add_blobs(vault, needles, "SELECT wrapped FROM person_key WHERE id = ?1");
    add_blobs(vault, needles,
              "SELECT k.wrapped FROM matter_key k JOIN matter_person p ON p.matter = k.id WHERE p.person = ?1");
    add_blobs(vault, needles, "SELECT sealed FROM person_index WHERE person = ?1");
    g_assert_cmpuint(needles->len, ==, 1 + 2 + 3);
    add_hashes(vault, needles);
    g_assert_cmpuint(needles->len, ==,
                     6 + 4); /* ID number, phone, two bigrams; no more than the hash of the login beside */
    g_ptr_array_add(needles, g_bytes_new(login, strlen(login)));
    g_ptr_array_add(needles, g_bytes_new(password_hash, strlen(password_hash)));
    return needles;
}

static int count_held(const struct folder *folder, GPtrArray *needles)
{
    int held = 0;
    for (guint i = 0; i < needles->len; i++) {
        gsize bytes;
        const void *needle = g_bytes_get_data(needles->pdata[i], &bytes);
        held += folder_holds(folder, needle, bytes) > 0;
    }
    return held;
}

static void test_every_byte(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    GError *error = NULL;
    struct account_store *accounts = account_store_open_keyed(folder.data, folder.keys, NULL, &error);
    g_assert_no_error(error);
    fill(vault, accounts);
    AUTO(vault) struct vault *reader = folder_reader(&folder);
    g_assert_true(vault_has_key(reader, VAULT_PERSON, PERSON));
    g_autoptr(GPtrArray) needles = all_of_person(vault);
    g_assert_cmpint(count_held(&folder, needles), ==, (int)needles->len);

    vault_erase_person(vault, PERSON);
    must_commit(vault);
    g_assert_cmpint(count_held(&folder, needles), >, 0); /* so the search would find what is left */
    g_assert_true(vault_scrub(vault, &error));
    g_assert_cmpint(count_held(&folder, needles), ==, 0);

    AUTO(account) struct account account = {0};
    g_assert_false(account_find(accounts, login, &account));
    g_assert_false(account_of_person(accounts, PERSON, &account));
    int64_t logins;
    g_assert_true(db_integer(vault_db(vault), &logins, "SELECT entries FROM hash_table WHERE id = 2", ""));
    g_assert_cmpint(logins, ==, 1);
    g_autoptr(GArray) found = vault_index_find(vault, VAULT_INDEX_NAME, "三丰", 0, 10);
    g_assert_cmpuint(found->len, ==, 0);
    g_autoptr(GArray) others = vault_index_find(vault, VAULT_INDEX_NAME, "张三", 0, 1000);
    g_assert_cmpuint(others->len, ==, 500);
    g_assert_false(vault_has_key(vault, VAULT_PERSON, PERSON));
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 500));
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 1500));
    g_assert_true(vault_has_key(vault, VAULT_MATTER, 2500));
    account_store_close(accounts);
}

/* Reader handles forget within a second, also without a restart. */
static void test_readers_forget(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    vault_key_new(vault, VAULT_MATTER, 1, 0);
    must_commit(vault);
    AUTO(vault) struct vault *reader = folder_reader(&folder);
    g_assert_true(vault_has_key(reader, VAULT_MATTER, 1));
    vault_erase_matter(vault, 1);
    must_commit(vault);
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 1));
    g_usleep(1050000);
    g_assert_false(vault_has_key(reader, VAULT_MATTER, 1));
}

static void test_erasing_in_a_refused_command(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    g_autofree char *ledger = keys_path(&folder, "erasures");
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    vault_key_new(vault, VAULT_MATTER, 1, 0);
    vault_key_new(vault, VAULT_MATTER, 2, 0);
    must_commit(vault);
    vault_mark(vault);
    vault_erase_matter(vault, 1);
    vault_rollback_to_mark(vault);
    vault_mark(vault);
    vault_erase_matter(vault, 2);
    vault_release(vault);
    must_commit(vault);
    g_assert_true(vault_has_key(vault, VAULT_MATTER, 1));
    g_assert_false(vault_has_key(vault, VAULT_MATTER, 2));
    g_autoptr(GBytes) records = file_bytes(ledger);
    g_assert_cmpuint(g_bytes_get_size(records), ==, RECORD_BYTES);
}

static void test_old_snapshot_holds_the_log(void)
{
    AUTO(folder) struct folder folder;
    folder_init(&folder);
    AUTO(vault) struct vault *vault = folder_vault(&folder, true);
    vault_key_new(vault, VAULT_MATTER, 1, 0);
    must_commit(vault);
    AUTO(vault) struct vault *reader = folder_reader(&folder);
    int64_t count;
    g_assert_true(db_begin(vault_db(reader)));
    g_assert_true(db_integer(vault_db(reader), &count, "SELECT count(*) FROM matter_key", ""));
    vault_erase_matter(vault, 1);
    must_commit(vault);
    sqlite3_busy_timeout(db_handle(vault_db(vault)), 50);
    g_autoptr(GError) error = NULL;
    g_assert_false(vault_scrub(vault, &error));
    g_assert_error(error, VAULT_ERROR, VAULT_ERROR_IO);
    g_assert_true(db_commit(vault_db(reader), NULL));
    g_assert_true(vault_scrub(vault, NULL));
    vault_key_new(vault, VAULT_MATTER, 2, 0);
    must_commit(vault); /* the vault works on */
}

/* ---- the ledger ---- */

struct fixture {
    struct folder folder;
    char *ledger, *database, *backup;
};

/* A backup with matters 1 to 5, then 1, 2 and 3 are erased. */
static void fixture_init(struct fixture *fixture)
{
    folder_init(&fixture->folder);
    fixture->ledger = keys_path(&fixture->folder, "erasures");
    fixture->database = folder_path(&fixture->folder, "secrets.db");
    fixture->backup = g_build_filename(fixture->folder.root, "backup.db", NULL);
    AUTO(vault) struct vault *vault = folder_vault(&fixture->folder, true);
    for (int64_t id = 1; id <= 5; id++)
        vault_key_new(vault, VAULT_MATTER, id, 0);
    must_commit(vault);
    g_assert_true(vault_scrub(vault, NULL));
    file_copy(fixture->database, fixture->backup);
    for (int64_t id = 1; id <= 3; id++) {
        vault_erase_matter(vault, id);
        must_commit(vault);
    }
}

static void fixture_clear(struct fixture *fixture)
{
    folder_clear(&fixture->folder);
    g_free(fixture->ledger);
    g_free(fixture->database);
    g_free(fixture->backup);
}
AUTO_CLEAR(fixture)

static void restore(const struct fixture *fixture)
{
    g_autofree char *log = g_strconcat(fixture->database, "-wal", NULL);
    g_remove(log);
    file_copy(fixture->backup, fixture->database);
}

/* Matters from `first` on have keys, those before have none. */
static void check_keys(struct vault *vault, int64_t first)
{
    for (int64_t id = 1; id <= 5; id++)
        g_assert_cmpint(vault_has_key(vault, VAULT_MATTER, id), ==, id >= first);
}

static void test_restore(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    restore(&fixture);
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
    int64_t count = -1;
    GError *error = NULL;
    g_assert_true(vault_replay_erasures(vault, &count, &error));
    g_assert_no_error(error);
    g_assert_cmpint(count, ==, 3);
    check_keys(vault, 4);
    vault_erase_matter(vault, 4); /* the ledger goes on where it was */
    must_commit(vault);
    AUTO(vault) struct vault *again = folder_vault(&fixture.folder, false);
    g_assert_true(vault_replay_erasures(again, &count, NULL));
    g_assert_cmpint(count, ==, 0);
    check_keys(again, 5);
    g_autoptr(GBytes) records = file_bytes(fixture.ledger);
    g_assert_cmpuint(g_bytes_get_size(records), ==, 4 * RECORD_BYTES);
}

/* Bytes of the backup are in the restored file until it is opened; then no more. */
static void test_restore_leaves_no_byte(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    restore(&fixture);
    AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
    g_autoptr(GPtrArray) needles = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    add_blobs(reader, needles, "SELECT wrapped FROM matter_key WHERE id <= 3 AND ?1 > 0");
    g_assert_cmpuint(needles->len, ==, 3);
    g_assert_cmpint(g_unlink(fixture.backup), ==, 0);
    g_assert_cmpint(count_held(&fixture.folder, needles), ==, 3);
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
    g_assert_cmpint(count_held(&fixture.folder, needles), ==, 0);
    check_keys(vault, 4);
}

/* An id is given again after a restore: what the ledger said of its first bearer is not done to the second. */
static void test_restore_twice(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    restore(&fixture);
    struct vault *vault = folder_vault(&fixture.folder, false);
    vault_key_new(vault, VAULT_MATTER, 3, 0);
    must_commit(vault);
    g_assert_true(vault_scrub(vault, NULL));
    vault_close(vault);
    file_copy(fixture.database, fixture.backup);
    restore(&fixture);
    vault = folder_vault(&fixture.folder, false);
    int64_t count;
    g_assert_true(vault_replay_erasures(vault, &count, NULL));
    g_assert_true(vault_has_key(vault, VAULT_MATTER, 3));
    vault_close(vault);
}

static void must_verify(struct vault *vault)
{
    struct vault_counts counts;
    GError *error = NULL;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(vault_verify(vault, findings, &counts, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(findings->len, ==, 0);
}

static void must_find(struct vault *vault, const char *what)
{
    struct vault_counts counts;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(vault_verify(vault, findings, &counts, NULL));
    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(findings, 0), ==, what);
}

/* Whether the restored data had the id or not, its new bearer is not the one whom the ledger names; until that one is
 * erased, too. A key that is put back by hand is no id given again. */
static void test_given_again(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    struct vault *vault = folder_vault(&fixture.folder, false);
    vault_key_new(vault, VAULT_MATTER, 6, 0);
    vault_key_new(vault, VAULT_PERSON, 6, 6);
    must_commit(vault);
    vault_erase_matter(vault, 6);
    vault_erase_person(vault, 6);
    must_commit(vault);
    vault_close(vault);
    restore(&fixture);
    vault = folder_vault(&fixture.folder, false);
    must_verify(vault);
    vault_key_new(vault, VAULT_MATTER, 3, 0);
    vault_key_new(vault, VAULT_MATTER, 6, 0);
    vault_key_new(vault, VAULT_PERSON, 6, 6);
    must_commit(vault);
    must_verify(vault);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    add_blobs(vault, kept, "SELECT wrapped FROM matter_key WHERE id = 6 AND ?1 > 0");
    vault_erase_matter(vault, 6);
    must_commit(vault);
    must_verify(vault);
    gsize bytes;
    const void *wrapped = g_bytes_get_data(g_ptr_array_index(kept, 0), &bytes);
    db_run(vault_db(vault), "UPDATE matter_key SET wrapped = ?1 WHERE id = 6", "b", wrapped, bytes);
    AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
    must_find(reader, "matter 6: was erased, but its key still opens");
    vault_close(vault);
}

static void set_length(const char *path, gsize length)
{
    g_autoptr(GBytes) bytes = file_bytes(path);
    g_autofree uint8_t *data = g_malloc0(length + 1);
    memcpy(data, g_bytes_get_data(bytes, NULL), MIN(length, g_bytes_get_size(bytes)));
    file_put(path, data, length);
}

static void test_cut_off(void)
{
    for (gsize length = 0; length < 3 * RECORD_BYTES; length += RECORD_BYTES / 2) {
        AUTO(fixture) struct fixture fixture;
        fixture_init(&fixture);
        set_length(fixture.ledger, length);
        folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
    }
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    g_assert_cmpint(g_unlink(fixture.ledger), ==, 0);
    folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
    restore(&fixture); /* a backup from before the first erasure does not open without it either */
    folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
}

/* Emptied beside a backup that knows nothing of it: by the end that was seen. */
static void test_emptied(void)
{
    for (gsize length = 0; length < 3 * RECORD_BYTES; length += RECORD_BYTES) {
        AUTO(fixture) struct fixture fixture;
        fixture_init(&fixture);
        restore(&fixture);
        set_length(fixture.ledger, length);
        folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
    }
}

/* What a backup does not know of yet is told, and is no damage. */
static void test_ahead(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    restore(&fixture);
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    struct vault_counts counts;
    GError *error = NULL;
    AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
    g_assert_true(vault_verify(reader, findings, &counts, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(findings->len, ==, 0);
    g_assert_cmpint(counts.erasures, ==, 0);
    g_assert_cmpint(counts.erasures_ahead, ==, 3);
    set_length(fixture.ledger, RECORD_BYTES);
    g_assert_false(vault_verify(reader, findings, &counts, &error));
    g_assert_error(error, VAULT_ERROR, VAULT_ERROR_LEDGER);
    g_clear_error(&error);
}

/* A crash while records are appended leaves a part of one, or zeros. */
static void test_torn_append(void)
{
    static const gsize lengths[] = {3 * RECORD_BYTES + 1, 4 * RECORD_BYTES - 1, 4 * RECORD_BYTES, 9 * RECORD_BYTES + 5};
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        AUTO(fixture) struct fixture fixture;
        fixture_init(&fixture);
        set_length(fixture.ledger, lengths[i]);
        struct vault *vault = folder_vault(&fixture.folder, false);
        vault_erase_matter(vault, 4);
        must_commit(vault);
        vault_close(vault);
        g_autoptr(GBytes) records = file_bytes(fixture.ledger);
        g_assert_cmpuint(g_bytes_get_size(records), ==, 4 * RECORD_BYTES);
        restore(&fixture);
        vault = folder_vault(&fixture.folder, false);
        check_keys(vault, 5);
        vault_close(vault);
    }
}

/* Any flipped bit shows when the ledger is read for a restore. */
static void test_every_byte_of_the_ledger_counts(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    g_autoptr(GBytes) right = file_bytes(fixture.ledger);
    gsize bytes;
    const uint8_t *data = g_bytes_get_data(right, &bytes);
    g_assert_cmpuint(bytes, ==, 3 * RECORD_BYTES);
    for (gsize i = 0; i < bytes; i++) {
        g_autofree uint8_t *changed = g_memdup2(data, bytes);
        changed[i] ^= 4;
        file_put(fixture.ledger, changed, bytes);
        restore(&fixture);
        folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
    }
    file_put(fixture.ledger, data, bytes);
    restore(&fixture);
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
    check_keys(vault, 4);
}

/* Every record is checked at each opening, also those before the one that secrets.db knows as the last. */
static void test_changed_long_ago(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    g_autoptr(GBytes) right = file_bytes(fixture.ledger);
    g_autofree uint8_t *changed = g_memdup2(g_bytes_get_data(right, NULL), 3 * RECORD_BYTES);
    changed[8] = 5;
    file_put(fixture.ledger, changed, 3 * RECORD_BYTES);
    folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
}

static void test_ledger_of_another(void)
{
    AUTO(fixture) struct fixture fixture, other;
    fixture_init(&fixture);
    fixture_init(&other);
    file_copy(other.ledger, fixture.ledger);
    folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
    restore(&fixture);
    folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
}

/* The data directory is lost, the keys are not: nothing begins over the old ledger. */
static void test_begin_beside_an_old_ledger(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    g_autofree char *log = g_strconcat(fixture.database, "-wal", NULL);
    g_remove(log);
    g_assert_cmpint(g_unlink(fixture.database), ==, 0);
    g_autoptr(GBytes) before = file_bytes(fixture.ledger);
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(vault_open(
            &(struct vault_options){.data_dir = fixture.folder.data, .keys_dir = fixture.folder.keys, .create = true},
            &error));
        g_assert_error(error, VAULT_ERROR, VAULT_ERROR_LEDGER);
    }
    g_autoptr(GBytes) after = file_bytes(fixture.ledger);
    g_assert_true(g_bytes_equal(before, after));
    restore(&fixture);
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
    check_keys(vault, 4);
}

/* The ledger outlives the master key. */
static void test_rotated_between(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    struct vault *vault = folder_vault(&fixture.folder, false);
    g_assert_true(vault_rotate_master_key(vault, NULL));
    vault_erase_matter(vault, 4);
    must_commit(vault);
    int64_t count;
    g_assert_true(vault_replay_erasures(vault, &count, NULL));
    vault_close(vault);
    vault = folder_vault(&fixture.folder, false);
    check_keys(vault, 5);
    vault_close(vault);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vault/erasure/every-byte", test_every_byte);
    g_test_add_func("/vault/erasure/readers-forget", test_readers_forget);
    g_test_add_func("/vault/erasure/refused-command", test_erasing_in_a_refused_command);
    g_test_add_func("/vault/erasure/old-snapshot", test_old_snapshot_holds_the_log);
    g_test_add_func("/vault/ledger/restore", test_restore);
    g_test_add_func("/vault/ledger/restore-leaves-no-byte", test_restore_leaves_no_byte);
    g_test_add_func("/vault/ledger/restore-twice", test_restore_twice);
    g_test_add_func("/vault/ledger/given-again", test_given_again);
    g_test_add_func("/vault/ledger/cut-off", test_cut_off);
    g_test_add_func("/vault/ledger/emptied", test_emptied);
    g_test_add_func("/vault/ledger/ahead", test_ahead);
    g_test_add_func("/vault/ledger/torn-append", test_torn_append);
    g_test_add_func("/vault/ledger/every-byte-counts", test_every_byte_of_the_ledger_counts);
    g_test_add_func("/vault/ledger/changed-long-ago", test_changed_long_ago);
    g_test_add_func("/vault/ledger/of-another", test_ledger_of_another);
    g_test_add_func("/vault/ledger/begin-beside-an-old-one", test_begin_beside_an_old_ledger);
    g_test_add_func("/vault/ledger/rotated-between", test_rotated_between);
    return g_test_run();
}
