/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Persons for whom the vault may be ahead of the journal: table unsure of schema.sql. */
#include "vault/secrets.h"

void unreconciled_touch(struct vault *vault, int64_t person)
{
    g_array_append_val(vault->touched, person);
}

static void toggle_all(struct vault *vault, struct cursor rows)
{
    AUTO(cursor) struct cursor cursor = rows;
    while (cursor_next(&cursor))
        sums_toggle(vault, SUMMED_UNSURE, cursor_integer(&cursor, 0), cursor_integer(&cursor, 1), NULL, 0);
}

void unreconciled_write(struct vault *vault, bool kept)
{
    if (vault->touched->len == 0)
        return;
    toggle_all(vault, db_query(vault->db, "SELECT person, kept FROM unsure WHERE kept = 0", ""));
    db_run(vault->db, "DELETE FROM unsure WHERE kept = 0", "");
    for (guint i = 0; i < vault->touched->len; i++) {
        int64_t person = g_array_index(vault->touched, int64_t, i);
        if (db_run(vault->db, "INSERT OR IGNORE INTO unsure (person, kept) VALUES (?1, ?2)", "ii", person,
                   (int64_t)kept) > 0)
            sums_toggle(vault, SUMMED_UNSURE, person, kept, NULL, 0);
    }
    g_array_set_size(vault->touched, 0);
}

GArray *vault_unreconciled(struct vault *vault)
{
    return cursor_integers(db_query(vault->db, "SELECT person FROM unsure ORDER BY person", ""));
}

void vault_mark_reconciled(struct vault *vault, int64_t person)
{
    secrets_begin(vault);
    toggle_all(vault, db_query(vault->db, "SELECT person, kept FROM unsure WHERE person = ?1", "i", person));
    db_run(vault->db, "DELETE FROM unsure WHERE person = ?1", "i", person);
}

void vault_mark_unreconciled(struct vault *vault)
{
    secrets_begin(vault);
    toggle_all(vault, db_query(vault->db, "SELECT person, kept FROM unsure ORDER BY person", ""));
    db_run(vault->db, "INSERT OR REPLACE INTO unsure (person, kept) SELECT id, 1 FROM person_key", "");
    toggle_all(vault, db_query(vault->db, "SELECT person, kept FROM unsure ORDER BY person", ""));
}
