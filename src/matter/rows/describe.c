/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hooks of command/area.h about decided events: for the answer to the command, and for the metrics. */
#include "matter/rows/describe.h"

#include "matter/matter.h"

#include <string.h>

int64_t matter_lapses(const struct decided_event *event)
{
    return strcmp(event->event.kind, "expectations_lapsed") == 0
               ? (int64_t)json_array_size(json_object_get(event->json, "expectations"))
               : 0;
}

/* The class of an event's `id`; ids of units, hand-overs and offers are not made outer ids. */
static enum vault_class class_of_id(const char *event)
{
    if (g_str_has_prefix(event, "person_"))
        return VAULT_ID_PERSON;
    return g_str_has_prefix(event, "post_") ? VAULT_ID_POST : 0;
}

static json_t *outer_id(struct vault *vault, const char *event, const char *member, int64_t id)
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

/* Events that make what their id names. */
static bool makes(const char *event)
{
    static const char *const names[] = {"unit_created",
                                        "person_registered",
                                        "post_appointed",
                                        "handover_offered",
                                        "move_offered",
                                        "custody_offered",
                                        NULL};
    return g_strv_contains(names, event);
}

/* The public id of the matter that an event is about; false: of none. */
static bool uuid_of(struct db *rows, const struct event *event, const json_t *body, const struct uuid *known,
                    char out[UUID_TEXT_LENGTH + 1])
{
    struct uuid uuid = known != NULL ? *known : (struct uuid){0};
    int64_t id = event->matter;
    if (strcmp(event->kind, "letter_sent") == 0) /* the entry that it leads to, visible a moment later */
        id = json_get_integer(json_object_get(body, "body"), "matter", 0);
    if (uuid_is_null(&uuid) && (id == 0 || !matter_get_uuid(rows, id, &uuid)))
        return false;
    uuid_format(&uuid, out);
    return true;
}

/* Ids, versions and states, nothing that was entered. */
void matter_describe(struct db *rows, struct vault *vault, const struct event *event, const json_t *body,
                     const struct uuid *matter, json_t *row)
{
    static const char *const described[] = {"id",    "person",  "household", "number", "version",
                                            "state", "rebased", "passed",    "done",   "digest"};
    char uuid[UUID_TEXT_LENGTH + 1];
    if (uuid_of(rows, event, body, matter, uuid)) {
        json_object_set_new(row, "matter", json_string(uuid));
        if (strcmp(event->kind, "matter_opened") == 0)
            json_object_set_new(row, "made", json_string(uuid));
    }
    bool named_only = json_object_get(body, "named_only") != NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(described); i++) {
        json_t *value = json_object_get(body, described[i]);
        if (named_only && strcmp(described[i], "household") == 0)
            continue;
        if (json_is_integer(value) && i < 3)
            json_object_set_new(row, described[i],
                                outer_id(vault, event->kind, described[i], json_integer_value(value)));
        else if (json_is_integer(value) || json_is_string(value) || json_is_boolean(value))
            json_object_set(row, described[i], value);
    }
    if (makes(event->kind))
        json_object_set(row, "made", json_object_get(row, "id"));
}
