/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/draft.h"

#include "matter/rows/words.h"
#include "playbook/form/form.h"

#include <stdlib.h>

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

/* A matter of a kind that keeps nothing sealed has a key from when somebody writes something of their own into it. */
static void need_key(struct vault *vault, const struct kind *kind, int64_t matter)
{
    if (!kind_is_sealed(kind) && !vault_has_key(vault, VAULT_MATTER, matter))
        vault_key_new(vault, VAULT_MATTER, matter, 0);
}

json_t *draft_words_of(struct decision *decision, const struct matter *matter, const struct kind *kind,
                       const char *text)
{
    if (kind != NULL)
        need_key(decision->vault, kind, matter->id);
    g_autofree char *words = words_seal(decision->vault, matter->id, text);
    return words != NULL ? json_string(words) : json_null();
}

json_t *draft_words(struct draft *draft, const char *text)
{
    return draft_words_of(draft->decision, &draft->matter, draft->kind, text);
}

void draft_seal_note(struct draft *draft, const char *name, const char *text)
{
    need_key(draft->decision->vault, draft->kind, draft->matter.id);
    g_autoptr(json_t) note = json_pack("{s:s}", name, text);
    draft_seal(draft, SEALED_NOTE, note);
}

json_t *draft_seal_fields(struct draft *draft, enum sealed_part part, const struct form *form, const json_t *fields,
                          json_t *also_sealed)
{
    json_t *clear = NULL, *sealed = NULL;
    form_split(form, draft->kind->about == ABOUT_PERSON, fields, &clear, &sealed);
    if (also_sealed != NULL) {
        json_object_update(sealed, also_sealed);
        json_decref(also_sealed);
    }
    if (json_object_size(sealed) > 0) {
        need_key(draft->decision->vault, draft->kind, draft->matter.id);
        draft_seal(draft, part, sealed);
    }
    json_decref(sealed);
    if (clear != NULL && json_object_size(clear) == 0)
        g_clear_pointer(&clear, json_decref);
    return clear;
}
