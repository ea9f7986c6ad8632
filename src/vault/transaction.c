/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Transactions of secrets.db, with what belongs to each: the ledger of erasures (before it commits), persons of whom
 * the journal may not know, the state. And marks, to which a refused command goes back.
 */
#include "vault/secrets.h"

#include <string.h>

static void forget_made(struct vault *vault, guint from)
{
    for (guint i = from; i < vault->made->len; i++) {
        struct key_name *name = &g_array_index(vault->made, struct key_name, i);
        keys_forget(vault, name->owner, name->id);
    }
    g_array_set_size(vault->made, from);
    vault->ahead_count = 0;
    memset(vault->locked->digest_month, 0, sizeof vault->locked->digest_month);
}

bool vault_commit(struct vault *vault, GError **error)
{
    g_assert(vault->marks->len == 0);
    if (secrets_failed(vault, error))
        return false;
    if (!db_in_transaction(vault->db))
        return true;
    if (!ledger_append(vault, error))
        return false;
    unreconciled_write(vault, false);
    sums_write(vault);
    state_write(vault);
    db_commit(vault->db, NULL);
    if (secrets_failed(vault, error))
        return false;
    if (vault->erasures->len > 0)
        ledger_note_end(vault);
    g_array_set_size(vault->made, 0);
    g_array_set_size(vault->erasures, 0);
    vault->sums_committed = vault->sums;
    vault->sums_made = vault->sums_made || vault->has_state;
    return true;
}

void vault_rollback(struct vault *vault)
{
    db_rollback(vault->db);
    vault->sums = vault->sums_committed;
    forget_made(vault, 0);
    g_array_set_size(vault->erasures, 0);
    g_array_set_size(vault->touched, 0);
    g_array_set_size(vault->marks, 0);
    vault->live_marks = 0;
}

void vault_mark(struct vault *vault)
{
    struct mark mark = {vault->made->len, vault->erasures->len, vault->sums};
    g_array_append_val(vault->marks, mark);
}

/* Removes the innermost mark; true when something was written behind it. */
static bool pop_mark(struct vault *vault, struct mark *out)
{
    g_assert(vault->marks->len > 0);
    bool live = vault->live_marks == vault->marks->len;
    *out = g_array_index(vault->marks, struct mark, vault->marks->len - 1);
    g_array_set_size(vault->marks, vault->marks->len - 1);
    if (live)
        vault->live_marks--;
    return live;
}

void vault_release(struct vault *vault)
{
    struct mark mark;
    if (pop_mark(vault, &mark))
        db_release(vault->db);
}

void vault_rollback_to_mark(struct vault *vault)
{
    struct mark mark;
    if (!pop_mark(vault, &mark))
        return;
    db_rollback_to_mark(vault->db);
    forget_made(vault, mark.made);
    g_array_set_size(vault->erasures, mark.erasures);
    vault->sums = mark.sums;
}
