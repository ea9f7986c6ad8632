/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * external - a matter that another system keeps too, under a number of its own; its clock may win over ours.
 *
 * Shape   one row a matter, (system, number) unique. Where the kind says `clock: theirs`, their due time is that of the
 *         expectations it names and ours is kept beside it (`ours_us`), moved by what moves it here.
 */
#ifndef MATTER_LIFECYCLE_EXTERNAL_H
#define MATTER_LIFECYCLE_EXTERNAL_H

#include "matter/draft/draft.h"

/* Opening: the number in the form, if there is one, becomes the matter's; refuses one that is taken. */
bool external_begin(struct draft *draft);
/* The number is no other matter's; else refuses with external_number_taken at `field`. */
bool external_must_be_free(struct draft *draft, const char *number, const char *field);
/* Puts what they say into the event. */
void external_write(struct draft *draft, const struct external *external);

/* Whether an expectation goes by their clock. */
bool external_follows(const struct kind *kind, const struct expect *expect);
/* It falls due when they say; 0: when we do. */
void external_set_due(struct expectation *expectation, int64_t theirs_us);
/* What is expected and has just been made follows their clock, if they have told it. */
void external_apply_due(struct draft *draft, struct expectation *made);
/* The due time that is ours to move. */
int64_t *own_due_us(struct expectation *expectation);

#endif
