/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/merge.h"

bool merge_must_not_be(struct draft *draft)
{
    struct matter survivor;
    struct db *rows = draft->decision->rows;
    if (draft->view.matter.merged_into == 0 ||
        !matter_get(rows, matter_survivor(rows, draft->view.matter.id), &survivor))
        return true;
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(&survivor.uuid, uuid);
    return decision_refuse(draft->decision, PROBLEM_MATTER_MERGED, NULL, uuid);
}
