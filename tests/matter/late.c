/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever was dismissed delivers what they saw before, for 72 hours, and does nothing else. */
#include "world.h"

#define ENDS    "2020-02-03T09:00:00+08:00"
#define BEFORE  ",'observed_at':'2020-02-03T08:30:00+08:00'"
#define AFTER   ",'observed_at':'2020-02-03T09:00:00+08:00'"
#define READING ",'fields':{'temperature':36.5}"

/* Given: li and zhao (one household) and feng under observation, an arrival `came`, an answer `asked` that waits for
 * its second, a proposal `meant`; then the posts of wang, chen and zhou end at ENDS. */
static struct world *dismissed(void)
{
    struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "zhao");
    world_do(world, "wang", "came", "{'command':'open_matter','kind':'arrival','unit':'#$g1','subject':'$feng'}");
    world_do(world, "wang", "meant",
             "{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$feng',"
             "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}");
    world_do(world, "wang", "asked",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$asked','entry':'close_early'}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$li_obs','entry':'check_in'" READING "}");
    world_at(world, ENDS);
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_chen'}");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_zhou'}");
    return world;
}

static void test_only_entries(void)
{
    static const struct {
        const char *what, *as, *json;
    } rows[] = {
        {"opening", "wang",
         "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}" BEFORE "}"},
        {"proposing", "wang",
         "{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$sun','form':{'last_exposure':"
         "'2020-02-01T12:00:00+08:00'}" BEFORE "}"},
        {"confirming a proposal", "chen", "{'command':'confirm_matter','matter':'$meant'" BEFORE "}"},
        {"confirming it as an entry", "chen", "{'command':'enter','matter':'$meant','entry':'confirm'" BEFORE "}"},
        {"declining it", "chen", "{'command':'decline_matter','matter':'$meant','reason':'测试'" BEFORE "}"},
        {"being the second", "zhou", "{'command':'enter','matter':'$asked','entry':'confirm_close_early'" BEFORE "}"},
        {"letting it fall", "zhou",
         "{'command':'enter','matter':'$asked','entry':'decline_close_early','fields':{'reason':'测试'}" BEFORE "}"},
        {"correcting one's own", "wang",
         "{'command':'correct_entry','matter':'$li_obs','number':1,'fields':{'temperature':36.6},'reason':'测试'" BEFORE
         "}"},
        {"correcting another's", "chen",
         "{'command':'correct_entry','matter':'$li_obs','number':1,'fields':{'temperature':36.6},'reason':'测试'" BEFORE
         "}"},
        {"handing over", "wang",
         "{'command':'hand_over_matter','matter':'$came','to':'#$g2','reason':'测试'" BEFORE "}"},
        {"linking", "wang",
         "{'command':'link_matters','matter':'$came','other':'$asked','relation':'related'" BEFORE "}"},
        {"excusing", "zhou",
         "{'command':'excuse','expectations':[{'matter':'$zhao_obs','number':1}],'reason':'测试'" BEFORE "}"},
        {"an entry seen afterwards", "wang",
         "{'command':'enter','matter':'$li_obs','entry':'check_in'" READING AFTER "}"},
        {"an entry without a time", "wang", "{'command':'enter','matter':'$li_obs','entry':'check_in'" READING "}"},
        {"an entry elsewhere", "sun", "{'command':'enter','matter':'$li_obs','entry':'check_in'" READING BEFORE "}"},
    };
    AUTO(world) struct world *world = dismissed();
    world_at(world, "2020-02-03T09:30:00+08:00");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].what);
        world_refuse(world, rows[i].as, rows[i].json, PROBLEM_NO_RIGHT, NULL);
    }
}

/* What was opened after the post had ended was never theirs, whatever their phone says. */
static void test_what_was_there(void)
{
    AUTO(world) struct world *world = dismissed();
    world_at(world, "2020-02-03T09:30:00+08:00");
    world_do(
        world, NULL, "new",
        "{'command':'open_matter','kind':'home_observation','unit':'#$g1','subject':'$sun','form':{'last_exposure':"
        "'2020-02-01T12:00:00+08:00'}}");
    world_refuse(world, "wang", "{'command':'enter','matter':'$new','entry':'check_in'" READING BEFORE "}",
                 PROBLEM_NO_RIGHT, NULL);
}

/* Late by the post's end, not by when it was observed: a reading of the last morning waits as long as one of the
 * week before. */
static void test_until(void)
{
    AUTO(world) struct world *world = dismissed();
    world_at(world, "2020-02-03T09:30:00+08:00");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$li_obs','entry':'check_in'" READING BEFORE "}");
    g_assert_cmpint(world_count(world, "SELECT post FROM entry ORDER BY place DESC LIMIT 1"), ==,
                    world_id(world, "post_wang"));
    world_do(world, "wang", NULL,
             "{'command':'enter_round','entry':'check_in','rows':[{'matter':'$li_obs'" READING
             "},{'matter':'$zhao_obs'" READING "}]" BEFORE "}");
    world_at(world, "2020-02-06T08:59:59+08:00");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$li_obs','entry':'check_in'" READING BEFORE "}");
    world_at(world, "2020-02-06T09:00:00+08:00");
    world_refuse(world, "wang", "{'command':'enter','matter':'$li_obs','entry':'check_in'" READING BEFORE "}",
                 PROBLEM_NO_RIGHT, NULL);
    world_refuse(world, "wang",
                 "{'command':'enter_round','entry':'check_in','rows':[{'matter':'$li_obs'" READING "}]" BEFORE "}",
                 PROBLEM_NO_RIGHT, "rows[0]");
}

/* Whoever opened it has their say in the post in which they did, and in no later one. */
static void test_opener(void)
{
    static const char remark[] = "{'command':'enter','matter':'$asked','entry':'remark'}";
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "asked",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}}");
    world_do(world, "wang", NULL, remark);
    world_refuse(world, "chen", remark, PROBLEM_NO_RIGHT, NULL);
    world_at(world, ENDS);
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_at(world, "2020-02-03T09:30:00+08:00");
    world_refuse(world, "wang", remark, PROBLEM_NO_RIGHT, NULL);
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['#$g2']}");
    world_refuse(world, "wang", remark, PROBLEM_NO_RIGHT, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/late/only-entries", test_only_entries);
    g_test_add_func("/matter/late/until", test_until);
    g_test_add_func("/matter/late/what-was-there", test_what_was_there);
    g_test_add_func("/matter/late/opener", test_opener);
    return g_test_run();
}
