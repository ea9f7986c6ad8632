/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phones - whether this server's clock is behind: one phone ahead of it is wrong, most of them are not.
 *
 * Shape   of the persons who sent a command last, whether its times lay in the future.
 * Limits  PHONES_HEARD persons; the one heard longest ago gives way.
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
/* Records the time that a command of this person claims (command_claims_us(); 0 none); returns the times to check it
 * against. */
struct command_times phones_times(struct phones *phones, const struct clock *clock, int64_t person, int64_t claims_us);
/* Several persons are ahead of the server, and most of those who were heard lately. */
bool phones_are_ahead(struct phones *phones);

#endif
