/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * level - what indicators of no kind count: what there is at a unit and all below it now.
 *
 * Shape   units and posts out of the registry's staffing, what is overdue out of the counts of now. Neither goes over
 *         matters, posts or, of staffing, units.
 */
#ifndef MATTER_TALLY_LEVEL_H
#define MATTER_TALLY_LEVEL_H

#include "matter/tally.h"

/* Fills the cells of an indicator of no kind, all with what there is at `now_us`. */
void level_count(struct db *rows, const struct playbook *playbook, const struct indicator *indicator, int64_t unit,
                 int64_t now_us, struct indicator_count *out);

#endif
