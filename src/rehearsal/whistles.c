/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/whistles.h"

#include "registry/registry.h"
#include "rehearsal/body.h"
#include "rehearsal/rates.h"

#define SUMMONED_MOST   4
#define SPREAD_MINUTES  10 /* around the median in which they come */
#define GIVEN_MINUTES   30 /* of the playbook */
#define LET_OFF_MINUTES 60
#define GRAIN_MINUTES   5 /* whoever comes, comes then: every moment of a rehearsal costs a write to the disk */
#define HALF_HOUR_US    (30 * US_PER_MINUTE)

struct summoned {
    int64_t department, desk; /* who is on duty there when it is blown */
    bool comes;
};

struct whistle {
    struct city_matter matter;
    int64_t opener;
    struct summoned summoned[SUMMONED_MOST];
    int count;
};

static int64_t minutes_on(const struct city *city, uint32_t minutes)
{
    return clock_now_us(city->clock) + minutes * US_PER_MINUTE;
}

static void report_in(struct city *city, void *what, int which)
{
    const struct whistle *whistle = what;
    city_enter(city, whistle->summoned[which].desk, &whistle->matter.id, "report_in", json_object(), 0);
}

static void confirm(struct city *city, void *what, int which)
{
    const struct whistle *whistle = what;
    city_enter(city, whistle->opener, &whistle->matter.id, "confirm_report_in", json_object(), which + 1);
}

static void let_off(struct city *city, void *what, int which)
{
    const struct whistle *whistle = what;
    city_enter(city, whistle->opener, &whistle->matter.id, "release",
               body_text("{'reason': '演练：逾时未到，另行处理'}"), which + 1);
}

static json_t *rating(struct city *city, const char *field)
{
    if (rate_happens(&city->dice, RATE_RATED_POOR))
        return json_pack("{s:s, s:s}", field, "poor", "words", "演练：准备不足");
    return json_pack("{s:s}", field, dice_below(&city->dice, 5) == 0 ? "fair" : "good");
}

static void rate_department(struct city *city, void *what, int which)
{
    const struct whistle *whistle = what;
    city_enter(city, whistle->opener, &whistle->matter.id, "rate_department", rating(city, "did_its_part"), which + 1);
}

static void rate_street(struct city *city, void *what, int which)
{
    const struct whistle *whistle = what;
    city_enter(city, whistle->summoned[which].desk, &whistle->matter.id, "rate_street", rating(city, "was_needed"), 0);
}

/* On the half hour before that: nothing hangs on the minute. */
static int64_t half_hour_before(const struct city *city, uint32_t minutes)
{
    int64_t at_us = minutes_on(city, minutes);
    return at_us - at_us % HALF_HOUR_US;
}

/* Within a day. */
static int64_t rated_at(struct city *city)
{
    return half_hour_before(city, 60 + dice_below(&city->dice, 1200));
}

static void finish(struct city *city, void *what, int which)
{
    struct whistle *whistle = what;
    city_enter(city, whistle->opener, &whistle->matter.id, "finish", body_text("{'result': '演练：已现场处置'}"), 0);
    for (int i = 0; i < whistle->count; i++) {
        if (!whistle->summoned[i].comes)
            continue;
        if (rate_happens(&city->dice, RATE_RATED))
            agenda_put(city->agenda, rated_at(city), rate_department, whistle, i);
        if (rate_happens(&city->dice, RATE_RATED))
            agenda_put(city->agenda, rated_at(city), rate_street, whistle, i);
    }
}

static uint32_t come_after(struct city *city)
{
    if (rate_happens(&city->dice, RATE_COME_LATE))
        return GIVEN_MINUTES + GRAIN_MINUTES * (1 + dice_below(&city->dice, GIVEN_MINUTES / GRAIN_MINUTES));
    uint32_t drawn =
        (uint32_t)rates[RATE_COME_MINUTES].value - SPREAD_MINUTES + dice_below(&city->dice, 2 * SPREAD_MINUTES + 1);
    return MIN((drawn + GRAIN_MINUTES / 2) / GRAIN_MINUTES, GIVEN_MINUTES / GRAIN_MINUTES - 1) * GRAIN_MINUTES;
}

/* What will come of it, from now on. */
static void plan(struct city *city, struct whistle *whistle)
{
    uint32_t last = 0;
    for (int i = 0; i < whistle->count; i++) {
        uint32_t minutes = LET_OFF_MINUTES;
        whistle->summoned[i].comes = whistle->summoned[i].desk != 0 && !rate_happens(&city->dice, RATE_COME_NEVER);
        if (whistle->summoned[i].comes) {
            minutes = come_after(city);
            agenda_put(city->agenda, minutes_on(city, minutes), report_in, whistle, i);
            agenda_put(city->agenda, minutes_on(city, minutes), confirm, whistle, i);
        } else {
            agenda_put(city->agenda, minutes_on(city, minutes), let_off, whistle, i);
        }
        last = MAX(last, minutes);
    }
    agenda_put(city->agenda, half_hour_before(city, last + 60 + dice_below(&city->dice, 60)), finish, whistle, 0);
}

static GArray *departments_of(struct city *city, int64_t district)
{
    return cursor_integers(db_query(city->reader->rows,
                                    "SELECT id FROM unit WHERE parent = ?1 AND type = 'department' AND to_us = ?2"
                                    " ORDER BY id",
                                    "ii", district, REGISTRY_OPEN));
}

static json_t *form_of(struct city *city)
{
    static const char *const forms[] = {
        "{'sort': 'enforcement', 'where': '演练：小区东门', 'what': '演练：聚集摆摊，多次劝阻不听'}",
        "{'sort': 'emergency', 'where': '演练：主干道路口', 'what': '演练：供水管道破裂'}",
        "{'sort': 'priority', 'where': '演练：农贸市场', 'what': '演练：市场消毒和人员排查'}",
        "{'sort': 'demand', 'where': '演练：老旧小区', 'what': '演练：居民反映垃圾堆放', 'tried': '已协调物业两次'}",
    };
    return body_text(forms[dice_below(&city->dice, G_N_ELEMENTS(forms))]);
}

static void blow(struct city *city, int64_t street, const GArray *departments, guint first, int count)
{
    struct whistle *whistle = g_new0(struct whistle, 1);
    json_t *called = json_array();
    g_ptr_array_add(city->owned, whistle);
    whistle->opener = city_holder(city, "subdistrict_duty_officer", street);
    whistle->count = MIN(count, (int)departments->len);
    for (int i = 0; i < whistle->count; i++) {
        int64_t department = g_array_index(departments, int64_t, (first + (guint)i) % departments->len);
        whistle->summoned[i] = (struct summoned){department, city_holder(city, "duty_desk", department), false};
        json_array_append_new(called, body_unit(department));
    }
    submitter_put(city->submitter, "open_matter", whistle->opener,
                  json_pack("{s:s, s:o, s:o, s:{s:o}}", "kind", "whistle", "unit", body_unit(street), "form",
                            form_of(city), "participants", "summoned", called),
                  &whistle->matter.made, &whistle->matter.id);
    plan(city, whistle);
}

void whistles_blow(struct city *city, int day, int steps)
{
    double times = day >= rates[RATE_WHISTLES_FROM].value ? rates[RATE_WHISTLES_TIMES].value : 1;
    int count = rate_draw(&city->dice, city->streets->len * rates[RATE_WHISTLES].value / 7 * times / steps);
    for (int i = 0; i < count && city_knows(city, "whistle"); i++) {
        struct unit street;
        if (!registry_unit(city->reader->rows, city_draw(city, city->streets), &street) ||
            city_holder(city, "subdistrict_duty_officer", street.id) == 0)
            continue;
        g_autoptr(GArray) departments = departments_of(city, street.parent);
        if (departments->len > 0)
            blow(city, street.id, departments, dice_below(&city->dice, departments->len),
                 MIN(rate_draw(&city->dice, rates[RATE_SUMMONED].value), SUMMONED_MOST));
    }
}

void whistles_crowd(struct city *city, int day)
{
    int64_t district = 0;
    db_integer(city->reader->rows, &district,
               "SELECT parent FROM unit WHERE type = 'subdistrict' AND to_us = ?1 GROUP BY parent"
               " ORDER BY count(*) DESC, parent LIMIT 1",
               "i", REGISTRY_OPEN);
    if (day != (int)rates[RATE_CROWD_DAY].value || !city_knows(city, "whistle"))
        return;
    g_autoptr(GArray) departments = departments_of(city, district);
    int left = departments->len > 0 ? (int)rates[RATE_CROWD].value : 0;
    for (guint i = 0; i < city->streets->len && left > 0; i++) {
        struct unit street;
        if (registry_unit(city->reader->rows, g_array_index(city->streets, int64_t, i), &street) &&
            street.parent == district && city_holder(city, "subdistrict_duty_officer", street.id) != 0) {
            blow(city, street.id, departments, 0, 1);
            left--;
        }
    }
}
