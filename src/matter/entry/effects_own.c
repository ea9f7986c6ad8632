/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/effects_own.h"

#include "matter/entry/loop.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/participants.h"
#include "matter/lifecycle/retention.h"
#include "playbook/form/form.h"

json_t *effects_fields(const struct effect *effect, const struct form *form, const struct scope *scope)
{
    json_t *fields = json_object();
    for (size_t i = 0; i < effect->field_count; i++) {
        const struct field *field = &form->fields[effect->fields[i].field];
        json_t *value = form_store_value(field, expr_evaluate(effect->fields[i].value, &scope->expr));
        if (value != NULL)
            json_object_set_new(fields, field->name, value);
    }
    return fields;
}

static void set_own(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    for (size_t i = 0; i < effect->field_count; i++) {
        const struct field *field = &draft->kind->form.fields[effect->fields[i].field];
        draft_set_field(draft, field, form_store_value(field, expr_evaluate(effect->fields[i].value, &scope->expr)));
    }
}

static bool join_all(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    AUTO(rounds) struct rounds rounds;
    if (!rounds_find(&rounds, draft, scope, effect))
        return false;
    for (guint i = 0; i < rounds.all->len; i++) {
        struct scope here;
        round_scope(&here, scope, effect, &g_array_index(rounds.all, struct round, i));
        if (!participants_effect(draft, &here, effect))
            return false;
    }
    return true;
}

bool effects_own(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct effect *effect = &effects[i];
        if (effect->target != TARGET_SELF)
            continue;
        if (effect->type == EFFECT_SET)
            set_own(draft, scope, effect);
        else if (effect->type == EFFECT_WITHDRAW)
            expect_end_named(draft, effect->name, scope->line_number, OUTCOME_WITHDRAWN);
        else if (effect->type == EFFECT_SUPERSEDE)
            expect_end_named(draft, effect->name, scope->line_number, OUTCOME_SUPERSEDED);
        else if (effect->type == EFFECT_HOLD)
            retention_hold(draft, effect->name);
        else if (effect->type == EFFECT_RELEASE)
            retention_release(draft, effect->name);
        else if (effect->type == EFFECT_DOCUMENT)
            body_append(draft->body, "d", json_string(effect->name));
        else if ((effect->type == EFFECT_JOIN || effect->type == EFFECT_PARTICIPANT) && !join_all(draft, scope, effect))
            return false;
    }
    return true;
}

void effects_reopen(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (effects[i].type == EFFECT_REOPEN)
            expect_reopen(draft, effects[i].name, scope->line_number);
}
