/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rates - how often what happens in a rehearsal: one table, each figure with where it comes from.
 *
 * Units   as `per` says; percentages are of 100.
 * Source  `source` names what docs/rehearsal.md lists; NULL: assumed, nothing was found.
 */
#ifndef REHEARSAL_RATES_H
#define REHEARSAL_RATES_H

#include "rehearsal/people.h"

enum rate {
    RATE_RESIDENTS,
    RATE_ARRIVALS,
    RATE_FAMILY,
    RATE_MET_PEOPLE,
    RATE_FEVER,
    RATE_STILL_FEVER,
    RATE_NO_ANSWER,
    RATE_CHECK_IN_LATE,
    RATE_CHECK_IN_NEVER,
    RATE_DAILY_LATE,
    RATE_DAILY_NEVER,
    RATE_ACKNOWLEDGE_LATE,
    RATE_ACKNOWLEDGE_NEVER,
    RATE_OTHER_LATE,
    RATE_OTHER_NEVER,
    RATE_REQUESTS,
    RATE_DANGER,
    RATE_UTILITIES,
    RATE_COMPLEX,
    RATE_CONTACTED,
    RATE_RESOLVED,
    RATE_SATISFIED,
    RATE_DIRECTIVES,
    RATE_ITEM_SHORT,
    RATE_QUESTIONS,
    RATE_OBJECTIONS,
    RATE_ORAL,
    RATE_ORAL_DENIED,
    RATE_WHISTLES,
    RATE_WHISTLES_TIMES,
    RATE_WHISTLES_FROM,
    RATE_SUMMONED,
    RATE_COME_MINUTES,
    RATE_COME_LATE,
    RATE_COME_NEVER,
    RATE_CROWD_DAY,
    RATE_CROWD,
    RATE_RATED,
    RATE_RATED_POOR,
    RATE_WORKPLACE_STAFF,
    RATE_ON_SITE,
    RATE_INSPECTED,
    RATE_FINDING,
    RATE_RECTIFIED,
    RATE_MEASURES,
    RATE_EDUCATION,
    RATE_ANNOUNCEMENTS,
    RATE_SHIFTS_LENT,
    RATE_COUNT
};

struct rate_row {
    double value;
    const char *what, *per;
    const char *source; /* NULL assumed */
};
extern const struct rate_row rates[RATE_COUNT];

/* Whether what happens in so many of a hundred cases happens. */
bool rate_happens(struct dice *dice, enum rate rate);
/* A whole number whose mean is `mean`. */
int rate_draw(struct dice *dice, double mean);

#endif
