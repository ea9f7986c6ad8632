/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields - what people fill in, by kind and entry.
 *
 * Owner   one thread, that of the city; what is drawn comes out of its dice.
 */
#ifndef REHEARSAL_FIELDS_H
#define REHEARSAL_FIELDS_H

#include "rehearsal/city.h"

/* Of an entry at `unit`; new. None for an entry without a form. */
json_t *fields_of(struct city *city, const char *kind, const char *entry, int64_t unit);
json_t *fields_temperature(struct city *city);
int fields_staff(int64_t workplace); /* who works there, the same each time */

#endif
