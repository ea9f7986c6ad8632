/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attach_file {matter, hash, type, bytes}: sealed bytes lie in the folder `attachments` and belong to the matter. Made
 * by the program itself when it has put them there, never by a client.
 */
#include "matter/commands/decide.h"

#include "base/limits.h"
#include "matter/draft/draft.h"

static bool has_room(struct decision *decision, int64_t matter)
{
    int64_t count = 0;
    db_integer(decision->rows, &count, "SELECT count(*) FROM attachment WHERE matter = ?1", "i", matter);
    return count < LIMIT_ATTACHMENTS ||
           decision_refuse(decision, PROBLEM_TOO_MANY_ITEMS, NULL, G_STRINGIFY(LIMIT_ATTACHMENTS));
}

bool decide_attach_file(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct uuid uuid;
    const char *hash, *type;
    if (!decision_uuid(decision, "matter", &uuid) || !draft_load_uuid(&draft, decision, &uuid, "matter") ||
        !decision_text(decision, "hash", &hash) || !decision_text(decision, "type", &type) ||
        !draft_must_be_current(&draft, -1) || !has_room(decision, draft.view.matter.id))
        return false;
    decision_emit(decision, "file_attached", draft.home, draft.view.matter.id,
                  json_pack("{s:s, s:s, s:O}", "hash", hash, "type", type, "bytes",
                            json_object_get(decision->command->body, "bytes")),
                  NULL);
    return true;
}
