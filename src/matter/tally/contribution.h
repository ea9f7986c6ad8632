/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contribution - what one matter adds to an indicator.
 *
 * Shape   facts of the matter, each at the units to which the indicator credits it; those of one fact are adjacent. A
 *         fact counts once in any unit that covers some of them. It is an event at a time, or a stock from a time to
 *         another. The contribution depends on the matter and its rules alone, so that the difference of before and
 *         after a change is what the change adds.
 * Units   UTC microseconds.
 */
#ifndef MATTER_TALLY_CONTRIBUTION_H
#define MATTER_TALLY_CONTRIBUTION_H

#include "matter/view/view.h"

struct contribution {
    int fact; /* running number within the matter */
    bool bottom, is_stock;
    int64_t unit;
    int64_t from_us, to_us; /* of a stock, to_us 0: not ended; an event is at from_us */
    int64_t known_us;       /* when an event arrived; 0: at from_us */
    int64_t gone_us;        /* when it was corrected; 0 never */
};

/* Of struct contribution: stocks, and events from `from_us` to before `to_us`. `indicator` is that of the matter's own
 * rules. A proposed matter has none. */
GArray *tally_contribution(struct matter_view *view, const struct indicator *indicator, int64_t from_us, int64_t to_us);

#endif
