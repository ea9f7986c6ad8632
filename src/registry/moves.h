/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * moves - offers to move a person home, which wait for the person's place.
 *
 * Shape   move_in makes an offer where the actor does not answer for the person. The offer shows and changes nothing of
 *         the person until an actor who registers people where they live accepts it; for a person without a home, one
 *         who registers people in the whole city.
 * Limits  a page ends at `most` rows, or after LIMIT_LIST_LOOKED_AT that were read.
 */
#ifndef REGISTRY_MOVES_H
#define REGISTRY_MOVES_H

#include "registry/registry.h"

struct move {
    int64_t id, person, giver /* the person who offers */, unit, from_us, offered_us;
    bool to_decide; /* the viewer may accept; else the offer was made for a unit of the viewer */
};
/* Offers for units of a registrar, by id, after the id `after`: array of struct move. *out_last is where the next page
 * begins, 0 at the end. */
GArray *registry_moves_waiting(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us,
                               int64_t after, int most, int64_t *out_last);

#endif
