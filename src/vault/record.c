/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of table account with their authenticators; and what the vault does with all of them in its own transaction. */
#include "vault/accounts.h"
#include "vault/pages.h"
#include "vault/secrets.h"

#include "base/log.h"

#include <sodium.h>
#include <string.h>

#define MAC_BYTES 16

G_STATIC_ASSERT(sizeof(struct record) == 296);

static void authenticate(const uint8_t key[VAULT_KEY_BYTES], int64_t id, const struct record *record,
                         uint8_t out[MAC_BYTES])
{
    int64_t id_le = GINT64_TO_LE(id);
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, VAULT_KEY_BYTES, MAC_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)&id_le, sizeof id_le);
    crypto_generichash_update(&state, (const uint8_t *)record, sizeof *record);
    crypto_generichash_final(&state, out, MAC_BYTES);
}

static bool mac_fits(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, const struct record *record)
{
    uint8_t mac[MAC_BYTES];
    AUTO(cursor) struct cursor cursor = db_query(db, "SELECT mac FROM account_mac WHERE account = ?1", "i", id);
    size_t bytes = 0;
    const void *stored = cursor_next(&cursor) ? cursor_blob(&cursor, 0, &bytes) : NULL;
    authenticate(key, id, record, mac);
    return bytes == MAC_BYTES && sodium_memcmp(stored, mac, MAC_BYTES) == 0;
}

static bool read_bytes(struct db *db, int64_t id, struct record *out)
{
    AUTO(cursor) struct cursor cursor = db_query(db, "SELECT record FROM account WHERE id = ?1", "i", id);
    size_t bytes = 0;
    const void *record = cursor_next(&cursor) ? cursor_blob(&cursor, 0, &bytes) : NULL;
    *out = (struct record){0};
    if (bytes == sizeof *out)
        memcpy(out, record, sizeof *out);
    return record != NULL;
}

enum record_state record_look(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, struct record *out)
{
    struct record record;
    if (!read_bytes(db, id, &record))
        return RECORD_NONE;
    if (!mac_fits(db, key, id, &record))
        return db_failed(db) == NULL ? RECORD_DAMAGED : RECORD_NONE;
    *out = record;
    return record.person != 0 ? RECORD_GOOD : RECORD_NONE;
}

bool record_read(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, struct record *out)
{
    enum record_state state = record_look(db, key, id, out);
    if (state == RECORD_DAMAGED) {
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
        log_write(LOG_ERROR, "the record of an account was changed without the key", "account", text, NULL);
    }
    return state == RECORD_GOOD;
}

void record_mac_write(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, const struct record *record)
{
    uint8_t mac[MAC_BYTES];
    authenticate(key, id, record, mac);
    db_run(db,
           "INSERT INTO account_mac (account, mac) VALUES (?1, ?2)"
           " ON CONFLICT (account) DO UPDATE SET mac = excluded.mac",
           "ib", id, mac, sizeof mac);
}

void record_write(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, const struct record *record)
{
    db_run(db, "UPDATE account SET record = ?2 WHERE id = ?1", "ib", id, record, sizeof *record);
    record_mac_write(db, key, id, record);
}

/* NULL when it is not UTF-8. */
char *login_normal(const char *login)
{
    g_autofree char *plain = g_utf8_normalize(login, -1, G_NORMALIZE_NFKC);
    return plain == NULL ? NULL : g_strstrip(g_utf8_casefold(plain, -1));
}

void login_hash(const uint8_t key[LOGIN_KEY_BYTES], const char *login, uint8_t out[PAGES_HASH_BYTES])
{
    g_autofree char *normal = login_normal(login);
    const char *text = normal != NULL ? normal : "";
    crypto_generichash(out, PAGES_HASH_BYTES, (const uint8_t *)text, strlen(text), key, LOGIN_KEY_BYTES);
}

bool login_leads_to(struct db *db, const uint8_t key[LOGIN_KEY_BYTES], const char *login, int64_t id)
{
    uint8_t hash[PAGES_HASH_BYTES];
    login_hash(key, login, hash);
    g_autoptr(GArray) ids = pages_find(db, PAGES_LOGINS, hash, 0);
    return integers_hold(ids, id);
}

static void erase_account(struct vault *vault, const uint8_t record_key[VAULT_KEY_BYTES], int64_t id)
{
    static const struct record zeros;
    struct record record;
    struct db *db = vault->db;
    uint8_t key[LOGIN_KEY_BYTES], hash[PAGES_HASH_BYTES];
    if (read_bytes(db, id, &record) && setting_get(db, "login_key", key, sizeof key)) {
        record.login[sizeof record.login - 1] = '\0';
        login_hash(key, record.login, hash);
        pages_remove(db, PAGES_LOGINS, hash, id);
    }
    record_write(db, record_key, id, &zeros);
    db_run(db, "DELETE FROM session WHERE account = ?1", "i", id);
    AUTO(cursor) struct cursor persons = db_query(db, "SELECT person FROM account_person WHERE account = ?1", "i", id);
    while (cursor_next(&persons))
        accounts_sum_toggle(db, record_key, cursor_integer(&persons, 0), id);
    db_run(db, "DELETE FROM account_person WHERE account = ?1", "i", id);
}

void accounts_erase(struct vault *vault, int64_t person)
{
    int64_t id;
    uint8_t key[VAULT_KEY_BYTES];
    accounts_key(vault, key);
    while (db_integer(vault->db, &id, "SELECT account FROM account_person WHERE person = ?1 LIMIT 1", "i", person))
        erase_account(vault, key, id);
    sodium_memzero(key, sizeof key);
}

void accounts_key(const struct vault *vault, uint8_t out[VAULT_KEY_BYTES])
{
    vault_derive(vault, "lianfang.accnt.1", out);
}

/* What `act` does with each; ends with the first for which it returns false. */
static bool each_account(struct vault *vault,
                         bool (*act)(struct vault *vault, const uint8_t *key, int64_t id, void *context), void *context)
{
    uint8_t key[VAULT_KEY_BYTES];
    bool more = true;
    accounts_key(vault, key);
    AUTO(cursor) struct cursor cursor = db_query(vault->db, "SELECT id FROM account ORDER BY id", "");
    while (more && cursor_next(&cursor))
        more = act(vault, key, cursor_integer(&cursor, 0), context);
    sodium_memzero(key, sizeof key);
    return more;
}

static bool look_at_one(struct vault *vault, const uint8_t *key, int64_t id, void *context)
{
    struct record record;
    GArray *damaged = context;
    if (record_look(vault->db, key, id, &record) == RECORD_DAMAGED)
        g_array_append_val(damaged, id);
    return damaged->len < VAULT_FINDINGS_MOST;
}

GArray *vault_damaged_accounts(struct vault *vault)
{
    GArray *damaged = g_array_new(FALSE, FALSE, sizeof(int64_t));
    each_account(vault, look_at_one, damaged);
    return damaged;
}

struct lost_logins {
    uint8_t key[LOGIN_KEY_BYTES];
    bool has_key;
    int64_t logins;
    GArray *ids;
};

static bool look_for_one(struct vault *vault, const uint8_t *key, int64_t id, void *context)
{
    struct record record;
    struct lost_logins *lost = context;
    if (record_look(vault->db, key, id, &record) != RECORD_GOOD)
        return true;
    lost->logins++;
    if (!(lost->has_key && login_leads_to(vault->db, lost->key, record.login, id)))
        g_array_append_val(lost->ids, id);
    return lost->ids->len < VAULT_FINDINGS_MOST;
}

GArray *accounts_lost(struct vault *vault, int64_t *out_logins)
{
    struct lost_logins lost = {.ids = g_array_new(FALSE, FALSE, sizeof(int64_t))};
    lost.has_key = setting_get(vault->db, "login_key", lost.key, sizeof lost.key);
    each_account(vault, look_for_one, &lost);
    *out_logins = lost.logins;
    return lost.ids;
}

/* A changed record cannot be trusted for person or password: it is closed without a password. */
static bool close_one(struct vault *vault, const uint8_t *key, int64_t id, void *context)
{
    struct record record;
    if (record_look(vault->db, key, id, &record) != RECORD_DAMAGED || !read_bytes(vault->db, id, &record))
        return true;
    record.flags = RECORD_CLOSED;
    record.login[sizeof record.login - 1] = '\0';
    memset(record.hash, 0, sizeof record.hash);
    record_write(vault->db, key, id, &record);
    db_run(vault->db, "DELETE FROM session WHERE account = ?1", "i", id);
    return true;
}

void vault_close_damaged_accounts(struct vault *vault)
{
    secrets_begin(vault);
    each_account(vault, close_one, NULL);
}

struct closing {
    int64_t since_us, count;
};

static bool close_newer(struct vault *vault, const uint8_t *key, int64_t id, void *context)
{
    struct record record;
    struct closing *closing = context;
    if (record_look(vault->db, key, id, &record) != RECORD_GOOD || record.created_us < closing->since_us ||
        (record.flags & RECORD_CLOSED) != 0)
        return true;
    record.flags |= RECORD_CLOSED;
    record_write(vault->db, key, id, &record);
    closing->count++;
    return true;
}

int64_t vault_close_accounts_since(struct vault *vault, int64_t since_us)
{
    struct closing closing = {.since_us = since_us};
    secrets_begin(vault);
    each_account(vault, close_newer, &closing);
    return closing.count;
}

void vault_end_sessions(struct vault *vault)
{
    secrets_begin(vault);
    db_run(vault->db, "DELETE FROM session", "");
}
