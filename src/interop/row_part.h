/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_part - what every row is read with: its values by name, its commands, and what is told of it.
 *
 * Owner   the caller; values are borrowed from the row.
 */
#ifndef INTEROP_ROW_PART_H
#define INTEROP_ROW_PART_H

#include "interop/row.h"

/* What a row says under a name; NULL nothing. */
json_t *row_value(const struct row_context *context, json_t *const *values, const char *name);
const char *row_text(const struct row_context *context, json_t *const *values, const char *name);
/* A command of a row: its id is the row's, or derives from it by `seed`. */
json_t *row_command(const char *name, const struct uuid *id, const char *seed);
/* What is wrong with a row, in the column of a definition. */
enum row_is row_wrong(const struct row_context *context, const struct plan *plan, int64_t row, const char *column_name,
                      const char *value, struct problem *problem, struct report *report);
/* What is there already, and in what it differs ("" in nothing). */
enum row_is row_there(int64_t row, const char *differs, struct report *report);

#endif
