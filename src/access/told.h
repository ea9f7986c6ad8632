/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * told - numbers of people that were told to somebody, so that no two of them can be subtracted.
 *
 * Shape   a cell is what is counted ("person.residence", or a code of it); of each cell the sets of people are kept of
 *         whom a number was told. A set that differs from one of these by fewer than TOLD_SMALLEST people (whoever
 *         joined, left or objected, or lives in the one unit and not in the other) is told that number again: nothing
 *         moves until as many people have moved it. All numbers are multiples of TOLD_SMALLEST, rounded down, so sums
 *         and differences of several of them are blurred, too; below it none is told.
 * Limits  TOLD_SETS_MOST sets of TOLD_PERSONS_MOST people together; the oldest go first. Kept in memory: a server that
 *         starts anew has the rounding alone until it has told something.
 * Owner   the server; any thread may ask.
 */
#ifndef ACCESS_TOLD_H
#define ACCESS_TOLD_H

#include <glib.h>
#include <stdint.h>

#include "base/auto.h"

#define TOLD_SMALLEST     5       /* a smaller number of people would tell who they are */
#define TOLD_SETS_MOST    1000    /* grants of a city times their concepts and codes */
#define TOLD_PERSONS_MOST 1000000 /* 8 MB */

struct told *told_new(void);
void told_free(struct told *told);
AUTO_FREE(told)

/* How many these people (of int64_t, each once; sorted by this) are said to be; 0: too few to be said. */
int64_t told_number(struct told *told, const char *cell, GArray *persons);

#endif
