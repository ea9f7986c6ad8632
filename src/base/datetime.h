/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * datetime - instants and days, and their texts.
 *
 * Shape   an instant is UTC microseconds (int64); a day is days since 1970-01-01 of the proleptic Gregorian calendar,
 *         in the time zone of the playbook; a time of day is minutes since midnight.
 * Errors  parse functions return false and leave their outputs alone.
 * Source  RFC 3339; RFC 9557 names zones, which is GTimeZone's part here.
 * Owner   pure functions; any thread.
 */
#ifndef BASE_DATETIME_H
#define BASE_DATETIME_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define DATETIME_TEXT_MAX 40

/* "2020-02-03T08:30:00+08:00" or "...Z", with up to six decimals of a second; an offset is required. Impossible dates
 * (30 February, 24:00, second 60) are refused; years 1900 to 2199. */
bool datetime_parse(const char *text, int64_t *out_us);
/* The same without an offset, with a blank or T, seconds or none, as clocks in the zone show it. How many instants they
 * show it at, in *out_us ascending: 0 where it is skipped, 2 where it comes twice; -1 when it is no time. */
int datetime_parse_local(const char *text, GTimeZone *zone, int64_t out_us[2]);
/* In the given zone, to the second ("2020-02-03T08:30:00+08:00"), decimals only when there are any. */
void datetime_format(int64_t at_us, GTimeZone *zone, char out[DATETIME_TEXT_MAX]);

bool date_parse(const char *text, int32_t *out_day); /* "2020-02-03" */
void date_format(int32_t day, char out[DATETIME_TEXT_MAX]);
bool time_of_day_parse(const char *text, int *out_minutes); /* "06:30"; "24:00" is 1440 */

int32_t day_of(int64_t at_us, GTimeZone *zone);
/* The instant of a time of day in the zone: of a time that the clock shows twice the later, of one that it skips the
 * instant at which it goes forward. `minutes` may lie beyond 24:00, in the days that follow. */
int64_t day_time_us(int32_t day, int minutes, GTimeZone *zone);
/* The same, but of a time that the clock shows twice the earlier. */
int64_t day_time_first_us(int32_t day, int minutes, GTimeZone *zone);
/* The same as day_time_us(), but a time that the clock skips is so much later as it goes forward: 02:30 is 03:30. */
int64_t day_time_moved_us(int32_t day, int minutes, GTimeZone *zone);
/* The zone of this name in the IANA database; NULL for all else, also for offsets such as UTC+8, which POSIX reads the
 * other way round. */
GTimeZone *zone_find(const char *name);

int32_t day_from_civil(int year, int month, int day_of_month);
void day_to_civil(int32_t day, int *out_year, int *out_month, int *out_day_of_month);
int day_of_week(int32_t day); /* 1 Monday to 7 Sunday */

/* "30min", "2h", "14d", "90s"; whole numbers of one unit. */
bool duration_parse(const char *text, int64_t *out_us);
void duration_format(int64_t us, char out[DATETIME_TEXT_MAX]); /* the same, in the largest unit that is whole */
bool working_days_parse(const char *text, int *out_count);     /* "5wd", at most 1000 */

#endif
