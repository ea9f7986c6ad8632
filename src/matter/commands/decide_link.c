/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_matters {matter, other, relation}   both UUIDs
 * link_person  {matter, person, relation}  a contact, a guardian ...
 * The relation is a word of the users' own and stands in the clear. Whoever covers the matter's unit may link it.
 */
#include "matter/commands/decide.h"

#include "matter/draft/actor_sight.h"
#include "matter/lifecycle/actor.h"

#define RELATION_CHARS_MAX 40

static bool read_relation(struct decision *decision, const char **out)
{
    if (!decision_text(decision, "relation", out))
        return false;
    return g_utf8_strlen(*out, -1) <= RELATION_CHARS_MAX ||
           decision_refuse(decision, PROBLEM_TEXT_TOO_LONG, "relation", G_STRINGIFY(RELATION_CHARS_MAX));
}

static bool load(struct draft *draft, struct decision *decision)
{
    struct uuid uuid;
    return decision_uuid(decision, "matter", &uuid) && draft_load_uuid(draft, decision, &uuid, "matter");
}

static bool may_link(struct draft *draft)
{
    return actor_covers(draft->decision, draft->matter.unit) &&
           draft_must_be_current(draft, draft->decision->command->version);
}

bool decide_link_matters(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct matter other;
    const char *relation;
    if (!actor_matter(decision, "other", &other) || !read_relation(decision, &relation) || !load(&draft, decision))
        return false;
    if (other.id == draft.matter.id)
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, "other");
    if (!may_link(&draft))
        return false;
    body_add(draft.body, "l", other.id);
    json_object_set_new(draft.body, "re", json_string(relation));
    draft_emit(&draft, "matters_linked");
    return true;
}

bool decide_link_person(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    int64_t person;
    const char *relation;
    if (!decision_person_id(decision, "person", &person) || !read_relation(decision, &relation) ||
        !load(&draft, decision))
        return false;
    if (!registry_may_mention(decision, person))
        return decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, "person");
    if (!may_link(&draft))
        return false;
    body_add(draft.body, "lp", person);
    json_object_set_new(draft.body, "re", json_string(relation));
    draft_emit(&draft, "person_linked");
    return true;
}
