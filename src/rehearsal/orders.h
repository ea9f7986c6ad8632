/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * orders - what residents ask for and what districts order, and the fields with which both are worked off.
 *
 * Shape   commands through a submitter; who is drawn comes out of the city's dice.
 * Owner   one thread, that of the city.
 * Source  a third of the requests are urgent, one in ten is not resolved when called back: assumed.
 */
#ifndef REHEARSAL_ORDERS_H
#define REHEARSAL_ORDERS_H

#include "rehearsal/city.h"

/* Opens up to so many requests of people who have arrived, by their grid workers; how many were sent. */
int orders_ask(struct city *city, struct submitter *submitter, int count);
/* One district's command orders something of all its communities by the same time tomorrow; whether it was sent. */
bool orders_direct(struct city *city, struct submitter *submitter);
/* What is filled into an entry of these kinds in a matter at `unit`; new, NULL: it is none of theirs. */
json_t *orders_fields(struct city *city, const char *kind, const char *entry, int64_t unit);

#endif
