/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where people live. A unit that answers for a person moves them; for a person of another place move_in makes an offer,
 * which shows nothing of them and changes nothing until that place accepts it.
 */
#include "registry/decide.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/name.h"

#include <string.h>

/* ---- moving in ---- */

/* A household that the actor may not see is refused as unknown. */
static bool read_household(struct decision *decision, int64_t household, int64_t from_us, int64_t *out_household,
                           int64_t *out_unit)
{
    struct residency residency;
    g_autoptr(GArray) members = registry_household_members(decision->rows, household, from_us);
    bool known =
        members->len > 0 && registry_residency(decision->rows, g_array_index(members, int64_t, 0), from_us, &residency);
    if (!known || (!decision_is_operator(decision) &&
                   !registry_has_right(decision->rows, decision->playbook, decision->command->person, RIGHT_PERSONS,
                                       residency.unit, decision->now_us)))
        return decision_refuse(decision, PROBLEM_NOT_FOUND, "household", "");
    *out_household = household;
    *out_unit = residency.unit;
    return true;
}

/* Where the household given by the command lives at `from_us`; without one, the unit given. */
static bool read_home(struct decision *decision, int64_t from_us, int64_t *out_household, int64_t *out_unit)
{
    int64_t household = 0, unit = 0;
    if (!decision_household_id_optional(decision, "household", &household))
        return false;
    if (household == 0)
        return decision_unit(decision, "unit", out_unit);
    if (!decision_unit_optional(decision, "unit", &unit))
        return false;
    if (unit != 0)
        return decision_refuse(decision, PROBLEM_NOT_ASKED, "unit", "household");
    return read_household(decision, household, from_us, out_household, out_unit);
}

struct mover {
    int64_t person;
    bool offered; /* another place has to accept it */
};

static bool may_move(struct decision *decision, int64_t person, const char *field, int64_t from_us)
{
    int64_t later;
    return !db_integer(decision->rows, &later, "SELECT 1 FROM residency WHERE person = ?1 AND from_us >= ?2", "ii",
                       person, from_us) ||
           decision_refuse(decision, PROBLEM_BEFORE_START, field);
}

static bool may_offer(struct decision *decision, int64_t person, const char *field)
{
    int64_t waiting;
    return !db_integer(decision->rows, &waiting,
                       "SELECT id FROM move_offer WHERE person = ?1 AND state = 'offered' AND giver = ?2", "ii", person,
                       decision->command->person) ||
           decision_refuse(decision, PROBLEM_HANDOVER_PENDING, field);
}

/* Of whom a matter tells a registrar, masked, and who has no home that could accept: whoever has their name and number
 * from themselves takes them up. */
static bool is_taken_up(struct decision *decision, const struct resolved_person *named)
{
    return named->by_number && named->naming == NAMING_MASKED && decide_home_of(decision, named->person) == 0;
}

static bool read_mover(struct decision *decision, const json_t *given, const char *field, int64_t unit, int64_t from_us,
                       struct mover *out)
{
    struct resolved_person named = {0};
    if (json_is_object(given)) {
        if (!registry_decide_subject(decision, given, field, unit, &named))
            return false;
    } else {
        if (!decision_read_id(decision, VAULT_ID_PERSON, given, field, &named.person) ||
            !decide_person(decision, named.person, field))
            return false;
        named.naming = registry_naming(decision, named.person);
    }
    out->person = named.person;
    out->offered = named.naming != NAMING_ANSWERS && !is_taken_up(decision, &named);
    if (registry_person_is_erased(decision->rows, out->person))
        return decision_refuse(decision, PROBLEM_PERSON_ERASED, field);
    return out->offered ? may_offer(decision, out->person, field) : may_move(decision, out->person, field, from_us);
}

static bool read_movers(struct decision *decision, int64_t unit, int64_t from_us, GArray *out_movers)
{
    const json_t *given;
    if (!decision_array(decision, "persons", LIMIT_ROUND_ROWS, &given))
        return false;
    if (json_array_size(given) == 0)
        return decision_refuse(decision, PROBLEM_TEXT_EMPTY, "persons");
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)given, i, one)
    {
        g_autofree char *field = g_strdup_printf("persons[%zu]", i);
        struct mover mover;
        if (!read_mover(decision, one, field, unit, from_us, &mover))
            return false;
        for (guint k = 0; k < out_movers->len; k++)
            if (g_array_index(out_movers, struct mover, k).person == mover.person)
                return decision_refuse(decision, PROBLEM_REPEATED_CHOICE, field);
        g_array_append_val(out_movers, mover);
    }
    return true;
}

static void emit_mover(struct decision *decision, const struct mover *mover, int64_t household, int64_t unit,
                       int64_t from_us, const char *dwelling)
{
    GBytes *sealed = dwelling != NULL ? vault_seal(decision->vault, VAULT_PERSON, mover->person, "dwelling", dwelling,
                                                   strlen(dwelling))
                                      : NULL;
    json_t *body = json_pack("{s:I, s:I, s:I, s:I}", "person", (json_int_t)mover->person, "household",
                             (json_int_t)household, "unit", (json_int_t)unit, "from_us", (json_int_t)from_us);
    if (mover->offered)
        json_object_set_new(body, "id", json_integer(decision_next_id(decision, unit)));
    decision_emit(decision, mover->offered ? "move_offered" : "moved_in", unit, 0, body, sealed);
}

bool decide_move_in(struct decision *decision)
{
    int64_t household = 0, unit = 0, from_us;
    const char *dwelling = NULL;
    g_autoptr(GArray) movers = g_array_new(FALSE, FALSE, sizeof(struct mover));
    if (!decide_time(decision, "from", &from_us) || !decide_not_future(decision, "from", from_us) ||
        !read_home(decision, from_us, &household, &unit) || !decide_right(decision, RIGHT_PERSONS, unit) ||
        !decision_text_optional(decision, "dwelling", &dwelling))
        return false;
    struct problem *problem =
        dwelling != NULL ? name_problem(NAME_DWELLING, dwelling, "dwelling", REGISTRY_DWELLING_CHARS) : NULL;
    if (problem != NULL)
        return decision_refuse_with(decision, problem);
    if (!read_movers(decision, unit, from_us, movers))
        return false;
    if (household == 0)
        household = decision_next_id(decision, unit);
    for (guint i = 0; i < movers->len; i++)
        emit_mover(decision, &g_array_index(movers, struct mover, i), household, unit, from_us, dwelling);
    return true;
}

bool decide_move_out(struct decision *decision)
{
    int64_t person, to_us;
    struct residency residency;
    if (!decision_person_id(decision, "person", &person) || !decide_time(decision, "to", &to_us) ||
        !decide_not_future(decision, "to", to_us) || !decide_answers_for(decision, person, "person"))
        return false;
    if (!registry_residency(decision->rows, person, decision->now_us, &residency))
        return decision_refuse(decision, PROBLEM_NOT_FOUND, "person", "");
    if (to_us <= residency.from_us)
        return decision_refuse(decision, PROBLEM_BEFORE_START, "to");
    decision_emit(decision, "moved_out", residency.unit, 0,
                  json_pack("{s:I, s:I}", "person", (json_int_t)person, "to_us", (json_int_t)to_us), NULL);
    return true;
}

/* ---- what another place says to an offer ---- */

struct home_offer {
    int64_t id, person, giver, household, unit, from_us;
    GBytes *sealed; /* the dwelling; NULL none */
};

static void home_offer_clear(struct home_offer *offer)
{
    g_clear_pointer(&offer->sealed, g_bytes_unref);
}
AUTO_CLEAR(home_offer)

static bool find_offer(struct decision *decision, int64_t id, struct home_offer *out, bool *out_waits)
{
    size_t bytes;
    AUTO(cursor)
    struct cursor found = db_query(decision->rows,
                                   "SELECT person, giver, household, unit, from_us, state, sealed FROM move_offer "
                                   "WHERE id = ?1",
                                   "i", id);
    if (!cursor_next(&found))
        return false;
    *out = (struct home_offer){id,
                               cursor_integer(&found, 0),
                               cursor_integer(&found, 1),
                               cursor_integer(&found, 2),
                               cursor_integer(&found, 3),
                               cursor_integer(&found, 4),
                               NULL};
    *out_waits = strcmp(cursor_text(&found, 5), "offered") == 0;
    if (!cursor_is_null(&found, 6)) {
        const void *sealed = cursor_blob(&found, 6, &bytes);
        out->sealed = g_bytes_new(sealed, bytes);
    }
    return true;
}

/* The giver may withdraw, the registrar of the person's place may accept or refuse; to others the offer is unknown. */
static bool read_offer(struct decision *decision, bool as_giver, struct home_offer *out)
{
    int64_t id;
    bool waits = false;
    if (!decision_id(decision, "offer", &id))
        return false;
    bool known = find_offer(decision, id, out, &waits);
    bool answers = known && registry_naming(decision, out->person) == NAMING_ANSWERS;
    bool gives = known && (decision_is_operator(decision) ||
                           registry_has_right(decision->rows, decision->playbook, decision->command->person,
                                              RIGHT_PERSONS, out->unit, decision->now_us));
    if (!answers && !gives)
        return decision_refuse(decision, PROBLEM_UNKNOWN_HANDOVER, "offer");
    int64_t home = decide_home_of(decision, out->person);
    if (as_giver ? !decide_right(decision, RIGHT_PERSONS, out->unit)
                 : !decide_right(decision, RIGHT_PERSONS,
                                 answers     ? home
                                 : home != 0 ? home
                                             : REGISTRY_ROOT))
        return false;
    return waits || decision_refuse(decision, PROBLEM_HANDOVER_DECIDED, "offer");
}

static void emit_answer(struct decision *decision, const char *event, const struct home_offer *offer)
{
    decision_emit(decision, event, offer->unit, 0, json_pack("{s:I}", "id", (json_int_t)offer->id), NULL);
}

bool decide_accept_move(struct decision *decision)
{
    AUTO(home_offer) struct home_offer offer = {0};
    struct unit unit;
    if (!read_offer(decision, false, &offer) || !decide_person(decision, offer.person, "offer") ||
        !may_move(decision, offer.person, "offer", offer.from_us))
        return false;
    if (registry_unit(decision->rows, offer.unit, &unit) && unit.to_us <= decision->now_us) {
        char day[DATETIME_TEXT_MAX];
        decide_day_text(decision, unit.to_us, day);
        return decision_refuse(decision, PROBLEM_CLOSED_UNIT, "offer", day);
    }
    emit_answer(decision, "move_accepted", &offer);
    decision_emit(decision, "moved_in", offer.unit, 0,
                  json_pack("{s:I, s:I, s:I, s:I}", "person", (json_int_t)offer.person, "household",
                            (json_int_t)offer.household, "unit", (json_int_t)offer.unit, "from_us",
                            (json_int_t)offer.from_us),
                  g_steal_pointer(&offer.sealed));
    return true;
}

static bool answer(struct decision *decision, const char *event, bool as_giver)
{
    AUTO(home_offer) struct home_offer offer = {0};
    if (!read_offer(decision, as_giver, &offer))
        return false;
    emit_answer(decision, event, &offer);
    return true;
}

bool decide_refuse_move(struct decision *decision)
{
    return answer(decision, "move_refused", false);
}

bool decide_withdraw_move(struct decision *decision)
{
    return answer(decision, "move_withdrawn", true);
}
