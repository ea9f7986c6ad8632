/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/confirmation.h"

#include "matter/entry/enter.h"
#include "matter/lifecycle/expect.h"

const struct expect *confirmation_expectation(const struct kind *kind, const struct entry_def *entry)
{
    for (size_t i = 0; i < kind->confirmation_count; i++)
        if (kind->confirmations[i].entry->confirms == entry)
            return &kind->confirmations[i];
    g_assert_not_reached();
}

bool confirmation_is_awaited(const struct draft *draft, const struct entry_def *entry, int64_t participant)
{
    const struct entry_def *of = entry->confirms != NULL ? entry->confirms : entry->declines;
    return of == NULL || expectation_is_open(draft, confirmation_expectation(draft->view.kind, of)->entry, participant);
}

bool confirmation_request(struct draft *draft, const struct entering *entering)
{
    const struct expect *expect = confirmation_expectation(draft->view.kind, entering->entry);
    if (expectation_is_open(draft, expect->entry, entering->participant))
        return decision_refuse(draft->decision, PROBLEM_AWAITS_SECOND, NULL);
    enter_write(draft, entering);
    body_add(draft->body, "hd", 1);
    expect_make(draft, expect, draft->decision->now_us, entering->participant);
    draft_emit(draft, entering->event);
    return true;
}

GArray *confirmation_find(struct draft *draft, const struct entry_def *entry, int64_t participant)
{
    int64_t number;
    if (!expectation_is_open(draft, confirmation_expectation(draft->view.kind, entry)->entry, participant) ||
        !db_integer(draft->decision->rows, &number,
                    "SELECT number FROM entry WHERE matter = ?1 AND kind = ?2 AND second = 1 AND "
                    "coalesce(participant, 0) = ?3 ORDER BY number DESC LIMIT 1",
                    "isi", draft->view.matter.id, entry->name, participant))
        return NULL;
    return matter_entries(draft->decision->rows, draft->view.matter.id, number - 1, 1);
}

void confirmation_settle(struct draft *draft, const struct entry_row *row, enum confirmation outcome)
{
    const int64_t item[CONFIRMED_PLACES] = {[CONFIRMED_NUMBER] = row->number, [CONFIRMED_STEP] = outcome};
    json_object_set_new(draft->body, "hc", integers(CONFIRMED_PLACES, item));
}
