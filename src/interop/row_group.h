/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_group - consecutive rows of a sheet that are one record: a supply request with its articles, one a row.
 *
 * Shape   a row continues the one above when it has a value in a column of lines, and its other cells are empty,
 *         as in merged cells, or equal to those of the first row; where the sheet has a key, an equal key is enough. A
 *         line is a JSON object; all lines of a field are its value.
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
/* Whether its other cells differ from the first row's. */
bool row_group_differs(const struct row_group *group, const struct sheet_row *row);
void row_group_clear(struct row_group *group);
/* Keeps a copy of a row that begins or continues the record; false: the record is complete. */
bool row_group_take(struct row_group *group, const struct sheet_row *row);
guint row_group_count(const struct row_group *group); /* of rows */
const struct sheet_row *row_group_row(const struct row_group *group, guint index);

/* After plan_read() of the first row: sets the lines of all rows as the values of their fields. False with problems
 * reported. */
bool row_group_read(const struct row_group *group, struct cell_reader *reader, json_t **values, struct report *report);
/* Appends the cells of the lines of the other rows: part of the record's content. */
void row_group_content(const struct row_group *group, GString *text);

#endif
