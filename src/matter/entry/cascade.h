/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cascade - one entry is made, with all that follows from it, in its own matter and in others.
 *
 * Shape   what follows in the matter itself goes into its own event; what follows in others are events of their own,
 *         after it. A target that is closed, or whose state has no room for the entry, is passed over: the fact that
 *         led here stands all the same. What needs a second person waits (second.h). What is to be done in a matter of
 *         another stream goes there as a letter: a refusal there takes nothing back here.
 * Errors  refusals of the playbook, effects_too_deep beyond LIMIT_EFFECT_DEPTH, too_many_effects.
 */
#ifndef MATTER_ENTRY_CASCADE_H
#define MATTER_ENTRY_CASCADE_H

#include "matter/draft/entering.h"

/* Emits the event and those that follow. The caller has looked at rights, state and form; says no by a rule of
 * the playbook, or when effects go too deep. */
bool enter(struct draft *draft, const struct entering *entering);
/* The same in a matter of another stream than the command's: here it is decided whether it would be accepted, there it
 * is entered, by letter. */
bool enter_elsewhere(struct draft *draft, const struct entering *entering);
/* What is done in a matter of another stream arrives there: letter act_in_matter {matter, (entry), (fields), (reason),
 * depth}, fields sealed where the matter's kind is. What somebody entered there themselves (own) brings along what they
 * said of it. */
bool cascade_arrived(struct decision *decision);

#endif
