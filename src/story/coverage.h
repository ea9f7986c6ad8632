/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage - what of a playbook its stories visit.
 *
 * Shape   a point is a state, a transition (an entry that leads to a state, attempts that do, a state that ends by
 *         itself), a refusal (its sentence) or an escalation (its step). All points come out of the model; which were
 *         visited comes out of what the stories' engines decided: the journal, the alerts, the problems. So a new kind,
 *         or a new way from one state to another, is demanded without being listed.
 * Owner   a thread: a story while it runs, then the report, to which it is added.
 */
#ifndef STORY_COVERAGE_H
#define STORY_COVERAGE_H

#include "playbook/model/model.h"

struct fixture;

enum point_sort { POINT_STATE, POINT_TRANSITION, POINT_REFUSAL, POINT_ESCALATION, POINT_SORT_COUNT };
extern const char *const point_sort_names[POINT_SORT_COUNT]; /* "state" */

struct point {
    enum point_sort sort;
    char *name; /* "home_observation.check_in → rechecking" */
    bool visited;
};

struct coverage {
    GArray *points;      /* of struct point, in the order of the playbook */
    GHashTable *indexes; /* sort and name → index + 1 */
};

struct coverage *coverage_new(const struct playbook *playbook);
void coverage_free(struct coverage *coverage);
AUTO_FREE(coverage)

/* The refusal of a step's command, by the entry that it tried to make; `entry` NULL where it made none. */
void coverage_note_refusal(struct coverage *coverage, struct fixture *fixture, const char *entry);
/* A story is over: what its journal and alerts say. */
void coverage_note_story(struct coverage *coverage, struct fixture *fixture);

/* What the other one, of the same playbook, has visited is visited. */
void coverage_add(struct coverage *coverage, const struct coverage *other);

void coverage_count(const struct coverage *coverage, enum point_sort sort, int *out_visited, int *out_all);

#endif
