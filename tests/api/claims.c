/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several in one role see of each other's work at the doors. */
#include "rig.h"

#include <string.h>

static struct rig *rig;

/* Of two in one role on one ground: both see it, one takes it. */
static void claims(void)
{
    g_autofree char *home = rig_observe(rig, "li");
    g_autofree char *expectations = g_strdup_printf("/api/v1/matters/%s/expectations", home);
    rig_add(rig, "xu", "grid_worker", GRID);
    static const char *const both[] = {"wang", "xu"};
    g_autofree char *claim = g_strdup_printf("/api/v1/matters/%s/claim", home);
    g_autofree char *back = g_strdup_printf("/api/v1/matters/%s/give-back", home);
    AUTO(reply) struct reply list = rig_get(rig, "wang", expectations);
    json_t *last = json_array_get(json_at(list.json, "data"), json_array_size(json_at(list.json, "data")) - 1);
    long long number = json_integer_value(json_object_get(last, "number"));
    for (int taken = 0; taken < 3; taken++) { /* before, while xu has it, afterwards */
        for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
            AUTO(reply) struct reply tasks = rig_get(rig, both[i], "/api/v1/tasks");
            AUTO(reply) struct reply asked = rig_get(rig, both[i], expectations);
            json_t *row = json_array_get(json_at(asked.json, "data"), json_array_size(json_at(asked.json, "data")) - 1);
            g_assert_cmpuint(json_array_size(json_at(tasks.json, "data")), ==, 1);
            g_assert_cmpint(json_is_true(json_at(tasks.json, "data.0.mine")), ==, (taken == 1) == (i == 1));
            g_assert_true(json_equal(json_at(tasks.json, "data.0.mine"), json_object_get(row, "mine")));
            g_assert_cmpstr(reply_text(&tasks, "data.0.who.person.name"), ==, taken == 1 ? "测试xu" : "测试wang");
            g_assert_cmpint(json_at(tasks.json, "data.0.claimed") != NULL, ==, taken == 1);
            g_assert_cmpint(json_object_get(row, "claimed") != NULL, ==, taken == 1);
            g_assert_cmpstr(reply_text(&tasks, "data.0.subject.name"), ==, "测试li");
            AUTO(reply) struct reply snapshot = rig_get(rig, both[i], "/api/v1/snapshot");
            g_assert_nonnull(strstr(snapshot.text->str, taken == 1 ? "\"claimed\"" : "\"mine\""));
        }
        if (taken == 2)
            continue;
        AUTO(reply)
        struct reply made = rig_command(rig, "xu", taken == 0 ? claim : back, "{'number':%lld}", number);
        reply_is(&made, 201, NULL);
        AUTO(reply) struct reply refused = rig_command(rig, "sun", claim, "{'number':%lld}", number);
        reply_is(&refused, 422, "unknown_matter");
    }
}

/* Whoever is asked to take a post sees what it brings, and nobody's name. */
static void before_accepting(void)
{
    AUTO(reply)
    struct reply offer =
        rig_command(rig, "wang", "/api/v1/handovers",
                    "{'from_post':'%s','mode':'post','to_person':'%s','until':'2120-02-04T08:00:00+08:00','reason':"
                    "'发烧'}",
                    rig_member(rig, "wang")->post_id, rig_member(rig, "chen")->id);
    reply_is(&offer, 201, NULL);
    g_autofree char *id = g_strdup(reply_text(&offer, "events.0.id"));
    g_autofree char *path = g_strdup_printf("/api/v1/handovers/%s/tasks", id);
    static const char *const may[] = {"chen", "wang", "keeper"}, *const others[] = {"zhou", "sun", "stranger", "zheng"};
    for (size_t i = 0; i < G_N_ELEMENTS(may); i++) {
        AUTO(reply) struct reply list = rig_get(rig, may[i], path);
        reply_is(&list, 200, NULL);
        g_assert_cmpuint(json_array_size(json_at(list.json, "data")), ==, 1);
        g_assert_cmpstr(reply_text(&list, "data.0.entry"), ==, "check_in");
        g_assert_null(strstr(list.text->str, "测试li"));
        g_assert_null(json_at(list.json, "data.0.subject"));
        g_assert_null(json_at(list.json, "data.0.matter"));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        AUTO(reply) struct reply list = rig_get(rig, others[i], path);
        reply_is(&list, 404, "not_found");
    }
    AUTO(reply) struct reply none = rig_get(rig, "chen", "/api/v1/handovers/x/tasks");
    reply_is(&none, 404, "not_found");
    g_autofree char *withdraw = g_strdup_printf("/api/v1/handovers/%s/withdraw", id);
    AUTO(reply) struct reply withdrawn = rig_command(rig, "wang", withdraw, "{}");
    reply_is(&withdrawn, 201, NULL);
    AUTO(reply) struct reply settled = rig_get(rig, "chen", path);
    reply_is(&settled, 404, "not_found");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/claims/seen-by-both", claims);
    g_test_add_func("/claims/before-accepting", before_accepting);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
