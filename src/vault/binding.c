/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journal beside it is told to be: written by itself, when the vault is bound to one and at a stop. */
#include "vault/secrets.h"

#include <string.h>

bool vault_state_begin(struct vault *vault, const uint8_t *installation, GError **error)
{
    g_autofree char *path = state_id_path(vault);
    g_assert(!vault->has_state);
    uint8_t id[VAULT_ID_BYTES];
    if (installation == NULL && state_read_id(path, id))
        installation = id; /* what is restored stays what it was */
    secrets_begin(vault);
    state_make(vault);
    if (installation != NULL)
        memcpy(vault->state.installation, installation, VAULT_ID_BYTES);
    keys_adopt(vault);
    accounts_adopt(vault);
    return vault_commit(vault, error) && state_write_id(vault, path, error);
}

static bool put_flags(struct vault *vault, bool closed, bool loss_pending, GError **error)
{
    struct vault_state *state = &vault->state;
    if (!vault->has_state || (!vault->state_moved && state->closed == closed && state->loss_pending == loss_pending))
        return true;
    secrets_begin(vault);
    state->closed = closed;
    state->loss_pending = loss_pending;
    vault->state_moved = true;
    return vault_commit(vault, error);
}

bool vault_state_closed(struct vault *vault, bool closed, GError **error)
{
    return put_flags(vault, closed, vault->state.loss_pending, error);
}

bool vault_loss_pending(struct vault *vault, GError **error)
{
    return put_flags(vault, false, true, error);
}
