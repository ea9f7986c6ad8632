/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/commands/post_end.h"

#include "matter/draft/draft.h"
#include "matter/lifecycle/transition.h"
#include "matter/view/scope.h"
#include "registry/registry.h"

/* Open matters about the post, by stream; its holder may have been found to be another person since. */
static GArray *matters_about(struct decision *decision, int64_t post)
{
    struct post held;
    if (!registry_post(decision->rows, post, &held))
        return g_array_new(FALSE, FALSE, sizeof(int64_t));
    return cursor_integers(db_query(decision->rows,
                                    "WITH RECURSIVE same (id) AS (SELECT ?1 UNION "
                                    "SELECT other FROM person_same JOIN same ON kept = same.id) "
                                    "SELECT id FROM matter WHERE subject IN (SELECT id FROM same) AND subject <> 0 AND "
                                    "subject_post = ?2 AND closed_us = 0 ORDER BY id",
                                    "ii", registry_person_kept(decision->rows, held.person), post));
}

static void end_one(struct decision *decision, int64_t id)
{
    AUTO(draft) struct draft draft = {0};
    struct scope scope;
    if (!draft_load(&draft, decision, id) || !draft.view.state->ends_with_post)
        return;
    scope_init(&scope, &draft.view, NULL, NULL, NULL, decision->now_us);
    int64_t before_us = draft.view.ends_us;
    transition_refresh_end(&draft, &scope);
    if (draft.view.ends_us != before_us)
        draft_emit(&draft, "matter_changed");
}

static void end_in_stream(struct decision *decision, int64_t stream, int64_t post)
{
    g_autoptr(GArray) matters = matters_about(decision, post);
    for (guint i = 0; i < matters->len; i++)
        if (id_matter_stream(g_array_index(matters, int64_t, i)) == stream)
            end_one(decision, g_array_index(matters, int64_t, i));
}

void post_end_follow(struct decision *decision, int64_t post)
{
    g_autoptr(GArray) matters = matters_about(decision, post);
    int64_t told = 0;
    for (guint i = 0; i < matters->len; i++) {
        int64_t stream = id_matter_stream(g_array_index(matters, int64_t, i));
        if (stream == told)
            continue;
        told = stream;
        if (stream == decision->stream)
            end_in_stream(decision, stream, post);
        else
            decision_send_letter(decision, id_unit(stream, 1), "end_with_post",
                                 json_pack("{s:I}", "ended_post", (json_int_t)post), NULL);
    }
}

bool decide_end_with_post(struct decision *decision)
{
    int64_t stream = id_unit_stream(decision->command->to_unit);
    if (decision_begin(decision, stream))
        end_in_stream(decision, stream, json_get_integer(decision->command->body, "ended_post", 0));
    return true;
}
