/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/orders.h"

#include "base/datetime.h"
#include "registry/registry.h"
#include "rehearsal/body.h"
#include "rehearsal/rates.h"

#include <string.h>

static json_t *request_form(struct city *city)
{
    static const struct {
        const char *topic, *text;
    } asked[] = {
        {"epidemic", "演练诉求：小区东门夜间无人测温"},
        {"utilities", "演练诉求：暖气不热"},
        {"housing", "演练诉求：电梯停运"},
        {"health", "演练诉求：慢性病药品无法购买"},
        {"environment", "演练诉求：垃圾未清运"},
        {"market", "演练诉求：口罩价格过高"},
    };
    uint32_t drawn = dice_below(&city->dice, G_N_ELEMENTS(asked));
    return json_pack("{s:s, s:s}", "topic", asked[drawn].topic, "text", asked[drawn].text);
}

void orders_ask(struct city *city, int count)
{
    int64_t now_us = clock_now_us(city->clock), arrivals = 0;
    if (!city_knows(city, "service_request"))
        return;
    db_integer(city->reader->rows, &arrivals, "SELECT count(*) FROM matter WHERE kind = 'arrival'", "");
    for (int i = 0; arrivals > 0 && i < count; i++) {
        AUTO(cursor)
        struct cursor found =
            db_query(city->reader->rows,
                     "SELECT m.subject, m.unit, (SELECT g.person FROM post_ground g WHERE g.unit = m.unit AND g.role ="
                     " 'grid_worker' AND g.from_us <= ?1 AND g.to_us > ?1) FROM matter m WHERE m.kind = 'arrival'"
                     " ORDER BY m.id LIMIT 1 OFFSET ?2",
                     "ii", now_us, (int64_t)dice_below(&city->dice, (uint32_t)MIN(arrivals, UINT32_MAX)));
        if (!cursor_next(&found) || cursor_integer(&found, 2) == 0)
            break; /* their grid has no worker now */
        city_open(city, cursor_integer(&found, 2), "service_request", cursor_integer(&found, 1),
                  cursor_integer(&found, 0), request_form(city), NULL);
    }
}

/* ---- from above ---- */

/* An item with a quantity that shows that it is done, one with two, and one with words alone. */
static json_t *items(int64_t due_us)
{
    static const struct {
        const char *text, *shown_by;
        int at_least;
    } lines[] = {
        {"演练：楼道、电梯、垃圾站逐一消毒", "消毒点位数量", 1},
        {"演练：设置并公示来京人员登记点", "登记点数量", 1},
        {"演练：核对独居老人联系名单", "核对说明", 0},
    };
    json_t *all = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        json_array_append_new(all,
                              json_pack("{s:s, s:s, s:i, s:o}", "text", lines[i].text, "shown_by", lines[i].shown_by,
                                        "at_least", lines[i].at_least, "due", body_time(due_us)));
    return all;
}

static void direct(struct city *city, int64_t district)
{
    int64_t command = city_holder(city, "district_command", district), due_us = clock_now_us(city->clock) + US_PER_DAY;
    if (command == 0)
        return;
    city_open(city, command, "directive", district, 0,
              json_pack("{s:o, s:s, s:s, s:o, s:o}", "target", body_unit(district), "heading", "演练部署：公共部位消毒",
                        "text", "演练：各社区（村）逐项落实并公示时间。", "due", body_time(due_us), "items",
                        items(due_us)),
              NULL);
}

void orders_direct(struct city *city)
{
    if (!city_knows(city, "directive"))
        return;
    g_autoptr(GArray) districts = cursor_integers(
        db_query(city->reader->rows, "SELECT id FROM unit WHERE type = 'district' AND to_us = ?1 ORDER BY id", "i",
                 REGISTRY_OPEN));
    for (int left = rate_draw(&city->dice, rates[RATE_DIRECTIVES].value); left > 0 && districts->len > 0; left--)
        direct(city, city_draw(city, districts));
}

/* ---- from below ---- */

static json_t *question(struct city *city)
{
    static const char *const forms[] = {
        "{'sort': 'question', 'words': '演练：外地返京租户的居住证明如何核对，请明确'}",
        "{'sort': 'question', 'words': '演练：快递集中存放点设在何处，请明确'}",
        "{'sort': 'objection', 'words': '演练：出入口只有一个，按要求封闭后消防通道不通'}",
        "{'sort': 'cannot', 'words': '演练：消毒液未到，今日不能完成'}",
    };
    return body_text(forms[dice_below(&city->dice, G_N_ELEMENTS(forms))]);
}

static json_t *heard(struct city *city)
{
    return json_pack("{s:s, s:o, s:s}", "words", "演练：电话要求今晚摸清空置房屋", "heard_at",
                     body_time(clock_now_us(city->clock) - US_PER_HOUR), "from_level", "subdistrict");
}

/* By secretaries of communities that are drawn. */
static void from_below(struct city *city, const char *kind, double mean, json_t *(*form)(struct city *city))
{
    int count = city_knows(city, kind) ? rate_draw(&city->dice, mean) : 0;
    for (int i = 0; i < count; i++) {
        int64_t community = city_draw_community(city, city_draw(city, city->streets));
        int64_t secretary = community != 0 ? city_holder(city, "community_secretary", community) : 0;
        if (secretary != 0)
            city_open(city, secretary, kind, community, 0, form(city), NULL);
    }
}

void orders_question(struct city *city, int steps)
{
    from_below(city, "instruction_request", city->streets->len * rates[RATE_QUESTIONS].value / steps, question);
    from_below(city, "oral_order", city->streets->len * rates[RATE_ORAL].value / steps, heard);
}
