/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * days - some days of the epidemic with made-up people: they arrive, are screened, observed, get fevers; the posts
 * work off their to-do lists, mostly in time.
 *
 * Shape   half an hour a step, on an engine whose clock is set by hand; whistles go on between the steps. What there is
 *         to do is worked off by the posts that answer for it (work.h).
 * Source  rates.h.
 * Owner   one thread.
 */
#ifndef REHEARSAL_DAYS_H
#define REHEARSAL_DAYS_H

#include "rehearsal/book.h"
#include "rehearsal/city.h"

struct rehearsal_options {
    struct engine *engine; /* with no_clock, over `clock` */
    struct clock *clock;   /* by hand; standing at the beginning of the first day */
    int days;
    int64_t until_us; /* the last step's time */
    uint64_t seed;
    double scale; /* share of the residents of the city that arrive and ask */
    bool drill;   /* said before anything is made, and never taken back */
    void (*progress)(const char *what, int64_t done, int64_t all, void *context);
    void *context;
};

struct rehearsal_report {
    int64_t grids, posts;
    int64_t accepted, refused; /* commands */
    char *refusals;            /* a line each, with how often */
    struct book *book;         /* for conservation_prove() */
    int64_t begin_us;
};

/* Makes the city where it is missing, then runs the days. The same seed, scale and time make the same decisions on an
 * engine that takes commands in order; keys and ids differ. */
bool rehearsal_run(const struct rehearsal_options *options, struct rehearsal_report *out, GError **error);
void rehearsal_report_clear(struct rehearsal_report *report);

/* One account for each role around one community, with one password; what they are is written to KEYS/accounts (mode
 * 0600), one line each: login, password, role, unit. Does nothing when the file is there. */
bool rehearsal_accounts(struct engine *engine, const struct clock *clock, GError **error);

#endif
