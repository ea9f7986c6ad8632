/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/rows/row.h"

#include "matter/rows/events.h"

const char *const outcome_names[] = {
    [OUTCOME_OPEN] = "open",
    [OUTCOME_MET] = "met",
    [OUTCOME_LATE] = "late",
    [OUTCOME_MISSED] = "missed",
    [OUTCOME_EXCUSED] = "excused",
    [OUTCOME_WITHDRAWN] = "withdrawn",
    [OUTCOME_SUPERSEDED] = "superseded",
    [OUTCOME_TRIED] = "tried",
    [OUTCOME_NO_SHOW] = "no_show",
    NULL,
};

const char *const sealed_contexts[SEALED_PART_COUNT] = {
    [SEALED_ENTRY] = "entry",         [SEALED_FORM] = "form", [SEALED_FACTS] = "facts",
    [SEALED_DOCUMENTS] = "documents", [SEALED_NOTE] = "note",
};

void matter_read(struct cursor *cursor, struct matter *out)
{
    *out = (struct matter){
        .id = cursor_integer(cursor, 0),
        .rules = cursor_integer(cursor, 3),
        .version = cursor_integer(cursor, 5),
        .unit = cursor_integer(cursor, 6),
        .subject = cursor_integer(cursor, 7),
        .household = cursor_integer(cursor, 8),
        .parent = cursor_integer(cursor, 9),
        .opener_person = cursor_integer(cursor, 10),
        .opener_post = cursor_integer(cursor, 11),
        .opened_us = cursor_integer(cursor, 12),
        .changed_us = cursor_integer(cursor, 13),
        .state_since_us = cursor_integer(cursor, 14),
        .closed_us = cursor_integer(cursor, 15),
        .erased = cursor_integer(cursor, 16) != 0,
        .subject_post = cursor_integer(cursor, 17),
        .merged_into = cursor_integer(cursor, 18),
        .named_only = cursor_integer(cursor, 19) != 0,
        .caused = cursor_integer(cursor, 20) != 0,
    };
    cursor_uuid(cursor, 1, &out->uuid);
    g_strlcpy(out->kind, cursor_text(cursor, 2), sizeof out->kind);
    g_strlcpy(out->state, cursor_text(cursor, 4), sizeof out->state);
}

int64_t matter_opener(const struct matter *matter)
{
    return matter->caused ? 0 : matter->opener_person;
}
