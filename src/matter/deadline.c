/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/deadline.h"

#include "base/datetime.h"

#define DAY_MINUTES 1440

bool expect_recurs(const struct expect *expect)
{
    return expect->deadline == DEADLINE_WINDOWS || expect->deadline == DEADLINE_DAILY;
}

/* A daily report is open from midnight: one window a day. */
static size_t window_count(const struct expect *expect)
{
    return expect->deadline == DEADLINE_DAILY ? 1 : expect->window_count;
}

static struct occurrence window_on(const struct expect *expect, GTimeZone *zone, int32_t day, size_t i)
{
    struct window window =
        expect->deadline == DEADLINE_DAILY ? (struct window){0, expect->at_minutes} : expect->windows[i];
    return (struct occurrence){day_time_us(day, window.from_minutes, zone),
                               day_time_us(day, window.to_minutes, zone)};
}

struct occurrence occurrence_at(const struct expect *expect, GTimeZone *zone, int64_t at_us)
{
    int32_t day = day_of(at_us, zone);
    for (size_t i = 0; i < window_count(expect); i++) {
        struct occurrence occurrence = window_on(expect, zone, day, i);
        if (at_us <= occurrence.due_us)
            return occurrence;
    }
    return window_on(expect, zone, day + 1, 0);
}

struct occurrence occurrence_after(const struct expect *expect, GTimeZone *zone, int64_t opens_us)
{
    int32_t day = day_of(opens_us, zone);
    for (size_t i = 0; i < window_count(expect); i++) {
        struct occurrence occurrence = window_on(expect, zone, day, i);
        if (occurrence.opens_us > opens_us)
            return occurrence;
    }
    return window_on(expect, zone, day + 1, 0);
}

/* Of a share: of the time that they had without the pauses. */
static int64_t warn_before_us(const struct expect *expect, struct occurrence occurrence,
                              struct progress progress)
{
    if (expect->warn_percent == 0)
        return expect->warn_us;
    int64_t whole_us = MAX(0, occurrence.due_us - occurrence.opens_us - progress.stood_us);
    return whole_us / 100 * expect->warn_percent;
}

int64_t deadline_next_us(const struct expect *expect, GTimeZone *zone, struct occurrence occurrence,
                         struct progress progress)
{
    int64_t next_us =
        expect_recurs(expect) ? occurrence_after(expect, zone, occurrence.opens_us).opens_us : NEVER_US;
    if (expect->optional || occurrence.due_us == NEVER_US || progress.paused_us != 0)
        return next_us;
    if (!progress.overdue) {
        int64_t before_us = progress.warned ? 0 : warn_before_us(expect, occurrence, progress);
        int64_t mark_us = before_us > 0 ? occurrence.due_us - before_us : occurrence.due_us + 1;
        return MIN(next_us, mark_us);
    }
    if ((size_t)progress.step < expect->escalation_count)
        next_us = MIN(next_us, occurrence.due_us + MAX(1, expect->escalations[progress.step].after_us));
    return next_us;
}

/* The end of the quiet hours in which `at_us` lies, else `at_us`. */
static int64_t after_quiet_us(const struct playbook *playbook, int64_t at_us)
{
    int from = playbook->quiet_from_minutes, to = playbook->quiet_to_minutes;
    if (from == to)
        return at_us;
    int32_t day = day_of(at_us, playbook->zone);
    int64_t from_us = day_time_us(day, from, playbook->zone), to_us = day_time_us(day, to, playbook->zone);
    if (from < to)
        return at_us >= from_us && at_us < to_us ? to_us : at_us;
    if (at_us < to_us)
        return to_us;
    return at_us >= from_us ? day_time_us(day + 1, to, playbook->zone) : at_us;
}

int64_t alert_shown_us(const struct playbook *playbook, int64_t raised_us, int64_t digest_us)
{
    int64_t shown_us = raised_us;
    if (digest_us > 0)
        shown_us = (raised_us + digest_us - 1) / digest_us * digest_us;
    return after_quiet_us(playbook, shown_us);
}

bool instant_of(struct value value, GTimeZone *zone, int64_t *out_us)
{
    if (value.type == VALUE_DATETIME)
        *out_us = value.us;
    else if (value.type == VALUE_DATE)
        *out_us = day_time_us(value.day, DAY_MINUTES, zone);
    else
        return false;
    return true;
}
