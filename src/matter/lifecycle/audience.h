/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audience - participant sets that hold every unit of some types under a unit: a directive to all communities.
 *
 * Shape   filled in pages of LIMIT_AUDIENCE_JOINING, by unit id: the first when the matter opens, the others by the
 *         clock at once after it. A frozen one is complete with the units of its opening; a standing one is read again
 *         after each change of units, and closed units leave it. A unit that is left out has a row, too, with the
 *         reason.
 * Limits  LIMIT_AUDIENCE units, else too_many_participants.
 */
#ifndef MATTER_LIFECYCLE_AUDIENCE_H
#define MATTER_LIFECYCLE_AUDIENCE_H

#include "matter/draft/draft.h"

/* Units to leave out: {"except": [{"unit": "110105…", "reason": "…"}]}, NULL none. */
bool audience_begin(struct draft *draft, const struct participant_set *set, const json_t *given);
/* Whether some audience is not filled yet; then one page of the first joins. */
bool audience_waits(struct db *rows);
bool audience_join_next(struct decision *decision);

#endif
