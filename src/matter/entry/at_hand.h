/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * at_hand - the participant for whom, or about whom, an entry is made.
 *
 * Errors  unknown_participant, which_participant, no_right.
 */
#ifndef MATTER_ENTRY_AT_HAND_H
#define MATTER_ENTRY_AT_HAND_H

#include "matter/draft/draft.h"

/* For which one the entry is made, or about which one: by the member `participant` of what was given, else the only one
 * for whom the actor can act. Sets the post of whoever acts for a unit. */
bool participants_at_hand(struct draft *draft, const struct entry_def *entry, const json_t *given, int64_t *out_number);

#endif
