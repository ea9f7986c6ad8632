/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/shape.h"

#include "api/page_cursor.h"
#include "api/participants.h"
#include "base/datetime.h"
#include "base/identity.h"
#include "playbook/form/form.h"

#include <string.h>

#define HEADING_CHARS 60

enum known { KNOWN_UNIT = 1, KNOWN_TIME, KNOWN_TITLE, KNOWN_ID }; /* the last: and its class */

/* Where a shape is kept that other rows of the answer may share; a shared shape is not changed. */
static json_t **known_place(struct request *request, enum known what, int64_t key)
{
    uint64_t mixed = ((uint64_t)key ^ (uint64_t)what << 60) * 0x9e3779b97f4a7c15u;
    size_t at = (size_t)(mixed >> 32) % REQUEST_KNOWN;
    if (request->known[at].what != (int)what || request->known[at].key != key) {
        json_decref(request->known[at].shape);
        request->known[at].shape = NULL;
        request->known[at].what = (int)what;
        request->known[at].key = key;
    }
    return &request->known[at].shape;
}

static json_t *make_time(const struct request *request, int64_t at_us)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    g_autoptr(GTimeZone) utc = playbook == NULL ? g_time_zone_new_utc() : NULL;
    char text[DATETIME_TEXT_MAX];
    datetime_format(at_us, playbook != NULL ? playbook->zone : utc, text);
    return json_string(text);
}

json_t *shape_time(struct request *request, int64_t at_us)
{
    if (at_us <= 0 || at_us == REGISTRY_OPEN)
        return json_null();
    json_t **place = known_place(request, KNOWN_TIME, at_us);
    if (*place == NULL)
        *place = make_time(request, at_us);
    return json_incref(*place);
}

json_t *shape_title(struct request *request, const struct texts *texts)
{
    if (texts == NULL)
        return json_null();
    json_t **place = known_place(request, KNOWN_TITLE, (int64_t)(intptr_t)texts);
    if (*place == NULL)
        *place = shape_texts(texts);
    return json_incref(*place);
}

json_t *shape_texts(const struct texts *texts)
{
    return json_pack("{s:s?, s:s?}", "zh", texts->zh, "en", texts->en);
}

json_t *shape_uuid(const struct uuid *uuid)
{
    char text[UUID_TEXT_LENGTH + 1];
    uuid_format(uuid, text);
    return json_string(text);
}

json_t *shape_id(struct request *request, enum vault_class class, int64_t id)
{
    char text[VAULT_OUTER_ID_CHARS + 1];
    if (id <= 0)
        return json_null();
    json_t **place = known_place(request, KNOWN_ID + (enum known) class, id);
    if (*place == NULL) {
        vault_outer_id(request->reader->vault, class, id, text);
        *place = json_string(text);
    }
    return json_incref(*place);
}

static json_t *make_unit(struct request *request, int64_t id)
{
    struct unit unit;
    if (id == 0 || !registry_unit(request->reader->rows, id, &unit))
        return json_null();
    return json_pack("{s:o, s:s, s:s, s:s}", "id", json_id(id), "code", unit.code, "name", unit.name, "type",
                     unit.type);
}

json_t *shape_unit(struct request *request, int64_t id)
{
    json_t **place = known_place(request, KNOWN_UNIT, id);
    if (*place == NULL)
        *place = make_unit(request, id);
    return json_incref(*place);
}

static json_t *shape_unit_list(struct request *request, GArray *units /* taken */)
{
    json_t *list = json_array();
    for (guint i = 0; i < units->len; i++)
        json_array_append_new(list, shape_unit(request, g_array_index(units, int64_t, i)));
    g_array_unref(units);
    return list;
}

json_t *shape_path(struct request *request, int64_t unit)
{
    json_t *path = json_array();
    struct unit above;
    if (registry_unit(request->reader->rows, unit, &above))
        while (above.parent != 0 && registry_unit(request->reader->rows, above.parent, &above))
            json_array_insert_new(path, 0, shape_unit(request, above.id));
    return path;
}

json_t *shape_unit_whole(struct request *request, const struct unit *unit)
{
    json_t *shape = json_pack("{s:o, s:s, s:s, s:s, s:I, s:o, s:o}", "id", json_id(unit->id), "code", unit->code,
                              "name", unit->name, "type", unit->type, "version", (json_int_t)unit->version, "from",
                              shape_time(request, unit->from_us), "to", shape_time(request, unit->to_us));
    json_object_set_new(shape, "path", shape_path(request, unit->id));
    struct db *rows = request->reader->rows;
    json_object_set_new(shape, "became", shape_unit_list(request, registry_successors(rows, unit->id)));
    json_object_set_new(shape, "came_of", shape_unit_list(request, registry_predecessors(rows, unit->id)));
    return shape;
}

static json_t *make_post(struct request *request, const struct post *post, bool held_by)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(request->server->engine));
    const struct role *role = playbook != NULL ? playbook_find_role(playbook, post->role) : NULL;
    json_t *shape =
        json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:I}", "id", shape_id(request, VAULT_ID_POST, post->id), "role",
                  post->role, "title", role != NULL ? shape_texts(&role->title) : json_null(), "person",
                  held_by ? shape_person(request, post->person, true, false) : json_null(), "seat",
                  shape_unit(request, post->seat), "from", shape_time(request, post->from_us), "to",
                  shape_time(request, post->to_us), "version", (json_int_t)post->version);
    if (post->deputy_of != 0)
        json_object_set_new(shape, "deputy_of", shape_id(request, VAULT_ID_POST, post->deputy_of));
    return shape;
}

json_t *shape_post(struct request *request, const struct post *post)
{
    return make_post(request, post, access_shows_holder(request->reader->rows, &request->viewer, post));
}

json_t *shape_post_id(struct request *request, int64_t id)
{
    struct post post;
    if (id <= 0 || !registry_post(request->reader->rows, id, &post))
        return json_null();
    return make_post(request, &post, true);
}

json_t *shape_claim(struct request *request, int64_t claimed_us, int64_t until_us)
{
    return json_pack("{s:o, s:o}", "at", shape_time(request, claimed_us), "until", shape_time(request, until_us));
}

void shape_add_sharing(struct request *request, struct task_list *list, const struct todo *todo, json_t *shape)
{
    if (task_list_shares(list, todo))
        json_object_set_new(shape, "mine", json_boolean(task_list_owns(list, todo)));
    if (todo->claimed_us != 0)
        json_object_set_new(shape, "claimed", shape_claim(request, todo->claimed_us, todo->claim_until_us));
}

static json_t *shown(const char *text, bool unmasked, char *(*mask)(const char *))
{
    if (text == NULL)
        return json_null();
    if (unmasked)
        return json_string(text);
    g_autofree char *masked = mask(text);
    return json_string(masked);
}

static void add_number(json_t *shape, const char *key, bool unmasked)
{
    g_autofree char *type = key != NULL ? identity_key_type(key) : NULL;
    json_object_set_new(shape, "id_type",
                        key != NULL ? json_string(type != NULL ? type : IDENTITY_RESIDENT) : json_null());
    json_object_set_new(shape, "id_number",
                        shown(key != NULL ? identity_key_number(key) : NULL, unmasked, id_number_mask));
}

json_t *shape_person(struct request *request, int64_t person, bool unmasked, bool whole)
{
    AUTO(person_data) struct person_data data = {0};
    if (person == 0 || !registry_person(request->reader->rows, request->reader->vault, person, &data))
        return json_null();
    json_t *shape = json_pack("{s:o, s:o}", "id", shape_id(request, VAULT_ID_PERSON, person), "name",
                              shown(data.name, unmasked, name_mask));
    if (data.erased)
        json_object_set_new(shape, data.damaged ? "damaged" : "erased", json_true());
    if (!whole)
        return shape;
    add_number(shape, data.id_number, unmasked);
    json_object_set_new(shape, "phone", shown(data.phone, unmasked, phone_mask));
    json_object_set_new(shape, "masked", json_boolean(!unmasked));
    return shape;
}

const struct kind *shape_kind(struct request *request, int64_t rules, const char *name)
{
    const struct playbook *playbook = rulebook_get(engine_rulebook(request->server->engine), rules);
    return playbook != NULL ? playbook_find_kind(playbook, name) : NULL;
}

json_t *shape_subject(struct request *request, const struct kind *kind, int64_t subject, bool unmasked)
{
    if (kind != NULL && kind->about == ABOUT_UNIT)
        return shape_unit(request, subject);
    return shape_person(request, subject, unmasked, false);
}

/* Not of somebody whom they see masked or by a name alone: who else lives there would tell them. */
static bool tells_household(struct request *request, const struct matter *matter)
{
    struct db *rows = request->reader->rows;
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    return access_shows_subject(rows, rulebook, &request->viewer, matter) &&
           access_unmasks(rows, rulebook, &request->viewer, matter);
}

/* The first short text of its form, else the first long one. */
static const struct field *heading_field(const struct kind *kind)
{
    const struct field *found = NULL;
    for (size_t i = 0; i < kind->form.field_count; i++) {
        const struct field *field = &kind->form.fields[i];
        if (field->type == FIELD_TEXT)
            return field;
        if (found == NULL && field->type == FIELD_LONG_TEXT)
            found = field;
    }
    return found;
}

/* The first line, cut where it is long. */
static json_t *heading_of(const char *text)
{
    const char *end = strchr(text, '\n');
    g_autofree char *line = end != NULL ? g_strndup(text, (gsize)(end - text)) : g_strdup(text);
    if (g_utf8_strlen(line, -1) <= HEADING_CHARS)
        return json_string(line);
    g_autofree char *start = g_utf8_substring(line, 0, HEADING_CHARS - 1);
    g_autofree char *cut = g_strconcat(start, "…", NULL);
    return json_string(cut);
}

void shape_add_heading(struct request *request, const struct matter *matter, const struct kind *kind, json_t *shape)
{
    const struct field *field = kind != NULL && kind->about != ABOUT_PERSON ? heading_field(kind) : NULL;
    if (field == NULL || field->personal ||
        !access_shows_field(request->reader->rows, engine_rulebook(request->server->engine), &request->viewer, matter,
                            field))
        return;
    bool erased = false;
    g_autoptr(json_t) form = matter_form(request->reader->rows, request->reader->vault, matter, &erased);
    const char *text = json_get_text(form, field->name, "");
    if (*text != '\0')
        json_object_set_new(shape, "heading", heading_of(text));
}

json_t *shape_matter(struct request *request, const struct matter *matter, bool unmasked)
{
    const struct kind *kind = shape_kind(request, matter->rules, matter->kind);
    const struct state *state = kind != NULL ? kind_find_state(kind, matter->state) : NULL;
    bool named = unmasked && access_shows_subject(request->reader->rows, engine_rulebook(request->server->engine),
                                                  &request->viewer, matter);
    json_t *shape = json_pack(
        "{s:o, s:s, s:o, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "id", shape_uuid(&matter->uuid), "kind",
        matter->kind, "title", shape_title(request, kind != NULL ? &kind->title : NULL), "state", matter->state,
        "state_title", shape_title(request, state != NULL ? &state->title : NULL), "version",
        (json_int_t)matter->version, "unit", shape_unit(request, matter->unit), "subject",
        shape_subject(request, kind, matter->subject, named), "opened_at", shape_time(request, matter->opened_us),
        "changed_at", shape_time(request, matter->changed_us), "closed_at", shape_time(request, matter->closed_us));
    if (matter->subject_post != 0)
        json_object_set_new(shape, "subject_post", shape_post_id(request, matter->subject_post));
    if (matter->household != 0 && tells_household(request, matter))
        json_object_set_new(shape, "household", shape_id(request, VAULT_ID_HOUSEHOLD, matter->household));
    if (matter->erased)
        json_object_set_new(shape, "erased", json_true());
    shape_add_heading(request, matter, kind, shape);
    return shape;
}

static json_t *shape_lines(struct request *request, const struct matter *matter, const struct form *form,
                           const json_t *lines, bool unmasked)
{
    json_t *shape = json_array();
    size_t i;
    const json_t *line;
    json_array_foreach((json_t *)lines, i, line)
        json_array_append_new(shape, shape_fields(request, matter, form, line, unmasked));
    return shape;
}

static json_t *shape_stored_unit(struct request *request, const json_t *value)
{
    return shape_unit(request, json_integer_value(value));
}

static json_t *shape_stored_person(struct request *request, const json_t *value)
{
    return shape_id(request, VAULT_ID_PERSON, json_integer_value(value));
}

static json_t *shape_stored_datetime(struct request *request, const json_t *value)
{
    int64_t at_us;
    if (json_is_string(value) && datetime_parse(json_string_value(value), &at_us))
        return shape_time(request, at_us);
    return json_incref((json_t *)value);
}

static json_t *shape_stored_duration(struct request *request, const json_t *value)
{
    char text[DATETIME_TEXT_MAX];
    duration_format(json_integer_value(value), text);
    return json_string(text);
}

static json_t *shape_field(struct request *request, const struct matter *matter, const struct field *field,
                           const json_t *value, bool unmasked)
{
    /* The others are shown as they are stored. */
    static json_t *(*const shapes[])(struct request * request, const json_t *value) = {
        [VALUE_DATETIME] = shape_stored_datetime,
        [VALUE_DURATION] = shape_stored_duration,
        [VALUE_UNIT] = shape_stored_unit,
        [VALUE_PERSON] = shape_stored_person,
        [VALUE_FILE] = NULL,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(shapes) == VALUE_TYPE_COUNT);
    if (field_parts(field) != NULL)
        return shape_fields(request, matter, field_parts(field), value, unmasked);
    if (field->lines != NULL)
        return shape_lines(request, matter, field->lines, value, unmasked);
    enum value_type type = field_value_type(field);
    return shapes[type] != NULL ? shapes[type](request, value) : json_incref((json_t *)value);
}

json_t *shape_fields(struct request *request, const struct matter *matter, const struct form *form,
                     const json_t *stored, bool unmasked)
{
    struct rulebook *rulebook = engine_rulebook(request->server->engine);
    json_t *shape = json_object();
    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        const json_t *value = json_object_get(stored, field->name);
        if (value == NULL || !access_shows_field(request->reader->rows, rulebook, &request->viewer, matter, field))
            continue;
        bool masked = field->personal && !unmasked && field->lines == NULL;
        json_object_set_new(shape, field->name,
                            masked ? field_mask(field, value) : shape_field(request, matter, field, value, unmasked));
    }
    return shape;
}

bool shape_is_damaged(struct request *request, const struct matter *matter)
{
    return vault_key_state(request->reader->vault, VAULT_MATTER, matter->id) != VAULT_KEY_ERASED;
}

json_t *shape_page(struct request *request, json_t *rows, const int64_t *cursor, size_t parts)
{
    g_autofree char *next = cursor != NULL ? page_cursor_seal(request, cursor, parts) : NULL;
    return json_pack("{s:o, s:s?}", "data", rows, "next", next);
}
