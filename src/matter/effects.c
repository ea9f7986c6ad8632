/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/effects.h"

#include "base/limits.h"
#include "matter/enter.h"
#include "matter/expect.h"
#include "matter/move.h"
#include "matter/opening.h"
#include "matter/participants.h"
#include "matter/retention.h"
#include "playbook/form.h"

/* Fields of `form` out of expressions in the scope of the entry that has the effect. */
static json_t *fields_of(const struct effect *effect, const struct form *form, const struct scope *scope)
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
        draft_set_field(draft, field,
                        form_store_value(field, expr_evaluate(effect->fields[i].value, &scope->expr)));
    }
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
        else if ((effect->type == EFFECT_JOIN || effect->type == EFFECT_PARTICIPANT) &&
                 !participants_effect(draft, scope, effect))
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

/* ---- others ---- */

/* About whom, and where. */
struct child {
    int64_t subject, unit, household;
};

static bool open_child(struct draft *draft, const struct scope *scope, const struct effect *effect,
                       const struct child *child)
{
    g_autoptr(json_t) form = fields_of(effect, &effect->kind->form, scope);
    struct opening opening = {
        .playbook = draft->playbook,
        .kind = effect->kind,
        .unit = child->unit,
        .subject = effect->kind->about == ABOUT_NOTHING ? 0 : child->subject,
        .household = effect->kind->group_household ? child->household : 0,
        .parent = draft->matter.id,
        .form = form,
    };
    if (opening_conflict(draft->decision->rows, &opening) != 0)
        return true;
    opening_derive_uuid(draft->decision, &opening.uuid);
    return opening_emit(draft->decision, &opening) != 0;
}

static bool open_own(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    const struct matter *matter = &draft->matter;
    return open_child(draft, scope, effect, &(struct child){matter->subject, matter->unit, matter->household});
}

/* For each who lives with the subject now, where they live. */
static bool open_for_others(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    struct decision *decision = draft->decision;
    struct residency home;
    if (!registry_residency(decision->rows, draft->matter.subject, decision->now_us, &home))
        return true;
    g_autoptr(GArray) members = registry_household_members(decision->rows, home.household, decision->now_us);
    for (guint i = 0; i < members->len; i++) {
        struct child child = {g_array_index(members, int64_t, i), home.unit, home.household};
        bool other = registry_person_kept(decision->rows, child.subject) !=
                     registry_person_kept(decision->rows, draft->matter.subject);
        if (other && !registry_person_is_erased(decision->rows, child.subject) &&
            !open_child(draft, scope, effect, &child))
            return false;
    }
    return true;
}

static void take_ids(struct rows rows, GArray *out)
{
    while (rows_next(&rows)) {
        int64_t id = rows_integer(&rows, 0);
        g_array_append_val(out, id);
    }
}

static GArray *targets_of(const struct draft *draft, const struct effect *effect)
{
    struct db *rows = draft->decision->rows;
    const struct matter *matter = &draft->matter;
    const char *kind = effect->kind != NULL ? effect->kind->name : matter->kind;
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (effect->target == TARGET_PARENT && matter->parent != 0)
        g_array_append_val(ids, matter->parent);
    else if (effect->target == TARGET_CHILDREN)
        take_ids(
            rows_of(rows,
                    "SELECT id FROM matter WHERE parent = ?1 AND parent <> 0 AND kind = ?2 AND closed_us = 0 "
                    "ORDER BY id",
                    "is", matter->id, kind),
            ids);
    else if (effect->target == TARGET_LINKED)
        take_ids(
            rows_of(
                rows,
                "SELECT id FROM matter WHERE kind = ?2 AND closed_us = 0 AND id IN (SELECT other FROM link "
                "WHERE matter = ?1 UNION SELECT matter FROM link WHERE other = ?1) ORDER BY id",
                "is", matter->id, kind),
            ids);
    else if (effect->target == TARGET_HOUSEHOLD_OTHERS && matter->household != 0)
        take_ids(rows_of(rows,
                         "SELECT id FROM matter WHERE household = ?1 AND household <> 0 AND kind = ?2 AND "
                         "closed_us = 0 AND id <> ?3 ORDER BY id",
                         "isi", matter->household, matter->kind, matter->id),
                 ids);
    return ids;
}

static void set_in_other(struct draft *target, const struct scope *scope, const struct effect *effect)
{
    const struct form *form = &scope->draft->kind->form;
    g_autoptr(json_t) fields = fields_of(effect, form, scope);
    const char *name;
    json_t *value;
    json_object_foreach(fields, name, value)
    {
        int field = form_find_field(&target->kind->form, name); /* its rules may be older than ours */
        if (field >= 0)
            draft_set_field(target, &target->kind->form.fields[field], json_incref(value));
    }
    if (!target->form_changed)
        return;
    struct scope then;
    scope_init(&then, target, NULL, NULL, NULL, scope->observed_us);
    move_refresh_end(target, &then);
    if (effect->reason != NULL)
        json_object_set_new(target->body, "b", json_string(effect->reason));
    draft_emit(target, "matter_changed");
}

static bool enter_in_other(struct draft *target, const struct scope *scope, const struct effect *effect)
{
    const struct entry_def *entry = kind_find_entry(target->kind, effect->entry->name);
    if (entry == NULL || !entry_fits_state(entry, target->state))
        return true;
    g_autoptr(json_t) fields = fields_of(effect, &effect->entry->form, scope);
    return enter(target, &(struct entering){
                             .entry = entry,
                             .fields = fields,
                             .observed_us = scope->observed_us,
                             .person = scope->draft->decision->command->person,
                             .event = "entered",
                         });
}

static bool act_on(struct draft *draft, const struct scope *scope, const struct effect *effect, int64_t id)
{
    struct decision *decision = draft->decision;
    AUTO(draft) struct draft target = {0};
    if (decision->effect_depth > LIMIT_EFFECT_DEPTH || decision->events->len >= LIMIT_EVENTS_PER_COMMAND)
        return decision_refuse(decision, PROBLEM_EFFECTS_TOO_DEEP, NULL);
    if (!draft_load(&target, decision, id))
        return false;
    target.router = draft->router;
    if (target.matter.closed_us != 0 || target.matter.erased)
        return true;
    if (effect->type == EFFECT_ENTER)
        return enter_in_other(&target, scope, effect);
    set_in_other(&target, scope, effect);
    return true;
}

static bool act(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    if (effect->type == EFFECT_OPEN && effect->target == TARGET_HOUSEHOLD_OTHERS)
        return open_for_others(draft, scope, effect);
    if (effect->type == EFFECT_OPEN)
        return open_own(draft, scope, effect);
    if (effect->target == TARGET_SELF || (effect->type != EFFECT_ENTER && effect->type != EFFECT_SET))
        return true;
    g_autoptr(GArray) ids = targets_of(draft, effect);
    for (guint i = 0; i < ids->len; i++)
        if (!act_on(draft, scope, effect, g_array_index(ids, int64_t, i)))
            return false;
    return true;
}

bool effects_other(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count)
{
    struct decision *decision = draft->decision;
    bool all = true;
    decision->effect_depth++;
    for (size_t i = 0; i < count && all; i++)
        all = act(draft, scope, &effects[i]);
    decision->effect_depth--;
    return all;
}
