/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of the state that is committed by itself: at a start, at a stop, when a loss is accepted. */
#include "vault/secrets.h"

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
