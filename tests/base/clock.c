/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A machine's clock that somebody sets, and what the program takes for now. */
#include "base/clock.h"

#include "base/limits.h"

#include <glib.h>

#define START_US 1580428800000000LL
#define S        US_PER_SECOND
#define H        US_PER_HOUR
#define D        US_PER_DAY

enum act { RUN, SHIFT, WATCH, ACCEPT, IS }; /* IS: now is so long after START_US, and the clock is held or not */

struct step {
    enum act act;
    int64_t us;
    bool held;
};

struct row {
    const char *name;
    int64_t seen_us; /* before START_US; INT64_MIN nothing was */
    struct step steps[12];
};

#define UNSEEN INT64_MIN

/* clang-format off */
static const struct row rows[] = {
    {"a clock that nobody sets is followed", 0, {{RUN, H}, {WATCH}, {IS, H}, {RUN, 2 * D}, {IS, 2 * D + H}}},
    {"a first start believes", UNSEEN, {{IS, 0}, {RUN, H}, {IS, H}}},
    {"a small step ahead is followed at once", 0, {{SHIFT, 59 * S}, {IS, 59 * S}, {WATCH}, {RUN, S}, {IS, 60 * S}}},
    {"small steps add up", 0, {{SHIFT, 59 * S}, {WATCH}, {SHIFT, 59 * S}, {WATCH}, {IS, 118 * S}}},
    {"a jump ahead is not believed, at once", 0, {{SHIFT, 2 * D}, {IS, 0, true}, {RUN, 7 * S}, {IS, 7 * S, true}}},
    {"and watching does not change that", 0, {{SHIFT, 61 * S}, {WATCH}, {RUN, H}, {WATCH}, {IS, H, true}}},
    {"set back again, all is well", 0, {{SHIFT, 2 * D}, {RUN, 7 * S}, {WATCH}, {SHIFT, -2 * D}, {IS, 7 * S}}},
    {"an accepted jump is the time", 0,
        {{SHIFT, 2 * D}, {RUN, S}, {ACCEPT, S}, {IS, 2 * D + S}, {RUN, H},
        {IS, 2 * D + S + H}}},
    {"a jump back does not stop the time", 0, {{SHIFT, -2 * D}, {RUN, H}, {WATCH}, {IS, H, true}}},
    {"accepted, it is made up for at half the pace", 0,
        {{SHIFT, -2 * H}, {RUN, H}, {ACCEPT, H}, {IS, H}, {RUN, 2 * H}, {IS, 2 * H}, {RUN, 2 * H},
        {IS, 3 * H}, {RUN, H}, {IS, 4 * H}}},
    {"a small step back does not turn time back", 0, {{RUN, H}, {WATCH}, {SHIFT, -40 * S}, {IS, H}, {WATCH}, {IS, H},
        {RUN, 20 * S}, {IS, H + 10 * S}, {RUN, 60 * S}, {IS, H + 40 * S}}},
    {"a start within a day is believed", 23 * H, {{IS, 0}, {SHIFT, 61 * S}, {IS, 0, true}}},
    {"a start after a day is not", 25 * H, {{IS, -25 * H, true}, {RUN, H}, {IS, -24 * H, true}}},
    {"it is once the machine is set right", 1000 * D,
        {{RUN, S}, {IS, -1000 * D + S, true}, {SHIFT, -1000 * D + 3 * H}, {WATCH},
        {IS, -1000 * D + 3 * H + S}, {SHIFT, 61 * S}, {IS, -1000 * D + 3 * H + S, true}}},
    {"or accepted", 25 * H, {{ACCEPT, -25 * H}, {IS, 0}}},
    {"a start before what was seen is not believed", -H,
        {{IS, H, true}, {RUN, S}, {IS, H + S, true}, {ACCEPT, H},
        {RUN, 2 * S}, {IS, H + S}}},
};
/* clang-format on */

static int64_t now_of(const struct clock *clock)
{
    return clock_now_us(clock) - START_US;
}

static void do_step(struct clock *clock, const struct step *step)
{
    switch (step->act) {
    case RUN:
        clock_set(clock, clock->manual_us + step->us);
        break;
    case SHIFT:
        clock_shift(clock, step->us);
        break;
    case WATCH:
        g_assert_cmpint(clock_watch(clock), ==, !clock_is_held(clock));
        break;
    case ACCEPT:
        clock_accept(clock, START_US + step->us);
        break;
    case IS:
        g_assert_cmpint(now_of(clock), ==, step->us);
        g_assert_cmpint(clock_is_held(clock), ==, step->held);
        break;
    }
}

static void test_row(gconstpointer data)
{
    const struct row *row = data;
    struct clock clock;
    clock_init_manual(&clock, START_US);
    clock_watch_manual(&clock);
    clock_guard(&clock, row->seen_us == UNSEEN ? 0 : START_US - row->seen_us);
    for (size_t i = 0; i < G_N_ELEMENTS(row->steps); i++) {
        if (row->steps[i].act == RUN && row->steps[i].us == 0)
            break;
        int64_t before_us = clock_now_us(&clock);
        do_step(&clock, &row->steps[i]);
        if (row->steps[i].act != SHIFT && row->steps[i].act != ACCEPT)
            g_assert_cmpint(clock_now_us(&clock), >=, before_us);
    }
}

/* What phones may claim while it is not known who is right. */
static void test_latest(void)
{
    struct clock clock;
    clock_init_manual(&clock, START_US);
    clock_watch_manual(&clock);
    g_assert_cmpint(clock_latest_us(&clock), ==, START_US);
    clock_shift(&clock, 2 * D);
    g_assert_cmpint(clock_latest_us(&clock), ==, START_US + 2 * D);
    clock_shift(&clock, 1000 * D);
    g_assert_cmpint(clock_latest_us(&clock), ==, START_US + LIMIT_CLOCK_DOUBT_US);
    clock_shift(&clock, -1010 * D);
    g_assert_cmpint(clock_latest_us(&clock), ==, START_US);
}

/* The system's clock is guarded alike, with the real time that runs. */
static void test_system(void)
{
    struct clock clock;
    clock_init_system(&clock);
    clock_guard(&clock, g_get_real_time());
    g_assert_false(clock_is_held(&clock));
    clock_shift(&clock, 2 * D);
    g_assert_true(clock_is_held(&clock));
    g_assert_cmpint(clock_now_us(&clock), <, g_get_real_time() + D);
    clock_accept(&clock, clock_now_us(&clock));
    g_assert_false(clock_is_held(&clock));
    g_assert_cmpint(clock_now_us(&clock), >, g_get_real_time() + D);
}

/* Rehearsals and tests move a manual clock over days. */
static void test_manual_is_free(void)
{
    struct clock clock;
    clock_init_manual(&clock, START_US);
    clock_guard(&clock, START_US - 1000 * D);
    g_assert_false(clock_is_held(&clock));
    clock_set(&clock, START_US + 5 * D);
    g_assert_true(clock_watch(&clock));
    g_assert_cmpint(now_of(&clock), ==, 5 * D);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/clock/%s", rows[i].name);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/clock/what phones may claim", test_latest);
    g_test_add_func("/clock/the system's", test_system);
    g_test_add_func("/clock/a manual one is free", test_manual_is_free);
    return g_test_run();
}
