/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_part - shared by all kinds of rows: values by name, commands, findings.
 *
 * Owner   the caller; values are borrowed from the row.
 */
#ifndef INTEROP_ROW_PART_H
#define INTEROP_ROW_PART_H

#include "interop/row.h"

/* The value of a row by column name; NULL none. */
json_t *row_value(const struct row_context *context, json_t *const *values, const char *name);
const char *row_text(const struct row_context *context, json_t *const *values, const char *name);
/* A command of a row: its id is the row's, or derives from it by `seed`. */
json_t *row_command(const char *name, const struct uuid *id, const char *seed);
/* What is wrong with a row, in the column of a definition. */
enum row_is row_wrong(const struct row_context *context, const struct plan *plan, int64_t row, const char *column_name,
                      const char *value, struct problem *problem, struct report *report);
/* Adds a column in which a record differs, as its header, and what is known (NULL: it is not told). */
void row_difference(const struct plan *plan, const char *column_name, const char *known, GString *differs);
/* Reports an existing record, and the columns in which it differs ("" none). */
enum row_is row_there(int64_t row, const char *differs, struct report *report);

#endif
