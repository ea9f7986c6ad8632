/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/summons.h"

#include "api/participants.h"
#include "api/shape.h"
#include "api/visible.h"
#include "base/limits.h"
#include "playbook/model/summons.h"

#include <string.h>

/* ---- of a kind ---- */

json_t *shape_summons(const struct kind *kind)
{
    struct summons summons;
    if (!kind_summons(kind, &summons))
        return NULL;
    json_t *leaves = json_array(), *counted = json_array();
    for (size_t i = 0; i < kind->entry_count; i++) {
        const char *state = summons_state_by(&kind->entries[i], summons.set);
        if (state != NULL && strcmp(state, summons.present) != 0)
            json_array_append_new(leaves, json_string(kind->entries[i].name));
    }
    for (size_t i = 0; i < kind->indicator_count; i++) {
        if (summons_are_counted_by(&summons, &kind->indicators[i]))
            json_array_append_new(counted, json_string(kind->indicators[i].name));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "set", summons.set->name, "entry", summons.entry->name, "present",
                     summons.present, "leaves", leaves, "counted", counted);
}

/* ---- of a matter ---- */

/* What is still expected of each, or about it. */
static void add_owed(struct request *request, const struct kind *kind, const struct matter *matter, GHashTable *shapes)
{
    struct expect accepting;
    g_autoptr(GArray) found = matter_expectations(request->reader->rows, NULL, matter->id);
    for (guint i = 0; i < found->len; i++) {
        const struct expectation_row *row = &g_array_index(found, struct expectation_row, i);
        json_t *shape = g_hash_table_lookup(shapes, &row->participant);
        const struct expect *expect = expect_find(kind, row->name, &accepting);
        if (shape == NULL || expect == NULL || row->outcome != OUTCOME_OPEN)
            continue;
        json_array_append_new(json_object_get(shape, "owed"),
                              json_pack("{s:s, s:s, s:o, s:o, s:o, s:b}", "name", row->name, "entry",
                                        expect->entry->name, "entry_title", shape_title(request, &expect->entry->title),
                                        "opens_at", shape_time(request, row->opens_us), "due_at",
                                        shape_time(request, row->due_us), "overdue", row->overdue));
    }
}

static void add_attempt(struct request *request, const struct matter *matter, const struct entry_def *entry,
                        const struct entry_row *row, bool unmasked, json_t *shape)
{
    bool erased = false;
    const struct code *code = entry->attempts != NULL ? code_list_find(entry->attempts, row->attempt) : NULL;
    g_autoptr(json_t) fields = matter_entry_fields(request->reader->vault, row, &erased);
    json_t *attempt =
        json_pack("{s:s, s:o, s:o}", "attempt", row->attempt, "title",
                  shape_title(request, code != NULL ? &code->label : NULL), "at", shape_time(request, row->at_us));
    if (fields != NULL)
        json_object_set_new(attempt, "fields", shape_fields(request, matter, &entry->form, fields, unmasked));
    json_object_set_new(shape, "attempt", attempt);
}

/* The last of each, of what it owes. */
static void add_attempts(struct request *request, const struct matter *matter, const struct entry_def *entry,
                         bool unmasked, GHashTable *shapes)
{
    g_autoptr(GArray) found = matter_last_entries(request->reader->rows, matter->id, entry->name,
                                                  entry->attempts != NULL ? LIMIT_PAGE_ROWS : 0);
    for (guint i = 0; i < found->len; i++) {
        const struct entry_row *row = &g_array_index(found, struct entry_row, i);
        json_t *shape = *row->attempt != '\0' ? g_hash_table_lookup(shapes, &row->participant) : NULL;
        if (shape != NULL && json_object_get(shape, "attempt") == NULL &&
            access_shows_entry(request->reader->rows, request_rules(request), &request->viewer, matter, row))
            add_attempt(request, matter, entry, row, unmasked, shape);
    }
}

json_t *shape_summoned(struct request *request, const struct kind *kind, const struct matter *matter, bool unmasked)
{
    struct summons summons;
    if (!kind_summons(kind, &summons))
        return NULL;
    const struct participant_filter filter = {.name = summons.set->name, .seen = -1};
    g_autoptr(GArray) all =
        matter_participants(request->reader->rows, NULL, matter->id, &filter, 0, LIMIT_PARTICIPANTS);
    g_autoptr(GHashTable) shapes = g_hash_table_new(g_int64_hash, g_int64_equal);
    json_t *rows = shape_participant_rows(request, kind, matter, all, all->len, NULL);
    for (guint i = 0; i < all->len; i++) {
        json_t *shape = json_array_get(rows, i);
        json_object_set_new(shape, "owed", json_array());
        g_hash_table_insert(shapes, &g_array_index(all, struct participant_row, i).number, shape);
    }
    add_owed(request, kind, matter, shapes);
    add_attempts(request, matter, summons.entry, unmasked, shapes);
    return rows;
}
