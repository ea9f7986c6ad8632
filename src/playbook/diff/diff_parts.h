/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diff_parts - a playbook as a list of parts, each with its path, its name and its description.
 *
 * Shape   parts are in the order of the playbook, each whole before its parts; a part of a new or removed whole is not
 *         listed. Paths are those of source_map.h.
 */
#ifndef PLAYBOOK_DIFF_DIFF_PARTS_H
#define PLAYBOOK_DIFF_DIFF_PARTS_H

#include <glib.h>
#include <stdbool.h>

struct field;
struct kind;
struct playbook;
struct texts;

enum part_sort {
    PART_PLAYBOOK,
    PART_IDENTITY_TYPE,
    PART_UNIT_TYPE,
    PART_ROLE,
    PART_REQUIRED_POST,
    PART_UNIT_FACT,
    PART_CLAUSE,
    PART_LIST,
    PART_CODE,
    PART_CALENDAR,
    PART_RULE,
    PART_EDITION,
    PART_DOCUMENT,
    PART_FREE_INDICATOR,
    PART_A_BOARD,
    PART_BOARD_ROW,
    PART_KIND,
    PART_CLAUSES, /* from here on of a kind */
    PART_ABOUT,
    PART_OPENING,
    PART_FIELD,
    PART_PARTICIPANTS,
    PART_FACT,
    PART_STATE,
    PART_EXPECT,
    PART_ENTRY,
    PART_ENTRY_FIELD,
    PART_HANDOVER,
    PART_FIGURE,
    PART_INDICATOR,
    PART_SIGHT,
    PART_KEEPING,
    PART_SORT_COUNT
};

struct described_part {
    char *path;
    guint number; /* its position in the list */
    enum part_sort sort;
    const char *name;                   /* as written in the file; NULL none */
    const struct texts *title;          /* what people call it; NULL none */
    const struct kind *kind;            /* NULL: of all kinds */
    const struct described_part *whole; /* the part above: a kind, a state, an entry, a list; NULL none */
    const struct field *field;          /* PART_FIELD, PART_ENTRY_FIELD */
    char *text;
};

/* `renamed` (may be NULL): texts of this playbook → texts written instead. */
GPtrArray *diff_parts(const struct playbook *playbook, bool english, GHashTable *renamed);

#endif
