/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deadline - when something falls due: windows, daily times, quiet hours. Pure functions of the playbook and a time.
 *
 * Shape   an occurrence is one of the recurring times of an expectation. The due time is the last moment that
 *         is in time; from one microsecond later on it is overdue, and at the opening of the next occurrence it
 *         is missed.
 * Units   UTC microseconds; days and times of day are those of the playbook's zone.
 */
#ifndef PLAYBOOK_MODEL_DEADLINE_H
#define PLAYBOOK_MODEL_DEADLINE_H

#include "playbook/model/model.h"

#define NEVER_US INT64_MAX

struct occurrence {
    int64_t opens_us, due_us;
};

/* At times that the calendar gives: one follows the other whatever becomes of it. */
bool expect_recurs(const struct expect *expect);
/* Once ended it is expected again, in the same row: what recurs, and what comes so long after the time before. */
bool expect_is_recurring(const struct expect *expect);
/* '22:00-06:00' */
bool window_is_over_midnight(struct window window);
/* The occurrence in which `at_us` lies, or the first one after it. */
struct occurrence occurrence_at(const struct expect *expect, GTimeZone *zone, int64_t at_us);
/* The one that follows the occurrence opened at `opens_us`. */
struct occurrence occurrence_after(const struct expect *expect, GTimeZone *zone, int64_t opens_us);

/* Of an expectation with times of day: the last occurrence that has opened at `at_us`, also after its end. */
struct occurrence occurrence_opened(const struct expect *expect, GTimeZone *zone, int64_t at_us);

/* What has happened so far to an open expectation that is not met. */
struct progress {
    bool warned, overdue;
    int step;          /* escalations so far */
    int64_t paused_us; /* since when its clock is paused; 0 it runs */
    int64_t stood_us;  /* so much later it falls due because its clock stood */
    int extensions;
    int attempts; /* of this occurrence */
    int alerts;   /* raised so far; none after it was seen */
    bool seen;    /* by the holder of the post that answers */
    bool ringing; /* in the phone list */
};
/* When the post that answers is alerted next, or put into the phone list; NEVER_US: not at all. */
int64_t deadline_alert_us(const struct expect *expect, struct occurrence occurrence, struct progress progress);
/* When the clock has to act on it next: alert, warning, overdue, escalation, the next opening. NEVER_US: not at all. */
int64_t deadline_next_us(const struct expect *expect, GTimeZone *zone, struct occurrence occurrence,
                         struct progress progress);

/* When an alert raised at `raised_us` is shown: at the end of its digest's slot, and not in the quiet hours. */
int64_t alert_shown_us(const struct playbook *playbook, int64_t raised_us, int64_t digest_us);

/* The instant that a datetime or a date (then the end of that day) means; false for anything else. */
bool instant_of(struct value value, GTimeZone *zone, int64_t *out_us);

#endif
