/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop - the iterations of a `for_each`: other matters, the others of a household, lines, participants.
 *
 * Shape   all iterations are collected before the first runs, so that none changes which others there are.
 * Errors  too_many_effects beyond LIMIT_LOOP_ITERATIONS, before any has run.
 * Owner   the caller clears what iterations_collect() filled, also when it refused; `line` is borrowed from `lines`.
 */
#ifndef MATTER_ENTRY_LOOP_H
#define MATTER_ENTRY_LOOP_H

#include "matter/draft/draft.h"
#include "matter/view/scope.h"

struct iteration {
    int64_t matter;                  /* another one; 0 none */
    int64_t person, unit, household; /* another person of the household, and where they live */
    int64_t participant;             /* number */
    const json_t *line;
    size_t line_number; /* from 0 */
};
struct iterations {
    GArray *all;   /* of struct iteration */
    json_t *lines; /* the field's value, referenced; NULL of another loop */
};

/* An effect without a loop has one iteration, with nothing in it. */
bool iterations_collect(struct iterations *iterations, struct draft *draft, const struct scope *scope,
                        const struct effect *effect);
void iterations_clear(struct iterations *iterations);
AUTO_CLEAR(iterations)
/* The scope of expressions in one iteration. */
void iteration_scope(struct scope *out, const struct scope *scope, const struct effect *effect,
                     const struct iteration *iteration);

/* Open matters of a kind (NULL: any) below one, or linked with it: array of ids. */
GArray *matters_below(struct draft *draft, const struct kind *kind);
GArray *matters_linked(struct draft *draft, const struct scope *scope, const struct kind *kind);

#endif
