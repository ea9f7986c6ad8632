/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/row_fact.h"

#include "base/datetime.h"
#include "interop/row_part.h"
#include "registry/facts.h"

#include <string.h>

struct facts_of_row {
    int64_t unit, from_us;
    bool dated;
    const char *source; /* NULL: the row says none */
    GArray *known;      /* of struct fact_row, as of its day */
};

static void facts_of_row_clear(struct facts_of_row *of)
{
    g_array_unref(of->known);
}
AUTO_CLEAR(facts_of_row)

static struct facts_of_row facts_of_row(const struct row_context *context, json_t *const *values)
{
    const char *unit = row_text(context, values, "code"), *date = row_text(context, values, "date");
    int32_t day = day_of(context->now_us, context->playbook->zone);
    struct facts_of_row of = {.unit = unit != NULL ? g_ascii_strtoll(unit + 1, NULL, 10) : 0, /* "#12" */
                              .dated = date != NULL && date_parse(date, &day),
                              .source = row_text(context, values, "source")};
    of.from_us = day_time_us(day, 0, context->playbook->zone);
    of.known = registry_facts_on(context->reader->rows, of.unit, of.from_us);
    return of;
}

/* What is known as of the day of the row; NULL: nothing. */
static const struct fact_row *known_of(const struct facts_of_row *of, const char *fact)
{
    for (guint i = 0; i < of->known->len; i++)
        if (strcmp(g_array_index(of->known, struct fact_row, i).fact, fact) == 0)
            return &g_array_index(of->known, struct fact_row, i);
    return NULL;
}

/* Whether it is known already from the day on that the row says, or holds now where it says none. */
static bool is_there(const struct facts_of_row *of, const struct fact_row *known, int64_t value)
{
    return known->value == value && (!of->dated || known->from_us == of->from_us) &&
           (of->source == NULL || strcmp(of->source, known->source) == 0);
}

/* Whether something else is known from that very day on, which stays: it may be a correction. A source is taken where
 * none is known. */
static bool differs(const struct plan *plan, const struct facts_of_row *of, const struct fact_row *known, int64_t value,
                    const char *column, GString *out)
{
    bool other_value = known->value != value;
    if (known->from_us != of->from_us || (!other_value && *known->source == '\0'))
        return false;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, known->value);
    row_difference(plan, other_value ? column : "source", other_value ? number : known->source, out);
    return true;
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
    g_autoptr(GString) other = g_string_new(NULL);
    AUTO(facts_of_row) struct facts_of_row of = facts_of_row(context, values);
    bool any = false;
    for (guint i = 0; i < context->column_defs->all->len; i++) {
        const struct column_def *column_def = column_defs_at(context->column_defs, (int)i);
        if (column_def->fact == NULL || values[i] == NULL)
            continue;
        any = true;
        int64_t value = json_integer_value(values[i]);
        const struct fact_row *known = known_of(&of, column_def->fact->name);
        bool there = known != NULL && is_there(&of, known, value);
        bool left = known != NULL && !there && differs(plan, &of, known, value, column_def->name, other);
        if (!left && (context->tried || !there))
            json_array_append_new(commands, set_command(context, values, id, column_def->fact->name, values[i]));
    }
    if (!any)
        return ROW_THERE;
    if (json_array_size(commands) == 0)
        return row_there(row, other->str, report);
    if (other->len > 0)
        report_note(report, row, NULL, NULL, NOTE_DIFFERS, other->str);
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
