/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phones - what the clocks of others say about this server's: one phone ahead is wrong, most of them are not.
 *
 * Shape   of the people who sent a command last, whether it came from the future.
 * Owner   any thread.
 */
#ifndef API_PHONES_H
#define API_PHONES_H

#include "base/clock.h"
#include "command/command.h"

#include <pthread.h>

#define PHONES_HEARD 16

struct phones {
    pthread_mutex_t lock;
    struct phone {
        int64_t person, heard_us; /* monotonic */
        bool ahead;
    } heard[PHONES_HEARD];
};

void phones_init(struct phones *phones);
void phones_clear(struct phones *phones);
/* Hears what a command of this person claims (command_claims_us()), and says by which times it is to be judged. */
struct command_times phones_times(struct phones *phones, const struct clock *clock, int64_t person, int64_t claims_us);
/* Several people are ahead of the server, and most of those who were heard. */
bool phones_are_ahead(struct phones *phones);

#endif
