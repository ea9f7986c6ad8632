/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * open_matter {kind, unit, subject?, subject_post?, form?, parent?, household?}
 *   unit       code or "#id"
 *   subject    person id, or {name, id_number?, phone?} to find or register one; the unit's id for kinds about units
 *   subject_post  of kinds about a post, instead of the subject: the id of the post, held or ended
 *   parent     UUID of the matter that it belongs to
 *   household  id; left out: where the subject lives
 * An actor with no more than a role of `proposed_by` makes a proposal: the state `proposed`, in which nothing is
 * expected but the decision on it, where the playbook says by when.
 */
#include "matter/commands/decide.h"

#include "base/nearest.h"
#include "matter/draft/actor_sight.h"
#include "matter/entry/opening.h"
#include "matter/entry/read.h"
#include "matter/lifecycle/actor.h"
#include "matter/view/scope.h"

#include <string.h>

static bool read_kind(struct decision *decision, struct opening *opening)
{
    const char *name;
    if (decision->playbook == NULL)
        return decision_refuse(decision, PROBLEM_NO_PLAYBOOK, NULL);
    if (!decision_text(decision, "kind", &name))
        return false;
    opening->playbook = decision->playbook;
    opening->kind = playbook_find_kind(decision->playbook, name);
    if (opening->kind != NULL)
        return true;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < decision->playbook->kind_count; i++)
        g_ptr_array_add(names, decision->playbook->kinds[i].name);
    const char *nearest = nearest_name(name, (const char *const *)names->pdata, names->len);
    return decision_refuse(decision, PROBLEM_UNKNOWN_KIND, "kind", nearest != NULL ? nearest : "");
}

static bool stands_in(const struct unit_type *const *types, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(types[i]->name, name) == 0)
            return true;
    return count == 0;
}

static bool read_unit(struct decision *decision, struct opening *opening)
{
    const struct kind *kind = opening->kind;
    struct unit unit;
    if (!decision_unit(decision, "unit", &opening->unit) || !registry_unit(decision->rows, opening->unit, &unit))
        return false;
    const struct unit_type *const *types =
        kind->standing_one_per_unit ? (void *)kind->audience : (void *)kind->unit_types;
    if (stands_in(types, kind->standing_one_per_unit ? kind->audience_count : kind->unit_type_count, unit.type))
        return true;
    return decision_refuse(decision, PROBLEM_WRONG_UNIT_TYPE, "unit", kind->name, unit.type);
}

static bool read_person(struct decision *decision, const json_t *given, struct opening *opening)
{
    int64_t id;
    if (json_is_object(given)) {
        struct resolved_person named;
        if (!registry_decide_subject(decision, given, "subject", opening->unit, &named))
            return false;
        opening->subject = named.person;
        opening->named_only = named.naming < NAMING_SEEN;
        return true;
    }
    if (!decision_read_id(decision, VAULT_ID_PERSON, given, "subject", &id))
        return false;
    if (registry_naming(decision, id) == NAMING_HIDDEN)
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, "subject");
    opening->subject = registry_person_kept(decision->rows, id);
    opening->named_only = registry_naming(decision, opening->subject) < NAMING_SEEN;
    return true;
}

static bool read_subject_unit(struct decision *decision, struct opening *opening)
{
    struct unit unit;
    if (!decision_id(decision, "subject", &opening->subject))
        return false;
    if (!registry_unit(decision->rows, opening->subject, &unit))
        return decision_refuse(decision, PROBLEM_UNKNOWN_UNIT, "subject");
    if (opening->kind->about_anywhere ||
        registry_covers(decision->rows, opening->unit, opening->subject, decision->now_us))
        return true;
    return registry_unit(decision->rows, opening->unit, &unit) &&
           decision_refuse(decision, PROBLEM_SUBJECT_ELSEWHERE, "subject", unit.name);
}

static bool read_subject_post(struct decision *decision, struct opening *opening)
{
    struct post post;
    if (!decision_post_id(decision, "subject_post", &opening->subject_post))
        return false;
    if (!registry_post(decision->rows, opening->subject_post, &post))
        return decision_refuse(decision, PROBLEM_UNKNOWN_POST, "subject_post");
    if (!actor_oversees(decision, &post))
        return false;
    opening->subject = registry_person_kept(decision->rows, post.person);
    opening->named_only = registry_naming(decision, opening->subject) < NAMING_SEEN;
    return true;
}

static bool read_subject(struct decision *decision, struct opening *opening)
{
    const json_t *post = json_object_get(decision->command->body, "subject_post");
    if (!opening->kind->about_post && post != NULL && !json_is_null(post))
        return decision_refuse(decision, PROBLEM_SUBJECT_NOT_ALLOWED, "subject_post");
    const json_t *given = json_object_get(decision->command->body, "subject");
    bool absent = given == NULL || json_is_null(given);
    if (opening->kind->about_post && absent)
        return read_subject_post(decision, opening);
    if (opening->kind->about == ABOUT_NOTHING || opening->kind->about_post)
        return absent || decision_refuse(decision, PROBLEM_SUBJECT_NOT_ALLOWED, "subject");
    if (absent)
        return decision_refuse(decision, PROBLEM_SUBJECT_NEEDED, "subject");
    return opening->kind->about == ABOUT_UNIT ? read_subject_unit(decision, opening)
                                              : read_person(decision, given, opening);
}

/* The actor may name a member of it. */
static bool may_name_household(struct decision *decision, int64_t household)
{
    bool may = false;
    g_autoptr(GArray) members = registry_household_members(decision->rows, household, decision->now_us);
    for (guint i = 0; i < members->len && !may; i++)
        may = registry_naming(decision, g_array_index(members, int64_t, i)) >= NAMING_SEEN;
    return may || decision_refuse(decision, PROBLEM_NOT_FOUND, "household", "");
}

static bool read_household(struct decision *decision, struct opening *opening)
{
    if (!decision_household_id_optional(decision, "household", &opening->household))
        return false;
    int64_t own = opening->kind->about == ABOUT_PERSON && !opening->named_only
                      ? registry_household(decision->rows, opening->subject, decision->now_us)
                      : 0;
    if (opening->household != 0)
        return opening->household == own || may_name_household(decision, opening->household);
    if (opening->kind->group_household)
        opening->household = own;
    return true;
}

static bool read_parent(struct decision *decision, struct opening *opening)
{
    const json_t *given = json_object_get(decision->command->body, "parent");
    struct matter parent;
    if (given == NULL || json_is_null(given))
        return true;
    if (!actor_matter(decision, "parent", &parent))
        return false;
    opening->parent = parent.id;
    return true;
}

/* A child is decided where its parent is. */
static bool begin(struct decision *decision, const struct opening *opening)
{
    return opening->parent != 0 ? registry_begin(decision, id_matter_stream(opening->parent), "parent")
                                : registry_begin(decision, id_unit_stream(opening->unit), "unit");
}

/* Against the kind's form; rules and facts of a matter that is not there yet. */
static json_t *read_form(struct decision *decision, const struct opening *opening)
{
    const json_t *given = json_object_get(decision->command->body, "form");
    if (given != NULL && !json_is_null(given) && !json_is_object(given)) {
        decision_refuse(decision, PROBLEM_WRONG_TYPE, "form", "object");
        return NULL;
    }
    AUTO(view) struct matter_view view;
    view_init(&view, decision->rows, decision->vault, decision->now_us, opening->playbook, opening->kind);
    view.matter.unit = opening->unit;
    view.matter.subject = opening->subject;
    view.matter.opened_us = view.matter.state_since_us =
        opening->opened_us != 0 ? opening->opened_us : decision->now_us;
    view.form = json_object();
    struct scope scope;
    scope_init(&scope, &view, NULL, NULL, NULL, decision->command->observed_us);
    return enter_check_form(decision, &view, &opening->kind->form, json_is_object(given) ? given : NULL, NULL,
                            &scope.expr, false, "form");
}

/* A row of a sheet has the same id at every import. Other commands are found by the ids that the engine remembers. */
static bool must_be_new(struct decision *decision)
{
    struct matter known;
    char uuid[UUID_TEXT_LENGTH + 1];
    if (!decision->command->nested || !matter_get_by_uuid(decision->rows, &decision->command->id, &known))
        return true;
    uuid_format(&known.uuid, uuid);
    return decision_refuse(decision, PROBLEM_MATTER_EXISTS, NULL, uuid);
}

bool decide_open_matter(struct decision *decision)
{
    struct opening opening = {.uuid = decision->command->id, .opened_us = decision->command->opened_us};
    if (!must_be_new(decision) || !read_kind(decision, &opening) || !read_unit(decision, &opening) ||
        !read_parent(decision, &opening) || !begin(decision, &opening) || !read_subject(decision, &opening) ||
        !read_household(decision, &opening))
        return false;
    struct right right = actor_may_open(decision, opening.kind, opening.unit, opening.subject, &opening.proposed);
    if (!decision_act_by(decision, right) || !opening_must_be_alone(decision, &opening))
        return false;
    g_autoptr(json_t) form = read_form(decision, &opening);
    if (form == NULL)
        return false;
    opening.form = form;
    if (opening.kind->unique_field != NULL && !opening_must_be_alone(decision, &opening))
        return false;
    opening.participants = json_object_get(decision->command->body, "participants");
    return opening_emit(decision, &opening) != 0;
}
