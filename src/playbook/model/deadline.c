/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/deadline.h"

#include "base/datetime.h"
#include "playbook/model/calendar.h"

#define DAY_MINUTES 1440

#define MONTH_DAYS 31
#define YEAR_DAYS  366

bool expect_recurs(const struct expect *expect)
{
    return expect->deadline == DEADLINE_WINDOWS || expect->deadline == DEADLINE_DAILY ||
           expect->deadline == DEADLINE_WEEKLY || expect->deadline == DEADLINE_MONTHLY;
}

bool expect_is_recurring(const struct expect *expect)
{
    return expect_recurs(expect) || expect->deadline == DEADLINE_EVERY;
}

/* ---- windows ---- */

bool window_is_over_midnight(struct window window)
{
    return window.to_minutes <= window.from_minutes;
}

#define DAYS_SKIPPED_MAX 8 /* no clock goes forward by more, so that one of so many days has a window */

/* Opens when the clock first shows its beginning, not before the one before it is over, and is due when it last shows
 * its end. False: the clock skips it. */
static bool window_on(const struct expect *expect, GTimeZone *zone, int32_t day, size_t i, struct occurrence *out)
{
    struct window window = expect->windows[i];
    int to_minutes = window.to_minutes + (window_is_over_midnight(window) ? DAY_MINUTES : 0);
    int64_t from_us = day_time_first_us(day, window.from_minutes, zone);
    if (i > 0 && from_us < day_time_us(day, expect->windows[i - 1].to_minutes, zone))
        from_us = day_time_us(day, window.from_minutes, zone);
    *out = (struct occurrence){from_us, day_time_us(day, to_minutes, zone)};
    return out->opens_us < out->due_us;
}

/* The first window that is not over at `at_us`, or the first that opens after it. */
static struct occurrence find_window(const struct expect *expect, GTimeZone *zone, int64_t at_us, bool after)
{
    int32_t first = day_of(at_us, zone) - 1;
    struct occurrence found = {at_us, at_us};
    for (int32_t day = first; day < first + DAYS_SKIPPED_MAX; day++)
        for (size_t i = 0; i < expect->window_count; i++)
            if (window_on(expect, zone, day, i, &found) && (after ? found.opens_us > at_us : found.due_us >= at_us))
                return found;
    return found;
}

/* ---- days on which something is due ---- */

static bool is_due_on(const struct expect *expect, GTimeZone *zone, int32_t day)
{
    int year, month, day_of_month, next_month, first;
    if (day_time_us(day, 0, zone) >= day_time_us(day + 1, 0, zone))
        return false; /* a country went over the date line */
    if (expect->deadline == DEADLINE_DAILY)
        return calendar_works_on(expect->calendar, day);
    if (expect->deadline == DEADLINE_WEEKLY)
        return (expect->on >> day_of_week(day) & 1) != 0;
    day_to_civil(day, &year, &month, &day_of_month);
    day_to_civil(day + 1, &year, &next_month, &first);
    for (int wanted = day_of_month; wanted <= (next_month == month ? day_of_month : MONTH_DAYS); wanted++)
        if ((expect->on >> wanted & 1) != 0)
            return true;
    return false;
}

/* The nearest such day from `day` on, forwards or backwards; a calendar without any counts every day. */
static int32_t due_day(const struct expect *expect, GTimeZone *zone, int32_t day, int step)
{
    int32_t found = day;
    for (int i = 0; i < YEAR_DAYS && !is_due_on(expect, zone, found); i++)
        found += step;
    return is_due_on(expect, zone, found) ? found : day;
}

/* Open from the midnight after the time before: a daily report from the midnight of its day. */
static struct occurrence due_on(const struct expect *expect, GTimeZone *zone, int32_t day)
{
    int64_t at_us = day_time_moved_us(day, expect->at_minutes, zone), midnight_us = day_time_us(day + 1, 0, zone);
    return (struct occurrence){day_time_us(due_day(expect, zone, day - 1, -1) + 1, 0, zone), MIN(at_us, midnight_us)};
}

/* ---- occurrences ---- */

struct occurrence occurrence_at(const struct expect *expect, GTimeZone *zone, int64_t at_us)
{
    if (expect->deadline == DEADLINE_WINDOWS)
        return find_window(expect, zone, at_us, false);
    int32_t day = due_day(expect, zone, day_of(at_us, zone), 1);
    struct occurrence occurrence = due_on(expect, zone, day);
    return at_us <= occurrence.due_us ? occurrence : due_on(expect, zone, due_day(expect, zone, day + 1, 1));
}

struct occurrence occurrence_after(const struct expect *expect, GTimeZone *zone, int64_t opens_us)
{
    if (expect->deadline == DEADLINE_WINDOWS)
        return find_window(expect, zone, opens_us, true);
    int32_t day = due_day(expect, zone, day_of(opens_us, zone), 1);
    return due_on(expect, zone, due_day(expect, zone, day + 1, 1));
}

struct occurrence occurrence_opened(const struct expect *expect, GTimeZone *zone, int64_t at_us)
{
    g_assert(expect->deadline != DEADLINE_WINDOWS);
    struct occurrence occurrence = occurrence_at(expect, zone, at_us);
    return occurrence.opens_us <= at_us ? occurrence
                                        : due_on(expect, zone, due_day(expect, zone, day_of(at_us, zone), -1));
}

/* ---- the clock ---- */

/* Of a share: of the time that they had without the pauses. */
static int64_t warn_before_us(const struct expect *expect, struct occurrence occurrence, struct progress progress)
{
    if (expect->warn_percent == 0)
        return expect->warn_us;
    int64_t whole_us = MAX(0, occurrence.due_us - occurrence.opens_us - progress.stood_us);
    return whole_us / 100 * expect->warn_percent;
}

/* The first at once; after the last there is as much time to look as between two of them. */
int64_t deadline_alert_us(const struct expect *expect, struct occurrence occurrence, struct progress progress)
{
    const struct alerting *alert = &expect->alert;
    bool spent = progress.alerts >= alert->most && !alert->phone_list;
    if (alert->every_us == 0 || progress.seen || progress.ringing || progress.paused_us != 0 || spent)
        return NEVER_US;
    return occurrence.opens_us + progress.alerts * alert->every_us;
}

static int64_t due_next_us(const struct expect *expect, GTimeZone *zone, struct occurrence occurrence,
                           struct progress progress)
{
    int64_t next_us = expect_recurs(expect) ? occurrence_after(expect, zone, occurrence.opens_us).opens_us : NEVER_US;
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

int64_t deadline_next_us(const struct expect *expect, GTimeZone *zone, struct occurrence occurrence,
                         struct progress progress)
{
    int64_t alert_us = deadline_alert_us(expect, occurrence, progress);
    int64_t due_us = due_next_us(expect, zone, occurrence, progress);
    return MIN(alert_us, due_us);
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
