/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/merge.h"

#include "matter/draft/actor_sight.h"

bool merge_must_not_be(struct draft *draft)
{
    struct matter survivor;
    struct db *rows = draft->decision->rows;
    if (draft->view.matter.merged_into == 0 ||
        !matter_get(rows, matter_survivor(rows, draft->view.matter.id), &survivor))
        return true;
    char uuid[UUID_TEXT_LENGTH + 1];
    actor_format_seen(draft->decision, &survivor, uuid);
    return decision_refuse(draft->decision, PROBLEM_MATTER_MERGED, NULL, uuid);
}
