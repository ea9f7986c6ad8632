/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * told - counts of persons that were shown outside, kept so that no two of them can be subtracted.
 *
 * Shape   a cell is what is counted ("person.residence", or a code of it); of each cell the sets of persons are kept
 *         whose number was shown. A set that differs from one of these by fewer than TOLD_SMALLEST persons (who joined,
 *         left or objected, or live in one of two units) gets that number again: a number changes only when as many
 *         persons have. All numbers are multiples of TOLD_SMALLEST, rounded down, so sums and differences of several of
 *         them are blurred, too; below it none is shown.
 * Limits  TOLD_SETS_MOST sets of TOLD_PERSONS_MOST persons together; the oldest go first. Kept in memory: a server that
 *         starts anew has the rounding alone until it has shown a number.
 * Owner   the server; any thread may ask.
 */
#ifndef ACCESS_TOLD_H
#define ACCESS_TOLD_H

#include <glib.h>
#include <stdint.h>

#include "base/auto.h"

#define TOLD_SMALLEST     5       /* a smaller number would reveal who they are */
#define TOLD_SETS_MOST    1000    /* grants of a city times their concepts and codes */
#define TOLD_PERSONS_MOST 1000000 /* 8 MB */

struct told *told_new(void);
void told_free(struct told *told);
AUTO_FREE(told)

/* The number to show for these persons (of int64_t, each once; sorted by this); 0: too few to show. */
int64_t told_number(struct told *told, const char *cell, GArray *persons);

#endif
