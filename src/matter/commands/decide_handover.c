/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A matter goes to another unit: offered, then accepted or refused; the giver answers until it is accepted.
 *
 * hand_over_matter {matter, to, reason?}   to: code or "#id" of the unit
 * accept_matter    {matter}
 * refuse_matter    {matter, reason}        a code of the playbook's refuse_reasons
 * The subject may never come: past `no_show_after` of a pending offer, or when the receiver enters report_no_show, the
 * matter goes back, which is not counted as a refusal. An offer without `to` goes to the role that looks for the
 * address (`unknown`).
 * The same three come as `enter` with the entries hand_over, accept_handover and refuse_handover. A fourth,
 * assign_handover, comes as `enter` only.
 *
 * Four steps, each an event in the matter's stream: offered, received (the expectation to accept is made), answered,
 * settled.
 * After `bounce_cap` refusals the offer cannot be refused: the expectation then falls to the post with the accepting
 * role at the nearest common ancestor of giver and receiver, which may accept for the receiver. With `then_decides` a
 * refusal beyond the cap is written too, and that post then assigns the matter to a unit, at once and where the matter
 * is: no offer is made, so there is none to refuse. The count of refusals is kept, so after another offer the next
 * refusal leads to the same post again.
 */
#include "matter/commands/decide.h"

#include "matter/entry/enter.h"
#include "matter/entry/read.h"
#include "matter/lifecycle/actor.h"
#include "matter/lifecycle/expect.h"
#include "matter/lifecycle/transition.h"
#include "matter/lifecycle/route.h"

#include <string.h>

struct matter_offer {
    int64_t place, from, to, slot, bounces;
    bool pending, unknown;
};

static struct matter_offer read_offer(struct db *rows, int64_t matter)
{
    struct matter_offer offer = {0};
    AUTO(cursor)
    struct cursor found = db_query(rows,
                                   "SELECT place, from_unit, to_unit, slot, bounces, pending, unknown FROM "
                                   "matter_handover WHERE matter = ?1",
                                   "i", matter);
    if (cursor_next(&found))
        offer = (struct matter_offer){cursor_integer(&found, 0),     cursor_integer(&found, 1),
                                      cursor_integer(&found, 2),     cursor_integer(&found, 3),
                                      cursor_integer(&found, 4),     cursor_integer(&found, 5) != 0,
                                      cursor_integer(&found, 6) != 0};
    return offer;
}

/* ---- offered, received ---- */

static bool receive(struct decision *decision, int64_t matter, int64_t place)
{
    AUTO(draft) struct draft draft = {0};
    struct matter_offer offer = read_offer(decision->rows, matter);
    if (!offer.pending || offer.place != place || !draft_load(&draft, decision, matter))
        return decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, NULL);
    body_add(draft.body, "hs", expect_make_accepting(&draft, route_accepting(&draft), decision->now_us));
    draft.home = offer.to;
    draft_emit(&draft, "offer_received");
    return true;
}

static int64_t unit_of(const struct draft *draft, const struct entering *entering)
{
    const struct field *field = &entering->entry->form.fields[0];
    const json_t *stored = json_object_get(entering->fields, field->name);
    return json_integer_value(stored);
}

static bool is_to_be_assigned(const struct draft *draft)
{
    const struct handover_def *handover = &draft->view.kind->handover;
    return handover->decided && expectation_is_open(draft, handover->deciding.entry, 0);
}

/* When the no-show is; 0: the playbook has no time for it, or the expression is missing a field. */
static int64_t no_show_us(struct draft *draft, const struct entering *entering)
{
    const struct expr *after = draft->view.kind->handover.no_show_after;
    int64_t at_us = 0;
    if (after == NULL)
        return 0;
    struct scope scope;
    scope_init(&scope, &draft->view, NULL, NULL, NULL, entering->observed_us);
    struct value value = expr_evaluate(after, &scope.expr);
    if (value.type == VALUE_DURATION)
        return draft->decision->now_us + value.us;
    instant_of(value, draft->view.playbook->zone, &at_us);
    return at_us;
}

static bool offer(struct draft *draft, struct entering *entering)
{
    struct decision *decision = draft->decision;
    const struct handover_def *handover = &draft->view.kind->handover;
    struct matter_offer before = read_offer(decision->rows, draft->view.matter.id);
    int64_t from = draft->view.matter.unit;
    bool unknown = json_object_get(entering->fields, "to") == NULL; /* the form asks for it elsewhere */
    int64_t to = unknown ? route_place(draft, &handover->unknown, 0) : unit_of(draft, entering);
    if (!decision_act_by(decision, actor_is_one_of(draft, handover->by, handover->by_count, 0)) ||
        !draft_must_be_open(draft, decision->command->version))
        return false;
    if (!entry_fits_state(entering->entry, draft->view.state))
        return decision_refuse(decision, PROBLEM_WRONG_STATE, NULL, draft->view.state->name, "",
                               draft->view.kind->name);
    if (to == from)
        return decision_refuse(decision, PROBLEM_HANDOVER_TO_SELF, "fields.to");
    if (before.pending || is_to_be_assigned(draft))
        return decision_refuse(decision, PROBLEM_HANDOVER_PENDING, NULL);
    int64_t matter = draft->view.matter.id, place = decision_next_id(decision, from);
    const int64_t row[OFFER_PLACES] = {[OFFER_FROM] = from,
                                       [OFFER_TO] = to,
                                       [OFFER_BOUNCES] = before.bounces,
                                       [OFFER_NO_SHOW] = no_show_us(draft, entering),
                                       [OFFER_UNKNOWN] = unknown};
    json_object_set_new(draft->body, "h", integers(OFFER_PLACES, row));
    entering->event = "matter_offered";
    enter_plain(draft, entering);
    return receive(decision, matter, place);
}

/* ---- answered, settled ---- */

enum reply { REPLY_ACCEPTED, REPLY_REFUSED, REPLY_NO_SHOW };

static void take_over(struct draft *draft, int64_t to)
{
    struct decision *decision = draft->decision;
    struct scope scope;
    const struct state *after = draft->view.kind->handover.state_after;
    draft->view.matter.unit = to;
    body_add(draft->body, "u", to);
    scope_init(&scope, &draft->view, NULL, NULL, NULL, decision->command->observed_us);
    if (after != NULL && after != draft->view.state)
        transition_to(draft, after, decision->now_us, &scope);
    else
        expect_reroute_all(draft);
}

/* A no-show is not counted as a refusal. */
static bool settle(struct decision *decision, int64_t matter, int64_t place, enum reply reply)
{
    AUTO(draft) struct draft draft = {0};
    struct matter_offer offer = read_offer(decision->rows, matter);
    if (!offer.pending || offer.place != place || !draft_load(&draft, decision, matter))
        return decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, NULL);
    body_add(draft.body, "hb", reply == REPLY_ACCEPTED ? 0 : offer.bounces + (reply == REPLY_REFUSED));
    if (reply != REPLY_ACCEPTED) {
        const struct handover_def *handover = &draft.view.kind->handover;
        if (reply == REPLY_REFUSED && handover->decided && offer.bounces >= handover->bounce_cap)
            expect_make(&draft, &handover->deciding, decision->now_us, 0);
        draft_emit(&draft, "matter_returned");
        return true;
    }
    take_over(&draft, offer.to);
    draft_emit(&draft, "matter_handed_over");
    return true;
}

static const enum outcome outcomes[] = {
    [REPLY_ACCEPTED] = OUTCOME_MET, [REPLY_REFUSED] = OUTCOME_MET, [REPLY_NO_SHOW] = OUTCOME_NO_SHOW};

/* The answer is an entry, and it meets the expectation; what it leads to is settled where the matter is. */
static void write_answer(struct draft *draft, struct entering *entering, int64_t unit, enum reply reply)
{
    expect_meet_all(draft, entering->entry, 0, entering->observed_us);
    expect_end_named(draft, EXPECTATION_ACCEPT, NULL, outcomes[reply]); /* a refusal is an answer too */
    draft->home = unit;
    entering->event = "offer_answered";
    enter_plain(draft, entering);
}

/* The post that accepts at the receiver, or that looks for the address. */
static bool may_answer(struct draft *draft, const struct matter_offer *offer)
{
    const struct handover_def *handover = &draft->view.kind->handover;
    struct address address = handover->accept;
    if (offer->unknown && handover->unknown.role != NULL)
        address.role = handover->unknown.role;
    return decision_act_by(draft->decision, actor_is_one_of(draft, &address, 1, offer->to));
}

static bool answer(struct draft *draft, struct entering *entering, enum reply reply)
{
    struct decision *decision = draft->decision;
    const struct handover_def *handover = &draft->view.kind->handover;
    struct matter_offer offer = read_offer(decision->rows, draft->view.matter.id);
    if (!offer.pending)
        return decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, NULL);
    if (!may_answer(draft, &offer) || !draft_must_be_open(draft, decision->command->version))
        return false;
    if (reply == REPLY_REFUSED && !handover->decided && offer.bounces >= handover->bounce_cap) {
        g_autofree char *cap = g_strdup_printf("%d", handover->bounce_cap);
        return decision_refuse(decision, PROBLEM_BOUNCE_CAP_REACHED, NULL, cap);
    }
    int64_t matter = draft->view.matter.id;
    offer.from = draft->view.matter.unit;
    write_answer(draft, entering, offer.to, reply);
    return settle(decision, matter, offer.place, reply);
}

bool handover_no_show(struct decision *decision, int64_t matter)
{
    AUTO(draft) struct draft draft = {0};
    struct matter_offer offer = read_offer(decision->rows, matter);
    if (!draft_load(&draft, decision, matter))
        return false;
    offer.from = draft.view.matter.unit;
    draft.home = offer.to;
    expect_end_named(&draft, EXPECTATION_ACCEPT, NULL, OUTCOME_NO_SHOW);
    draft_emit(&draft, "offer_answered");
    return settle(decision, matter, offer.place, REPLY_NO_SHOW);
}

/* ---- assigned ---- */

/* The deciding post covers both units; a unit that it does not cover is refused. */
static bool may_assign(struct draft *draft, int64_t to)
{
    const struct address *answers = &draft->view.kind->handover.deciding.answers;
    const struct address there = {.party = PARTY_ROLE, .role = answers->role, .place = PLACE_RECEIVER};
    return actor_is_one_of(draft, &there, 1, to).given &&
           decision_act_by(draft->decision, actor_is_one_of(draft, answers, 1, 0));
}

static bool assign(struct draft *draft, struct entering *entering)
{
    struct decision *decision = draft->decision;
    int64_t to = unit_of(draft, entering);
    if (!may_assign(draft, to) || !draft_must_be_open(draft, decision->command->version))
        return false;
    if (!is_to_be_assigned(draft))
        return decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, NULL);
    expect_meet_all(draft, entering->entry, 0, entering->observed_us);
    bool moves = to != draft->view.matter.unit;
    if (moves)
        take_over(draft, to);
    entering->event = moves ? "matter_handed_over" : "matter_returned";
    enter_plain(draft, entering);
    return true;
}

bool handover_enter(struct draft *draft, struct entering *entering)
{
    if (strcmp(entering->entry->name, "hand_over") == 0)
        return offer(draft, entering);
    if (strcmp(entering->entry->name, EXPECTATION_ASSIGN) == 0)
        return assign(draft, entering);
    if (strcmp(entering->entry->name, "report_no_show") == 0)
        return answer(draft, entering, REPLY_NO_SHOW);
    bool accepts = strcmp(entering->entry->name, EXPECTATION_ACCEPT) == 0;
    return answer(draft, entering, accepts ? REPLY_ACCEPTED : REPLY_REFUSED);
}

/* ---- the commands ---- */

static bool hand_over_as(struct decision *decision, const char *name, const json_t *given)
{
    AUTO(draft) struct draft draft = {0};
    struct uuid uuid;
    struct entering entering = entering_of(decision);
    if (!decision_uuid(decision, "matter", &uuid) || !draft_load_uuid(&draft, decision, &uuid, "matter"))
        return false;
    if (!draft.view.kind->handover.present)
        return decision_refuse(decision, PROBLEM_UNKNOWN_ENTRY_KIND, NULL, draft.view.kind->name, "");
    entering.entry = kind_find_entry(draft.view.kind, name);
    g_autoptr(json_t) fields = NULL;
    return enter_read(&draft, given, &entering, &fields) && handover_enter(&draft, &entering);
}

static json_t *member(const struct decision *decision, const char *name)
{
    return json_incref(json_object_get(decision->command->body, name));
}

bool decide_hand_over_matter(struct decision *decision)
{
    g_autoptr(json_t) given =
        json_pack("{s:{s:o*, s:o*}}", "fields", "to", member(decision, "to"), "remark", member(decision, "reason"));
    return hand_over_as(decision, "hand_over", given);
}

bool decide_accept_matter(struct decision *decision)
{
    g_autoptr(json_t) given = json_object();
    return hand_over_as(decision, EXPECTATION_ACCEPT, given);
}

bool decide_refuse_matter(struct decision *decision)
{
    g_autoptr(json_t) given = json_pack("{s:{s:o*}}", "fields", "reason", member(decision, "reason"));
    return hand_over_as(decision, "refuse_handover", given);
}
