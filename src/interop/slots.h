/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slots - the columns that a sheet of something may have: what import understands and export writes.
 *
 * Shape   units, persons and posts have fixed ones; a kind has its unit, subject and parent, the fields of its
 *         form, and for each of its entries `entry.observed_at`, `entry.attempt` and `entry.field`. A field that is
 *         named like one of the fixed columns is `form.field`. A field of lines has a column for each field of a line,
 *         `field.of_line`, and is filled over several rows; one whose value has parts has one for each, `place.lat`.
 *         Headers are names, or titles in either language.
 * Owner   whoever makes them; the playbook must live as long.
 */
#ifndef INTEROP_SLOTS_H
#define INTEROP_SLOTS_H

#include "interop/cell.h"

enum sheet_what { SHEET_UNITS, SHEET_PERSONS, SHEET_POSTS, SHEET_MATTERS };

struct slot {
    char *name;
    const char *zh, *en; /* titles */
    enum cell_type type;
    const struct field *field; /* NULL for fixed ones */
    const struct field *whole; /* of whose lines, or of whose value, it is a part; NULL of none */
    char *own_zh, *own_en;     /* titles that are made here; NULL where they are the playbook's */
    bool required;
    bool shown_only; /* in exports; an import leaves it out */
    int entry;       /* index in the kind's entries, -1 none */
};

struct slots {
    enum sheet_what what;
    const struct kind *kind;
    GArray *all; /* of struct slot */
};

/* False when the playbook has no such kind; "units", "persons" and "posts" are always known. */
bool slots_init(struct slots *slots, const struct playbook *playbook, const char *what);
void slots_clear(struct slots *slots);
AUTO_CLEAR(slots)

const struct slot *slots_at(const struct slots *slots, int index);
int slots_whole(const struct slots *slots, int part); /* the slot of the field that this one is a part of */
bool slot_is_line(const struct slot *slot);
int slots_find(const struct slots *slots, const char *name); /* -1 none */
/* By a header as people write it: blanks, case, width, a star and "(必填)" make no difference. -1 none. */
int slots_match(const struct slots *slots, const char *header);
/* The nearest title to a header, in its language; NULL none. */
const char *slots_nearest(const struct slots *slots, const char *header);

#endif
