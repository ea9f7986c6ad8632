/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kept - figures read out of the table tally_figure.
 *
 * Shape   of an indicator in force; kept_find() says whether the table has what a recount would give.
 */
#ifndef MATTER_TALLY_KEPT_H
#define MATTER_TALLY_KEPT_H

#include "matter/tally.h"
#include "matter/tally/series.h"

struct kept_series {
    struct db *rows;
    const struct indicator *indicator;
    const struct playbook *playbook;
    int64_t series;  /* 0: nothing has counted yet */
    GArray *without; /* of int64_t: versions in which the kind has no such indicator */
};
/* False: it is not kept, or not as the version in force would count it; or all is to be counted anew first. */
bool kept_find(struct db *rows, struct rulebook *rulebook, const struct indicator *indicator, struct kept_series *out);
void kept_clear(struct kept_series *kept);
AUTO_CLEAR_OF(kept, kept_series)

/* Adds a unit's figures (negative: at that unit alone) in the windows of `cells`; stocks as of `now_us`. */
void kept_add(const struct kept_series *kept, int64_t unit, const GArray *cells, int64_t now_us, int64_t *tops,
              int64_t *bottoms);
struct kept_sum {
    int64_t top, bottom;
};
/* The same of many units in one window, one sum each. */
void kept_add_all(const struct kept_series *kept, const GArray *units, const struct indicator_cell *window,
                  int64_t now_us, struct kept_sum *figures);
/* How many units of the type below it have anything in the windows; false: one of them was moved meanwhile, and only a
 * recount can tell. */
bool kept_covered(const struct kept_series *kept, int64_t unit, const struct unit_type *type, const GArray *cells,
                  int64_t now_us, int64_t *out_count);

#endif
