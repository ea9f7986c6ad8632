/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/window.h"

#include "base/datetime.h"

#include <glib.h>

#define MONTH_TURN 19 /* of month_19_to_18 */

int32_t month_start(int32_t day, int turn)
{
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    if (day_of_month < turn && --month == 0) {
        month = 12;
        year--;
    }
    return day_from_civil(year, month, turn);
}

int32_t window_start(enum indicator_window window, int32_t day)
{
    switch (window) {
    case WINDOW_DAY:
        return day;
    case WINDOW_WEEK:
        return day - (day_of_week(day) - 1);
    case WINDOW_MONTH:
        return month_start(day, 1);
    case WINDOW_MONTH_19:
        return month_start(day, MONTH_TURN);
    }
    g_assert_not_reached();
}

int32_t window_end(enum indicator_window window, int32_t start)
{
    if (window == WINDOW_DAY)
        return start + 1;
    if (window == WINDOW_WEEK)
        return start + 7;
    return window_start(window, start + 31); /* no month is longer */
}
