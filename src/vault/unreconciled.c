/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Persons for whom the vault may be ahead of the journal: table unsure of schema.sql. */
#include "vault/secrets.h"

void unreconciled_touch(struct vault *vault, int64_t person)
{
    g_array_append_val(vault->touched, person);
}

void unreconciled_write(struct vault *vault, bool kept)
{
    if (vault->touched->len == 0)
        return;
    db_run(vault->db, "DELETE FROM unsure WHERE kept = 0", "");
    for (guint i = 0; i < vault->touched->len; i++)
        db_run(vault->db, "INSERT OR IGNORE INTO unsure (person, kept) VALUES (?1, ?2)", "ii",
               g_array_index(vault->touched, int64_t, i), (int64_t)kept);
    g_array_set_size(vault->touched, 0);
}

GArray *vault_unreconciled(struct vault *vault)
{
    return cursor_integers(db_query(vault->db, "SELECT person FROM unsure ORDER BY person", ""));
}

void vault_mark_reconciled(struct vault *vault, int64_t person)
{
    secrets_begin(vault);
    db_run(vault->db, "DELETE FROM unsure WHERE person = ?1", "i", person);
}

void vault_mark_unreconciled(struct vault *vault)
{
    secrets_begin(vault);
    db_run(vault->db, "INSERT OR REPLACE INTO unsure (person, kept) SELECT id, 1 FROM person_key", "");
}
