/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_matters   {matter, other, relation}   both UUIDs
 * link_person    {matter, person, relation}  a contact, a guardian ...
 * unlink_matters {matter, other, reason}     either of them may hold the link
 * unlink_person  {matter, person, reason}
 * Relation and reason are free text, sealed under the key of the matter that holds the link. Since effects of entries
 * follow links, an actor who links two matters, or parts them, must cover the units of both.
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

struct link_ends {
    int64_t holder, other;
};

/* Whichever links the other; what was merged into either is shown as linked there, and is parted there. The named
 * matter's own first. */
static GArray *links_between(struct db *rows, int64_t matter, int64_t other)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct link_ends));
    AUTO(cursor)
    struct cursor links =
        db_query(rows,
                 "WITH RECURSIVE one (id) AS (SELECT ?1 UNION SELECT m.id FROM matter m JOIN one ON m.merged_into = "
                 "one.id WHERE m.merged_into <> 0), two (id) AS (SELECT ?2 UNION SELECT m.id FROM matter m JOIN two ON "
                 "m.merged_into = two.id WHERE m.merged_into <> 0) "
                 "SELECT l.matter, l.other, 0 FROM one CROSS JOIN link l ON l.matter = one.id WHERE l.other IN "
                 "(SELECT id FROM two) AND l.relation IS NOT 'merged' UNION "
                 "SELECT l.matter, l.other, 1 FROM two CROSS JOIN link l ON l.matter = two.id WHERE l.other IN "
                 "(SELECT id FROM one) AND l.relation IS NOT 'merged' ORDER BY 3, 1, 2",
                 "ii", matter, other);
    while (cursor_next(&links)) {
        struct link_ends ends = {cursor_integer(&links, 0), cursor_integer(&links, 1)};
        g_array_append_val(found, ends);
    }
    return found;
}

static void part(struct draft *draft, int64_t other, const char *reason)
{
    body_add(draft->body, "l", other);
    draft_seal_note(draft, "reason", reason);
    draft_emit(draft, "matters_unlinked");
}

/* A link may be held where the command is not decided. */
static bool part_ends(struct decision *decision, const struct link_ends *ends, const char *reason)
{
    AUTO(draft) struct draft draft = {0};
    if (!draft_load(&draft, decision, ends->holder) || !draft_must_be_current(&draft, -1))
        return false;
    if (decision_begin(decision, id_matter_stream(ends->holder)))
        part(&draft, ends->other, reason);
    else
        draft_send_letter(&draft, "part_matters", json_pack("{s:I}", "other", (json_int_t)ends->other), reason);
    return true;
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
    struct matter other;
    const char *reason;
    if (!decision_reason(decision, REASON_CHARS_MAX, &reason) || !load_both(decision, &other, &draft))
        return false;
    g_autoptr(GArray) found = links_between(decision->rows, draft.view.matter.id, other.id);
    if (found->len == 0)
        return decision_refuse(decision, PROBLEM_NOT_LINKED, "other");
    if (!registry_begin(decision, id_matter_stream(g_array_index(found, struct link_ends, 0).holder), "matter"))
        return false;
    for (guint i = 0; i < found->len; i++)
        if (!part_ends(decision, &g_array_index(found, struct link_ends, i), reason))
            return false;
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

/* The registrations of the person with which the matter is linked, or one that was merged into it. */
static GArray *linked_as(struct decision *decision, int64_t matter, int64_t person)
{
    g_autoptr(GArray) same = registry_same_persons(decision->rows, person);
    GArray *linked = g_array_new(FALSE, FALSE, sizeof(struct link_ends));
    for (guint i = 0; i < same->len; i++) {
        AUTO(cursor)
        struct cursor found = db_query(
            decision->rows,
            "WITH RECURSIVE one (id) AS (SELECT ?1 UNION SELECT m.id FROM matter m JOIN one ON m.merged_into = "
            "one.id WHERE m.merged_into <> 0) SELECT DISTINCT l.matter FROM one CROSS JOIN link_person l "
            "ON l.matter = one.id WHERE l.person = ?2 ORDER BY l.matter",
            "ii", matter, g_array_index(same, int64_t, i));
        while (cursor_next(&found)) {
            struct link_ends ends = {cursor_integer(&found, 0), g_array_index(same, int64_t, i)};
            g_array_append_val(linked, ends);
        }
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
    for (guint i = 0; i < linked->len; i++) {
        const struct link_ends *ends = &g_array_index(linked, struct link_ends, i);
        AUTO(draft) struct draft one = {0};
        if (!draft_load(&one, decision, ends->holder) || !draft_must_be_current(&one, -1))
            return false;
        part_person(&one, ends->other, reason);
    }
    return true;
}
