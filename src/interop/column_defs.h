/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * column_defs - the columns that a sheet may have: what an import reads and an export writes.
 *
 * Shape   units, persons and posts have fixed ones; facts about units one for each of the playbook's; a kind has its
 *         unit, subject and parent, the fields of its form, and for each of its entries `entry.observed_at`,
 *         `entry.attempt` and `entry.field`. A field that is named like one of the fixed columns is `form.field`. A
 *         field of lines has a column for each field of a line, `field.of_line`, and is filled over several rows; one
 *         whose value has parts has one for each, `place.lat`. Headers are names, or titles in either language.
 * Owner   the caller; the playbook is borrowed for as long.
 */
#ifndef INTEROP_COLUMN_DEFS_H
#define INTEROP_COLUMN_DEFS_H

#include "interop/cell.h"

enum sheet_what { SHEET_UNITS, SHEET_UNIT_FACTS, SHEET_PERSONS, SHEET_POSTS, SHEET_ROSTERS, SHEET_MATTERS };

struct column_def {
    char *name;
    const char *zh, *en; /* titles */
    enum cell_type type;
    const struct field *field;    /* NULL for fixed ones */
    const struct unit_fact *fact; /* of a unit; NULL none */
    const struct field *whole;    /* of whose lines, or of whose value, it is a part; NULL of none */
    char *own_zh, *own_en;        /* titles that are made here; NULL where they are the playbook's */
    bool required;
    bool shown_only;    /* in exports; an import leaves it out */
    bool not_written;   /* by exports, which say it in another column */
    bool from_midnight; /* a day alone begins with it */
    int entry;          /* index in the kind's entries, -1 none */
};

struct column_defs {
    enum sheet_what what;
    const struct kind *kind;
    GArray *all; /* of struct column_def */
};

/* False when the playbook has no such kind; "units", "persons", "posts" and "rosters" are always known, and
 * "unit_facts" where the playbook has any. */
bool column_defs_init(struct column_defs *column_defs, const struct playbook *playbook, const char *what);
void column_defs_clear(struct column_defs *column_defs);
AUTO_CLEAR(column_defs)

const struct column_def *column_defs_at(const struct column_defs *column_defs, int index);
/* The index of the field that a column is a part of. */
int column_defs_whole(const struct column_defs *column_defs, int part);
bool column_def_is_line(const struct column_def *column_def);
int column_defs_find(const struct column_defs *column_defs, const char *name); /* -1 none */
/* By a header as people write it: blanks, case, width, a star and "(必填)" make no difference. -1 none. */
int column_defs_match(const struct column_defs *column_defs, const char *header);
/* The nearest title to a header, in its language; NULL none. */
const char *column_defs_nearest(const struct column_defs *column_defs, const char *header);

#endif
