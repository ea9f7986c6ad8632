/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of secrets.db and records of the ledger, changed by somebody who has no key: what is told of each. */
#include "folder.h"

#include "base/log.h"
#include "vault/account.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define SEALED_TEXT "made up"

struct fixture {
    struct folder folder;
    int64_t account;
    GBytes *sealed; /* of matter 1 */
};

/* Persons 1 and 2, matters 1 (of 1), 2 (erased), 3 (of 2); an account of person 1. */
static void fixture_init(struct fixture *fixture)
{
    AUTO(problem) struct problem *problem = NULL;
    folder_init(&fixture->folder);
    AUTO(vault) struct vault *vault = folder_vault(&fixture->folder, true);
    for (int64_t id = 1; id <= 2; id++) {
        vault_key_new(vault, VAULT_PERSON, id, 0);
        vault_index_set(vault, id, VAULT_INDEX_NAME, id == 1 ? "测试甲某" : "测试乙某");
    }
    for (int64_t id = 1; id <= 3; id++)
        vault_key_new(vault, VAULT_MATTER, id, id == 3 ? 2 : 1);
    fixture->sealed = vault_seal(vault, VAULT_MATTER, 1, "form", SEALED_TEXT, sizeof SEALED_TEXT);
    vault_erase_matter(vault, 2);
    uint8_t digest[VAULT_DIGEST_BYTES];
    vault_digest(vault, &(struct uuid){{0}}, "", 0, digest); /* of a command of January 1970 */
    must_commit(vault);
    struct account_store *store = account_store_open_keyed(fixture->folder.data, fixture->folder.keys, NULL, NULL);
    g_assert_true(account_create(store, 1, "worker", "hash", false, 1, &fixture->account, &problem));
    account_store_close(store);
}

static void fixture_clear(struct fixture *fixture)
{
    folder_clear(&fixture->folder);
    g_bytes_unref(fixture->sealed);
}
AUTO_CLEAR(fixture)

static void run_sql(const struct fixture *fixture, const char *sql)
{
    sqlite3 *handle;
    g_autofree char *path = g_build_filename(fixture->folder.data, "secrets.db", NULL);
    g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
    if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        g_error("%s: %s", sql, sqlite3_errmsg(handle));
    sqlite3_close(handle);
}

static const struct row {
    const char *name, *sql, *says; /* says NULL: nothing to be found */
} rows[] = {
    {"nothing changed", "SELECT 1", NULL},
    {"a key changed", "UPDATE matter_key SET wrapped = randomblob(72) WHERE id = 1", "matter 1: its key was changed"},
    {"a key zeroed", "UPDATE matter_key SET wrapped = zeroblob(72) WHERE id = 1", "matter 1: its key was changed"},
    {"another's mark of an erasure",
     "UPDATE matter_key SET wrapped = (SELECT wrapped FROM matter_key WHERE id = 2) WHERE id = 1",
     "matter 1: its key was changed"},
    {"a key taken out", "DELETE FROM matter_key WHERE id = 1", "matter 1: its key was removed"},
    {"a person's key changed", "UPDATE person_key SET wrapped = zeroblob(72) WHERE id = 2",
     "person 2: its key was changed"},
    {"a record of an account", "UPDATE account SET record = x'0200000000000000' || substr(record, 9)",
     "account 1: its record was changed"},
    {"no key of the login names", "DELETE FROM setting WHERE name = 'login_key'",
     "account 1: its login name does not lead to it"},
    {"another key of the login names", "UPDATE setting SET value = zeroblob(32) WHERE name = 'login_key'",
     "account 1: its login name does not lead to it"},
    {"no authenticator", "DELETE FROM account_mac", "account 1: its record was changed"},
    {"an index emptied",
     "UPDATE hash_page SET data = zeroblob(1960) WHERE id IN (SELECT page FROM hash_bucket WHERE place < 2 << 40)",
     "person 1: its index entries were changed"},
    {"the index of login names emptied",
     "UPDATE hash_page SET data = zeroblob(1960) WHERE id IN (SELECT page FROM hash_bucket WHERE place >= 2 << 40)",
     "account 1: its login name does not lead to it"},
    {"an index of another", "UPDATE person_index SET sealed = (SELECT sealed FROM person_index WHERE person = 2)",
     "person 1: its index entries were changed"},
    {"a matter given to somebody else", "UPDATE matter_person SET person = 2 WHERE matter = 1",
     "matter_person: rows were changed"},
    {"two matters exchanged", "UPDATE matter_person SET person = 3 - person", "matter_person: rows were changed"},
    {"an owner taken out", "DELETE FROM matter_person WHERE matter = 3", "matter_person: rows were changed"},
    {"an owner added", "INSERT INTO matter_person VALUES (9, 2)", "matter_person: rows were changed"},
    {"the sum of owners taken out", "DELETE FROM setting WHERE name = 'owners'", "matter_person: rows were changed"},
    {"the sum of owners changed", "UPDATE setting SET value = zeroblob(72) WHERE name = 'owners'",
     "matter_person: rows were changed"},
    {"a key of digests", "UPDATE digest_key SET wrapped = zeroblob(72)", "key of digests, month 23640: it was changed"},
    {"an account taken out",
     "DELETE FROM account; DELETE FROM account_mac; DELETE FROM account_person; DELETE FROM hash_table WHERE id = 2;"
     " DELETE FROM hash_page WHERE id IN (SELECT page FROM hash_bucket WHERE place >= 2 << 40);"
     " DELETE FROM hash_bucket WHERE place >= 2 << 40",
     "account or account_person: rows were changed"},
    {"an account alone", "DELETE FROM account", "hash_table, hash_bucket or hash_page: something was changed"},
    {"whose account it is", "UPDATE account_person SET person = 2", "account or account_person: rows were changed"},
    {"whose accounts are whose", "DELETE FROM account_person", "account or account_person: rows were changed"},
    {"the sum of accounts taken out", "DELETE FROM setting WHERE name = 'accounts'",
     "account or account_person: rows were changed"},
    {"nothing indexed",
     "DELETE FROM person_index; DELETE FROM hash_table WHERE id = 1;"
     " DELETE FROM hash_page WHERE id IN (SELECT page FROM hash_bucket WHERE place < 2 << 40);"
     " DELETE FROM hash_bucket WHERE place < 2 << 40",
     "person_index, digest_key or unsure: rows were changed"},
    {"one not indexed", "DELETE FROM person_index WHERE person = 1",
     "hash_table, hash_bucket or hash_page: something was changed"},
    {"no key of digests", "DELETE FROM digest_key", "person_index, digest_key or unsure: rows were changed"},
    {"nobody unsure", "DELETE FROM unsure", "person_index, digest_key or unsure: rows were changed"},
    {"unsure for good", "UPDATE unsure SET kept = 1", "person_index, digest_key or unsure: rows were changed"},
    {"the other sum taken out", "DELETE FROM setting WHERE name = 'sums'",
     "person_index, digest_key or unsure: rows were changed"},
    {"a page's last byte", "UPDATE hash_page SET data = substr(data, 1, 1959) || x'01' WHERE id = 1",
     "hash_table, hash_bucket or hash_page: something was changed"},
    {"one entry more", "UPDATE hash_table SET entries = entries + 1 WHERE id = 1",
     "hash_table, hash_bucket or hash_page: something was changed"},
    {"more buckets", "UPDATE hash_table SET buckets = buckets + 1 WHERE id = 1",
     "hash_table, hash_bucket or hash_page: something was changed"}, /* and who is not in the bucket by their digest */
    {"another bucket", "INSERT INTO hash_bucket VALUES (5 << 40, 1)",
     "hash_table, hash_bucket or hash_page: something was changed"},
    {"another page", "INSERT INTO hash_page (data) VALUES (zeroblob(1960))",
     "hash_table, hash_bucket or hash_page: something was changed"},
    {"a page that leads to itself", "UPDATE hash_page SET data = x'0100000000000000' || substr(data, 9) WHERE id = 1",
     "hash_table, hash_bucket or hash_page: something was changed"},
    {"a trigger", "CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM account; END",
     "trigger t: was not made by this program"},
    {"a view", "CREATE VIEW v AS SELECT 1", "view v: was not made by this program"},
    {"another table", "CREATE TABLE t (a)", "table t: was not made by this program"},
    {"another column", "ALTER TABLE session ADD COLUMN a",
     "table session, column a  0 0: was not made by this program"},
    {"an index that keeps rows out", "CREATE UNIQUE INDEX i ON session (account)",
     "index i: was not made by this program"},
};

static bool any_says(const GPtrArray *findings, const char *prefix)
{
    for (guint i = 0; i < findings->len; i++)
        if (g_str_has_prefix(g_ptr_array_index(findings, i), prefix))
            return true;
    return false;
}

static void test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(fixture) struct fixture fixture;
        struct vault_counts counts;
        g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
        fixture_init(&fixture);
        g_test_message("%s", rows[i].name);
        run_sql(&fixture, rows[i].sql);
        AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
        g_assert_true(vault_verify(reader, findings, &counts, NULL));
        g_assert_cmpint(findings->len > 0, ==, rows[i].says != NULL);
        if (rows[i].says != NULL)
            g_assert_true(any_says(findings, rows[i].says));
        g_assert_cmpint(counts.erasures, ==, 1);
        g_assert_cmpint(counts.erased, ==, 1);
    }
}

/* Erased is what an erasure has marked; all else that does not open is damage. */
static void test_erased_or_damaged(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    {
        AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
        g_assert_cmpint(vault_key_state(reader, VAULT_MATTER, 1), ==, VAULT_KEY_OPENS);
        g_assert_cmpint(vault_key_state(reader, VAULT_MATTER, 2), ==, VAULT_KEY_ERASED);
    }
    run_sql(&fixture, "UPDATE matter_key SET wrapped = zeroblob(72) WHERE id = 1; DELETE FROM matter_key WHERE id = 3");
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
    g_assert_cmpint(vault_key_state(vault, VAULT_MATTER, 1), ==, VAULT_KEY_DAMAGED);
    g_assert_cmpint(vault_key_state(vault, VAULT_MATTER, 3), ==, VAULT_KEY_DAMAGED);
    g_assert_true(vault_rotate_master_key(vault, NULL)); /* the mark goes along */
    g_assert_cmpint(vault_key_state(vault, VAULT_MATTER, 2), ==, VAULT_KEY_ERASED);
    vault_erase_matter(vault, 1); /* what is damaged can still be erased */
    must_commit(vault);
    g_assert_cmpint(vault_key_state(vault, VAULT_MATTER, 1), ==, VAULT_KEY_ERASED);
}

/* Whoever wrote another hash, or another person, into a record logs nobody in with it. */
static void test_forged_account(void)
{
    AUTO(fixture) struct fixture fixture;
    AUTO(account) struct account account = {0};
    fixture_init(&fixture);
    run_sql(&fixture, rows[6].sql);
    struct account_store *store = account_store_open_keyed(fixture.folder.data, fixture.folder.keys, NULL, NULL);
    g_assert_false(account_find(store, "worker", &account));
    g_assert_false(account_get(store, fixture.account, &account));
    account_store_close(store);
    AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
    vault_close_damaged_accounts(vault);
    must_commit(vault);
    store = account_store_open_keyed(fixture.folder.data, fixture.folder.keys, NULL, NULL);
    g_assert_true(account_get(store, fixture.account, &account));
    g_assert_true(account.closed);
    g_assert_false(account_verify_hash(account.hash, "hash"));
    account_store_close(store);
}

/* No other key is made while there are accounts: it would find none of them, and let their names be given again. */
static void test_login_key(void)
{
    static const char *const changes[] = {"DELETE FROM setting WHERE name = 'login_key'",
                                          "UPDATE setting SET value = zeroblob(32) WHERE name = 'login_key'"};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        AUTO(fixture) struct fixture fixture;
        g_autoptr(GError) error = NULL;
        fixture_init(&fixture);
        run_sql(&fixture, changes[i]);
        g_assert_null(account_store_open_keyed(fixture.folder.data, fixture.folder.keys, NULL, &error));
        g_assert_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED);
        g_assert_nonnull(strstr(error->message, "login_key"));
    }
}

/* What was added runs with no write, and the sum is not made again from rows that nobody vouches for. */
static void test_refused_at_start(void)
{
    static const char *const changes[] = {
        "CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM account; END",
        "DELETE FROM setting WHERE name = 'owners'",
        "DELETE FROM setting WHERE name = 'sums'",
        "DELETE FROM setting WHERE name = 'accounts'",
        "UPDATE setting SET value = zeroblob(72) WHERE name = 'owners'",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        AUTO(fixture) struct fixture fixture;
        fixture_init(&fixture);
        run_sql(&fixture, changes[i]);
        folder_refuses(&fixture.folder, VAULT_ERROR_DAMAGED);
    }
}

/* Owners that come, change and go, in commits, marks and what is rolled back: the sum follows. */
static void test_owners_follow(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    GRand *dice = g_rand_new_with_seed(20200130);
    {
        AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
        for (int i = 0; i < 400; i++) {
            int64_t matter = g_rand_int_range(dice, 4, 40);
            bool marked = g_rand_boolean(dice);
            if (marked)
                vault_mark(vault);
            if (g_rand_boolean(dice))
                vault_key_new(vault, VAULT_MATTER, matter, g_rand_int_range(dice, 0, 3));
            else if (vault_has_key(vault, VAULT_MATTER, matter))
                vault_erase_matter(vault, matter);
            if (marked && g_rand_boolean(dice))
                vault_rollback_to_mark(vault);
            else if (marked)
                vault_release(vault);
            if (g_rand_int_range(dice, 0, 8) == 0)
                vault_rollback(vault);
            else if (g_rand_int_range(dice, 0, 4) == 0)
                must_commit(vault);
        }
        must_commit(vault);
    }
    g_rand_free(dice);
    struct vault_counts counts;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    AUTO(vault) struct vault *reader = folder_reader(&fixture.folder);
    g_assert_true(vault_verify(reader, findings, &counts, NULL));
    for (guint i = 0; i < findings->len; i++)
        g_test_message("%s", (const char *)g_ptr_array_index(findings, i));
    g_assert_cmpuint(findings->len, ==, 0);
}

/* Without what it knew of the journal a directory is taken for nothing else: to be written it is refused. */
static void test_without_state(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    run_sql(&fixture, "DELETE FROM setting WHERE name = 'state'");
    folder_refuses(&fixture.folder, VAULT_ERROR_DAMAGED);
    g_autofree char *id = keys_path(&fixture.folder, "installation");
    g_assert_cmpint(g_unlink(id), ==, 0);
    folder_refuses(&fixture.folder, VAULT_ERROR_DAMAGED);
}

/* A record in the middle, not only the last one. */
static void test_ledger(void)
{
    AUTO(fixture) struct fixture fixture;
    fixture_init(&fixture);
    {
        AUTO(vault) struct vault *vault = folder_vault(&fixture.folder, false);
        vault_erase_matter(vault, 1);
        must_commit(vault);
    }
    g_autofree char *path = keys_path(&fixture.folder, "erasures");
    g_autoptr(GBytes) bytes = file_bytes(path);
    gsize count;
    g_autofree uint8_t *changed = g_memdup2(g_bytes_get_data(bytes, &count), g_bytes_get_size(bytes));
    g_assert_cmpuint(count, ==, 64);
    changed[8] ^= 1; /* another matter in the first record */
    file_put(path, changed, count);
    folder_refuses(&fixture.folder, VAULT_ERROR_LEDGER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level((enum log_level)(LOG_ERROR + 1)); /* damage is logged, too */
    g_test_add_func("/vault/verify/rows", test_rows);
    g_test_add_func("/vault/verify/erased_or_damaged", test_erased_or_damaged);
    g_test_add_func("/vault/verify/forged_account", test_forged_account);
    g_test_add_func("/vault/verify/login_key", test_login_key);
    g_test_add_func("/vault/verify/without_state", test_without_state);
    g_test_add_func("/vault/verify/refused_at_start", test_refused_at_start);
    g_test_add_func("/vault/verify/owners_follow", test_owners_follow);
    g_test_add_func("/vault/verify/ledger", test_ledger);
    return g_test_run();
}
