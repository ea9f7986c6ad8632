/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts - what is known of units: numbers by date, and their sums over a unit and all below it.
 *
 * Shape   a value holds from its day until the next one, and adds to sums while the playbook says that units of its
 *         type have the fact. The sums are kept as differences by time at each unit and all
 *         above it, so that a city is read in as many rows as there are times at which anything changed: at most one
 *         a day, and one more for each time that a unit moves or ends. They follow from the tables cover and unit_fact
 *         alone: whatever changes one of these takes its part out before and puts it in afterwards.
 */
#ifndef REGISTRY_FACTS_H
#define REGISTRY_FACTS_H

#include "playbook/model/model.h"
#include "store/db.h"

#include <glib.h>
#include <stdbool.h>

/* ---- for apply: around what changes cover or unit_fact ---- */

/* All facts of a unit and of what lies below it, now, before or later. `sign` -1 takes out, 1 puts in. */
void facts_fold_below(struct db *rows, int64_t unit, int sign);
void facts_set(struct db *rows, int64_t unit, const char *fact, int64_t from_us, int64_t value, const char *source);

/* ---- of one unit ---- */

struct fact_row {
    char fact[48];
    int64_t from_us, value;
    char *source; /* "" not said; owned by the array */
};
/* As of a time, by fact. */
GArray *registry_facts_on(struct db *rows, int64_t unit, int64_t at_us);
/* Of one fact, the latest first, those before `before_us`. */
GArray *registry_fact_history(struct db *rows, int64_t unit, const char *fact, int64_t before_us, int limit);
int64_t registry_fact_dates(struct db *rows, int64_t unit, const char *fact); /* how many */
bool registry_has_fact_from(struct db *rows, int64_t unit, const char *fact, int64_t from_us);

/* ---- added up ---- */

struct fact_sum {
    int64_t value, units; /* of how many units it is known */
};
/* At each of `count` times, in their order. */
void registry_fact_sums(struct db *rows, int64_t unit, const struct unit_fact *fact, const int64_t *times_us,
                        size_t count, struct fact_sum *out);
/* At each of many units, an array of int64_t, each once, one of `out` each. */
void registry_fact_sums_of(struct db *rows, const GArray *units, const struct unit_fact *fact, int64_t at_us,
                           struct fact_sum *out);

/* The sums against the same added up anew: adds a sentence a row that differs, at most `most`. */
void registry_facts_compare(struct db *rows, guint most, GPtrArray *differences);
void registry_facts_add_anew(struct db *rows);

#endif
