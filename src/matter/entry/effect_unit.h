/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effect_unit - the unit that an expression of an effect gives.
 *
 * Errors  closed_unit, with the path of the field that the expression reads.
 */
#ifndef MATTER_ENTRY_EFFECT_UNIT_H
#define MATTER_ENTRY_EFFECT_UNIT_H

#include "matter/draft/draft.h"
#include "matter/entry/loop.h"

/* The path of the first field that an expression reads: "fields.to", "fields.members[2].unit", "form.host"; NULL none.
 * The caller frees it. */
char *effect_field_path(const struct draft *draft, const struct scope *scope, const struct effect *effect,
                        const struct expr *expr, const struct iteration *iteration);
/* 0 where the expression is missing. */
bool effect_unit(struct draft *draft, const struct scope *scope, const struct effect *effect, const struct expr *expr,
                 const struct iteration *iteration, int64_t *out_unit);

#endif
