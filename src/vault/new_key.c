/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New keys: what an earlier owner of the id left is removed first. */
#include "vault/secrets.h"

/* Ids are given again when the journal's batch was lost. */
static void make_room(struct vault *vault, enum vault_owner owner, int64_t id, int64_t person)
{
    if (owner == VAULT_PERSON) {
        unreconciled_touch(vault, id);
        index_forget(vault, id);
    } else if (person == 0) {
        owners_remove(vault, id);
    }
}

void vault_key_new(struct vault *vault, enum vault_owner owner, int64_t id, int64_t person)
{
    secrets_begin(vault);
    make_room(vault, owner, id, person);
    keys_make(vault, owner, id);
    struct key_name name = {owner, id};
    g_array_append_val(vault->made, name);
    if (person != 0)
        vault_key_person(vault, owner, id, person);
}

void vault_key_person(struct vault *vault, enum vault_owner owner, int64_t id, int64_t person)
{
    if (owner == VAULT_PERSON)
        return; /* a person's own key */
    secrets_begin(vault);
    owners_put(vault, id, person);
}
