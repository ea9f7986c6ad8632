/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sight - the predicate, asked by a command about what it names: whether the actor may see it.
 *
 * Shape   with the posts that the actor holds now; of a matter also with those held when the fact was observed, since a
 *         phone may deliver late.
 * Owner   the thread of the decision.
 */
#ifndef ACCESS_SIGHT_H
#define ACCESS_SIGHT_H

#include "access/access.h"

bool sight_of_person(const struct decision *decision, int64_t person, bool *out_unmasked);
bool sight_of_official(const struct decision *decision, int64_t person);
bool sight_of_matter(const struct decision *decision, const struct matter *matter);
/* Of a matter that the actor sees. */
bool sight_of_entry(const struct decision *decision, const struct matter *matter, const struct entry_row *entry);
/* Of what a command has led to: whether whoever sent it sees the matter, or has acted there themselves. */
bool sight_of_event(struct db *rows, struct rulebook *rulebook, int64_t person, int64_t at_us,
                    const struct event *event, const json_t *body);

#endif
