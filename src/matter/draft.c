/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft.h"

#include "matter/actor.h"
#include "matter/document.h"
#include "matter/participants.h"
#include "matter/unique.h"
#include "playbook/form.h"

#include <stdlib.h>
#include <string.h>

const char *const sealed_contexts[SEALED_PART_COUNT] = {
    [SEALED_ENTRY] = "entry",         [SEALED_FORM] = "form", [SEALED_FACTS] = "facts",
    [SEALED_DOCUMENTS] = "documents", [SEALED_NOTE] = "note",
};

void matter_read(struct rows *rows, struct matter *out)
{
    *out = (struct matter){
        .id = rows_integer(rows, 0),
        .rules = rows_integer(rows, 3),
        .version = rows_integer(rows, 5),
        .unit = rows_integer(rows, 6),
        .subject = rows_integer(rows, 7),
        .household = rows_integer(rows, 8),
        .parent = rows_integer(rows, 9),
        .opener_person = rows_integer(rows, 10),
        .opener_post = rows_integer(rows, 11),
        .opened_us = rows_integer(rows, 12),
        .changed_us = rows_integer(rows, 13),
        .state_since_us = rows_integer(rows, 14),
        .closed_us = rows_integer(rows, 15),
        .erased = rows_integer(rows, 16) != 0,
        .subject_post = rows_integer(rows, 17),
        .merged_into = rows_integer(rows, 18),
        .named_only = rows_integer(rows, 19) != 0,
    };
    rows_uuid(rows, 1, &out->uuid);
    g_strlcpy(out->kind, rows_text(rows, 2), sizeof out->kind);
    g_strlcpy(out->state, rows_text(rows, 4), sizeof out->state);
}

const struct expect *expect_find(const struct kind *kind, const char *name, struct expect *accepting)
{
    for (size_t s = 0; s < kind->state_count; s++)
        for (size_t i = 0; i < kind->states[s].expect_count; i++)
            if (strcmp(kind->states[s].expects[i].name, name) == 0)
                return &kind->states[s].expects[i];
    for (size_t i = 0; i < kind->second_count; i++)
        if (strcmp(kind->seconds[i].name, name) == 0)
            return &kind->seconds[i];
    if (kind->handover.decided && strcmp(name, EXPECTATION_ASSIGN) == 0)
        return &kind->handover.deciding;
    if (!kind->handover.present || strcmp(name, EXPECTATION_ACCEPT) != 0)
        return NULL;
    *accepting = (struct expect){
        .name = (char *)EXPECTATION_ACCEPT,
        .entry = kind_find_entry(kind, EXPECTATION_ACCEPT),
        .answers = kind->handover.accept,
        .deadline = DEADLINE_WITHIN,
        .within_us = kind->handover.within_us,
    };
    return accepting;
}

#define EXPECTATION_COLUMNS                                                                                            \
    "SELECT slot, number, post, since_us, opens_us, due_us, warned, overdue, step, name, paused_us, "                  \
    "stood_us, extensions, attempts, ours_us, participant, line, alerts, "                                             \
    "seen_us, phone_us FROM expectation "

/* The planner does not know that thousands may be expected in one matter. */
#define OF_PARTICIPANT "INDEXED BY expectation_participant WHERE matter = ?1 AND participant = ?2 ORDER BY slot"

static void take_expectations(struct draft *draft, struct rows *rows)
{
    while (rows_next(rows)) {
        struct expectation expectation = {
            .slot = rows_integer(rows, 0),
            .number = rows_integer(rows, 1),
            .post = rows_integer(rows, 2),
            .since_us = rows_integer(rows, 3),
            .participant = rows_integer(rows, 15),
            .line = rows_integer(rows, 16),
            .when = {rows_integer(rows, 4), rows_integer(rows, 5)},
            .progress = {rows_integer(rows, 6) != 0, rows_integer(rows, 7) != 0, (int)rows_integer(rows, 8),
                         rows_integer(rows, 10), rows_integer(rows, 11), (int)rows_integer(rows, 12),
                         (int)rows_integer(rows, 13), (int)rows_integer(rows, 17), rows_integer(rows, 18) != 0,
                         rows_integer(rows, 19) != 0},
        };
        expectation.ours_us = rows_integer(rows, 14);
        g_strlcpy(expectation.name, rows_text(rows, 9), sizeof expectation.name);
        expectation.def = expect_find(draft->kind, expectation.name, &draft->accepting);
        g_array_append_val(draft->open, expectation);
    }
}

void draft_load_expectations(struct draft *draft)
{
    AUTO(rows)
    struct rows rows =
        rows_of(draft->decision->rows, EXPECTATION_COLUMNS "WHERE matter = ?1 ORDER BY slot", "i", draft->matter.id);
    take_expectations(draft, &rows);
}

void draft_load_expectations_of(struct draft *draft, int64_t participant)
{
    AUTO(rows)
    struct rows rows =
        rows_of(draft->decision->rows, EXPECTATION_COLUMNS OF_PARTICIPANT, "ii", draft->matter.id, participant);
    take_expectations(draft, &rows);
}

/* Takes what the row says besides struct matter; false when there is no row. */
static bool take_row(struct draft *draft, struct decision *decision, struct rows *rows)
{
    if (!rows_next(rows))
        return false;
    *draft = (struct draft){.decision = decision};
    matter_read(rows, &draft->matter);
    draft->home = draft->matter.unit;
    draft->was_closed = draft->matter.closed_us != 0;
    draft->next_entry = rows_integer(rows, MATTER_COLUMN_COUNT);
    draft->next_expectation = rows_integer(rows, MATTER_COLUMN_COUNT + 1);
    draft->ends_us = rows_is_null(rows, MATTER_COLUMN_COUNT + 2) ? 0 : rows_integer(rows, MATTER_COLUMN_COUNT + 2);
    draft->retain_us = rows_is_null(rows, MATTER_COLUMN_COUNT + 3) ? 0 : rows_integer(rows, MATTER_COLUMN_COUNT + 3);
    const char *facts = rows_text(rows, MATTER_COLUMN_COUNT + 4);
    draft->facts = facts != NULL ? json_loads(facts, 0, NULL) : json_array();
    return true;
}

static void take_rules(struct draft *draft)
{
    draft->playbook = rulebook_get(draft->decision->rulebook, draft->matter.rules);
    g_assert(draft->playbook != NULL);
    draft->kind = playbook_find_kind(draft->playbook, draft->matter.kind);
    draft->state = kind_find_state(draft->kind, draft->matter.state);
    draft->open = g_array_new(FALSE, FALSE, sizeof(struct expectation));
    draft->body = json_object();
    draft->last_participant = -1;
    if (draft->kind->has_audience)
        draft_load_expectations_of(draft, 0);
    else
        draft_load_expectations(draft);
    participants_load(draft);
}

bool draft_load_uuid(struct draft *draft, struct decision *decision, const struct uuid *uuid, const char *field)
{
    AUTO(rows)
    struct rows rows = rows_of(decision->rows,
                               "SELECT " MATTER_COLUMNS
                               ", next_entry, next_expectation, ends_us, retain_us, facts FROM matter WHERE uuid = ?1",
                               "u", uuid);
    if (!take_row(draft, decision, &rows))
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, field);
    take_rules(draft);
    if (actor_may_name(draft))
        return true;
    draft_clear(draft);
    return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, field);
}

bool draft_load(struct draft *draft, struct decision *decision, int64_t id)
{
    AUTO(rows)
    struct rows rows = rows_of(decision->rows,
                               "SELECT " MATTER_COLUMNS
                               ", next_entry, next_expectation, ends_us, retain_us, facts FROM matter WHERE id = ?1",
                               "i", id);
    if (!take_row(draft, decision, &rows))
        return decision_refuse(decision, PROBLEM_UNKNOWN_MATTER, NULL);
    take_rules(draft);
    return true;
}

void draft_clear(struct draft *draft)
{
    g_clear_pointer(&draft->open, g_array_unref);
    g_clear_pointer(&draft->participants, g_array_unref);
    g_clear_pointer(&draft->participant_lines, json_decref);
    g_clear_pointer(&draft->facts, json_decref);
    g_clear_pointer(&draft->form, json_decref);
    g_clear_pointer(&draft->body, json_decref);
    for (int i = 0; i < SEALED_PART_COUNT; i++)
        g_clear_pointer(&draft->sealed[i], g_bytes_unref);
}

/* Restored from a backup, a matter may stand open that was erased since; nothing more can be sealed in it. */
static bool key_is_gone(const struct draft *draft)
{
    return kind_is_sealed(draft->kind) && !vault_has_key(draft->decision->vault, VAULT_MATTER, draft->matter.id);
}

static bool was_erased(struct draft *draft)
{
    return vault_key_state(draft->decision->vault, VAULT_MATTER, draft->matter.id) == VAULT_KEY_ERASED;
}

bool draft_must_be_current(struct draft *draft, int64_t version)
{
    if (draft->matter.erased || key_is_gone(draft))
        return decision_refuse(draft->decision,
                               draft->matter.erased || was_erased(draft) ? PROBLEM_MATTER_ERASED : PROBLEM_DATA_DAMAGED,
                               NULL);
    if (version < 0 || version == draft->matter.version)
        return true;
    g_autofree char *given = g_strdup_printf("%" G_GINT64_FORMAT, version);
    g_autofree char *current = g_strdup_printf("%" G_GINT64_FORMAT, draft->matter.version);
    return decision_refuse(draft->decision, PROBLEM_STALE_VERSION, "version", given, current);
}

bool draft_must_be_open(struct draft *draft, int64_t version)
{
    if (!draft_must_be_current(draft, version))
        return false;
    return draft->matter.closed_us == 0 || decision_refuse(draft->decision, PROBLEM_MATTER_CLOSED, NULL);
}

/* ---- sealed parts ---- */

static json_t *unseal(const struct draft *draft, enum sealed_part part, struct rows *rows, int column)
{
    size_t bytes;
    const void *sealed = rows_blob(rows, column, &bytes);
    if (sealed == NULL)
        return NULL;
    g_autoptr(GBytes) open =
        vault_unseal(draft->decision->vault, VAULT_MATTER, draft->matter.id, sealed_contexts[part], sealed, bytes);
    if (open == NULL)
        return NULL;
    gsize open_bytes;
    const char *text = g_bytes_get_data(open, &open_bytes);
    return json_loadb(text, open_bytes, 0, NULL);
}

const json_t *draft_form(struct draft *draft)
{
    if (draft->form != NULL)
        return draft->form;
    AUTO(rows)
    struct rows rows = rows_of(draft->decision->rows, "SELECT clear, sealed FROM matter_form WHERE matter = ?1", "i",
                               draft->matter.id);
    if (rows_next(&rows)) {
        g_autoptr(json_t) sealed = unseal(draft, SEALED_FORM, &rows, 1);
        if (rows_text(&rows, 0) != NULL)
            draft->form = json_loads(rows_text(&rows, 0), 0, NULL);
        if (draft->form == NULL)
            draft->form = json_object();
        if (sealed != NULL)
            json_object_update(draft->form, sealed);
    }
    if (draft->form == NULL)
        draft->form = json_object();
    return draft->form;
}

void draft_set_field(struct draft *draft, const struct field *field, json_t *value)
{
    draft_form(draft);
    if (value == NULL)
        json_object_del(draft->form, field->name);
    else
        json_object_set_new(draft->form, field->name, value);
    draft->form_changed = true;
}

static bool has_sealed_facts(const struct kind *kind)
{
    for (size_t i = 0; i < kind->fact_count; i++)
        if (kind->facts[i].sealed)
            return true;
    return false;
}

json_t *draft_facts(struct draft *draft)
{
    if (draft->facts_are_open)
        return draft->facts;
    draft->facts_are_open = true;
    while (json_array_size(draft->facts) < draft->kind->fact_count)
        json_array_append_new(draft->facts, json_null());
    if (!has_sealed_facts(draft->kind))
        return draft->facts;
    AUTO(rows)
    struct rows rows =
        rows_of(draft->decision->rows, "SELECT sealed_facts FROM matter_form WHERE matter = ?1", "i", draft->matter.id);
    g_autoptr(json_t) sealed = rows_next(&rows) ? unseal(draft, SEALED_FACTS, &rows, 0) : NULL;
    for (size_t i = 0; i < draft->kind->fact_count && sealed != NULL; i++)
        if (draft->kind->facts[i].sealed && json_array_get(sealed, i) != NULL)
            json_array_set(draft->facts, i, json_array_get(sealed, i));
    return draft->facts;
}

void draft_seal(struct draft *draft, enum sealed_part part, const json_t *content)
{
    size_t bytes;
    char *text = json_text(content, &bytes);
    g_clear_pointer(&draft->sealed[part], g_bytes_unref);
    draft->sealed[part] =
        vault_seal(draft->decision->vault, VAULT_MATTER, draft->matter.id, sealed_contexts[part], text, bytes);
    free(text); /* jansson's allocation */
}

static bool form_is_sealed(const struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].personal)
            return true;
    return form_has_files(form);
}

bool kind_is_sealed(const struct kind *kind)
{
    bool sealed = kind->about == ABOUT_PERSON || form_is_sealed(&kind->form);
    for (size_t i = 0; i < kind->entry_count && !sealed; i++)
        sealed = form_is_sealed(&kind->entries[i].form);
    return sealed;
}

void draft_seal_note(struct draft *draft, const char *name, const char *text)
{
    struct vault *vault = draft->decision->vault;
    if (!kind_is_sealed(draft->kind) && !vault_has_key(vault, VAULT_MATTER, draft->matter.id))
        vault_key_new(vault, VAULT_MATTER, draft->matter.id, 0);
    g_autoptr(json_t) note = json_pack("{s:s}", name, text);
    draft_seal(draft, SEALED_NOTE, note);
}

json_t *draft_seal_fields(struct draft *draft, enum sealed_part part, const struct form *form, const json_t *fields,
                          json_t *also_sealed)
{
    json_t *clear = NULL, *sealed = NULL;
    form_split(form, draft->kind->about == ABOUT_PERSON, fields, &clear, &sealed);
    if (also_sealed != NULL) {
        json_object_update(draft->kind->about == ABOUT_PERSON ? sealed : clear, also_sealed);
        json_decref(also_sealed);
    }
    if (sealed != NULL && json_object_size(sealed) > 0)
        draft_seal(draft, part, sealed);
    json_decref(sealed);
    if (clear != NULL && json_object_size(clear) == 0)
        g_clear_pointer(&clear, json_decref);
    return clear;
}

/* ---- the event ---- */

void body_add(json_t *body, const char *key, int64_t value)
{
    json_object_set_new(body, key, json_integer(value));
}

void body_append(json_t *body, const char *key, json_t *item)
{
    json_t *list = json_object_get(body, key);
    if (list == NULL) {
        list = json_array();
        json_object_set_new(body, key, list);
    }
    json_array_append_new(list, item);
}

json_t *integers(size_t count, const int64_t *values)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer(values[i]));
    return list;
}

static void write_facts(struct draft *draft)
{
    const struct kind *kind = draft->kind;
    json_t *clear = json_array(), *sealed = json_array();
    bool any_sealed = false;
    for (size_t i = 0; i < kind->fact_count; i++) {
        json_t *value = json_array_get(draft->facts, i);
        bool hidden = kind->facts[i].sealed;
        json_array_append(clear, hidden ? json_null() : value);
        json_array_append(sealed, hidden ? value : json_null());
        any_sealed |= hidden && (draft->facts_anew || !json_is_null(value));
    }
    json_object_set_new(draft->body, "F", clear);
    if (any_sealed)
        draft_seal(draft, SEALED_FACTS, sealed);
    json_decref(sealed);
}

static void write_form(struct draft *draft)
{
    json_t *clear = draft_seal_fields(draft, SEALED_FORM, &draft->kind->form, draft->form, NULL);
    json_object_set_new(draft->body, "o", clear != NULL ? clear : json_object());
    unique_write(draft);
}

/* The parts in one piece; `z` holds their lengths unless there is only the entry's. */
static GBytes *join_sealed(struct draft *draft)
{
    int64_t lengths[SEALED_PART_COUNT] = {0};
    int count = 0;
    for (int i = 0; i < SEALED_PART_COUNT; i++)
        if (draft->sealed[i] != NULL) {
            lengths[i] = (int64_t)g_bytes_get_size(draft->sealed[i]);
            count++;
        }
    if (count == 0)
        return NULL;
    if (count == 1 && lengths[SEALED_ENTRY] > 0)
        return g_bytes_ref(draft->sealed[SEALED_ENTRY]);
    json_object_set_new(draft->body, "z", integers(SEALED_PART_COUNT, lengths));
    GByteArray *joined = g_byte_array_new();
    for (int i = 0; i < SEALED_PART_COUNT; i++)
        if (draft->sealed[i] != NULL)
            g_byte_array_append(joined, g_bytes_get_data(draft->sealed[i], NULL), (guint)lengths[i]);
    return g_byte_array_free_to_bytes(joined);
}

int64_t draft_emit(struct draft *draft, const char *event)
{
    if (draft->facts_changed)
        write_facts(draft);
    if (draft->form_changed)
        write_form(draft);
    document_freeze(draft);
    body_add(draft->body, "version", ++draft->matter.version);
    GBytes *sealed = join_sealed(draft);
    return decision_emit(draft->decision, event, draft->home, draft->matter.id, json_incref(draft->body), sealed);
}
