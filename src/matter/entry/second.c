/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/entry/second.h"

#include "matter/lifecycle/expect.h"

static const struct expect *expectation_of(const struct kind *kind, const struct entry_def *entry)
{
    for (size_t i = 0; i < kind->second_count; i++)
        if (kind->seconds[i].entry->confirms == entry)
            return &kind->seconds[i];
    g_assert_not_reached();
}

bool second_awaits(const struct draft *draft, const struct entry_def *entry, int64_t participant)
{
    const struct entry_def *of = entry->confirms != NULL ? entry->confirms : entry->declines;
    return of == NULL || expectation_is_open(draft, expectation_of(draft->kind, of)->entry, participant);
}

bool second_hold(struct draft *draft, const struct entering *entering)
{
    const struct expect *expect = expectation_of(draft->kind, entering->entry);
    if (expectation_is_open(draft, expect->entry, entering->participant))
        return decision_refuse(draft->decision, PROBLEM_AWAITS_SECOND, NULL);
    enter_write(draft, entering);
    body_add(draft->body, "hd", 1);
    expect_make(draft, expect, draft->decision->now_us, entering->participant);
    draft_emit(draft, entering->event);
    return true;
}

/* The row that waits; NULL when nothing does. Its number is less than the one that is given out next. */
static GArray *find_held(struct draft *draft, const struct entry_def *entry, int64_t participant)
{
    int64_t number;
    if (!expectation_is_open(draft, expectation_of(draft->kind, entry)->entry, participant) ||
        !db_integer(draft->decision->rows, &number,
                    "SELECT number FROM entry WHERE matter = ?1 AND kind = ?2 AND second = 1 AND "
                    "coalesce(participant, 0) = ?3 ORDER BY number DESC LIMIT 1",
                    "isi", draft->matter.id, entry->name, participant))
        return NULL;
    return matter_entries(draft->decision->rows, draft->matter.id, number - 1, 1);
}

static void settle(struct draft *draft, const struct entry_row *row, enum second_step step)
{
    const int64_t item[] = {row->number, step};
    json_object_set_new(draft->body, "hc", integers(G_N_ELEMENTS(item), item));
}

static bool confirm(struct draft *draft, const struct entering *entering, const struct entry_row *row)
{
    bool erased = false;
    g_autoptr(json_t) fields = matter_entry_fields(draft->decision->vault, row, &erased);
    const struct entering held = {.entry = entering->entry->confirms,
                                  .fields = fields,
                                  .observed_us = row->observed_us,
                                  .person = row->person,
                                  .participant = row->participant,
                                  .line = row->line,
                                  .event = entering->event};
    settle(draft, row, SECOND_CONFIRMED);
    return enter_confirmed(draft, entering, &held);
}

static bool decline(struct draft *draft, const struct entering *entering, const struct entry_row *row)
{
    settle(draft, row, SECOND_DECLINED);
    enter_write(draft, entering);
    const struct expect *expect = expectation_of(draft->kind, entering->entry->declines);
    expect_meet_all(draft, expect->entry, entering->participant, entering->observed_us);
    draft_emit(draft, entering->event);
    return true;
}

bool second_enter(struct draft *draft, const struct entering *entering)
{
    const struct entry_def *of =
        entering->entry->confirms != NULL ? entering->entry->confirms : entering->entry->declines;
    g_autoptr(GArray) found = find_held(draft, of, entering->participant);
    if (found == NULL)
        return decision_refuse(draft->decision, PROBLEM_ALREADY_ENDED, NULL);
    const struct entry_row *row = &g_array_index(found, struct entry_row, 0);
    if (draft->decision->command->person != 0 && row->person == draft->decision->command->person)
        return decision_refuse(draft->decision, PROBLEM_SAME_PERSON_REFUSED, NULL);
    return entering->entry->confirms != NULL ? confirm(draft, entering, row) : decline(draft, entering, row);
}
