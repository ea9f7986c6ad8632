/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retention - when a matter is erased, and what holds that up.
 *
 * Shape   `R` of an event says when; a hold has a reason (rows/words.h; that of an effect is the
 *         playbook's and in the clear) and begins (`ho`) and ends (`hx`) with an event.
 *         While any hold stands the clock passes the matter by; when the last one ends, what is due is erased.
 */
#ifndef MATTER_LIFECYCLE_RETENTION_H
#define MATTER_LIFECYCLE_RETENTION_H

#include "matter/draft/draft.h"
#include "matter/view/scope.h"

/* The state has begun at `since_us`. */
void retention_begin(struct draft *draft, int64_t since_us, const struct scope *scope);
/* A hold of this reason stands. */
bool retention_is_held(const struct draft *draft, const char *reason);
/* By an effect: begins or ends the hold of this reason, unless it stands, or does not. */
void retention_hold(struct draft *draft, const char *reason);
void retention_hold_for(struct draft *draft, const char *reason); /* by somebody, in words of theirs; none stands */
void retention_release(struct draft *draft, const char *reason);

#endif
