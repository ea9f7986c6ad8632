/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * whistles - subdistricts call departments, who come, mostly in time, and both sides rate each other.
 *
 * Shape   a whistle's life is put down in the agenda when it is blown, minute by minute.
 * Source  rates.h: RATE_WHISTLES and what follows it.
 */
#ifndef REHEARSAL_WHISTLES_H
#define REHEARSAL_WHISTLES_H

#include "rehearsal/city.h"

/* What is blown in one of so many steps of a day, the first being day 1. */
void whistles_blow(struct city *city, int day, int steps);
/* On RATE_CROWD_DAY: many subdistricts of the largest district call one department at once. */
void whistles_crowd(struct city *city, int day);

#endif
