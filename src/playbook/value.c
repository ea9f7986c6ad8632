/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/value.h"

const char *const value_type_names[VALUE_TYPE_COUNT] = {
    [VALUE_MISSING] = "missing", [VALUE_BOOL] = "bool",         [VALUE_NUMBER] = "number",
    [VALUE_TEXT] = "text",       [VALUE_CHOICE] = "choice",     [VALUE_CHOICES] = "choices",
    [VALUE_DATE] = "date",       [VALUE_DATETIME] = "datetime", [VALUE_DURATION] = "duration",
    [VALUE_UNIT] = "unit",       [VALUE_PERSON] = "person",
};
