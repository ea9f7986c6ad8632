/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/form/form.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "playbook/form/field.h"
#include "playbook/model/kind.h"

#include <string.h>

#define NAMED_FIELDS_MAX 6 /* more are no help in a sentence */

/* The state of a check: the stored value of each field, in the order of the form. */
struct intake {
    const struct form *form;
    const struct form_context *context;
    json_t **stored;
    bool *given; /* also when it was wrong: then it is not missing */
    struct problem *problems;
    size_t unknown; /* unknown fields so far; beyond an answer's worth no suggestion is looked up */
};

static void unknown_field(struct intake *intake, const char *name)
{
    const struct form *form = intake->form;
    g_autofree const char **names = g_new0(const char *, form->field_count + 1);
    for (size_t i = 0; i < form->field_count; i++)
        names[i] = form->fields[i].name;
    const char *nearest = intake->unknown++ < LIMIT_PROBLEMS ? nearest_name(name, names, form->field_count) : NULL;
    if (form->field_count > NAMED_FIELDS_MAX)
        names[NAMED_FIELDS_MAX] = NULL;
    g_autofree char *meant = nearest != NULL ? g_strdup(nearest) : g_strjoinv(", ", (char **)names);
    problem_append(&intake->problems, problem_new(PROBLEM_UNKNOWN_FIELD, name, meant, NULL));
}

static void take_member(struct intake *intake, const char *name, const json_t *value)
{
    int index = form_find_field(intake->form, name);
    if (index < 0) {
        unknown_field(intake, name);
        return;
    }
    const struct field *field = &intake->form->fields[index];
    if (json_is_null(value))
        return;
    struct field_check check = {field, intake->context, &intake->problems};
    intake->given[index] = true;
    if (field->required_unless_attempt && intake->context->attempt != NULL)
        field_problem(&check, PROBLEM_NOT_ASKED, intake->context->attempt);
    else
        intake->stored[index] = field_types[field->type].check(&check, value);
}

/* The form's own fields are EXPR_ENTRY_FIELD; everything else is from the outer scope. */
static struct value get_own(void *context, enum expr_space space, int index, const struct value *key)
{
    const struct intake *intake = context;
    const struct expr_scope *outer = intake->context->scope;
    if (space == EXPR_ENTRY_FIELD)
        return form_value(&intake->form->fields[index], intake->stored[index]);
    return outer != NULL ? outer->get(outer->context, space, index, key) : (struct value){.type = VALUE_MISSING};
}

static bool is_required(struct intake *intake, const struct field *field)
{
    if (field->required_unless_attempt)
        return intake->context->attempt == NULL;
    if (field->required_when == NULL)
        return field->required;
    const struct expr_scope *outer = intake->context->scope;
    struct expr_scope scope = {
        .get = get_own,
        .context = intake,
        .zone = intake->context->zone,
        .units = outer != NULL ? outer->units : NULL,
        .units_context = outer != NULL ? outer->units_context : NULL,
    };
    return expr_is_true(field->required_when, &scope);
}

static void check_missing(struct intake *intake)
{
    for (size_t i = 0; i < intake->form->field_count && !intake->context->partial; i++) {
        const struct field *field = &intake->form->fields[i];
        if (!intake->given[i] && is_required(intake, field))
            problem_append(&intake->problems, problem_new(PROBLEM_MISSING_FIELD, field->name, NULL));
    }
}

json_t *form_check(const struct form *form, const json_t *given, const struct form_context *context,
                   struct problem **out_problem)
{
    const char *name;
    json_t *value;
    if (given != NULL && !json_is_object(given)) {
        *out_problem = problem_new(PROBLEM_NOT_AN_OBJECT, NULL, NULL);
        return NULL;
    }
    g_autofree json_t **stored = g_new0(json_t *, form->field_count + 1);
    g_autofree bool *present = g_new0(bool, form->field_count + 1);
    struct intake intake = {form, context, stored, present, NULL, 0};
    json_object_foreach((json_t *)given, name, value) take_member(&intake, name, value);
    check_missing(&intake);

    json_t *result = json_object();
    for (size_t i = 0; i < form->field_count; i++)
        if (stored[i] != NULL)
            json_object_set_new(result, form->fields[i].name, stored[i]);
    if (intake.problems == NULL)
        return result;
    json_decref(result);
    *out_problem = intake.problems;
    return NULL;
}

struct value form_value(const struct field *field, const json_t *stored)
{
    return value_of_stored(field_value_type(field), stored);
}

bool form_find_column(const void *lines, const char *name, struct expr_symbol *out)
{
    const struct form *columns = lines;
    int index = form_find_field(columns, name);
    if (index < 0)
        return false;
    const struct field *field = &columns->fields[index];
    *out = (struct expr_symbol){
        .type = field_value_type(field), .unit = field->unit, .list = field->list != NULL ? field->list->name : NULL};
    return true;
}

/* Rounded half away from zero to what the field holds; NULL on overflow. */
static json_t *store_number(const struct field *field, struct decimal number)
{
    bool integer = !field_takes(field, FIELD_KEY_DECIMALS);
    if (!decimal_divide(number, decimal_from_integer(1), integer ? 0 : field->decimals, &number))
        return NULL;
    if (integer)
        return json_integer(number.digits);
    return value_to_json((struct value){.type = VALUE_NUMBER, .number = number});
}

json_t *form_store_value(const struct field *field, struct value value)
{
    enum value_type type = field_value_type(field);
    bool texts =
        (type == VALUE_TEXT || type == VALUE_CHOICE) && (value.type == VALUE_TEXT || value.type == VALUE_CHOICE);
    if (value.type == VALUE_MISSING || (value.type != type && !texts))
        return NULL;
    return type == VALUE_NUMBER ? store_number(field, value.number) : value_to_json(value);
}

void form_split(const struct form *form, bool about_person, const json_t *stored, json_t **out_clear,
                json_t **out_sealed)
{
    json_t *clear = json_object(), *sealed = json_object();
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        json_t *value = json_object_get(stored, field->name);
        bool seals = about_person ? !field->clear : field_is_personal(field) || field->words;
        if (value != NULL)
            json_object_set(seals ? sealed : clear, field->name, value);
    }
    *out_clear = clear;
    *out_sealed = sealed;
}

bool form_has_files(const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (field_value_type(&form->fields[i]) == VALUE_FILE ||
            (form->fields[i].lines != NULL && form_has_files(form->fields[i].lines)))
            return true;
    return false;
}

static void add_files(const struct form *form, const json_t *stored, GPtrArray *files)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        json_t *value = json_object_get(stored, field->name);
        size_t line;
        json_t *object;
        if (field_value_type(field) == VALUE_FILE && json_is_object(value))
            g_ptr_array_add(files, value);
        else if (field->lines != NULL)
            json_array_foreach(value, line, object) add_files(field->lines, object, files);
    }
}

GPtrArray *form_files(const struct form *form, const json_t *stored)
{
    GPtrArray *files = g_ptr_array_new();
    add_files(form, stored, files);
    return files;
}

static bool form_is_sealed(const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].personal)
            return true;
    return form_has_files(form);
}

bool kind_is_sealed(const struct kind *kind)
{
    bool sealed = kind->about == ABOUT_PERSON || form_is_sealed(&kind->form);
    for (size_t i = 0; i < kind->entry_count && !sealed; i++)
        sealed = form_is_sealed(&kind->entries[i].form);
    return sealed;
}
