/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A matter goes to another unit: offered, accepted, refused with a cap, within a stream and by letter. */
#include "world.h"

#include <stdlib.h>

#define HAND_OVER(to) "{'command':'hand_over_matter','matter':'$came','to':'#$" to "','reason':'测试'}"
#define ACCEPT        "{'command':'accept_matter','matter':'$came'}"
#define REFUSE        "{'command':'refuse_matter','matter':'$came','reason':'wrong_address'}"
#define ASSIGN(to)                                                                                                     \
    "{'command':'enter','matter':'$came','entry':'assign_handover','fields':{'to':'#$" to "','reason':'测试'}}"

static struct world *arrived(void)
{
    struct world *world = world_new();
    world_do(world, "wang", "came",
             "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$li','form':{'from':'测试'}}");
    return world;
}

static int64_t unit_of(struct world *world)
{
    return world_matter(world, "came").unit;
}

static void test_accepted(void)
{
    AUTO(world) struct world *world = arrived();
    world_do(world, "wang", NULL, HAND_OVER("g2"));
    assert_expectations(world, "came", "visit:open accept_handover:open");
    assert_todo(world, "wang", "visit");
    assert_todo(world, "sun", "accept_handover");
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g1"));
    world_do(world, "sun", NULL, ACCEPT);
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g2"));
    g_assert_cmpstr(world_matter(world, "came").state, ==, "received");
    assert_expectations(world, "came", "visit:withdrawn accept_handover:met first_visit:open");
    assert_todo(world, "wang", "");
    assert_todo(world, "sun", "first_visit");
    world_refuse(world, "sun", ACCEPT, PROBLEM_UNKNOWN_HANDOVER, NULL);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM span WHERE state IN ('registered', 'received')"), ==, 2);
}

/* The giver answers while it waits, and the offer outlives what the giver does. */
static void test_giver_answers(void)
{
    AUTO(world) struct world *world = arrived();
    world_do(world, "wang", NULL, HAND_OVER("g2"));
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$came','entry':'visit'}");
    assert_expectations(world, "came", "visit:met accept_handover:withdrawn");
    world_refuse(world, "sun", ACCEPT, PROBLEM_UNKNOWN_HANDOVER, NULL);
}

/* Whoever was to accept has left: the next who holds the role there is asked, and not nobody. */
static void test_receiver_leaves(void)
{
    AUTO(world) struct world *world = arrived();
    world_do(world, "wang", NULL, HAND_OVER("g2"));
    assert_todo(world, "sun", "accept_handover");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_sun'}");
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$feng','role':'grid_worker','grounds':['#$g2']}");
    world_tick(world);
    assert_todo(world, "sun", "");
    assert_todo(world, "feng", "accept_handover");
    world_do(world, "feng", NULL, ACCEPT);
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g2"));
}

static void test_overdue(void)
{
    AUTO(world) struct world *world = arrived();
    world_do(world, "wang", NULL, HAND_OVER("g2"));
    world_at(world, "2020-02-03T11:00:00+08:00");
    assert_expectations(world, "came", "visit:open accept_handover:open");
    world_at(world, "2020-02-03T11:00:01+08:00");
    assert_expectations(world, "came", "visit:open accept_handover:overdue");
    world_do(world, "sun", NULL, ACCEPT);
    assert_expectations(world, "came", "visit:withdrawn accept_handover:late first_visit:open");
}

/* Refused twice; the third time only the level that covers both may be asked, and nobody may refuse. */
static void test_bounces(void)
{
    AUTO(world) struct world *world = arrived();
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$stranger','role':'grid_worker','grounds':['#$garden'],"
             "'from':'2020-01-01T00:00:00+08:00'}");
    world_tick(world);
    for (int i = 0; i < 2; i++) {
        world_do(world, "wang", NULL, HAND_OVER("g2"));
        assert_todo(world, "sun", "accept_handover");
        world_do(world, "sun", NULL, REFUSE);
        assert_todo(world, "sun", "");
    }
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g1"));
    world_do(world, "wang", NULL, HAND_OVER("g2"));
    assert_todo(world, "stranger", "accept_handover");
    world_refuse(world, "sun", REFUSE, PROBLEM_BOUNCE_CAP_REACHED, NULL);
    world_refuse(world, "stranger", REFUSE, PROBLEM_BOUNCE_CAP_REACHED, NULL);
    world_do(world, "stranger", NULL, ACCEPT);
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g2"));
    g_assert_cmpint(world_count(world, "SELECT bounces FROM matter_handover"), ==, 0);
}

/* To another district and back: every step lies in the stream where the matter was opened, wherever it is. */
static void test_districts(void)
{
    AUTO(world) struct world *world = arrived();
    world_do(world, "wang", NULL, HAND_OVER("g4"));
    assert_todo(world, "he", "accept_handover");
    world_do(world, "he", NULL, REFUSE);
    g_assert_cmpint(world_count(world, "SELECT pending FROM matter_handover"), ==, 0);
    world_do(world, "wang", NULL, HAND_OVER("g4"));
    world_do(world, "he", NULL, ACCEPT);
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g4"));
    assert_todo(world, "he", "first_visit");
    world_do(world, "he", NULL, "{'command':'enter','matter':'$came','entry':'visit'}");
    static const char *const events[] = {"matter_offered",  "offer_received",     "offer_answered",
                                         "matter_returned", "matter_handed_over", "entered"};
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
        g_assert_cmpint(harness_last_event(world->harness, events[i])->event.stream, ==,
                        id_unit_stream(world_id(world, "dong")));
    harness_replay(world->harness);
}

/* Between two districts: the decision is written as one event. */
static void test_assigned(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "came", "{'command':'open_matter','kind':'complaint','unit':'#$g1','subject':'$li'}");
    world_refuse(world, "zheng", ASSIGN("g4"), PROBLEM_UNKNOWN_HANDOVER, NULL);
    world_do(world, "wang", NULL, HAND_OVER("g4"));
    world_tick(world);
    assert_todo(world, "he", "accept_handover");
    world_do(world, "he", NULL, REFUSE);
    assert_todo(world, "zheng", "assign_handover");
    assert_expectations(world, "came", "answer:open accept_handover:met assign_handover:open");
    world_refuse(world, "wang", HAND_OVER("g2"), PROBLEM_HANDOVER_PENDING, NULL);
    world_refuse(world, "he", ASSIGN("g4"), PROBLEM_NO_RIGHT, NULL);
    world_refuse(world, "he", ACCEPT, PROBLEM_UNKNOWN_HANDOVER, NULL);
    world_do(world, "zheng", NULL, ASSIGN("g4"));
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g4"));
    g_assert_cmpint(harness_last_event(world->harness, "matter_handed_over")->event.stream, ==,
                    id_unit_stream(world_id(world, "dong")));
    assert_expectations(world, "came", "answer:open accept_handover:met assign_handover:met");
    assert_todo(world, "he", "answer");
    assert_todo(world, "zheng", "");
}

/* Whoever decides may leave it where it is. */
static void test_assigned_to_the_giver(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "came", "{'command':'open_matter','kind':'complaint','unit':'#$g1','subject':'$li'}");
    world_do(world, "wang", NULL, HAND_OVER("g2"));
    world_do(world, "sun", NULL, REFUSE);
    world_at(world, "2020-02-03T09:00:01+08:00");
    assert_expectations(world, "came", "answer:open accept_handover:met assign_handover:overdue");
    world_do(world, "zheng", NULL, ASSIGN("g1"));
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g1"));
    assert_expectations(world, "came", "answer:open accept_handover:met assign_handover:late");
    world_do(world, "wang", NULL, HAND_OVER("g3"));
    world_do(world, "qian", NULL, ACCEPT);
    g_assert_cmpint(unit_of(world), ==, world_id(world, "g3"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/handover/accepted", test_accepted);
    g_test_add_func("/matter/handover/giver_answers", test_giver_answers);
    g_test_add_func("/matter/handover/overdue", test_overdue);
    g_test_add_func("/matter/handover/receiver_leaves", test_receiver_leaves);
    g_test_add_func("/matter/handover/bounces", test_bounces);
    g_test_add_func("/matter/handover/districts", test_districts);
    g_test_add_func("/matter/handover/assigned", test_assigned);
    g_test_add_func("/matter/handover/assigned_to_the_giver", test_assigned_to_the_giver);
    return g_test_run();
}
