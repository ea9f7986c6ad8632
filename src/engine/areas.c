/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"
#include "access/accounts.h"
#include "engine/engine.h"
#include "matter/matter.h"
#include "registry/registry.h"

#include <string.h>

const struct area *const areas[] = {&engine_area, &registry_area, &matter_area, &access_area, NULL};

static int64_t lapses(const struct decided_event *event)
{
    return strcmp(event->event.kind, "expectations_lapsed") == 0
               ? (int64_t)json_array_size(json_object_get(event->json, "expectations"))
               : 0;
}

static bool erases(const struct event *event)
{
    return strcmp(event->kind, "matter_erased") == 0 || strcmp(event->kind, "person_erased") == 0;
}

/* Whose an event's `id` is; those of units, hand-overs and offers are as they are. */
static enum vault_class class_of_id(const char *event)
{
    if (g_str_has_prefix(event, "person_"))
        return VAULT_ID_PERSON;
    return g_str_has_prefix(event, "post_") ? VAULT_ID_POST : 0;
}

static json_t *id_told(struct vault *vault, const char *event, const char *member, int64_t id)
{
    enum vault_class class = strcmp(member, "person") == 0      ? VAULT_ID_PERSON
                             : strcmp(member, "household") == 0 ? VAULT_ID_HOUSEHOLD
                                                                : class_of_id(event);
    char text[VAULT_OUTER_ID_CHARS + 1];
    if (class == 0 || id <= 0)
        return json_id(id);
    vault_outer_id(vault, class, id, text);
    return json_string(text);
}

/* Ids, versions and states, nothing that was entered. */
static void describe(struct db *rows, struct vault *vault, const struct event *event, const json_t *body, json_t *row)
{
    static const char *const told[] = {"id",    "person",  "household", "number", "version",
                                       "state", "rebased", "passed",    "done",   "digest"};
    struct matter matter;
    if (event->matter != 0 && matter_get(rows, event->matter, &matter)) {
        char uuid[UUID_TEXT_LENGTH + 1];
        uuid_format(&matter.uuid, uuid);
        json_object_set_new(row, "matter", json_string(uuid));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        json_t *value = json_object_get(body, told[i]);
        if (json_is_integer(value) && i < 3)
            json_object_set_new(row, told[i], id_told(vault, event->kind, told[i], json_integer_value(value)));
        else if (json_is_integer(value) || json_is_string(value) || json_is_boolean(value))
            json_object_set(row, told[i], value);
    }
}

/* The first role of somebody's over the whole city that fits, and the post. */
static const char *role_over_all(const struct decision *decision, int64_t person, bool agrees, const char *other_than,
                                 int64_t *out_post)
{
    g_autoptr(GArray) posts = registry_posts_of(decision->rows, person, decision->now_us);
    for (guint i = 0; i < posts->len && decision->playbook != NULL; i++) {
        const struct post *post = &g_array_index(posts, struct post, i);
        const struct role *role = playbook_find_role(decision->playbook, post->role);
        if (role == NULL || !(role->adopts || (agrees && role->supervises)) || g_strcmp0(role->name, other_than) == 0 ||
            registry_acting_post(decision->rows, post->person, post->id, NULL, REGISTRY_ROOT, decision->now_us) == 0)
            continue;
        *out_post = post->id;
        return role->name;
    }
    return NULL;
}

static const char *adopts_as(struct decision *decision)
{
    return role_over_all(decision, decision->command->person, false, NULL, &decision->post);
}

static bool may_adopt(const struct decision *decision, int64_t person)
{
    int64_t post;
    return role_over_all(decision, person, false, NULL, &post) != NULL;
}

/* Who supervises does not adopt, but looks after those who do. */
static const char *agrees_as(struct decision *decision, const char *other_than)
{
    return role_over_all(decision, decision->command->person, true, other_than, &decision->post);
}

const struct area_hooks area_hooks = {
    .keeps_file = matter_keeps_file,
    .dead_files = matter_dead_files,
    .stream_of = registry_stream,
    .tick = "tick",
    .trace = "trace_read",
    .next_due_us = matter_next_due_us,
    .lapses = lapses,
    .erases = erases,
    .describe = describe,
    .adopts_as = adopts_as,
    .agrees_as = agrees_as,
    .may_adopt = may_adopt,
    .in_one_hand = access_in_one_hand,
    .widens = access_widens,
    .mend = registry_mend,
};
