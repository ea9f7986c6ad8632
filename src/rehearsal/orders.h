/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * orders - what residents ask for, what districts order, and what is asked and noted from below.
 *
 * Shape   each opens what begins in one of so many steps of a day, by the posts that may; what follows stands on lists
 *         (work.h).
 * Source  rates.h.
 * Owner   one thread, that of the city; who is drawn comes out of its dice.
 */
#ifndef REHEARSAL_ORDERS_H
#define REHEARSAL_ORDERS_H

#include "rehearsal/city.h"

/* Requests of people who have arrived, by their grid workers. */
void orders_ask(struct city *city, int count);
/* District commands order something of all their communities by the same time tomorrow. */
void orders_direct(struct city *city);
/* Secretaries ask for instructions, and note down what they were told. */
void orders_question(struct city *city, int steps);

#endif
