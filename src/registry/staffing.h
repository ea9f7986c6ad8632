/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * staffing - how many units there are at a unit and below it, and which of their required posts are held, now.
 *
 * Shape   kept at each unit and all above it, so that a city is read in a few rows. Triggers of schema.sql note the
 *         units at which posts or the tree change; the writer settles them before it commits, and with them those at
 *         which something begins or ends by time alone. While units wait to be settled, as after many have been
 *         imported or the required posts are others, the units below are walked: the same figures, more slowly.
 *         Deputies hold no required post. More holders than required are not counted: they fill no gap elsewhere.
 * Units   since when a post lacks a holder: to the end of a quarter of an hour; not before the unit began or the first
 *         of the versions that have required so many without a break was adopted.
 * Limits  STAFFING_SETTLED_MOST units in one commit, some 20 ms.
 */
#ifndef REGISTRY_STAFFING_H
#define REGISTRY_STAFFING_H

#include "playbook/model/model.h"
#include "store/db.h"

#define STAFFING_SETTLED_MOST 500
#define STAFFING_SETTLED_ALL  G_MAXINT

struct staffing {
    int64_t units, required, held;
    int64_t lacking;  /* required and not held, of those that have lacked a holder since `before_us` */
    int64_t since_us; /* when the first of them began to; 0 there is none */
};
struct staffing_question {
    const char *type, *role; /* NULL: of whichever */
    int64_t before_us;       /* since then or longer */
};
void registry_staffing(struct db *rows, const struct playbook *playbook, int64_t unit,
                       const struct staffing_question *question, int64_t now_us, struct staffing *out);
/* Of many units at once: read first, answered then, one of `out` each. `units`: an array of int64_t, each once, by id;
 * borrowed. */
struct staffing_rows {
    const GArray *units;
    GArray *sums;
};
void registry_staffing_read(struct db *rows, const struct playbook *playbook, const GArray *units, int64_t now_us,
                            struct staffing_rows *out);
void registry_staffing_answer(const struct staffing_rows *found, const struct staffing_question *question,
                              struct staffing *out);
void staffing_rows_clear(struct staffing_rows *found);
AUTO_CLEAR(staffing_rows)
/* The same of one, walked. */
void registry_staffing_recount(struct db *rows, const struct playbook *playbook, int64_t unit,
                               const struct staffing_question *question, int64_t now_us, struct staffing *out);

/* What is kept of every unit against the same walked, as of when it was settled: adds a sentence a unit that differs,
 * at most `most`. Nothing while units wait to be settled: then it is not read. */
void registry_staffing_compare(struct db *rows, const struct playbook *playbook, guint most, GPtrArray *differences);

/* Settles at most `most` units as of `now_us`; 0: as of when it was done last. */
void registry_staffing_settle(struct db *rows, const struct playbook *playbook, int64_t now_us, int most);
void registry_staffing_settle_anew(struct db *rows, const struct playbook *playbook); /* all, without what is kept */
bool registry_staffing_is_settled(struct db *rows, const struct playbook *playbook, int64_t now_us);

#endif
