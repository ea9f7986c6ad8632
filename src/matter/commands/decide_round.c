/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enter_round {entry, rows: [{matter, fields?, attempt?, version?, word_of?, channel?, proxy?}], word_of?, channel?}
 * All members of a household with one command: all or none, one event in each member's matter. What stands
 * beside the rows holds for each of them that does not say otherwise. Every row is looked at, so that one
 * answer names all mistakes. Matters of a household may have been opened in several districts: what is of another
 * stream than the first row's is decided here and entered there, by letter.
 */
#include "matter/commands/decide.h"

#include "base/limits.h"
#include "base/nearest.h"
#include "matter/draft/actor_sight.h"
#include "matter/entry/cascade.h"
#include "matter/entry/read.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/route.h"

#include <string.h>

struct round_row {
    struct draft draft;
    struct entering entering;
    json_t *fields;
};

struct household_round {
    struct decision *decision;
    const char *entry;
    struct entering common; /* what stands beside the rows */
    int64_t household;
    struct round_row *rows; /* of whoever decides; the first `count` are set */
    size_t count;
    struct router router;
    struct allowed allowed;
};

static void household_round_clear(struct household_round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        draft_clear(&round->rows[i].draft);
        json_decref(round->rows[i].fields);
    }
}

AUTO_CLEAR(household_round)

static bool has_only_row_members(struct decision *decision, const json_t *row)
{
    static const char *const members[] = {"matter", "fields", "attempt", "version", "word_of", "channel", "proxy"};
    const char *name;
    json_t *value;
    bool all = true;
    json_object_foreach((json_t *)row, name, value)
    {
        bool known = false;
        for (size_t i = 0; i < G_N_ELEMENTS(members) && !known; i++)
            known = strcmp(name, members[i]) == 0;
        const char *nearest = known ? NULL : nearest_name(name, members, G_N_ELEMENTS(members));
        if (!known)
            all = decision_refuse(decision, PROBLEM_UNKNOWN_FIELD, name, nearest != NULL ? nearest : "");
    }
    return all;
}

static bool read_uuid(struct decision *decision, const json_t *row, struct uuid *out)
{
    const json_t *matter = json_object_get(row, "matter");
    if (matter == NULL || json_is_null(matter))
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, "matter");
    if (!json_is_string(matter) || !uuid_parse(json_string_value(matter), out))
        return decision_refuse(decision, PROBLEM_INVALID_UUID, "matter");
    return true;
}

static bool read_version(struct decision *decision, const json_t *row, int64_t *out)
{
    const json_t *version = json_object_get(row, "version");
    *out = -1;
    if (version == NULL || json_is_null(version))
        return true;
    if (!json_is_integer(version))
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, "version", "integer");
    *out = json_integer_value(version);
    return true;
}

static bool must_belong(struct household_round *round, const struct draft *draft, const struct entry_def *entry)
{
    struct decision *decision = round->decision;
    if (!entry->round_household)
        return decision_refuse(decision, PROBLEM_NOT_A_ROUND, NULL);
    for (size_t i = 0; i + 1 < round->count; i++)
        if (round->rows[i].draft.view.matter.id == draft->view.matter.id)
            return decision_refuse(decision, PROBLEM_ROUND_ROW_TWICE, "matter");
    int64_t household = actor_household(draft);
    if (round->count == 1)
        round->household = household;
    else if (household == 0 || household != round->household)
        return decision_refuse(decision, PROBLEM_NOT_IN_HOUSEHOLD, "matter");
    return true;
}

/* One row, its problems named from the row on. */
static bool read_row(struct household_round *round, const json_t *row)
{
    struct decision *decision = round->decision;
    struct uuid uuid;
    int64_t version;
    if (!json_is_object(row))
        return decision_refuse(decision, PROBLEM_WRONG_TYPE, NULL, "object");
    if (!has_only_row_members(decision, row) || !read_uuid(decision, row, &uuid) ||
        !read_version(decision, row, &version))
        return false;
    struct round_row *read = &round->rows[round->count];
    struct draft *draft = &read->draft;
    if (!draft_load_named(draft, decision, &uuid, "matter"))
        return false;
    read->entering = round->common;
    read->fields = NULL;
    round->count++;
    draft->router = &round->router;
    draft->allowed = &round->allowed;
    const struct entry_def *entry = read->entering.entry = enter_find(draft, round->entry);
    return entry != NULL && must_belong(round, draft, entry) && enter_may(draft, entry, version) &&
           enter_read(draft, row, &read->entering, &read->fields);
}

/* The problems of this row are prefixed and appended to those of earlier rows, which have their prefix already. */
static bool read_row_at(struct household_round *round, const json_t *row, size_t index)
{
    struct decision *decision = round->decision;
    struct problem *before = g_steal_pointer(&decision->problem);
    bool right = read_row(round, row);
    if (decision->problem != NULL) {
        g_autofree char *prefix = g_strdup_printf("rows[%zu]", index);
        problem_prefix(decision->problem, prefix);
        problem_append(&before, g_steal_pointer(&decision->problem));
    }
    decision->problem = before;
    return right;
}

/* By an effect of a row before; no event of the command was there when the rows were read. */
static bool has_changed(const struct decision *decision, int64_t matter)
{
    for (guint i = 0; i < decision->events->len; i++) {
        const struct event *event = &((const struct decided_event *)g_ptr_array_index(decision->events, i))->event;
        if (event->matter == matter || event->matter == 0)
            return true;
    }
    return false;
}

static bool enter_row(struct household_round *round, size_t index)
{
    struct draft *draft = &round->rows[index].draft;
    const struct entering *entering = &round->rows[index].entering;
    int64_t id = draft->view.matter.id;
    if (!decision_begin(round->decision, id_matter_stream(id)))
        return enter_elsewhere(draft, entering);
    if (has_changed(round->decision, id)) {
        draft_clear(draft);
        if (!draft_load(draft, round->decision, id))
            return false;
        draft->router = &round->router;
        draft->allowed = &round->allowed;
    }
    return enter(draft, entering);
}

bool decide_enter_round(struct decision *decision)
{
    struct round_row read[LIMIT_ROUND_ROWS];
    AUTO(household_round) struct household_round round = {.decision = decision, .rows = read};
    round.common = entering_of(decision);
    const json_t *rows;
    if (!decision_text(decision, "entry", &round.entry) || !decision_array(decision, "rows", LIMIT_ROUND_ROWS, &rows) ||
        !enter_read_words(decision, decision->command->body, &round.common))
        return false;
    if (json_array_size(rows) == 0)
        return decision_refuse(decision, PROBLEM_NOTHING_ENTERED, "rows");
    bool all = true;
    for (size_t i = 0; i < json_array_size(rows); i++)
        all &= read_row_at(&round, json_array_get(rows, i), i);
    for (size_t i = 0; i < round.count && all; i++)
        all = enter_row(&round, i);
    return all;
}
