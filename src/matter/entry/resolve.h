/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolve - which participant an entry is made for, or about.
 *
 * Shape   by the member `participant` of the command, else the only one for whom the actor may act. A participant that
 *         is a unit also sets the post in which the actor acts.
 * Errors  unknown_participant, which_participant, no_right.
 * Limits  of an audience at most two candidates are loaded: two are enough to refuse with which_participant.
 */
#ifndef MATTER_ENTRY_RESOLVE_H
#define MATTER_ENTRY_RESOLVE_H

#include "matter/draft/draft.h"

/* *out_number is untouched for an entry without `as` and `of`. */
bool resolve_participant(struct draft *draft, const struct entry_def *entry, const json_t *given, int64_t *out_number);
/* Whether the actor acts for a participant of the entry's `as`, and in which post; refuses nothing. */
struct right resolve_acts_for(struct draft *draft, const struct entry_def *entry, int64_t number);

#endif
