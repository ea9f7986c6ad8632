/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packed - the figures of all series of a kind, of one unit and period, in one row of tally_figure.
 *
 * Shape   an entry changes a dozen indicators of its kind at the same units and days: they are read and written
 *         together. In the row they stand by number, each as three integers: its number in the kind, top and bottom; an
 *         integer as seven bits a byte, the lowest first, bit 7 where more follow, after 0, -1, 1, -2 ... have become
 *         0, 1, 2, 3 ... A series whose top and bottom are 0 is left out, and a row without any is none.
 * Owner   arrays are the caller's.
 */
#ifndef MATTER_TALLY_PACKED_H
#define MATTER_TALLY_PACKED_H

#include <glib.h>
#include <stdint.h>

/* The id of a series is that of its kind and a number there. */
#define SERIES_KIND(id)         ((id) >> 16)
#define SERIES_NUMBER(id)       ((id)&0xffff)
#define SERIES_ID(kind, number) ((int64_t)((uint64_t)(kind) << 16) | (number))

struct packed_figure {
    int64_t number, top, bottom;
};
GArray *packed_read(const void *data, size_t bytes); /* of struct packed_figure; what is no such row ends there */
void packed_add(GArray *figures, int64_t number, int64_t top, int64_t bottom);
GByteArray *packed_write(const GArray *figures); /* NULL: there is nothing */
void packed_find(const void *data, size_t bytes, int64_t number, int64_t *out_top, int64_t *out_bottom); /* 0 each */

#endif
