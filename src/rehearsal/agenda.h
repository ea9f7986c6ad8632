/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agenda - what is to happen at a moment between the steps of a rehearsal.
 *
 * Shape   moments in order of time, those of one time in the order in which they were put down.
 * Owner   one thread; `what` belongs to whoever put it down.
 */
#ifndef REHEARSAL_AGENDA_H
#define REHEARSAL_AGENDA_H

#include "base/auto.h"

#include <glib.h>
#include <stdint.h>

struct city;
struct agenda;
typedef void (*agenda_act)(struct city *city, void *what, int which);

struct agenda *agenda_new(void);
void agenda_free(struct agenda *agenda);
AUTO_FREE(agenda)
void agenda_put(struct agenda *agenda, int64_t at_us, agenda_act act, void *what, int which);
/* Carries out all up to a time, also what is put down meanwhile; the city's clock is set to each moment. */
void agenda_run(struct city *city, int64_t until_us);

#endif
