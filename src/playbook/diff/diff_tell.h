/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diff_tell - a playbook as a list of parts, each with its path, its name and its telling.
 *
 * Shape   where the whole to which a part belongs is new or gone, the part goes without saying. Parts follow each other
 *         in the order of the playbook, each whole before its parts. Paths are those of places.h.
 */
#ifndef PLAYBOOK_DIFF_DIFF_TELL_H
#define PLAYBOOK_DIFF_DIFF_TELL_H

#include <glib.h>
#include <stdbool.h>

struct field;
struct kind;
struct playbook;
struct texts;

enum part_sort {
    TOLD_PLAYBOOK,
    TOLD_UNIT_TYPE,
    TOLD_ROLE,
    TOLD_REQUIRED_POST,
    TOLD_CLAUSE,
    TOLD_LIST,
    TOLD_CODE,
    TOLD_CALENDAR,
    TOLD_RULE,
    TOLD_EDITION,
    TOLD_DOCUMENT,
    TOLD_KIND,
    TOLD_CLAUSES, /* from here on of a kind */
    TOLD_ABOUT,
    TOLD_OPENING,
    TOLD_FIELD,
    TOLD_PARTICIPANTS,
    TOLD_FACT,
    TOLD_STATE,
    TOLD_EXPECT,
    TOLD_ENTRY,
    TOLD_ENTRY_FIELD,
    TOLD_HANDOVER,
    TOLD_FIGURE,
    TOLD_INDICATOR,
    TOLD_SIGHT,
    TOLD_KEEPING,
    TOLD_SORT_COUNT
};

struct told_part {
    char *path;
    guint number; /* its place in the list */
    enum part_sort sort;
    const char *name;              /* as it stands in the file; NULL none */
    const struct texts *title;     /* what people call it; NULL none */
    const struct kind *kind;       /* NULL: of all kinds */
    const struct told_part *whole; /* what it belongs to: a kind, a state, an entry, a list; NULL none */
    const struct field *field;     /* TOLD_FIELD, TOLD_ENTRY_FIELD */
    char *text;
};

/* `renamed` (may be NULL): texts of this playbook → those to be said instead. */
GPtrArray *diff_tell(const struct playbook *playbook, bool english, GHashTable *renamed);

#endif
