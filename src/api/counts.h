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

void get_counts(struct request *request);
void get_counts_below(struct request *request); /* the same of each unit right below, page by page */

#endif
