/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather - differences of figures, added up in memory and written at once.
 *
 * Shape   a fact counts once at each unit that covers one of its units at its time, with its amount, and, where small
 *         numbers are hidden, also at each of its units alone (-unit). An event adds to its day. A stock adds to the
 *         day on which it begins and takes from the one on which it ends, and does the same to their months, so that
 *         what stands at the end of a day is the sum of the months before and of that month's days. A unit that covers
 *         it for a while only has it for that while.
 * Owner   the caller; borrows the database.
 */
#ifndef MATTER_TALLY_GATHER_H
#define MATTER_TALLY_GATHER_H

#include "matter/tally/contribution.h"
#include "matter/tally/series.h"

/* A month as a period: below every day. */
#define PERIOD_MONTH(year, month) ((int64_t)(year)*12 + (month)-1 - 1000000)
int64_t period_month_of(int32_t day);

struct gather {
    GHashTable *figures; /* struct figure_key * → itself, with its difference */
};
/* Which units cover which, as a database has it; kept while nothing changes there. */
struct covering {
    struct db *rows;
    GHashTable *units; /* unit → GArray of struct covered */
};
void gather_init(struct gather *gather);
void gather_clear(struct gather *gather);
AUTO_CLEAR(gather)
void covering_init(struct covering *covering, struct db *rows);
void covering_clear(struct covering *covering);
AUTO_CLEAR(covering)

/* Adds `sign` times the amount of each of the facts, an array of struct contribution. */
void gather_add(struct gather *gather, struct covering *covering, const struct series *series, const GArray *facts,
                int sign);
guint gather_count(const struct gather *gather);
/* Adds all to the table tally_figure and forgets it. */
void gather_flush(struct gather *gather, struct db *into);

#endif
