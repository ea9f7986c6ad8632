/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/row_fact.h"

#include "base/datetime.h"
#include "interop/row_part.h"
#include "registry/facts.h"

#include <string.h>

/* Whether it is known already from the day on that the row says, or holds now where it says none. */
static bool is_there(const struct row_context *context, json_t *const *values, const char *fact, int64_t value)
{
    const char *unit = row_text(context, values, "code"), *source = row_text(context, values, "source");
    const char *date = row_text(context, values, "date");
    int32_t day = day_of(context->now_us, context->playbook->zone);
    bool dated = date != NULL && date_parse(date, &day);
    int64_t from_us = day_time_us(day, 0, context->playbook->zone);
    g_autoptr(GArray) known =
        registry_facts_on(context->reader->rows, unit != NULL ? g_ascii_strtoll(unit + 1, NULL, 10) : 0, from_us);
    for (guint i = 0; i < known->len; i++) {
        const struct fact_row *row = &g_array_index(known, struct fact_row, i);
        if (strcmp(row->fact, fact) == 0)
            return row->value == value && (!dated || row->from_us == from_us) &&
                   (source == NULL || strcmp(source, row->source) == 0);
    }
    return false;
}

static json_t *set_command(const struct row_context *context, json_t *const *values, const struct uuid *id,
                           const char *fact, json_t *value)
{
    static const char *const members[][2] = {{"unit", "code"}, {"date", "date"}, {"source", "source"}};
    json_t *body = row_command("set_unit_fact", id, fact);
    json_object_set_new(body, "fact", json_string(fact));
    json_object_set(body, "value", value);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (row_value(context, values, members[i][1]) != NULL)
            json_object_set(body, members[i][0], row_value(context, values, members[i][1]));
    return body;
}

/* A row without any number is a line of a form that was not filled in. */
enum row_is row_read_facts(const struct row_context *context, const struct plan *plan, int64_t row,
                           json_t *const *values, const struct uuid *id, struct report *report, json_t **out_commands)
{
    g_autoptr(json_t) commands = json_array();
    bool any = false;
    for (guint i = 0; i < context->column_defs->all->len; i++) {
        const struct unit_fact *fact = column_defs_at(context->column_defs, (int)i)->fact;
        if (fact == NULL || values[i] == NULL)
            continue;
        any = true;
        if (context->tried || !is_there(context, values, fact->name, json_integer_value(values[i])))
            json_array_append_new(commands, set_command(context, values, id, fact->name, values[i]));
    }
    if (!any)
        return ROW_THERE;
    if (json_array_size(commands) == 0)
        return row_there(row, "", report);
    *out_commands = g_steal_pointer(&commands);
    return ROW_NEW;
}

const char *row_fact_column(const struct column_defs *column_defs, const json_t *command, const char *field)
{
    if (strcmp(field, "unit") == 0)
        return "code";
    if (strcmp(field, "value") != 0 && strcmp(field, "fact") != 0)
        return field;
    for (guint i = 0; i < column_defs->all->len; i++) {
        const struct column_def *column_def = column_defs_at(column_defs, (int)i);
        if (column_def->fact != NULL && strcmp(column_def->fact->name, json_get_text(command, "fact", "")) == 0)
            return column_def->name;
    }
    return field;
}
