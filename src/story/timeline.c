/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened in a story, line by line: when, who, in which matter, what was entered and what followed. */
#include "base/datetime.h"
#include "base/json.h"
#include "story/fixture.h"

#include <string.h>

static const char *handle_of(GHashTable *handles, int64_t id)
{
    GHashTableIter iter;
    gpointer handle, value;
    g_hash_table_iter_init(&iter, handles);
    while (g_hash_table_iter_next(&iter, &handle, &value))
        if (*(const int64_t *)value == id)
            return handle;
    return NULL;
}

static const char *handle_of_matter(struct fixture *fixture, int64_t id)
{
    struct matter matter;
    GHashTableIter iter;
    gpointer handle, value;
    if (!matter_get(fixture->reader->rows, id, &matter))
        return "?";
    g_hash_table_iter_init(&iter, fixture->matters);
    while (g_hash_table_iter_next(&iter, &handle, &value))
        if (memcmp(value, &matter.uuid, sizeof matter.uuid) == 0)
            return handle;
    return "?";
}

/* Of made and ended expectations: their names, by slot. */
static void add_expectations(GString *out, const json_t *body, GHashTable *names)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(body, "x"), i, item)
    {
        int64_t slot = json_integer_value(json_array_get(item, 0));
        const char *name = g_hash_table_lookup(names, &slot);
        g_string_append_printf(out, ", %s %s", name != NULL ? name : "?",
                               outcome_names[json_integer_value(json_array_get(item, 1))]);
    }
    json_array_foreach(json_object_get(body, "y"), i, item)
    {
        int64_t slot = json_integer_value(json_array_get(item, 0));
        const char *name = json_string_value(json_array_get(item, 1));
        g_hash_table_replace(names, g_memdup2(&slot, sizeof slot), g_strdup(name));
        g_string_append_printf(out, ", %s expected", name);
    }
}

static GHashTable *names_of(GHashTable *all, int64_t matter)
{
    GHashTable *names = g_hash_table_lookup(all, &matter);
    if (names == NULL) {
        names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
        g_hash_table_insert(all, g_memdup2(&matter, sizeof matter), names);
    }
    return names;
}

static void add_event(GString *out, struct fixture *fixture, const struct event *event, GHashTable *all_names)
{
    char at[DATETIME_TEXT_MAX];
    g_autoptr(json_t) body = json_loadb(event->body, event->body_bytes, 0, NULL);
    const char *who = event->person != 0 ? handle_of(fixture->people, event->person) : NULL;
    const char *entry = json_get_text(body, "e", NULL), *attempt = json_get_text(body, "a", NULL);
    const char *state = json_get_text(body, "state", NULL);
    datetime_format(event->at_us, fixture->playbook->zone, at);
    g_string_append_printf(out, "    %s  %-8s %-18s %s", at, who != NULL ? who : "clock",
                           event->matter != 0 ? handle_of_matter(fixture, event->matter) : "-", event->kind);
    if (entry != NULL)
        g_string_append_printf(out, " %s", entry);
    if (attempt != NULL)
        g_string_append_printf(out, " (%s)", attempt);
    if (state != NULL)
        g_string_append_printf(out, " → %s", state);
    add_expectations(out, body, names_of(all_names, event->matter));
    g_string_append_c(out, '\n');
}

char *fixture_timeline(struct fixture *fixture)
{
    GString *out = g_string_new(NULL);
    if (fixture->playbook == NULL)
        return g_string_free(out, FALSE);
    g_autoptr(GHashTable) names =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(fixture->reader->journal, 1, 0);
    g_autoptr(GError) error = NULL;
    struct event event;
    while (journal_next(cursor, &event, &error))
        if (event.matter != 0 || strcmp(event.kind, "expectations_lapsed") == 0)
            add_event(out, fixture, &event, names);
    if (fixture->refused != NULL) {
        g_autofree char *sentence = problem_sentence(fixture->refused, false);
        g_string_append_printf(out, "    last refused: %s: %s\n", problem_texts[fixture->refused->code].name, sentence);
    }
    return g_string_free(out, FALSE);
}
