/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all rows of a table add up to, so that one that was changed, added or taken out without the keys is found.
 *
 * Two settings, each the exclusive or of BLAKE2b of 32 bytes over every row, keyed, wrapped at each
 * commit that changed a row; so one row more or less costs one hash. `owners` is of matter_person: whose data a
 * matter's key opens, so that erasing a person erases it. `sums` is of person_index, digest_key (its months; keys bear
 * their own authenticators) and unsure. accounts_sum.c keeps a third one, of accounts, which another connection writes.
 * The state says which of them there are; a directory of an earlier version gets them with its first commit.
 */
#include "vault/accounts.h"
#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

static const char *const names[SUM_COUNT] = {[SUM_OWNERS] = "owners", [SUM_ROWS] = "sums"};

static void mix(struct sums *sums, enum sum which, const uint8_t hash[SUM_BYTES])
{
    for (size_t i = 0; i < SUM_BYTES; i++)
        sums->sum[which][i] ^= hash[i];
    sums->moved[which] = true;
}

/* ---- matter_person ---- */

static void toggle_owner(struct vault *vault, struct sums *sums, int64_t matter, int64_t person)
{
    int64_t row[2] = {GINT64_TO_LE(matter), GINT64_TO_LE(person)};
    uint8_t hash[SUM_BYTES];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)row, sizeof row, vault->locked->owners, VAULT_KEY_BYTES);
    mix(sums, SUM_OWNERS, hash);
}

void owners_remove(struct vault *vault, int64_t matter)
{
    int64_t person;
    if (!db_integer(vault->db, &person, "SELECT person FROM matter_person WHERE matter = ?1", "i", matter))
        return;
    db_run(vault->db, "DELETE FROM matter_person WHERE matter = ?1", "i", matter);
    toggle_owner(vault, &vault->sums, matter, person);
}

void owners_put(struct vault *vault, int64_t matter, int64_t person)
{
    owners_remove(vault, matter);
    db_run(vault->db, "INSERT INTO matter_person (matter, person) VALUES (?1, ?2)", "ii", matter, person);
    toggle_owner(vault, &vault->sums, matter, person);
}

/* ---- the other tables ---- */

static void toggle_row(struct vault *vault, struct sums *sums, enum summed_table table, int64_t a, int64_t b,
                       const void *data, size_t bytes)
{
    int64_t row[3] = {GINT64_TO_LE((int64_t)table), GINT64_TO_LE(a), GINT64_TO_LE(b)};
    uint8_t hash[SUM_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, vault->locked->owners, VAULT_KEY_BYTES, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)row, sizeof row);
    crypto_generichash_update(&state, data, bytes);
    crypto_generichash_final(&state, hash, sizeof hash);
    mix(sums, SUM_ROWS, hash);
}

void sums_toggle(struct vault *vault, enum summed_table table, int64_t a, int64_t b, const void *data, size_t bytes)
{
    toggle_row(vault, &vault->sums, table, a, b, data, bytes);
}

static void add_table(struct vault *vault, struct sums *sums, enum summed_table table, struct cursor rows)
{
    AUTO(cursor) struct cursor cursor = rows;
    while (cursor_next(&cursor)) {
        size_t bytes = 0;
        const void *data = table == SUMMED_INDEX ? cursor_blob(&cursor, 2, &bytes) : NULL;
        toggle_row(vault, sums, table, cursor_integer(&cursor, 0), cursor_integer(&cursor, 1), data, bytes);
    }
}

static void add_up(struct vault *vault, enum sum which, struct sums *out)
{
    memset(out->sum[which], 0, SUM_BYTES);
    if (which == SUM_ROWS) {
        add_table(vault, out, SUMMED_INDEX, db_query(vault->db, "SELECT person, what, sealed FROM person_index", ""));
        add_table(vault, out, SUMMED_DIGEST_KEY, db_query(vault->db, "SELECT month, 0 FROM digest_key", ""));
        add_table(vault, out, SUMMED_UNSURE, db_query(vault->db, "SELECT person, kept FROM unsure", ""));
        return;
    }
    AUTO(cursor) struct cursor cursor = db_query(vault->db, "SELECT matter, person FROM matter_person", "");
    while (cursor_next(&cursor))
        toggle_owner(vault, out, cursor_integer(&cursor, 0), cursor_integer(&cursor, 1));
}

/* ---- the settings ---- */

void sums_write(struct vault *vault)
{
    uint8_t wrapped[WRAPPED_BYTES], key[VAULT_KEY_BYTES];
    if (!vault->has_state)
        return;
    for (enum sum which = 0; which < SUM_COUNT; which++) {
        if (!vault->sums.moved[which])
            continue;
        sum_wrap(vault->locked->owners, names[which], vault->sums.sum[which], wrapped);
        setting_put(vault->db, names[which], wrapped, sizeof wrapped);
        vault->sums.moved[which] = false;
    }
    if (!vault->sums_made) {
        accounts_key(vault, key);
        accounts_sum_make(vault->db, key);
        sodium_memzero(key, sizeof key);
    }
    vault->state.has_owners = vault->state.has_sums = true;
}

static bool read_sum(struct vault *vault, enum sum which, uint8_t out[SUM_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    return setting_get(vault->db, names[which], wrapped, sizeof wrapped) &&
           key_unwrap(vault->locked->owners, names[which], 0, wrapped, out);
}

static bool sum_fits(struct vault *vault, enum sum which)
{
    uint8_t sum[SUM_BYTES];
    struct sums rows = {0};
    if (!read_sum(vault, which, sum))
        return false;
    add_up(vault, which, &rows);
    return memcmp(rows.sum[which], sum, sizeof sum) == 0;
}

void sums_check(struct vault *vault, struct sums_whole *out)
{
    uint8_t key[VAULT_KEY_BYTES];
    bool found = false;
    struct vault_state state = {.has_owners = false};
    *out = (struct sums_whole){true, true, true};
    if (!state_read(vault, &found, &state) || !found)
        return; /* a state that was changed is found elsewhere */
    if (state.has_owners)
        out->owners = sum_fits(vault, SUM_OWNERS);
    if (!state.has_sums)
        return;
    out->rows = sum_fits(vault, SUM_ROWS);
    accounts_key(vault, key);
    out->accounts = accounts_sum_fits(vault->db, key);
    sodium_memzero(key, sizeof key);
}

static bool refuse(struct vault *vault, const char *what, GError **error)
{
    if (secrets_failed(vault, error))
        return false;
    g_set_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED,
                "secrets.db: what it says of %s was changed; restore the newest backup", what);
    return false;
}

static bool open_sum(struct vault *vault, enum sum which, bool is_there)
{
    if (is_there)
        return read_sum(vault, which, vault->sums.sum[which]);
    add_up(vault, which, &vault->sums); /* a new directory, or one of an earlier version */
    vault->sums.moved[which] = true;
    return true;
}

bool sums_open(struct vault *vault, GError **error)
{
    uint8_t key[VAULT_KEY_BYTES];
    vault_derive(vault, "lianfang.owners1", vault->locked->owners);
    if (vault->read_only)
        return true;
    if (!open_sum(vault, SUM_OWNERS, vault->state.has_owners))
        return refuse(vault, "the owners of matters", error);
    if (!open_sum(vault, SUM_ROWS, vault->state.has_sums))
        return refuse(vault, "all of its rows", error);
    accounts_key(vault, key);
    bool well = !vault->state.has_sums || accounts_sum_is_there(vault->db, key);
    sodium_memzero(key, sizeof key);
    if (!well)
        return refuse(vault, "the accounts", error);
    vault->sums_made = vault->state.has_sums;
    vault->sums_committed = vault->sums;
    return !secrets_failed(vault, error);
}
