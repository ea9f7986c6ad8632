/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan - which cell of a row goes where: made once from header, definitions and mapping.
 *
 * Shape   the header is the row that the mapping names, else the one of the first rows in which most columns are known.
 *         Of two header rows, the upper with merged cells, the lower one counts; its empty cells take the text above.
 * Owner   one thread; definitions and mapping are borrowed.
 */
#ifndef INTEROP_PLAN_H
#define INTEROP_PLAN_H

#include "interop/mapping.h"
#include "interop/report.h"
#include "interop/sheet.h"
#include "interop/column_defs.h"

struct bound {
    guint column; /* in the row */
    int column_def;
    const struct mapped *mapped; /* NULL: matched by its name */
};

struct plan {
    const struct column_defs *column_defs;
    const struct mapping *mapping;
    GPtrArray *headers; /* of char *, one a column */
    GArray *bound;      /* of struct bound */
    int64_t header_row;
    int64_t first_row;  /* of the data */
    GArray *key;        /* of guint: columns */
    json_t **constants; /* one a definition; NULL none */
};

/* False when the sheet cannot be read so: the report has the reason. Leaves the sheet at any row. */
bool plan_make(struct plan *plan, const struct column_defs *column_defs, const struct mapping *mapping,
               struct sheet *sheet, struct cell_reader *reader, struct report *report);
void plan_clear(struct plan *plan);
AUTO_CLEAR(plan)

/* How many columns of its header are known; 0 none is found. Leaves the sheet somewhere. */
int plan_score(const struct column_defs *column_defs, const struct mapping *mapping, struct sheet *sheet);

/* What a row under the header is. */
enum plan_row { PLAN_ROW, PLAN_TITLE /* or a remark */, PLAN_HEADER_AGAIN, PLAN_OTHER_TABLE /* its header */ };
enum plan_row plan_row_is(const struct plan *plan, const struct sheet_row *row);

const char *plan_header(const struct plan *plan, guint column); /* "Z" where none is given */
/* The column of the sheet that a definition is read from; -1 none. */
int plan_column_of(const struct plan *plan, int column_def);

/* The same, or the first column of its lines or parts: the column that findings name. */
int plan_shown_at(const struct plan *plan, int column_def);
/* Whether any column is of an entry, by its index in the kind. */
bool plan_has_entry(const struct plan *plan, int entry);
/* The definition of the field with the number that another system has for the matter; -1 none. */
int plan_external(const struct plan *plan);
/* Whether a column of the sheet gives its value, or a part of it. */
bool plan_feeds(const struct plan *plan, int column_def);

/* The values of a row, one a definition (NULL none), owned by the caller; problems are reported, and then false. */
bool plan_read(const struct plan *plan, struct cell_reader *reader, const struct sheet_row *row, json_t **values,
               struct report *report);
void values_clear(json_t **values, guint count);
/* A cell as text: trimmed, without the mark of an export; "" when it is blank or missing. The caller frees. */
char *plan_cell(const struct plan *plan, const struct sheet_row *row, guint column);

#endif
