/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/fields.h"

#include "base/datetime.h"
#include "registry/registry.h"
#include "rehearsal/body.h"
#include "rehearsal/rates.h"

#include <string.h>

static json_t *reading(struct city *city, enum rate fever_rate)
{
    bool fever = rate_happens(&city->dice, fever_rate);
    uint32_t tenths = fever ? 374 + dice_below(&city->dice, 16) : 360 + dice_below(&city->dice, 10);
    return json_pack("{s:o}", "temperature", json_sprintf("%u.%u", tenths / 10, tenths % 10));
}

json_t *fields_temperature(struct city *city)
{
    return reading(city, RATE_FEVER);
}

static json_t *temperature(struct city *city, int64_t unit)
{
    return reading(city, RATE_FEVER);
}

static json_t *temperature_again(struct city *city, int64_t unit)
{
    return reading(city, RATE_STILL_FEVER);
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

static const char *urgency(struct city *city)
{
    static const struct {
        enum rate rate;
        const char *urgency;
    } sorts[] = {{RATE_DANGER, "danger"}, {RATE_UTILITIES, "utilities"}, {RATE_COMPLEX, "complex"}};
    uint32_t drawn = dice_below(&city->dice, 100);
    double below = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(sorts); i++)
        if (drawn < (below += rates[sorts[i].rate].value))
            return sorts[i].urgency;
    return "ordinary";
}

static json_t *dispatch(struct city *city, int64_t unit)
{
    return json_pack("{s:o, s:s}", "to", body_unit(handler_of(city, unit)), "as_urgent_as", urgency(city));
}

static json_t *called_back(struct city *city, int64_t unit)
{
    bool contacted = rate_happens(&city->dice, RATE_CONTACTED), resolved = rate_happens(&city->dice, RATE_RESOLVED);
    bool satisfied = rate_happens(&city->dice, RATE_SATISFIED);
    return json_pack("{s:b, s:b, s:s}", "contacted", contacted, "resolved", resolved, "satisfied",
                     satisfied ? "satisfied" : "dissatisfied");
}

static json_t *report_item(struct city *city, int64_t unit)
{
    int quantity = rate_happens(&city->dice, RATE_ITEM_SHORT) ? 0 : 1 + (int)dice_below(&city->dice, 40);
    return json_pack("{s:i, s:s}", "quantity", quantity, "words", "演练：已落实");
}

static json_t *confirm_order(struct city *city, int64_t unit)
{
    return body_text(rate_happens(&city->dice, RATE_ORAL_DENIED) ? "{'given': false, 'words': '演练：未下达过此指令'}"
                                                                 : "{'given': true}");
}

static json_t *reply(struct city *city, int64_t unit)
{
    static const char *const objected[] = {"upheld", "overruled", "extended"};
    const char *outcome =
        rate_happens(&city->dice, RATE_OBJECTIONS) ? objected[dice_below(&city->dice, 3)] : "answered";
    return json_pack("{s:s, s:s}", "outcome", outcome, "words", "演练：答复如下，请按此执行");
}

static json_t *find(struct city *city, int64_t unit)
{
    static const char *const items[] = {"disinfection", "temperature", "ventilation", "visitors", "meals"};
    if (!rate_happens(&city->dice, RATE_FINDING))
        return json_object();
    const struct playbook *playbook = rulebook_current(engine_rulebook(city->engine));
    return json_pack("{s:[{s:s, s:s, s:o}]}", "findings", "item", items[dice_below(&city->dice, G_N_ELEMENTS(items))],
                     "words", "演练：登记不全", "by", body_day(day_of(clock_now_us(city->clock), playbook->zone) + 1));
}

static json_t *look_again(struct city *city, int64_t unit)
{
    return body_text(rate_happens(&city->dice, RATE_RECTIFIED) ? "{'all_done': true}"
                                                               : "{'all_done': false, 'next': 'public'}");
}

int fields_staff(int64_t workplace)
{
    int mean = (int)rates[RATE_WORKPLACE_STAFF].value;
    return mean / 2 + (int)(workplace % (mean + 1));
}

static json_t *on_site(struct city *city, int64_t unit)
{
    return json_pack("{s:i, s:i}", "on_site", (int)(fields_staff(unit) * rates[RATE_ON_SITE].value / 100), "unwell", 0);
}

static json_t *spread(struct city *city, int64_t unit)
{
    return json_pack("{s:[s, s], s:i}", "used", "poster", "wechat", "households",
                     200 + (int)dice_below(&city->dice, 1200));
}

/* The first that fits. */
static const struct {
    const char *kind; /* NULL: of any */
    const char *entry;
    const char *same; /* filled in each time, as body_text() takes it; or */
    json_t *(*drawn)(struct city *city, int64_t unit);
} forms[] = {
    {"directive", "carry_out", "{'result': '演练：已逐一消毒并公示'}", NULL},
    {"directive", "report", NULL, report_item},
    {"service_request", "dispatch", NULL, dispatch},
    {"service_request", "answer", "{'visited': true, 'done': 'done', 'result': '演练：已到现场办理'}", NULL},
    {"service_request", "rework", "{'result': '演练：已再次办理'}", NULL},
    {"service_request", "callback", NULL, called_back},
    {"service_request", "second_callback", "{'resolved': true}", NULL},
    {"oral_order", "confirm_order", NULL, confirm_order},
    {"instruction_request", "reply", NULL, reply},
    {"inspection", "find", NULL, find},
    {"inspection", "look_again", NULL, look_again},
    {"rectification", "verify", "{}", NULL},
    {"rectification", "rectify", "{'words': '演练：已整改'}", NULL},
    {"workplace_control", "daily", NULL, on_site},
    {"control_measure", "authorise", "{'agreed': true}", NULL},
    {"control_measure", "review", "{'finding': '演练：仍需执行'}", NULL},
    {"control_measure", "lift", "{'why': '演练：到期撤除'}", NULL},
    {"education", "review_text", "{'right': true}", NULL},
    {"education", "spread", NULL, spread},
    {NULL, "check_in", NULL, temperature},
    {NULL, "screen", NULL, temperature},
    {NULL, "recheck", NULL, temperature_again},
    {NULL, "serve_notice", "{'read_out': true}", NULL},
    {NULL, "daily", "{'nothing_else': true}", NULL},
    {NULL, "assess", "{'level': 'cases', 'assessment': '演练研判：有输入病例，未见社区传播'}", NULL},
    {NULL, "verify", "{'confirmed': true}", NULL},
    {NULL, "clinic_result", "{'result': 'excluded'}", NULL},
    {NULL, "solve", "{'result': '已协调解决'}", NULL},
    {NULL, "fix", "{'what': '已处理'}", NULL},
    {NULL, "close_out", "{'outcome': 'cleared'}", NULL},
};

json_t *fields_of(struct city *city, const char *kind, const char *entry, int64_t unit)
{
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (strcmp(entry, forms[i].entry) == 0 && (forms[i].kind == NULL || strcmp(kind, forms[i].kind) == 0))
            return forms[i].same != NULL ? body_text(forms[i].same) : forms[i].drawn(city, unit);
    return json_object();
}
