/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/row_group.h"

#include "base/limits.h"

#include <string.h>

#define KEPT_MAX (LIMIT_LINES + 1) /* one too many is refused where the form is checked */

struct row_group {
    const struct plan *plan;
    GArray *rows;   /* of struct sheet_row, which own their cells */
    int64_t number; /* of the last row, also of a skipped one after it */
};

static bool is_line(const struct plan *plan, guint bound)
{
    return column_def_is_line(
        column_defs_at(plan->column_defs, g_array_index(plan->bound, struct bound, bound).column_def));
}

static void row_clear(gpointer data)
{
    struct sheet_row *row = data;
    g_strfreev((char **)row->cells);
    g_free((uint8_t *)row->marks);
}

struct row_group *row_group_new(const struct plan *plan)
{
    bool any = false;
    for (guint i = 0; i < plan->bound->len; i++)
        any = any || is_line(plan, i);
    if (!any)
        return NULL;
    struct row_group *group = g_new0(struct row_group, 1);
    group->plan = plan;
    group->rows = g_array_new(FALSE, FALSE, sizeof(struct sheet_row));
    g_array_set_clear_func(group->rows, row_clear);
    return group;
}

void row_group_free(struct row_group *group)
{
    if (group == NULL)
        return;
    g_array_unref(group->rows);
    g_free(group);
}

void row_group_clear(struct row_group *group)
{
    g_array_set_size(group->rows, 0);
}

guint row_group_count(const struct row_group *group)
{
    return group->rows->len;
}

const struct sheet_row *row_group_row(const struct row_group *group, guint index)
{
    return &g_array_index(group->rows, struct sheet_row, index);
}

/* ---- which rows ---- */

/* 0 empty, 1 as in the first row, 2 something else. */
static int compare_cell(const struct row_group *group, const struct sheet_row *row, guint column)
{
    g_autofree char *cell = plan_cell(group->plan, row, column);
    g_autofree char *first = plan_cell(group->plan, row_group_row(group, 0), column);
    return *cell == '\0' ? 0 : strcmp(cell, first) == 0 ? 1 : 2;
}

/* True for a key that is there and equal. */
static bool has_same_key(const struct row_group *group, const struct sheet_row *row)
{
    const GArray *key = group->plan->key;
    bool same = key->len > 0;
    for (guint i = 0; i < key->len && same; i++)
        same = compare_cell(group, row, g_array_index(key, guint, i)) == 1;
    return same;
}

static bool is_filled(const struct sheet_row *row, guint column)
{
    return row->marks != NULL && column < row->count && row->marks[column] == CELL_FILLED;
}

bool row_group_passes(struct row_group *group, const struct sheet_row *row)
{
    bool repeats = false;
    if (group->rows->len == 0 || row->problem != NULL || row->number != group->number + 1)
        return false;
    for (guint i = 0; i < group->plan->bound->len; i++) {
        guint column = g_array_index(group->plan->bound, struct bound, i).column;
        g_autofree char *cell = plan_cell(group->plan, row, column);
        if (!is_line(group->plan, i) || *cell == '\0')
            continue;
        if (!is_filled(row, column))
            return false;
        repeats = true;
    }
    if (repeats)
        group->number = row->number;
    return repeats;
}

bool row_group_differs(const struct row_group *group, const struct sheet_row *row)
{
    for (guint i = 0; i < group->plan->bound->len; i++)
        if (!is_line(group->plan, i) &&
            compare_cell(group, row, g_array_index(group->plan->bound, struct bound, i).column) > 1)
            return true;
    return false;
}

static bool goes_on(const struct row_group *group, const struct sheet_row *row)
{
    bool said = false, other = false;
    if (row->problem != NULL || group->rows->len >= KEPT_MAX || row->number != group->number + 1)
        return false;
    for (guint i = 0; i < group->plan->bound->len; i++) {
        int compared = compare_cell(group, row, g_array_index(group->plan->bound, struct bound, i).column);
        said = said || (is_line(group->plan, i) && compared > 0);
        other = other || (!is_line(group->plan, i) && compared > 1);
    }
    return said && (!other || has_same_key(group, row));
}

bool row_group_take(struct row_group *group, const struct sheet_row *row)
{
    if (group->rows->len > 0 && !goes_on(group, row))
        return false;
    struct sheet_row copy = *row;
    char **cells = g_new0(char *, row->count + 1);
    for (guint i = 0; i < row->count; i++)
        cells[i] = g_strdup(row->cells[i]);
    copy.cells = (const char *const *)cells;
    copy.marks = row->marks != NULL ? g_memdup2(row->marks, row->count) : NULL;
    g_array_append_val(group->rows, copy);
    group->number = row->number;
    return true;
}

/* ---- what they say ---- */

/* The cells of a row become one more line of each field of lines; constants alone make none. */
static void add_line(const struct row_group *group, int of, json_t **row, json_t **values)
{
    const struct column_defs *column_defs = group->plan->column_defs;
    g_autoptr(json_t) line = json_object();
    bool said = false;
    for (int i = 0; i < (int)column_defs->all->len; i++) {
        const struct column_def *column_def = column_defs_at(column_defs, i);
        if (column_def->whole != column_defs_at(column_defs, of)->field ||
            column_def->entry != column_defs_at(column_defs, of)->entry || row[i] == NULL)
            continue;
        said = said || row[i] != group->plan->constants[i];
        json_object_set_new(line, column_def->field->name, g_steal_pointer(&row[i]));
    }
    if (!said)
        return;
    if (!json_is_array(values[of])) {
        json_decref(values[of]);
        values[of] = json_array();
    }
    json_array_append(values[of], line);
}

static void add_lines(const struct row_group *group, json_t **row, json_t **values)
{
    for (int i = 0; i < (int)group->plan->column_defs->all->len; i++) {
        const struct field *field = column_defs_at(group->plan->column_defs, i)->field;
        if (field != NULL && field->lines != NULL)
            add_line(group, i, row, values);
    }
}

bool row_group_read(const struct row_group *group, struct cell_reader *reader, json_t **values, struct report *report)
{
    guint count = group->plan->column_defs->all->len;
    g_autofree json_t **row = g_new0(json_t *, count);
    bool right = true;
    add_lines(group, values, values);
    for (guint i = 1; i < group->rows->len; i++) {
        right = plan_read(group->plan, reader, row_group_row(group, i), row, report) && right;
        add_lines(group, row, values);
        values_clear(row, count); /* other cells are taken from the first row */
    }
    return right;
}

void row_group_content(const struct row_group *group, GString *text)
{
    for (guint i = 1; i < group->rows->len; i++)
        for (guint j = 0; j < group->plan->bound->len; j++) {
            if (!is_line(group->plan, j))
                continue;
            g_autofree char *cell = plan_cell(group->plan, row_group_row(group, i),
                                              g_array_index(group->plan->bound, struct bound, j).column);
            g_string_append(text, cell);
            g_string_append_c(text, '\x1f');
        }
}
