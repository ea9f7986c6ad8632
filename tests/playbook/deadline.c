/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When things fall due: windows, days of the zone, quiet hours, digests. */
#include "playbook/model/deadline.h"

#include "playbook/model/calendar.h"

#include "base/clock.h"
#include "base/datetime.h"

#include <string.h>

static int64_t us(const char *text)
{
    int64_t at_us;
    if (!datetime_parse(text, &at_us))
        g_error("no time: %s", text);
    return at_us;
}

static struct window windows[] = {{6 * 60 + 30, 10 * 60}, {16 * 60, 20 * 60 + 30}};
static struct expect check_in = {.deadline = DEADLINE_WINDOWS, .windows = windows, .window_count = 2};
static struct expect daily = {.deadline = DEADLINE_DAILY, .at_minutes = 16 * 60};
static struct expect midnight = {.deadline = DEADLINE_DAILY, .at_minutes = 24 * 60};

static GTimeZone *zone(void)
{
    static GTimeZone *shanghai;
    if (shanghai == NULL)
        shanghai = g_time_zone_new_identifier("Asia/Shanghai");
    return shanghai;
}

struct row {
    const char *when;
    struct expect *expect;
    const char *at, *opens, *due; /* given, then */
};

static const struct row at_rows[] = {
    {"in the night", &check_in, "2020-02-03T00:00:00+08:00", "2020-02-03T06:30:00+08:00", "2020-02-03T10:00:00+08:00"},
    {"in a window", &check_in, "2020-02-03T08:00:00+08:00", "2020-02-03T06:30:00+08:00", "2020-02-03T10:00:00+08:00"},
    {"its last moment", &check_in, "2020-02-03T10:00:00+08:00", "2020-02-03T06:30:00+08:00",
     "2020-02-03T10:00:00+08:00"},
    {"one us too late", &check_in, "2020-02-03T10:00:00.000001+08:00", "2020-02-03T16:00:00+08:00",
     "2020-02-03T20:30:00+08:00"},
    {"after the last", &check_in, "2020-02-03T20:30:00.000001+08:00", "2020-02-04T06:30:00+08:00",
     "2020-02-04T10:00:00+08:00"},
    {"the zone's day, not UTC's", &check_in, "2020-02-03T23:30:00Z", "2020-02-04T06:30:00+08:00",
     "2020-02-04T10:00:00+08:00"},
    {"end of February", &check_in, "2020-02-29T21:00:00+08:00", "2020-03-01T06:30:00+08:00",
     "2020-03-01T10:00:00+08:00"},
    {"report before time", &daily, "2020-02-03T15:59:59+08:00", "2020-02-03T00:00:00+08:00",
     "2020-02-03T16:00:00+08:00"},
    {"report at the time", &daily, "2020-02-03T16:00:00+08:00", "2020-02-03T00:00:00+08:00",
     "2020-02-03T16:00:00+08:00"},
    {"report after time", &daily, "2020-02-03T16:00:00.000001+08:00", "2020-02-04T00:00:00+08:00",
     "2020-02-04T16:00:00+08:00"},
    {"by midnight", &midnight, "2020-02-03T23:59:59+08:00", "2020-02-03T00:00:00+08:00", "2020-02-04T00:00:00+08:00"},
};

static const struct row after_rows[] = {
    {"morning, evening", &check_in, "2020-02-03T06:30:00+08:00", "2020-02-03T16:00:00+08:00",
     "2020-02-03T20:30:00+08:00"},
    {"evening, morning", &check_in, "2020-02-03T16:00:00+08:00", "2020-02-04T06:30:00+08:00",
     "2020-02-04T10:00:00+08:00"},
    {"day by day", &daily, "2020-02-03T00:00:00+08:00", "2020-02-04T00:00:00+08:00", "2020-02-04T16:00:00+08:00"},
    {"year's end", &daily, "2020-12-31T00:00:00+08:00", "2021-01-01T00:00:00+08:00", "2021-01-01T16:00:00+08:00"},
};

static void test_occurrences(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(at_rows); i++) {
        const struct row *row = &at_rows[i];
        struct occurrence found = occurrence_at(row->expect, zone(), us(row->at));
        g_test_message("%s", row->when);
        g_assert_cmpint(found.opens_us, ==, us(row->opens));
        g_assert_cmpint(found.due_us, ==, us(row->due));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(after_rows); i++) {
        const struct row *row = &after_rows[i];
        struct occurrence found = occurrence_after(row->expect, zone(), us(row->at));
        g_test_message("%s", row->when);
        g_assert_cmpint(found.opens_us, ==, us(row->opens));
        g_assert_cmpint(found.due_us, ==, us(row->due));
    }
}

/* A fortnight by day: two occurrences each, opening where the one before ended, none twice. */
static void test_fortnight(void)
{
    struct occurrence occurrence = occurrence_at(&check_in, zone(), us("2020-02-03T00:00:00+08:00"));
    int64_t first_us = occurrence.opens_us;
    for (int i = 0; i < 28; i++) {
        struct occurrence next = occurrence_after(&check_in, zone(), occurrence.opens_us);
        g_assert_cmpint(next.opens_us, >, occurrence.due_us);
        occurrence = next;
    }
    g_assert_cmpint(occurrence.opens_us - first_us, ==, 14 * US_PER_DAY);
}

/* Days on which the clock skips an hour, or shows it twice, in windows and by a time of day. */
static struct window early[] = {{2 * 60 + 15, 2 * 60 + 45}}, around[] = {{90, 150}, {150, 240}},
                     twice[] = {{120, 140}, {150, 170}}, night[] = {{22 * 60, 6 * 60}}, late[] = {{22 * 60, 1440}},
                     last[] = {{23 * 60, 23 * 60 + 30}};
#define WINDOWS(list)                                                                                                  \
    {                                                                                                                  \
        .deadline = DEADLINE_WINDOWS, .windows = list, .window_count = G_N_ELEMENTS(list)                              \
    }
static struct expect in_gap = WINDOWS(early), about = WINDOWS(around), both = WINDOWS(twice), over = WINDOWS(night),
                     evening = WINDOWS(late), hour = WINDOWS(last);
static struct expect half = {.deadline = DEADLINE_DAILY, .at_minutes = 30},
                     two = {.deadline = DEADLINE_DAILY, .at_minutes = 150},
                     noon = {.deadline = DEADLINE_DAILY, .at_minutes = 720},
                     friday = {.deadline = DEADLINE_WEEKLY, .at_minutes = 720, .on = 1u << 5};
static const struct change_row {
    const char *when, *zone;
    struct expect *expect;
    const char *at;
    const char *opens[3], *due[3]; /* one after another */
} change_rows[] = {
    {"a window in the hour that is skipped",
     "Europe/Berlin",
     &in_gap,
     "2020-03-28T01:00:00Z",
     {"2020-03-28T01:15:00Z", "2020-03-30T00:15:00Z", "2020-03-31T00:15:00Z"},
     {"2020-03-28T01:45:00Z", "2020-03-30T00:45:00Z", "2020-03-31T00:45:00Z"}},
    {"windows that begin or end in it",
     "Europe/Berlin",
     &about,
     "2020-03-29T00:00:00Z",
     {"2020-03-29T00:30:00Z", "2020-03-29T01:00:00Z", "2020-03-29T23:30:00Z"},
     {"2020-03-29T01:00:00Z", "2020-03-29T02:00:00Z", "2020-03-30T00:30:00Z"}},
    {"a window in the hour that comes twice",
     "Europe/Berlin",
     &in_gap,
     "2020-10-25T00:00:00Z",
     {"2020-10-25T00:15:00Z", "2020-10-26T01:15:00Z", "2020-10-27T01:15:00Z"},
     {"2020-10-25T01:45:00Z", "2020-10-26T01:45:00Z", "2020-10-27T01:45:00Z"}},
    {"two of them in it",
     "Europe/Berlin",
     &both,
     "2020-10-24T22:00:00Z",
     {"2020-10-25T00:00:00Z", "2020-10-25T01:30:00Z", "2020-10-26T01:00:00Z"},
     {"2020-10-25T01:20:00Z", "2020-10-25T01:50:00Z", "2020-10-26T01:20:00Z"}},
    {"over midnight, and an hour longer",
     "Europe/Berlin",
     &over,
     "2020-10-23T23:00:00Z",
     {"2020-10-23T20:00:00Z", "2020-10-24T20:00:00Z", "2020-10-25T21:00:00Z"},
     {"2020-10-24T04:00:00Z", "2020-10-25T05:00:00Z", "2020-10-26T05:00:00Z"}},
    {"over midnight, in a leap year",
     "Asia/Shanghai",
     &over,
     "2020-02-28T22:00:00.000001Z",
     {"2020-02-29T14:00:00Z", "2020-03-01T14:00:00Z", "2020-03-02T14:00:00Z"},
     {"2020-02-29T22:00:00Z", "2020-03-01T22:00:00Z", "2020-03-02T22:00:00Z"}},
    {"over new year",
     "Asia/Shanghai",
     &over,
     "2020-12-31T20:00:00Z",
     {"2020-12-31T14:00:00Z", "2021-01-01T14:00:00Z", "2021-01-02T14:00:00Z"},
     {"2020-12-31T22:00:00Z", "2021-01-01T22:00:00Z", "2021-01-02T22:00:00Z"}},
    {"up to a midnight that there is not",
     "America/Sao_Paulo",
     &evening,
     "2018-11-03T12:00:00Z",
     {"2018-11-04T01:00:00Z", "2018-11-05T00:00:00Z", "2018-11-06T00:00:00Z"},
     {"2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", "2018-11-06T02:00:00Z"}},
    {"up to a midnight that comes an hour late",
     "America/Sao_Paulo",
     &evening,
     "2018-02-17T12:00:00Z",
     {"2018-02-18T00:00:00Z", "2018-02-19T01:00:00Z", "2018-02-20T01:00:00Z"},
     {"2018-02-18T03:00:00Z", "2018-02-19T03:00:00Z", "2018-02-20T03:00:00Z"}},
    {"in the last hour, which comes twice",
     "America/Sao_Paulo",
     &hour,
     "2018-02-17T12:00:00Z",
     {"2018-02-18T01:00:00Z", "2018-02-19T02:00:00Z", "2018-02-20T02:00:00Z"},
     {"2018-02-18T02:30:00Z", "2018-02-19T02:30:00Z", "2018-02-20T02:30:00Z"}},
    {"by a time that is skipped at midnight",
     "America/Sao_Paulo",
     &half,
     "2018-11-03T03:00:00Z",
     {"2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
     {"2018-11-03T03:30:00Z", "2018-11-04T03:30:00Z", "2018-11-05T02:30:00Z"}},
    {"by a time that is skipped",
     "Europe/Berlin",
     &two,
     "2020-03-28T00:00:00Z",
     {"2020-03-27T23:00:00Z", "2020-03-28T23:00:00Z", "2020-03-29T22:00:00Z"},
     {"2020-03-28T01:30:00Z", "2020-03-29T01:30:00Z", "2020-03-30T00:30:00Z"}},
    {"by a time that comes twice",
     "Europe/Berlin",
     &two,
     "2020-10-24T00:00:00Z",
     {"2020-10-23T22:00:00Z", "2020-10-24T22:00:00Z", "2020-10-25T23:00:00Z"},
     {"2020-10-24T00:30:00Z", "2020-10-25T01:30:00Z", "2020-10-26T01:30:00Z"}},
    {"no 30 December 2011",
     "Pacific/Apia",
     &noon,
     "2011-12-29T12:00:00Z",
     {"2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
     {"2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z", "2011-12-31T22:00:00Z"}},
    {"a Friday that there is not",
     "Pacific/Apia",
     &friday,
     "2011-12-23T12:00:00Z",
     {"2011-12-17T10:00:00Z", "2011-12-24T10:00:00Z", "2012-01-06T10:00:00Z"},
     {"2011-12-23T22:00:00Z", "2012-01-05T22:00:00Z", "2012-01-12T22:00:00Z"}},
};

static void test_clock_changes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(change_rows); i++) {
        g_autoptr(GTimeZone) there = zone_find(change_rows[i].zone);
        struct occurrence found = occurrence_at(change_rows[i].expect, there, us(change_rows[i].at));
        g_test_message("%s", change_rows[i].when);
        for (size_t k = 0; k < G_N_ELEMENTS(change_rows[i].opens); k++) {
            g_assert_cmpint(found.opens_us, ==, us(change_rows[i].opens[k]));
            g_assert_cmpint(found.due_us, ==, us(change_rows[i].due[k]));
            found = occurrence_after(change_rows[i].expect, there, found.opens_us);
        }
    }
}

static void test_next(void)
{
    struct escalation steps[] = {{.after_us = 2 * US_PER_HOUR}, {.after_us = 4 * US_PER_HOUR}};
    struct expect expect = check_in;
    expect.escalations = steps;
    expect.escalation_count = 2;
    expect.warn_us = US_PER_HOUR;
    struct occurrence morning = occurrence_at(&expect, zone(), us("2020-02-03T07:00:00+08:00"));
    const struct {
        struct progress progress;
        const char *next;
    } rows[] = {
        {{false, false, 0}, "2020-02-03T09:00:00+08:00"}, {{true, false, 0}, "2020-02-03T10:00:00.000001+08:00"},
        {{true, true, 0}, "2020-02-03T12:00:00+08:00"},   {{true, true, 1}, "2020-02-03T14:00:00+08:00"},
        {{true, true, 2}, "2020-02-03T16:00:00+08:00"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(deadline_next_us(&expect, zone(), morning, rows[i].progress), ==, us(rows[i].next));
    expect.warn_percent = 50;
    g_assert_cmpint(deadline_next_us(&expect, zone(), morning, (struct progress){0}), ==,
                    us("2020-02-03T08:15:00+08:00"));
    g_assert_cmpint(deadline_next_us(&expect, zone(), morning, (struct progress){.stood_us = US_PER_HOUR}), ==,
                    us("2020-02-03T08:45:00+08:00"));
    expect.warn_percent = 0;
    expect.optional = true;
    g_assert_cmpint(deadline_next_us(&expect, zone(), morning, (struct progress){0}), ==,
                    us("2020-02-03T16:00:00+08:00"));
    struct expect once = {.deadline = DEADLINE_WITHIN, .optional = true};
    g_assert_cmpint(deadline_next_us(&once, zone(), morning, (struct progress){0}), ==, NEVER_US);
    once.optional = false;
    g_assert_cmpint(deadline_next_us(&once, zone(), morning, (struct progress){0}), ==, morning.due_us + 1);
    g_assert_cmpint(deadline_next_us(&once, zone(), morning, (struct progress){.overdue = true}), ==, NEVER_US);
    g_assert_cmpint(deadline_next_us(&once, zone(), morning, (struct progress){.paused_us = 1}), ==, NEVER_US);
}

/* Spring Festival of 2020 with its days worked to make up for it. */
static void test_calendar(void)
{
    struct calendar_day days[9] = {{day_from_civil(2020, 1, 19), true}, {day_from_civil(2020, 2, 1), true}};
    for (int i = 0; i < 7; i++)
        days[2 + i] = (struct calendar_day){day_from_civil(2020, 1, 24 + i), false};
    struct calendar_day off = days[1];
    memmove(&days[1], &days[2], 7 * sizeof *days);
    days[8] = off;
    const struct calendar calendar = {
        .weekdays = {[1] = true, true, true, true, true}, .days = days, .day_count = G_N_ELEMENTS(days)};
    g_assert_true(calendar_works_on(&calendar, day_from_civil(2020, 1, 19)));
    g_assert_false(calendar_works_on(&calendar, day_from_civil(2020, 1, 18)));
    g_assert_false(calendar_works_on(&calendar, day_from_civil(2020, 1, 30)));
    g_assert_true(calendar_works_on(&calendar, day_from_civil(2020, 2, 1)));
    g_assert_true(calendar_works_on(NULL, day_from_civil(2020, 1, 26)));
    g_assert_cmpint(calendar_add(&calendar, day_from_civil(2020, 1, 23), 1), ==, day_from_civil(2020, 1, 31));
    g_assert_cmpint(calendar_add(&calendar, day_from_civil(2020, 1, 23), 0), ==, day_from_civil(2020, 1, 23));
    g_assert_cmpint(calendar_add(NULL, day_from_civil(2020, 1, 23), 5), ==, day_from_civil(2020, 1, 28));
    g_assert_cmpint(calendar_count(&calendar, day_from_civil(2020, 1, 22), day_from_civil(2020, 2, 3)), ==, 4);
    g_assert_cmpint(calendar_count(&calendar, day_from_civil(2020, 2, 3), day_from_civil(2020, 2, 3)), ==, 0);
    const struct calendar idle = {.name = (char *)"idle"}; /* no day is worked: it ends all the same */
    g_assert_cmpint(calendar_add(&idle, 0, 1000), >, 1000);
    int64_t from_us = us("2020-01-22T09:00:00+08:00");
    g_assert_cmpint(calendar_after_us(&calendar, zone(), from_us, (struct length){.working_days = 2}), ==,
                    us("2020-02-01T00:00:00+08:00"));
    g_assert_cmpint(calendar_after_us(&calendar, zone(), from_us, (struct length){.us = US_PER_HOUR}), ==,
                    us("2020-01-22T10:00:00+08:00"));
}

static void test_shown(void)
{
    struct playbook playbook = {.zone = zone(), .quiet_from_minutes = 22 * 60, .quiet_to_minutes = 6 * 60 + 30};
    const struct {
        const char *raised;
        int64_t digest_us;
        const char *shown;
    } rows[] = {
        {"2020-02-03T12:00:00+08:00", 0, "2020-02-03T12:00:00+08:00"},
        {"2020-02-03T12:00:00+08:00", 30 * US_PER_MINUTE, "2020-02-03T12:00:00+08:00"},
        {"2020-02-03T12:00:00.000001+08:00", 30 * US_PER_MINUTE, "2020-02-03T12:30:00+08:00"},
        {"2020-02-03T12:29:00+08:00", 30 * US_PER_MINUTE, "2020-02-03T12:30:00+08:00"},
        {"2020-02-03T21:59:59+08:00", 0, "2020-02-03T21:59:59+08:00"},
        {"2020-02-03T21:59:59+08:00", 30 * US_PER_MINUTE, "2020-02-04T06:30:00+08:00"},
        {"2020-02-03T22:00:00+08:00", 0, "2020-02-04T06:30:00+08:00"},
        {"2020-02-04T06:29:59+08:00", 0, "2020-02-04T06:30:00+08:00"},
        {"2020-02-04T06:30:00+08:00", 0, "2020-02-04T06:30:00+08:00"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(alert_shown_us(&playbook, us(rows[i].raised), rows[i].digest_us), ==, us(rows[i].shown));
    playbook.quiet_from_minutes = 12 * 60;
    playbook.quiet_to_minutes = 13 * 60;
    g_assert_cmpint(alert_shown_us(&playbook, us("2020-02-03T12:30:00+08:00"), 0), ==, us("2020-02-03T13:00:00+08:00"));
    playbook.quiet_to_minutes = 12 * 60;
    g_assert_cmpint(alert_shown_us(&playbook, us("2020-02-03T12:30:00+08:00"), 0), ==, us("2020-02-03T12:30:00+08:00"));
}

static void test_instant(void)
{
    int64_t found = 0;
    struct value date = {.type = VALUE_DATE, .day = day_from_civil(2020, 2, 3)};
    g_assert_true(instant_of(date, zone(), &found));
    g_assert_cmpint(found, ==, us("2020-02-04T00:00:00+08:00"));
    g_assert_true(instant_of((struct value){.type = VALUE_DATETIME, .us = 5}, zone(), &found));
    g_assert_cmpint(found, ==, 5);
    g_assert_false(instant_of((struct value){.type = VALUE_MISSING}, zone(), &found));
}

/* At once, then every five minutes; after the last as long again, then the phone list; never once it was seen. */
static void test_alerts(void)
{
    const struct occurrence when = {0, US_PER_HOUR};
    struct expect expect = {.alert = {.every_us = 5 * US_PER_MINUTE, .most = 2, .phone_list = true}};
    static const struct {
        struct progress progress;
        int64_t next_us;
    } rows[] = {
        {{.alerts = 0}, 0},
        {{.alerts = 1}, 5 * US_PER_MINUTE},
        {{.alerts = 2}, 10 * US_PER_MINUTE},
        {{.alerts = 2, .ringing = true}, NEVER_US},
        {{.alerts = 1, .seen = true}, NEVER_US},
        {{.alerts = 1, .paused_us = 1}, NEVER_US},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(deadline_alert_us(&expect, when, rows[i].progress), ==, rows[i].next_us);
    expect.alert.phone_list = false;
    g_assert_cmpint(deadline_alert_us(&expect, when, (struct progress){.alerts = 2}), ==, NEVER_US);
    expect.alert.every_us = 0;
    g_assert_cmpint(deadline_alert_us(&expect, when, (struct progress){0}), ==, NEVER_US);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/deadline/occurrences", test_occurrences);
    g_test_add_func("/matter/deadline/fortnight", test_fortnight);
    g_test_add_func("/matter/deadline/summer_time", test_clock_changes);
    g_test_add_func("/matter/deadline/next", test_next);
    g_test_add_func("/matter/deadline/calendar", test_calendar);
    g_test_add_func("/matter/deadline/shown", test_shown);
    g_test_add_func("/matter/deadline/instant", test_instant);
    g_test_add_func("/matter/deadline/alerts", test_alerts);
    return g_test_run();
}
