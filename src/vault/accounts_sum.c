/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The setting `accounts`: what all rows of account (their ids; records bear their own authenticators) and of
 * account_person add up to, as sums.c does it for other tables. Two connections write these tables, so it is read and
 * written with each row, in the row's transaction: there are few such rows. Where there is no such setting yet, the
 * vault makes it with its next commit.
 */
#include "vault/accounts.h"
#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

#define NAME "accounts"

static void derive(const uint8_t record_key[VAULT_KEY_BYTES], uint8_t out[VAULT_KEY_BYTES])
{
    crypto_generichash(out, VAULT_KEY_BYTES, (const uint8_t *)NAME, strlen(NAME), record_key, VAULT_KEY_BYTES);
}

static void mix(const uint8_t key[VAULT_KEY_BYTES], int64_t person, int64_t account, uint8_t sum[SUM_BYTES])
{
    int64_t row[2] = {GINT64_TO_LE(person), GINT64_TO_LE(account)};
    uint8_t hash[SUM_BYTES];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)row, sizeof row, key, VAULT_KEY_BYTES);
    for (size_t i = 0; i < sizeof hash; i++)
        sum[i] ^= hash[i];
}

static bool read_sum(struct db *db, const uint8_t key[VAULT_KEY_BYTES], uint8_t out[SUM_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    return setting_get(db, NAME, wrapped, sizeof wrapped) && key_unwrap(key, NAME, 0, wrapped, out);
}

static void write_sum(struct db *db, const uint8_t key[VAULT_KEY_BYTES], const uint8_t sum[SUM_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    sum_wrap(key, NAME, sum, wrapped);
    setting_put(db, NAME, wrapped, sizeof wrapped);
}

static void add_up(struct db *db, const uint8_t key[VAULT_KEY_BYTES], uint8_t out[SUM_BYTES])
{
    memset(out, 0, SUM_BYTES);
    AUTO(cursor)
    struct cursor cursor =
        db_query(db, "SELECT 0, id FROM account UNION ALL SELECT person, account FROM account_person", "");
    while (cursor_next(&cursor))
        mix(key, cursor_integer(&cursor, 0), cursor_integer(&cursor, 1), out);
}

void accounts_sum_toggle(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES], int64_t person, int64_t account)
{
    uint8_t key[VAULT_KEY_BYTES], sum[SUM_BYTES];
    derive(record_key, key);
    if (read_sum(db, key, sum)) {
        mix(key, person, account, sum);
        write_sum(db, key, sum);
    }
    sodium_memzero(key, sizeof key);
}

void accounts_sum_make(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES])
{
    uint8_t key[VAULT_KEY_BYTES], sum[SUM_BYTES];
    derive(record_key, key);
    add_up(db, key, sum);
    write_sum(db, key, sum);
    sodium_memzero(key, sizeof key);
}

bool accounts_sum_is_there(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES])
{
    uint8_t key[VAULT_KEY_BYTES], sum[SUM_BYTES];
    derive(record_key, key);
    bool there = read_sum(db, key, sum);
    sodium_memzero(key, sizeof key);
    return there;
}

bool accounts_sum_fits(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES])
{
    uint8_t key[VAULT_KEY_BYTES], sum[SUM_BYTES], rows[SUM_BYTES];
    derive(record_key, key);
    bool fits = read_sum(db, key, sum);
    add_up(db, key, rows);
    sodium_memzero(key, sizeof key);
    return fits && memcmp(sum, rows, sizeof sum) == 0;
}
