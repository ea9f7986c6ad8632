/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop - the rounds of a `for_each`: other matters, the others of a household, lines, participants.
 *
 * Shape   the rounds are found before the first is gone through, so that what one does changes no other.
 * Errors  too_many_effects beyond LIMIT_LOOP_ROUNDS, with nothing done.
 */
#ifndef MATTER_ENTRY_LOOP_H
#define MATTER_ENTRY_LOOP_H

#include "matter/draft/draft.h"
#include "matter/view/scope.h"

struct round {
    int64_t matter;                  /* of another one; 0 none */
    int64_t person, unit, household; /* of the others in a household, who live there */
    int64_t participant;             /* number */
    const json_t *line;
    size_t line_number; /* from 0 */
};
struct rounds {
    GArray *all;   /* of struct round */
    json_t *lines; /* kept while they are looked at */
};

/* Of the effect's loop; of one without a single round. The caller clears it, also when it was refused. */
bool rounds_find(struct rounds *rounds, struct draft *draft, const struct scope *scope, const struct effect *effect);
void rounds_clear(struct rounds *rounds);
AUTO_CLEAR(rounds)
/* What expressions mean in one round. */
void round_scope(struct scope *out, const struct scope *scope, const struct effect *effect, const struct round *round);

/* Open matters of a kind (NULL: any) below one, or linked with it: array of ids. */
GArray *matters_below(struct draft *draft, const struct kind *kind);
GArray *matters_linked(struct draft *draft, const struct scope *scope, const struct kind *kind);

#endif
