/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge - two matters that are one: the one is closed as merged, the other goes on.
 *
 * Shape   the merged one keeps its entries and its state; whoever looks for what belongs to the other one finds it
 *         there too. What is merged into a merged one belongs to the last of them.
 */
#ifndef MATTER_DRAFT_MERGE_H
#define MATTER_DRAFT_MERGE_H

#include "matter/draft/draft.h"

/* Refuses with matter_merged, naming where it goes on. */
bool merge_must_not_be(struct draft *draft);
/* All that was merged into a matter, with itself, for the IN of a statement whose ?1 is the matter. */
#define MERGED_WITH                                                                                                    \
    "(WITH RECURSIVE one (id) AS (SELECT ?1 UNION SELECT m.id FROM matter m JOIN one ON m.merged_into = "              \
    "one.id WHERE m.merged_into <> 0) SELECT id FROM one)"

#endif
