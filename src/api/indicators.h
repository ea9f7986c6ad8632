/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * indicators - what is counted, and the figures.
 *
 * Shape   handlers of endpoints.c.
 * Limits  LIMIT_RECOUNT_MATTERS matters a figure.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_INDICATORS_H
#define API_INDICATORS_H

#include "api/request.h"

struct indicator;
struct indicator_cell;
struct sight_of_many;

void get_indicators(struct request *request);
void get_indicator(struct request *request);

json_t *shape_indicator(struct request *request, const struct indicator *indicator);
/* Whether its figures are there to be asked for of units of the type. */
bool indicator_is_told_of(const struct indicator *indicator, const char *type);
/* Adds "top", "bottom" and "percent", or why they are not told. */
void indicator_add_figures(json_t *shape, const struct indicator *indicator, const struct indicator_cell *cell);
/* Whether the viewer may know its figures of the unit. Of no kind: units and posts are no secret, what is overdue is
 * told to whoever sees all of the kinds. */
bool indicator_is_known(struct request *request, const struct indicator *indicator, int64_t unit);
/* The same of each of many units. */
void indicator_is_known_at(struct request *request, const struct sight_of_many *sight,
                           const struct indicator *indicator, bool *known);
/* It is known, and the unit not below its floor. */
bool indicator_is_shown(struct request *request, const struct indicator *indicator, int64_t unit);

#endif
