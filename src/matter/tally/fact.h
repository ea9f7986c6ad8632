/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact - facts about units in indicators: read out of the registry's sums, beside what is counted.
 *
 * Shape   as of the end of each window, or now while it lasts. A unit of which it is not known adds nothing, and the
 *         coverage tells of how many it is known; where it is known of none, there is no figure. `coverage` is as of
 *         the last window, of the fact of which less is known.
 */
#ifndef MATTER_TALLY_FACT_H
#define MATTER_TALLY_FACT_H

#include "matter/tally.h"

/* Put into cells that are filled otherwise; nothing where the indicator has no such fact. */
void facts_into_count(struct db *rows, const struct playbook *playbook, const struct indicator *indicator, int64_t unit,
                      int64_t now_us, struct indicator_count *out);
void facts_into_units(const struct tally_units *all, const struct indicator *indicator, struct tally_now *out);

#endif
