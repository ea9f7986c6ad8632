/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/effects.h"

#include "base/limits.h"
#include "matter/draft/merge.h"
#include "matter/draft/unique.h"
#include "matter/entry/enter.h"
#include "matter/entry/loop.h"
#include "matter/entry/opening.h"
#include "matter/entry/place.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/move.h"
#include "matter/lifecycle/participants.h"
#include "matter/lifecycle/retention.h"
#include "playbook/form.h"

#include <string.h>

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

/* ---- a child ---- */

/* About whom, where, and below which matter. */
struct child {
    int64_t subject, unit, household, parent;
};

static int64_t number_of(struct value value, enum value_type type)
{
    return value.type == type ? value.id : 0;
}

static int64_t who_of(struct draft *draft, int64_t participant, bool person)
{
    const struct participant *one = participants_find(draft, participant);
    return one != NULL && (one->who < 0) == person ? ABS(one->who) : 0;
}

/* As it comes: like this matter, or like what the loop is at. False: there is nothing to open it for. */
static bool child_at_hand(struct draft *draft, const struct effect *effect, const struct round *round,
                          struct child *out)
{
    const struct matter *own = &draft->matter;
    struct matter other;
    bool person = effect->kind->about == ABOUT_PERSON;
    *out = (struct child){own->subject, own->unit, own->household, own->id};
    if (effect->loop == NULL || effect->loop->over == LOOP_LINES)
        return true;
    if (effect->loop->over == LOOP_HOUSEHOLD)
        *out = (struct child){round->person, round->unit, round->household, own->id};
    else if (effect->loop->over == LOOP_PARTICIPANTS)
        *out = (struct child){who_of(draft, round->participant, person), own->unit, 0, own->id};
    else if (!matter_get(draft->decision->rows, round->matter, &other) || other.closed_us != 0 || other.erased)
        return false;
    else
        *out = (struct child){other.subject, other.unit, other.household, other.id};
    return true;
}

/* Whom it says that it is about. False: nobody. */
static bool child_about(struct draft *draft, const struct scope *scope, const struct effect *effect,
                        struct child *child)
{
    struct db *rows = draft->decision->rows;
    bool person = effect->kind->about == ABOUT_PERSON;
    if (effect->about != NULL) {
        struct value value = expr_evaluate(effect->about, &scope->expr);
        child->subject = number_of(value, person ? VALUE_PERSON : VALUE_UNIT);
        child->household = 0;
    }
    if (effect->kind->about == ABOUT_NOTHING)
        child->subject = 0;
    else if (child->subject == 0)
        return false;
    if (!person)
        return true;
    child->subject = registry_person_kept(rows, child->subject);
    if (effect->kind->group_household && child->household == 0)
        child->household = registry_household(rows, child->subject, draft->decision->now_us);
    return !registry_person_is_erased(rows, child->subject);
}

static bool stands_in(struct draft *draft, const struct kind *kind, int64_t id)
{
    struct unit unit;
    bool fits = kind->unit_type_count == 0 || !registry_unit(draft->decision->rows, id, &unit);
    for (size_t i = 0; i < kind->unit_type_count && !fits; i++)
        fits = strcmp(kind->unit_types[i]->name, unit.type) == 0;
    return fits || decision_refuse(draft->decision, PROBLEM_WRONG_UNIT_TYPE, NULL, kind->name, unit.type);
}

static bool child_unit(struct draft *draft, const struct scope *scope, const struct effect *effect,
                       const struct round *round, struct child *child)
{
    if (effect->unit == NULL)
        return true;
    int64_t unit = 0;
    if (!place_unit(draft, scope, effect, effect->unit, round, &unit))
        return false;
    if (unit != 0)
        child->unit = unit;
    return stands_in(draft, effect->kind, child->unit);
}

/* What follows shows no more of its subject than what it follows from; of somebody else no more than the actor might
 * read. */
static bool names_only(const struct draft *draft, const struct kind *kind, int64_t subject)
{
    if (kind->about != ABOUT_PERSON)
        return false;
    if (subject == draft->matter.subject && draft->kind->about == ABOUT_PERSON)
        return draft->matter.named_only;
    return draft->matter.named_only || registry_naming(draft->decision, subject) < NAMING_SEEN;
}

static bool open_child(struct draft *draft, const struct scope *scope, const struct effect *effect,
                       const struct round *round)
{
    struct child child;
    if (!child_at_hand(draft, effect, round, &child) || !child_about(draft, scope, effect, &child))
        return true;
    if (!child_unit(draft, scope, effect, round, &child) || !decision_may_go_on(draft->decision))
        return false;
    g_autoptr(json_t) form = fields_of(effect, &effect->kind->form, scope);
    struct opening opening = {
        .playbook = draft->playbook,
        .kind = effect->kind,
        .unit = child.unit,
        .subject = child.subject,
        .household = effect->kind->group_household ? child.household : 0,
        .parent = child.parent,
        .named_only = names_only(draft, effect->kind, child.subject),
        .form = form,
    };
    if (opening_conflict(draft->decision->rows, &opening) != 0)
        return true;
    opening_derive_uuid(draft->decision, &opening.uuid);
    return opening_emit(draft->decision, &opening) != 0;
}

/* ---- others ---- */

/* The matter that a column of the line names, of the kind that is meant. */
static void take_line(struct draft *draft, const struct effect *effect, const struct round *round, GArray *ids)
{
    const struct field *column = &effect->loop->lines->fields[effect->column];
    struct uuid uuid;
    struct matter named;
    const char *text = json_string_value(json_object_get(round->line, column->name));
    if (text != NULL && uuid_parse(text, &uuid) && matter_get_by_uuid(draft->decision->rows, &uuid, &named) &&
        strcmp(named.kind, effect->kind->name) == 0)
        g_array_append_val(ids, named.id);
}

static GArray *targets_of(struct draft *draft, const struct scope *scope, const struct effect *effect,
                          const struct round *round)
{
    if (effect->target == TARGET_CHILDREN)
        return matters_below(draft, effect->kind);
    if (effect->target == TARGET_LINKED)
        return matters_linked(draft, scope, effect->kind);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t parent = merge_survivor(draft->decision->rows, draft->matter.parent);
    if (effect->target == TARGET_PARENT && parent != 0)
        g_array_append_val(ids, parent);
    else if (effect->target == TARGET_LINE)
        take_line(draft, effect, round, ids);
    else if (effect->target == TARGET_EACH)
        g_array_append_val(ids, round->matter);
    return ids;
}

static bool set_in_other(struct draft *target, const struct scope *scope, const struct effect *effect)
{
    const struct form *form = &effect->kind->form;
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
        return true;
    if (!unique_still_is(target))
        return false;
    struct scope then;
    scope_init(&then, target, NULL, NULL, NULL, scope->observed_us);
    move_refresh_end(target, &then);
    if (effect->loop->reason != NULL)
        json_object_set_new(target->body, "b", json_string(effect->loop->reason));
    draft_emit(target, "matter_changed");
    return true;
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
                             .reason = effect->loop != NULL ? effect->loop->reason : NULL,
                             .event = "entered",
                         });
}

/* ENTER with `about`: only where the matter is about them. */
static bool is_meant(const struct draft *target, const struct scope *scope, const struct effect *effect)
{
    struct db *rows = target->decision->rows;
    if (effect->type != EFFECT_ENTER || effect->about == NULL)
        return true;
    struct value value = expr_evaluate(effect->about, &scope->expr);
    if (value.type == VALUE_PERSON)
        return registry_person_kept(rows, value.id) == registry_person_kept(rows, target->matter.subject);
    return value.type == VALUE_UNIT && value.id == target->matter.subject;
}

static bool act_on(struct draft *draft, const struct scope *scope, const struct effect *effect, int64_t id)
{
    struct decision *decision = draft->decision;
    AUTO(draft) struct draft target = {0};
    if (decision->effect_depth > LIMIT_EFFECT_DEPTH)
        return decision_refuse(decision, PROBLEM_EFFECTS_TOO_DEEP, NULL);
    if (!decision_may_go_on(decision) || !draft_load(&target, decision, id))
        return false;
    target.router = draft->router;
    if (target.matter.closed_us != 0 || target.matter.erased || !is_meant(&target, scope, effect))
        return true;
    if (effect->type == EFFECT_ENTER)
        return enter_in_other(&target, scope, effect);
    return set_in_other(&target, scope, effect);
}

static bool act_once(struct draft *draft, const struct scope *scope, const struct effect *effect,
                     const struct round *round)
{
    struct scope here;
    round_scope(&here, scope, effect, round);
    if (effect->type == EFFECT_OPEN)
        return open_child(draft, &here, effect, round);
    g_autoptr(GArray) ids = targets_of(draft, &here, effect, round);
    for (guint i = 0; i < ids->len; i++)
        if (!act_on(draft, &here, effect, g_array_index(ids, int64_t, i)))
            return false;
    return true;
}

static bool goes_to_others(const struct effect *effect)
{
    return effect->type == EFFECT_OPEN || effect->type == EFFECT_ENTER ||
           (effect->type == EFFECT_SET && effect->target != TARGET_SELF);
}

static bool act(struct draft *draft, const struct scope *scope, const struct effect *effect)
{
    AUTO(rounds) struct rounds rounds;
    if (!rounds_find(&rounds, draft, scope, effect))
        return false;
    for (guint i = 0; i < rounds.all->len; i++)
        if (!act_once(draft, scope, effect, &g_array_index(rounds.all, struct round, i)))
            return false;
    return true;
}

bool effects_other(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count)
{
    struct decision *decision = draft->decision;
    bool all = true;
    decision->effect_depth++;
    for (size_t i = 0; i < count && all; i++)
        if (goes_to_others(&effects[i]))
            all = act(draft, scope, &effects[i]);
    decision->effect_depth--;
    return all;
}
