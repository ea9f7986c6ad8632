/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/row_part.h"

#include <string.h>

json_t *row_value(const struct row_context *context, json_t *const *values, const char *name)
{
    int column_def = column_defs_find(context->column_defs, name);
    return column_def >= 0 ? values[column_def] : NULL;
}

const char *row_text(const struct row_context *context, json_t *const *values, const char *name)
{
    return json_string_value(row_value(context, values, name));
}

json_t *row_command(const char *name, const struct uuid *id, const char *seed)
{
    struct uuid own = *id;
    char text[UUID_TEXT_LENGTH + 1];
    if (seed != NULL) {
        g_autofree char *whole = g_strdup_printf("%.16s", seed);
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_byte_array_append(bytes, id->bytes, sizeof id->bytes);
        g_byte_array_append(bytes, (const guint8 *)whole, (guint)strlen(whole));
        uuid_derive(uuid_time_us(id), bytes->data, bytes->len, &own);
    }
    uuid_format(&own, text);
    return json_pack("{s:s, s:s}", "command", name, "id", text);
}

enum row_is row_wrong(const struct row_context *context, const struct plan *plan, int64_t row, const char *column_name,
                      const char *value, struct problem *problem, struct report *report)
{
    int column_def = column_defs_find(context->column_defs, column_name);
    int column = column_def >= 0 ? plan_column_of(plan, column_def) : -1;
    report_problem(report, row, column >= 0 ? plan_header(plan, (guint)column) : column_name, value, problem);
    return ROW_WRONG;
}

void row_difference(const struct plan *plan, const char *column_name, const char *known, GString *differs)
{
    int column_def = column_defs_find(plan->column_defs, column_name),
        column = column_def >= 0 ? plan_column_of(plan, column_def) : -1;
    g_string_append_printf(differs, "%s%s", differs->len > 0 ? "、" : "",
                           column >= 0 ? plan_header(plan, (guint)column) : column_name);
    if (known != NULL)
        g_string_append_printf(differs, " (%s)", known);
}

enum row_is row_there(int64_t row, const char *differs, struct report *report)
{
    report_note(report, row, NULL, NULL, *differs != '\0' ? NOTE_DIFFERS : NOTE_THERE_ALREADY,
                *differs != '\0' ? differs : NULL);
    return ROW_THERE;
}
