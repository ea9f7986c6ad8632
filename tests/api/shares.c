/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts that grants give: no two of them can be subtracted. */
#include "rig.h"

static struct rig *rig;

static char *share(void)
{
    AUTO(reply)
    struct reply made =
        rig_command(rig, "wu", "/api/v1/matters",
                    "{'kind':'data_share','unit':'" COMMUNITY "','participants':{'receiver':'" SIBLING
                    "'},'form':{'concepts':['person.residence'],'grain':'counts','purpose':'x','law':'x',"
                    "'until':'2099-01-01T00:00:00+08:00'}}");
    reply_is(&made, 201, NULL);
    return g_strdup_printf("/api/v1/matters/%s/shared", reply_text(&made, "id"));
}

/* 0: null. */
static int64_t told(const char *path)
{
    AUTO(reply) struct reply reply = rig_get(rig, "neighbour", path);
    reply_is(&reply, 200, NULL);
    const json_t *concept = json_object_get(json_at(reply.json, "counts"), "person.residence");
    g_assert_nonnull(concept);
    return json_integer_value(json_object_get(concept, "persons"));
}

static void open_homes(int count)
{
    for (int i = 0; i < count; i++) {
        g_autofree char *id_number = rig_id_number(++rig->next_number);
        AUTO(reply)
        struct reply reply = rig_command(rig, "chen", "/api/v1/matters",
                                         "{'kind':'home_observation','unit':'" GRID
                                         "','subject':{'name':'测试住','id_number':'%s'},'form':{"
                                         "'last_exposure':'2020-02-01T12:00:00+08:00','address':'花园路2号'}}",
                                         id_number);
        reply_is(&reply, 201, NULL);
    }
}

/* Neither the next one, nor another grant over nearly the same people, tells of one person. */
static void counts_apart(void)
{
    g_autofree char *first = share(), *second = share();
    g_assert_cmpint(told(first), ==, 0);
    open_homes(7);
    g_assert_cmpint(told(first), ==, 5);
    open_homes(4);
    g_assert_cmpint(told(first), ==, 5); /* eleven */
    g_assert_cmpint(told(second), ==, 5);
    open_homes(1);
    g_assert_cmpint(told(second), ==, 10);
    g_assert_cmpint(told(first), ==, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    rig_add(rig, "neighbour", "community_secretary", SIBLING);
    g_test_add_func("/shares/counts-apart", counts_apart);
    int result = g_test_run();
    rig_free(rig);
    return result;
}
