/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/area.h"

#include "base/json.h"

#include <string.h>

#define TAKE(hook)                                                                                                     \
    if (to->hook == NULL)                                                                                              \
    to->hook = from->hook

static void hooks_add(struct area_hooks *to, const struct area_hooks *from)
{
    TAKE(tick);
    TAKE(trace);
    TAKE(next_due_us);
    TAKE(settle);
    TAKE(recount);
    TAKE(lapses);
    TAKE(describe);
    TAKE(tells);
    TAKE(adopts_as);
    TAKE(agrees_as);
    TAKE(may_adopt);
    TAKE(widens);
    TAKE(keeps_file);
    TAKE(dead_files);
    TAKE(reconcile);
    TAKE(sees_person);
    TAKE(sees_matter);
    TAKE(sees_entry);
    TAKE(sees_official);
    TAKE(in_one_hand);
    TAKE(account_is_closed);
    TAKE(matters);
}

static void add_commands(struct areas *areas, const struct area *area)
{
    for (const struct command_kind *kind = area->commands; kind != NULL && kind->name != NULL; kind++)
        if (!g_hash_table_insert(areas->commands, (gpointer)kind->name, (gpointer)kind))
            g_error("command %s stands in two tables", kind->name);
}

static void known_free(gpointer data)
{
    struct known_event *known = data;
    catalogue_index_free(known->index);
    g_free(known);
}

static void add_applier(struct known_event *known, const struct area *area, event_applier *apply)
{
    if (apply == NULL)
        return;
    g_assert(known->count < AREAS_MOST);
    known->appliers[known->count].apply = apply;
    known->appliers[known->count++].everywhere = area->everywhere;
}

static void add_events(struct areas *areas, const struct area *area)
{
    for (const struct event_kind *kind = area->events; kind != NULL && kind->name != NULL; kind++) {
        struct known_event *known = g_new0(struct known_event, 1);
        *known = (struct known_event){.kind = kind, .index = catalogue_index_new(kind)};
        add_applier(known, area, kind->apply);
        if (!g_hash_table_insert(areas->events, (gpointer)kind->name, known))
            g_error("event %s stands in two tables", kind->name);
    }
}

/* What no area here writes is not applied: an area may be used without those before it. */
static void add_followers(struct areas *areas, const struct area *area)
{
    for (const struct event_follower *follower = area->follows; follower != NULL && follower->name != NULL;
         follower++) {
        struct known_event *known = g_hash_table_lookup(areas->events, follower->name);
        if (known == NULL)
            continue;
        add_applier(known, area, follower->apply);
        if (follower->follow != NULL)
            known->follow[known->follow_count++] = follower->follow;
    }
}

struct areas *areas_new(const struct area *const *list)
{
    struct areas *areas = g_new0(struct areas, 1);
    areas->list = list;
    areas->commands = g_hash_table_new(g_str_hash, g_str_equal);
    areas->events = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, known_free);
    for (int i = 0; list[i] != NULL; i++) {
        g_assert(i < AREAS_MOST);
        hooks_add(&areas->hooks, &list[i]->hooks);
        add_commands(areas, list[i]);
        add_followers(areas, list[i]);
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

const struct known_event *areas_event(const struct areas *areas, const char *name)
{
    return g_hash_table_lookup(areas->events, name);
}

static bool is_known(const struct known_event *known, int version)
{
    return known != NULL && version >= 1 && version <= known->kind->version;
}

bool event_is_known(const struct areas *areas, const struct event *event)
{
    return is_known(areas_event(areas, event->kind), event->version);
}

bool event_concerns(const struct areas *areas, const char *kind, bool everywhere)
{
    const struct known_event *known = areas_event(areas, kind);
    bool concerns = known == NULL;
    for (size_t i = 0; known != NULL && i < known->count && !concerns; i++)
        concerns = known->appliers[i].everywhere == everywhere;
    return concerns;
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

enum { OF_STREAM = 1, EVERYWHERE = 2 }; /* areas */

static void apply_to(const struct areas *areas, struct db *rows, const struct event *event, const json_t *body,
                     int which)
{
    const struct known_event *known = areas_event(areas, event->kind);
    if (known == NULL)
        return;
    g_assert(is_known(known, event->version));
    g_autoptr(json_t) current = body_of_now(known->kind, event->version, body);
    for (size_t i = 0; i < known->count; i++)
        if ((which & (known->appliers[i].everywhere ? EVERYWHERE : OF_STREAM)) != 0)
            known->appliers[i].apply(rows, event, current);
}

void areas_settle(const struct areas *areas, struct db *rows, struct rulebook *rulebook, int64_t now_us)
{
    if (areas->hooks.settle != NULL)
        areas->hooks.settle(rows, rulebook, now_us);
}

bool areas_recount(const struct areas *areas, struct db *rows, struct rulebook *rulebook, GError **error)
{
    return areas->hooks.recount == NULL || areas->hooks.recount(rows, rulebook, error);
}

void event_apply(const struct areas *areas, struct db *rows, const struct event *event, const json_t *body)
{
    apply_to(areas, rows, event, body, OF_STREAM | EVERYWHERE);
}

void event_apply_part(const struct areas *areas, struct db *rows, const struct event *event, const json_t *body,
                      bool everywhere)
{
    apply_to(areas, rows, event, body, everywhere ? EVERYWHERE : OF_STREAM);
}

json_t *event_in_words(const struct areas *areas, const struct event *event, const json_t *body, GTimeZone *zone)
{
    const struct known_event *known = areas_event(areas, event->kind);
    if (!is_known(known, event->version))
        return json_incref((json_t *)body);
    g_autoptr(json_t) current = body_of_now(known->kind, event->version, body);
    return catalogue_in_words(known->index, current, zone);
}

char *event_sealed_in_words(const struct areas *areas, const struct event *event, const json_t *body)
{
    const struct known_event *known = areas_event(areas, event->kind);
    return is_known(known, event->version) ? catalogue_sealed_in_words(known->index, body, event->sealed_bytes)
                                           : g_strdup_printf("%zu bytes", event->sealed_bytes);
}

json_t *areas_catalogue(const struct areas *areas)
{
    json_t *list = json_array();
    for (const struct area *const *area = areas->list; *area != NULL; area++)
        catalogue_tell((*area)->events, (*area)->name, list);
    return list;
}
