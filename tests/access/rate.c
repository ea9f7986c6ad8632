/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever has spent their share is not forgotten for those who come after, however many they are. */
#include "access/access.h"

#define BURST     3
#define STRANGERS 50000 /* more than the table holds */

static bool take(struct rate_limiter *limiter, const char *key, int64_t at_us)
{
    int wait_seconds;
    return rate_limiter_take(limiter, key, at_us, &wait_seconds);
}

static void not_washed_out(void)
{
    struct rate_limiter *limiter = rate_limiter_new(1, BURST);
    for (int i = 0; i < BURST; i++)
        g_assert_true(take(limiter, "guesser", 0));
    g_assert_false(take(limiter, "guesser", 0));
    int taken = 0;
    for (int i = 0; i < STRANGERS; i++) {
        g_autofree char *key = g_strdup_printf("2001:db8:0:%x::/64", i);
        taken += take(limiter, key, 0);
        if (i % 1000 == 0)
            g_assert_false(take(limiter, "guesser", 0));
    }
    g_assert_cmpint(taken, >, 10000);
    g_assert_cmpint(taken, <, STRANGERS); /* those without a place share one bucket */
    g_assert_false(take(limiter, "guesser", 0));
    /* a quarter of an hour later all is as new, and there is a place again */
    int64_t later_us = 15 * US_PER_MINUTE;
    for (int i = 0; i < 2 * BURST; i++)
        g_assert_cmpint(take(limiter, "somebody new", later_us), ==, i < BURST);
    g_assert_true(take(limiter, "somebody else", later_us));
    g_assert_true(take(limiter, "guesser", later_us));
    rate_limiter_free(limiter);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rate/not-washed-out", not_washed_out);
    return g_test_run();
}
