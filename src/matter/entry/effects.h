/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effects - what follows from an entry besides its state: in the matter itself, and in others.
 *
 * Shape   those of the matter itself go into its own event; those in others are events of their own, after it.
 *         A target that is closed, or whose state has no room for the entry, is passed over: the fact that led
 *         here stands all the same.
 */
#ifndef MATTER_ENTRY_EFFECTS_H
#define MATTER_ENTRY_EFFECTS_H

#include "matter/draft/scope.h"

/* set, withdraw and document in the matter itself. */
bool effects_own(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count);
/* reopen: after the state that follows has begun. */
void effects_reopen(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count);
/* open, enter, and whatever goes to others. False when they go too deep, or a rule of theirs says no. */
bool effects_other(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count);

#endif
