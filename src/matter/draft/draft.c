/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/draft.h"

#include "matter/rows/words.h"
#include "playbook/form/form.h"

#include <stdlib.h>

void draft_clear(struct draft *draft)
{
    view_clear(&draft->view);
    g_clear_pointer(&draft->body, json_decref);
    g_clear_pointer(&draft->form_before, json_decref);
    g_clear_pointer(&draft->facts_before, json_decref);
    g_clear_pointer(&draft->makers, g_array_unref);
    for (int i = 0; i < SEALED_PART_COUNT; i++)
        g_clear_pointer(&draft->sealed[i], g_bytes_unref);
}

/* In a restored backup a matter may be open whose key was erased since; nothing more can be sealed in it. */
static bool key_is_gone(const struct draft *draft)
{
    return kind_is_sealed(draft->view.kind) &&
           !vault_has_key(draft->decision->vault, VAULT_MATTER, draft->view.matter.id);
}

static bool was_erased(struct draft *draft)
{
    return vault_key_state(draft->decision->vault, VAULT_MATTER, draft->view.matter.id) == VAULT_KEY_ERASED;
}

bool draft_must_be_current(struct draft *draft, int64_t version)
{
    if (draft->view.matter.erased || key_is_gone(draft))
        return decision_refuse(
            draft->decision,
            draft->view.matter.erased || was_erased(draft) ? PROBLEM_MATTER_ERASED : PROBLEM_DATA_DAMAGED, NULL);
    if (draft->view.damaged)
        return decision_refuse(draft->decision, PROBLEM_DATA_DAMAGED, NULL);
    if (version < 0 || version == draft->view.matter.version)
        return true;
    g_autofree char *given = g_strdup_printf("%" G_GINT64_FORMAT, version);
    g_autofree char *current = g_strdup_printf("%" G_GINT64_FORMAT, draft->view.matter.version);
    return decision_refuse(draft->decision, PROBLEM_STALE_VERSION, "version", given, current);
}

bool draft_must_be_open(struct draft *draft, int64_t version)
{
    if (!draft_must_be_current(draft, version))
        return false;
    return draft->view.matter.closed_us == 0 || decision_refuse(draft->decision, PROBLEM_MATTER_CLOSED, NULL);
}

/* ---- what changes ---- */

void draft_keep_facts(struct draft *draft)
{
    if (draft->facts_before == NULL)
        draft->facts_before = json_copy(view_facts(&draft->view));
}

void draft_set_field(struct draft *draft, const struct field *field, json_t *value)
{
    view_form(&draft->view);
    if (draft->form_before == NULL)
        draft->form_before = json_copy(draft->view.form); /* values are replaced, never changed */
    if (value == NULL)
        json_object_del(draft->view.form, field->name);
    else
        json_object_set_new(draft->view.form, field->name, value);
    draft->form_changed = true;
}

void draft_seal(struct draft *draft, enum sealed_part part, const json_t *content)
{
    size_t bytes;
    char *text = json_text(content, &bytes);
    g_clear_pointer(&draft->sealed[part], g_bytes_unref);
    draft->sealed[part] =
        vault_seal(draft->decision->vault, VAULT_MATTER, draft->view.matter.id, sealed_contexts[part], text, bytes);
    free(text); /* jansson's allocation */
}

void draft_need_key(struct vault *vault, const struct kind *kind, int64_t matter)
{
    if (!kind_is_sealed(kind) && !vault_has_key(vault, VAULT_MATTER, matter))
        vault_key_new(vault, VAULT_MATTER, matter, 0);
}

json_t *draft_words_of(struct decision *decision, const struct matter *matter, const struct kind *kind,
                       const char *text)
{
    if (kind != NULL)
        draft_need_key(decision->vault, kind, matter->id);
    g_autofree char *words = words_seal(decision->vault, matter->id, text);
    return words != NULL ? json_string(words) : json_null();
}

json_t *draft_words(struct draft *draft, const char *text)
{
    return draft_words_of(draft->decision, &draft->view.matter, draft->view.kind, text);
}

void draft_seal_note(struct draft *draft, const char *name, const char *text)
{
    draft_need_key(draft->decision->vault, draft->view.kind, draft->view.matter.id);
    g_autoptr(json_t) note = json_pack("{s:s}", name, text);
    draft_seal(draft, SEALED_NOTE, note);
}

json_t *draft_seal_fields(struct draft *draft, enum sealed_part part, const struct form *form, const json_t *fields,
                          json_t *also_sealed)
{
    json_t *clear = NULL, *sealed = NULL;
    form_split(form, draft->view.kind->about == ABOUT_PERSON, fields, &clear, &sealed);
    if (also_sealed != NULL) {
        json_object_update(sealed, also_sealed);
        json_decref(also_sealed);
    }
    if (json_object_size(sealed) > 0) {
        draft_need_key(draft->decision->vault, draft->view.kind, draft->view.matter.id);
        draft_seal(draft, part, sealed);
    }
    json_decref(sealed);
    if (clear != NULL && json_object_size(clear) == 0)
        g_clear_pointer(&clear, json_decref);
    return clear;
}
