/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/decide.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

/* Offered, then accepted: until then the giver answers. A shift goes to a colleague who covers the same
 * grounds, for a while; a post goes with its grounds, to a colleague's post or to a person, who is then
 * appointed. A post that goes until a time, as when its holder is ill, stays the holder's: the person is appointed as
 * a deputy who is on duty until then, gets the open list at once, and gives it back when the deputy's post ends. */

#define MODE_SHIFT "shift"
#define MODE_POST  "post"

struct post_offer {
    struct post from, to; /* to.id 0: a new post for to.person */
    const char *mode, *reason;
    int64_t until_us;
    GArray *grounds; /* of MODE_POST: what moves; NULL all */
};

static void post_offer_clear(struct post_offer *offer)
{
    g_clear_pointer(&offer->grounds, g_array_unref);
}
AUTO_CLEAR(post_offer)

static GBytes *seal_words(struct decision *decision, int64_t person, const char *context, const char *words)
{
    return vault_seal(decision->vault, VAULT_PERSON, person, context, words, strlen(words));
}

static bool read_reason(struct decision *decision, const char **out)
{
    *out = NULL;
    if (!decision_text_optional(decision, "reason", out))
        return false;
    if (*out == NULL)
        return decision_refuse(decision, PROBLEM_REASON_NEEDED, "reason");
    struct problem *problem = text_problem(*out, "reason", LIMIT_TEXT_CHARS, true);
    return problem == NULL || decision_refuse_with(decision, problem);
}

/* ---- offering ---- */

/* The actor's post to whose role work of the post's is escalated, and that covers the unit right above the seat and
 * above each ground; 0 none. */
static int64_t post_above(struct decision *decision, const struct post *post)
{
    int64_t person = decision->command->person, above = 0;
    g_autofree const char **roles = playbook_roles_above(decision->playbook, post->role);
    g_autoptr(GArray) places = registry_grounds(decision->rows, post->id, decision->now_us);
    g_array_append_val(places, post->seat);
    for (guint i = 0; i < places->len; i++) {
        struct unit unit;
        if (!registry_unit(decision->rows, g_array_index(places, int64_t, i), &unit) || unit.parent == 0)
            return 0;
        above = registry_acting_post(decision->rows, person, 0, roles, unit.parent, decision->now_us);
        if (above == 0)
            return 0;
    }
    return above;
}

/* The holder of the post, or an actor with the right over it, for a holder who is ill or gone. A shift, which gives
 * nobody a right that they have not, also whoever stands above. */
static bool may_give(struct decision *decision, const struct post *post, bool shift)
{
    int64_t person = decision->command->person, above;
    if (person != 0 && person == post->person)
        return decision_act_by(decision, (struct right){.given = true, .post = post->id});
    if (shift && person != 0 && (above = post_above(decision, post)) != 0)
        return decision_act_by(decision, (struct right){.given = true, .post = above});
    return decide_right_over_post(decision, post);
}

static bool read_mode(struct decision *decision, struct post_offer *offer)
{
    if (!decision_text(decision, "mode", &offer->mode))
        return false;
    return strcmp(offer->mode, MODE_SHIFT) == 0 || strcmp(offer->mode, MODE_POST) == 0 ||
           decision_refuse(decision, PROBLEM_NOT_IN_LIST, "mode", "mode", MODE_SHIFT " " MODE_POST);
}

static bool read_taking_post(struct decision *decision, struct post_offer *offer)
{
    if (!decide_post(decision, "to_post", &offer->to))
        return false;
    if (offer->to.person == offer->from.person)
        return decision_refuse(decision, PROBLEM_HANDOVER_TO_SELF, "to_post");
    return strcmp(offer->to.role, offer->from.role) == 0 ||
           decision_refuse(decision, PROBLEM_OTHER_ROLE, "to_post", offer->from.role);
}

static bool read_taking_person(struct decision *decision, struct post_offer *offer)
{
    if (!decision_person_id(decision, "to_person", &offer->to.person) ||
        !decide_mention(decision, offer->to.person, "to_person"))
        return false;
    return offer->to.person != offer->from.person || decision_refuse(decision, PROBLEM_HANDOVER_TO_SELF, "to_person");
}

static bool read_taker(struct decision *decision, struct post_offer *offer)
{
    const json_t *body = decision->command->body;
    bool person = json_object_get(body, "to_person") != NULL, post = json_object_get(body, "to_post") != NULL;
    if (person && post)
        return decision_refuse(decision, PROBLEM_NOT_ASKED, "to_person", "to_post");
    return person && strcmp(offer->mode, MODE_POST) == 0 ? read_taking_person(decision, offer)
                                                         : read_taking_post(decision, offer);
}

/* Of a post: without one it goes for good. */
static bool read_leave(struct decision *decision, struct post_offer *offer)
{
    return decision_time_optional(decision, "until", &offer->until_us) &&
           (offer->until_us == 0 || offer->until_us > decision->now_us ||
            decision_refuse(decision, PROBLEM_BEFORE_START, "until"));
}

/* The shift that runs now. */
static bool running_shift(struct decision *decision, int64_t post, struct shift *out)
{
    g_autoptr(GArray) shifts = registry_shifts(decision->rows, post, decision->now_us, decision->now_us + 1);
    if (shifts->len == 0)
        return false;
    *out = g_array_index(shifts, struct shift, 0);
    return true;
}

static bool read_until(struct decision *decision, struct post_offer *offer)
{
    struct shift shift;
    if (running_shift(decision, offer->from.id, &shift))
        offer->until_us = shift.to_us;
    if (!decision_time_optional(decision, "until", &offer->until_us))
        return false;
    if (offer->until_us == 0)
        return decision_refuse(decision, PROBLEM_MISSING_FIELD, "until");
    return offer->until_us > decision->now_us || decision_refuse(decision, PROBLEM_BEFORE_START, "until");
}

/* Whether the taker's post covers every ground of the giver's. */
static bool same_grounds(struct decision *decision, const struct post_offer *offer)
{
    g_autoptr(GArray) given = registry_grounds(decision->rows, offer->from.id, decision->now_us);
    const char *const roles[] = {offer->to.role, NULL};
    for (guint i = 0; i < given->len; i++) {
        struct unit unit;
        int64_t ground = g_array_index(given, int64_t, i);
        if (registry_acting_post(decision->rows, offer->to.person, offer->to.id, roles, ground, decision->now_us) ==
                0 &&
            registry_unit(decision->rows, ground, &unit))
            return decision_refuse(decision, PROBLEM_WRONG_GROUND, "to_post", offer->to.role, unit.type);
    }
    return true;
}

static bool read_moving_grounds(struct decision *decision, struct post_offer *offer)
{
    if (json_object_get(decision->command->body, "grounds") == NULL)
        return true;
    if (!decide_units(decision, "grounds", &offer->grounds))
        return false;
    if (offer->grounds->len == 0)
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, "grounds");
    g_autoptr(GArray) held = registry_grounds(decision->rows, offer->from.id, decision->now_us);
    g_autoptr(GArray) strange = decide_without(offer->grounds, held);
    struct unit unit;
    if (strange->len > 0 && registry_unit(decision->rows, g_array_index(strange, int64_t, 0), &unit))
        return decision_refuse(decision, PROBLEM_WRONG_GROUND, "grounds", offer->from.role, unit.type);
    return true;
}

/* The taker has a post at the unit right above the giver's seat, or below it (in one community for a grid), or has none
 * yet. */
static bool is_colleague(struct decision *decision, const struct post_offer *offer)
{
    struct unit seat;
    g_autoptr(GArray) posts = registry_posts_of(decision->rows, offer->to.person, decision->now_us);
    bool near = posts->len == 0 || !registry_unit(decision->rows, offer->from.seat, &seat) || seat.parent == 0;
    for (guint i = 0; i < posts->len && !near; i++)
        near =
            registry_covers(decision->rows, seat.parent, g_array_index(posts, struct post, i).seat, decision->now_us);
    return near;
}

/* To whoever works elsewhere a post goes by whoever has the right over it. */
static bool may_go_to(struct decision *decision, const struct post_offer *offer, bool shift)
{
    return shift || is_colleague(decision, offer) || decide_right_over_post(decision, &offer->from);
}

static bool is_waiting(struct decision *decision, int64_t from_post)
{
    int64_t found;
    return db_integer(decision->rows, &found, "SELECT 1 FROM handover WHERE from_post = ?1 AND state = 'offered'", "i",
                      from_post);
}

bool decide_hand_over_post(struct decision *decision)
{
    AUTO(post_offer) struct post_offer offer = {0};
    bool shifts = strcmp(json_get_text(decision->command->body, "mode", ""), MODE_SHIFT) == 0;
    if (!decide_playbook(decision) || !decide_post(decision, "from_post", &offer.from) ||
        !may_give(decision, &offer.from, shifts) || !read_mode(decision, &offer) || !read_taker(decision, &offer) ||
        !may_go_to(decision, &offer, shifts) || !read_reason(decision, &offer.reason))
        return false;
    if (shifts ? !read_until(decision, &offer) || !same_grounds(decision, &offer)
               : !read_leave(decision, &offer) || !read_moving_grounds(decision, &offer))
        return false;
    if (is_waiting(decision, offer.from.id))
        return decision_refuse(decision, PROBLEM_HANDOVER_PENDING, "from_post");
    json_t *body =
        json_pack("{s:I, s:I, s:I, s:I, s:s, s:I, s:o}", "id", (json_int_t)decision_next_id(decision, offer.from.seat),
                  "from", (json_int_t)offer.from.id, "to", (json_int_t)offer.to.id, "to_person",
                  (json_int_t)offer.to.person, "mode", offer.mode, "until_us", (json_int_t)offer.until_us, "grounds",
                  offer.grounds != NULL ? decide_id_array(offer.grounds) : json_array());
    decision_emit(decision, "handover_offered", offer.from.seat, 0, body,
                  seal_words(decision, offer.from.person, "reason", offer.reason));
    return true;
}

/* ---- taking, refusing, withdrawing ---- */

/* The giver, the taker, who offered it, or an actor with the right over the post; others do not know of it. */
static bool is_party(struct decision *decision, const struct handover *handover)
{
    struct post from;
    int64_t person = decision->command->person;
    if (decision_is_operator(decision) || person == handover->to_person || person == handover->by_person)
        return true;
    if (!registry_post(decision->rows, handover->from_post, &from) || from.person == person)
        return true;
    return registry_has_right(decision->rows, decision->playbook, person, RIGHT_REGISTRY, from.seat, decision->now_us);
}

static bool find_handover(struct decision *decision, struct handover *out)
{
    int64_t id;
    return decision_id(decision, "handover", &id) &&
           ((registry_handover(decision->rows, id, out) && is_party(decision, out)) ||
            decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, "handover"));
}

static bool is_offered(struct decision *decision, const struct handover *handover)
{
    return strcmp(handover->state, "offered") == 0 || decision_refuse(decision, PROBLEM_HANDOVER_DECIDED, "handover");
}

static bool read_handover(struct decision *decision, struct handover *out)
{
    return find_handover(decision, out) && is_offered(decision, out);
}

static bool may_take(struct decision *decision, const struct handover *handover)
{
    if (!decision_is_operator(decision) && decision->command->person != handover->to_person)
        return decision_refuse(decision, PROBLEM_NO_RIGHT, NULL, "to_person");
    return decision_act_by(decision, (struct right){.given = true, .post = handover->to_post});
}

/* The offered grounds that the giver's post still has; all of them where none were named. */
static GArray *moving_grounds(struct decision *decision, const struct handover *handover)
{
    GArray *held = registry_grounds(decision->rows, handover->from_post, decision->now_us);
    g_autoptr(GArray) offered = registry_handover_grounds(decision->rows, handover->id);
    if (offered->len == 0)
        return held;
    g_autoptr(GArray) kept = decide_without(held, offered);
    GArray *moving = decide_without(held, kept);
    g_array_unref(held);
    return moving;
}

static bool take_shift(struct decision *decision, const struct handover *handover, const struct post *from,
                       const struct post *to)
{
    int64_t now_us = decision->now_us;
    decide_emit_handed_over(decision, handover->id, from, to->id, NULL);
    struct shift running, taken = {now_us, handover->until_us};
    if (running_shift(decision, from->id, &running)) { /* later shifts stay with the giver */
        g_autoptr(GArray) later = registry_shifts(decision->rows, from->id, running.to_us, REGISTRY_OPEN);
        if (running.to_us > handover->until_us) {
            struct shift back = {handover->until_us, running.to_us};
            g_array_prepend_val(later, back);
        }
        decide_emit_roster(decision, from, now_us, from->keeps_hours, later);
    }
    if (taken.to_us > now_us) {
        g_autoptr(GArray) shifts = registry_shifts(decision->rows, to->id, now_us, REGISTRY_OPEN);
        if (shifts->len > 0 && g_array_index(shifts, struct shift, 0).from_us < now_us)
            g_array_index(shifts, struct shift, 0).from_us = now_us;
        g_array_append_val(shifts, taken);
        decide_merge_shifts(shifts);
        decide_emit_roster(decision, to, now_us, to->keeps_hours, shifts);
    }
    return true;
}

/* Appoints a taker without a post: role and seat of the giver's, with its future shifts. */
static int64_t appoint_taker(struct decision *decision, const struct handover *handover, const struct post *from,
                             const GArray *grounds)
{
    struct post post = *from;
    post.person = handover->to_person;
    post.from_us = decision->now_us;
    post.id = decide_emit_post(decision, &post, grounds);
    g_autoptr(GArray) shifts = registry_shifts(decision->rows, from->id, decision->now_us, REGISTRY_OPEN);
    if (shifts->len > 0) {
        struct shift *first = &g_array_index(shifts, struct shift, 0);
        first->from_us = MAX(first->from_us, decision->now_us);
        decide_emit_roster(decision, &post, decision->now_us, post.keeps_hours, shifts);
    }
    return post.id;
}

/* The hours of the giver until then, else all of the time. What is left of them stays the giver's. */
static void lend_hours(struct decision *decision, const struct post *from, const struct post *deputy)
{
    int64_t now_us = decision->now_us, until_us = deputy->to_us;
    g_autoptr(GArray) hours = registry_shifts(decision->rows, from->id, now_us, until_us);
    g_autoptr(GArray) rest = registry_shifts(decision->rows, from->id, until_us, REGISTRY_OPEN);
    for (guint i = 0; i < hours->len; i++) {
        struct shift *shift = &g_array_index(hours, struct shift, i);
        *shift = (struct shift){MAX(shift->from_us, now_us), MIN(shift->to_us, until_us)};
    }
    for (guint i = 0; i < rest->len; i++)
        g_array_index(rest, struct shift, i).from_us = MAX(g_array_index(rest, struct shift, i).from_us, until_us);
    if (hours->len > 0)
        decide_emit_roster(decision, from, now_us, from->keeps_hours, rest);
    if (hours->len == 0 && !from->keeps_hours) {
        struct shift whole = {now_us, until_us};
        g_array_append_val(hours, whole);
    }
    if (hours->len > 0)
        decide_emit_roster(decision, deputy, now_us, from->keeps_hours, hours);
}

static bool take_leave(struct decision *decision, const struct handover *handover, const struct post *from)
{
    struct post deputy = *from;
    g_autoptr(GArray) held = registry_grounds(decision->rows, from->id, decision->now_us);
    g_autoptr(GArray) moving = moving_grounds(decision, handover);
    deputy.person = handover->to_person;
    deputy.deputy_of = from->id;
    deputy.from_us = decision->now_us;
    deputy.to_us = MIN(handover->until_us, from->to_us);
    if (moving->len == 0 || deputy.to_us <= decision->now_us)
        return decision_refuse(decision, PROBLEM_POST_ENDED, "handover");
    if (!decide_check_grounds(decision, from->role, moving, "handover") || !decide_is_free(decision, &deputy, moving))
        return false;
    deputy.id = decide_emit_post(decision, &deputy, moving);
    lend_hours(decision, from, &deputy);
    decide_emit_handed_over(decision, handover->id, from, deputy.id, moving->len == held->len ? NULL : moving);
    return true;
}

static bool take_post(struct decision *decision, const struct handover *handover, const struct post *from,
                      const struct post *to)
{
    g_autoptr(GArray) held = registry_grounds(decision->rows, from->id, decision->now_us);
    g_autoptr(GArray) moving = moving_grounds(decision, handover);
    g_autoptr(GArray) nothing = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (moving->len == 0)
        return decision_refuse(decision, PROBLEM_POST_ENDED, "handover");
    if (!decide_check_grounds(decision, from->role, moving, "handover"))
        return false;
    bool whole = moving->len == held->len;
    int64_t taker = to->id;
    if (taker == 0) {
        taker = appoint_taker(decision, handover, from, moving);
    } else {
        g_autoptr(GArray) has = registry_grounds(decision->rows, taker, decision->now_us);
        g_autoptr(GArray) added = decide_without(moving, has);
        decide_emit_grounds(decision, to, decision->now_us, added, nothing);
    }
    decide_emit_handed_over(decision, handover->id, from, taker, whole ? NULL : moving);
    if (whole)
        decide_emit_end(decision, from, decision->now_us);
    else
        decide_emit_grounds(decision, from, decision->now_us, nothing, moving);
    return true;
}

bool decide_accept_handover(struct decision *decision)
{
    struct handover handover;
    struct post from, to = {0};
    if (!decide_playbook(decision) || !read_handover(decision, &handover) || !may_take(decision, &handover))
        return false;
    if (!registry_post_named(decision->rows, handover.from_post, &from))
        return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
    if (handover.to_post != 0)
        registry_post(decision->rows, handover.to_post, &to);
    if (from.to_us <= decision->now_us || (to.id != 0 && to.to_us <= decision->now_us))
        return decision_refuse(decision, PROBLEM_POST_ENDED, "handover");
    if (strcmp(handover.mode, MODE_SHIFT) == 0)
        return take_shift(decision, &handover, &from, &to);
    return handover.until_us != 0 ? take_leave(decision, &handover, &from) : take_post(decision, &handover, &from, &to);
}

bool decide_refuse_handover(struct decision *decision)
{
    struct handover handover;
    struct post from;
    const char *reason;
    if (!read_handover(decision, &handover) || !may_take(decision, &handover) || !read_reason(decision, &reason))
        return false;
    if (!registry_post_named(decision->rows, handover.from_post, &from))
        return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
    decision_emit(decision, "handover_refused", from.seat, 0, json_pack("{s:I}", "id", (json_int_t)handover.id),
                  seal_words(decision, handover.to_person, "refusal", reason));
    return true;
}

/* ---- a lent shift that ends before its time ---- */

static bool is_lent_shift(const struct decision *decision, const struct handover *handover)
{
    return strcmp(handover->mode, MODE_SHIFT) == 0 && strcmp(handover->state, "accepted") == 0 &&
           handover->until_us > decision->now_us;
}

/* What is left of hours from now on when the lent time is taken out. */
static GArray *hours_behind(const GArray *hours, int64_t until_us)
{
    GArray *rest = g_array_new(FALSE, FALSE, sizeof(struct shift));
    for (guint i = 0; i < hours->len; i++) {
        const struct shift *shift = &g_array_index(hours, struct shift, i);
        struct shift later = {MAX(shift->from_us, until_us), shift->to_us};
        if (later.from_us < later.to_us)
            g_array_append_val(rest, later);
    }
    return rest;
}

/* The taker is off duty for the rest of it, the giver on duty again. */
static void end_shift(struct decision *decision, const struct handover *handover, const struct post *from)
{
    struct post to;
    struct shift left = {decision->now_us, handover->until_us};
    bool known = registry_post(decision->rows, handover->to_post, &to);
    g_autoptr(GArray) taken = registry_shifts(decision->rows, handover->to_post, left.from_us, REGISTRY_OPEN);
    g_autoptr(GArray) kept = hours_behind(taken, left.to_us);
    if (known && taken->len > 0)
        decide_emit_roster(decision, &to, left.from_us, to.keeps_hours, kept);
    if (!from->keeps_hours || from->to_us <= left.from_us)
        return;
    g_autoptr(GArray) hours = registry_shifts(decision->rows, from->id, left.from_us, REGISTRY_OPEN);
    g_array_append_val(hours, left);
    decide_merge_shifts(hours);
    g_array_index(hours, struct shift, 0).from_us = MAX(g_array_index(hours, struct shift, 0).from_us, left.from_us);
    decide_emit_roster(decision, from, left.from_us, true, hours);
}

/* An offer, by who offered it or has a right over the post; a lent shift, by its taker, too. */
static bool may_withdraw(struct decision *decision, const struct handover *handover, const struct post *from, bool lent)
{
    int64_t person = decision->command->person;
    if (handover->by_person != 0 && handover->by_person == person)
        return decision_act_by(decision, (struct right){.given = true, .post = 0});
    if (lent && person != 0 && handover->to_person == person)
        return decision_act_by(decision, (struct right){.given = true, .post = handover->to_post});
    return may_give(decision, from, strcmp(handover->mode, MODE_SHIFT) == 0);
}

bool decide_withdraw_handover(struct decision *decision)
{
    struct handover handover;
    struct post from;
    if (!find_handover(decision, &handover))
        return false;
    if (!registry_post_named(decision->rows, handover.from_post, &from))
        return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
    bool lent = is_lent_shift(decision, &handover);
    if ((!lent && !is_offered(decision, &handover)) || !may_withdraw(decision, &handover, &from, lent))
        return false;
    if (lent)
        end_shift(decision, &handover, &from);
    decision_emit(decision, "handover_withdrawn", from.seat, 0, json_pack("{s:I}", "id", (json_int_t)handover.id),
                  NULL);
    return true;
}
