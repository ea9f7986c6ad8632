/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/area.h"

#include "base/json.h"

#include <string.h>

#define TAKE(hook)                                                                                                     \
    if (to->hook == NULL)                                                                                              \
    to->hook = from->hook

static void hooks_add(struct area_hooks *to, const struct area_hooks *from)
{
    TAKE(stream_of);
    TAKE(tick);
    TAKE(trace);
    TAKE(next_due_us);
    TAKE(lapses);
    TAKE(describe);
    TAKE(adopts_as);
    TAKE(agrees_as);
    TAKE(may_adopt);
    TAKE(widens);
    TAKE(keeps_file);
    TAKE(dead_files);
    TAKE(mend);
    TAKE(sees_person);
    TAKE(sees_matter);
    TAKE(in_one_hand);
    TAKE(matters);
}

static void add_commands(struct areas *areas, const struct area *area)
{
    for (const struct command_kind *kind = area->commands; kind != NULL && kind->name != NULL; kind++)
        if (!g_hash_table_insert(areas->commands, (gpointer)kind->name, (gpointer)kind))
            g_error("command %s stands in two tables", kind->name);
}

static void add_events(struct areas *areas, const struct area *area)
{
    for (const struct event_kind *kind = area->events; kind != NULL && kind->name != NULL; kind++) {
        GPtrArray *kinds = g_hash_table_lookup(areas->events, kind->name);
        if (kinds == NULL) {
            kinds = g_ptr_array_new();
            g_hash_table_insert(areas->events, (gpointer)kind->name, kinds);
        } else if (((const struct event_kind *)kinds->pdata[0])->version != kind->version) {
            g_error("event %s has two versions", kind->name);
        }
        g_ptr_array_add(kinds, (gpointer)kind);
    }
}

static void kinds_free(gpointer kinds)
{
    g_ptr_array_unref(kinds);
}

struct areas *areas_new(const struct area *const *list)
{
    struct areas *areas = g_new0(struct areas, 1);
    areas->list = list;
    areas->commands = g_hash_table_new(g_str_hash, g_str_equal);
    areas->events = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, kinds_free);
    for (int i = 0; list[i] != NULL; i++) {
        g_assert(i < AREAS_MOST);
        hooks_add(&areas->hooks, &list[i]->hooks);
        add_commands(areas, list[i]);
        add_events(areas, list[i]);
    }
    return areas;
}

void areas_free(struct areas *areas)
{
    g_hash_table_unref(areas->commands);
    g_hash_table_unref(areas->events);
    g_free(areas);
}

const struct command_kind *areas_command(const struct areas *areas, const char *name)
{
    return g_hash_table_lookup(areas->commands, name);
}

const struct event_kind *areas_event(const struct areas *areas, const char *name)
{
    const GPtrArray *kinds = g_hash_table_lookup(areas->events, name);
    return kinds != NULL ? kinds->pdata[0] : NULL;
}

bool event_is_known(const struct areas *areas, const struct event *event)
{
    const struct event_kind *kind = areas_event(areas, event->kind);
    return kind != NULL && event->version >= 1 && event->version <= kind->version;
}

/* A new reference. */
static json_t *body_of_now(const struct event_kind *kind, int version, const json_t *body)
{
    json_t *current = json_incref((json_t *)body);
    for (; version < kind->version; version++) {
        json_t *next = kind->upcast[version](current);
        json_decref(current);
        current = next;
    }
    return current;
}

void event_apply(const struct areas *areas, struct db *rows, const struct event *event, const json_t *body)
{
    const GPtrArray *kinds = g_hash_table_lookup(areas->events, event->kind);
    g_assert(kinds == NULL || event_is_known(areas, event));
    for (guint i = 0; kinds != NULL && i < kinds->len; i++) {
        const struct event_kind *kind = kinds->pdata[i];
        g_autoptr(json_t) current = body_of_now(kind, event->version, body);
        kind->apply(rows, event, current);
    }
}
