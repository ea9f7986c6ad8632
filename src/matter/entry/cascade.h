/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cascade - makes one entry, with its effects in its own matter and in others.
 *
 * Shape   effects in the matter itself are part of its event; each effect in another matter is a further event after
 *         it. A target that is closed, or in a state without the entry, is skipped: the entry is valid without it. An
 *         entry of two persons becomes pending (confirmation.h). To a matter of another stream the effect goes as a
 *         letter: a refusal there undoes nothing here.
 * Errors  refusals of the playbook, effects_too_deep beyond LIMIT_EFFECT_DEPTH, too_many_effects.
 */
#ifndef MATTER_ENTRY_CASCADE_H
#define MATTER_ENTRY_CASCADE_H

#include "matter/draft/entering.h"

/* Emits the event and those of its effects. The caller has checked rights, state and form; refuses by a rule of the
 * playbook, or when effects nest too deeply. */
bool enter(struct draft *draft, const struct entering *entering);
/* The same in a matter of another stream than the command's: here it is decided whether it would be accepted, there it
 * is entered, by letter. */
bool enter_elsewhere(struct draft *draft, const struct entering *entering);
/* Decides the letter act_in_matter {matter, (entry), (fields), (reason), depth}; fields are sealed where the matter's
 * kind is. An entry that the actor made there (own) has its other members, too. */
bool cascade_arrived(struct decision *decision);

#endif
