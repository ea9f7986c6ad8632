/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/view/view.h"

#include "matter/rows/row.h"
#include "matter/view/members.h"

#define VIEW_QUERY "SELECT " MATTER_COLUMNS ", next_entry, next_expectation, ends_us, retain_us, facts FROM matter "

void view_init(struct matter_view *view, struct db *rows, struct vault *vault, int64_t now_us,
               const struct playbook *playbook, const struct kind *kind)
{
    *view = (struct matter_view){
        .rows = rows,
        .vault = vault,
        .now_us = now_us,
        .playbook = playbook,
        .kind = kind,
        .open = g_array_new(FALSE, FALSE, sizeof(struct expectation)),
        .participants = kind->participant_count > 0 ? g_array_new(FALSE, TRUE, sizeof(struct participant)) : NULL,
        .whole = true,
        .facts = json_array(),
    };
}

static int64_t time_or_0(struct cursor *row, int column)
{
    return cursor_is_null(row, column) ? 0 : cursor_integer(row, column);
}

/* The columns besides those of struct matter. */
static void take_row(struct matter_view *view, struct cursor *row)
{
    matter_read(row, &view->matter);
    view->next_entry = cursor_integer(row, MATTER_COLUMN_COUNT);
    view->next_expectation = cursor_integer(row, MATTER_COLUMN_COUNT + 1);
    view->ends_us = time_or_0(row, MATTER_COLUMN_COUNT + 2);
    view->retain_us = time_or_0(row, MATTER_COLUMN_COUNT + 3);
    const char *facts = cursor_text(row, MATTER_COLUMN_COUNT + 4);
    view->facts = facts != NULL ? json_loads(facts, 0, NULL) : json_array();
    view->damaged = !json_is_array(view->facts);
    if (view->damaged) {
        json_decref(view->facts);
        view->facts = json_array();
    }
}

/* False: a row that no event can have made. */
static bool find_rules(struct matter_view *view, struct rulebook *rulebook)
{
    const struct matter *matter = &view->matter;
    view->playbook = rulebook_get(rulebook, matter->rules);
    view->kind = view->playbook != NULL ? playbook_find_kind(view->playbook, matter->kind) : NULL;
    view->state = view->kind != NULL ? kind_find_state(view->kind, matter->state) : NULL;
    if (view->state == NULL)
        db_corrupt(view->rows, "the rules of matter %" G_GINT64_FORMAT " have no such kind or state", matter->id);
    return view->state != NULL;
}

static void take_rules(struct matter_view *view)
{
    view->open = g_array_new(FALSE, FALSE, sizeof(struct expectation));
    if (view->kind->has_audience)
        view_load_expectations_of(view, 0);
    else
        view_load_expectations(view);
    participants_load(view);
}

static bool load(struct matter_view *view, struct db *rows, struct vault *vault, struct rulebook *rulebook,
                 int64_t now_us, struct cursor *row)
{
    if (!cursor_next(row))
        return false;
    *view = (struct matter_view){.rows = rows, .vault = vault, .now_us = now_us};
    take_row(view, row);
    if (!find_rules(view, rulebook)) {
        g_clear_pointer(&view->facts, json_decref);
        return false;
    }
    take_rules(view);
    return true;
}

bool view_load(struct matter_view *view, struct db *rows, struct vault *vault, struct rulebook *rulebook,
               int64_t now_us, int64_t id)
{
    AUTO(cursor) struct cursor row = db_query(rows, VIEW_QUERY "WHERE id = ?1", "i", id);
    return load(view, rows, vault, rulebook, now_us, &row);
}

bool view_load_uuid(struct matter_view *view, struct db *rows, struct vault *vault, struct rulebook *rulebook,
                    int64_t now_us, const struct uuid *uuid)
{
    AUTO(cursor) struct cursor row = db_query(rows, VIEW_QUERY "WHERE uuid = ?1", "u", uuid);
    return load(view, rows, vault, rulebook, now_us, &row);
}

bool view_load_bare(struct matter_view *view, struct db *rows, struct rulebook *rulebook, int64_t id)
{
    struct matter matter;
    if (!matter_get(rows, id, &matter))
        return false;
    const struct playbook *playbook = rulebook_get(rulebook, matter.rules);
    const struct kind *kind = playbook != NULL ? playbook_find_kind(playbook, matter.kind) : NULL;
    const struct state *state = kind != NULL ? kind_find_state(kind, matter.state) : NULL;
    if (state == NULL)
        return false;
    *view = (struct matter_view){.rows = rows,
                                 .matter = matter,
                                 .playbook = playbook,
                                 .kind = kind,
                                 .state = state,
                                 .open = g_array_new(FALSE, FALSE, sizeof(struct expectation))};
    if (view->kind->participant_count > 0)
        participants_load(view);
    return true;
}

void view_clear(struct matter_view *view)
{
    g_clear_pointer(&view->open, g_array_unref);
    g_clear_pointer(&view->participants, g_array_unref);
    g_clear_pointer(&view->participant_lines, json_decref);
    g_clear_pointer(&view->facts, json_decref);
    g_clear_pointer(&view->form, json_decref);
}

static json_t *clear_form(const struct matter_view *view)
{
    AUTO(cursor)
    struct cursor row = db_query(view->rows, "SELECT clear FROM matter_form WHERE matter = ?1 AND clear IS NOT NULL",
                                 "i", view->matter.id);
    return cursor_next(&row) ? matter_clear_part(&row, 0) : json_object();
}

const json_t *view_form(struct matter_view *view)
{
    bool erased;
    if (view->form == NULL && view->vault == NULL)
        view->form = clear_form(view);
    if (view->form == NULL)
        view->form = matter_form(view->rows, view->vault, &view->matter, &erased);
    return view->form;
}

static bool has_sealed_facts(const struct kind *kind)
{
    for (size_t i = 0; i < kind->fact_count; i++)
        if (kind->facts[i].sealed)
            return true;
    return false;
}

/* Array; NULL: there are none, or no key opens them. */
static json_t *sealed_facts(const struct matter_view *view)
{
    size_t bytes;
    AUTO(cursor)
    struct cursor row = db_query(view->rows,
                                 "SELECT sealed_facts FROM matter_form WHERE matter = ?1 AND sealed_facts IS "
                                 "NOT NULL",
                                 "i", view->matter.id);
    if (!cursor_next(&row))
        return NULL;
    const void *sealed = cursor_blob(&row, 0, &bytes);
    g_autoptr(GBytes) open =
        vault_unseal(view->vault, VAULT_MATTER, view->matter.id, sealed_contexts[SEALED_FACTS], sealed, bytes);
    gsize count = 0;
    const char *text = open != NULL ? g_bytes_get_data(open, &count) : NULL;
    return text != NULL ? json_loadb(text, count, 0, NULL) : NULL;
}

json_t *view_facts(struct matter_view *view)
{
    const struct kind *kind = view->kind;
    if (view->facts_are_open)
        return view->facts;
    view->facts_are_open = true;
    while (json_array_size(view->facts) < kind->fact_count)
        json_array_append_new(view->facts, json_null());
    if (!has_sealed_facts(kind))
        return view->facts;
    g_autoptr(json_t) sealed = sealed_facts(view);
    for (size_t i = 0; i < kind->fact_count && sealed != NULL; i++)
        if (kind->facts[i].sealed && json_array_get(sealed, i) != NULL)
            json_array_set(view->facts, i, json_array_get(sealed, i));
    return view->facts;
}
