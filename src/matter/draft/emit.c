/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was decided on a draft becomes its event. */
#include "matter/draft/draft.h"

#include "matter/draft/document.h"
#include "matter/draft/unique.h"

static void write_facts(struct draft *draft)
{
    const struct kind *kind = draft->view.kind;
    json_t *clear = json_array(), *sealed = json_array();
    bool any_sealed = false;
    for (size_t i = 0; i < kind->fact_count; i++) {
        json_t *value = json_array_get(draft->view.facts, i);
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
    json_t *clear = draft_seal_fields(draft, SEALED_FORM, &draft->view.kind->form, draft->view.form, NULL);
    json_object_set_new(draft->body, "o", clear != NULL ? clear : json_object());
    unique_write(draft);
}

/* The parts in one piece; another member holds their lengths unless there is only the entry's. */
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
    json_object_set_new(draft->body, SEALED_LENGTHS, integers(SEALED_PART_COUNT, lengths));
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
    body_add(draft->body, "version", ++draft->view.matter.version);
    GBytes *sealed = join_sealed(draft);
    const struct matter_name name = {draft->view.matter.id, draft->view.matter.uuid};
    return decision_emit_of(draft->decision, event, draft->home, &name, json_incref(draft->body), sealed);
}
