/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/draft.h"

#include "matter/draft/actor_sight.h"

static void begin(struct draft *draft)
{
    draft->home = draft->view.matter.unit;
    draft->was_closed = draft->view.matter.closed_us != 0;
    draft->body = json_object();
    draft->last_participant = -1;
}

bool draft_load_named(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field)
{
    *draft = (struct draft){.decision = decision};
    if (!view_load_uuid(&draft->view, decision->rows, decision->vault, decision->rulebook, decision->now_us, uuid))
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, field);
    begin(draft);
    if (actor_may_name(draft))
        return true;
    draft_clear(draft);
    return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, field);
}

bool draft_load_uuid(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field)
{
    if (!draft_load_named(draft, decision, uuid, field))
        return false;
    if (registry_begin(decision, id_matter_stream(draft->view.matter.id), field))
        return true;
    draft_clear(draft);
    return false;
}

bool draft_load(struct draft *draft, struct decision *decision, int64_t id)
{
    *draft = (struct draft){.decision = decision};
    if (!view_load(&draft->view, decision->rows, decision->vault, decision->rulebook, decision->now_us, id))
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, NULL);
    begin(draft);
    return true;
}
