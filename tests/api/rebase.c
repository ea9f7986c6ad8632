/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Over the door: what would not fit is told, nothing changes before somebody asks, and what was entered can be read. */
#include "rig.h"

#include <string.h>

#define REBASE "/api/v1/playbook/rebase"

extern const char rig_playbook[];

static struct rig *rig;

static void adopt(int version, const char *const (*edits)[2], size_t count)
{
    g_autofree char *number = g_strdup_printf("version: %d\n", version);
    g_auto(GStrv) halves = g_strsplit(rig_playbook, "version: 1\n", 2);
    g_autofree char *text = g_strjoinv(number, halves);
    for (size_t i = 0; i < count; i++) {
        g_auto(GStrv) parts = g_strsplit(text, edits[i][0], -1);
        if (g_strv_length(parts) < 2)
            g_error("the playbook does not say %s", edits[i][0]);
        g_free(text);
        text = g_strjoinv(edits[i][1], parts);
    }
    AUTO(reply) struct reply reply = rig_adopt(rig, text, NULL);
    reply_is(&reply, 201, NULL);
}

static char *observe(const char *name)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, "chen", "/api/v1/matters",
                                     "{'kind':'home_observation','unit':'" GRID "','subject':{'name':'%s'},"
                                     "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                                     name);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}

static struct reply get_matter(const char *id, const char *part)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s%s", id, part);
    return rig_get(rig, "chen", path);
}

static void looks_and_does(void)
{
    static const char *const second[][2] = {
        {"  object:\n    title: {zh: 提出异议, en: Object}", "  protest:\n    title: {zh: 申诉, en: Protest}"},
        {"last(object)", "last(protest)"}};
    rig = rig_new();
    g_autofree char *one = observe("测试甲");
    AUTO(reply)
    struct reply entered = rig_command(rig, "chen", "/api/v1/commands",
                                       "{'command':'enter','matter':'%s','entry':'object','fields':{'reason':'太久',"
                                       "'confided':'家中有事'}}",
                                       one);
    reply_is(&entered, 201, NULL);
    adopt(2, second, G_N_ELEMENTS(second));

    AUTO(reply) struct reply denied = rig_get(rig, "chen", REBASE "?kind=home_observation");
    reply_is(&denied, 403, "no_right");
    AUTO(reply) struct reply unnamed = rig_get(rig, "keeper", REBASE);
    reply_is(&unnamed, 422, "missing_field");
    AUTO(reply) struct reply looked = rig_get(rig, "keeper", REBASE "?kind=home_observation&unit=" COMMUNITY);
    reply_is(&looked, 200, NULL);
    g_assert_cmpint(json_integer_value(json_at(looked.json, "fitting")), ==, 1);
    g_assert_cmpint(json_integer_value(json_at(looked.json, "version")), ==, 2);
    g_assert_true(json_is_null(json_at(looked.json, "progress")));
    AUTO(reply)
    struct reply aside = rig_get(rig, "keeper", REBASE "?kind=home_observation&unit=" OTHER_COMMUNITY);
    g_assert_cmpint(json_integer_value(json_at(aside.json, "fitting")), ==, 0);

    AUTO(reply) struct reply done = rig_command(rig, "keeper", REBASE, "{'kind':'home_observation'}");
    reply_is(&done, 201, NULL);
    g_assert_cmpstr(reply_text(&done, "events.0.event"), ==, "matter_rebased");
    g_assert_cmpstr(reply_text(&done, "events.0.matter"), ==, one);
    g_assert_cmpint(json_integer_value(json_at(done.json, "events.1.rebased")), ==, 1);
    g_assert_true(json_is_true(json_at(done.json, "events.1.done")));
    AUTO(reply) struct reply after = rig_get(rig, "keeper", REBASE "?kind=home_observation");
    g_assert_cmpint(json_integer_value(json_at(after.json, "fitting")), ==, 0);
    g_assert_true(json_is_true(json_at(after.json, "progress.done")));

    /* The rules have no such entry any more: it is told by those under which it was made, to those who might see it. */
    AUTO(reply) struct reply entries = get_matter(one, "/entries");
    g_assert_cmpstr(reply_text(&entries, "data.0.title.en"), ==, "Object");
    g_assert_cmpstr(reply_text(&entries, "data.0.fields.reason"), ==, "太久");
    g_assert_null(json_at(entries.json, "data.0.fields.confided"));
    AUTO(reply)
    struct reply old = rig_command(rig, "chen", "/api/v1/commands",
                                   "{'command':'enter','matter':'%s','entry':'object','fields':{'reason':'x'}}", one);
    reply_is(&old, 422, "unknown_entry_kind");
    rig_free(rig);
}

static void tells_what_does_not_fit(void)
{
    static const char *const second[][2] = {{"  reported:\n    title: {zh: 已上报", "  told:\n    title: {zh: 已上报"}};
    rig = rig_new();
    AUTO(reply)
    struct reply opened = rig_command(rig, "wang", "/api/v1/matters",
                                      "{'kind':'anomaly_report','unit':'" GRID "','subject':{'name':'测试乙'}}");
    reply_is(&opened, 201, NULL);
    adopt(2, second, G_N_ELEMENTS(second));
    AUTO(reply) struct reply looked = rig_get(rig, "keeper", REBASE "?kind=anomaly_report");
    reply_is(&looked, 200, NULL);
    g_assert_cmpstr(reply_text(&looked, "data.0.matter"), ==, reply_text(&opened, "id"));
    g_assert_cmpstr(reply_text(&looked, "data.0.state"), ==, "reported");
    g_assert_cmpstr(reply_text(&looked, "data.0.code"), ==, "state_gone");
    AUTO(reply) struct reply refused = rig_command(rig, "keeper", REBASE, "{'kind':'anomaly_report'}");
    reply_is(&refused, 409, "state_gone");
    g_assert_nonnull(strstr(reply_text(&refused, "errors.0.detail"), reply_text(&opened, "id")));
    AUTO(reply)
    struct reply skipped = rig_command(rig, "keeper", REBASE, "{'kind':'anomaly_report','skip':true}");
    reply_is(&skipped, 201, NULL);
    g_assert_cmpint(json_integer_value(json_at(skipped.json, "events.0.passed")), ==, 1);
    rig_free(rig);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rebase/looks-and-does", looks_and_does);
    g_test_add_func("/rebase/does-not-fit", tells_what_does_not_fit);
    return g_test_run();
}
