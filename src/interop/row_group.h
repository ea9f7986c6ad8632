/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_group - rows of a sheet that belong together, as further lines of the row above: a supply request with
 *             its articles, one a row.
 *
 * Shape   a row goes on with the one above when it says something in a column of lines, and its other cells are empty,
 *         as those that a spreadsheet has merged, or say what the first row says; where the sheet has a key, an equal
 *         key is enough. A line is a JSON object; all lines of a field are its value.
 * Limits  LIMIT_LINES and some, of which the rest is refused where the form is checked.
 * Owner   one thread.
 */
#ifndef INTEROP_ROW_GROUP_H
#define INTEROP_ROW_GROUP_H

#include "interop/plan.h"

struct row_group; /* the rows that belong together */
/* NULL: the sheet has no columns of lines. */
struct row_group *row_group_new(const struct plan *plan);
void row_group_free(struct row_group *group);
AUTO_FREE(row_group)

/* Whether the line of a row is the one above, with which its cells are merged: then it is passed over. */
bool row_group_passes(struct row_group *group, const struct sheet_row *row);
/* Whether it says anything else. */
bool row_group_differs(const struct row_group *group, const struct sheet_row *row);
void row_group_clear(struct row_group *group);
/* Keeps a copy when the row belongs to those that are kept, or when none is; false: these are all. */
bool row_group_take(struct row_group *group, const struct sheet_row *row);
guint row_group_count(const struct row_group *group); /* of rows */
const struct sheet_row *row_group_row(const struct row_group *group, guint index);

/* After plan_read() of the first row: its line, and those of the other rows, as the values of their fields. False with
 * problems reported. */
bool row_group_read(const struct row_group *group, struct cell_reader *reader, json_t **values, struct report *report);
/* The lines' cells of the other rows: what tells this record from others besides its first row. */
void row_group_content(const struct row_group *group, GString *text);

#endif
