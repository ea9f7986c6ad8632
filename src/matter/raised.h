/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raised - what the clock has raised so that somebody looks: by the event that says so, and whether it still stands.
 *
 * Shape   an event tells expectations by matter and number; rows, as they stand at least as far as the event, tell whom
 *         it was raised to. What was met, or seen, in the meantime does not stand any more.
 * Owner   a reader's thread; nothing is allocated.
 */
#ifndef MATTER_RAISED_H
#define MATTER_RAISED_H

#include "journal/journal.h"
#include "matter/matter.h"

enum raising { /* on disk for good in the outbox: no value ever changes */
               RAISING_WARNED,
               RAISING_OVERDUE,
               RAISING_RAISED,  /* to somebody above */
               RAISING_ALERTED, /* to whoever answers, until they have looked */
               RAISING_RINGING, /* put into the phone list */
               RAISING_COUNT
};
extern const char *const raising_names[RAISING_COUNT]; /* as events call them */

struct raised {
    enum raising how;
    int64_t matter, number; /* of the expectation */
    int64_t post;           /* whom it is raised to; 0 nobody, negative: that person */
    int64_t shown_us;       /* not before, because of a digest or quiet hours */
    int times;              /* of an alert: the first, the second ...; else 0 */
};
void matter_raised(struct db *rows, const struct event *event, void (*each)(void *context, const struct raised *raised),
                   void *context);

/* Whether it is still open, and unseen where looking is all that it asks for. */
bool matter_raised_stands(struct db *rows, const struct raised *raised, int64_t *out_due_us);

#endif
