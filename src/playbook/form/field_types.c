/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/form/field.h"

/* clang-format off */
#define STRING(rest) "{\"type\": \"string\"" rest "}"
#define DIGITS_OF_DIVISION "([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})"
/* In the order of the enum: name, value, always masked, check; then schema and example. */
const struct field_type_row field_types[FIELD_TYPE_COUNT] = {
    [FIELD_TEXT]      = {"text",      VALUE_TEXT,     false, field_check_text,
                         STRING(""), "\"测试\""},
    [FIELD_INTEGER]   = {"integer",   VALUE_NUMBER,   false, field_check_integer,
                         "{\"type\": \"integer\"}", "3"},
    [FIELD_DECIMAL]   = {"decimal",   VALUE_NUMBER,   false, field_check_decimal,
                         "{\"type\": [\"string\", \"number\"], \"pattern\": \"^-?[0-9]+([.][0-9]+)?$\"}", "\"37.3\""},
    [FIELD_BOOL]      = {"bool",      VALUE_BOOL,     false, field_check_bool,
                         "{\"type\": \"boolean\"}", "true"},
    [FIELD_DATE]      = {"date",      VALUE_DATE,     false, field_check_date,
                         STRING(", \"format\": \"date\""), "\"2020-02-03\""},
    [FIELD_DATETIME]  = {"datetime",  VALUE_DATETIME, false, field_check_datetime,
                         STRING(", \"format\": \"date-time\""), "\"2020-02-03T08:30:00+08:00\""},
    [FIELD_CHOICE]    = {"choice",    VALUE_CHOICE,   false, field_check_choice,
                         STRING(""), NULL},
    [FIELD_CHOICES]   = {"choices",   VALUE_CHOICES,  false, field_check_choices,
                         "{\"type\": \"array\", \"uniqueItems\": true}", NULL},
    [FIELD_UNIT]      = {"unit",      VALUE_UNIT,     false, field_check_unit,
                         STRING(""), "\"110105001001\""},
    [FIELD_DIVISION]  = {"division",  VALUE_TEXT,     false, field_check_division,
                         STRING(", \"pattern\": \"^" DIGITS_OF_DIVISION "$\""), "\"420100\""},
    [FIELD_PERSON]    = {"person",    VALUE_PERSON,   true,  field_check_person,
                         STRING(""), "\"p3skjsn91hyx4gsz3n2t8pdmjy0\""},
    [FIELD_PHONE]     = {"phone",     VALUE_TEXT,     true,  field_check_phone,
                         STRING(", \"maxLength\": 24"), "\"13800000001\""},
    [FIELD_ID_NUMBER] = {"id_number", VALUE_TEXT,     true,  field_check_id_number,
                         STRING(", \"pattern\": \"^[0-9]{17}[0-9Xx]$\""), "\"110101199003070214\""},
    [FIELD_ADDRESS]   = {"address",   VALUE_TEXT,     true,  field_check_text,
                         STRING(""), "\"3号楼2单元501\""},
    [FIELD_LONG_TEXT] = {"long_text", VALUE_TEXT,     false, field_check_text,
                         STRING(""), "\"第一行\\n第二行\""},
    [FIELD_DURATION]  = {"duration",  VALUE_DURATION, false, field_check_duration,
                         STRING(", \"pattern\": \"^[0-9]+(s|min|h|d)$\""), "\"30min\""},
    [FIELD_MATTER]    = {"matter",    VALUE_TEXT,     false, field_check_matter,
                         STRING(", \"format\": \"uuid\""), NULL},
    [FIELD_LINES]     = {"lines",     VALUE_LINES,    false, field_check_lines,
                         "{\"type\": \"array\"}", NULL},
    [FIELD_LOCATION]  = {"location",  VALUE_LOCATION, true,  field_check_location,
                         "{\"type\": \"object\"}",
                         "{\"lat\": \"39.9042\", \"lon\": \"116.4074\", \"accuracy\": 15,"
                         " \"source\": \"device\"}",
                         &location_parts},
    [FIELD_CALL_PROOF] = {"call_proof", VALUE_CALL,   true,  field_check_call_proof,
                         "{\"type\": \"object\"}",
                         "{\"at\": \"2020-02-03T08:30:00+08:00\", \"seconds\": 95, \"direction\": \"out\","
                         " \"last4\": \"0001\"}",
                         &call_parts},
    [FIELD_REFS]      = {"refs",      VALUE_LINES,    false, field_check_refs,
                         "{\"type\": \"array\"}", NULL},
    [FIELD_FILE]      = {"file",      VALUE_FILE,     false, field_check_file,
                         STRING(", \"pattern\": \"^[0-9a-f]{64}$\""), NULL},
};
/* clang-format on */

bool field_is_personal(const struct field *field)
{
    return field->personal || field_types[field->type].personal;
}

const struct form *field_parts(const struct field *field)
{
    return field_types[field->type].parts;
}

enum value_type field_value_type(const struct field *field)
{
    return field_types[field->type].value;
}
