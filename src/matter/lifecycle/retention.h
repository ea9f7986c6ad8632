/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retention - when a matter is erased, and what delays it.
 *
 * Shape   `R` of an event is the time; a hold has a reason (rows/words.h; that of an effect is the playbook's and in
 *         the clear) and begins (`ho`) and ends (`hx`) with an event. The clock skips a matter with a hold; when the
 *         last one ends, a matter that is due is erased.
 */
#ifndef MATTER_LIFECYCLE_RETENTION_H
#define MATTER_LIFECYCLE_RETENTION_H

#include "matter/draft/draft.h"
#include "matter/view/scope.h"

/* The state has begun at `since_us`. */
void retention_begin(struct draft *draft, int64_t since_us, const struct scope *scope);
/* Whether there is a hold of this reason. */
bool retention_is_held(const struct draft *draft, const char *reason);
/* By an effect: begins or ends the hold of this reason; nothing where it is so already. */
void retention_hold(struct draft *draft, const char *reason);
void retention_hold_for(struct draft *draft, const char *reason); /* by a person, in free words; there is none yet */
void retention_release(struct draft *draft, const char *reason);

#endif
