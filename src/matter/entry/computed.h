/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * computed - values computed when an entry is made, and stored in it: figures of a report, the record of duty of a
 * post.
 *
 * Invariants  a correction keeps the values of the entry that it corrects.
 */
#ifndef MATTER_ENTRY_COMPUTED_H
#define MATTER_ENTRY_COMPUTED_H

#include "matter/draft/draft.h"
#include "matter/entry/enter.h"

/* False with a problem: the period of the record is too long. */
bool computed_fits(struct draft *draft, const struct entering *entering);
/* What is sealed with the fields: why it was corrected, the record. Owned; NULL nothing. */
json_t *computed_sealed(struct draft *draft, const struct entering *entering);
/* Stands in the clear: counts of a unit. Owned; NULL none. */
json_t *computed_figures(struct draft *draft, const struct entering *entering);

#endif
