/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * participants - units and persons come to take part in a matter, each with a state of its own, and leave.
 *
 * Shape   changes go into the draft and into P and Q of its event; who is there, draft/members.h says.
 * Errors  too_few_participants, too_many_participants, unknown_participant, which_participant.
 */
#ifndef MATTER_LIFECYCLE_PARTICIPANTS_H
#define MATTER_LIFECYCLE_PARTICIPANTS_H

#include "matter/draft/members.h"

struct scope;

/* Whoever opens says who takes part: {"lead": ["110105001001"], "volunteer": ["12"]}. Sets `from` a field are filled
 * from the form. */
bool participants_read(struct draft *draft, const json_t *given);
/* One more: its number. */
int64_t participants_add(struct draft *draft, const struct participant_set *set, int64_t who, const char *state);
/* Joins unless they take part already; what is expected of each in the state is made. */
bool participants_join(struct draft *draft, const struct participant_set *set, int64_t who, const char *state,
                       const struct scope *scope);
/* The state of one, or that they leave, for a reason or NULL; what is expected of them is withdrawn then. */
void participants_change(struct draft *draft, int64_t number, const char *state, bool leaves, const char *reason);
bool participants_must_fit(struct draft *draft, const struct participant_set *set, int64_t unit, const char *field);

/* For which one the entry is made, or about which one: by the member `participant` of what was given, else the only one
 * for whom the actor can act. Sets the post of whoever acts for a unit. */
bool participants_at_hand(struct draft *draft, const struct entry_def *entry, const json_t *given, int64_t *out_number);
/* Effects join and participant. */
bool participants_effect(struct draft *draft, const struct scope *scope, const struct effect *effect);

#endif
