/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever is ill lends what they answer for, at once, and has it back. */
#include "world.h"

#include "base/json.h"

#define UNTIL "2020-02-03T20:00:00+08:00"
#define LEND                                                                                                           \
    "{'command':'hand_over_post','from_post':'$post_wang','mode':'post','to_person':'$stranger',"                      \
    "'until':'" UNTIL "','reason':'发烧'}"
#define SHIFT                                                                                                          \
    "{'command':'hand_over_post','from_post':'$post_wang','mode':'shift','to_post':'$post_zhao',"                      \
    "'until':'" UNTIL "','reason':'发烧'}"
#define ACCEPT   "{'command':'accept_handover','handover':'$offer'}"
#define OPEN(of) "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$" of "'}"

static void keep(struct world *world, const char *name, const char *event)
{
    int64_t id = json_get_integer(harness_last_event(world->harness, event)->body, "id", 0);
    g_hash_table_replace(world->handles, g_strdup(name), g_strdup_printf("%" G_GINT64_FORMAT, id));
}

/* Given: an arrival in wang's g1; somebody offers what wang has, and the taker accepts at 08:00. Then another one. */
static struct world *lent(const char *by, const char *offer, const char *taker)
{
    struct world *world = world_new();
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$zhao','role':'grid_worker','grounds':['#$g1'],'from':"
             "'2020-02-03T07:00:00+08:00'}");
    keep(world, "post_zhao", "post_appointed");
    world_do(world, "wang", "first", OPEN("li"));
    world_do(world, by, NULL, offer);
    keep(world, "offer", "handover_offered");
    assert_todo(world, "wang", "visit");
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, taker, NULL, ACCEPT);
    world_do(world, "wang", "second", OPEN("feng"));
    assert_todo(world, taker, "visit visit");
    assert_todo(world, "wang", "");
    return world;
}

static void test_a_deputy_until_then(void)
{
    AUTO(world) struct world *world = lent("wang", LEND, "stranger");
    struct post deputy;
    keep(world, "deputy", "post_appointed");
    g_assert_true(registry_post(world->harness->rows, world_id(world, "deputy"), &deputy));
    g_assert_cmpint(deputy.to_us, ==, world_time(UNTIL));
    g_assert_cmpint(deputy.deputy_of, ==, world_id(world, "post_wang"));
    world_do(world, "stranger", NULL, "{'command':'enter','matter':'$first','entry':'visit'}");
    world_at(world, "2020-02-03T19:59:59+08:00");
    assert_todo(world, "stranger", "visit");
    world_at(world, UNTIL);
    assert_todo(world, "stranger", "");
    assert_todo(world, "wang", "visit"); /* also what was asked meanwhile */
    world_refuse(world, "stranger", "{'command':'enter','matter':'$second','entry':'visit'}", PROBLEM_NO_RIGHT, NULL);
}

static void test_given_back_before(void)
{
    static const char *const both[] = {"stranger", "wang"};
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        AUTO(world) struct world *world = lent("wang", LEND, "stranger");
        keep(world, "deputy", "post_appointed");
        world_at(world, "2020-02-03T10:00:00+08:00");
        world_refuse(world, "zhao", "{'command':'end_post','post_id':'$deputy'}", PROBLEM_NO_RIGHT, NULL);
        world_refuse(world, "stranger", "{'command':'end_post','post_id':'$post_wang'}", PROBLEM_NO_RIGHT, NULL);
        world_do(world, both[i], NULL, "{'command':'end_post','post_id':'$deputy'}");
        assert_todo(world, "wang", "visit visit");
        assert_todo(world, "stranger", "");
    }
}

static void test_a_shift_comes_back(void)
{
    AUTO(world) struct world *world = lent("wang", SHIFT, "zhao");
    world_at(world, "2020-02-03T19:59:59+08:00");
    assert_todo(world, "zhao", "visit visit");
    world_at(world, UNTIL);
    assert_todo(world, "zhao", "");
    assert_todo(world, "wang", "visit visit");
}

/* By either of the two, or whoever offered it; not twice, and by nobody else. */
static void test_a_shift_ends_early(void)
{
    static const char *const both[] = {"wang", "zhao"};
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        AUTO(world) struct world *world = lent("wang", SHIFT, "zhao");
        world_at(world, "2020-02-03T10:00:00+08:00");
        assert_todo(world, "zhao", "visit visit");
        world_refuse(world, "sun", "{'command':'withdraw_handover','handover':'$offer'}", PROBLEM_UNKNOWN_HANDOVER,
                     "handover");
        world_do(world, both[i], NULL, "{'command':'withdraw_handover','handover':'$offer'}");
        world_at(world, "2020-02-03T10:00:01+08:00");
        assert_todo(world, "zhao", "");
        assert_todo(world, "wang", "visit visit");
        world_refuse(world, both[i], "{'command':'withdraw_handover','handover':'$offer'}", PROBLEM_HANDOVER_DECIDED,
                     "handover");
    }
}

/* What gives nobody a new right whoever stands above may do; whom to appoint is the registrar's. */
static void test_the_level_above(void)
{
    world_free(lent("zhou", SHIFT, "zhao"));
    world_free(lent("keeper", LEND, "stranger"));
    AUTO(world) struct world *world = lent("wu", SHIFT, "zhao");
    world_at(world, UNTIL);
    world_refuse(world, "zhou", LEND, PROBLEM_NO_RIGHT, NULL);
    world_refuse(world, "sun", SHIFT, PROBLEM_NO_RIGHT, NULL);
    world_refuse(world, "he", SHIFT, PROBLEM_NO_RIGHT, NULL);
    world_refuse(world, "zhao", SHIFT, PROBLEM_NO_RIGHT, NULL);
    world_refuse(world, "wang",
                 "{'command':'hand_over_post','from_post':'$post_wang','mode':'post','to_person':'$stranger',"
                 "'until':'2020-02-03T08:00:00+08:00','reason':'发烧'}",
                 PROBLEM_BEFORE_START, "until");
}

/* By a right had of whoever asked for a second person nobody is one; nor is whoever has lent it to who asked. */
static void test_lent_makes_no_second(void)
{
    static const char *const asked_by[] = {"zhou", "stranger"}, *const confirms[] = {"stranger", "zhou"};
    for (int turned = 0; turned < 2; turned++) {
        AUTO(world) struct world *world = world_new();
        world_do(world, NULL, NULL, "{'command':'appoint','person':'$zhou','role':'grid_worker','grounds':['#$g1']}");
        keep(world, "post_grid", "post_appointed");
        world_do(world, "zhou", NULL,
                 turned == 0 ? "{'command':'hand_over_post','from_post':'$post_zhou','mode':'post',"
                               "'to_person':'$stranger','until':'" UNTIL "','reason':'发烧'}"
                             : "{'command':'hand_over_post','from_post':'$post_grid','mode':'post',"
                               "'to_person':'$stranger','until':'" UNTIL "','reason':'发烧'}");
        keep(world, "offer", "handover_offered");
        world_do(world, "stranger", NULL, ACCEPT);
        world_do(world, "wang", "asked",
                 "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'danger'}}");
        world_do(world, asked_by[turned], NULL, "{'command':'enter','matter':'$asked','entry':'close_early'}");
        world_refuse(world, confirms[turned], "{'command':'enter','matter':'$asked','entry':'confirm_close_early'}",
                     PROBLEM_SAME_PERSON_REFUSED, NULL);
    }
}

/* Nor does anybody excuse, by the right of whoever stands above, what that person has missed. */
static void test_lent_excuses_nothing(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$zhou','role':'grid_worker','grounds':['#$g1']}");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_do(
        world, "zhou", NULL,
        "{'command':'hand_over_post','from_post':'$post_zhou','mode':'post','to_person':'$stranger','until':'" UNTIL
        "','reason':'发烧'}");
    keep(world, "offer", "handover_offered");
    world_do(world, "stranger", NULL, ACCEPT);
    world_do(world, "zhou", "first", OPEN("li"));
    assert_todo(world, "zhou", "visit");
    world_refuse(world, "stranger",
                 "{'command':'excuse','reason':'测试','expectations':[{'matter':'$first','number':1}]}",
                 PROBLEM_SAME_PERSON_REFUSED, NULL);
}

/* Whoever offered it for another finds it, and may withdraw it although they have lost their place above. */
static void test_the_offerer_withdraws(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$zhao','role':'grid_worker','grounds':['#$g1']}");
    keep(world, "post_zhao", "post_appointed");
    world_do(world, "zhou", NULL, SHIFT);
    keep(world, "offer", "handover_offered");
    g_autoptr(GArray) given =
        registry_handovers(world->harness->rows, world_id(world, "zhou"), HANDOVER_GIVEN, INT64_MAX, 0, 10);
    g_assert_cmpuint(given->len, ==, 1);
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_zhou'}");
    world_refuse(world, "sun", "{'command':'withdraw_handover','handover':'$offer'}", PROBLEM_UNKNOWN_HANDOVER,
                 "handover");
    world_do(world, "zhou", NULL, "{'command':'withdraw_handover','handover':'$offer'}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/leave/a-deputy-until-then", test_a_deputy_until_then);
    g_test_add_func("/matter/leave/given-back-before", test_given_back_before);
    g_test_add_func("/matter/leave/a-shift-comes-back", test_a_shift_comes_back);
    g_test_add_func("/matter/leave/a-shift-ends-early", test_a_shift_ends_early);
    g_test_add_func("/matter/leave/the-level-above", test_the_level_above);
    g_test_add_func("/matter/leave/lent-makes-no-second", test_lent_makes_no_second);
    g_test_add_func("/matter/leave/lent-excuses-nothing", test_lent_excuses_nothing);
    g_test_add_func("/matter/leave/the-offerer-withdraws", test_the_offerer_withdraws);
    return g_test_run();
}
