/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/model/calendar.h"

#include "base/datetime.h"

#include <stdlib.h>

#define DAY_MINUTES  1440
#define DAYS_OFF_MAX 366 /* so many days off in a row and the calendar has ended: every day counts then */

static int compare_days(const void *a, const void *b)
{
    int32_t left = ((const struct calendar_day *)a)->day, right = ((const struct calendar_day *)b)->day;
    return (left > right) - (left < right);
}

bool calendar_works_on(const struct calendar *calendar, int32_t day)
{
    if (calendar == NULL)
        return true;
    const struct calendar_day wanted = {.day = day};
    const struct calendar_day *found =
        calendar->day_count == 0 ? NULL
                                 : bsearch(&wanted, calendar->days, calendar->day_count, sizeof wanted, compare_days);
    return found != NULL ? found->working : calendar->weekdays[day_of_week(day)];
}

int32_t calendar_add(const struct calendar *calendar, int32_t day, int count)
{
    for (int off = 0; count > 0;) {
        day++;
        off = calendar_works_on(calendar, day) ? 0 : off + 1;
        if (off == 0 || off > DAYS_OFF_MAX)
            count--;
    }
    return day;
}

int calendar_count(const struct calendar *calendar, int32_t from, int32_t to)
{
    int count = 0;
    for (int32_t day = from + 1; day <= to; day++)
        count += calendar_works_on(calendar, day);
    return count;
}

int64_t calendar_after_us(const struct calendar *calendar, GTimeZone *zone, int64_t from_us, struct length length)
{
    if (length.working_days == 0)
        return from_us + length.us;
    int32_t last = calendar_add(calendar, day_of(from_us, zone), length.working_days);
    return day_time_us(last, DAY_MINUTES, zone) + length.us;
}
