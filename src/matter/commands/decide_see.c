/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * see_matter {matter}: the person who commands has opened the matter; made by the program itself when it shows one.
 *   matter   UUID
 * The matter is seen, once, by each participant for which the actor answers; alerts of the expectations that the actor
 * answers for end. Refused with nothing_entered when nothing changes.
 */
#include "matter/commands/decide.h"

#include "matter/lifecycle/expect_clock.h"
#include "matter/view/members.h"

static bool holds(const GArray *posts, int64_t post)
{
    for (guint i = 0; i < posts->len; i++)
        if (g_array_index(posts, struct post, i).id == post)
            return true;
    return false;
}

/* The actor holds the post that answers, or answers for the participant. */
static void see_expectations(struct draft *draft, const GArray *participants, json_t *body)
{
    struct decision *decision = draft->decision;
    g_autoptr(GArray) posts = registry_posts_of(decision->rows, decision->command->person, decision->now_us);
    for (guint i = 0; i < participants->len; i++)
        participants_find(&draft->view, g_array_index(participants, int64_t, i));
    for (guint i = 0; i < draft->view.open->len; i++) {
        struct expectation *open = &g_array_index(draft->view.open, struct expectation, i);
        bool theirs =
            holds(posts, open->post) || (open->participant != 0 && integers_hold(participants, open->participant));
        if (open->def->alert.every_us == 0 || open->progress.seen || !theirs)
            continue;
        open->progress.seen = true;
        const int64_t item[SEEN_PLACES] = {[SEEN_SLOT] = open->slot, [SEEN_NEXT] = expect_next_us(draft, open)};
        body_append(body, "sx", integers(SEEN_PLACES, item));
    }
}

bool decide_see_matter(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct uuid uuid;
    if (!decision_uuid(decision, "matter", &uuid) || !draft_load_uuid(&draft, decision, &uuid, "matter"))
        return false;
    int64_t person = decision->command->person, at_us = decision->now_us;
    g_autoptr(GArray) unseen =
        matter_participants_of(decision->rows, draft.view.kind, draft.view.matter.id, person, at_us, true);
    g_autoptr(GArray) theirs =
        matter_participants_of(decision->rows, draft.view.kind, draft.view.matter.id, person, at_us, false);
    g_autoptr(json_t) body = json_object();
    for (guint i = 0; i < unseen->len; i++)
        body_append(body, "se", json_integer(g_array_index(unseen, int64_t, i)));
    see_expectations(&draft, theirs, body);
    if (json_object_size(body) == 0)
        return decision_refuse(decision, PROBLEM_NOTHING_ENTERED, NULL);
    decision_emit(decision, "matter_seen", draft.home, draft.view.matter.id, json_incref(body), NULL);
    return true;
}
