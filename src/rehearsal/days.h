/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * days - some days of the epidemic with made-up people: they arrive, are screened, observed, get fevers; the posts
 * work off their to-do lists, mostly in time.
 *
 * Shape   half an hour a step, on an engine whose clock is set by hand. The post that answers for an open expectation
 *         meets it at a moment that the seed decides: some early, a few late, some never, so that lapses and
 *         escalations happen by themselves.
 * Owner   one thread.
 */
#ifndef REHEARSAL_DAYS_H
#define REHEARSAL_DAYS_H

#include "rehearsal/city.h"

struct rehearsal_options {
    struct engine *engine; /* with no_clock, over `clock` */
    struct clock *clock;   /* by hand; standing at the beginning of the first day */
    int days;
    int64_t until_us; /* the last step's time */
    uint64_t seed;
    int families_a_day;
    void (*progress)(const char *what, int64_t done, int64_t all, void *context);
    void *context;
};

struct rehearsal_report {
    int64_t grids, posts, arrivals, requests, directives, entries, refused;
    char *first_refusal; /* NULL none */
    struct book *book;   /* for conservation_prove() */
    int64_t begin_us;
};

/* Makes the city where it is missing, then runs the days. */
bool rehearsal_run(const struct rehearsal_options *options, struct rehearsal_report *out, GError **error);
void rehearsal_report_clear(struct rehearsal_report *report);

/* One account for each role around one community, with one password; what they are is written to KEYS/accounts (mode
 * 0600), one line each: login, password, role, unit. Does nothing when the file is there. */
bool rehearsal_accounts(struct engine *engine, const struct clock *clock, GError **error);

#endif
