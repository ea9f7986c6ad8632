/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * place - the units that effects name.
 *
 * Errors  closed_unit, other_stream, with the path of the field that the expression reads.
 */
#ifndef MATTER_ENTRY_PLACE_H
#define MATTER_ENTRY_PLACE_H

#include "matter/draft/draft.h"
#include "matter/entry/loop.h"

/* The path of the first field that an expression reads: "fields.to", "fields.members[2].unit", "form.host"; NULL: none.
 * The caller frees it. */
char *place_field(const struct draft *draft, const struct scope *scope, const struct effect *effect,
                  const struct expr *expr, const struct iteration *iteration);
/* An open unit in the stream of the matter; 0 when the expression is missing. */
bool place_unit(struct draft *draft, const struct scope *scope, const struct effect *effect, const struct expr *expr,
                const struct iteration *iteration, int64_t *out_unit);

#endif
