/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * people - made-up people that can be recognised as such.
 *
 * Shape   names begin with 演 (rehearsed), phones with 010 0, which no line has, ID numbers with 110000, which is no
 *         county. The same seed makes the same people.
 * Owner   one thread a generator.
 */
#ifndef REHEARSAL_PEOPLE_H
#define REHEARSAL_PEOPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct dice { /* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014 */
    uint64_t state;
};
uint64_t dice_next(struct dice *dice);
uint32_t dice_below(struct dice *dice, uint32_t most);   /* 0 to most - 1 */
bool dice_happens(struct dice *dice, uint32_t of_10000); /* so often in ten thousand */

/* {"name", "id_number", "phone"} of made-up person number `n` (0 to 99,999,999), adult or child. */
json_t *made_up_person(uint32_t n, bool child);

#endif
