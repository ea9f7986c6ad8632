/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clauses - of each clause of the notice, what is late for it in a unit now, and by which figures it is judged there.
 *
 * Shape   handlers of endpoints.c. What the viewer may not see all of at the unit is left out and said: zeros would
 *         look like figures. A clause of which nothing is seen has no count.
 * Limits  the cost is that of the units below in which something is late.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_CLAUSES_H
#define API_CLAUSES_H

#include "api/request.h"

void get_clauses(struct request *request);
void get_clauses_below(struct request *request); /* the counts alone, of each unit right below, page by page */

#endif
