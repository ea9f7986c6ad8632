/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * work - posts work off their to-do lists.
 *
 * Shape   whoever answers for an open expectation meets it at a moment that the seed decides, some late, some never, so
 *         that lapses and escalations happen by themselves. Members of a household have their readings together.
 * Source  how often late or never: rates.h.
 * Owner   one thread, that of the city.
 */
#ifndef REHEARSAL_WORK_H
#define REHEARSAL_WORK_H

#include "rehearsal/city.h"

/* All whose moment has come; how many entries were sent. */
int64_t work_off(struct city *city);

#endif
