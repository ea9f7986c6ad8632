/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/view/members.h"

struct participant *participants_at(const struct matter_view *view, guint i)
{
    return &g_array_index(view->participants, struct participant, i);
}

guint participants_count(const struct matter_view *view)
{
    return view->participants != NULL ? view->participants->len : 0;
}

static const char *state_of(const struct participant_set *set, const char *code)
{
    const struct code *found = set->states != NULL && code != NULL ? code_list_find(set->states, code) : NULL;
    return found != NULL ? found->code : NULL;
}

static bool is_here(const struct matter_view *view, guint count, int64_t number)
{
    for (guint i = 0; i < count; i++)
        if (participants_at(view, i)->number == number)
            return true;
    return false;
}

#define PARTICIPANT_COLUMNS "SELECT number, name, who, state, left_us IS NOT NULL FROM participant WHERE matter = ?1 "

/* Those that are not here already. */
static void take(struct matter_view *view, struct cursor *cursor)
{
    guint here = participants_count(view);
    while (cursor_next(cursor)) {
        const struct participant_set *set = kind_find_participants(view->kind, cursor_text(cursor, 1));
        struct participant participant = {
            .number = cursor_integer(cursor, 0),
            .who = cursor_integer(cursor, 2),
            .set = set,
            .state = set != NULL ? state_of(set, cursor_text(cursor, 3)) : NULL,
            .left = set == NULL || cursor_integer(cursor, 4) != 0, /* a set that the rules have no more */
        };
        if (!is_here(view, here, participant.number))
            g_array_append_val(view->participants, participant);
    }
}

/* Loads the expectations of those from `first` on. */
static void take_expectations(struct matter_view *view, guint first)
{
    for (guint i = first; i < participants_count(view); i++)
        view_load_expectations_of(view, participants_at(view, i)->number);
}

static void load_set(struct matter_view *view, const struct participant_set *set)
{
    guint first = participants_count(view);
    AUTO(cursor)
    struct cursor cursor =
        db_query(view->rows, PARTICIPANT_COLUMNS "AND name = ?2 ORDER BY number", "is", view->matter.id, set->name);
    take(view, &cursor);
    take_expectations(view, first);
}

void participants_load(struct matter_view *view)
{
    const struct kind *kind = view->kind;
    view->whole = !kind->has_audience;
    if (kind->participant_count == 0)
        return;
    view->participants = g_array_new(FALSE, TRUE, sizeof(struct participant));
    if (view->whole) {
        AUTO(cursor)
        struct cursor cursor = db_query(view->rows, PARTICIPANT_COLUMNS "ORDER BY number", "i", view->matter.id);
        take(view, &cursor);
        return;
    }
    for (size_t i = 0; i < kind->participant_count; i++)
        if (!kind->participants[i].audience)
            load_set(view, &kind->participants[i]);
}

/* Members loaded before keep what the draft decided about them; the rest is read in one query. */
void participants_load_all(struct matter_view *view)
{
    if (view->whole)
        return;
    view->whole = true;
    guint here = participants_count(view);
    g_autoptr(GArray) open = g_steal_pointer(&view->open);
    view->open = g_array_new(FALSE, FALSE, sizeof(struct expectation));
    view_load_expectations(view);
    for (guint i = 0; i < view->open->len; i++) {
        const struct expectation *one = &g_array_index(view->open, struct expectation, i);
        if (one->participant != 0 && !is_here(view, here, one->participant))
            g_array_append_val(open, *one);
    }
    g_array_unref(view->open);
    view->open = g_steal_pointer(&open);
    AUTO(cursor)
    struct cursor cursor = db_query(view->rows, PARTICIPANT_COLUMNS "ORDER BY number", "i", view->matter.id);
    take(view, &cursor);
}

void participants_reread(struct matter_view *view)
{
    g_clear_pointer(&view->participants, g_array_unref);
    g_clear_pointer(&view->participant_lines, json_decref);
    if (view->kind->participant_count == 0)
        return;
    view->participants = g_array_new(FALSE, TRUE, sizeof(struct participant));
    AUTO(cursor)
    struct cursor cursor = db_query(view->rows, PARTICIPANT_COLUMNS "ORDER BY number", "i", view->matter.id);
    take(view, &cursor);
}

const struct participant *participants_find(struct matter_view *view, int64_t number)
{
    for (guint i = 0; i < participants_count(view); i++)
        if (participants_at(view, i)->number == number)
            return participants_at(view, i);
    if (view->whole || number == 0)
        return NULL;
    AUTO(cursor)
    struct cursor cursor = db_query(view->rows, PARTICIPANT_COLUMNS "AND number = ?2", "ii", view->matter.id, number);
    guint before = participants_count(view);
    take(view, &cursor);
    take_expectations(view, before);
    return participants_count(view) > before ? participants_at(view, before) : NULL;
}

const struct participant *participants_only(const struct matter_view *view, const struct participant_set *set)
{
    for (guint i = 0; i < participants_count(view); i++)
        if (participants_at(view, i)->set == set && !participants_at(view, i)->left)
            return participants_at(view, i);
    return NULL;
}

const json_t *participants_lines(struct matter_view *view, const struct participant_set *set)
{
    if (view->participant_lines == NULL)
        view->participant_lines = json_object();
    json_t *lines = json_object_get(view->participant_lines, set->name);
    if (lines != NULL)
        return lines;
    lines = json_array();
    if (set->audience)
        participants_load_all(view);
    for (guint i = 0; i < participants_count(view); i++) {
        const struct participant *one = participants_at(view, i);
        if (one->set == set && !one->left)
            json_array_append_new(lines,
                                  json_pack("{s:s*, s:I}", "state", one->state, "who", (json_int_t)ABS(one->who)));
    }
    json_object_set_new(view->participant_lines, set->name, lines);
    return lines;
}

/* Of an audience the one who is not here yet, also when they have left. */
static void find_in_audience(struct matter_view *view, const struct participant_set *set, int64_t who)
{
    int64_t number;
    if (set->audience && !view->whole &&
        db_integer(view->rows, &number,
                   "SELECT number FROM participant INDEXED BY participant_who WHERE who = ?1 AND matter = ?2 "
                   "AND name = ?3",
                   "iis", who, view->matter.id, set->name))
        participants_find(view, number);
}

bool participants_has(struct matter_view *view, const struct participant_set *set, int64_t who)
{
    find_in_audience(view, set, who);
    for (guint i = 0; i < participants_count(view); i++)
        if (participants_at(view, i)->set == set && participants_at(view, i)->who == who &&
            !participants_at(view, i)->left)
            return true;
    return false;
}
