/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several in one role on one ground: whoever takes an expectation has it, until it is free again. */
#include "world.h"

#include "base/json.h"

#include <string.h>

#define CLAIM     "{'command':'claim','matter':'$came','number':1}"
#define GIVE_BACK "{'command':'give_back','matter':'$came','number':1}"
#define VISIT     "{'command':'enter','matter':'$came','entry':'visit'}"

static void appoint(struct world *world, const char *who, const char *more)
{
    g_autofree char *json = g_strdup_printf(
        "{'command':'appoint','person':'$%s','role':'grid_worker','from':'2020-02-03T07:00:00+08:00',%s}", who, more);
    g_autofree char *name = g_strdup_printf("post_%s", who);
    world_do(world, NULL, NULL, json);
    int64_t post = json_get_integer(harness_last_event(world->harness, "post_appointed")->body, "id", 0);
    g_hash_table_replace(world->handles, g_strdup(name), g_strdup_printf("%" G_GINT64_FORMAT, post));
}

/* Given: wang and zhao are workers of g1, feng of g1 and of all of garden, li of garden alone; an arrival `came` in g1,
 * a visit to which is due in a day. */
static struct world *shared(void)
{
    struct world *world = world_new();
    appoint(world, "zhao", "'grounds':['#$g1']");
    appoint(world, "feng", "'grounds':['#$g1','#$garden']");
    appoint(world, "li", "'grounds':['#$garden']");
    world_do(world, "wang", "came", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$stranger'}");
    return world;
}

/* "wang", or "zhao:claimed" */
static void is_with(struct world *world, const char *wanted)
{
    struct matter matter = world_matter(world, "came");
    g_autoptr(GArray) rows = matter_expectations(world->harness->rows, world->harness->vault, matter.id);
    const struct expectation_row *row = &g_array_index(rows, struct expectation_row, 0);
    g_auto(GStrv) parts = g_strsplit(wanted, ":", 2);
    g_autofree char *post = g_strdup_printf("post_%s", parts[0]);
    g_assert_cmpint(row->post, ==, world_id(world, post));
    g_assert_cmpint(row->claimed_us != 0, ==, parts[1] != NULL);
}

static void test_taken_and_given_back(void)
{
    AUTO(world) struct world *world = shared();
    int64_t version = world_matter(world, "came").version;
    is_with(world, "wang");
    world_do(world, "zhao", NULL, CLAIM);
    is_with(world, "zhao:claimed");
    assert_todo(world, "zhao", "visit");
    assert_todo(world, "wang", "");
    g_assert_cmpint(world_matter(world, "came").version, ==, version);
    world_refuse(world, "wang", CLAIM, PROBLEM_CLAIMED_ALREADY, "number");
    world_refuse(world, "wang", GIVE_BACK, PROBLEM_NOT_CLAIMED, "number");
    world_do(world, "zhao", NULL, GIVE_BACK);
    is_with(world, "wang");
    world_refuse(world, "zhao", GIVE_BACK, PROBLEM_NOT_CLAIMED, "number");
    world_do(world, "wang", NULL, CLAIM); /* also whoever was asked takes it, so that nobody else does */
    is_with(world, "wang:claimed");
    world_refuse(world, "zhao", CLAIM, PROBLEM_CLAIMED_ALREADY, "number");
    world_do(world, "zhao", NULL, VISIT); /* and yet the entry of a colleague is as good */
    assert_expectations(world, "came", "visit:met");
}

static void test_who(void)
{
    AUTO(world) struct world *world = shared();
    static const char *const others[] = {"sun", "zhou", "li", "stranger", "keeper"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_test_message("%s", others[i]);
        world_refuse(world, others[i], CLAIM, PROBLEM_NO_RIGHT, NULL);
    }
    world_refuse(world, NULL, CLAIM, PROBLEM_NO_RIGHT, NULL);
    world_do(world, "feng", NULL, CLAIM); /* on the same ground, beside another one */
    is_with(world, "feng:claimed");
    world_do(world, "feng", NULL, GIVE_BACK);
    world_do(world, NULL, NULL,
             "{'command':'set_roster','post_id':'$post_zhao','shifts':[{'from':"
             "'2020-02-03T20:00:00+08:00','to':'2020-02-04T08:00:00+08:00'}]}");
    world_refuse(world, "zhao", CLAIM, PROBLEM_NO_RIGHT, NULL); /* off duty */
    world_at(world, "2020-02-03T20:00:00+08:00");
    world_do(world, "zhao", NULL, CLAIM);
}

static void test_what(void)
{
    AUTO(world) struct world *world = shared();
    world_refuse(world, "wang", "{'command':'claim','matter':'$came'}", PROBLEM_MISSING_FIELD, "number");
    world_refuse(world, "wang", "{'command':'claim','matter':'$came','number':'1'}", PROBLEM_WRONG_TYPE, "number");
    world_refuse(world, "wang", "{'command':'claim','matter':'$came','number':2}", PROBLEM_UNKNOWN_EXPECTATION,
                 "number");
    world_refuse(world, "wang", "{'command':'claim','matter':'$came','number':1,'until':'2020-02-03T07:00:00+08:00'}",
                 PROBLEM_BEFORE_START, "until");
    world_do(world, "wang", NULL, VISIT);
    world_refuse(world, "zhao", CLAIM, PROBLEM_ALREADY_ENDED, "number");
    world_refuse(world, "zhao", GIVE_BACK, PROBLEM_ALREADY_ENDED, "number");
}

/* Whatever becomes of whoever took it: it is somebody's, and free again. */
static void test_nothing_is_lost(void)
{
    static const struct {
        const char *when, *claim, *then, *at, *with;
    } rows[] = {
        {"before the time has come", "'until':'2020-02-03T09:00:00+08:00'", NULL, "2020-02-03T08:59:59+08:00",
         "zhao:claimed"},
        {"the time has come", "'until':'2020-02-03T09:00:00+08:00'", NULL, "2020-02-03T09:00:00+08:00", "wang"},
        {"no time was said", "'number':1", NULL, "2020-02-04T06:59:59+08:00", "zhao:claimed"},
        {"overdue", "'number':1", NULL, "2020-02-04T07:00:01+08:00", "zhao:claimed"},
        {"a shift goes on", "'number':1",
         "{'command':'set_roster','post_id':'$post_zhao','shifts':[{'from':'2020-02-03T06:00:00+08:00','to':"
         "'2020-02-03T12:00:00+08:00'}]}",
         "2020-02-03T11:59:59+08:00", "zhao:claimed"},
        {"a shift ends that was set later", "'number':1",
         "{'command':'set_roster','post_id':'$post_zhao','shifts':[{'from':'2020-02-03T06:00:00+08:00','to':"
         "'2020-02-03T12:00:00+08:00'}]}",
         "2020-02-03T12:00:00+08:00", "wang"},
        {"off duty at once", "'number':1",
         "{'command':'set_roster','post_id':'$post_zhao','shifts':[{'from':'2020-02-05T06:00:00+08:00','to':"
         "'2020-02-05T12:00:00+08:00'}]}",
         "2020-02-03T08:00:00+08:00", "wang"},
        {"the post ends", "'number':1", "{'command':'end_post','post_id':'$post_zhao'}", "2020-02-03T08:00:00+08:00",
         "wang"},
        {"it loses the ground", "'number':1", "{'command':'change_grounds','post_id':'$post_zhao','grounds':['#$g2']}",
         "2020-02-03T08:00:00+08:00", "wang"},
        {"somebody else comes", "'number':1",
         "{'command':'appoint','person':'$chen','role':'grid_worker','grounds':['#$g1']}", "2020-02-03T08:00:00+08:00",
         "zhao:claimed"},
        {"the post is handed over", "'number':1",
         "{'command':'hand_over_post','from_post':'$post_zhao','mode':'post','to_post':'$post_wang','reason':'调岗'}",
         "2020-02-03T08:00:00+08:00", "zhao:claimed"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(world) struct world *world = shared();
        g_test_message("%s", rows[i].when);
        g_autofree char *claim =
            strstr(rows[i].claim, "number") != NULL
                ? g_strdup(CLAIM)
                : g_strdup_printf("{'command':'claim','matter':'$came','number':1,%s}", rows[i].claim);
        world_do(world, "zhao", NULL, claim);
        if (rows[i].then != NULL)
            world_do(world, NULL, NULL, rows[i].then);
        world_at(world, rows[i].at);
        is_with(world, rows[i].with);
    }
}

static void test_the_shift_that_runs(void)
{
    AUTO(world) struct world *world = shared();
    world_do(world, NULL, NULL,
             "{'command':'set_roster','post_id':'$post_zhao','shifts':[{'from':"
             "'2020-02-03T06:00:00+08:00','to':'2020-02-03T12:00:00+08:00'}]}");
    world_do(world, "zhao", NULL, CLAIM);
    world_at(world, "2020-02-03T11:59:59+08:00");
    is_with(world, "zhao:claimed");
    world_at(world, "2020-02-03T12:00:00+08:00");
    is_with(world, "wang");
}

/* Of what recurs one occurrence is taken; and what has been raised to the level above is free again. */
static void test_until_it_has_ended(void)
{
    AUTO(world) struct world *world = shared();
    world_do(world, "chen", "obs",
             "{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$stranger',"
             "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}");
    const char *sql = "SELECT post * (claimed_us <> 0) FROM expectation WHERE name = 'check_in'";
    world_do(world, "zhao", NULL, "{'command':'claim','matter':'$obs','number':1}");
    g_assert_cmpint(world_count(world, sql), ==, world_id(world, "post_zhao"));
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, "zhao", NULL,
             "{'command':'enter','matter':'$obs','entry':'check_in','fields':{'temperature':36.5}}");
    g_assert_cmpint(world_count(world, sql), ==, 0);
    assert_todo(world, "wang", "check_in visit");
    world_do(world, "zhao", NULL, "{'command':'claim','matter':'$obs','number':2}");
    world_at(world, "2020-02-03T22:29:00+08:00");
    g_assert_cmpint(world_count(world, sql), ==, world_id(world, "post_zhao"));
    world_at(world, "2020-02-03T22:31:00+08:00"); /* raised two hours after it was due */
    g_assert_cmpint(world_count(world, sql), ==, 0);
    world_do(world, "wang", NULL, "{'command':'claim','matter':'$obs','number':2}");
    g_assert_cmpint(world_count(world, sql), ==, world_id(world, "post_wang"));
    world_at(world, "2020-02-04T07:00:00+08:00"); /* missed: the next one is asked of whom it always is */
    g_assert_cmpint(world_count(world, sql), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/claim/taken-and-given-back", test_taken_and_given_back);
    g_test_add_func("/matter/claim/who", test_who);
    g_test_add_func("/matter/claim/what", test_what);
    g_test_add_func("/matter/claim/nothing-is-lost", test_nothing_is_lost);
    g_test_add_func("/matter/claim/the-shift-that-runs", test_the_shift_that_runs);
    g_test_add_func("/matter/claim/until-it-has-ended", test_until_it_has_ended);
    return g_test_run();
}
