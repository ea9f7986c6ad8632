/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shares - GET /matters/{matter}/shared: what the matter grants to the viewer's unit, row by row or as counts.
 *
 * Shape   a handler of endpoints.c, over access/grants.h; counts go through access/told.h.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_SHARES_H
#define API_SHARES_H

#include "api/request.h"

void get_matter_shared(struct request *request);

#endif
