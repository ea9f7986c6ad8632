/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/scope.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "matter/facts.h"
#include "playbook/form.h"

#define RULES_HELD_US                                                                                        \
    (7 * US_PER_DAY) /* a phone's fact is at most so old when an older edition may still judge it */

static struct value field_of(const struct form *form, const json_t *stored, int index)
{
    const json_t *value = json_object_get(stored, form->fields[index].name);
    return value != NULL ? form_value(&form->fields[index], value) : (struct value){.type = VALUE_MISSING};
}

static struct value datetime_value(int64_t us)
{
    return (struct value){.type = VALUE_DATETIME, .us = us};
}

static struct value choice_value(const char *code)
{
    return code == NULL ? (struct value){.type = VALUE_MISSING}
                        : (struct value){.type = VALUE_CHOICE, .text = code};
}

static struct value id_value(enum value_type type, int64_t id)
{
    return id == 0 ? (struct value){.type = VALUE_MISSING} : (struct value){.type = type, .id = id};
}

static struct value builtin(const struct scope *scope, enum expr_builtin name)
{
    const struct matter *matter = &scope->draft->matter;
    switch (name) {
    case EXPR_NOW:
        return datetime_value(scope->draft->decision->now_us);
    case EXPR_OBSERVED_AT:
        return datetime_value(scope->observed_us);
    case EXPR_ATTEMPT:
        return choice_value(scope->attempt);
    case EXPR_MATTER_STATE:
        return choice_value(matter->state);
    case EXPR_MATTER_OPENED_AT:
        return datetime_value(matter->opened_us);
    case EXPR_MATTER_UNIT:
        return id_value(VALUE_UNIT, matter->unit);
    case EXPR_STATE_SINCE:
        return datetime_value(matter->state_since_us);
    case EXPR_SUBJECT:
        return id_value(VALUE_PERSON, matter->subject);
    case EXPR_BUILTIN_COUNT:
        break;
    }
    g_assert_not_reached();
}

static struct value get(void *context, enum expr_space space, int index, const struct value *key)
{
    const struct scope *scope = context;
    const struct rule *rules = scope->draft->playbook->rules;
    switch (space) {
    case EXPR_ENTRY_FIELD:
        return scope->entry == NULL ? (struct value){.type = VALUE_MISSING}
                                    : field_of(&scope->entry->form, scope->fields, index);
    case EXPR_MATTER_FIELD:
        return field_of(&scope->draft->kind->form, draft_form(scope->draft), index);
    case EXPR_FACT:
        return facts_value(scope->draft, index);
    case EXPR_RULE:
        return rule_value_on(&rules[index], scope->rule_day, NULL);
    case EXPR_TABLE:
        return key == NULL || (key->type != VALUE_CHOICE && key->type != VALUE_TEXT)
                   ? (struct value){.type = VALUE_MISSING}
                   : rule_value_on(&rules[index], scope->rule_day, key->text);
    case EXPR_BUILTIN:
        return builtin(scope, (enum expr_builtin)index);
    case EXPR_SPACE_COUNT:
        break;
    }
    g_assert_not_reached();
}

void scope_init(struct scope *scope, struct draft *draft, const struct entry_def *entry, const json_t *fields,
                const char *attempt, int64_t observed_us)
{
    int64_t now_us = draft->decision->now_us;
    *scope = (struct scope){
        .expr = {.get = get, .context = scope, .zone = draft->playbook->zone},
        .draft = draft,
        .entry = entry,
        .fields = fields,
        .attempt = attempt,
        .observed_us = observed_us,
        .rule_day = day_of(CLAMP(observed_us, now_us - RULES_HELD_US, now_us), draft->playbook->zone),
    };
}
