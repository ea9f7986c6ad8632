/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/column_value.h"

#include "api/visible.h"
#include "playbook/form/form.h"

#include <string.h>

#define PARAMETER "field"

/* ---- what a form would be sent ---- */

static json_t *give_bool(const struct field *field, const char *text)
{
    bool truth = strcmp(text, "true") == 0;
    return truth || strcmp(text, "false") == 0 ? json_boolean(truth) : json_string(text);
}

static json_t *give_number(const struct field *field, const char *text)
{
    gint64 number;
    bool whole = !field_takes(field, FIELD_KEY_DECIMALS) &&
                 g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL);
    return whole ? json_integer(number) : json_string(text);
}

static json_t *give_text(const struct field *field, const char *text)
{
    return json_string(text);
}

/* Values of the others are not compared. */
static json_t *(*const givers[VALUE_TYPE_COUNT])(const struct field *field, const char *text) = {
    [VALUE_BOOL] = give_bool,     [VALUE_NUMBER] = give_number, [VALUE_TEXT] = give_text,
    [VALUE_CHOICE] = give_text,   [VALUE_CHOICES] = give_text,  [VALUE_DATE] = give_text,
    [VALUE_DATETIME] = give_text, [VALUE_DURATION] = give_text,
};

/* ---- compared with what is stored ---- */

/* As json_each() has it in `atom`, cast to text. */
static char *text_of_stored(const json_t *stored)
{
    if (json_is_boolean(stored))
        return g_strdup(json_is_true(stored) ? "1" : "0");
    if (json_is_integer(stored))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(stored));
    return g_strdup(json_string_value(stored));
}

/* The list of the newest version that has the code; else that of the field. */
static const struct code_list *list_with(struct rulebook *rulebook, const char *kind_name, const struct field *field,
                                         const char *code)
{
    for (const struct playbook *playbook = rulebook_current(rulebook); playbook != NULL;
         playbook = rulebook_before(rulebook, playbook->id)) {
        const struct kind *kind = playbook_find_kind(playbook, kind_name);
        int at = kind != NULL ? form_find_field(&kind->form, field->name) : -1;
        const struct code_list *list = at >= 0 ? kind->form.fields[at].list : NULL;
        if (list != NULL && code_list_find(list, code) != NULL)
            return list;
    }
    return field->list;
}

static char *unit_value(struct request *request, const char *text)
{
    int64_t unit;
    if (registry_unit_by_text(request->reader->rows, text, request->now_us, &unit))
        return g_strdup_printf("%" G_GINT64_FORMAT, unit);
    respond_refused(request, PROBLEM_UNKNOWN_UNIT, PARAMETER);
    return NULL;
}

char *column_value(struct request *request, const struct kind *kind, const struct field *field, const char *text)
{
    if (field_value_type(field) == VALUE_UNIT)
        return unit_value(request, text);
    if (givers[field_value_type(field)] == NULL) {
        respond_refused(request, PROBLEM_NOT_ACCEPTABLE_PARAMETER, PARAMETER,
                        request->chinese ? "可比较的列表栏" : "a column whose values can be compared");
        return NULL;
    }
    struct field column = {.name = (char *)PARAMETER,
                           .type = field->type == FIELD_CHOICES ? FIELD_CHOICE : field->type,
                           .decimals = DECIMAL_SCALE_MAX,
                           .max_chars = field->max_chars,
                           .list = list_with(request_rules(request), kind->name, field, text)};
    const struct form form = {&column, 1};
    const struct playbook *playbook = rulebook_current(request_rules(request));
    const struct form_context context = {.now_us = request->now_us, .zone = playbook->zone, .playbook = playbook};
    struct problem *problem = NULL;
    g_autoptr(json_t) given = json_pack("{s:o}", PARAMETER, givers[field_value_type(field)](field, text));
    g_autoptr(json_t) stored = form_check(&form, given, &context, &problem);
    if (stored != NULL)
        return text_of_stored(json_object_get(stored, PARAMETER));
    respond_problem(request, problem);
    return NULL;
}
