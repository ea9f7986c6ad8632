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

void get_indicators(struct request *request);
void get_indicator(struct request *request);

json_t *shape_indicator(struct request *request, const struct indicator *indicator);
/* Whether its figures of the unit are there to be asked for. */
bool indicator_is_above_floor(struct request *request, const struct indicator *indicator, int64_t unit);
/* Adds "top", "bottom" and "percent", or why they are not told. */
void indicator_add_figures(json_t *shape, const struct indicator *indicator, const struct indicator_cell *cell);
bool indicator_is_shown(struct request *request, const struct indicator *indicator, int64_t unit);

#endif
