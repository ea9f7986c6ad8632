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

/* Top, bottom and since when, of each unit; no more of a cell. */
void level_read(struct tally_units *all, const struct indicator *indicator, struct tally_now *out);

#endif
