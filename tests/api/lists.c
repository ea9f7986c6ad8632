/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every list is paged; a page is not empty before the end, and `next` never stands for what stays hidden. */
#include "rig.h"

#include "api/endpoint.h"
#include "base/limits.h"
#include "store/db.h"

#include <string.h>

static struct rig *rig;

static size_t rows_of_page(const struct reply *reply)
{
    return json_array_size(json_at(reply->json, "data"));
}

/* One page, which is the last. */
static void is_all(const char *who, const char *path, size_t wanted)
{
    AUTO(reply) struct reply reply = rig_get(rig, who, path);
    g_test_message("%s %s", who, path);
    reply_is(&reply, 200, NULL);
    g_assert_cmpuint(rows_of_page(&reply), ==, wanted);
    g_assert_true(json_is_null(json_at(reply.json, "next")));
}

/* ---- every list ---- */

static bool has_param(const struct endpoint *endpoint, const char *name)
{
    for (const struct query_param *param = endpoint->query; param != NULL && param->name != NULL; param++)
        if (strcmp(param->name, name) == 0)
            return true;
    return false;
}

/* What is as long as the playbook makes it, or as its named limit. */
static bool is_short(const char *path)
{
    static const char *const paths[] = {"/api/v1/boards",
                                        "/api/v1/imports",
                                        "/api/v1/indicators",
                                        "/api/v1/journal/heads",
                                        "/api/v1/kinds",
                                        "/api/v1/persons/{person}/duplicates",
                                        "/api/v1/persons/{person}/known",
                                        "/api/v1/matters/{matter}/acts",
                                        "/api/v1/matters/{matter}/documents",
                                        "/api/v1/matters/{matter}/resident-links",
                                        "/api/v1/snapshot"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        if (strcmp(paths[i], path) == 0)
            return true;
    return false;
}

static char *path_of(const struct endpoint *endpoint, const char *matter)
{
    const char *open = strchr(endpoint->path, '{');
    if (open == NULL)
        return g_strdup(endpoint->path);
    const char *close = strchr(open, '}');
    const char *value = g_str_has_prefix(open, "{matter}")   ? matter
                        : g_str_has_prefix(open, "{person}") ? rig_member(rig, "li")->id
                                                             : GRID;
    return g_strdup_printf("%.*s%s%s", (int)(open - endpoint->path), endpoint->path, value, close + 1);
}

static void every_list_is_paged(void)
{
    AUTO(reply)
    struct reply opened = rig_command(rig, "zheng", "/api/v1/matters",
                                      "{'kind':'directive','unit':'" DISTRICT "','form':{'text':'摸排'}}");
    reply_is(&opened, 201, NULL);
    static const char *const viewers[] = {"zheng", "keeper"};
    size_t lists = 0;
    for (size_t i = 0; i < endpoint_count; i++)
        for (size_t v = 0;
             v < G_N_ELEMENTS(viewers) && strcmp(endpoints[i].method, "GET") == 0 && !endpoints[i].endless; v++) {
            g_autofree char *path = path_of(&endpoints[i], reply_text(&opened, "id"));
            AUTO(reply) struct reply reply = rig_get(rig, viewers[v], path);
            if (reply.status != 200 || !json_is_array(json_at(reply.json, "data")))
                continue;
            g_test_message("%s", endpoints[i].path);
            lists++;
            if (is_short(endpoints[i].path))
                continue;
            g_assert_true(has_param(&endpoints[i], "cursor") && has_param(&endpoints[i], "limit"));
            g_assert_nonnull(json_at(reply.json, "next"));
        }
    g_assert_cmpuint(lists, >=, 30);
}

/* ---- hand-overs ---- */

static struct reply offer_post(const char *who, const char *giver, const char *taker)
{
    return rig_command(rig, who, "/api/v1/handovers", "{'from_post':'%s','mode':'post','to_post':'%s','reason':'轮换'}",
                       rig_member(rig, giver)->post_id, rig_member(rig, taker)->post_id);
}

static void give(const char *giver, const char *taker)
{
    AUTO(reply) struct reply reply = offer_post(giver, giver, taker);
    reply_is(&reply, 201, NULL);
}

/* Those that wait, then those that were given: each once, a page at most as long as it was asked for. */
static void handovers(void)
{
    static const char *const givers[] = {"giver1", "giver2", "giver3"};
    rig_add(rig, "taker", "grid_worker", GRID);
    for (size_t i = 0; i < G_N_ELEMENTS(givers); i++) {
        rig_add(rig, givers[i], "grid_worker", GRID);
        give(givers[i], "taker");
    }
    give("taker", "giver1");
    for (int limit = 1; limit <= 5; limit++) {
        size_t waiting = 0, given = 0;
        g_autofree char *next = g_strdup("");
        while (next != NULL) {
            g_autofree char *path = g_strdup_printf("/api/v1/handovers?limit=%d&cursor=%s", limit, next);
            AUTO(reply) struct reply page = rig_get(rig, "taker", path);
            reply_is(&page, 200, NULL);
            size_t here = rows_of_page(&page) + json_array_size(json_at(page.json, "given"));
            g_assert_cmpuint(here, >, 0);
            g_assert_cmpuint(here, <=, (size_t)limit);
            waiting += rows_of_page(&page);
            given += json_array_size(json_at(page.json, "given"));
            g_free(next);
            next = json_is_null(json_at(page.json, "next")) ? NULL : g_strdup(reply_text(&page, "next"));
        }
        g_assert_cmpuint(waiting, ==, 3);
        g_assert_cmpuint(given, ==, 1);
    }
}

/* ---- what stays hidden ---- */

static size_t lent_to(const char *who)
{
    AUTO(reply) struct reply page = rig_get(rig, who, "/api/v1/handovers");
    return json_array_size(json_at(page.json, "lent"));
}

/* Both sides see a lent shift until it ends, and either ends it. */
static void lent_shifts(void)
{
    static const char *const both[] = {"wang", "mate"};
    rig_add(rig, "mate", "grid_worker", GRID);
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        AUTO(reply)
        struct reply offered = rig_command(
            rig, "wang", "/api/v1/handovers",
            "{'from_post':'%s','mode':'shift','to_post':'%s','until':'2020-02-03T20:00:00+08:00','reason':'轮换'}",
            rig_member(rig, "wang")->post_id, rig_member(rig, "mate")->post_id);
        reply_is(&offered, 201, NULL);
        g_autofree char *accept = g_strdup_printf("/api/v1/handovers/%s/accept", reply_text(&offered, "made"));
        g_autofree char *end = g_strdup_printf("/api/v1/handovers/%s/withdraw", reply_text(&offered, "made"));
        g_assert_cmpuint(lent_to("wang") + lent_to("mate"), ==, 0);
        AUTO(reply) struct reply accepted = rig_command(rig, "mate", accept, "{}");
        reply_is(&accepted, 201, NULL);
        g_assert_cmpuint(lent_to("wang"), ==, 1);
        g_assert_cmpuint(lent_to("mate"), ==, 1);
        g_assert_cmpuint(lent_to("sun"), ==, 0);
        AUTO(reply) struct reply ended = rig_command(rig, both[i], end, "{}");
        reply_is(&ended, 201, NULL);
        g_assert_cmpuint(lent_to("wang") + lent_to("mate"), ==, 0);
    }
}

/* Who holds a post elsewhere is not learnt by offering it something. */
static void holders_by_handover(void)
{
    rig_add(rig, "asker", "grid_worker", GRID);
    rig_add(rig, "distant", "grid_worker", SIBLING);
    AUTO(reply) struct reply alone = offer_post("asker", "asker", "distant"); /* who works in another community */
    reply_is(&alone, 403, "no_right");
    AUTO(reply) struct reply offered = offer_post("keeper", "asker", "distant");
    reply_is(&offered, 201, NULL);
    rig_settle(rig);
    AUTO(reply) struct reply hers = rig_get(rig, "asker", "/api/v1/handovers");
    reply_is(&hers, 200, NULL);
    g_assert_cmpstr(reply_text(&hers, "given.0.to.id"), ==, rig_member(rig, "distant")->post_id);
    g_assert_true(json_is_null(json_at(hers.json, "given.0.to.person")));
    AUTO(reply) struct reply his = rig_get(rig, "distant", "/api/v1/handovers");
    g_assert_cmpstr(reply_text(&his, "data.0.from.person.id"), ==, rig_member(rig, "asker")->id);
}

static char *registered(const char *who)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, who, "/api/v1/persons", "{'name':'演某','unit':'" GRID "'}");
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "events.0.id"));
}

static void propose(const char *who, const char *person)
{
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s/erase", person);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "{}");
    reply_is(&reply, 201, NULL);
}

/* Whose proposer has left is not listed: neither in the place of others, nor behind them. */
static void erasures(void)
{
    char *people[] = {registered("keeper"), registered("keeper"), registered("keeper"), registered("keeper")};
    rig_add(rig, "leaver", "data_steward", CITY);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        propose(i == 2 ? "keeper" : "leaver", people[i]);
    g_autofree char *end = g_strdup_printf("/api/v1/posts/%s/end", rig_member(rig, "leaver")->post_id);
    AUTO(reply) struct reply ended = rig_command(rig, "keeper", end, "{}");
    reply_is(&ended, 201, NULL);
    is_all("keeper", "/api/v1/erasures?limit=1", 1);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        g_free(people[i]);
}

/* Alerts of matters that their post no longer sees. */
static void alerts(void)
{
    for (int i = 0; i < 3; i++) {
        AUTO(reply)
        struct reply opened = rig_command(rig, "wang", "/api/v1/matters",
                                          "{'kind':'anomaly_report','unit':'" GRID "','subject':'%s','form':{}}",
                                          rig_member(rig, "wang")->id);
        reply_is(&opened, 201, NULL);
    }
    clock_set(&rig->clock, clock_now_us(&rig->clock) + 2 * US_PER_HOUR);
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply before = rig_get(rig, "zheng", "/api/v1/alerts?limit=1");
    g_assert_cmpuint(rows_of_page(&before), ==, 1);
    g_assert_cmpstr(reply_text(&before, "next"), !=, "");
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", reply_text(&before, "data.0.matter"));
    AUTO(reply) struct reply matter = rig_get(rig, "zheng", path);
    static const char *const members[] = {"title", "state", "state_title", "unit", "subject", "heading"};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) { /* no more of the matter than it shows itself, and no less */
        g_autofree char *of_alert = g_strdup_printf("data.0.%s", members[i]);
        json_t *said = json_at(before.json, of_alert), *known = json_at(matter.json, members[i]);
        g_assert_true(json_equal(said, known) || (said == NULL && known == NULL));
    }
    json_decref(rig_do(rig, "{'command':'change_grounds','post_id':'%s','grounds':['" OTHER_DISTRICT "']}",
                       rig_member(rig, "zheng")->post_id));
    is_all("zheng", "/api/v1/alerts?limit=1", 0);
    json_decref(rig_do(rig, "{'command':'change_grounds','post_id':'%s','grounds':['" DISTRICT "']}",
                       rig_member(rig, "zheng")->post_id));
}

static void offer_home(const char *who, const char *name, int64_t number, const char *unit)
{
    g_autofree char *id_number = rig_id_number(number);
    AUTO(reply)
    struct reply reply =
        rig_command(rig, who, "/api/v1/residencies", "{'persons':[{'name':'测试%s','id_number':'%s'}],'unit':'%s'}",
                    name, id_number, unit);
    reply_is(&reply, 201, NULL);
    g_assert_cmpstr(reply_text(&reply, "events.0.event"), ==, "move_offered");
}

/* Sun's offer is the first, another's in another district the second. */
static void moves(void)
{
    rig_add(rig, "remote", "grid_worker", OTHER_GRID);
    offer_home("sun", "li", 9, GRID2);
    offer_home("remote", "stranger", 11, OTHER_GRID);
    is_all("sun", "/api/v1/moves?limit=1", 1);
}

static void gaps(void)
{
    AUTO(reply) struct reply all = rig_get(rig, "watcher", "/api/v1/units/" CITY "/gaps?limit=200");
    size_t count = rows_of_page(&all);
    g_assert_cmpuint(count, >, 0);
    g_assert_cmpstr(reply_text(&all, "data.0.path.0.code"), ==, CITY); /* units of one name are told apart */
    g_autofree char *exact = g_strdup_printf("/api/v1/units/" CITY "/gaps?limit=%zu", count);
    is_all("watcher", exact, count);
}

static void say_fact(const char *fact, const char *date, int value)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, "keeper", "/api/v1/units/" COMMUNITY "/facts",
                                     "{'fact':'%s','date':'%s','value':%d,'source':'台账'}", fact, date, value);
    reply_is(&reply, 201, NULL);
}

static char *at(const char *path, const char *member)
{
    AUTO(reply) struct reply reply = rig_get(rig, "wang", path);
    reply_is(&reply, 200, NULL);
    return json_dumps(json_at(reply.json, member), JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
}

static void must_say(const char *path, const char *member, const char *wanted)
{
    g_autofree char *found = at(path, member);
    g_assert_cmpstr(found, ==, wanted);
}

/* A unit's numbers as of a day, day by day, and added up above it. */
static void facts_of_units(void)
{
    static const char unit[] = "/api/v1/units/" COMMUNITY, list[] = "/api/v1/units/" COMMUNITY "/facts?fact=households";
    must_say("/api/v1/units/" DISTRICT, "facts", "[]"); /* none of its type */
    must_say(unit, "facts.0.value", "null");
    say_fact("households", "2020-01-10", 900);
    say_fact("households", "2020-01-20", 1000);
    say_fact("households", "2020-01-30", 1100);
    must_say(unit, "facts.0",
             "{\"fact\":\"households\",\"from\":\"2020-01-30\",\"source\":\"台账\",\"title\":{\"en\":\"Households\","
             "\"zh\":\"户数\"},\"value\":1100}");
    must_say("/api/v1/units/" COMMUNITY "?at=2020-01-15", "facts.0.value", "900");
    is_all("wang", list, 3);
    must_say(list, "data.0.value", "1100");
    g_autofree char *first = g_strconcat(list, "&limit=2", NULL);
    AUTO(reply) struct reply page = rig_get(rig, "wang", first);
    g_assert_cmpuint(rows_of_page(&page), ==, 2);
    g_autofree char *rest = g_strconcat(first, "&cursor=", reply_text(&page, "next"), NULL);
    is_all("wang", rest, 1);
    must_say(rest, "data.0.value", "900");
    AUTO(reply) struct reply nameless = rig_get(rig, "wang", "/api/v1/units/" COMMUNITY "/facts");
    reply_is(&nameless, 422, "missing_field");
    AUTO(reply) struct reply misspelt = rig_get(rig, "wang", "/api/v1/units/" COMMUNITY "/facts?fact=houshold");
    reply_is(&misspelt, 422, "unknown_unit_fact");
}

static void facts_in_indicators(void)
{
    static const char path[] = "/api/v1/indicators/households?unit=" DISTRICT "&from=2020-01-15&to=2020-01-21";
    must_say(path, "data.0.top", "900");
    must_say(path, "data.6.top", "1000");
    must_say(path, "window", "\"day\"");
    must_say(path, "coverage.units", "1");
    AUTO(reply)
    struct reply early =
        rig_get(rig, "wang", "/api/v1/indicators/households?unit=" DISTRICT "&from=2020-01-05&to=2020-01-05");
    g_assert_true(json_is_true(json_at(early.json, "data.0.thin")));
    g_assert_null(json_at(early.json, "data.0.top"));
    say_fact("residents", "2020-01-20", 2500);
    must_say("/api/v1/indicators/people_per_household?unit=" COMMUNITY, "data.0.percent", "\"227.3\"");
    AUTO(reply) struct reply below = rig_get(rig, "wang", "/api/v1/indicators/people_per_household?unit=" GRID);
    reply_is(&below, 403, "below_floor");
    AUTO(reply) struct reply now = rig_get(rig, "wang", "/api/v1/indicators/grids_empty?unit=" GRID "&from=2020-01-05");
    reply_is(&now, 422, "unknown_field"); /* of no other day than this one */
}

/* ---- while the tree changes ---- */

static void move_unit(const char *unit, const char *parent)
{
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_SECOND);
    json_decref(rig_do(rig, "{'command':'move_unit','unit':'%s','parent':'%s'}", unit, parent));
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_SECOND);
}

/* The ids of all rows, a row a page; after `moves_after` of them the unit moves. Each came once. */
static GHashTable *listed(const char *who, int moves_after, const char *unit, const char *parent)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *next = g_strdup("");
    for (int count = 0; next != NULL; count++) {
        if (count == moves_after)
            move_unit(unit, parent);
        g_autofree char *path = g_strdup_printf("/api/v1/matters?limit=1&cursor=%s", next);
        AUTO(reply) struct reply page = rig_get(rig, who, path);
        reply_is(&page, 200, NULL);
        if (rows_of_page(&page) > 0)
            g_assert_true(g_hash_table_add(seen, g_strdup(reply_text(&page, "data.0.id"))));
        g_free(next);
        next = json_is_null(json_at(page.json, "next")) ? NULL : g_strdup(reply_text(&page, "next"));
    }
    return seen;
}

static void report(const char *who, const char *unit, const char *subject)
{
    AUTO(reply)
    struct reply opened =
        rig_command(rig, who, "/api/v1/matters", "{'kind':'anomaly_report','unit':'%s','subject':'%s','form':{}}", unit,
                    rig_member(rig, subject)->id);
    reply_is(&opened, 201, NULL);
}

/* From one of the viewer's grounds to the other, there and back, whatever page is asked for then. */
static void units_move_between_grounds(void)
{
    rig_add(rig, "two", "community_secretary", COMMUNITY);
    json_decref(rig_do(rig, "{'command':'change_grounds','post_id':'%s','grounds':['" COMMUNITY "','" SIBLING "']}",
                       rig_member(rig, "two")->post_id));
    rig_add(rig, "far", "grid_worker", SIBLING_GRID);
    report("sun", GRID2, "sun");
    report("wang", GRID, "wang");
    report("far", SIBLING_GRID, "far");
    g_autoptr(GHashTable) all = listed("two", -1, NULL, NULL);
    g_assert_cmpuint(g_hash_table_size(all), >=, 3);
    for (int after = 1; after < (int)g_hash_table_size(all); after++)
        for (int back = 0; back < 2; back++) {
            g_autoptr(GHashTable) during = listed("two", after, GRID2, back ? COMMUNITY : SIBLING);
            g_assert_cmpuint(g_hash_table_size(during), ==, g_hash_table_size(all));
        }
}

/* Out of the grounds of somebody who takes part there: met where it was, and not again among what is elsewhere. */
static void units_leave_grounds(void)
{
    static const char *const units[] = {GRID, GRID2};
    rig_add(rig, "opener", "grid_worker", COMMUNITY);
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        report("opener", units[i], "opener");
    g_autoptr(GHashTable) all = listed("opener", -1, NULL, NULL);
    for (int after = 1; after < (int)g_hash_table_size(all); after++)
        for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
            g_autoptr(GHashTable) during = listed("opener", after, units[i], SIBLING);
            move_unit(units[i], COMMUNITY);
            g_assert_cmpuint(g_hash_table_size(during), <=, g_hash_table_size(all)); /* some may be hidden by then */
        }
}

/* ---- filters ---- */

static void unit_types(void)
{
    is_all("wang", "/api/v1/units?q=110101&type=subdistrict&limit=1", 1);
    AUTO(reply) struct reply first = rig_get(rig, "wang", "/api/v1/units?q=110101&type=grid&limit=1");
    g_assert_cmpuint(rows_of_page(&first), ==, 1); /* behind districts and communities */
    g_assert_cmpstr(reply_text(&first, "next"), !=, "");
    is_all("wang", "/api/v1/units?type=grid&limit=4", 4); /* four levels down */
    is_all("wang", "/api/v1/units?type=grid&under=" COMMUNITY "&limit=2", 2);
    is_all("wang", "/api/v1/units?type=grid&under=" CITY "&limit=50", 4);
    AUTO(reply) struct reply page = rig_get(rig, "wang", "/api/v1/units?type=grid&limit=3");
    g_assert_cmpuint(rows_of_page(&page), ==, 3);
    g_assert_cmpstr(reply_text(&page, "next"), !=, "");
    is_all("wang", "/api/v1/units?type=community&under=" COMMUNITY, 0);
    AUTO(reply) struct reply unknown = rig_get(rig, "wang", "/api/v1/units?type=gird");
    reply_is(&unknown, 400, "not_acceptable_parameter");
    g_assert_cmpstr(reply_text(&unknown, "errors.0.field"), ==, "type");
}

static void states_of_an_export(void)
{
    AUTO(reply) struct reply known = rig_get(rig, "zhou", "/api/v1/exports/anomaly_report.csv?state=reported");
    reply_is(&known, 200, NULL);
    AUTO(reply) struct reply unknown = rig_get(rig, "zhou", "/api/v1/exports/anomaly_report.csv?state=reprted");
    reply_is(&unknown, 400, "not_acceptable_parameter");
    g_assert_cmpstr(reply_text(&unknown, "errors.0.field"), ==, "state");
}

/* A filter of few hits finds them at once, however many others there are. */
static void few_of_many(void)
{
    AUTO(reply)
    struct reply opened = rig_command(rig, "chen", "/api/v1/matters",
                                      "{'kind':'home_observation','unit':'" GRID "','subject':{'name':'测试众'},"
                                      "'form':{'last_exposure':'2020-02-03T08:00:00+08:00','address':'甲'}}");
    reply_is(&opened, 201, NULL);
    rig_multiply(rig, "home_observation", LIMIT_LIST_LOOKED_AT + 1);
    rig_change(rig,
               "UPDATE matter SET state = 'released', closed_us = opened_us WHERE id = (SELECT max(id) FROM matter "
               "WHERE kind = 'home_observation')");
    is_all("chen", "/api/v1/matters?kind=home_observation&state=released", 1);
    is_all("chen", "/api/v1/matters?kind=home_observation&open=false", 1);
    is_all("chen", "/api/v1/matters?opened_to=2019-01-01", 0);
    is_all("chen", "/api/v1/matters?opened_from=2030-01-01", 0);
}

/* The numbers of rows of all pages: none is empty but the last. */
static size_t rows_of_all(const char *who, const char *path)
{
    size_t count = 0;
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *one = g_strdup_printf("%s&cursor=%s", path, next);
        AUTO(reply) struct reply page = rig_get(rig, who, one);
        reply_is(&page, 200, NULL);
        count += rows_of_page(&page);
        g_free(next);
        next = json_is_null(json_at(page.json, "next")) ? NULL : g_strdup(reply_text(&page, "next"));
        g_assert_true(rows_of_page(&page) > 0 || next == NULL);
    }
    return count;
}

/* Thousands of a kind that one's role does not see stand between those that one sees. */
static void kinds_not_seen(void)
{
    json_decref(rig_do(rig, "{'command':'appoint','person':'%s','role':'data_steward','grounds':['" COMMUNITY "']}",
                       rig_member(rig, "li")->id));
    size_t before = rows_of_all("li", "/api/v1/matters?limit=200");
    rig_multiply(rig, "home_observation", LIMIT_LIST_LOOKED_AT + 1);
    report("wang", GRID, "li"); /* about whoever asks, in a ground of theirs */
    g_assert_cmpuint(rows_of_all("li", "/api/v1/matters?limit=1"), ==, before + 1);
}

/* More than are looked through for words: what is found is shown, else it is said what would leave fewer. */
static void words_of_few(void)
{
    AUTO(reply)
    struct reply opened = rig_command(rig, "zheng", "/api/v1/matters",
                                      "{'kind':'directive','unit':'" DISTRICT "','form':{'text':'凤毛麟角'}}");
    reply_is(&opened, 201, NULL);
    g_free(rig_observe(rig, "zhao"));
    rig_multiply(rig, "home_observation", LIMIT_TEXT_LOOKED_AT + 1);
    AUTO(reply) struct reply some = rig_get(rig, "zheng", "/api/v1/matters?q=%E5%87%A4%E6%AF%9B");
    reply_is(&some, 200, NULL);
    g_assert_cmpstr(reply_text(&some, "data.0.id"), ==, reply_text(&opened, "id"));
    is_all("zheng", "/api/v1/matters?q=%E5%87%A4%E6%AF%9B&kind=directive", 1);
    is_all("zheng", "/api/v1/matters?q=%E6%B2%A1%E6%9C%89&kind=directive", 0);
    AUTO(reply) struct reply none = rig_get(rig, "chen", "/api/v1/matters?q=%E6%B2%A1%E6%9C%89&open=true");
    reply_is(&none, 400, "too_broad");
    g_assert_cmpstr(reply_text(&none, "errors.0.detail"), ==,
                    G_STRINGIFY(LIMIT_TEXT_LOOKED_AT) " were looked at and none is such; narrow it with: kind, state, "
                                                      "under, opened_from, opened_to");
}

/* ---- by what is due first ---- */

static char *errand(const char *form)
{
    AUTO(reply)
    struct reply reply =
        rig_command(rig, "zhou", "/api/v1/matters", "{'kind':'errand','unit':'" GRID "','form':{%s}}", form);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}

static void enter(const char *who, const char *matter, const char *entry)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "{'entry':%s}", entry);
    reply_is(&reply, 201, NULL);
}

static void is_listed(const char *who, const char *query, const char *const *ids, size_t count)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters?kind=errand&%s", query);
    AUTO(reply) struct reply reply = rig_get(rig, who, path);
    g_test_message("%s %s", who, path);
    reply_is(&reply, 200, NULL);
    g_assert_cmpuint(rows_of_page(&reply), ==, count);
    for (size_t i = 0; i < count; i++)
        g_assert_cmpstr(json_at_text(json_array_get(json_at(reply.json, "data"), i), "id"), ==, ids[i]);
}

static void tells_due(const char *const ids[3])
{
    AUTO(reply) struct reply all = rig_get(rig, "zhou", "/api/v1/matters?kind=errand&sort=due");
    is_listed("zhou", "sort=due", ids, 3);
    g_assert_cmpstr(reply_text(&all, "data.0.due.entry"), ==, "give");
    g_assert_cmpstr(reply_text(&all, "data.0.due.due_at"), ==, "2020-02-03T08:30:00+08:00");
    g_assert_cmpstr(reply_text(&all, "data.0.listed.topic"), ==, "heat");
    g_assert_null(json_at(all.json, "data.0.listed.words"));
    g_assert_cmpstr(reply_text(&all, "data.1.due.entry_title.en"), ==, "Carry out");
    g_assert_cmpstr(reply_text(&all, "data.1.listed.handler.code"), ==, GRID);
    g_assert_cmpstr(reply_text(&all, "data.1.path.0.code"), ==, CITY);
    g_assert_true(json_is_null(json_at(all.json, "data.2.due")));
    g_autofree char *states = json_dumps(json_at(all.json, "states"), JSON_SORT_KEYS | JSON_COMPACT);
    g_assert_cmpstr(states, ==, "{\"asked\":1,\"done\":1,\"given\":1}");
}

static void by_due(void)
{
    g_autofree char *done = errand("'topic':'water'"), *given = errand("'topic':'water','words':'漏水'");
    g_autofree char *asked = errand("'topic':'heat'");
    enter("zhou", done, "'give','fields':{'to':'" GRID "'}");
    enter("zhou", given, "'give','fields':{'to':'" GRID "'}");
    enter("wang", done, "'carry_out'");
    const char *const ids[] = {asked, given, done};
    tells_due(ids);
    g_assert_cmpuint(rows_of_all("zhou", "/api/v1/matters?kind=errand&sort=due&limit=1"), ==, 3);
    is_listed("zhou", "sort=due&open=true&limit=1", ids, 1);
    is_listed("zhou", "sort=due&field=topic:water", ids + 1, 2);
    is_listed("zhou", "sort=due&field=handler:" GRID, ids + 1, 2);
    is_listed("zhou", "field=handler:" GRID2, ids, 0);
    static const char *const wrong[][3] = {
        {"sort=name", "not_acceptable_parameter", "sort"},
        {"field=topic:heat", "not_acceptable_parameter", "field"},
        {"kind=errand&field=words:x", "not_acceptable_parameter", "field"},
        {"kind=errand&field=topic", "not_acceptable_parameter", "field"},
        {"kind=errand&field=handler:999999", "unknown_unit", "field"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?%s", wrong[i][0]);
        AUTO(reply) struct reply reply = rig_get(rig, "zhou", path);
        reply_is(&reply, i < 4 ? 400 : 422, wrong[i][1]);
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, wrong[i][2]);
    }
}

/* A value is read as the type of its column, however it is written. */
static void values_of_columns(void)
{
    g_autofree char *one = errand(
        "'urgent':true,'takes':'1h','since':'2020-02-03T08:30:00+08:00','day':'2020-02-02','cost':'1.5','people':7,"
        "'tools':['pump','rope'],'parts':[{'part':'x'}]");
    g_autofree char *other =
        errand("'urgent':false,'takes':'90s','since':'2020-02-03T08:30:01+08:00','cost':'15','people':17,'tools':[]");
    static const struct {
        const char *field;
        bool finds;
    } rows[] = {{"urgent:true", true},
                {"takes:1h", true},
                {"takes:60min", true},
                {"takes:2h", false},
                {"since:2020-02-03T08:30:00%2B08:00", true},
                {"since:2020-02-03T00:30:00Z", true},
                {"since:2020-02-02T19:30:00.000-05:00", true},
                {"since:2020-02-03T08:30:00Z", false},
                {"day:2020-02-02", true},
                {"day:2020-02-03", false},
                {"cost:1.5", true},
                {"cost:1.50", true},
                {"cost:1.55", false},
                {"people:7", true},
                {"people:700", false},
                {"tools:pump", true},
                {"tools:rope", true},
                {"tools:saw", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *query = g_strconcat("field=", rows[i].field, NULL);
        is_listed("zhou", query, (const char *const[]){one}, rows[i].finds);
    }
    is_listed("zhou", "field=urgent:false", (const char *const[]){other}, 1);
    static const char *const wrong[][2] = {
        {"urgent:1", "wrong_type"},
        {"takes:3600000000", "invalid_duration"},
        {"since:2020-02-03", "invalid_datetime"},
        {"day:18294", "invalid_date"},
        {"cost:much", "wrong_type"},
        {"people:1.5", "wrong_type"},
        {"tools:hammer", "not_in_list"},
        {"topic:fire", "not_in_list"},
        {"takes:", "invalid_duration"},
        {"parts:x", "not_acceptable_parameter"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = g_strconcat("/api/v1/matters?kind=errand&field=", wrong[i][0], NULL);
        AUTO(reply) struct reply reply = rig_get(rig, "zhou", path);
        g_test_message("%s", path);
        g_assert_cmpstr(reply_text(&reply, "errors.0.code"), ==, wrong[i][1]);
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, "field");
    }
}

/* The kinds that are given to a unit, for those whose posts see them. */
static void handlers(void)
{
    AUTO(reply) struct reply errand_kind = rig_get(rig, "zhou", "/api/v1/kinds/errand");
    g_assert_cmpstr(reply_text(&errand_kind, "handler"), ==, "handler");
    AUTO(reply) struct reply home = rig_get(rig, "zhou", "/api/v1/kinds/home_observation");
    g_assert_null(json_at(home.json, "handler"));
    static const struct {
        const char *who;
        size_t count;
    } rows[] = {{"zhou", 1}, {"wang", 1}, {"zheng", 0}, {"li", 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply playbook = rig_get(rig, rows[i].who, "/api/v1/playbook");
        size_t at, count = 0;
        json_t *kind;
        json_array_foreach(json_at(playbook.json, "kinds"), at, kind) count += json_object_get(kind, "handler") != NULL;
        g_test_message("%s", rows[i].who);
        g_assert_cmpuint(count, ==, rows[i].count);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/lists/handlers", handlers);
    g_test_add_func("/lists/by-due", by_due); /* before the clock has moved */
    g_test_add_func("/lists/values-of-columns", values_of_columns);
    g_test_add_func("/lists/every-list-is-paged", every_list_is_paged);
    g_test_add_func("/lists/unit-types", unit_types);
    g_test_add_func("/lists/states-of-an-export", states_of_an_export);
    g_test_add_func("/lists/gaps", gaps);
    g_test_add_func("/lists/facts-of-units", facts_of_units);
    g_test_add_func("/lists/facts-in-indicators", facts_in_indicators);
    g_test_add_func("/lists/moves", moves);
    g_test_add_func("/lists/handovers", handovers);
    g_test_add_func("/lists/lent-shifts", lent_shifts);
    g_test_add_func("/lists/holders-by-handover", holders_by_handover);
    g_test_add_func("/lists/erasures", erasures);
    g_test_add_func("/lists/alerts", alerts);
    g_test_add_func("/lists/units-move-between-grounds", units_move_between_grounds);
    g_test_add_func("/lists/units-leave-grounds", units_leave_grounds);
    g_test_add_func("/lists/few-of-many", few_of_many);
    g_test_add_func("/lists/kinds-not-seen", kinds_not_seen);
    g_test_add_func("/lists/words-of-few", words_of_few);
    int result = g_test_run();
    rig_free(rig);
    return result;
}
