/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing: keys, indexes and accounts of a person, keys of a matter; and again what the ledger is ahead of. */
#include "vault/secrets.h"

#include <string.h>

static int64_t erase_matter(struct vault *vault, int64_t matter)
{
    secrets_begin(vault);
    owners_remove(vault, matter);
    return keys_erase(vault, VAULT_MATTER, matter);
}

static int64_t erase_person(struct vault *vault, int64_t person)
{
    secrets_begin(vault);
    int64_t count = 0, matter;
    unreconciled_touch(vault, person);
    index_forget(vault, person);
    accounts_erase(vault, person);
    while (db_integer(vault->db, &matter, "SELECT matter FROM matter_person WHERE person = ?1 LIMIT 1", "i", person))
        count += erase_matter(vault, matter);
    return count + keys_erase(vault, VAULT_PERSON, person);
}

static void tell_ledger(struct vault *vault, enum ledger_kind kind, int64_t id)
{
    struct erasure erasure = {kind, id};
    g_array_append_val(vault->erasures, erasure);
}

void vault_erase_matter(struct vault *vault, int64_t matter)
{
    erase_matter(vault, matter);
    tell_ledger(vault, LEDGER_MATTER, matter);
}

void vault_erase_person(struct vault *vault, int64_t person)
{
    erase_person(vault, person);
    tell_ledger(vault, LEDGER_PERSON, person);
}

/* What this secrets.db does not have, another journal had, and this one may make. */
static int64_t erase_again(struct vault *vault, const struct erasure *erasure, void *context)
{
    if (erasure->kind != LEDGER_PERSON && erasure->kind != LEDGER_MATTER)
        return 0;
    bool person = erasure->kind == LEDGER_PERSON;
    int64_t count = person ? erase_person(vault, erasure->id) : erase_matter(vault, erasure->id);
    keys_bury(vault, person ? VAULT_PERSON : VAULT_MATTER, erasure->id);
    return count;
}

bool erasures_recover(struct vault *vault, GError **error)
{
    bool moved = false;
    if (!ledger_walk_ahead(vault, erase_again, &moved, error))
        return false;
    if (!moved)
        return true;
    unreconciled_write(vault, true);
    if (!vault_commit(vault, error))
        return false;
    ledger_note_end(vault);
    return vault_scrub(vault, error);
}

void vault_person_undo(struct vault *vault, int64_t person)
{
    secrets_begin(vault);
    index_forget(vault, person);
    accounts_erase(vault, person); /* the id may be given to somebody else */
    keys_erase(vault, VAULT_PERSON, person);
}
