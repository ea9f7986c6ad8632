/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contribution - what one matter adds to an indicator.
 *
 * Shape   facts of the matter, each at the units to which the indicator credits it; those of one fact are adjacent. A
 *         fact counts once in any unit that covers some of them. It is an event at a time, or a stock from a time to
 *         another, and adds its amount. The contribution depends on the matter and its rules alone, so that the
 *         difference of before and after a change is what the change adds.
 * Units   UTC microseconds.
 */
#ifndef MATTER_TALLY_CONTRIBUTION_H
#define MATTER_TALLY_CONTRIBUTION_H

#include "matter/view/view.h"

struct contribution {
    int fact; /* running number within the matter */
    bool bottom, is_stock;
    int64_t unit;
    int64_t amount;         /* 1, or what is added up; above 0 */
    int64_t from_us, to_us; /* of a stock, to_us 0: not ended; an event is at from_us */
    int64_t known_us;       /* when an event arrived; 0: at from_us */
    int64_t gone_us;        /* when it was corrected; 0 never */
};

/* Rows of one matter that several indicators count, each read when the first of them asks; all zero before. */
struct counted_rows {
    GArray *entries, *expectations; /* NULL until read */
};
void counted_rows_clear(struct counted_rows *rows);
AUTO_CLEAR(counted_rows)

/* Of struct contribution: stocks, and events from `from_us` to before `to_us`. `indicator` is that of the matter's own
 * rules. Of a proposed matter nothing counts but that it is decided, of a merged one nothing. */
GArray *tally_contribution(struct matter_view *view, struct counted_rows *rows, const struct indicator *indicator,
                           int64_t from_us, int64_t to_us);
/* Its parts, at all times: of the matter itself, of one entry (`gone_us`: when it was corrected first, 0 never), of one
 * expectation. All of them together are the whole. */
void tally_add_matter(struct matter_view *view, const struct indicator *indicator, GArray *all);
void tally_add_entry(struct matter_view *view, const struct indicator *indicator, const struct entry_row *row,
                     int64_t gone_us, GArray *all);
void tally_add_expectation(struct matter_view *view, const struct indicator *indicator,
                           const struct expectation_row *row, GArray *all);

#endif
