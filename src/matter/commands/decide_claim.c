/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claim     {matter, number, until?}  of several posts in the role that is to answer, the actor's takes an expectation
 * give_back {matter, number}          ends the claim: the expectation is routed as before
 *   until  when the claim ends at the latest
 * A claim changes the post that answers, and no right: an entry by a colleague is as valid as before. The clock ends it
 * at `until`, and when the shift or the time of the claiming post ends; so do an escalation and the end of the
 * occurrence. The matter's version is not raised: an entry that a colleague is about to send stays current.
 */
#include "matter/commands/decide.h"

#include "matter/draft/actor_sight.h"
#include "matter/entry/read.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/expect_clock.h"
#include "matter/lifecycle/route.h"

/* Borrowed from the draft. */
static struct expectation *load(struct draft *draft, struct decision *decision)
{
    struct uuid uuid;
    const json_t *number = json_object_get(decision->command->body, "number");
    if (!decision_uuid(decision, "matter", &uuid) || !draft_load_uuid(draft, decision, &uuid, "matter"))
        return NULL;
    if (!json_is_integer(number)) {
        decision_refuse(decision, number == NULL ? PROBLEM_MISSING_FIELD : PROBLEM_WRONG_TYPE, "number", "integer");
        return NULL;
    }
    struct expectation *open = expect_find_open(draft, json_integer_value(number));
    int64_t past;
    bool ended = db_integer(decision->rows, &past, "SELECT 1 FROM expectation_past WHERE matter = ?1 AND number = ?2",
                            "ii", draft->view.matter.id, json_integer_value(number));
    if (open == NULL)
        decision_refuse(decision, ended ? PROBLEM_ALREADY_ENDED : PROBLEM_UNKNOWN_EXPECTATION, "number");
    return open;
}

/* The first post of the actor, or the one that the command names, that may have it; 0 none. A claim gives no
 * sight: the post answers already, or the actor sees the matter. */
static int64_t claiming_post(struct draft *draft, const struct expectation *open)
{
    struct decision *decision = draft->decision;
    g_autoptr(GArray) posts = registry_posts_of(decision->rows, decision->command->person, decision->now_us);
    for (guint i = 0; i < posts->len; i++) {
        int64_t post = g_array_index(posts, struct post, i).id;
        if ((decision->wanted_post == 0 || decision->wanted_post == post) && route_may_claim(draft, open, post) &&
            (post == open->post || actor_sees(decision, &draft->view.matter)))
            return post;
    }
    return 0;
}

static const char *who_may(const struct expectation *open)
{
    return open->def->answers.party == PARTY_ROLE ? open->def->answers.role->name : "post";
}

static bool read_until(struct decision *decision, int64_t *out_us)
{
    return decision_time_optional(decision, "until", out_us) &&
           (*out_us > decision->now_us || decision_refuse(decision, PROBLEM_BEFORE_START, "until"));
}

bool decide_claim(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct expectation *open = load(&draft, decision);
    int64_t until_us = NEVER_US;
    if (open == NULL || !read_until(decision, &until_us))
        return false;
    int64_t post = claiming_post(&draft, open);
    if (post == 0)
        return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, who_may(open));
    if (open->def->entry != NULL && !enter_must_be_another(&draft, open->def->entry))
        return false;
    if (open->claimed_us != 0 && open->post != post)
        return decision_refuse(decision, PROBLEM_CLAIMED_ALREADY, "number");
    decision_act_by(decision, (struct right){.given = true, .post = post});
    int64_t shift_us = registry_shift_end_us(decision->rows, post, decision->now_us);
    open->post = post;
    open->claimed_us = decision->now_us;
    open->claim_until_us = shift_us != 0 ? MIN(until_us, shift_us) : until_us;
    decision_emit(decision, "expectation_claimed", draft.home, draft.view.matter.id,
                  json_pack("{s:I, s:I, s:I, s:I}", "slot", (json_int_t)open->slot, "post", (json_int_t)post, "until",
                            (json_int_t)open->claim_until_us, "next", (json_int_t)expect_next_us(&draft, open)),
                  NULL);
    return true;
}

static bool has_claimed(struct decision *decision, const struct expectation *open)
{
    struct post post;
    return open->claimed_us != 0 && (decision->wanted_post == 0 || decision->wanted_post == open->post) &&
           registry_post(decision->rows, open->post, &post) && post.person == decision->command->person;
}

bool decide_give_back(struct decision *decision)
{
    AUTO(draft) struct draft draft = {0};
    struct expectation *open = load(&draft, decision);
    if (open == NULL)
        return false;
    if (!has_claimed(decision, open))
        return decision_refuse(decision, PROBLEM_NOT_CLAIMED, "number");
    decision_act_by(decision, (struct right){.given = true, .post = open->post});
    open->post = route_expectation(&draft, open->def, open->participant);
    open->claimed_us = 0;
    decision_emit(decision, "expectation_given_back", draft.home, draft.view.matter.id,
                  json_pack("{s:I, s:I, s:I}", "slot", (json_int_t)open->slot, "post", (json_int_t)open->post, "next",
                            (json_int_t)expect_next_us(&draft, open)),
                  NULL);
    return true;
}
