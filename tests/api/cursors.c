/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cursors of every list: sealed, bound to the list and to whoever was given them, and telling of nothing hidden. What a
 * list is asked for by: names that are known, codes of a day. */
#include "rig.h"

#include "api/endpoint.h"

#include <string.h>

static struct rig *rig;

static char *observed(const char *name, const char *unit)
{
    json_decref(
        rig_do(rig, "{'command':'move_in','persons':['%s'],'unit':'%s'}", rig_add(rig, name, NULL, NULL)->id, unit));
    json_t *row = rig_do(rig,
                         "{'command':'open_matter','kind':'home_observation','unit':'%s','subject':'%s',"
                         "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                         unit, rig_member(rig, name)->id);
    char *matter = g_strdup(json_at_text(row, "matter"));
    json_decref(row);
    return matter;
}

static char *next_of(const char *who, const char *path)
{
    AUTO(reply) struct reply reply = rig_get(rig, who, path);
    reply_is(&reply, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), ==, 1);
    g_assert_cmpstr(reply_text(&reply, "next"), !=, "");
    return g_strdup(reply_text(&reply, "next"));
}

/* What is not for them is said before. */
static void never_gives(const char *who, const char *list, const char *cursor)
{
    g_autofree char *path = g_strdup_printf("%s?cursor=%s", list, cursor);
    AUTO(reply) struct reply reply = rig_get(rig, who, path);
    if (reply.status == 403)
        reply_is(&reply, 403, "no_right");
    else
        reply_is(&reply, 400, "invalid_cursor");
}

static void gives(const char *who, const char *list, const char *cursor, int status)
{
    g_autofree char *path = g_strdup_printf("%s%ccursor=%s", list, strchr(list, '?') != NULL ? '&' : '?', cursor);
    AUTO(reply) struct reply reply = rig_get(rig, who, path);
    g_test_message("%s %s", who, list);
    reply_is(&reply, status, status == 400 ? "invalid_cursor" : NULL);
}

/* ---- every list ---- */

static bool pages(const struct endpoint *endpoint)
{
    for (const struct query_param *param = endpoint->query; param != NULL && param->name != NULL; param++)
        if (strcmp(param->name, "cursor") == 0)
            return true;
    return false;
}

/* Of something that zhou sees. */
static const char *named(const char *part, const char *matter)
{
    if (strcmp(part, "{matter}") == 0)
        return matter;
    if (strcmp(part, "{board}") == 0)
        return "standing";
    return strcmp(part, "{person}") == 0 ? rig_member(rig, "zhou")->id : GRID;
}

static char *path_of(const struct endpoint *endpoint, const char *matter)
{
    g_auto(GStrv) parts = g_strsplit(endpoint->path, "/", -1);
    for (char **part = parts; *part != NULL; part++)
        if (**part == '{') {
            char *name = g_strdup(named(*part, matter));
            g_free(*part);
            *part = name;
        }
    return g_strjoinv("/", parts);
}

/* What people made of integers before is refused as what was never one. */
static void made_up(void)
{
    static const char *const cursors[] = {"x",
                                          "MA",
                                          "MC4w",
                                          "MC4wLjA",
                                          "MTU4MDY4ODAwMDAwMDAwMC4x",
                                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    g_autofree char *matter = observed("cursor", GRID);
    size_t lists = 0;
    for (size_t i = 0; i < endpoint_count; i++) {
        if (!pages(&endpoints[i]))
            continue;
        g_autofree char *path = path_of(&endpoints[i], matter);
        for (size_t j = 0; j < G_N_ELEMENTS(cursors); j++)
            never_gives("zhou", path, cursors[j]);
        lists++;
    }
    g_assert_cmpuint(lists, >=, 13);
}

/* ---- bound ---- */

static void bound(void)
{
    g_autofree char *one = observed("yi", GRID);
    g_free(observed("er", GRID)); /* so that there is a second page */
    static const char list[] = "/api/v1/matters?limit=1&kind=home_observation";
    g_autofree char *next = next_of("zhou", list), *again = next_of("zhou", list);
    g_assert_cmpstr(next, ==, again); /* so that a page asked for again is known by its tag */
    gives("zhou", list, next, 200);
    gives("zhou", "/api/v1/matters?kind=home_observation", next, 200); /* of another length */
    gives("zhou", "/api/v1/matters?kind=home_observation&limit=2", next, 200);
    gives("chen", list, next, 400);
    gives("watcher", list, next, 400);
    gives("zhou", "/api/v1/matters?limit=1", next, 400);
    gives("zhou", "/api/v1/matters?limit=1&kind=home_observation&open=true", next, 400);
    gives("zhou", "/api/v1/matters?limit=1&kind=anomaly_report", next, 400);
    gives("zhou", "/api/v1/tasks?limit=1", next, 400); /* a cursor of as many parts */
    g_autofree char *first = g_strdup_printf("/api/v1/matters/%s/participants", one);
    gives("zhou", first, next, 400);
    for (size_t i = 0; i < strlen(next); i++) {
        g_autofree char *changed = g_strdup(next);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        gives("zhou", list, changed, 400);
    }
}

/* ---- what stays hidden ---- */

/* Sun sees one matter: that others will be erased before and behind it shows neither in `next` nor in short pages. */
static void hidden(void)
{
    static const char *const units[] = {GRID, OTHER_GRID, GRID2, OTHER_GRID, GRID};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autofree char *name = g_strdup_printf("retained%zu", i);
        g_autofree char *matter = observed(name, units[i]);
        json_decref(rig_do(rig, "{'command':'hold_matter','matter':'%s','reason':'复议'}", matter));
    }
    AUTO(reply) struct reply all = rig_get(rig, "sun", "/api/v1/retention?limit=200");
    reply_is(&all, 200, NULL);
    size_t count = json_array_size(json_at(all.json, "data"));
    g_autofree char *path = g_strdup_printf("/api/v1/retention?limit=%zu", MAX(count, 1));
    AUTO(reply) struct reply exact = rig_get(rig, "sun", path);
    g_assert_cmpuint(json_array_size(json_at(exact.json, "data")), ==, count);
    g_assert_true(json_is_null(json_at(exact.json, "next")));
    AUTO(reply) struct reply nobody = rig_get(rig, "stranger", "/api/v1/retention?limit=1");
    g_assert_cmpuint(json_array_size(json_at(nobody.json, "data")), ==, 0);
    g_assert_true(json_is_null(json_at(nobody.json, "next")));
}

/* A misspelt name finds nothing, which is no answer. */
static void names_are_known(void)
{
    static const struct {
        const char *query, *code, *field;
        int status;
    } rows[] = {
        {"kind=home_observation", NULL, "", 200},
        {"kind=home_observation&state=observing", NULL, "", 200},
        {"state=observing", NULL, "", 200},
        {"kind=home_observaton", "unknown_kind", "kind", 422},
        {"kind=home_observation&state=running", "not_acceptable_parameter", "state", 400}, /* of another kind */
        {"state=observng", "not_acceptable_parameter", "state", 400},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/matters?%s", rows[i].query);
        AUTO(reply) struct reply reply = rig_get(rig, "chen", path);
        reply_is(&reply, rows[i].status, rows[i].code);
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, rows[i].field);
    }
}

/* A code means what it meant on the day that is asked for. */
static void codes_of_the_day(void)
{
    json_decref(rig_do(rig, "{'command':'create_unit','parent':'" SUBDISTRICT
                            "','type':'community','name':'演旧社区','code':'110101001077','date':'2020-01-05'}"));
    json_decref(rig_do(rig, "{'command':'rename_unit','unit':'110101001077','name':'演新社区'}"));
    json_decref(rig_do(rig, "{'command':'recode_unit','unit':'110101001077','code':'110101001078'}"));
    rig_settle(rig);
    static const struct {
        const char *path, *name;
        int status;
    } rows[] = {
        {"/api/v1/units/110101001077", "", 404},
        {"/api/v1/units/110101001077?at=2020-01-20", "演旧社区", 200},
        {"/api/v1/units/110101001077?at=2020-01-01", "", 404}, /* before it came to be */
        {"/api/v1/units/110101001078", "演新社区", 200},
        {"/api/v1/units/110101001078?at=2020-01-20", "", 404},
        {"/api/v1/units/110101001077/responsible?at=2020-01-20", "", 200},
        {"/api/v1/units/110101001077/responsible", "", 404},
        {"/api/v1/units/110101001077/posts?at=2020-01-20", "", 200},
        {"/api/v1/units?at=2020-01-20", "", 400},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = rig_get(rig, "zhou", rows[i].path);
        g_assert_cmpint(reply.status, ==, rows[i].status);
        g_assert_cmpstr(reply_text(&reply, "name"), ==, rows[i].name);
    }
    AUTO(reply) struct reply then = rig_get(rig, "zhou", "/api/v1/units?code=110101001077&at=2020-01-20");
    g_assert_cmpstr(reply_text(&then, "data.0.name"), ==, "演旧社区");
    AUTO(reply) struct reply now = rig_get(rig, "zhou", "/api/v1/units?code=110101001077");
    g_assert_cmpuint(json_array_size(json_at(now.json, "data")), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/cursors/names-are-known", names_are_known);
    g_test_add_func("/cursors/codes-of-the-day", codes_of_the_day);
    g_test_add_func("/cursors/made-up", made_up);
    g_test_add_func("/cursors/bound", bound);
    g_test_add_func("/cursors/hidden", hidden);
    int result = g_test_run();
    rig_free(rig);
    return result;
}
