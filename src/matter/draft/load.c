/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft out of the rows: the matter, its rules, what is open in it and who takes part. */
#include "matter/draft/draft.h"

#include "matter/draft/actor_sight.h"
#include "matter/draft/members.h"
#include "matter/rows/row.h"

/* Takes what the row says besides struct matter; false when there is no row. */
static bool take_row(struct draft *draft, struct decision *decision, struct rows *rows)
{
    if (!rows_next(rows))
        return false;
    *draft = (struct draft){.decision = decision};
    matter_read(rows, &draft->matter);
    draft->home = draft->matter.unit;
    draft->was_closed = draft->matter.closed_us != 0;
    draft->next_entry = rows_integer(rows, MATTER_COLUMN_COUNT);
    draft->next_expectation = rows_integer(rows, MATTER_COLUMN_COUNT + 1);
    draft->ends_us = rows_is_null(rows, MATTER_COLUMN_COUNT + 2) ? 0 : rows_integer(rows, MATTER_COLUMN_COUNT + 2);
    draft->retain_us = rows_is_null(rows, MATTER_COLUMN_COUNT + 3) ? 0 : rows_integer(rows, MATTER_COLUMN_COUNT + 3);
    const char *facts = rows_text(rows, MATTER_COLUMN_COUNT + 4);
    draft->facts = facts != NULL ? json_loads(facts, 0, NULL) : json_array();
    return true;
}

static void take_rules(struct draft *draft)
{
    draft->playbook = rulebook_get(draft->decision->rulebook, draft->matter.rules);
    g_assert(draft->playbook != NULL);
    draft->kind = playbook_find_kind(draft->playbook, draft->matter.kind);
    draft->state = kind_find_state(draft->kind, draft->matter.state);
    draft->open = g_array_new(FALSE, FALSE, sizeof(struct expectation));
    draft->body = json_object();
    draft->last_participant = -1;
    if (draft->kind->has_audience)
        draft_load_expectations_of(draft, 0);
    else
        draft_load_expectations(draft);
    participants_load(draft);
}

bool draft_load_named(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field)
{
    AUTO(rows)
    struct rows rows = rows_of(decision->rows,
                               "SELECT " MATTER_COLUMNS
                               ", next_entry, next_expectation, ends_us, retain_us, facts FROM matter WHERE uuid = ?1",
                               "u", uuid);
    if (!take_row(draft, decision, &rows))
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, field);
    take_rules(draft);
    if (actor_may_name(draft))
        return true;
    draft_clear(draft);
    return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, field);
}

bool draft_load_uuid(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field)
{
    if (!draft_load_named(draft, decision, uuid, field))
        return false;
    if (registry_begin(decision, id_matter_stream(draft->matter.id), field))
        return true;
    draft_clear(draft);
    return false;
}

bool draft_load(struct draft *draft, struct decision *decision, int64_t id)
{
    AUTO(rows)
    struct rows rows = rows_of(decision->rows,
                               "SELECT " MATTER_COLUMNS
                               ", next_entry, next_expectation, ends_us, retain_us, facts FROM matter WHERE id = ?1",
                               "i", id);
    if (!take_row(draft, decision, &rows))
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, NULL);
    take_rules(draft);
    return true;
}
