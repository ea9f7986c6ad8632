/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mapping - a file that says how somebody's sheet is to be read: docs/csv.md has its reference.
 *
 * Shape   one YAML mapping:
 *           sheet      kind, or units, persons, posts, checked against what is asked for; or the name of a worksheet
 *           worksheet  of a workbook, where `sheet` says what it is for
 *           last       the last row of the table; what stands below is left out
 *           header     row of the header; found by its columns where it is not said
 *           notes      rows under the header that explain it and are left out
 *           delimiter, encoding
 *           rows       matters (each row opens one), or entries: each row enters into one that is there
 *           likely     new, or known: of somebody without an ID number, like one who is registered
 *           homes      said, or merged: a home stands in the first row of those who live there
 *           changes    keep, or take: of what is known of persons
 *           key        columns that tell a row from all others: the same key is the same matter
 *           blank      texts that say that nothing is known
 *           dates      d.m.y or m/d/y;  range: first or last;  time: of a day alone;  decimal: ","
 *           constants  {column: value}
 *           columns    {header: ignore, a column, {to, values, blank, dates, range, time, decimal}, or a list of
 *                      these};
 *                      the header * stands for all others
 * Errors  a chain of playbook_mistake with file, line and column.
 * Owner   whoever reads it; borrowed by an import.
 */
#ifndef INTEROP_MAPPING_H
#define INTEROP_MAPPING_H

#include "base/problem.h"
#include "interop/cell.h"
#include "interop/charset.h"

struct mapped { /* where a column goes */
    char *to;
    GHashTable *values; /* of its texts; NULL as they are; "*": of all others, and "*" for it: as they are */
    GHashTable *blank;  /* set of texts that mean no value here, besides those of the whole sheet; NULL none */
    struct cell_habits habits;
};

struct mapped_column {
    char *header;
    GPtrArray *targets; /* of struct mapped; empty: ignored */
};

struct mapped_constant {
    char *to, *text;
};

struct mapping {
    char *sheet, *worksheet;
    int64_t header; /* 0: to be found */
    int64_t last;   /* 0: that of the sheet */
    int notes;      /* -1: to be found */
    char delimiter; /* 0: to be found */
    bool enters;    /* rows: entries */
    enum charset charset;
    GPtrArray *key;    /* of char *: headers */
    GHashTable *blank; /* set of texts */
    struct cell_habits habits;
    GPtrArray *constants; /* of struct mapped_constant */
    GPtrArray *columns;   /* of struct mapped_column */
    bool ignore_rest;
    bool likely_known;  /* likely: known */
    bool takes_changes; /* changes: take */
    bool homes_merged;  /* homes: merged */
};

/* An empty one: every column is matched by its name. */
struct mapping *mapping_new(void);
void mapping_free(struct mapping *mapping);
AUTO_FREE(mapping)

/* NULL with problems. `name` is shown in them. */
struct mapping *mapping_parse(const char *name, const char *text, size_t bytes, struct problem **out_problem);
const struct mapped_column *mapping_column(const struct mapping *mapping, const char *header);

#endif
