/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opening - a new matter: its id, its key, its first state and the expectations of that state.
 *
 * Shape   for commands/decide_open.c, for effects that open children and for the clock's standing matters; the caller
 *         has checked rights and form.
 */
#ifndef MATTER_ENTRY_OPENING_H
#define MATTER_ENTRY_OPENING_H

#include "matter/draft/draft.h"

struct opening {
    const struct playbook *playbook; /* its rules */
    const struct kind *kind;
    int64_t unit, subject, household, parent;
    int64_t subject_post; /* of kinds about a post */
    struct uuid uuid;
    const json_t *form;         /* stored fields */
    const json_t *participants; /* as in the command; NULL none */
    int64_t opened_us;          /* 0: as it is decided */
    bool proposed;
    bool named_only; /* the actor might not read who it is about */
    bool caused;     /* by an effect, and its actor would not see it otherwise */
};

/* The conflicting matter (unique.h). 0 none. */
int64_t opening_conflict(struct db *rows, const struct opening *opening);
bool opening_must_be_alone(struct decision *decision, const struct opening *opening);
/* Emits matter_opened; the new matter's id. 0: refused, since something would be due earlier than in its parent,
 * or its external number is taken. */
int64_t opening_emit(struct decision *decision, const struct opening *opening);
/* An id for what follows from the command: the same in every replay of it. */
void opening_derive_uuid(struct decision *decision, struct uuid *out);

#endif
