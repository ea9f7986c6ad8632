/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/phones.h"

#include "base/limits.h"

#include <glib.h>

#define HEARD_FOR_US (10 * US_PER_MINUTE)
#define SEVERAL      3

void phones_init(struct phones *phones)
{
    *phones = (struct phones){0};
    pthread_mutex_init(&phones->lock, NULL);
}

void phones_clear(struct phones *phones)
{
    pthread_mutex_destroy(&phones->lock);
}

/* The person's own place, or the one that was not used for longest. */
static struct phone *place_of(struct phones *phones, int64_t person)
{
    struct phone *place = &phones->heard[0];
    for (size_t i = 0; i < PHONES_HEARD; i++) {
        struct phone *phone = &phones->heard[i];
        if (phone->person == person)
            return phone;
        if (phone->heard_us < place->heard_us)
            place = phone;
    }
    return place;
}

static bool most_are_ahead(const struct phones *phones)
{
    int ahead = 0, heard = 0;
    int64_t since_us = clock_monotonic_us() - HEARD_FOR_US;
    for (size_t i = 0; i < PHONES_HEARD; i++) {
        const struct phone *phone = &phones->heard[i];
        bool counts = phone->person != 0 && phone->heard_us >= since_us;
        heard += counts;
        ahead += counts && phone->ahead;
    }
    return ahead >= SEVERAL && 2 * ahead > heard;
}

struct command_times phones_times(struct phones *phones, const struct clock *clock, int64_t person, int64_t claims_us)
{
    struct command_times times = {.now_us = clock_now_us(clock), .latest_us = clock_latest_us(clock)};
    pthread_mutex_lock(&phones->lock);
    if (claims_us != 0)
        *place_of(phones, person) =
            (struct phone){person, clock_monotonic_us(), claims_us > times.latest_us + LIMIT_CLOCK_SKEW_US};
    times.behind = most_are_ahead(phones) || clock_is_held(clock);
    pthread_mutex_unlock(&phones->lock);
    return times;
}

bool phones_are_ahead(struct phones *phones)
{
    pthread_mutex_lock(&phones->lock);
    bool ahead = most_are_ahead(phones);
    pthread_mutex_unlock(&phones->lock);
    return ahead;
}
