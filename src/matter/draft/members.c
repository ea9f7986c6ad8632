/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/members.h"

struct participant *participants_at(const struct draft *draft, guint i)
{
    return &g_array_index(draft->participants, struct participant, i);
}

guint participants_count(const struct draft *draft)
{
    return draft->participants != NULL ? draft->participants->len : 0;
}

static const char *state_of(const struct participant_set *set, const char *code)
{
    const struct code *found = set->states != NULL && code != NULL ? code_list_find(set->states, code) : NULL;
    return found != NULL ? found->code : NULL;
}

static bool is_here(const struct draft *draft, guint count, int64_t number)
{
    for (guint i = 0; i < count; i++)
        if (participants_at(draft, i)->number == number)
            return true;
    return false;
}

#define PARTICIPANT_COLUMNS "SELECT number, name, who, state, left_us IS NOT NULL FROM participant WHERE matter = ?1 "

/* Those that are not here already. */
static void take(struct draft *draft, struct rows *rows)
{
    guint here = participants_count(draft);
    while (rows_next(rows)) {
        const struct participant_set *set = kind_find_participants(draft->kind, rows_text(rows, 1));
        struct participant participant = {
            .number = rows_integer(rows, 0),
            .who = rows_integer(rows, 2),
            .set = set,
            .state = set != NULL ? state_of(set, rows_text(rows, 3)) : NULL,
            .left = set == NULL || rows_integer(rows, 4) != 0, /* a set that the rules have no more */
        };
        if (!is_here(draft, here, participant.number))
            g_array_append_val(draft->participants, participant);
    }
}

/* What is expected of those from `first` on is not here yet. */
static void take_expectations(struct draft *draft, guint first)
{
    for (guint i = first; i < participants_count(draft); i++)
        draft_load_expectations_of(draft, participants_at(draft, i)->number);
}

static void load_set(struct draft *draft, const struct participant_set *set)
{
    guint first = participants_count(draft);
    AUTO(rows)
    struct rows rows = rows_of(draft->decision->rows, PARTICIPANT_COLUMNS "AND name = ?2 ORDER BY number", "is",
                               draft->matter.id, set->name);
    take(draft, &rows);
    take_expectations(draft, first);
}

void participants_load(struct draft *draft)
{
    const struct kind *kind = draft->kind;
    draft->whole = !kind->has_audience;
    if (kind->participant_count == 0)
        return;
    draft->participants = g_array_new(FALSE, TRUE, sizeof(struct participant));
    if (draft->whole) {
        AUTO(rows)
        struct rows rows = rows_of(draft->decision->rows, PARTICIPANT_COLUMNS "ORDER BY number", "i", draft->matter.id);
        take(draft, &rows);
        return;
    }
    for (size_t i = 0; i < kind->participant_count; i++)
        if (!kind->participants[i].audience)
            load_set(draft, &kind->participants[i]);
}

/* What was here already stands as it was decided meanwhile; the rest is read in one go. */
void participants_load_all(struct draft *draft)
{
    if (draft->whole)
        return;
    draft->whole = true;
    guint here = participants_count(draft);
    g_autoptr(GArray) open = g_steal_pointer(&draft->open);
    draft->open = g_array_new(FALSE, FALSE, sizeof(struct expectation));
    draft_load_expectations(draft);
    for (guint i = 0; i < draft->open->len; i++) {
        const struct expectation *one = &g_array_index(draft->open, struct expectation, i);
        if (one->participant != 0 && !is_here(draft, here, one->participant))
            g_array_append_val(open, *one);
    }
    g_array_unref(draft->open);
    draft->open = g_steal_pointer(&open);
    AUTO(rows)
    struct rows rows = rows_of(draft->decision->rows, PARTICIPANT_COLUMNS "ORDER BY number", "i", draft->matter.id);
    take(draft, &rows);
}

void participants_reread(struct draft *draft)
{
    g_clear_pointer(&draft->participants, g_array_unref);
    g_clear_pointer(&draft->participant_lines, json_decref);
    if (draft->kind->participant_count == 0)
        return;
    draft->participants = g_array_new(FALSE, TRUE, sizeof(struct participant));
    AUTO(rows)
    struct rows rows = rows_of(draft->decision->rows, PARTICIPANT_COLUMNS "ORDER BY number", "i", draft->matter.id);
    take(draft, &rows);
}

const struct participant *participants_find(struct draft *draft, int64_t number)
{
    for (guint i = 0; i < participants_count(draft); i++)
        if (participants_at(draft, i)->number == number)
            return participants_at(draft, i);
    if (draft->whole || number == 0)
        return NULL;
    AUTO(rows)
    struct rows rows =
        rows_of(draft->decision->rows, PARTICIPANT_COLUMNS "AND number = ?2", "ii", draft->matter.id, number);
    guint before = participants_count(draft);
    take(draft, &rows);
    take_expectations(draft, before);
    return participants_count(draft) > before ? participants_at(draft, before) : NULL;
}

const struct participant *participants_only(const struct draft *draft, const struct participant_set *set)
{
    for (guint i = 0; i < participants_count(draft); i++)
        if (participants_at(draft, i)->set == set && !participants_at(draft, i)->left)
            return participants_at(draft, i);
    return NULL;
}

const json_t *participants_lines(struct draft *draft, const struct participant_set *set)
{
    if (draft->participant_lines == NULL)
        draft->participant_lines = json_object();
    json_t *lines = json_object_get(draft->participant_lines, set->name);
    if (lines != NULL)
        return lines;
    lines = json_array();
    if (set->audience)
        participants_load_all(draft);
    for (guint i = 0; i < participants_count(draft); i++) {
        const struct participant *one = participants_at(draft, i);
        if (one->set == set && !one->left)
            json_array_append_new(lines,
                                  json_pack("{s:s*, s:I}", "state", one->state, "who", (json_int_t)ABS(one->who)));
    }
    json_object_set_new(draft->participant_lines, set->name, lines);
    return lines;
}

/* Of an audience the one who is not here yet, also when they have left. */
static void find_in_audience(struct draft *draft, const struct participant_set *set, int64_t who)
{
    int64_t number;
    if (set->audience && !draft->whole &&
        db_integer(draft->decision->rows, &number,
                   "SELECT number FROM participant INDEXED BY participant_who WHERE who = ?1 AND matter = ?2 "
                   "AND name = ?3",
                   "iis", who, draft->matter.id, set->name))
        participants_find(draft, number);
}

bool participants_has(struct draft *draft, const struct participant_set *set, int64_t who)
{
    find_in_audience(draft, set, who);
    for (guint i = 0; i < participants_count(draft); i++)
        if (participants_at(draft, i)->set == set && participants_at(draft, i)->who == who &&
            !participants_at(draft, i)->left)
            return true;
    return false;
}
