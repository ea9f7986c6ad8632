/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one row of a round shows says nothing of the others: each is looked at by its own place and kind. */
#include "api/rig.h"

#include <string.h>

static struct rig *rig;

static char *observed(const char *whom, const char *unit)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, "chen", "/api/v1/matters",
                                     "{'kind':'home_observation','unit':'%s','subject':'%s','form':{'last_exposure':"
                                     "'2020-02-01T12:00:00+08:00'}}",
                                     unit, rig_member(rig, whom)->id);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}

/* By the worker of GRID; NULL: it is accepted. */
static void enters(const char *first, const char *second, const char *field)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, "wang", "/api/v1/rounds",
                                     "{'entry':'check_in','rows':[{'matter':'%s','fields':{'temperature':36.5}},"
                                     "{'matter':'%s','fields':{'temperature':36.5}}]}",
                                     first, second);
    g_test_message("%s", reply.text->str);
    if (field == NULL) {
        reply_is(&reply, 201, NULL);
        return;
    }
    g_assert_cmpint(reply.status, >=, 400);
    g_assert_cmpuint(json_array_size(json_at(reply.json, "errors")), ==, 1);
    g_assert_cmpstr(json_at_text(reply.json, "errors.0.code"), ==, "unknown_matter");
    g_assert_cmpstr(json_at_text(reply.json, "errors.0.field"), ==, field);
}

static void each_place_is_looked_at(void)
{
    g_autofree char *here = observed("li", GRID), *beside = observed("zhao", GRID2);
    enters(here, beside, "rows[1].matter");
    enters(beside, here, "rows[0].matter");
    enters(here, "0000018f-0000-7000-8000-000000000000", "rows[1].matter"); /* the same of what is not there */
}

static void neighbours_are_entered(void)
{
    g_autofree char *here = observed("li", GRID), *beside = observed("zhao", GRID);
    enters(here, beside, NULL);
}

static void in_a_city(void (*test)(void))
{
    rig = rig_new();
    test();
    rig_free(rig);
}

static void test_places(void)
{
    in_a_city(each_place_is_looked_at);
}

static void test_neighbours(void)
{
    in_a_city(neighbours_are_entered);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/access/round/places", test_places);
    g_test_add_func("/access/round/neighbours", test_neighbours);
    return g_test_run();
}
