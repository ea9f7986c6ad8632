/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/effects_open.h"

#include "matter/entry/effects.h"
#include "matter/entry/opening.h"
#include "matter/entry/effect_unit.h"
#include "matter/view/members.h"

#include <string.h>

/* About whom, where, and below which matter. */
struct child {
    int64_t subject, unit, household, parent, subject_post;
};

static int64_t number_of(struct value value, enum value_type type)
{
    return value.type == type ? value.id : 0;
}

static int64_t who_of(struct draft *draft, int64_t participant, bool person)
{
    const struct participant *one = participants_find(&draft->view, participant);
    return one != NULL && (one->who < 0) == person ? ABS(one->who) : 0;
}

/* As it comes: like this matter, or like what the loop is at. False: there is nothing to open it for. */
static bool resolve_child(struct draft *draft, const struct effect *effect, const struct iteration *iteration,
                          struct child *out)
{
    const struct matter *own = &draft->view.matter;
    struct matter other;
    bool person = effect->kind->about == ABOUT_PERSON;
    *out = (struct child){own->subject, own->unit, own->household, own->id, effect->same_post ? own->subject_post : 0};
    if (effect->loop == NULL || effect->loop->over == LOOP_LINES)
        return true;
    if (effect->loop->over == LOOP_HOUSEHOLD)
        *out = (struct child){iteration->person, iteration->unit, iteration->household, own->id, 0};
    else if (effect->loop->over == LOOP_PARTICIPANTS)
        *out = (struct child){who_of(draft, iteration->participant, person), own->unit, 0, own->id, out->subject_post};
    else if (!matter_get(draft->decision->rows, iteration->matter, &other) || other.closed_us != 0 || other.erased)
        return false;
    else
        *out = (struct child){other.subject, other.unit, other.household, other.id, 0};
    return true;
}

/* The subject that the effect names. False: there is none. */
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
                       const struct iteration *iteration, struct child *child)
{
    if (effect->unit == NULL)
        return true;
    int64_t unit = 0;
    if (!effect_unit(draft, scope, effect, effect->unit, iteration, &unit))
        return false;
    if (unit != 0)
        child->unit = unit;
    return stands_in(draft, effect->kind, child->unit);
}

/* A child shows no more of its subject than its parent does; of another subject no more than the actor may read. */
static bool names_only(const struct draft *draft, const struct kind *kind, int64_t subject)
{
    if (kind->about != ABOUT_PERSON)
        return false;
    if (subject == draft->view.matter.subject && draft->view.kind->about == ABOUT_PERSON)
        return draft->view.matter.named_only;
    return draft->view.matter.named_only || registry_naming_by_sender(draft->decision, subject) < NAMING_SEEN;
}

/* Whether the actor, of a letter its sender, is to have the sight of an opener: of what they see by their posts anyway,
 * and of what is about the same person in the same place as a matter that they see, or about nobody there. */
static bool sees(const struct decision *decision, const struct opening *opening)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    struct matter above, made = {.rules = opening->playbook->id, .unit = opening->unit, .subject = opening->subject};
    if (decision->command->person == 0 || hooks->sees_matter == NULL)
        return true;
    g_strlcpy(made.kind, opening->kind->name, sizeof made.kind);
    if (hooks->sees_matter(decision, &made))
        return true;
    return matter_get(decision->rows, opening->parent, &above) && above.unit == opening->unit &&
           (opening->kind->about != ABOUT_PERSON || above.subject == opening->subject) &&
           hooks->sees_matter(decision, &above);
}

/* Nothing is opened beside it, unless that would tell an actor who sees what is opened that it is there. */
static bool is_there(const struct decision *decision, const struct opening *opening)
{
    const struct area_hooks *hooks = &decision->areas->hooks;
    struct matter other;
    int64_t conflict = opening_conflict(decision->rows, opening);
    if (conflict == 0 || !opening->named_only || opening->caused || hooks->sees_matter == NULL)
        return conflict != 0;
    return matter_get(decision->rows, conflict, &other) && hooks->sees_matter(decision, &other);
}

bool effects_open(struct draft *draft, const struct scope *scope, const struct effect *effect,
                  const struct iteration *iteration)
{
    struct child child;
    if (!resolve_child(draft, effect, iteration, &child) || !child_about(draft, scope, effect, &child))
        return true;
    if (!child_unit(draft, scope, effect, iteration, &child) || !decision_may_go_on(draft->decision))
        return false;
    g_autoptr(json_t) form = effects_fields(effect, &effect->kind->form, scope);
    struct opening opening = {
        .playbook = draft->view.playbook,
        .kind = effect->kind,
        .unit = child.unit,
        .subject = child.subject,
        .subject_post = child.subject_post,
        .household = effect->kind->group_household ? child.household : 0,
        .parent = child.parent,
        .named_only = names_only(draft, effect->kind, child.subject),
        .form = form,
    };
    opening.caused = !sees(draft->decision, &opening);
    if (is_there(draft->decision, &opening))
        return true;
    opening_derive_uuid(draft->decision, &opening.uuid);
    return opening_emit(draft->decision, &opening) != 0;
}
