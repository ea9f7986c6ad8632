/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exclusion - who may not make an entry although their post might: makers of what its `unless_actor` names, the opener
 * where `unless` says so, and whom the matter is about, unless the entry is theirs to make. The door refuses them; what
 * is expected is routed to others.
 */
#ifndef MATTER_LIFECYCLE_EXCLUSION_H
#define MATTER_LIFECYCLE_EXCLUSION_H

#include "matter/draft/draft.h"

/* Whether it may concern anybody but whom the matter is about. */
bool exclusion_is_possible(const struct entry_def *entry);
bool exclusion_of(struct draft *draft, const struct entry_def *entry, int64_t person);
/* Whether the entry is made by whom the matter is about, or by others who hold no post: nobody else decides on
 * themselves. */
bool exclusion_spares_subject(const struct draft *draft, const struct entry_def *entry);
/* Appends whom `unless_actor` names; what it says of entries `but` is left out, NULL nothing. */
void exclusion_add_actors(struct draft *draft, const struct entry_def *entry, const struct entry_def *but,
                          GArray *persons);
/* Whom it concerns: array of int64_t. */
GArray *exclusion_persons(struct draft *draft, const struct entry_def *entry);

#endif
