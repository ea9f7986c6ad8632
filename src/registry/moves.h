/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * moves - homes that were offered to people of whom another place answers, and that wait for its word.
 *
 * Shape   move_in makes an offer of whoever is not the actor's to move; nothing of the person is shown or changed until
 *         somebody who registers people where they live accepts it. Who lives nowhere is for the whole city to say.
 */
#ifndef REGISTRY_MOVES_H
#define REGISTRY_MOVES_H

#include "registry/registry.h"

struct move {
    int64_t id, person, giver /* the person who offers */, unit, from_us, offered_us;
    bool to_decide; /* by the viewer; else it was made for a unit of theirs */
};
/* Those that concern a person who registers people, by id, after the id `after`: array of struct move. A page ends at
 * `most` rows, or after LIMIT_LIST_LOOKED_AT that were looked at: then *out_last is where to go on, else 0. */
GArray *registry_moves_waiting(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us,
                               int64_t after, int most, int64_t *out_last);

#endif
