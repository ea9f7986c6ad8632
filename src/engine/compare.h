/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare - two files of rows, table by table and row by row in the order of their primary keys.
 *
 * Shape   a difference is a line that names table, row and, where both files have the row, column.
 * Limits  stops after COMPARE_DIFFERENCES_MOST differences.
 * Owner   any thread: opens connections of its own.
 */
#ifndef ENGINE_COMPARE_H
#define ENGINE_COMPARE_H

#include <glib.h>
#include <stdbool.h>

#define COMPARE_DIFFERENCES_MOST 20

/* Appends to `differences` (of char *) what is otherwise in the other file. */
bool rows_compare(const char *path, const char *other_path, GPtrArray *differences, GError **error);

#endif
