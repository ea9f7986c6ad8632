/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/orders.h"

#include "base/datetime.h"
#include "registry/registry.h"

#include <string.h>

static json_t *unit_text(int64_t unit)
{
    return json_sprintf("#%" G_GINT64_FORMAT, unit);
}

static json_t *time_text(int64_t at_us)
{
    char text[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(at_us / US_PER_SECOND * US_PER_SECOND, utc, text);
    return json_string(text);
}

/* Other playbooks than the notice's may be rehearsed. */
static bool knows(struct city *city, const char *kind)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->engine));
    return playbook != NULL && playbook_find_kind(playbook, kind) != NULL;
}

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

int orders_ask(struct city *city, struct submitter *submitter, int count)
{
    int64_t now_us = clock_now_us(city->clock), arrivals = 0;
    int sent = 0;
    if (!knows(city, "service_request"))
        return 0;
    db_integer(city->reader->rows, &arrivals, "SELECT count(*) FROM matter WHERE kind = 'arrival'", "");
    for (; arrivals > 0 && sent < count; sent++) {
        AUTO(cursor)
        struct cursor found =
            db_query(city->reader->rows,
                     "SELECT m.subject, m.unit, (SELECT g.person FROM post_ground g WHERE g.unit = m.unit AND g.role ="
                     " 'grid_worker' AND g.from_us <= ?1 AND g.to_us > ?1) FROM matter m WHERE m.kind = 'arrival'"
                     " ORDER BY m.id LIMIT 1 OFFSET ?2",
                     "ii", now_us, (int64_t)dice_below(&city->dice, (uint32_t)MIN(arrivals, UINT32_MAX)));
        if (!cursor_next(&found) || cursor_integer(&found, 2) == 0)
            break; /* their grid has no worker now */
        submitter_put(submitter, "open_matter", cursor_integer(&found, 2),
                      json_pack("{s:s, s:o, s:o, s:o}", "kind", "service_request", "unit",
                                unit_text(cursor_integer(&found, 1)), "subject", json_id(cursor_integer(&found, 0)),
                                "form", request_form(city)),
                      NULL, NULL);
    }
    return sent;
}

bool orders_direct(struct city *city, struct submitter *submitter)
{
    int64_t now_us = clock_now_us(city->clock), districts = 0;
    if (!knows(city, "directive"))
        return false;
    db_integer(city->reader->rows, &districts,
               "SELECT count(*) FROM post_ground WHERE role = 'district_command' AND from_us <= ?1 AND to_us > ?1", "i",
               now_us);
    if (districts == 0)
        return false;
    AUTO(cursor)
    struct cursor found =
        db_query(city->reader->rows,
                 "SELECT person, unit FROM post_ground WHERE role = 'district_command' AND from_us <= ?1 AND to_us > ?1"
                 " ORDER BY unit, person LIMIT 1 OFFSET ?2",
                 "ii", now_us, (int64_t)dice_below(&city->dice, (uint32_t)districts));
    if (!cursor_next(&found))
        return false;
    int64_t unit = cursor_integer(&found, 1);
    submitter_put(submitter, "open_matter", cursor_integer(&found, 0),
                  json_pack("{s:s, s:o, s:{s:o, s:s, s:s, s:o}}", "kind", "directive", "unit", unit_text(unit), "form",
                            "target", unit_text(unit), "heading", "演练部署：公共部位消毒", "text",
                            "演练：各社区（村）对楼道、电梯、垃圾站逐一消毒，并公示时间。", "due",
                            time_text(now_us + US_PER_DAY)),
                  NULL, NULL);
    return true;
}

/* The subdistrict or zone above, which has a duty desk. */
static int64_t handler_of(struct city *city, int64_t unit)
{
    int64_t handler = 0;
    db_integer(city->reader->rows, &handler,
               "SELECT u.id FROM cover c JOIN unit u ON u.id = c.ancestor WHERE c.unit = ?1 AND u.type IN"
               " ('subdistrict', 'zone') LIMIT 1",
               "i", unit);
    return handler;
}

static json_t *dispatch(struct city *city, int64_t unit)
{
    uint32_t drawn = dice_below(&city->dice, 12);
    const char *urgency = drawn == 0 ? "danger" : drawn < 4 ? "utilities" : "ordinary";
    return json_pack("{s:o, s:s}", "to", unit_text(handler_of(city, unit)), "as_urgent_as", urgency);
}

static json_t *called_back(struct city *city)
{
    bool resolved = !dice_happens(&city->dice, 1000);
    return json_pack("{s:b, s:b, s:s}", "contacted", true, "resolved", resolved, "satisfied",
                     resolved ? "satisfied" : "dissatisfied");
}

json_t *orders_fields(struct city *city, const char *kind, const char *entry, int64_t unit)
{
    if (strcmp(kind, "directive") == 0 && strcmp(entry, "carry_out") == 0)
        return json_pack("{s:s}", "result", "演练：已逐一消毒并公示");
    if (strcmp(kind, "service_request") != 0)
        return NULL;
    if (strcmp(entry, "dispatch") == 0)
        return dispatch(city, unit);
    if (strcmp(entry, "answer") == 0)
        return json_pack("{s:b, s:s, s:s}", "visited", true, "done", "done", "result", "演练：已到现场办理");
    if (strcmp(entry, "rework") == 0)
        return json_pack("{s:s}", "result", "演练：已再次办理");
    if (strcmp(entry, "callback") == 0)
        return called_back(city);
    return strcmp(entry, "second_callback") == 0 ? json_pack("{s:b}", "resolved", true) : NULL;
}
