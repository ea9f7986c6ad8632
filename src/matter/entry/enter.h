/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enter - one entry in its own matter: refusals, facts, expectations met, effects, the next state. Other matters are
 * cascade.h.
 *
 * Shape   changes the draft and the body of its event, which the caller emits.
 */
#ifndef MATTER_ENTRY_ENTER_H
#define MATTER_ENTRY_ENTER_H

#include "matter/draft/entering.h"
#include "matter/view/scope.h"

/* Checks all rules of the playbook; each violation is a problem with its field. */
bool enter_is_in_order(struct draft *draft, const struct entering *entering, const struct scope *scope);
/* Facts, and but for an attempt: expectations, effects on the matter itself, the state. False: refused. *out_branch is
 * the branch taken; NULL none. */
bool enter_change(struct draft *draft, const struct entering *entering, struct scope *scope,
                  const struct branch **out_branch);
/* Puts the entry into the event. */
void enter_write(struct draft *draft, const struct entering *entering);
/* The entry and the facts alone: nothing follows that is not in the draft already. */
void enter_plain(struct draft *draft, const struct entering *entering);

#endif
