/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * external - a matter that another system has, too, under a number of its own.
 *
 * Shape   one row a matter, (system, number) unique. With `clock: theirs` the other system's due time is that of the
 *         expectations that it names, and the own one is kept beside it in `ours_us`, changed by whatever changes due
 *         times.
 */
#ifndef MATTER_LIFECYCLE_EXTERNAL_H
#define MATTER_LIFECYCLE_EXTERNAL_H

#include "matter/draft/draft.h"

/* Opening: the number in the form, if there is one, becomes the matter's; refuses one that is taken. */
bool external_begin(struct draft *draft);
/* The number is no other matter's; else refuses with external_number_taken at `field`. */
bool external_must_be_free(struct draft *draft, const char *number, const char *field);
/* Writes the other system's data into the event. */
void external_write(struct draft *draft, const struct external *external);

/* Whether an expectation goes by their clock. */
bool external_follows(const struct kind *kind, const struct expect *expect);
/* Sets the other system's due time; 0: the own one. */
void external_set_due(struct expectation *expectation, int64_t theirs_us);
/* Sets the other system's due time, if there is one, in an expectation just made. */
void external_apply_due(struct draft *draft, struct expectation *made);
/* The own due time, which extensions and pauses change. */
int64_t *own_due_us(struct expectation *expectation);

#endif
