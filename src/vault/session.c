/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Table session of schema.sql. The token itself is nowhere; its hash needs no salt, since it has 256 random
 * bits. A session is not synced: after a power failure a person logs in again.
 */
#include "base/limits.h"
#include "vault/accounts.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32
#define HASH_BYTES  32

static void hash_token(const char *token, uint8_t out[HASH_BYTES])
{
    crypto_generichash(out, HASH_BYTES, (const uint8_t *)token, strlen(token), NULL, 0);
}

void session_create(struct account_store *store, int64_t account, int64_t now_us, int64_t expires_us,
                    char out_token[SESSION_TOKEN_TEXT_MAX], struct session *out)
{
    uint8_t token[TOKEN_BYTES], hash[HASH_BYTES];
    struct record record = {0};
    randombytes_buf(token, sizeof token);
    sodium_bin2base64(out_token, SESSION_TOKEN_TEXT_MAX, token, sizeof token, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    hash_token(out_token, hash);
    store_write_begin(store, false);
    record_read(store->db, store->record_key, account, &record);
    db_run(store->db,
           "DELETE FROM session WHERE id IN"
           " (SELECT id FROM session WHERE account = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
           "ii", account, (int64_t)(LIMIT_SESSIONS_PER_ACCOUNT - 1));
    db_run(store->db, "INSERT INTO session (token, account, created_us, expires_us) VALUES (?1, ?2, ?3, ?4)", "biii",
           hash, sizeof hash, account, now_us, expires_us);
    int64_t id = db_last_rowid(store->db);
    bool written = store_write_end(store);
    *out = (struct session){
        .id = written ? id : 0,
        .account = account,
        .person = record.person,
        .created_us = now_us,
        .expires_us = expires_us,
        .must_change = (record.flags & RECORD_MUST_CHANGE) != 0,
    };
}

static bool read_session(struct account_store *store, const uint8_t hash[HASH_BYTES], int64_t now_us,
                         struct session *out)
{
    struct db *db = store->db;
    AUTO(cursor)
    struct cursor cursor =
        db_query(db, "SELECT id, account, created_us, expires_us FROM session WHERE token = ?1 AND expires_us > ?2",
                 "bi", hash, (size_t)HASH_BYTES, now_us);
    struct record record;
    if (!cursor_next(&cursor) || !record_read(db, store->record_key, cursor_integer(&cursor, 1), &record) ||
        (record.flags & RECORD_CLOSED) != 0)
        return false;
    *out = (struct session){
        .id = cursor_integer(&cursor, 0),
        .account = cursor_integer(&cursor, 1),
        .person = record.person,
        .created_us = cursor_integer(&cursor, 2),
        .expires_us = cursor_integer(&cursor, 3),
        .must_change = (record.flags & RECORD_MUST_CHANGE) != 0,
    };
    return true;
}

bool session_find(struct account_store *store, const char *token, int64_t now_us, struct session *out)
{
    uint8_t hash[HASH_BYTES];
    hash_token(token, hash);
    store_read_begin(store);
    bool found = read_session(store, hash, now_us, out);
    store_read_end(store);
    return found;
}

void session_end(struct account_store *store, const char *token)
{
    uint8_t hash[HASH_BYTES];
    hash_token(token, hash);
    store_write_begin(store, true);
    db_run(store->db, "DELETE FROM session WHERE token = ?1", "b", hash, sizeof hash);
    store_write_end(store);
}

void session_end_all(struct account_store *store, int64_t account)
{
    store_write_begin(store, true);
    db_run(store->db, "DELETE FROM session WHERE account = ?1", "i", account);
    store_write_end(store);
}

void session_expire(struct account_store *store, int64_t now_us)
{
    store_write_begin(store, false);
    db_run(store->db, "DELETE FROM session WHERE expires_us <= ?1", "i", now_us);
    store_write_end(store);
}
