/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/draft/document.h"

#include "matter/rows/document_text.h"
#include "playbook/form/form.h"

void document_freeze(struct draft *draft)
{
    const json_t *names = json_object_get(draft->body, "d");
    if (names == NULL)
        return;
    struct decision *decision = draft->decision;
    struct filling filling = {
        .rows = decision->rows,
        .vault = decision->vault,
        .playbook = draft->view.playbook,
        .kind = draft->view.kind,
        .matter = &draft->view.matter,
        .form = view_form(&draft->view),
        .issued_us = decision->now_us,
    };
    g_autoptr(json_t) all = json_object();
    size_t i;
    const json_t *name;
    json_array_foreach(names, i, name)
        json_object_set_new(all, json_string_value(name),
                            document_fill(&filling, document_find(draft->view.kind, json_string_value(name))));
    if (!kind_is_sealed(draft->view.kind) && !vault_has_key(decision->vault, VAULT_MATTER, draft->view.matter.id))
        vault_key_new(decision->vault, VAULT_MATTER, draft->view.matter.id, 0);
    draft_seal(draft, SEALED_DOCUMENTS, all);
}
