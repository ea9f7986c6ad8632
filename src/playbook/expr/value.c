/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/expr/value.h"

#include "base/datetime.h"
#include "base/json.h"

const char *const value_type_names[VALUE_TYPE_COUNT] = {
    [VALUE_MISSING] = "missing",   [VALUE_BOOL] = "bool",         [VALUE_NUMBER] = "number",
    [VALUE_TEXT] = "text",         [VALUE_CHOICE] = "choice",     [VALUE_CHOICES] = "choices",
    [VALUE_DATE] = "date",         [VALUE_DATETIME] = "datetime", [VALUE_DURATION] = "duration",
    [VALUE_UNIT] = "unit",         [VALUE_PERSON] = "person",     [VALUE_LINES] = "lines",
    [VALUE_LOCATION] = "location", [VALUE_CALL] = "call",         [VALUE_FILE] = "file",
};

/* ---- as JSON, and back: false for what is no value of the type ---- */

static json_t *truth_to_json(struct value value)
{
    return json_boolean(value.truth);
}

static bool truth_of_json(struct value *out, const json_t *stored)
{
    out->truth = json_is_true(stored);
    return json_is_boolean(stored);
}

static json_t *number_to_json(struct value value)
{
    char text[DECIMAL_TEXT_MAX];
    decimal_format(value.number, text);
    return json_string(text);
}

static bool number_of_json(struct value *out, const json_t *stored)
{
    return (json_is_integer(stored) || json_is_string(stored)) && json_decimal(stored, &out->number);
}

static json_t *text_to_json(struct value value)
{
    return json_string(value.text);
}

static bool text_of_json(struct value *out, const json_t *stored)
{
    out->text = json_string_value(stored);
    return out->text != NULL;
}

static json_t *tree_to_json(struct value value)
{
    return json_deep_copy(value.list);
}

static bool array_of_json(struct value *out, const json_t *stored)
{
    out->list = stored;
    return json_is_array(stored);
}

static bool object_of_json(struct value *out, const json_t *stored)
{
    out->list = stored;
    return json_is_object(stored);
}

static json_t *date_to_json(struct value value)
{
    char text[DATETIME_TEXT_MAX];
    date_format(value.day, text);
    return json_string(text);
}

static bool date_of_json(struct value *out, const json_t *stored)
{
    return json_is_string(stored) && date_parse(json_string_value(stored), &out->day);
}

static json_t *datetime_to_json(struct value value)
{
    char text[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(value.us, utc, text);
    return json_string(text);
}

static bool datetime_of_json(struct value *out, const json_t *stored)
{
    return json_is_string(stored) && datetime_parse(json_string_value(stored), &out->us);
}

static json_t *duration_to_json(struct value value)
{
    char text[16];
    if (value.working_days == 0)
        return json_integer(value.us);
    g_snprintf(text, sizeof text, "%dwd", value.working_days);
    return json_string(text);
}

static bool duration_of_json(struct value *out, const json_t *stored)
{
    out->us = json_integer_value(stored);
    out->working_days = 0;
    return json_is_integer(stored);
}

static json_t *id_to_json(struct value value)
{
    return json_integer(value.id);
}

static bool id_of_json(struct value *out, const json_t *stored)
{
    out->id = json_integer_value(stored);
    return json_is_integer(stored);
}

static json_t *missing_to_json(struct value value)
{
    return json_null();
}

static bool missing_of_json(struct value *out, const json_t *stored)
{
    return false;
}

static const struct {
    json_t *(*to_json)(struct value value);
    bool (*of_json)(struct value *out, const json_t *stored);
} value_types[] = {
    [VALUE_MISSING] = {missing_to_json, missing_of_json},
    [VALUE_BOOL] = {truth_to_json, truth_of_json},
    [VALUE_NUMBER] = {number_to_json, number_of_json},
    [VALUE_TEXT] = {text_to_json, text_of_json},
    [VALUE_CHOICE] = {text_to_json, text_of_json},
    [VALUE_CHOICES] = {tree_to_json, array_of_json},
    [VALUE_DATE] = {date_to_json, date_of_json},
    [VALUE_DATETIME] = {datetime_to_json, datetime_of_json},
    [VALUE_DURATION] = {duration_to_json, duration_of_json},
    [VALUE_UNIT] = {id_to_json, id_of_json},
    [VALUE_PERSON] = {id_to_json, id_of_json},
    [VALUE_LINES] = {tree_to_json, array_of_json},
    [VALUE_LOCATION] = {tree_to_json, object_of_json},
    [VALUE_CALL] = {tree_to_json, object_of_json},
    [VALUE_FILE] = {tree_to_json, object_of_json},
};
G_STATIC_ASSERT(G_N_ELEMENTS(value_types) == VALUE_TYPE_COUNT);

json_t *value_to_json(struct value value)
{
    return value_types[value.type].to_json(value);
}

struct value value_of_stored(enum value_type type, const json_t *stored)
{
    struct value value = {.type = type};
    return value_types[type].of_json(&value, stored) ? value : (struct value){.type = VALUE_MISSING};
}
