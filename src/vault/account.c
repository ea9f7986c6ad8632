/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables account and account_person of schema.sql. A login name is found by its hash (pages.c): BLAKE2b keyed
 * with the setting login_key, which is clear, since accounts are read without the master key; it only keeps
 * the hash of a short name from being looked up in a list. Names are compared in Unicode NFKC, case folded.
 */
#include "vault/account.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/name.h"
#include "vault/accounts.h"
#include "vault/pages.h"
#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

#define LOCK_FROM_FAILURES 5
#define LOCK_FIRST_US      (30 * US_PER_SECOND)
#define LOCK_MOST_US       US_PER_HOUR

G_STATIC_ASSERT(ACCOUNT_HASH_MAX == crypto_pwhash_STRBYTES);

/* ---- the connection ---- */

static void end_failed(struct account_store *store)
{
    log_write(LOG_ERROR, "accounts: storage failed", "error", db_failed(store->db)->message, NULL);
    db_rollback(store->db);
}

void store_read_begin(struct account_store *store)
{
    pthread_mutex_lock(&store->lock);
    db_run(store->db, "BEGIN", "");
}

void store_read_end(struct account_store *store)
{
    db_commit(store->db, NULL);
    if (db_failed(store->db) != NULL)
        end_failed(store);
    pthread_mutex_unlock(&store->lock);
}

void store_write_begin(struct account_store *store, bool durable)
{
    pthread_mutex_lock(&store->lock);
    /* This pragma acts when it is compiled, so a kept statement would do nothing. */
    db_script(store->db, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", NULL);
    db_begin(store->db);
}

bool store_write_end(struct account_store *store)
{
    bool written = db_commit(store->db, NULL);
    if (!written)
        end_failed(store);
    pthread_mutex_unlock(&store->lock);
    return written;
}

#define ACCOUNTS_TRIED 16 /* at a start; `verify` looks at all */

/* The key has no authenticator of its own: it is the right one if the accounts are found by it. */
static bool login_key_fits(struct account_store *store)
{
    bool fits = true;
    AUTO(cursor) struct cursor cursor = db_query(store->db, "SELECT id FROM account ORDER BY id", "");
    for (int tried = 0; fits && tried < ACCOUNTS_TRIED && cursor_next(&cursor); tried++) {
        struct record record;
        int64_t id = cursor_integer(&cursor, 0);
        if (record_look(store->db, store->record_key, id, &record) == RECORD_GOOD)
            fits = login_leads_to(store->db, store->login_key, record.login, id);
    }
    return fits;
}

/* Made before the first account; a later key would find no account. */
static bool open_login_key(struct account_store *store, GError **error)
{
    int64_t accounts = 0;
    store_write_begin(store, true);
    bool there = setting_get(store->db, "login_key", store->login_key, LOGIN_KEY_BYTES);
    db_integer(store->db, &accounts, "SELECT count(*) FROM (SELECT 1 FROM account LIMIT 1)", "");
    bool fits = there ? login_key_fits(store) : accounts == 0;
    if (fits && !there) {
        randombytes_buf(store->login_key, LOGIN_KEY_BYTES);
        setting_put(store->db, "login_key", store->login_key, LOGIN_KEY_BYTES);
    }
    if (!store_write_end(store))
        return false;
    if (!fits)
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED,
                    "secrets.db: login_key, by which accounts are found, was changed or taken out; restore the newest "
                    "backup");
    return fits;
}

/* Opens the vault for a moment: the store itself works without its keys. */
static bool open_record_key(struct account_store *store, const char *data_dir, const char *keys_dir, const char *vfs,
                            GError **error)
{
    struct vault_options options = {.data_dir = data_dir, .keys_dir = keys_dir, .read_only = true, .vfs = vfs};
    AUTO(vault) struct vault *vault = vault_open(&options, error);
    if (vault != NULL)
        accounts_key(vault, store->record_key);
    return vault != NULL;
}

struct account_store *account_store_open_keyed(const char *data_dir, const char *keys_dir, const char *vfs,
                                               GError **error)
{
    g_assert(sodium_init() >= 0);
    g_autoptr(GError) failure = NULL;
    g_autofree char *path = g_build_filename(data_dir, "secrets.db", NULL);
    struct account_store *store = g_new0(struct account_store, 1);
    pthread_mutex_init(&store->lock, NULL);
    store->db = db_open(path, &(struct db_options){.mode = DB_SECRETS, .cache_kib = 2048, .vfs = vfs}, &failure);
    if (store->db != NULL && db_script(store->db, vault_schema, &failure) &&
        open_record_key(store, data_dir, keys_dir, vfs, &failure) && open_login_key(store, &failure))
        return store;
    bool damaged = g_error_matches(failure, VAULT_ERROR, VAULT_ERROR_DAMAGED);
    g_set_error(error, VAULT_ERROR, damaged ? VAULT_ERROR_DAMAGED : VAULT_ERROR_IO, "%s",
                failure != NULL ? failure->message : path);
    account_store_close(store);
    return NULL;
}

struct account_store *account_store_open(const char *data_dir, const char *vfs, GError **error)
{
    g_autofree char *whole = g_canonicalize_filename(data_dir, NULL);
    g_autofree char *keys_dir = g_strconcat(whole, ".keys", NULL);
    return account_store_open_keyed(data_dir, keys_dir, vfs, error);
}

void account_store_close(struct account_store *store)
{
    db_close(store->db);
    pthread_mutex_destroy(&store->lock);
    sodium_memzero(store, sizeof *store);
    g_free(store);
}

G_STATIC_ASSERT(ACCOUNT_LOGIN_HASH_BYTES == PAGES_HASH_BYTES);

void account_login_hash(const struct account_store *store, const char *login, uint8_t out[ACCOUNT_LOGIN_HASH_BYTES])
{
    login_hash(store->login_key, login, out);
}

static void to_account(int64_t id, const struct record *record, struct account *out)
{
    *out = (struct account){
        .id = id,
        .person = record->person,
        .login = g_strndup(record->login, sizeof record->login),
        .closed = (record->flags & RECORD_CLOSED) != 0,
        .must_change = (record->flags & RECORD_MUST_CHANGE) != 0,
        .failures = record->failures,
        .locked_until_us = record->locked_until_us,
        .created_us = record->created_us,
        .last_login_us = record->last_login_us,
    };
    memcpy(out->hash, record->hash, sizeof out->hash);
}

void account_clear(struct account *account)
{
    g_free(account->login);
    sodium_memzero(account, sizeof *account);
}

/* ---- finding ---- */

bool account_get(struct account_store *store, int64_t id, struct account *out)
{
    struct record record;
    store_read_begin(store);
    bool found = record_read(store->db, store->record_key, id, &record);
    store_read_end(store);
    if (found)
        to_account(id, &record, out);
    return found;
}

static int64_t id_of_login(struct account_store *store, const char *login)
{
    uint8_t hash[PAGES_HASH_BYTES];
    login_hash(store->login_key, login, hash);
    g_autoptr(GArray) ids = pages_find(store->db, PAGES_LOGINS, hash, 0);
    return ids->len > 0 ? g_array_index(ids, int64_t, 0) : 0;
}

bool account_find(struct account_store *store, const char *login, struct account *out)
{
    struct record record;
    store_read_begin(store);
    int64_t id = id_of_login(store, login);
    bool found = id != 0 && record_read(store->db, store->record_key, id, &record);
    store_read_end(store);
    if (found)
        to_account(id, &record, out);
    return found;
}

bool account_of_person(struct account_store *store, int64_t person, struct account *out)
{
    struct record record;
    int64_t id;
    store_read_begin(store);
    bool found = db_integer(store->db, &id, "SELECT max(account) FROM account_person WHERE person = ?1", "i", person) &&
                 record_read(store->db, store->record_key, id, &record);
    store_read_end(store);
    if (found)
        to_account(id, &record, out);
    return found;
}

static void clear_element(gpointer account)
{
    account_clear(account);
}

GArray *account_list(struct account_store *store, int64_t after, int most)
{
    GArray *accounts = g_array_new(FALSE, FALSE, sizeof(struct account));
    g_array_set_clear_func(accounts, clear_element);
    store_read_begin(store);
    AUTO(cursor)
    struct cursor cursor = db_query(store->db, "SELECT id FROM account WHERE id > ?1 ORDER BY id", "i", after);
    while (accounts->len < (guint)most && cursor_next(&cursor)) {
        struct record record;
        struct account account;
        int64_t id = cursor_integer(&cursor, 0);
        if (!record_read(store->db, store->record_key, id, &record))
            continue;
        to_account(id, &record, &account);
        g_array_append_val(accounts, account);
    }
    cursor_clear(&cursor);
    store_read_end(store);
    return accounts;
}

/* ---- changing ---- */

static struct problem *login_problem(const char *login)
{
    g_autofree char *normal = login_normal(login);
    if (normal == NULL)
        return problem_new(PROBLEM_INVALID_UTF8, "login", NULL);
    return name_problem(NAME_LOGIN, login, "login", LIMIT_LOGIN_CHARS);
}

static int64_t insert(struct account_store *store, const struct record *record)
{
    uint8_t hash[PAGES_HASH_BYTES];
    login_hash(store->login_key, record->login, hash);
    db_run(store->db, "INSERT INTO account (record) VALUES (?1)", "b", record, sizeof *record);
    int64_t id = db_last_rowid(store->db);
    record_mac_write(store->db, store->record_key, id, record);
    accounts_sum_toggle(store->db, store->record_key, 0, id);
    accounts_sum_toggle(store->db, store->record_key, record->person, id);
    db_run(store->db, "INSERT INTO account_person (person, account) VALUES (?1, ?2)", "ii", record->person, id);
    pages_add(store->db, PAGES_LOGINS, hash, id);
    return id;
}

/* One that is open; beside a closed one another may be made. */
static bool has_account(struct account_store *store, int64_t person)
{
    bool found = false;
    struct record record;
    AUTO(cursor)
    struct cursor cursor = db_query(store->db, "SELECT account FROM account_person WHERE person = ?1", "i", person);
    while (!found && cursor_next(&cursor))
        found = record_read(store->db, store->record_key, cursor_integer(&cursor, 0), &record) &&
                (record.flags & RECORD_CLOSED) == 0;
    return found;
}

bool account_is_open_for(struct account_store *store, int64_t person)
{
    store_read_begin(store);
    bool found = has_account(store, person);
    store_read_end(store);
    return found;
}

static struct problem *taken_problem(struct account_store *store, int64_t person, const char *login)
{
    if (id_of_login(store, login) != 0)
        return problem_new(PROBLEM_LOGIN_NAME_TAKEN, "login", NULL);
    return has_account(store, person) ? problem_new(PROBLEM_HAS_ACCOUNT, "person", NULL) : NULL;
}

bool account_may_be_made(struct account_store *store, int64_t person, const char *login, struct problem **out_problem)
{
    if ((*out_problem = login_problem(login)) != NULL)
        return false;
    store_read_begin(store);
    *out_problem = taken_problem(store, person, login);
    store_read_end(store);
    return *out_problem == NULL;
}

bool account_create(struct account_store *store, int64_t person, const char *login, const char *hash, bool must_change,
                    int64_t now_us, int64_t *out_id, struct problem **out_problem)
{
    g_assert(person != 0);
    if ((*out_problem = login_problem(login)) != NULL)
        return false;
    struct record record = {.person = person, .created_us = now_us, .flags = must_change ? RECORD_MUST_CHANGE : 0};
    g_strlcpy(record.login, login, sizeof record.login);
    g_strlcpy(record.hash, hash, sizeof record.hash);
    store_write_begin(store, true);
    struct problem *taken = taken_problem(store, person, login);
    int64_t id = taken != NULL ? 0 : insert(store, &record);
    if (!store_write_end(store)) {
        problem_free(taken);
        *out_problem = problem_new(PROBLEM_STORAGE_FAILED, NULL, NULL);
        return false;
    }
    *out_problem = taken;
    if (taken == NULL)
        *out_id = id;
    return taken == NULL;
}

bool account_set_hash(struct account_store *store, int64_t id, const char *hash, bool must_change)
{
    struct record record;
    store_write_begin(store, true);
    bool found = record_read(store->db, store->record_key, id, &record);
    if (found) {
        memset(record.hash, 0, sizeof record.hash);
        g_strlcpy(record.hash, hash, sizeof record.hash);
        record.flags = (record.flags & ~RECORD_MUST_CHANGE) | (must_change ? RECORD_MUST_CHANGE : 0);
        record.failures = 0;
        record.locked_until_us = 0;
        record_write(store->db, store->record_key, id, &record);
    }
    return store_write_end(store) && found;
}

bool account_set_closed(struct account_store *store, int64_t id, bool closed)
{
    struct record record;
    store_write_begin(store, true);
    bool found = record_read(store->db, store->record_key, id, &record);
    if (found) {
        record.flags = (record.flags & ~RECORD_CLOSED) | (closed ? RECORD_CLOSED : 0);
        record_write(store->db, store->record_key, id, &record);
        if (closed)
            db_run(store->db, "DELETE FROM session WHERE account = ?1", "i", id);
    }
    return store_write_end(store) && found;
}

static int64_t lock_us(int failures)
{
    if (failures < LOCK_FROM_FAILURES)
        return 0;
    int doublings = MIN(failures - LOCK_FROM_FAILURES, 30);
    return MIN(LOCK_FIRST_US << doublings, LOCK_MOST_US);
}

void account_note_failure(struct account_store *store, int64_t id, int64_t now_us)
{
    struct record record;
    store_write_begin(store, false);
    if (record_read(store->db, store->record_key, id, &record)) {
        record.failures = MIN(record.failures + 1, 1000);
        int64_t lock = lock_us(record.failures);
        record.locked_until_us = lock > 0 ? now_us + lock : 0;
        record_write(store->db, store->record_key, id, &record);
    }
    store_write_end(store);
}

void account_note_login(struct account_store *store, int64_t id, int64_t now_us)
{
    struct record record;
    store_write_begin(store, false);
    if (record_read(store->db, store->record_key, id, &record)) {
        record.failures = 0;
        record.locked_until_us = 0;
        record.last_login_us = now_us;
        record_write(store->db, store->record_key, id, &record);
    }
    store_write_end(store);
}
