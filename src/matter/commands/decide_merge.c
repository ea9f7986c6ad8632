/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge_matters {matter, into, reason}   both UUIDs: the same kind, about the same, in one district; `matter` is closed
 * unmerge_matters {matter, reason}       they are two after all; until either has been erased
 *   reason  sealed under the key of the matter that is merged
 * The actor needs a role of the kind's `merged_by` (left out: one that opens it) at the units of both.
 */
#include "matter/commands/decide.h"

#include "matter/draft/actor_sight.h"
#include "matter/draft/merge.h"
#include "matter/draft/unique.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/transition.h"
#include "matter/lifecycle/retention.h"
#include "matter/view/scope.h"

#include <string.h>

#define REASON_CHARS_MAX 100

static bool load(struct draft *draft, struct decision *decision)
{
    struct uuid uuid;
    return decision_uuid(decision, "matter", &uuid) && draft_load_uuid(draft, decision, &uuid, "matter");
}

static bool read_into(struct draft *draft, struct matter *out)
{
    struct decision *decision = draft->decision;
    if (!actor_matter(decision, "into", out))
        return false;
    if (out->id == draft->view.matter.id)
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, "into");
    if (out->erased)
        return decision_refuse(decision, PROBLEM_MATTER_ERASED, "into");
    return out->closed_us == 0 || decision_refuse(decision, PROBLEM_MATTER_CLOSED, "into");
}

/* ---- whether they are one ---- */

static bool must_be_alike(struct draft *draft, const struct matter *into)
{
    struct decision *decision = draft->decision;
    struct db *rows = decision->rows;
    const struct matter *matter = &draft->view.matter;
    if (strcmp(matter->kind, into->kind) != 0)
        return decision_refuse(decision, PROBLEM_OTHER_KIND, "into", draft->view.kind->name);
    bool person = draft->view.kind->about == ABOUT_PERSON;
    bool same = person ? registry_person_kept(rows, matter->subject) == registry_person_kept(rows, into->subject)
                       : matter->subject == into->subject;
    if (!same || matter->subject_post != into->subject_post)
        return decision_refuse(decision, PROBLEM_OTHER_SUBJECT, "into");
    if (id_unit_stream(matter->unit) == id_unit_stream(into->unit))
        return true; /* wherever they were opened: merging changes no row of the other */
    struct unit unit = {0};
    registry_unit(rows, into->unit, &unit);
    return decision_refuse(decision, PROBLEM_OTHER_STREAM, "into", unit.name);
}

/* A hand-over that is under way, an entry that waits for a second person: first they are settled. */
static bool must_be_settled(struct draft *draft)
{
    int64_t found;
    if (db_integer(draft->decision->rows, &found, "SELECT 1 FROM matter_handover WHERE matter = ?1 AND pending = 1",
                   "i", draft->view.matter.id))
        return decision_refuse(draft->decision, PROBLEM_HANDOVER_PENDING, NULL);
    return !db_integer(draft->decision->rows, &found, "SELECT 1 FROM entry WHERE matter = ?1 AND second = ?2", "ii",
                       draft->view.matter.id, (int64_t)CONFIRMATION_PENDING) ||
           decision_refuse(draft->decision, PROBLEM_AWAITS_SECOND, NULL);
}

/* ---- merging ---- */

bool decide_merge_matters(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct matter into;
    const char *reason;
    if (!load(&draft, decision) || !read_into(&draft, &into) || !decision_reason(decision, REASON_CHARS_MAX, &reason) ||
        !actor_may_merge(decision, draft.view.kind, into.unit).given ||
        !decision_act_by(decision, actor_may_merge(decision, draft.view.kind, draft.view.matter.unit)) ||
        !merge_must_not_be(&draft) || !draft_must_be_open(&draft, decision->command->version) ||
        !must_be_alike(&draft, &into) || !must_be_settled(&draft))
        return false;
    struct scope scope;
    scope_init(&scope, &draft.view, NULL, NULL, NULL, decision->now_us);
    expect_end_all(&draft, OUTCOME_SUPERSEDED);
    draft.view.matter.closed_us = decision->now_us;
    body_add(draft.body, "C", decision->now_us);
    body_add(draft.body, "E", 0);
    retention_begin(&draft, decision->now_us, &scope);
    body_add(draft.body, "mi", into.id);
    json_object_set_new(draft.body, "rw", draft_words(&draft, reason));
    draft_emit(&draft, "matter_merged");
    return true;
}

static bool must_be_merged(struct draft *draft)
{
    struct matter into;
    if (draft->view.matter.merged_into == 0)
        return decision_refuse(draft->decision, PROBLEM_NOT_MERGED, "matter");
    return !matter_get(draft->decision->rows, draft->view.matter.merged_into, &into) || !into.erased ||
           decision_refuse(draft->decision, PROBLEM_MATTER_ERASED, "into");
}

static void open_again(struct draft *draft, int64_t merged_us)
{
    struct decision *decision = draft->decision;
    struct scope scope;
    scope_init(&scope, &draft->view, NULL, NULL, NULL, decision->now_us);
    draft->view.matter.closed_us = 0;
    body_add(draft->body, "C", 0);
    draft->view.retain_us = 0;
    body_add(draft->body, "R", 0);
    retention_begin(draft, decision->now_us, &scope);
    expect_restore(draft, merged_us, &scope);
    draft->view.ends_us = 0;
    transition_refresh_end(draft, &scope);
}

bool decide_unmerge_matters(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    const char *reason;
    if (!load(&draft, decision) || !decision_reason(decision, REASON_CHARS_MAX, &reason) ||
        !decision_act_by(decision, actor_may_merge(decision, draft.view.kind, draft.view.matter.unit)) ||
        !must_be_merged(&draft) || !draft_must_be_current(&draft, decision->command->version))
        return false;
    open_again(&draft, draft.view.matter.closed_us);
    if (!unique_still_is(&draft))
        return false;
    body_add(draft.body, "mi", 0);
    json_object_set_new(draft.body, "rw", draft_words(&draft, reason));
    draft_emit(&draft, "matter_unmerged");
    return true;
}
