/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters about one matter, to the stream in which it is decided. */
#include "matter/draft/draft.h"

#include <string.h>

#define CONTEXT "letter" /* of the sealed part */

void draft_send_letter(const struct draft *draft, const char *name, json_t *body, const char *text)
{
    struct decision *decision = draft->decision;
    int64_t matter = draft->view.matter.id;
    GBytes *sealed = NULL;
    if (text != NULL) {
        draft_need_key(decision->vault, draft->view.kind, matter);
        sealed = vault_seal(decision->vault, VAULT_MATTER, matter, CONTEXT, text, strlen(text));
    }
    json_object_set_new(body, "matter", json_integer(matter));
    json_object_set_new(body, "post", json_integer(decision->post));
    decision_send_letter(decision, id_unit(id_matter_stream(matter), 1), name, body, sealed);
}

bool draft_load_letter(struct draft *draft, struct decision *decision, char **out_text)
{
    const struct command *command = decision->command;
    *out_text = NULL;
    if (!draft_load(draft, decision, json_get_integer(command->body, "matter", 0)))
        return false;
    decision->post = json_get_integer(command->body, "post", 0);
    if (command->sealed == NULL)
        return true;
    gsize bytes;
    const void *sealed = g_bytes_get_data(command->sealed, &bytes);
    g_autoptr(GBytes) text = vault_unseal(decision->vault, VAULT_MATTER, draft->view.matter.id, CONTEXT, sealed, bytes);
    if (text != NULL)
        *out_text = g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text));
    return true;
}
