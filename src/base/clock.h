/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - the one source of "now", injected so that tests and rehearsals live a fortnight in a second.
 *
 * Units   UTC microseconds. A manual clock stands still until it is set.
 * Owner   any thread may read; a manual clock is set by its owner.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define US_PER_SECOND 1000000LL
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR (60 * US_PER_MINUTE)
#define US_PER_DAY (24 * US_PER_HOUR)

struct clock {
    _Atomic int64_t manual_us; /* 0: the system's time */
};

void clock_init_system(struct clock *clock);
void clock_init_manual(struct clock *clock, int64_t now_us);
void clock_set(struct clock *clock, int64_t now_us); /* manual clocks only; never backwards */
int64_t clock_now_us(const struct clock *clock);
int64_t clock_monotonic_us(void); /* for batching and time-outs only, never in a fact */

#endif
