/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * indicator - an indicator counted anew from rows, for a unit and some windows.
 *
 * Shape   every matter of the kind is asked what it adds, when and at which units; what it adds depends on the matter
 *         alone, so that the same function can say the difference that a change makes. A matter's rules are those of
 *         its opening: where they do not know the indicator, it is said how many were not counted.
 *         Counted is one level above the unit, by the units beside it, so that nothing is shown that the others would
 *         give away.
 * Units   windows are days of the playbook's zone.
 * Limits  INDICATOR_WINDOWS_MOST windows, LIMIT_RECOUNT_MATTERS matters.
 */
#ifndef MATTER_INDICATOR_H
#define MATTER_INDICATOR_H

#include "matter/matter.h"

#define INDICATOR_WINDOWS_MOST 62

struct indicator_cell {
    int32_t from_day, to_day; /* to_day is not in it */
    int64_t top, bottom;
    bool hidden; /* too few people, or it would give away a figure about too few */
    bool thin;   /* below min_bottom */
};
struct indicator_count {
    GArray *cells;                     /* of struct indicator_cell */
    int64_t uncounted;                 /* matters whose rules do not know it */
    int64_t covered_units, unit_count; /* of `coverage`: with anything in these windows, and of how many */
};
void indicator_count_clear(struct indicator_count *count);
AUTO_CLEAR(indicator_count)

/* The windows that hold the days from `from` to `to`. False when they are too many. */
bool indicator_windows(const struct indicator *indicator, int32_t from, int32_t to, GArray **out_cells);
/* Counts `unit` in the windows of out->cells; false when there is too much to count. `now_us`: what stands now. */
bool indicator_recount(struct db *rows, struct vault *vault, struct rulebook *rulebook,
                       const struct indicator *indicator, int64_t unit, int64_t now_us, struct indicator_count *out);

#endif
