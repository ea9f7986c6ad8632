/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story/fixture.h"

#include "base/limits.h"
#include "matter/matter.h"
#include "playbook/form/form.h"
#include "story/literal.h"

#include <string.h>

static json_t *uuid_text(const struct uuid *uuid)
{
    char text[UUID_TEXT_LENGTH + 1];
    uuid_format(uuid, text);
    return json_string(text);
}

static json_t *fields_of(struct fixture *fixture, const struct form *form, const json_t *given);

static json_t *lines_of(struct fixture *fixture, const struct form *form, const json_t *given)
{
    json_t *out = json_array();
    size_t i;
    const json_t *line;
    json_array_foreach((json_t *)given, i, line) json_array_append_new(out, fields_of(fixture, form, line));
    return out;
}

/* Handles become ids; a scalar as written in YAML becomes what its field takes in JSON. */
static json_t *value_of(struct fixture *fixture, const struct field *field, json_t *value)
{
    if (field->lines != NULL && json_is_array(value))
        return lines_of(fixture, field->lines, value);
    if (field_parts(field) != NULL && json_is_object(value))
        return fields_of(fixture, field_parts(field), value);
    return json_is_string(value) ? literal_given(fixture, field, json_string_value(value)) : json_incref(value);
}

/* A form as the door takes it. */
static json_t *fields_of(struct fixture *fixture, const struct form *form, const json_t *given)
{
    json_t *out = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)given, name, value)
    {
        int at = form != NULL ? form_find_field(form, name) : -1;
        json_object_set_new(out, name, at >= 0 ? value_of(fixture, &form->fields[at], value) : json_incref(value));
    }
    return out;
}

static void copy(const json_t *from, const char *name, json_t *to)
{
    json_t *value = json_object_get(from, name);
    if (value != NULL)
        json_object_set(to, name, value);
}

static void remember_matter(struct fixture *fixture, const char *handle)
{
    char *kept = g_strdup(handle);
    g_free(fixture->last_matter);
    fixture->last_matter = kept;
}

/* The matter that the step names, else that of the step before. */
static bool matter_of(struct fixture *fixture, const json_t *act, struct matter *out)
{
    const char *handle = json_get_text(act, "matter", fixture->last_matter);
    if (handle == NULL) {
        fixture_fail(fixture, "the step names no matter and none has been opened");
        return false;
    }
    if (!fixture_matter(fixture, handle, out))
        return false;
    remember_matter(fixture, handle);
    return true;
}

static json_t *participant_text(struct fixture *fixture, const struct participant_set *set, const char *handle)
{
    if (set->persons)
        return json_id(fixture_person(fixture, handle));
    g_autofree char *unit = g_strdup_printf("#%" G_GINT64_FORMAT, fixture_unit(fixture, handle));
    return json_string(unit);
}

/* Of an audience: {"grid_1": "why"} as the door takes it. */
static json_t *except_of(struct fixture *fixture, const json_t *given)
{
    json_t *except = json_array(), *why;
    const char *handle;
    json_object_foreach((json_t *)given, handle, why)
    {
        g_autofree char *unit = g_strdup_printf("#%" G_GINT64_FORMAT, fixture_unit(fixture, handle));
        json_array_append_new(except, json_pack("{s:s, s:O}", "unit", unit, "reason", why));
    }
    return json_pack("{s:o}", "except", except);
}

/* {"lead": "department"} or {"lead": ["department"]}, by handles. */
static json_t *participants_of(struct fixture *fixture, const struct kind *kind, const json_t *given)
{
    json_t *out = json_object();
    for (size_t i = 0; i < kind->participant_count; i++) {
        const struct participant_set *set = &kind->participants[i];
        json_t *value = json_object_get(given, set->name), *all = json_array(), *handle;
        size_t j;
        if (set->audience) {
            json_decref(all);
            json_object_set_new(out, set->name, except_of(fixture, json_object_get(value, "except")));
            continue;
        }
        if (json_is_string(value))
            json_array_append_new(all, participant_text(fixture, set, json_string_value(value)));
        json_array_foreach(value, j, handle)
            json_array_append_new(all, participant_text(fixture, set, json_string_value(handle)));
        json_object_set_new(out, set->name, all);
    }
    return out;
}

/* By the handle of the unit or person; 0 when no participant has it. */
static int64_t participant_number(struct fixture *fixture, int64_t matter, const char *handle)
{
    bool unit = g_hash_table_contains(fixture->units, handle);
    int64_t who = unit ? fixture_unit(fixture, handle) : -fixture_person(fixture, handle);
    g_autoptr(GArray) rows = matter_participants(fixture->reader->rows, NULL, matter, NULL, 0, LIMIT_PARTICIPANTS);
    for (guint i = 0; i < rows->len; i++) {
        const struct participant_row *row = &g_array_index(rows, struct participant_row, i);
        if (row->who == who && row->left_us == 0)
            return row->number;
    }
    return 0;
}

/* By name and number, as an actor does who may not see the person. */
static json_t *subject_of(struct fixture *fixture, const char *handle)
{
    AUTO(person_data) struct person_data data = {0};
    int64_t person = fixture_person(fixture, handle);
    if (!registry_person(fixture->reader->rows, fixture->reader->vault, person, &data) || data.erased)
        return json_id(person);
    return json_pack("{s:s, s:s*, s:s*, s:o}", "name", data.name, "id_number", data.id_number, "phone", data.phone,
                     "same_as", json_id(person));
}

static void do_open(struct fixture *fixture, const json_t *act, int64_t person, const char *kind_name)
{
    const struct kind *kind = playbook_find_kind(fixture->playbook, kind_name);
    g_autofree char *unit =
        g_strdup_printf("#%" G_GINT64_FORMAT, fixture_unit(fixture, json_get_text(act, "unit", "")));
    json_t *body = json_pack("{s:s, s:s, s:o}", "kind", kind_name, "unit", unit, "form",
                             fields_of(fixture, kind != NULL ? &kind->form : NULL, json_object_get(act, "form")));
    const char *subject = json_get_text(act, "subject", NULL);
    if (subject != NULL && kind != NULL && kind->about == ABOUT_UNIT)
        json_object_set_new(body, "subject", json_id(fixture_unit(fixture, subject)));
    else if (subject != NULL && kind != NULL && kind->about_post)
        json_object_set_new(body, "subject_post", json_id(fixture_post(fixture, subject)));
    else if (subject != NULL)
        json_object_set_new(body, "subject", subject_of(fixture, subject));
    struct matter parent;
    const char *parent_handle = json_get_text(act, "parent", NULL);
    if (parent_handle != NULL && fixture_matter(fixture, parent_handle, &parent))
        json_object_set_new(body, "parent", uuid_text(&parent.uuid));
    const json_t *participants = json_object_get(act, "participants");
    if (participants != NULL && kind != NULL)
        json_object_set_new(body, "participants", participants_of(fixture, kind, participants));
    copy(act, "observed_at", body);
    const char *handle = json_get_text(act, "matter", kind_name);
    if (fixture_do(fixture, "open_matter", ORIGIN_DOOR, person, body, handle))
        remember_matter(fixture, handle);
}

static void do_enter(struct fixture *fixture, const json_t *act, int64_t person, const char *entry)
{
    struct matter matter;
    if (!matter_of(fixture, act, &matter))
        return;
    const struct kind *kind = playbook_find_kind(fixture->playbook, matter.kind);
    const struct entry_def *def = kind != NULL ? kind_find_entry(kind, entry) : NULL;
    fixture->files_of = matter.uuid;
    json_t *body = json_pack("{s:o, s:s, s:o}", "matter", uuid_text(&matter.uuid), "entry", entry, "fields",
                             fields_of(fixture, def != NULL ? &def->form : NULL, json_object_get(act, "form")));
    const char *participant = json_get_text(act, "participant", NULL);
    if (participant != NULL)
        json_object_set_new(body, "participant", json_integer(participant_number(fixture, matter.id, participant)));
    gint64 line;
    if (g_ascii_string_to_signed(json_get_text(act, "line", ""), 10, 1, LIMIT_LINES, &line, NULL))
        json_object_set_new(body, "line", json_integer(line));
    copy(act, "attempt", body);
    copy(act, "observed_at", body);
    fixture_do(fixture, "enter", ORIGIN_DOOR, person, body, NULL);
}

/* The open matter of the same kind about a member of the household. */
static bool matter_about(struct fixture *fixture, const struct matter *one, int64_t subject, struct matter *out)
{
    int64_t id;
    return db_integer(fixture->reader->rows, &id,
                      "SELECT id FROM matter WHERE subject = ?1 AND subject <> 0 AND kind = ?2 AND closed_us = 0", "is",
                      subject, one->kind) &&
           matter_get(fixture->reader->rows, id, out);
}

static void do_round(struct fixture *fixture, const json_t *act, int64_t person, const char *entry)
{
    struct matter any;
    if (!matter_of(fixture, act, &any))
        return;
    const struct kind *kind = playbook_find_kind(fixture->playbook, any.kind);
    const struct entry_def *def = kind != NULL ? kind_find_entry(kind, entry) : NULL;
    json_t *rows = json_array();
    const char *handle;
    json_t *row;
    json_object_foreach(json_object_get(act, "rows"), handle, row)
    {
        struct matter matter;
        if (!matter_about(fixture, &any, fixture_person(fixture, handle), &matter)) {
            fixture_fail(fixture, "no open %s about %s", any.kind, handle);
            continue;
        }
        fixture->files_of = matter.uuid;
        json_t *out = json_pack("{s:o, s:o}", "matter", uuid_text(&matter.uuid), "fields",
                                fields_of(fixture, def != NULL ? &def->form : NULL, json_object_get(row, "form")));
        copy(row, "attempt", out);
        json_array_append_new(rows, out);
    }
    json_t *body = json_pack("{s:s, s:o}", "entry", entry, "rows", rows);
    copy(act, "observed_at", body);
    fixture_do(fixture, "enter_round", ORIGIN_DOOR, person, body, NULL);
}

static void do_correct(struct fixture *fixture, const json_t *act, int64_t person, const char *entry)
{
    struct matter matter;
    int64_t number = 0;
    if (!matter_of(fixture, act, &matter))
        return;
    const struct kind *kind = playbook_find_kind(fixture->playbook, matter.kind);
    const struct entry_def *def = kind != NULL ? kind_find_entry(kind, entry) : NULL;
    if (!db_integer(fixture->reader->rows, &number,
                    "SELECT max(number) FROM entry WHERE matter = ?1 AND kind = ?2 AND corrected IS NULL", "is",
                    matter.id, entry))
        fixture_fail(fixture, "there is no %s to correct", entry);
    fixture->files_of = matter.uuid;
    fixture_do(fixture, "correct_entry", ORIGIN_DOOR, person,
               json_pack("{s:o, s:I, s:o, s:s}", "matter", uuid_text(&matter.uuid), "number", (json_int_t)number,
                         "fields", fields_of(fixture, def != NULL ? &def->form : NULL, json_object_get(act, "form")),
                         "reason", json_get_text(act, "reason", "更正")),
               NULL);
}

/* The newest expectation of the name, open or ended. */
static int64_t expectation_number(struct fixture *fixture, const struct matter *matter, const char *name)
{
    g_autoptr(GArray) rows = matter_expectations(fixture->reader->rows, NULL, matter->id);
    int64_t number = 0;
    for (guint i = 0; i < rows->len; i++) {
        const struct expectation_row *row = &g_array_index(rows, struct expectation_row, i);
        if (strcmp(row->name, name) == 0)
            number = row->number;
    }
    if (number == 0)
        fixture_fail(fixture, "nothing called %s is or was expected", name);
    return number;
}

static void do_excuse(struct fixture *fixture, const json_t *act, int64_t person, const char *name)
{
    struct matter matter;
    if (!matter_of(fixture, act, &matter))
        return;
    fixture_do(fixture, "excuse", ORIGIN_DOOR, person,
               json_pack("{s:[{s:o, s:I}], s:s}", "expectations", "matter", uuid_text(&matter.uuid), "number",
                         (json_int_t)expectation_number(fixture, &matter, name), "reason",
                         json_get_text(act, "reason", "")),
               NULL);
}

static void do_claim(struct fixture *fixture, const json_t *act, int64_t person, const char *name)
{
    struct matter matter;
    if (!matter_of(fixture, act, &matter))
        return;
    json_t *body = json_pack("{s:o, s:I}", "matter", uuid_text(&matter.uuid), "number",
                             (json_int_t)expectation_number(fixture, &matter, name));
    copy(act, "until", body);
    fixture_do(fixture, "claim", ORIGIN_DOOR, person, body, NULL);
}

static void do_give_back(struct fixture *fixture, const json_t *act, int64_t person, const char *name)
{
    struct matter matter;
    if (matter_of(fixture, act, &matter))
        fixture_do(fixture, "give_back", ORIGIN_DOOR, person,
                   json_pack("{s:o, s:I}", "matter", uuid_text(&matter.uuid), "number",
                             (json_int_t)expectation_number(fixture, &matter, name)),
                   NULL);
}

/* What another system says of the matter. */
static void do_mirror(struct fixture *fixture, const json_t *act, int64_t person, const char *number)
{
    struct matter matter;
    if (!matter_of(fixture, act, &matter))
        return;
    json_t *body = json_pack("{s:o, s:s}", "matter", uuid_text(&matter.uuid), "number", number);
    copy(act, "due", body);
    copy(act, "state", body);
    copy(act, "closed", body);
    fixture_do(fixture, "mirror", ORIGIN_DOOR, person, body, NULL);
}

static void do_hold_or_release(struct fixture *fixture, const json_t *act, int64_t person, const char *command,
                               const char *reason)
{
    struct matter matter;
    if (matter_of(fixture, act, &matter))
        fixture_do(fixture, command, ORIGIN_DOOR, person,
                   json_pack("{s:o, s:s}", "matter", uuid_text(&matter.uuid), "reason", reason), NULL);
}

static void do_hold(struct fixture *fixture, const json_t *act, int64_t person, const char *reason)
{
    do_hold_or_release(fixture, act, person, "hold_matter", reason);
}

static void do_release(struct fixture *fixture, const json_t *act, int64_t person, const char *reason)
{
    do_hold_or_release(fixture, act, person, "release_matter", reason);
}

/* Opens the matter and reads it. */
static void do_see(struct fixture *fixture, const json_t *act, int64_t person, const char *handle)
{
    struct matter matter;
    if (!fixture_matter(fixture, handle, &matter))
        return;
    remember_matter(fixture, handle);
    fixture_do(fixture, "see_matter", ORIGIN_PROGRAM, person, json_pack("{s:o}", "matter", uuid_text(&matter.uuid)),
               NULL);
}

static void do_merge(struct fixture *fixture, const json_t *act, int64_t person, const char *handle)
{
    struct matter matter, into;
    if (!fixture_matter(fixture, handle, &matter) || !fixture_matter(fixture, json_get_text(act, "into", ""), &into))
        return;
    remember_matter(fixture, handle);
    json_t *body = json_pack("{s:o, s:o}", "matter", uuid_text(&matter.uuid), "into", uuid_text(&into.uuid));
    copy(act, "reason", body);
    fixture_do(fixture, "merge_matters", ORIGIN_DOOR, person, body, NULL);
}

static void do_unmerge(struct fixture *fixture, const json_t *act, int64_t person, const char *handle)
{
    struct matter matter;
    if (!fixture_matter(fixture, handle, &matter))
        return;
    remember_matter(fixture, handle);
    json_t *body = json_pack("{s:o}", "matter", uuid_text(&matter.uuid));
    copy(act, "reason", body);
    fixture_do(fixture, "unmerge_matters", ORIGIN_DOOR, person, body, NULL);
}

void step_do(struct fixture *fixture, const json_t *step)
{
    static const struct {
        const char *verb;
        void (*act)(struct fixture *, const json_t *, int64_t, const char *);
    } verbs[] = {
        {"open", do_open},     {"propose", do_open},        {"enter", do_enter},
        {"round", do_round},   {"correct", do_correct},     {"excuse", do_excuse},
        {"mirror", do_mirror}, {"hold", do_hold},           {"release", do_release},
        {"see", do_see},       {"merge", do_merge},         {"unmerge", do_unmerge},
        {"claim", do_claim},   {"give_back", do_give_back},
    };
    const json_t *act = json_object_get(step, "do");
    int64_t person = fixture_person(fixture, json_get_text(step, "as", ""));
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        const char *what = json_get_text(act, verbs[i].verb, NULL);
        if (what != NULL && person != 0)
            verbs[i].act(fixture, act, person, what);
    }
}
