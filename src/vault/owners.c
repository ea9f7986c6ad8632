/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Table matter_person: whose data a matter's key opens, so that erasing a person erases it.
 *
 * The setting `owners` tells all of its rows together: the exclusive or of BLAKE2b of 32 bytes over (matter, person),
 * keyed, wrapped with another nonce at each commit that changed a row. So a row that was changed, added or taken out
 * without the keys is found, and one row more or less costs one hash. The state says that there is such a setting;
 * a directory of an earlier version gets it when it is first opened for writing.
 */
#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

static void toggle(struct vault *vault, struct owners *owners, int64_t matter, int64_t person)
{
    int64_t row[2] = {GINT64_TO_LE(matter), GINT64_TO_LE(person)};
    uint8_t hash[OWNERS_BYTES];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)row, sizeof row, vault->locked->owners, VAULT_KEY_BYTES);
    for (size_t i = 0; i < sizeof hash; i++)
        owners->sum[i] ^= hash[i];
    owners->moved = true;
}

void owners_remove(struct vault *vault, int64_t matter)
{
    int64_t person;
    if (!db_integer(vault->db, &person, "SELECT person FROM matter_person WHERE matter = ?1", "i", matter))
        return;
    db_run(vault->db, "DELETE FROM matter_person WHERE matter = ?1", "i", matter);
    toggle(vault, &vault->owners, matter, person);
}

void owners_put(struct vault *vault, int64_t matter, int64_t person)
{
    owners_remove(vault, matter);
    db_run(vault->db, "INSERT INTO matter_person (matter, person) VALUES (?1, ?2)", "ii", matter, person);
    toggle(vault, &vault->owners, matter, person);
}

static struct owners add_up(struct vault *vault)
{
    struct owners owners = {.moved = false};
    AUTO(cursor) struct cursor cursor = db_query(vault->db, "SELECT matter, person FROM matter_person", "");
    while (cursor_next(&cursor))
        toggle(vault, &owners, cursor_integer(&cursor, 0), cursor_integer(&cursor, 1));
    return owners;
}

void owners_write(struct vault *vault)
{
    uint8_t wrapped[WRAPPED_BYTES];
    if (!vault->has_state || !vault->owners.moved)
        return;
    key_wrap(vault->locked->owners, "owners", 0, vault->owners.sum, wrapped);
    setting_put(vault->db, "owners", wrapped, sizeof wrapped);
    vault->state.has_owners = true;
    vault->owners.moved = false;
}

static bool read_sum(struct vault *vault, uint8_t out[OWNERS_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    return setting_get(vault->db, "owners", wrapped, sizeof wrapped) &&
           key_unwrap(vault->locked->owners, "owners", 0, wrapped, out);
}

/* In one snapshot: others may write meanwhile. */
static bool rows_agree(struct vault *vault)
{
    uint8_t sum[OWNERS_BYTES];
    bool found = false;
    struct vault_state state = {.has_owners = false};
    if (!state_read(vault, &found, &state) || !found || !state.has_owners)
        return true; /* a state that was changed is found elsewhere */
    if (!read_sum(vault, sum))
        return false;
    struct owners rows = add_up(vault);
    return memcmp(rows.sum, sum, sizeof sum) == 0;
}

bool owners_check(struct vault *vault, bool *out_whole, GError **error)
{
    bool whole = true, read = !vault->read_only;
    if (secrets_failed(vault, error)) /* a snapshot's end would forget it */
        return false;
    if (!vault->read_only) /* nobody else writes */
        whole = rows_agree(vault);
    for (int tries = 3; tries > 0 && !read; tries--) { /* a long one may be ended where much is written */
        g_clear_error(error);
        vault_read_begin(vault);
        whole = rows_agree(vault);
        read = vault_read_end(vault, error);
    }
    if (read)
        *out_whole = whole;
    return read;
}

bool owners_open(struct vault *vault, GError **error)
{
    vault_derive(vault, "lianfang.owners1", vault->locked->owners);
    if (vault->read_only)
        return true;
    if (!vault->state.has_owners) { /* a new directory, or one of an earlier version */
        vault->owners = add_up(vault);
        vault->owners.moved = true;
    } else if (!read_sum(vault, vault->owners.sum) && db_failed(vault->db) == NULL) {
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED,
                    "secrets.db: what it says of the owners of matters was changed; restore the newest backup");
        return false;
    }
    vault->owners_committed = vault->owners;
    return !secrets_failed(vault, error);
}
