/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * affairs - what subdistricts do of their own accord: workplaces, inspections, controls of places, what residents are
 *           told, shifts.
 *
 * Shape   as orders.h: each opens what begins in one of so many steps of a day; what follows stands on lists.
 * Source  rates.h.
 * Owner   one thread, that of the city.
 */
#ifndef REHEARSAL_AFFAIRS_H
#define REHEARSAL_AFFAIRS_H

#include "rehearsal/city.h"

void affairs_open_workplaces(struct city *city); /* all, once */
void affairs_inspect(struct city *city, int steps);
void affairs_control(struct city *city, int steps);
void affairs_tell(struct city *city, int steps);
void affairs_lend_shifts(struct city *city, int64_t until_us); /* of the officers on duty to their colleagues */

#endif
