/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counts - how many matters there are in a unit, and what is expected in them, now.
 *
 * Shape   handlers of endpoints.c.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_COUNTS_H
#define API_COUNTS_H

#include "api/request.h"

struct playbook;

void get_counts(struct request *request);
void get_counts_below(struct request *request); /* the same of each unit right below, page by page */

/* ---- for answers of the same kind ---- */
/* The unit that is asked about; false when the request has been answered. */
bool counts_take_unit(struct request *request, int64_t *out_unit);
/* Nothing there may be seen: zeros would look like figures. */
void counts_not_found(struct request *request);
/* A page of the units right below, each with what `shape` gives: owned; NULL: nothing of it may be seen. */
typedef json_t *counts_shape(struct request *request, const struct playbook *playbook, int64_t unit);
void counts_respond_below(struct request *request, counts_shape *shape);
/* The same where many are read at once: `units` is an array of struct unit by id, all right below `above`, or that one
 * alone; one of `out` each. */
typedef void counts_shape_many(struct request *request, const struct playbook *playbook, int64_t above,
                               const GArray *units, json_t **out);
void counts_respond_many_below(struct request *request, counts_shape_many *shape);
/* Of one unit: owned; NULL: nothing, or there is no such unit. */
json_t *counts_shape_alone(struct request *request, counts_shape_many *shape, int64_t unit);

#endif
