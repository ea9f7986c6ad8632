/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts - values that a kind aggregates from its entries: counters, first and last values, updated with each entry.
 *
 * Shape   an array in the order of the kind's facts: integers, booleans, stored field values; a datetime is its
 *         microseconds, an actor the person's id; sums by code an object; null is missing. First and last are by
 *         observed time: after an entry out of order, or a correction, the facts of its kind are recounted from the
 *         entries.
 */
#ifndef MATTER_LIFECYCLE_FACTS_H
#define MATTER_LIFECYCLE_FACTS_H

#include "matter/draft/draft.h"

struct scope;

/* Whether an entry is one of those of which the fact tells. */
bool facts_counts(const struct fact *fact, const struct scope *scope);
/* Takes a new entry in, made by `person`. */
void facts_add(struct draft *draft, struct scope *scope, int64_t person);
/* Counts the facts of an entry kind again: stored entries but `corrected` (number), then the one in the scope. */
void facts_recount(struct draft *draft, struct scope *scope, int64_t person, int64_t corrected);

/* Under new rules: facts with the same definition keep their values, others are recounted from stored entries. `values`
 * are those of `before`. */
void facts_rebase(struct draft *draft, const struct kind *before, const json_t *values);

#endif
