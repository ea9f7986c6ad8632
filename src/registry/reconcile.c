/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reconciles the vault with the journal after a crash between the two commits, or a restore. */
#include "registry/registry.h"

struct command *registry_reconcile(struct db *rows, struct vault *vault, int64_t person)
{
    AUTO(person_data) struct person_data known = {0};
    if (!registry_person(rows, vault, person, &known)) {
        vault_person_undo(vault, person);
    } else if (known.damaged) {
        return NULL; /* the data was altered, which is no erasure: checked again at the next start */
    } else if (!known.erased) {
        vault_index_set(vault, person, VAULT_INDEX_NAME, known.name);
        vault_index_set(vault, person, VAULT_INDEX_ID_NUMBER, known.id_number);
        vault_index_set(vault, person, VAULT_INDEX_PHONE, known.phone);
    } else if (!registry_person_is_erased(rows, person)) {
        return command_new("erase_person", ORIGIN_OPERATOR, 0, json_pack("{s:o}", "person", json_id(person)));
    }
    vault_mark_reconciled(vault, person);
    return NULL;
}
