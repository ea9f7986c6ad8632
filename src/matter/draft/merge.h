/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge - of two matters that are one, one is closed as merged.
 *
 * Shape   the merged matter keeps its entries and its state; queries for the surviving one include it. Of a chain of
 *         merges the last matter is the surviving one.
 */
#ifndef MATTER_DRAFT_MERGE_H
#define MATTER_DRAFT_MERGE_H

#include "matter/draft/draft.h"

/* Refuses with matter_merged, with the surviving matter where the actor sees it. */
bool merge_must_not_be(struct draft *draft);
/* All that was merged into a matter, with itself, for the IN of a statement whose ?1 is the matter. */
#define MERGED_WITH                                                                                                    \
    "(WITH RECURSIVE one (id) AS (SELECT ?1 UNION SELECT m.id FROM matter m JOIN one ON m.merged_into = "              \
    "one.id WHERE m.merged_into <> 0) SELECT id FROM one)"

#endif
