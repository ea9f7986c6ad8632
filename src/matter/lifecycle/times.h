/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * times - the end of a state and due times are updated when fields and facts that they name change, and who answers
 *         at a unit that a field names.
 *
 * Shape   draft.c and facts.c keep form and facts of before the first change. An expression that names a changed value
 *         is evaluated with both, and the time moves by the difference: pauses are kept, and an extension is not
 *         shortened.
 */
#ifndef MATTER_LIFECYCLE_TIMES_H
#define MATTER_LIFECYCLE_TIMES_H

#include "matter/draft/draft.h"

struct scope;

/* After form and facts have changed; once more is once more from there. */
void times_follow(struct draft *draft, const struct scope *scope);

#endif
