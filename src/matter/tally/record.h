/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * record - what a post was asked for in a time and how it ended, laid out for whoever appraises and for its holder.
 *
 * Shape   {"role", "from", "to": dates, "expectations": [{"kind", "name", "assigned", "met", "late", "missed",
 *         "excused", ... "open", "overdue"}] with what there is of these, "excused": [{"reason", "count"}],
 *         "gaps": [{"unit", "role", "required", "held"}] at its grounds at the end, "duty_minutes" of who keeps hours}.
 *         Counts of duties, side by side with outages and staffing; no score and no ratio is made of them.
 * Units   of the days from `from_day` to the end of `to_day`, cut to the time for which the post is held and to now.
 *         RECORD_DAYS_MOST bounds what one look costs: some 100 ms for a grid with a hundred people under observation.
 */
#ifndef MATTER_TALLY_RECORD_H
#define MATTER_TALLY_RECORD_H

#include "playbook/model.h"
#include "store/db.h"

#define RECORD_DAYS_MOST 184

/* Owned; NULL: there is no such post. */
json_t *matter_duty_record(struct db *rows, const struct playbook *playbook, int64_t post, int32_t from_day,
                           int32_t to_day, int64_t now_us);

#endif
