/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/lifecycle/makers.h"

#include "matter/draft/entering.h"
#include "matter/lifecycle/facts.h"
#include "matter/view/fact_value.h"
#include "matter/view/scope.h"

#include <string.h>

struct maker {
    int fact;
    int64_t person;
};

static bool tells_of_actor(const struct fact *fact)
{
    return fact->member == FACT_MEMBER_ACTOR && (fact->function == FACT_LAST || fact->function == FACT_FIRST);
}

/* ---- the entry at hand ---- */

static void note(struct draft *draft, int fact, int64_t person)
{
    const struct maker maker = {fact, person};
    if (draft->makers == NULL)
        draft->makers = g_array_new(FALSE, FALSE, sizeof maker);
    g_array_append_val(draft->makers, maker);
}

void makers_note(struct draft *draft, const struct entering *entering, const struct scope *scope)
{
    const struct kind *kind = draft->view.kind;
    for (size_t i = 0; i < kind->fact_count; i++) {
        const struct fact *fact = &kind->facts[i];
        bool later = fact->function == FACT_FIRST && entering->corrects == 0;
        if (!tells_of_actor(fact) || later || !facts_counts(fact, scope))
            continue;
        note(draft, (int)i, entering->person);
        note(draft, (int)i, draft->decision->command->person);
    }
}

bool makers_are_new(const struct draft *draft, int fact)
{
    for (guint i = 0; draft->makers != NULL && i < draft->makers->len; i++)
        if (g_array_index(draft->makers, struct maker, i).fact == fact)
            return true;
    return false;
}

static void add_noted(const struct draft *draft, int fact, GArray *persons)
{
    for (guint i = 0; draft->makers != NULL && i < draft->makers->len; i++) {
        const struct maker *maker = &g_array_index(draft->makers, struct maker, i);
        if (maker->fact == fact)
            g_array_append_val(persons, maker->person);
    }
}

/* ---- entries that are there ---- */

/* Whether one was corrected, or observed before one that was accepted earlier: else the fact alone tells it. */
static bool was_retold(const struct draft *draft, const char *entry)
{
    int64_t latest_us = INT64_MIN;
    AUTO(cursor)
    struct cursor rows =
        db_query(draft->decision->rows,
                 "SELECT observed_us, corrects FROM entry WHERE matter = ?1 AND kind = ?2 ORDER BY number", "is",
                 draft->view.matter.id, entry);
    while (cursor_next(&rows)) {
        int64_t observed_us = cursor_integer(&rows, 0);
        if (!cursor_is_null(&rows, 1) || observed_us < latest_us)
            return true;
        latest_us = observed_us;
    }
    return false;
}

/* Entries have the numbers 1, 2, 3 ...; NULL: there is none of this one. */
static const struct entry_row *row_at(const GArray *rows, int64_t number)
{
    for (guint i = 0; i < rows->len; i++)
        if (g_array_index(rows, struct entry_row, i).number == number)
            return &g_array_index(rows, struct entry_row, i);
    return NULL;
}

static const struct entry_row *original_of(const GArray *rows, const struct entry_row *row)
{
    const struct entry_row *corrected;
    while (row->corrects != 0 && (corrected = row_at(rows, row->corrects)) != NULL && corrected->number < row->number)
        row = corrected;
    return row;
}

static void add_chain(const GArray *rows, const struct entry_row *row, GArray *persons)
{
    while (row != NULL) {
        g_array_append_val(persons, row->person);
        row = row->corrects != 0 && row->corrects < row->number ? row_at(rows, row->corrects) : NULL;
    }
}

static bool row_counts(struct draft *draft, const struct fact *fact, const struct entry_row *row)
{
    struct scope scope;
    bool erased;
    if (strcmp(row->kind, fact->entry->name) != 0 || row->corrected || row->confirmation == CONFIRMATION_PENDING ||
        row->confirmation == CONFIRMATION_DECLINED)
        return false;
    g_autoptr(json_t) fields = matter_entry_fields(draft->decision->vault, row, &erased);
    scope_init(&scope, &draft->view, fact->entry, fields, *row->attempt != '\0' ? row->attempt : NULL,
               row->observed_us);
    return facts_counts(fact, &scope);
}

/* As it stands now, perhaps corrected: accepted last and observed last, or first. NULL: none counts. */
struct retold {
    const struct entry_row *accepted, *observed;
    int64_t number; /* of the original of `accepted` */
};

static void take(const struct fact *fact, const GArray *rows, const struct entry_row *row, struct retold *told)
{
    int64_t number = original_of(rows, row)->number, order = fact->function == FACT_LAST ? 1 : -1;
    if (told->accepted == NULL || order * (number - told->number) > 0) {
        told->accepted = row;
        told->number = number;
    }
    bool later = told->observed == NULL || order * (row->observed_us - told->observed->observed_us) > 0 ||
                 (row->observed_us == told->observed->observed_us && fact->function == FACT_LAST);
    if (later)
        told->observed = row;
}

void makers_add(struct draft *draft, int index, GArray *persons)
{
    const struct fact *fact = &draft->view.kind->facts[index];
    struct value actor = facts_value(&draft->view, index, NULL);
    if (actor.type == VALUE_PERSON && actor.id != 0)
        g_array_append_val(persons, actor.id);
    add_noted(draft, index, persons);
    if (!tells_of_actor(fact) || !was_retold(draft, fact->entry->name))
        return;
    struct retold told = {0};
    g_autoptr(GArray) rows = matter_entries(draft->decision->rows, draft->view.matter.id, 0, G_MAXINT);
    for (guint i = 0; i < rows->len; i++) {
        const struct entry_row *row = &g_array_index(rows, struct entry_row, i);
        if (row_counts(draft, fact, row))
            take(fact, rows, row, &told);
    }
    if (!makers_are_new(draft, index)) /* else that is what was accepted last */
        add_chain(rows, told.accepted, persons);
    if (told.observed != NULL && actor.type == VALUE_PERSON && original_of(rows, told.observed)->person == actor.id)
        add_chain(rows, told.observed, persons);
}
