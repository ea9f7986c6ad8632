/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calendar - which days are worked, and deadlines counted in them. Pure functions; NULL is the calendar in which
 * every day is worked.
 *
 * Shape   the day on which something begins does not count; the last day ends at 24:00.
 * Units   days since 1970, UTC microseconds.
 * Source  民法总则（2017）第二百零一条、第二百零三条 (how periods in days are counted).
 */
#ifndef PLAYBOOK_MODEL_CALENDAR_H
#define PLAYBOOK_MODEL_CALENDAR_H

#include "playbook/model/texts.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Exceptions by date; other days are by weekday. */
struct calendar_day {
    int32_t day;
    bool working;
};
struct calendar {
    char *name;
    struct texts title;
    bool weekdays[8];          /* worked, by day_of_week() */
    struct calendar_day *days; /* ascending: holidays, and days worked to make up for them */
    size_t day_count;
};
/* So long: working days, then the rest. */
struct length {
    int64_t us;
    int working_days;
};

bool calendar_works_on(const struct calendar *calendar, int32_t day);
/* The `count`-th working day after `day`. */
int32_t calendar_add(const struct calendar *calendar, int32_t day, int count);
/* How many working days lie after `from` up to and with `to`; 0 when `to` is not later. */
int calendar_count(const struct calendar *calendar, int32_t from, int32_t to);
/* The instant so long after another: with working days the end of the last of them, and the rest after that. */
int64_t calendar_after_us(const struct calendar *calendar, GTimeZone *zone, int64_t from_us, struct length length);

#endif
