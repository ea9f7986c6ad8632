/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens in one stream and concerns another, and where ids of matters come from. */
#include "world.h"

#include "command/ids.h"

#include <string.h>

#define OPEN_AT(unit)                                                                                                  \
    "{'command':'open_matter','kind':'arrival','unit':'#$" unit "','subject':'$li','form':{'from':'测试'}}"

static int64_t stream_of(struct world *world, const char *unit)
{
    return id_unit_stream(world_id(world, unit));
}

/* Of g1, handed over to g4 of the other district. */
static struct world *gone_over(void)
{
    struct world *world = world_new();
    world_do(world, "wang", "came", OPEN_AT("g1"));
    world_do(world, "wang", NULL, "{'command':'hand_over_matter','matter':'$came','to':'#$g4','reason':'测试'}");
    world_do(world, "he", NULL, "{'command':'accept_matter','matter':'$came'}");
    assert_todo(world, "he", "first_visit");
    return world;
}

static const struct event *last(struct world *world, const char *kind)
{
    return &harness_last_event(world->harness, kind)->event;
}

/* A post ends in the other district: who answers now is decided where the matter is, told of it by letter. */
static void test_post_ends_elsewhere(void)
{
    AUTO(world) struct world *world = gone_over();
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_he'}");
    g_assert_cmpint(last(world, "post_ended")->stream, ==, stream_of(world, "xi"));
    g_assert_cmpint(last(world, "letter_sent")->stream, ==, stream_of(world, "xi"));
    g_assert_cmpint(last(world, "matters_followed")->stream, ==, stream_of(world, "dong"));
    world_tick(world);
    assert_todo(world, "he", "");
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$feng','role':'grid_worker','grounds':['#$g4']}");
    world_tick(world);
    assert_todo(world, "feng", "first_visit");
}

/* A post of the same district as the matter: no letter. */
static void test_post_ends_here(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "came", OPEN_AT("g1"));
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter"), >, 0);
    g_assert_cmpint(last(world, "matters_followed")->stream, ==, stream_of(world, "dong"));
    for (guint i = 0; i < world->harness->events->len; i++)
        g_assert_cmpstr(((const struct harness_event *)g_ptr_array_index(world->harness->events, i))->event.kind, !=,
                        "letter_sent");
}

/* What several districts hold about somebody goes with them, each in its own stream. */
static void test_erased_everywhere(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "here", OPEN_AT("g1"));
    world_do(world, NULL, NULL, "{'command':'move_in','persons':['$li'],'unit':'#$g4'}");
    world_do(world, "he", "there", OPEN_AT("g4"));
    world_do(world, NULL, NULL, "{'command':'erase_person','person':'$li'}");
    world_tick(world);
    g_assert_true(world_matter(world, "here").erased);
    g_assert_true(world_matter(world, "there").erased);
    bool here = false, there = false;
    for (guint i = 0; i < world->harness->events->len; i++) {
        const struct harness_event *kept = g_ptr_array_index(world->harness->events, i);
        if (strcmp(kept->event.kind, "subject_erased") != 0)
            continue;
        here = here || kept->event.stream == stream_of(world, "dong");
        there = there || kept->event.stream == stream_of(world, "xi");
    }
    g_assert_true(here && there);
}

/* As if the last number of a unit were taken, by a closed matter of the same kind as all others there. */
static void use_up(struct world *world, int64_t id)
{
    db_run(world->harness->rows,
           "INSERT INTO matter (id, uuid, kind, rules, state, version, unit, subject, subject_post, household, parent, "
           "opener_person, opener_post, opened_us, changed_us, state_since_us, closed_us, erased, named_only, caused, "
           "standing, next_entry, next_expectation) SELECT ?1, zeroblob(16), kind, rules, 'closed', "
           "version, unit, 0, 0, 0, 0, "
           "opener_person, opener_post, opened_us, changed_us, state_since_us, opened_us, 0, 0, 0, 0, 1, 1 FROM matter "
           "WHERE kind = 'arrival' LIMIT 1",
           "i", id);
    g_assert_null(db_failed(world->harness->rows));
}

/* The 16,777,215 numbers of a unit are used up: it takes a shelf, and goes on from there. */
static void test_more_than_a_unit_holds(void)
{
    AUTO(world) struct world *world = world_new();
    int64_t grid = world_id(world, "g1"), full = id_matter(grid, ID_N_MAX);
    world_do(world, "wang", "first", OPEN_AT("g1"));
    g_assert_cmpint(world_matter(world, "first").id, ==, id_matter(grid, 1));
    use_up(world, full);
    world_do(world, "wang", "next", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$zhao'}");
    struct matter next = world_matter(world, "next");
    const struct event *taken = last(world, "shelf_taken");
    g_assert_cmpint(taken->stream, ==, stream_of(world, "dong"));
    g_assert_cmpint(next.unit, ==, grid);
    g_assert_cmpint(id_matter_stream(next.id), ==, stream_of(world, "dong"));
    g_assert_cmpint(next.id, >, full);
    world_do(world, "wang", "another", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$feng'}");
    g_assert_cmpint(world_matter(world, "another").id, ==, next.id + 1);
    db_run(world->harness->rows, "DELETE FROM matter WHERE id = ?1", "i", full); /* no event tells of it */
    db_run(world->harness->rows, "UPDATE tally_state SET counted = 2", "");
}

/* ---- links ---- */

static int64_t links(struct world *world)
{
    return world_count(world, "SELECT count(*) FROM link WHERE relation IS NOT 'merged'");
}

/* Two of zheng's, who answers for the city: one of each district. */
static struct world *two_districts(void)
{
    struct world *world = world_new();
    world_do(world, "wang", "here", OPEN_AT("g1"));
    world_do(world, "he", "there", "{'command':'open_matter','kind':'arrival','unit':'#$g4','subject':'$feng'}");
    return world;
}

#define LINK(one, other) "{'command':'link_matters','matter':'$" one "','other':'$" other "','relation':'同一航班'}"
#define UNLINK(one, other)                                                                                             \
    "{'command':'unlink_matters','matter':'$" one "','other':'$" other "','reason':'不是同一航班'}"

/* Whichever of them holds the link, and whoever is named first. */
static void test_unlinked_from_either_side(void)
{
    static const char *const parting[] = {UNLINK("here", "there"), UNLINK("there", "here")};
    for (size_t i = 0; i < G_N_ELEMENTS(parting); i++)
        for (int both = 0; both < 2; both++) {
            AUTO(world) struct world *world = two_districts();
            world_do(world, NULL, NULL, LINK("here", "there"));
            if (both)
                world_do(world, NULL, NULL, LINK("there", "here"));
            g_assert_cmpint(links(world), ==, 1 + both);
            world_do(world, NULL, NULL, parting[i]);
            world_tick(world);
            g_assert_cmpint(links(world), ==, 0);
            world_refuse(world, NULL, parting[i], PROBLEM_NOT_LINKED, "other");
        }
}

/* ---- excuses ---- */

/* Named ones of two districts, by one who stands above both: the open of one, the missed of the other. */
static void test_excused_over_streams(void)
{
    AUTO(world) struct world *world = two_districts();
    world_refuse(world, "wang",
                 "{'command':'excuse','expectations':[{'matter':'$here','number':1},{'matter':'$there','number':1}],"
                 "'reason':'停电'}",
                 PROBLEM_NO_RIGHT, NULL);
    assert_expectations(world, "there", "visit:open");
    world_do(world, "zheng", NULL,
             "{'command':'excuse','expectations':[{'matter':'$here','number':1},{'matter':'$there','number':1}],"
             "'reason':'停电'}");
    assert_expectations(world, "here", "visit:excused");
    assert_expectations(world, "there", "visit:excused");
    g_assert_cmpint(last(world, "expectations_excused")->stream, ==, stream_of(world, "xi"));
    g_assert_cmpint(last(world, "expectations_excused")->person, ==, world_id(world, "zheng"));
}

#define REQUEST_AT(grid)                                                                                               \
    "{'command':'open_matter','kind':'service_request','unit':'#$" grid "','form':{'urgency':'ordinary'}}"

/* Nothing is sealed in them, so there is no key either before the reason needs one. */
static void test_excused_without_a_key(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "here", REQUEST_AT("g1"));
    world_do(world, "he", "there", REQUEST_AT("g4"));
    g_assert_false(vault_has_key(world->harness->vault, VAULT_MATTER, world_matter(world, "there").id));
    world_do(world, "zheng", NULL,
             "{'command':'excuse','expectations':[{'matter':'$here','number':1},{'matter':'$there','number':1}],"
             "'reason':'停电'}");
    assert_expectations(world, "here", "answer:excused minutes:open");
    assert_expectations(world, "there", "answer:excused minutes:open");
}

/* ---- rounds ---- */

/* Of one household, and opened in two districts: one round. What is wrong with either row refuses all of it, here. */
static void test_round_over_streams(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, NULL, NULL, "{'command':'move_in','persons':['$zhao'],'unit':'#$g4'}");
    world_do(world, NULL, "zhao_obs",
             "{'command':'open_matter','kind':'home_observation','unit':'#$g4','subject':'$zhao',"
             "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}");
    int64_t dong = stream_of(world, "dong"), xi = stream_of(world, "xi");
    g_assert_cmpint(id_matter_stream(world_matter(world, "li_obs").id), ==, dong);
    g_assert_cmpint(id_matter_stream(world_matter(world, "zhao_obs").id), ==, xi);
    /* home again, with the observation */
    db_run(world->harness->rows,
           "UPDATE matter SET unit = ?1, household = (SELECT household FROM matter WHERE id = ?2) "
           "WHERE id = ?3",
           "iii", world_id(world, "g1"), world_matter(world, "li_obs").id, world_matter(world, "zhao_obs").id);
    world_refuse(
        world, "wang",
        "{'command':'enter_round','entry':'check_in','rows':[{'matter':'$li_obs','fields':{'temperature':36.5}},"
        "{'matter':'$zhao_obs','fields':{'temperature':53}}]}",
        PROBLEM_ABOVE_MAXIMUM, "rows[1].fields.temperature");
    world_do(world, "wang", NULL,
             "{'command':'enter_round','entry':'check_in','channel':'door','rows':[{'matter':'$li_obs',"
             "'fields':{'temperature':36.5}},{'matter':'$zhao_obs','fields':{'temperature':36.9}}]}");
    const struct event *entered = last(world, "entered");
    g_assert_cmpint(entered->stream, ==, xi);
    g_assert_cmpint(entered->person, ==, world_id(world, "wang"));
    g_assert_cmpint(entered->post, ==, world_id(world, "post_wang"));
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM entry WHERE kind = 'check_in' AND channel = 'door'"), ==,
                    2);
    assert_expectations(world, "li_obs", "check_in:met check_in:open");
    assert_expectations(world, "zhao_obs", "check_in:met check_in:open");
    db_run(world->harness->rows,
           "UPDATE matter SET unit = ?1, household = (SELECT household FROM residency WHERE person = "
           "matter.subject ORDER BY from_us DESC LIMIT 1) WHERE id = ?2",
           "ii", world_id(world, "g4"), world_matter(world, "zhao_obs").id);
}

/* ---- merging ---- */

/* Opened in two districts, and in one since: they are merged, and parted again. */
static void test_merged_over_streams(void)
{
    AUTO(world) struct world *world = gone_over();
    world_do(world, "he", "same", OPEN_AT("g4"));
    world_do(world, "he", NULL, "{'command':'merge_matters','matter':'$came','into':'$same','reason':'重复'}");
    g_assert_cmpint(world_matter(world, "came").merged_into, ==, world_matter(world, "same").id);
    world_do(world, "he", NULL, "{'command':'unmerge_matters','matter':'$came','reason':'不是'}");
    world_do(world, "he", NULL, "{'command':'merge_matters','matter':'$same','into':'$came','reason':'重复'}");
    g_assert_cmpint(world_matter(world, "same").merged_into, ==, world_matter(world, "came").id);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/streams/post_ends_elsewhere", test_post_ends_elsewhere);
    g_test_add_func("/matter/streams/post_ends_here", test_post_ends_here);
    g_test_add_func("/matter/streams/erased_everywhere", test_erased_everywhere);
    g_test_add_func("/matter/streams/more_than_a_unit_holds", test_more_than_a_unit_holds);
    g_test_add_func("/matter/streams/unlinked_from_either_side", test_unlinked_from_either_side);
    g_test_add_func("/matter/streams/excused_over_streams", test_excused_over_streams);
    g_test_add_func("/matter/streams/excused_without_a_key", test_excused_without_a_key);
    g_test_add_func("/matter/streams/round_over_streams", test_round_over_streams);
    g_test_add_func("/matter/streams/merged_over_streams", test_merged_over_streams);
    return g_test_run();
}
