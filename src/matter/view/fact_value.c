/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/view/fact_value.h"

#include "base/json.h"
#include "playbook/form/form.h"

struct value facts_number(const json_t *stored)
{
    struct value value = {.type = VALUE_NUMBER};
    return json_decimal(stored, &value.number) ? value : (struct value){.type = VALUE_MISSING};
}

struct value facts_value(struct matter_view *view, int index, const struct value *key)
{
    const struct fact *fact = &view->kind->facts[index];
    const json_t *stored = json_array_get(view_facts(view), (size_t)index);
    if (fact->by != NULL)
        stored = key != NULL ? json_object_get(stored, key->text) : NULL;
    if (stored == NULL || json_is_null(stored)) {
        if (fact->function == FACT_COUNT || fact->function == FACT_SUM)
            return (struct value){.type = VALUE_NUMBER, .number = decimal_from_integer(0)};
        if (fact->function == FACT_EXISTS)
            return (struct value){.type = VALUE_BOOL, .truth = false};
        return (struct value){.type = VALUE_MISSING};
    }
    if (fact->function == FACT_COUNT)
        return (struct value){.type = VALUE_NUMBER, .number = decimal_from_integer(json_integer_value(stored))};
    if (fact->function == FACT_EXISTS)
        return (struct value){.type = VALUE_BOOL, .truth = json_is_true(stored)};
    if (fact->value != NULL)
        return facts_number(stored);
    if (fact->member == FACT_MEMBER_AT)
        return (struct value){.type = VALUE_DATETIME, .us = json_integer_value(stored)};
    if (fact->member == FACT_MEMBER_ACTOR)
        return (struct value){.type = VALUE_PERSON, .id = json_integer_value(stored)};
    return form_value(&fact->entry->form.fields[fact->field], stored);
}
