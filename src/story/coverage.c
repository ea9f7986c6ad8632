/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story/coverage.h"

#include "base/json.h"
#include "story/fixture.h"

#include <string.h>

const char *const point_sort_names[POINT_SORT_COUNT] = {
    [POINT_STATE] = "state",
    [POINT_TRANSITION] = "transition",
    [POINT_REFUSAL] = "refusal",
    [POINT_ESCALATION] = "escalation",
};

static void clear_point(gpointer point)
{
    g_free(((struct point *)point)->name);
}

/* ---- all points ---- */

static char *key_of(enum point_sort sort, const char *name)
{
    return g_strdup_printf("%d %s", (int)sort, name);
}

static void add(struct coverage *coverage, enum point_sort sort, char *name /* taken */)
{
    g_autofree char *key = key_of(sort, name);
    struct point point = {.sort = sort, .name = name};
    if (g_hash_table_contains(coverage->indexes, key)) {
        g_free(name);
        return;
    }
    g_array_append_val(coverage->points, point);
    g_hash_table_insert(coverage->indexes, g_steal_pointer(&key), GUINT_TO_POINTER(coverage->points->len));
}

static char *way(const char *kind, const char *entry, const char *state)
{
    return g_strdup_printf("%s.%s → %s", kind, entry, state);
}

static void add_entry(struct coverage *coverage, const struct kind *kind, const struct entry_def *entry)
{
    if (entry->state != NULL)
        add(coverage, POINT_TRANSITION, way(kind->name, entry->name, entry->state->name));
    for (size_t i = 0; i < entry->branch_count; i++)
        if (entry->branches[i].state != NULL)
            add(coverage, POINT_TRANSITION, way(kind->name, entry->name, entry->branches[i].state->name));
    for (size_t i = 0; i < entry->refusal_count; i++)
        add(coverage, POINT_REFUSAL, g_strdup_printf("%s.%s: %s", kind->name, entry->name, entry->refusals[i].say.zh));
    for (size_t i = 0; i < entry->need_count; i++)
        add(coverage, POINT_REFUSAL,
            g_strdup_printf("%s.%s: %s", kind->name, entry->name,
                            entry->needs[i].say.zh != NULL ? entry->needs[i].say.zh : entry->needs[i].text));
}

static void add_expect(struct coverage *coverage, const struct kind *kind, const struct expect *expect)
{
    if (expect->state_after_attempts != NULL)
        add(coverage, POINT_TRANSITION, way(kind->name, expect->entry->name, expect->state_after_attempts->name));
    for (size_t i = 0; i < expect->escalation_count; i++)
        add(coverage, POINT_ESCALATION, g_strdup_printf("%s.%s step %zu", kind->name, expect->name, i + 1));
}

static void add_kind(struct coverage *coverage, const struct kind *kind)
{
    for (size_t i = 0; i < kind->state_count; i++) {
        const struct state *state = &kind->states[i];
        add(coverage, POINT_STATE, g_strdup_printf("%s.%s", kind->name, state->name));
        if (state->ends_in != NULL)
            add(coverage, POINT_TRANSITION, way(kind->name, state->name, state->ends_in->name));
        for (size_t j = 0; j < state->expect_count; j++)
            add_expect(coverage, kind, &state->expects[j]);
    }
    for (size_t i = 0; i < kind->entry_count; i++)
        add_entry(coverage, kind, &kind->entries[i]);
}

struct coverage *coverage_new(const struct playbook *playbook)
{
    struct coverage *coverage = g_new0(struct coverage, 1);
    coverage->points = g_array_new(FALSE, FALSE, sizeof(struct point));
    g_array_set_clear_func(coverage->points, clear_point);
    coverage->indexes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < playbook->kind_count; i++)
        add_kind(coverage, &playbook->kinds[i]);
    return coverage;
}

void coverage_free(struct coverage *coverage)
{
    g_array_unref(coverage->points);
    g_hash_table_unref(coverage->indexes);
    g_free(coverage);
}

/* ---- visits ---- */

static void visit(struct coverage *coverage, enum point_sort sort, char *name /* taken */)
{
    g_autofree char *key = key_of(sort, name);
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(coverage->indexes, key));
    if (index > 0)
        g_array_index(coverage->points, struct point, index - 1).visited = true;
    g_free(name);
}

void coverage_note_refusal(struct coverage *coverage, struct fixture *fixture, const char *entry)
{
    for (const struct problem *problem = fixture->refused; problem != NULL && entry != NULL; problem = problem->next)
        if (problem->code == PROBLEM_REFUSED_BY_RULE || problem->code == PROBLEM_NEEDS_UNMET)
            for (size_t i = 0; i < fixture->playbook->kind_count; i++)
                visit(coverage, POINT_REFUSAL,
                      g_strdup_printf("%s.%s: %s", fixture->playbook->kinds[i].name, entry, problem->args[0]));
}

/* The entry that leads there: a confirmed one, when it was confirmed by this. */
static const char *leading_entry(const struct kind *kind, const char *name)
{
    const struct entry_def *entry = kind_find_entry(kind, name);
    return entry != NULL && entry->confirms != NULL ? entry->confirms->name : name;
}

static const struct kind *kind_of(struct fixture *fixture, const struct event *event)
{
    struct matter matter;
    return event->matter != 0 && matter_get(fixture->reader->rows, event->matter, &matter)
               ? playbook_find_kind(fixture->playbook, matter.kind)
               : NULL;
}

/* `states`: the state of each matter, which an event that ends a state by itself does not name. */
static void note_event(struct coverage *coverage, struct fixture *fixture, const struct event *event,
                       GHashTable *states)
{
    const struct kind *kind = kind_of(fixture, event);
    g_autoptr(json_t) body = kind != NULL ? json_loadb(event->body, event->body_bytes, 0, NULL) : NULL;
    const char *state = json_get_text(body, "state", NULL), *entry = json_get_text(body, "e", NULL);
    if (state == NULL)
        return;
    const char *before = g_hash_table_lookup(states, &event->matter);
    if (entry == NULL && strcmp(event->kind, "matter_handed_over") == 0)
        entry = "accept_handover"; /* which was entered where the matter was offered */
    visit(coverage, POINT_STATE, g_strdup_printf("%s.%s", kind->name, state));
    if (entry != NULL)
        visit(coverage, POINT_TRANSITION, way(kind->name, leading_entry(kind, entry), state));
    else if (before != NULL)
        visit(coverage, POINT_TRANSITION, way(kind->name, before, state));
    g_hash_table_insert(states, g_memdup2(&event->matter, sizeof event->matter), g_strdup(state));
}

static void note_alerts(struct coverage *coverage, struct fixture *fixture)
{
    AUTO(cursor)
    struct cursor cursor =
        db_query(fixture->reader->rows,
                 "SELECT DISTINCT m.kind, a.name, a.step FROM alert a JOIN matter m ON m.id = a.matter "
                 "WHERE a.step > 0",
                 "");
    while (cursor_next(&cursor))
        visit(coverage, POINT_ESCALATION,
              g_strdup_printf("%s.%s step %d", cursor_text(&cursor, 0), cursor_text(&cursor, 1),
                              (int)cursor_integer(&cursor, 2)));
}

void coverage_note_story(struct coverage *coverage, struct fixture *fixture)
{
    if (fixture->playbook == NULL)
        return;
    g_autoptr(GHashTable) states = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(fixture->reader->journal, 1, 0);
    g_autoptr(GError) error = NULL;
    struct event event;
    while (journal_next(cursor, &event, &error))
        note_event(coverage, fixture, &event, states);
    note_alerts(coverage, fixture);
}

void coverage_add(struct coverage *coverage, const struct coverage *other)
{
    for (guint i = 0; i < coverage->points->len; i++)
        g_array_index(coverage->points, struct point, i).visited |=
            g_array_index(other->points, struct point, i).visited;
}

void coverage_count(const struct coverage *coverage, enum point_sort sort, int *out_visited, int *out_all)
{
    *out_visited = *out_all = 0;
    for (guint i = 0; i < coverage->points->len; i++) {
        const struct point *point = &g_array_index(coverage->points, struct point, i);
        *out_all += point->sort == sort;
        *out_visited += point->sort == sort && point->visited;
    }
}
