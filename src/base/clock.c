/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include "base/limits.h"

#include <glib.h>
#include <time.h>

void clock_init_system(struct clock *clock)
{
    *clock = (struct clock){0};
}

void clock_init_manual(struct clock *clock, int64_t now_us)
{
    g_assert(now_us > 0);
    *clock = (struct clock){.manual_us = now_us};
}

void clock_set(struct clock *clock, int64_t now_us)
{
    g_assert(clock->manual_us > 0 && now_us >= clock->manual_us);
    clock->manual_us = now_us;
}

void clock_watch_manual(struct clock *clock)
{
    g_assert(clock->manual_us > 0);
    clock->watched = true;
    clock_guard(clock, clock->manual_us);
}

void clock_shift(struct clock *clock, int64_t by_us)
{
    clock->shift_us += by_us;
}

int64_t clock_monotonic_us(void)
{
    return g_get_monotonic_time();
}

int64_t clock_machine_us(const struct clock *clock)
{
    int64_t manual_us = clock->manual_us;
    return (manual_us > 0 ? manual_us : g_get_real_time()) + clock->shift_us;
}

/* Includes the time that the machine slept, so that a suspend is no jump. */
int64_t clock_running_us(const struct clock *clock)
{
    int64_t manual_us = clock->manual_us;
    if (manual_us > 0)
        return manual_us;
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

struct clock_reading { /* one look at both clocks */
    int64_t machine_us, running_us;
    int64_t believed_us; /* what the machine's clock would say had it not been set */
    int64_t off_us;      /* 0: it is believed */
    int64_t lead_us;     /* by how much now is ahead of the machine's clock, after it was set back */
};

static struct clock_reading read_both(const struct clock *clock)
{
    struct clock_reading reading = {.machine_us = clock_machine_us(clock), .running_us = clock_running_us(clock)};
    reading.believed_us = clock->believed_us + reading.running_us;
    reading.lead_us = MAX((clock->level_us - reading.running_us) / 2, 0);
    int64_t off_us = reading.machine_us - reading.believed_us;
    if (off_us < -LIMIT_CLOCK_STEP_US || off_us > clock->ahead_us)
        reading.off_us = off_us;
    return reading;
}

/* A small step back waits until clock_watch() turns it into a lead: time does not go back meanwhile. */
static int64_t now_of(const struct clock_reading *reading)
{
    int64_t base_us = reading->off_us != 0 ? reading->believed_us : MAX(reading->machine_us, reading->believed_us);
    return base_us + reading->lead_us;
}

int64_t clock_now_us(const struct clock *clock)
{
    if (!clock->guarded)
        return clock_machine_us(clock);
    struct clock_reading reading = read_both(clock);
    return now_of(&reading);
}

/* The machine is believed; a lead of now over it is worked off at half its pace. */
static void believe(struct clock *clock, const struct clock_reading *reading, int64_t floor_us)
{
    int64_t lead_us = MAX(floor_us - reading->machine_us, 0);
    clock->believed_us = reading->machine_us - reading->running_us;
    clock->level_us = reading->running_us + 2 * lead_us;
    clock->ahead_us = LIMIT_CLOCK_STEP_US;
}

void clock_guard(struct clock *clock, int64_t seen_us)
{
    if (clock->manual_us > 0 && !clock->watched)
        return;
    struct clock_reading reading = read_both(clock);
    clock->guarded = true;
    clock->level_us = 0;
    clock->ahead_us = LIMIT_CLOCK_START_AHEAD_US;
    clock->believed_us = (seen_us > 0 ? seen_us : reading.machine_us) - reading.running_us;
    clock_watch(clock);
}

bool clock_watch(struct clock *clock)
{
    if (!clock->guarded)
        return true;
    struct clock_reading reading = read_both(clock);
    if (reading.off_us != 0)
        return false;
    believe(clock, &reading, now_of(&reading));
    return true;
}

void clock_accept(struct clock *clock, int64_t floor_us)
{
    if (!clock->guarded)
        return;
    struct clock_reading reading = read_both(clock);
    believe(clock, &reading, floor_us);
}

int64_t clock_off_us(const struct clock *clock)
{
    return clock->guarded ? read_both(clock).off_us : 0;
}

int64_t clock_latest_us(const struct clock *clock)
{
    int64_t now_us = clock_now_us(clock), machine_us = clock_machine_us(clock);
    return clock_is_held(clock) ? CLAMP(machine_us, now_us, now_us + LIMIT_CLOCK_DOUBT_US) : now_us;
}
