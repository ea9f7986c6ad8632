/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * see_matter {matter}: the person who commands has opened the matter; made by the program itself when it shows one.
 *   matter   UUID
 * Whoever answers for a participant has seen it for them, once. Refused with nothing_entered when there is nothing new.
 */
#include "matter/decide.h"

bool decide_see_matter(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct uuid uuid;
    if (!decision_uuid(decision, "matter", &uuid) || !draft_load_uuid(&draft, decision, &uuid, "matter"))
        return false;
    g_autoptr(GArray) numbers = matter_participants_of(decision->rows, draft.kind, draft.matter.id,
                                                       decision->command->person, decision->now_us, true);
    if (numbers->len == 0)
        return decision_refuse(decision, PROBLEM_NOTHING_ENTERED, NULL);
    decision_emit(decision, "matter_seen", draft.home, draft.matter.id,
                  json_pack("{s:o}", "se", integers(numbers->len, (const int64_t *)(void *)numbers->data)),
                  NULL);
    return true;
}
