/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/merge.h"

int64_t merge_survivor(struct db *rows, int64_t matter)
{
    int64_t into;
    while (db_integer(rows, &into, "SELECT merged_into FROM matter WHERE id = ?1 AND merged_into <> 0", "i", matter))
        matter = into;
    return matter;
}

bool merge_must_not_be(struct draft *draft)
{
    struct matter survivor;
    struct db *rows = draft->decision->rows;
    if (draft->view.matter.merged_into == 0 ||
        !matter_get(rows, merge_survivor(rows, draft->view.matter.id), &survivor))
        return true;
    char uuid[UUID_TEXT_LENGTH + 1];
    uuid_format(&survivor.uuid, uuid);
    return decision_refuse(draft->decision, PROBLEM_MATTER_MERGED, NULL, uuid);
}
