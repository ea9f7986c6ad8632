/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row - a row of the table `matter` as struct matter.
 */
#ifndef MATTER_ROWS_ROW_H
#define MATTER_ROWS_ROW_H

#include "matter/matter.h"

/* Reads the columns that every query on `matter` selects, from column 0 on. */
#define MATTER_COLUMNS                                                                                                 \
    "id, uuid, kind, rules, state, version, unit, subject, household, parent, opener_person, opener_post, "            \
    "opened_us, changed_us, state_since_us, closed_us, erased, subject_post, merged_into, "                            \
    "named_only, caused"
#define MATTER_COLUMN_COUNT 21
void matter_read(struct cursor *cursor, struct matter *out);

/* What is not sealed of a form or an entry, an object that the caller owns; empty where the column is NULL. Where it
 * cannot be read the file is damaged. */
json_t *matter_clear_part(struct cursor *row, int column);

#endif
