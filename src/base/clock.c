/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <glib.h>

void clock_init_system(struct clock *clock)
{
    clock->manual_us = 0;
}

void clock_init_manual(struct clock *clock, int64_t now_us)
{
    g_assert(now_us > 0);
    clock->manual_us = now_us;
}

void clock_set(struct clock *clock, int64_t now_us)
{
    g_assert(clock->manual_us > 0 && now_us >= clock->manual_us);
    clock->manual_us = now_us;
}

int64_t clock_now_us(const struct clock *clock)
{
    int64_t manual_us = clock->manual_us;
    return manual_us > 0 ? manual_us : g_get_real_time();
}

int64_t clock_monotonic_us(void)
{
    return g_get_monotonic_time();
}
