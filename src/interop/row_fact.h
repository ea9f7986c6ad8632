/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_fact - rows of facts about units: the numbers of one unit from a day on.
 *
 * Shape   a command for each number; an empty cell says nothing. What is known from that day already, or without a day
 *         what holds now, is there.
 * Owner   as row.h.
 */
#ifndef INTEROP_ROW_FACT_H
#define INTEROP_ROW_FACT_H

#include "interop/row.h"

enum row_is row_read_facts(const struct row_context *context, const struct plan *plan, int64_t row,
                           json_t *const *values, const struct uuid *id, struct report *report, json_t **out_commands);
/* The column that a field of such a command came from. */
const char *row_fact_column(const struct column_defs *column_defs, const json_t *command, const char *field);

#endif
