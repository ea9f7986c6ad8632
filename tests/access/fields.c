/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A field that is visible to some roles alone: door by door, there for them and for the subject, absent for others. */
#include "api/rig.h"

#include <string.h>

#define SOURCE "线人甲"
#define TIP    "后门没锁"

static struct rig *rig;
static char *home, *inspection, *entries, *document;

static char *opened(const char *who, const char *body)
{
    AUTO(reply) struct reply reply = rig_command(rig, who, "/api/v1/matters", "%s", body);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}

static void open_matters(void)
{
    g_autofree char *of_li =
        g_strdup_printf("{'kind':'home_observation','unit':'" GRID
                        "','subject':'%s','form':{'last_exposure':'2020-02-01T12:00:00+08:00','source':'" SOURCE
                        "','address':'花园1号楼'}}",
                        rig_member(rig, "li")->id);
    g_autofree char *of_grid = g_strdup_printf("{'kind':'inspection','unit':'" GRID "','subject':'%" G_GINT64_FORMAT
                                               "','form':{'topic':'消毒','tip':'" TIP "'}}",
                                               rig_unit(rig, GRID));
    g_autofree char *id = opened("chen", of_li);
    home = g_strdup_printf("/api/v1/matters/%s", id);
    entries = g_strdup_printf("%s/entries", home);
    AUTO(reply)
    struct reply told =
        rig_command(rig, "li", entries, "{'entry':'object','fields':{'reason':'已检测','confided':'" SOURCE "'}}");
    reply_is(&told, 201, NULL);
    g_autofree char *other = opened("zheng", of_grid);
    inspection = g_strdup_printf("/api/v1/matters/%s", other);
    document = g_strdup_printf("%s/documents/tip_note", inspection);
}

/* who · path · whether the text stands in what comes */
static void shows(const char *who, const char *path, const char *text, bool expected)
{
    AUTO(reply) struct reply reply = rig_get(rig, who, path);
    reply_is(&reply, 200, NULL);
    if ((strstr(reply.text->str, text) != NULL) != expected)
        g_error("%s of %s: %s", path, who, reply.text->str);
}

static void in_the_form(void)
{
    shows("wu", home, "\"source\"", true);
    shows("li", home, SOURCE, true);      /* it is about them */
    shows("chen", home, "source", false); /* absent, not masked, though they typed it */
    shows("wang", home, "source", false);
    shows("watcher", home, "source", false);
    shows("keeper", inspection, TIP, true);
    shows("zheng", inspection, "\"tip\"", false);
}

static void in_entries(void)
{
    shows("wu", entries, SOURCE, true);
    shows("li", entries, SOURCE, true);
    shows("chen", entries, "confided", false);
    shows("chen", entries, "reason", true);
}

static void in_exports(void)
{
    shows("wu", "/api/v1/exports/home_observation.csv", SOURCE, true);
    shows("chen", "/api/v1/exports/home_observation.csv", SOURCE, false);
    shows("keeper", "/api/v1/exports/inspection.csv", TIP, true);
    shows("zheng", "/api/v1/exports/inspection.csv", TIP, false);
}

/* Who could search for it would learn it letter by letter. */
static void in_searches(void)
{
    g_autofree char *tip = g_uri_escape_string("/后门", "/", FALSE), *topic = g_uri_escape_string("消毒", NULL, FALSE);
    g_autofree char *hidden = g_strdup_printf("/api/v1/matters?q=%s", tip + 1);
    g_autofree char *open = g_strdup_printf("/api/v1/matters?q=%s", topic);
    shows("keeper", hidden, "inspection", true);
    shows("zheng", hidden, "inspection", false);
    shows("zheng", open, "inspection", true);
}

static void in_documents(void)
{
    g_autofree char *list = g_strdup_printf("%s/documents", inspection);
    shows("keeper", document, TIP, true);
    shows("keeper", list, "tip_note", true);
    shows("zheng", list, "tip_note", false);
    AUTO(reply) struct reply refused = rig_get(rig, "zheng", document);
    reply_is(&refused, 403, "no_right");
}

static void in_the_kind(void)
{
    AUTO(reply) struct reply kind = rig_get(rig, "zheng", "/api/v1/kinds/inspection");
    reply_is(&kind, 200, NULL);
    g_assert_cmpstr(reply_text(&kind, "form.0.visible_to.0"), ==, "data_steward");
    g_assert_null(json_at(kind.json, "form.1.visible_to"));
}

/* Traces are written without anybody's waiting for them. */
static void comes_to_show(const char *who, const char *path, const char *text)
{
    for (int tries = 0; tries < 500; tries++) {
        AUTO(reply) struct reply reply = rig_get(rig, who, path);
        if (strstr(reply.text->str, text) != NULL)
            return;
        g_usleep(10000);
    }
    g_error("%s never shows %s", path, text);
}

/* Confirmed rather than asked for again, by whoever may read where it stands; and that leaves a trace. */
static void what_is_known(void)
{
    const char *li = rig_member(rig, "li")->id;
    g_autofree char *all = g_strdup_printf("/api/v1/persons/%s/known", li);
    g_autofree char *asked = g_strdup_printf("%s?kind=anomaly_report", all);
    g_autofree char *unknown = g_strdup_printf("%s?kind=nothing", all);
    g_autofree char *traces = g_strdup_printf("/api/v1/persons/%s/traces", li);
    AUTO(reply)
    struct reply read = rig_command(rig, "wang", entries, "{'entry':'check_in','fields':{'temperature':36.6}}");
    reply_is(&read, 201, NULL);
    AUTO(reply) struct reply doctor = rig_get(rig, "chen", all);
    reply_is(&doctor, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(doctor.json, "data")), ==, 2);
    g_assert_cmpstr(reply_text(&doctor, "data.0.concept"), ==, "person.residence");
    g_assert_cmpstr(reply_text(&doctor, "data.0.value"), ==, "花园1号楼");
    g_assert_cmpstr(reply_text(&doctor, "data.0.kind"), ==, "home_observation");
    g_assert_cmpstr(reply_text(&doctor, "data.1.value"), ==, "36.6");
    shows("wu", all, "花园", false); /* their role masks */
    shows("wu", all, "\"masked\":true", true);
    comes_to_show("watcher", traces, "\"known\"");
    AUTO(reply) struct reply fresh = rig_get(rig, "wang", asked);
    g_assert_cmpuint(json_array_size(json_at(fresh.json, "data")), ==, 1);
    g_assert_false(json_is_true(json_at(fresh.json, "data.0.ask_again")));
    clock_set(&rig->clock, RIG_NOW_US + 2 * 3600 * INT64_C(1000000));
    shows("wang", asked, "\"ask_again\":true", true);
    AUTO(reply) struct reply no_kind = rig_get(rig, "wang", unknown);
    reply_is(&no_kind, 404, "not_found");
    AUTO(reply) struct reply elsewhere = rig_get(rig, "stranger", all);
    reply_is(&elsewhere, 404, "not_found");
    shows("wang", "/api/v1/kinds/anomaly_report", "\"every\":\"1h\"", true);
    shows("wang", "/api/v1/kinds/anomaly_report", "\"concept\":\"reading.temperature\"", true);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    open_matters();
    g_test_add_func("/fields/form", in_the_form);
    g_test_add_func("/fields/entries", in_entries);
    g_test_add_func("/fields/exports", in_exports);
    g_test_add_func("/fields/searches", in_searches);
    g_test_add_func("/fields/documents", in_documents);
    g_test_add_func("/fields/kind", in_the_kind);
    g_test_add_func("/fields/known", what_is_known);
    int failed = g_test_run();
    rig_free(rig);
    g_free(home);
    g_free(inspection);
    g_free(entries);
    g_free(document);
    return failed;
}
