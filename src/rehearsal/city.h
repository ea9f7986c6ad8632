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

#include "rehearsal/agenda.h"
#include "rehearsal/people.h"
#include "rehearsal/submitter.h"

#define REHEARSAL_ERROR rehearsal_error_quark()
GQuark rehearsal_error_quark(void);
enum rehearsal_error {
    REHEARSAL_ERROR_REFUSED,
    REHEARSAL_ERROR_EMPTY,
    REHEARSAL_ERROR_YOUNG,
    REHEARSAL_ERROR_PEOPLE,
    REHEARSAL_ERROR_LOST
};

struct city {
    struct engine *engine;
    struct clock *clock;
    struct reader *reader;
    struct dice dice;
    uint32_t next_person; /* number of the next made-up person */
    void (*progress)(const char *what, int64_t done, int64_t all, void *context); /* may be NULL */
    void *context;
    /* while days pass */
    uint64_t seed;
    struct submitter *submitter;
    struct book *book;
    struct agenda *agenda;
    GArray *streets;    /* of int64_t: subdistricts and zones */
    GArray *workplaces; /* of int64_t */
    GPtrArray *owned;   /* what moments of the agenda are about */
};

/* One to three grids below every community that has none. */
bool city_make_grids(struct city *city, GError **error);
/* Fills the required posts at and below `under`, but for about one in `leave_one_in` (0: all). Roles with
 * duty hours get two people and a roster of day and night from today for `roster_days`. */
bool city_fill_posts(struct city *city, int64_t under, uint32_t leave_one_in, int roster_days, GError **error);
/* Departments of each district with a desk day and night, a workplace with an officer and a second inspector in each
 * subdistrict: nobody requires them, and whistles and inspections need them. */
bool city_make_places(struct city *city, int roster_days, GError **error);
/* Rows show all that has been acknowledged. */
void city_catch_up(struct city *city);
bool city_check(struct submitter *submitter, GError **error); /* false: something was refused */

/* ---- what people of the city do ---- */
struct city_matter {
    int64_t made; /* 0 refused, or not answered yet */
    struct uuid id;
};
bool city_knows(struct city *city, const char *kind); /* other playbooks than the notice's may be rehearsed */
/* Who answers there in that role, on duty if it has hours; 0 nobody right there. */
int64_t city_holder(struct city *city, const char *role, int64_t unit);
int64_t city_draw(struct city *city, const GArray *units);      /* one of them; 0 there is none */
int64_t city_draw_community(struct city *city, int64_t street); /* 0 none is below it */
/* `subject` 0: about nothing; `out`, which lives until the submitter has waited, may be NULL. */
void city_open(struct city *city, int64_t person, const char *kind, int64_t unit, int64_t subject,
               json_t *form /* taken */, struct city_matter *out);
/* `participant` 0: none is named. */
void city_enter(struct city *city, int64_t person, const struct uuid *matter, const char *entry,
                json_t *fields /* taken */, int64_t participant);

#endif
