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

json_t *value_to_json(struct value value)
{
    char text[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = NULL;
    switch (value.type) {
    case VALUE_BOOL:
        return json_boolean(value.truth);
    case VALUE_NUMBER:
        decimal_format(value.number, text);
        return json_string(text);
    case VALUE_TEXT:
    case VALUE_CHOICE:
        return json_string(value.text);
    case VALUE_CHOICES:
    case VALUE_LINES:
    case VALUE_LOCATION:
    case VALUE_CALL:
    case VALUE_FILE:
        return json_deep_copy(value.list);
    case VALUE_DATE:
        date_format(value.day, text);
        return json_string(text);
    case VALUE_DATETIME:
        utc = g_time_zone_new_utc();
        datetime_format(value.us, utc, text);
        return json_string(text);
    case VALUE_DURATION:
        if (value.working_days == 0)
            return json_integer(value.us);
        g_snprintf(text, sizeof text, "%dwd", value.working_days);
        return json_string(text);
    case VALUE_UNIT:
    case VALUE_PERSON:
        return json_integer(value.id);
    case VALUE_MISSING:
    case VALUE_TYPE_COUNT:
        break;
    }
    return json_null();
}

struct value value_of_stored(enum value_type type, const json_t *stored)
{
    struct value value = {.type = type};
    const char *text = json_string_value(stored);
    bool right = false;
    switch (type) {
    case VALUE_BOOL:
        right = json_is_boolean(stored);
        value.truth = json_is_true(stored);
        break;
    case VALUE_NUMBER:
        right = (json_is_integer(stored) || json_is_string(stored)) && json_decimal(stored, &value.number);
        break;
    case VALUE_TEXT:
    case VALUE_CHOICE:
        right = text != NULL;
        value.text = text;
        break;
    case VALUE_CHOICES:
        right = json_is_array(stored);
        value.list = stored;
        break;
    case VALUE_DATE:
        right = text != NULL && date_parse(text, &value.day);
        break;
    case VALUE_DATETIME:
        right = text != NULL && datetime_parse(text, &value.us);
        break;
    case VALUE_UNIT:
    case VALUE_PERSON:
        right = json_is_integer(stored);
        value.id = json_integer_value(stored);
        break;
    case VALUE_LINES:
        right = json_is_array(stored);
        value.list = stored;
        break;
    case VALUE_LOCATION:
    case VALUE_CALL:
    case VALUE_FILE:
        right = json_is_object(stored);
        value.list = stored;
        break;
    case VALUE_DURATION:
        right = json_is_integer(stored);
        value.us = json_integer_value(stored);
        value.working_days = 0;
        break;
    case VALUE_MISSING:
    case VALUE_TYPE_COUNT:
        break;
    }
    return right ? value : (struct value){.type = VALUE_MISSING};
}
