/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Custody: which unit answers for a person. The unit that answers, or where none does the one that takes the person
 * over, makes an offer, which the other accepts or refuses; until then the giver answers. A record of units, apart from
 * homes and from matters: "who had them on 3 February" has one answer, or a visible gap.
 */
#include "registry/decide.h"

#include <string.h>

static bool read_person(struct decision *decision, int64_t *out_person)
{
    if (!decision_person_id(decision, "person", out_person) || !decide_person(decision, *out_person, "person"))
        return false;
    *out_person = registry_person_kept(decision->rows, *out_person);
    return true;
}

/* Refuses a person who is in the custody of another unit. */
static bool has_them(struct decision *decision, int64_t person, int64_t unit)
{
    struct unit holder;
    int64_t held = registry_custodian(decision->rows, person, decision->now_us);
    if (held == 0 || held == unit)
        return true;
    if (!registry_unit_named(decision->rows, held, &holder))
        return decision_refuse(decision, PROBLEM_DATA_DAMAGED, NULL);
    return decision_refuse(decision, PROBLEM_IN_OTHER_CUSTODY, "from", holder.name);
}

static bool is_held(struct db *rows, int64_t person)
{
    int64_t held;
    return db_integer(rows, &held, "SELECT 1 FROM custody WHERE person = ?1 AND to_us = ?2", "ii", person,
                      REGISTRY_OPEN);
}

bool decide_offer_custody(struct decision *decision)
{
    int64_t person, from, to, waiting;
    if (!decide_playbook(decision) || !read_person(decision, &person) || !decision_unit(decision, "from", &from) ||
        !decision_unit(decision, "to", &to) || !decide_right(decision, RIGHT_PERSONS, from))
        return false;
    if (from == to)
        return decision_refuse(decision, PROBLEM_HANDOVER_TO_SELF, "to");
    if (!has_them(decision, person, from))
        return false;
    if (db_integer(decision->rows, &waiting, "SELECT id FROM custody_offer WHERE person = ?1 AND state = 'offered'",
                   "i", person))
        return decision_refuse(decision, PROBLEM_HANDOVER_PENDING, "person");
    int64_t id = decision_next_id(decision, from);
    json_t *body =
        json_pack("{s:I, s:I, s:I, s:I, s:I}", "id", (json_int_t)id, "person", (json_int_t)person, "from",
                  (json_int_t)from, "to", (json_int_t)to, "at_us", (json_int_t)decision->command->observed_us);
    if (!is_held(decision->rows, person))
        json_object_set_new(body, "begins", json_integer(1));
    decision_emit(decision, "custody_offered", from, 0, body, NULL);
    return true;
}

struct custody_given {
    int64_t id, person, from, to;
};

/* Whether the actor registers people for either unit; to others the offer is unknown. */
static bool is_party(struct decision *decision, const struct custody_given *offer)
{
    int64_t sides[] = {offer->from, offer->to};
    bool party = decision_is_operator(decision);
    for (size_t i = 0; i < G_N_ELEMENTS(sides) && !party; i++)
        party = registry_has_right(decision->rows, decision->playbook, decision->command->person, RIGHT_PERSONS,
                                   sides[i], decision->now_us);
    return party;
}

static bool read_offer(struct decision *decision, struct custody_given *out)
{
    if (!decision_id(decision, "offer", &out->id))
        return false;
    AUTO(cursor)
    struct cursor found = db_query(
        decision->rows, "SELECT person, from_unit, to_unit, state FROM custody_offer WHERE id = ?1", "i", out->id);
    if (!cursor_next(&found))
        return decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, "offer");
    out->person = cursor_integer(&found, 0);
    out->from = cursor_integer(&found, 1);
    out->to = cursor_integer(&found, 2);
    if (!is_party(decision, out))
        return decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, "offer");
    return strcmp(cursor_text(&found, 3), "offered") == 0 ||
           decision_refuse(decision, PROBLEM_HANDOVER_DECIDED, "offer");
}

static bool answer(struct decision *decision, const char *event, bool giver)
{
    struct custody_given offer;
    if (!decide_playbook(decision) || !read_offer(decision, &offer) ||
        !decide_right(decision, RIGHT_PERSONS, giver ? offer.from : offer.to))
        return false;
    decision_emit(decision, event, offer.to, 0,
                  json_pack("{s:I, s:I, s:I, s:I}", "id", (json_int_t)offer.id, "person", (json_int_t)offer.person,
                            "to", (json_int_t)offer.to, "at_us", (json_int_t)decision->now_us),
                  NULL);
    return true;
}

bool decide_accept_custody(struct decision *decision)
{
    return answer(decision, "custody_taken", false);
}

bool decide_refuse_custody(struct decision *decision)
{
    return answer(decision, "custody_refused", false);
}

bool decide_withdraw_custody(struct decision *decision)
{
    return answer(decision, "custody_withdrawn", true);
}

bool decide_end_custody(struct decision *decision)
{
    int64_t person;
    if (!decide_playbook(decision) || !read_person(decision, &person))
        return false;
    int64_t held = registry_custodian(decision->rows, person, decision->now_us);
    if (held == 0)
        return decision_refuse(decision, PROBLEM_NOT_FOUND, "person", "");
    if (!decide_right(decision, RIGHT_PERSONS, held))
        return false;
    decision_emit(decision, "custody_ended", held, 0,
                  json_pack("{s:I, s:I}", "person", (json_int_t)person, "at_us", (json_int_t)decision->now_us), NULL);
    return true;
}
