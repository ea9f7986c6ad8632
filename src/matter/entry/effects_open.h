/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effects_open - the effect `open`: a matter opened by an entry, below the entry's matter or beside it.
 *
 * Shape   an event of its own. Without a subject, or where such a matter is open already, the effect is skipped: the
 *         entry is valid without it.
 * Errors  closed_unit, other_stream, wrong_unit_type, too_many_effects, and those of opening.h.
 */
#ifndef MATTER_ENTRY_EFFECTS_OPEN_H
#define MATTER_ENTRY_EFFECTS_OPEN_H

#include "matter/draft/draft.h"
#include "matter/entry/loop.h"

/* In one iteration of the effect's loop. False: refused. */
bool effects_open(struct draft *draft, const struct scope *scope, const struct effect *effect,
                  const struct iteration *iteration);

#endif
