/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unique - what no two matters of a kind may share: the subject, the unit of a standing one, the value of a field.
 *
 * Shape   matter_unique has the value of the field from each event that changes the form (uk), so that the look-up
 *         costs the same for any number of matters. A missing value is never a conflict.
 */
#ifndef MATTER_DRAFT_UNIQUE_H
#define MATTER_DRAFT_UNIQUE_H

#include "matter/draft/draft.h"

struct claim { /* what one matter would have for itself */
    const struct kind *kind;
    int64_t unit, subject, subject_post;
    const json_t *form; /* stored fields; NULL no check of them */
    int64_t matter;     /* itself; 0 not there yet */
    bool named_only;    /* the actor might not read who it is about: nor learns what else there is about them */
};

/* The conflicting matter; 0 none. */
int64_t unique_conflict(struct db *rows, const struct claim *claim);
/* Refuses with matter_exists, naming the subject or the field. */
bool unique_must_be(struct decision *decision, const struct claim *claim);
/* The same after a change of the draft, which may have opened it again or given it another value. */
bool unique_still_is(struct draft *draft);
/* Puts the value that the form has now into the event. */
void unique_write(struct draft *draft);
/* The same when the rules have changed; values that were shared before may stay so. */
void unique_rebase(struct draft *draft, const struct kind *before);

#endif
