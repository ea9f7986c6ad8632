/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * participants - units and persons join a matter, have a state of their own in it, and leave.
 *
 * Shape   changes go into the draft and into P and Q of its event; view/members.h reads them.
 * Errors  too_many_participants, wrong_unit_type, reason_needed.
 */
#ifndef MATTER_LIFECYCLE_PARTICIPANTS_H
#define MATTER_LIFECYCLE_PARTICIPANTS_H

#include "matter/draft/draft.h"
#include "matter/view/members.h"

struct scope;

/* How many of a set take part now. */
int participants_living(const struct draft *draft, const struct participant_set *set);
/* Refuses, and is then true, when one more would be more than the set may have. */
bool participants_too_many(struct draft *draft, const struct participant_set *set, const char *field);
/* One more: its number. */
int64_t participants_add(struct draft *draft, const struct participant_set *set, int64_t who, const char *state);
/* Joins, unless it is a participant already, and makes its expectations of the state. */
bool participants_join(struct draft *draft, const struct participant_set *set, int64_t who, const char *state,
                       const struct scope *scope);
/* Changes the state of one, or lets it leave with a reason or NULL; leaving withdraws its expectations. */
void participants_change(struct draft *draft, int64_t number, const char *state, bool leaves, const char *reason);
bool participants_must_fit(struct draft *draft, const struct participant_set *set, int64_t unit, const char *field);

/* Effects join and participant. */
bool participants_effect(struct draft *draft, const struct scope *scope, const struct effect *effect);

#endif
