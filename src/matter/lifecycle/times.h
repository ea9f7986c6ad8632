/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * times - the end of a state and the due times in it follow the fields and facts that they name.
 *
 * Shape   draft.c and facts.c keep how form and facts stood before the draft changed them. What names something that
 *         has another value now is asked for both, and moves by the difference: pauses stay with it, and what somebody
 *         has extended is not made shorter.
 */
#ifndef MATTER_LIFECYCLE_TIMES_H
#define MATTER_LIFECYCLE_TIMES_H

#include "matter/draft/draft.h"

struct scope;

/* After form and facts have changed; once more is once more from there. */
void times_follow(struct draft *draft, const struct scope *scope);

#endif
