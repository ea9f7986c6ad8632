/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON Schema 2020-12 of what doors take, as OpenAPI 3.1 embeds it. Beside its own words:
 *   x-label, x-hint   {"zh", "en"}
 *   x-codes           [{"code", "zh", "en"}], the labels of an enum
 *   x-unit            of a number
 *   x-list            name of the code list
 *   x-kind            of a matter that is referred to
 *   x-states          in one of which it must be
 *   x-required        "unless_attempt" or the tree of the condition (expr_json.c) under which the field is required
 */
#include "playbook/form/field.h"

#include "base/json.h"
#include "base/limits.h"
#include "playbook/model/flow.h"
#include "playbook/model/kind.h"

static json_t *texts_to_json(const struct texts *texts)
{
    return json_pack("{s:s*, s:s*}", "zh", texts->zh, "en", texts->en);
}

static void set_number(json_t *schema, const char *name, struct decimal number)
{
    char text[DECIMAL_TEXT_MAX];
    decimal_format(number, text);
    json_object_set_new(schema, name,
                        number.scale == 0 ? json_integer(number.digits) : json_real(g_ascii_strtod(text, NULL)));
}

static void add_number(json_t *schema, const struct field *field)
{
    if (field->has_min)
        set_number(schema, "minimum", field->min);
    if (field->has_max)
        set_number(schema, "maximum", field->max);
    if (field->unit != NULL)
        json_object_set_new(schema, "x-unit", json_string(field->unit));
}

static void add_codes(json_t *schema, const struct field *field)
{
    json_t *codes = json_array(), *labels = json_array();
    for (size_t i = 0; i < field->list->code_count; i++) {
        const struct code *code = &field->list->codes[i];
        json_array_append_new(codes, json_string(code->code));
        json_t *label = json_pack("{s:s}", "code", code->code);
        json_object_set_new(label, "zh", json_string(code->label.zh));
        json_object_set_new(label, "en", json_string(code->label.en));
        json_array_append_new(labels, label);
    }
    json_object_set_new(schema, "x-list", json_string(field->list->name));
    json_object_set_new(schema, "x-codes", labels);
    if (field_value_type(field) == VALUE_CHOICES)
        json_object_set_new(schema, "items", json_pack("{s:s, s:o}", "type", "string", "enum", codes));
    else
        json_object_set_new(schema, "enum", codes);
}

static void add_lines(json_t *schema, const struct field *field)
{
    int64_t most = field->has_max ? MIN(field->max.digits, LIMIT_LINES) : LIMIT_LINES;
    const struct form *given = field_types[field->type].given_lines;
    json_object_set_new(schema, "items", form_schema(given != NULL ? given : field->lines));
    json_object_set_new(schema, "minItems", json_integer(field->has_min ? field->min.digits : 0));
    json_object_set_new(schema, "maxItems", json_integer(most));
}

static void add_parts(json_t *schema, const struct form *parts)
{
    g_autoptr(json_t) whole = form_schema(parts);
    json_object_update(schema, whole);
}

static json_t *states_to_json(const struct field *field)
{
    json_t *names = json_array();
    for (size_t i = 0; i < field->state_count; i++)
        json_array_append_new(names, json_string(field->states[i]->name));
    return names;
}

json_t *field_schema(const struct field *field)
{
    const struct field_type_row *type = &field_types[field->type];
    json_t *schema = json_loads(type->schema, 0, NULL);
    g_assert(schema != NULL);
    if (field->label.en != NULL)
        json_object_set_new(schema, "title", json_string(field->label.en));
    json_object_set_new(schema, "x-label", texts_to_json(&field->label));
    if (field->hint.en != NULL)
        json_object_set_new(schema, "description", json_string(field->hint.en));
    if (field->hint.zh != NULL)
        json_object_set_new(schema, "x-hint", texts_to_json(&field->hint));
    if (type->value == VALUE_NUMBER)
        add_number(schema, field);
    if (field->lines != NULL)
        add_lines(schema, field);
    if (field_parts(field) != NULL)
        add_parts(schema, field_parts(field));
    if (field->kind != NULL)
        json_object_set_new(schema, "x-kind", json_string(field->kind->name));
    if (field->state_count > 0)
        json_object_set_new(schema, "x-states", states_to_json(field));
    if (field_takes(field, FIELD_KEY_MAX_CHARS)) {
        json_object_set_new(schema, "minLength", json_integer(1));
        json_object_set_new(schema, "maxLength",
                            json_integer(field->max_chars > 0 ? field->max_chars : LIMIT_TEXT_CHARS));
    }
    if (field->list != NULL)
        add_codes(schema, field);
    if (field->required_unless_attempt)
        json_object_set_new(schema, "x-required", json_string("unless_attempt"));
    if (field->required_when != NULL)
        json_object_set_new(schema, "x-required", expr_to_json(field->required_when));
    if (type->example != NULL)
        json_object_set_new(schema, "examples", json_pack("[o]", json_loads(type->example, JSON_DECODE_ANY, NULL)));
    return schema;
}

json_t *form_schema(const struct form *form)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        json_object_set_new(properties, field->name, field_schema(field));
        if (field->required)
            json_array_append_new(required, json_string(field->name));
    }
    json_t *schema =
        json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties, "additionalProperties", 0);
    if (json_array_size(required) > 0)
        json_object_set(schema, "required", required);
    json_decref(required);
    return schema;
}
