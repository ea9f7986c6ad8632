/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit_facts - what is known of units: numbers by date, by the facts of the playbook in force.
 *
 * Shape   told to whoever may read the unit, as its name is.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_UNIT_FACTS_H
#define API_UNIT_FACTS_H

#include "api/request.h"

/* One row for each fact that units of its type have: {"fact", "title", "value", "from": a day, "source"}; null what is
 * not known. */
json_t *shape_unit_facts(struct request *request, const struct unit *unit, int64_t at_us);
/* A page of the values of the fact in ?fact=, the latest first, of those from before `before_us`. */
void respond_unit_facts(struct request *request, const struct unit *unit, int64_t before_us, int limit);

#endif
