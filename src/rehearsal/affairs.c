/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/affairs.h"

#include "base/datetime.h"
#include "registry/registry.h"
#include "rehearsal/body.h"
#include "rehearsal/fields.h"
#include "rehearsal/rates.h"

#define CONTROL_DAYS      14
#define TAKE_OVER_MINUTES 10

static int32_t today(const struct city *city)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->engine));
    return day_of(clock_now_us(city->clock), playbook->zone);
}

static int64_t parent_of(struct city *city, int64_t id)
{
    struct unit unit;
    return registry_unit(city->reader->rows, id, &unit) ? unit.parent : 0;
}

/* ---- workplaces ---- */

void affairs_open_workplaces(struct city *city)
{
    for (guint i = 0; i < city->workplaces->len && city_knows(city, "workplace_control"); i++) {
        int64_t workplace = g_array_index(city->workplaces, int64_t, i);
        int64_t officer = city_holder(city, "workplace_officer", workplace);
        if (officer != 0)
            city_open(city, officer, "workplace_control", workplace, workplace,
                      json_pack("{s:s, s:o, s:i, s:o, s:[s, s, s]}", "sort", "shop", "responsible", json_id(officer),
                                "staff", fields_staff(workplace), "opens_on", body_day(today(city)), "measures",
                                "responsible", "temperature", "disinfection"),
                      NULL);
    }
}

void affairs_inspect(struct city *city, int steps)
{
    int count = rate_draw(&city->dice, city->workplaces->len * rates[RATE_INSPECTED].value / 100 / steps);
    for (int i = 0; i < count && city_knows(city, "inspection"); i++) {
        int64_t workplace = city_draw(city, city->workplaces);
        int64_t inspector = city_holder(city, "inspector", parent_of(city, workplace));
        if (inspector != 0)
            city_open(city, inspector, "inspection", workplace, workplace,
                      body_text(dice_below(&city->dice, 4) == 0 ? "{'reason': 'drawn'}" : "{'reason': 'plan'}"), NULL);
    }
}

/* ---- places ---- */

void affairs_control(struct city *city, int steps)
{
    static const char *const measures[] = {"one_gate", "checkpoint", "temperature", "visitors_out"};
    int count = rate_draw(&city->dice, city->streets->len * rates[RATE_MEASURES].value / steps);
    for (int i = 0; i < count && city_knows(city, "control_measure"); i++) {
        int64_t street = city_draw(city, city->streets), community = city_draw_community(city, street);
        int64_t officer = city_holder(city, "subdistrict_duty_officer", street);
        if (community != 0 && officer != 0)
            city_open(city, officer, "control_measure", community, community,
                      json_pack("{s:s, s:s, s:s, s:o}", "measure",
                                measures[dice_below(&city->dice, G_N_ELEMENTS(measures))], "ground",
                                "演练依据（演练〔2020〕1号）", "reason", "演练：减少人员聚集", "until",
                                body_day(today(city) + CONTROL_DAYS)),
                      NULL);
    }
}

/* ---- what residents are told ---- */

static void educate(struct city *city, int64_t street)
{
    int64_t officer = city_holder(city, "publicity_officer", street);
    if (officer != 0 && city_knows(city, "education"))
        city_open(city, officer, "education", street, 0,
                  json_pack("{s:s, s:s, s:o, s:[s, s], s:o}", "heading", "演练宣教：正确佩戴口罩", "core",
                            "演练：出门戴口罩，回家勤洗手，室内常通风。", "target", body_unit(street), "channels",
                            "poster", "wechat", "due", body_time(clock_now_us(city->clock) + US_PER_DAY)),
                  NULL);
}

/* By a secretary: whoever releases it is another. */
static void announce(struct city *city, int64_t street)
{
    int64_t community = city_draw_community(city, street);
    int64_t secretary = community != 0 ? city_holder(city, "community_secretary", community) : 0;
    if (secretary != 0 && city_knows(city, "announcement"))
        city_open(city, secretary, "announcement", community, 0,
                  json_pack("{s:s, s:s, s:[s, s]}", "heading", "演练告知：小区出入口调整", "text",
                            "演练：自即日起只留东门出入，请出示证件并测温。", "channels", "poster", "wechat"),
                  NULL);
}

void affairs_tell(struct city *city, int steps)
{
    int messages = rate_draw(&city->dice, city->streets->len * rates[RATE_EDUCATION].value / steps);
    int notices = rate_draw(&city->dice, city->streets->len * rates[RATE_ANNOUNCEMENTS].value / steps);
    for (int i = 0; i < messages; i++)
        educate(city, city_draw(city, city->streets));
    for (int i = 0; i < notices; i++)
        announce(city, city_draw(city, city->streets));
}

/* ---- shifts ---- */

struct lending {
    int64_t handover; /* 0 refused */
    int64_t taker;
};

static void take_over(struct city *city, void *what, int which)
{
    const struct lending *lending = what;
    if (lending->handover != 0)
        submitter_put(city->submitter, "accept_handover", lending->taker,
                      json_pack("{s:o}", "handover", json_id(lending->handover)), NULL, NULL);
}

static void lend(struct city *city, const struct route *giver, int64_t street, int64_t until_us)
{
    AUTO(cursor)
    struct cursor colleague = db_query(city->reader->rows,
                                       "SELECT post, person FROM post_ground WHERE role = 'subdistrict_duty_officer'"
                                       " AND unit = ?1 AND post <> ?2 AND person <> ?3 ORDER BY post LIMIT 1",
                                       "iii", street, giver->post, giver->person);
    if (!cursor_next(&colleague))
        return;
    struct lending *lending = g_new0(struct lending, 1);
    g_ptr_array_add(city->owned, lending);
    lending->taker = cursor_integer(&colleague, 1);
    submitter_put(city->submitter, "hand_over_post", giver->person,
                  json_pack("{s:o, s:s, s:o, s:o, s:s}", "from_post", json_id(giver->post), "mode", "shift", "to_post",
                            json_id(cursor_integer(&colleague, 0)), "until", body_time(until_us), "reason",
                            "演练：临时外出"),
                  &lending->handover, NULL);
    agenda_put(city->agenda, clock_now_us(city->clock) + TAKE_OVER_MINUTES * US_PER_MINUTE, take_over, lending, 0);
}

void affairs_lend_shifts(struct city *city, int64_t until_us)
{
    for (guint i = 0; i < city->streets->len; i++) {
        int64_t street = g_array_index(city->streets, int64_t, i);
        struct route giver;
        if (rate_happens(&city->dice, RATE_SHIFTS_LENT) &&
            registry_route(city->reader->rows, "subdistrict_duty_officer", street, clock_now_us(city->clock), &giver) &&
            giver.level == 0 && giver.on_duty)
            lend(city, &giver, street, until_us);
    }
}
