/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/effects.h"

#include "matter/entry/effects_registry.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/participants.h"
#include "matter/lifecycle/retention.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/route.h"
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

static bool set(const struct turn *turn)
{
    const struct form *form = &turn->draft->view.kind->form;
    for (size_t i = 0; i < turn->effect->field_count; i++) {
        const struct effect_field *set = &turn->effect->fields[i];
        const struct field *field = &form->fields[set->field];
        if (json_object_get(turn->draft->kept, field->name) != NULL)
            continue;
        draft_set_field(turn->draft, field, form_store_value(field, expr_evaluate(set->value, &turn->scope->expr)));
    }
    return true;
}

static bool withdraw(const struct turn *turn)
{
    expect_end_named(turn->draft, turn->effect->name, turn->scope, OUTCOME_WITHDRAWN);
    return true;
}

static bool supersede(const struct turn *turn)
{
    expect_end_named(turn->draft, turn->effect->name, turn->scope, OUTCOME_SUPERSEDED);
    return true;
}

static bool reopen(const struct turn *turn)
{
    expect_reopen(turn->draft, turn->effect->name, turn->scope);
    return true;
}

static bool hold(const struct turn *turn)
{
    retention_hold(turn->draft, turn->effect->name);
    return true;
}

static bool release(const struct turn *turn)
{
    retention_release(turn->draft, turn->effect->name);
    return true;
}

static bool document(const struct turn *turn)
{
    body_append(turn->draft->body, "d", json_string(turn->effect->name));
    return true;
}

static bool participants(const struct turn *turn)
{
    return participants_effect(turn->draft, turn->scope, turn->effect);
}

static bool empty(const struct turn *turn)
{
    const struct field *field = &turn->draft->view.kind->form.fields[turn->effect->fields[0].field];
    if (json_object_get(view_form(&turn->draft->view), field->name) != NULL)
        draft_set_field(turn->draft, field, NULL);
    return true;
}

static const struct {
    enum effect_phase phase;
    bool (*act)(const struct turn *turn); /* NULL: in other matters only */
} rows[] = {
    [EFFECT_SET] = {EFFECTS_OWN, set},
    [EFFECT_OPEN] = {EFFECTS_OWN, NULL},
    [EFFECT_ENTER] = {EFFECTS_OWN, NULL},
    [EFFECT_WITHDRAW] = {EFFECTS_OWN, withdraw},
    [EFFECT_SUPERSEDE] = {EFFECTS_OWN, supersede},
    [EFFECT_HOLD] = {EFFECTS_OWN, hold},
    [EFFECT_RELEASE] = {EFFECTS_OWN, release},
    [EFFECT_REOPEN] = {EFFECTS_AFTER_STATE, reopen},
    [EFFECT_DOCUMENT] = {EFFECTS_OWN, document},
    [EFFECT_JOIN] = {EFFECTS_OWN, participants},
    [EFFECT_PARTICIPANT] = {EFFECTS_OWN, participants},
    [EFFECT_OPEN_UNIT] = {EFFECTS_ONCE, effect_open_unit},
    [EFFECT_CLOSE_UNIT] = {EFFECTS_ONCE, effect_close_unit},
    [EFFECT_APPOINT] = {EFFECTS_ONCE, effect_appoint},
    [EFFECT_RESTORE] = {EFFECTS_ONCE, effect_restore},
    [EFFECT_EMPTY] = {EFFECTS_OWN, empty},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == EFFECT_TYPE_COUNT);

/* An effect has changed who holds which post. */
static void forget_posts(struct draft *draft)
{
    if (draft->router != NULL)
        router_forget(draft->router);
    if (draft->allowed != NULL)
        *draft->allowed = (struct allowed){NULL};
}

static bool run(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    AUTO(iterations) struct iterations iterations;
    if (!iterations_collect(&iterations, draft, scope, effect))
        return false;
    for (guint i = 0; i < iterations.all->len; i++) {
        struct scope here;
        const struct iteration *iteration = &g_array_index(iterations.all, struct iteration, i);
        iteration_scope(&here, scope, effect, iteration);
        if (effect->registry != NULL && !decision_may_go_on(draft->decision))
            return false;
        if (!rows[effect->type].act(&(struct turn){draft, &here, effect, iteration}))
            return false;
    }
    if (effect->registry != NULL)
        forget_posts(draft);
    return true;
}

bool effects_run(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count,
                 enum effect_phase phase)
{
    for (size_t i = 0; i < count; i++) {
        bool acts = rows[effects[i].type].act != NULL && effects[i].target == TARGET_SELF;
        if (acts && rows[effects[i].type].phase == phase && !run(draft, scope, &effects[i]))
            return false;
    }
    return true;
}

bool effects_set_anew(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool sets = effects[i].type == EFFECT_SET || effects[i].type == EFFECT_EMPTY;
        if (sets && effects[i].target == TARGET_SELF && !run(draft, scope, &effects[i]))
            return false;
    }
    return true;
}
