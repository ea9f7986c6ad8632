/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * city - grids below the real communities, and made-up people in every required post.
 *
 * Shape   ordinary commands of the operator; a few posts stay empty so that gaps can be seen. Running it again adds
 *         only what is missing.
 * Errors  GError with the first refusal.
 * Owner   one thread.
 */
#ifndef REHEARSAL_CITY_H
#define REHEARSAL_CITY_H

#include "rehearsal/people.h"
#include "rehearsal/submitter.h"

#define REHEARSAL_ERROR rehearsal_error_quark()
GQuark rehearsal_error_quark(void);
enum rehearsal_error { REHEARSAL_ERROR_REFUSED, REHEARSAL_ERROR_EMPTY, REHEARSAL_ERROR_YOUNG, REHEARSAL_ERROR_LOST };

struct city {
    struct engine *engine;
    const struct clock *clock;
    struct reader *reader;
    struct dice dice;
    uint32_t next_person; /* number of the next made-up person */
    void (*progress)(const char *what, int64_t done, int64_t all, void *context); /* may be NULL */
    void *context;
};

/* One to three grids below every community that has none. */
bool city_make_grids(struct city *city, GError **error);
/* Fills the required posts at and below `under`, but for about one in `leave_one_in` (0: all). Roles with
 * duty hours get two people and a roster of day and night from today for `roster_days`. */
bool city_fill_posts(struct city *city, int64_t under, uint32_t leave_one_in, int roster_days, GError **error);
/* Rows show all that has been acknowledged. */
void city_catch_up(struct city *city);
bool city_check(struct submitter *submitter, GError **error); /* false: something was refused */

#endif
