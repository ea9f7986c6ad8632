/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mapping - a file that describes how a sheet is read: docs/csv.md has its reference.
 *
 * Shape   one YAML mapping:
 *           sheet      kind, or units, unit_facts, persons, posts, rosters, which must be that of the command; or
 *                      the name of a worksheet
 *           worksheet  of a workbook, where `sheet` is a kind
 *           last       the last row of the table; rows below are left out
 *           header     row of the header; default: found by its columns
 *           notes      rows under the header that explain it and are left out
 *           delimiter, encoding
 *           rows       matters (each row opens one), or entries: each row enters into an existing one
 *           likely     new, or known: a person without an ID number, like a registered one
 *           homes      said, or merged: a home is in the first row of its residents
 *           changes    keep, or take: known data of persons
 *           key        columns that identify a row: the same key is the same matter
 *           blank      texts that mean no value
 *           dates      d.m.y or m/d/y;  range: first or last;  time: of a day alone;  decimal: ","
 *           constants  {column: value}
 *           columns    {header: ignore, a column, {to, values, blank, dates, range, time, decimal}, or a list of
 *                      these};
 *                      the header * is the default for all others
 * Errors  a chain of playbook_mistake with file, line and column.
 * Owner   the caller; borrowed by an import.
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
