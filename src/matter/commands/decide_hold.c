/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hold_matter {matter, reason}      nothing of it is erased until the hold is released: an appeal, an inquiry
 * release_matter {matter, reason}   what is due is erased then
 *   reason  free text, sealed under the matter's key; that of an effect is the playbook's and stands in the clear. One
 *           hold a reason.
 */
#include "matter/commands/decide.h"

#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/retention.h"

#define REASON_CHARS_MAX 100

static bool load(struct draft *draft, struct decision *decision, const char **out_reason)
{
    struct uuid uuid;
    if (!decision_uuid(decision, "matter", &uuid) || !draft_load_uuid(draft, decision, &uuid, "matter") ||
        !decision_reason(decision, REASON_CHARS_MAX, out_reason))
        return false;
    const struct kind *kind = draft->view.kind;
    return decision_act_by(decision, actor_is_one_of(draft, kind->held_by, kind->held_by_count, 0)) &&
           draft_must_be_current(draft, decision->command->version);
}

bool decide_hold_matter(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    const char *reason;
    if (!load(&draft, decision, &reason))
        return false;
    if (retention_is_held(&draft, reason))
        return decision_refuse(decision, PROBLEM_HELD_ALREADY, "reason");
    retention_hold_for(&draft, reason);
    draft_emit(&draft, "matter_held");
    return true;
}

bool decide_release_matter(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    const char *reason;
    if (!load(&draft, decision, &reason))
        return false;
    if (!retention_is_held(&draft, reason))
        return decision_refuse(decision, PROBLEM_NOT_HELD, "reason");
    retention_release(&draft, reason);
    draft_emit(&draft, "matter_released");
    return true;
}
