/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_matters   {matter, other, relation}   both UUIDs
 * link_person    {matter, person, relation}  a contact, a guardian ...
 * unlink_matters {matter, other, reason}     whichever of them links the other
 * unlink_person  {matter, person, reason}
 * Relation and reason are the users' own words and sealed under the key of the matter that holds the link. Since what
 * is entered in one may follow into the other, whoever links two, or parts them, covers the units of both.
 */
#include "matter/commands/decide.h"

#include "matter/draft/actor_sight.h"
#include "matter/lifecycle/actor.h"

#define RELATION_CHARS_MAX 40
#define REASON_CHARS_MAX   200

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
    return decision_act_by(draft->decision, actor_covers(draft->decision, draft->view.matter.unit)) &&
           draft_must_be_current(draft, draft->decision->command->version);
}

static bool may_link_both(struct draft *draft, const struct matter *other)
{
    if (other->id == draft->view.matter.id)
        return decision_refuse(draft->decision, PROBLEM_UNKNOWN_MATTER, "other");
    return actor_covers(draft->decision, other->unit).given && may_link(draft);
}

/* ---- linking ---- */

bool decide_link_matters(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct matter other;
    const char *relation;
    if (!actor_matter(decision, "other", &other) || !read_relation(decision, &relation) || !load(&draft, decision) ||
        !may_link_both(&draft, &other))
        return false;
    body_add(draft.body, "l", other.id);
    draft_seal_note(&draft, "relation", relation);
    draft_emit(&draft, "matters_linked");
    return true;
}

static bool read_person(struct decision *decision, int64_t *out)
{
    return decision_person_id(decision, "person", out);
}

static bool may_mention(struct decision *decision, int64_t person)
{
    return registry_may_mention(decision, person) || decision_refuse(decision, PROBLEM_UNKNOWN_PERSON, "person");
}

bool decide_link_person(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    int64_t person;
    const char *relation;
    if (!read_person(decision, &person) || !read_relation(decision, &relation) || !load(&draft, decision) ||
        !may_mention(decision, person) || !may_link(&draft))
        return false;
    body_add(draft.body, "lp", person);
    draft_seal_note(&draft, "relation", relation);
    draft_emit(&draft, "person_linked");
    return true;
}

/* ---- parting ---- */

static bool links(struct decision *decision, int64_t matter, int64_t other)
{
    int64_t found;
    return db_integer(decision->rows, &found,
                      "SELECT 1 FROM link WHERE matter = ?1 AND other = ?2 AND relation IS NOT 'merged' LIMIT 1", "ii",
                      matter, other);
}

static void part(struct draft *draft, int64_t other, const char *reason)
{
    body_add(draft->body, "l", other);
    draft_seal_note(draft, "reason", reason);
    draft_emit(draft, "matters_unlinked");
}

/* The link back may be held where the command is not decided. */
static void part_back(struct draft *back, int64_t matter, const char *reason)
{
    if (decision_begin(back->decision, id_matter_stream(back->view.matter.id)))
        part(back, matter, reason);
    else
        draft_send_letter(back, "part_matters", json_pack("{s:I}", "other", (json_int_t)matter), reason);
}

static bool load_both(struct decision *decision, struct matter *other, struct draft *draft)
{
    struct uuid uuid;
    return actor_matter(decision, "other", other) && decision_uuid(decision, "matter", &uuid) &&
           draft_load_named(draft, decision, &uuid, "matter") && may_link_both(draft, other);
}

bool decide_unlink_matters(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    AUTO(draft) struct draft back = {0};
    struct matter other;
    const char *reason;
    if (!decision_reason(decision, REASON_CHARS_MAX, &reason) || !load_both(decision, &other, &draft))
        return false;
    bool there = links(decision, draft.view.matter.id, other.id),
         back_again = links(decision, other.id, draft.view.matter.id);
    if (!there && !back_again)
        return decision_refuse(decision, PROBLEM_NOT_LINKED, "other");
    if (back_again && (!draft_load(&back, decision, other.id) || !draft_must_be_current(&back, -1)))
        return false;
    if (!registry_begin(decision, id_matter_stream(there ? draft.view.matter.id : other.id), "matter"))
        return false;
    if (there)
        part(&draft, other.id, reason);
    if (back_again)
        part_back(&back, draft.view.matter.id, reason);
    return true;
}

/* Letter part_matters {matter, other}, the reason sealed: the link may have been undone meanwhile. */
bool decide_part_matters(struct decision *decision)
{
    int64_t other = json_get_integer(decision->command->body, "other", 0);
    AUTO(draft) struct draft draft = {0};
    g_autofree char *reason = NULL;
    if (!draft_load_letter(&draft, decision, &reason))
        return false;
    if (reason != NULL && links(decision, draft.view.matter.id, other))
        part(&draft, other, reason);
    return true;
}

/* The registrations of the person with which the matter is linked. */
static GArray *linked_as(struct decision *decision, int64_t matter, int64_t person)
{
    g_autoptr(GArray) same = registry_same_persons(decision->rows, person);
    GArray *linked = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < same->len; i++) {
        int64_t found, one = g_array_index(same, int64_t, i);
        if (db_integer(decision->rows, &found, "SELECT 1 FROM link_person WHERE matter = ?1 AND person = ?2 LIMIT 1",
                       "ii", matter, one))
            g_array_append_val(linked, one);
    }
    return linked;
}

static void part_person(struct draft *draft, int64_t person, const char *reason)
{
    body_add(draft->body, "lp", person);
    draft_seal_note(draft, "reason", reason);
    draft_emit(draft, "person_unlinked");
}

bool decide_unlink_person(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    int64_t person;
    const char *reason;
    if (!read_person(decision, &person) || !decision_reason(decision, REASON_CHARS_MAX, &reason) ||
        !load(&draft, decision) || !may_mention(decision, person) || !may_link(&draft))
        return false;
    g_autoptr(GArray) linked = linked_as(decision, draft.view.matter.id, person);
    if (linked->len == 0)
        return decision_refuse(decision, PROBLEM_NOT_LINKED, "person");
    part_person(&draft, g_array_index(linked, int64_t, 0), reason);
    for (guint i = 1; i < linked->len; i++) {
        AUTO(draft) struct draft next = {0};
        if (!draft_load(&next, decision, draft.view.matter.id))
            return false;
        part_person(&next, g_array_index(linked, int64_t, i), reason);
    }
    return true;
}
