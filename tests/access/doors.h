/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doors - what the files of one test program share: the city, the oracle's model of it, and asking.
 *
 * Owner   doors.c, which makes and frees both.
 */
#ifndef TESTS_ACCESS_DOORS_H
#define TESTS_ACCESS_DOORS_H

#include "oracle.h"
#include "api/rig.h"

extern struct rig *rig;
extern struct model *model;

struct reply ask(const char *who, const char *method, const char *path, const char *body);
const struct model_matter *matter_of(const char *uuid);
/* Whom a row is about is masked as the oracle says. */
void check_mask(int64_t person, const struct model_matter *matter, const json_t *row);
/* How many are late there to the viewer. */
guint check_late(const char *who, int64_t unit);
guint check_clauses(const char *who, int64_t unit);
/* How many units the spread is over. */
guint check_board(const char *who, int64_t unit, bool above_floor);
/* Of the cast alone. */
void check_holders(const char *who);
bool is_holder_shown(const char *who, const struct member *holder);

/* Everybody tries to take everything, and sees nothing afterwards that they did not see before. `look` makes the model
 * anew. */
void claim_all(const GPtrArray *viewers, void (*look)(void));
/* Whether one of these posts is theirs; NULL: whether something in the matter stands in their to-do list. */
bool is_listed(int64_t person, const struct model_matter *matter, const GArray *of_posts);

#endif
