/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * indicators - what is counted, and the figures, counted anew from rows at each request.
 *
 * Shape   handlers of endpoints.c.
 * Limits  LIMIT_RECOUNT_MATTERS matters a figure.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_INDICATORS_H
#define API_INDICATORS_H

#include "api/request.h"

void get_indicators(struct request *request);
void get_indicator(struct request *request);

#endif
