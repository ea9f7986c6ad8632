/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - the one source of "now", injected so that tests and rehearsals run a fortnight in a second.
 *
 * Shape   a machine's clock can be set wrong, by a hand, a bad time server or an empty battery. A guarded clock
 *         follows it only in small steps: it keeps what the machine's clock said beside the time since the machine
 *         was started, which cannot be set. As long as the two agree, now is what the machine says; when they do not,
 *         the clock is held: now goes on from where it was believed last, at the pace of the machine, until the two
 *         agree again or the operator says that the machine is right (clock_accept()).
 *         Time never goes back: when the machine is right and behind, now runs at half its pace until the machine has
 *         caught up.
 * Units   UTC microseconds. A manual clock stands still until it is set, and is not held unless a test says so.
 * Owner   any thread may read; a manual clock is set by its owner, a guarded one watched by one thread.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define US_PER_SECOND 1000000LL
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR   (60 * US_PER_MINUTE)
#define US_PER_DAY    (24 * US_PER_HOUR)

struct clock {
    _Atomic int64_t manual_us; /* 0: the system's time */
    _Atomic int64_t shift_us;  /* tests: as if the machine's clock had been set by so much */
    _Atomic bool watched;      /* tests: a manual clock is guarded, too; its time is that of a running machine */
    _Atomic bool guarded;
    _Atomic int64_t believed_us; /* the machine's clock less the time since its start, as last believed */
    _Atomic int64_t ahead_us;    /* believed is what is at most so far ahead of it */
    _Atomic int64_t level_us;    /* since the machine's start: until then now is ahead of the machine's clock */
};

void clock_init_system(struct clock *clock);
void clock_init_manual(struct clock *clock, int64_t now_us);
void clock_set(struct clock *clock, int64_t now_us); /* manual clocks only; never backwards */
void clock_watch_manual(struct clock *clock); /* tests: guarded from now on, its time is that of a running machine */
void clock_shift(struct clock *clock, int64_t by_us); /* tests: a hand at the machine's clock */
int64_t clock_now_us(const struct clock *clock);
int64_t clock_monotonic_us(void);                    /* for batching and time-outs only, never in a fact */
int64_t clock_running_us(const struct clock *clock); /* since the machine's start, and its sleep with it */

/* From now on the system's clock is guarded. `seen_us`: the newest time known from before (0 none): a machine that says
 * an earlier time, or one by more than LIMIT_CLOCK_START_AHEAD_US later, is not believed. Nothing where the clock is
 * manual and not watched. */
void clock_guard(struct clock *clock, int64_t seen_us);
/* Follows the machine where it is believed; called every second or so. False while the clock is held. */
bool clock_watch(struct clock *clock);
/* The machine is right. Nothing was stamped with a later time than `floor_us`. */
void clock_accept(struct clock *clock, int64_t floor_us);
/* How far the machine's clock is from now, while it is not believed; 0 while it is. */
int64_t clock_off_us(const struct clock *clock);
static inline bool clock_is_held(const struct clock *clock)
{
    return clock_off_us(clock) != 0;
}
/* What the machine itself says; for logs and answers, never in a fact. */
int64_t clock_machine_us(const struct clock *clock);
/* The latest time that may be true: while the clock is held, now or what the machine says, whichever is later, within
 * bounds. */
int64_t clock_latest_us(const struct clock *clock);

#endif
