/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/datetime.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define YEAR_FIRST 1900
#define YEAR_LAST  2199

/* Civil date arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), days_from_civil. */
int32_t day_from_civil(int year, int month, int day_of_month)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void day_to_civil(int32_t day, int *out_year, int *out_month, int *out_day_of_month)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    *out_day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *out_month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *out_year = year_of_era + era * 400 + (*out_month <= 2);
}

int day_of_week(int32_t day)
{
    int from_thursday = day % 7; /* 1970-01-01 was a Thursday */
    if (from_thursday < 0)
        from_thursday += 7;
    return (from_thursday + 3) % 7 + 1;
}

/* Exactly `count` digits, or -1. */
static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Reads ten characters "2020-02-03". */
static bool take_date(const char *text, int32_t *out_day)
{
    int year = digits(text, 4);
    if (year < YEAR_FIRST || year > YEAR_LAST || text[4] != '-')
        return false;
    int month = digits(text + 5, 2);
    if (month < 1 || month > 12 || text[7] != '-')
        return false;
    int day = digits(text + 8, 2);
    if (day < 1 || day > g_date_get_days_in_month((GDateMonth)month, (GDateYear)year))
        return false;
    *out_day = day_from_civil(year, month, day);
    return true;
}

bool date_parse(const char *text, int32_t *out_day)
{
    return strlen(text) == 10 && take_date(text, out_day);
}

/* Reads "+08:00" or "Z" to the end of the text. */
static bool take_offset(const char *text, int64_t *out_us)
{
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) {
        *out_us = 0;
        return true;
    }
    if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':')
        return false;
    int hours = digits(text + 1, 2), minutes = digits(text + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *out_us = (hours * US_PER_HOUR + minutes * US_PER_MINUTE) * (text[0] == '-' ? -1 : 1);
    return true;
}

bool datetime_parse(const char *text, int64_t *out_us)
{
    int32_t day;
    if (strlen(text) < 20 || !take_date(text, &day) || (text[10] != 'T' && text[10] != 't'))
        return false;
    int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
    if (text[13] != ':' || text[16] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 59)
        return false;
    const char *at = text + 19;
    int64_t fraction_us = 0;
    if (*at == '.') {
        int64_t weight = 100000;
        if (!g_ascii_isdigit(*++at))
            return false;
        for (; g_ascii_isdigit(*at); at++, weight /= 10) {
            if (weight == 0)
                return false;
            fraction_us += (*at - '0') * weight;
        }
    }
    int64_t offset_us;
    if (!take_offset(at, &offset_us))
        return false;
    *out_us = day * US_PER_DAY + hour * US_PER_HOUR + minute * US_PER_MINUTE + second * US_PER_SECOND + fraction_us -
              offset_us;
    return true;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int32_t find_offset_s(gint64 at_s, GTimeZone *zone, gint *out_interval)
{
    *out_interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s);
    return *out_interval < 0 ? 0 : g_time_zone_get_offset(zone, *out_interval);
}

/*
 * GLib looks for an instant's interval among all that the zone ever had. A thread therefore keeps the offsets of the
 * spans of time that it asked for last: those in which both ends lie in one interval, hence everything between them.
 */
#define SPAN_S 131072 /* a day and a half */
#define SPANS  16

struct span_offset {
    GTimeZone *zone; /* owned, so that its address stands for nothing else; NULL empty */
    gint64 span;
    int32_t offset_s;
};

static void forget_spans(gpointer taken)
{
    struct span_offset *spans = taken;
    for (int i = 0; i < SPANS; i++)
        if (spans[i].zone != NULL)
            g_time_zone_unref(spans[i].zone);
    g_free(spans);
}

static struct span_offset *kept_span(gint64 span)
{
    static GPrivate kept = G_PRIVATE_INIT(forget_spans);
    struct span_offset *spans = g_private_get(&kept);
    if (spans == NULL) {
        spans = g_new0(struct span_offset, SPANS);
        g_private_set(&kept, spans);
    }
    return &spans[span & (SPANS - 1)];
}

static int32_t zone_offset_s(int64_t at_us, GTimeZone *zone)
{
    gint64 at_s = floor_divide(at_us, US_PER_SECOND), span = floor_divide(at_s, SPAN_S);
    struct span_offset *kept = kept_span(span);
    if (kept->zone == zone && kept->span == span)
        return kept->offset_s;
    gint first, last;
    int32_t offset_s = find_offset_s(span * SPAN_S, zone, &first);
    find_offset_s(span * SPAN_S + SPAN_S - 1, zone, &last);
    if (first != last)
        return find_offset_s(at_s, zone, &first);
    if (kept->zone != NULL)
        g_time_zone_unref(kept->zone);
    *kept = (struct span_offset){.zone = g_time_zone_ref(zone), .span = span, .offset_s = offset_s};
    return offset_s;
}

#define LOCAL_MINUTES_CHARS 16 /* 2020-02-03T14:05 */

int datetime_parse_local(const char *text, GTimeZone *zone, int64_t out_us[2])
{
    int64_t shown_us;
    bool to_minutes = strlen(text) == LOCAL_MINUTES_CHARS;
    g_autofree char *whole = g_strconcat(text, to_minutes ? ":00Z" : "Z", NULL);
    if (strlen(whole) > 10 && whole[10] == ' ')
        whole[10] = 'T';
    if (!datetime_parse(whole, &shown_us))
        return -1;
    /* As UTC it is less than a day away from where it is: one offset may be in force before, another one behind. */
    int32_t offsets_s[] = {zone_offset_s(shown_us - US_PER_DAY, zone), zone_offset_s(shown_us + US_PER_DAY, zone)};
    int count = 0;
    for (int i = 0; i < (offsets_s[0] == offsets_s[1] ? 1 : 2); i++) {
        int64_t at_us = shown_us - offsets_s[i] * US_PER_SECOND;
        if (zone_offset_s(at_us, zone) == offsets_s[i])
            out_us[count++] = at_us;
    }
    return count;
}

void datetime_format(int64_t at_us, GTimeZone *zone, char out[DATETIME_TEXT_MAX])
{
    int32_t offset_s = zone_offset_s(at_us, zone);
    int64_t local_us = at_us + offset_s * US_PER_SECOND;
    int64_t day = floor_divide(local_us, US_PER_DAY), rest_us = local_us - day * US_PER_DAY;
    int year, month, day_of_month;
    day_to_civil((int32_t)day, &year, &month, &day_of_month);
    int fraction_us = (int)(rest_us % US_PER_SECOND), seconds = (int)(rest_us / US_PER_SECOND);
    char fraction[8] = "";
    if (fraction_us > 0)
        g_snprintf(fraction, sizeof fraction, ".%06d", fraction_us);
    char zone_text[8] = "Z";
    if (offset_s != 0)
        g_snprintf(zone_text, sizeof zone_text, "%c%02d:%02d", offset_s < 0 ? '-' : '+', abs(offset_s) / 3600 % 100,
                   abs(offset_s) / 60 % 60);
    g_snprintf(out, DATETIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d%s%s", year, month, day_of_month, seconds / 3600,
               seconds / 60 % 60, seconds % 60, fraction, zone_text);
}

void date_format(int32_t day, char out[DATETIME_TEXT_MAX])
{
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    g_snprintf(out, DATETIME_TEXT_MAX, "%04d-%02d-%02d", year, month, day_of_month);
}

bool time_of_day_parse(const char *text, int *out_minutes)
{
    if (strlen(text) != 5 || text[2] != ':')
        return false;
    int hour = digits(text, 2), minute = digits(text + 3, 2);
    if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60)
        return false;
    *out_minutes = hour * 60 + minute;
    return true;
}

int32_t day_of(int64_t at_us, GTimeZone *zone)
{
    return (int32_t)floor_divide(at_us + zone_offset_s(at_us, zone) * US_PER_SECOND, US_PER_DAY);
}

static gint64 local_seconds(int32_t day, int minutes)
{
    return day * (US_PER_DAY / US_PER_SECOND) + minutes * 60LL;
}

#define CHANGE_WITHIN_S (26 * 3600) /* no clock is further from UTC, or is changed by more, than this */

static gint64 offset_at_s(gint64 at_s, GTimeZone *zone)
{
    return zone_offset_s(at_s * US_PER_SECOND, zone);
}

/* The instant at which the clock shows it, by what it is ahead of UTC `from_s` away; false where it shows another. */
static bool shown_at(gint64 local_s, gint64 from_s, GTimeZone *zone, gint64 *out_s)
{
    gint64 at_s = local_s - offset_at_s(local_s + from_s, zone);
    *out_s = at_s;
    return at_s + offset_at_s(at_s, zone) == local_s;
}

int64_t day_time_first_us(int32_t day, int minutes, GTimeZone *zone)
{
    gint64 at_s;
    bool shown = shown_at(local_seconds(day, minutes), -CHANGE_WITHIN_S, zone, &at_s);
    return shown ? at_s * US_PER_SECOND : day_time_us(day, minutes, zone);
}

int64_t day_time_moved_us(int32_t day, int minutes, GTimeZone *zone)
{
    gint64 local_s = local_seconds(day, minutes), at_s;
    if (shown_at(local_s, CHANGE_WITHIN_S, zone, &at_s) || shown_at(local_s, -CHANGE_WITHIN_S, zone, &at_s))
        return day_time_us(day, minutes, zone);
    return at_s * US_PER_SECOND; /* by the clock that no longer holds */
}

int64_t day_time_us(int32_t day, int minutes, GTimeZone *zone)
{
    gint64 local_s = local_seconds(day, minutes), at_s;
    if (shown_at(local_s, CHANGE_WITHIN_S, zone, &at_s) || shown_at(local_s, -CHANGE_WITHIN_S, zone, &at_s))
        return at_s * US_PER_SECOND;
    gint interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_STANDARD, &local_s);
    return (local_s - g_time_zone_get_offset(zone, interval)) * US_PER_SECOND;
}

/* Area/City, or one word without digits; not what GLib would read as a rule, or a path. */
static bool is_zone_name(const char *name)
{
    bool area = false;
    if (!g_ascii_isupper(*name)) /* right/… and posix/… are the same clocks with other seconds */
        return false;
    for (const char *p = name; *p != '\0'; p++) {
        bool sign = *p == '_' || *p == '-' || *p == '+' || g_ascii_isdigit(*p);
        if (*p == '/' && g_ascii_isalpha(p[1]))
            area = true;
        else if (!g_ascii_isalpha(*p) && !(sign && (area || *p == '-')))
            return false;
    }
    return true;
}

GTimeZone *zone_find(const char *name)
{
    return is_zone_name(name) ? g_time_zone_new_identifier(name) : NULL;
}

static const struct {
    const char *name;
    int64_t us;
} duration_units[] = {{"s", US_PER_SECOND}, {"min", US_PER_MINUTE}, {"h", US_PER_HOUR}, {"d", US_PER_DAY}};

void duration_format(int64_t us, char out[DATETIME_TEXT_MAX])
{
    size_t i = G_N_ELEMENTS(duration_units) - 1;
    while (i > 0 && us % duration_units[i].us != 0)
        i--;
    g_snprintf(out, DATETIME_TEXT_MAX, "%" G_GINT64_FORMAT "%s", us / duration_units[i].us, duration_units[i].name);
}

bool duration_parse(const char *text, int64_t *out_us)
{
    char *end;
    if (!g_ascii_isdigit(*text))
        return false;
    guint64 count = g_ascii_strtoull(text, &end, 10);
    if (count > 100000)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(duration_units); i++)
        if (strcmp(end, duration_units[i].name) == 0) {
            *out_us = (int64_t)count * duration_units[i].us;
            return true;
        }
    return false;
}

bool working_days_parse(const char *text, int *out_count)
{
    char *end;
    if (!g_ascii_isdigit(*text))
        return false;
    guint64 count = g_ascii_strtoull(text, &end, 10);
    if (count > 1000 || strcmp(end, "wd") != 0)
        return false;
    *out_count = (int)count;
    return true;
}
