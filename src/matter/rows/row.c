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

void matter_read(struct rows *rows, struct matter *out)
{
    *out = (struct matter){
        .id = rows_integer(rows, 0),
        .rules = rows_integer(rows, 3),
        .version = rows_integer(rows, 5),
        .unit = rows_integer(rows, 6),
        .subject = rows_integer(rows, 7),
        .household = rows_integer(rows, 8),
        .parent = rows_integer(rows, 9),
        .opener_person = rows_integer(rows, 10),
        .opener_post = rows_integer(rows, 11),
        .opened_us = rows_integer(rows, 12),
        .changed_us = rows_integer(rows, 13),
        .state_since_us = rows_integer(rows, 14),
        .closed_us = rows_integer(rows, 15),
        .erased = rows_integer(rows, 16) != 0,
        .subject_post = rows_integer(rows, 17),
        .merged_into = rows_integer(rows, 18),
        .named_only = rows_integer(rows, 19) != 0,
    };
    rows_uuid(rows, 1, &out->uuid);
    g_strlcpy(out->kind, rows_text(rows, 2), sizeof out->kind);
    g_strlcpy(out->state, rows_text(rows, 4), sizeof out->state);
}
