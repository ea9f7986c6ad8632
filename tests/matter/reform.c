/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is open in a unit that is merged, split or moved. */
#include "world.h"

static int64_t answering(struct world *world, const char *handle)
{
    struct matter matter = world_matter(world, handle);
    int64_t post = 0;
    db_integer(world->harness->rows, &post,
               "SELECT post FROM expectation WHERE matter = ?1 AND name = 'check_in'", "i", matter.id);
    return post;
}

static void a_merge_takes_what_is_open_along(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_observe(world, "li");
    int64_t post = answering(world, "li_obs");
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$g2','units':['#$g1']}");
    world_tick(world);
    struct matter matter = world_matter(world, "li_obs");
    g_assert_cmpint(matter.unit, ==, world_id(world, "g2"));
    g_assert_cmpint(matter.closed_us, ==, 0);
    /* Whoever knows them goes on: their post covers the new unit as it covered the old one. */
    g_assert_cmpint(answering(world, "li_obs"), ==, post);
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','fields':{'temperature':36.5}}");
    g_assert_cmpint(
        world_count(world, "SELECT count(*) FROM span WHERE matter = (SELECT id FROM matter WHERE kind = "
                           "'home_observation' LIMIT 1) AND to_us IS NULL"),
        ==, 1);
}

static void a_split_follows_the_household(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_observe(world, "li");
    world_observe(world, "feng");
    g_autofree char *household = g_strdup_printf(
        "{'command':'split_unit','unit':'#$g1','into':[{'name':'新','households':['%" G_GINT64_FORMAT
        "']}],'keep':true}",
        world_matter(world, "li_obs").household);
    world_do(world, NULL, NULL, household);
    world_tick(world);
    g_assert_cmpint(world_matter(world, "li_obs").unit, !=, world_id(world, "g1"));
    g_assert_cmpint(world_matter(world, "feng_obs").unit, ==, world_id(world, "g1"));
    /* Nobody covers the new grid yet: the level above answers until somebody does. */
    g_assert_cmpint(answering(world, "li_obs"), !=, answering(world, "feng_obs"));
}

static void a_closed_unit_ends_what_stands_there(void)
{
    AUTO(world) struct world *world = world_new();
    world_tick(world);
    g_assert_cmpint(world_matter(world, "daily").closed_us, ==, 0);
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$lake','units':['#$garden']}");
    world_tick(world);
    g_assert_cmpint(world_matter(world, "daily").closed_us, !=, 0);
    g_assert_cmpint(
        world_count(world, "SELECT count(*) FROM expectation WHERE matter IN (SELECT id FROM matter WHERE "
                           "closed_us <> 0)"),
        ==, 0);
    /* And new units get theirs. */
    int64_t standing = world_count(world, "SELECT count(*) FROM matter WHERE standing = 1 AND closed_us = 0");
    world_do(world, NULL, NULL,
             "{'command':'split_unit','unit':'#$lake','into':[{'name':'南','rest':true},{'name':'北'}]}");
    world_tick(world);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter WHERE standing = 1 AND closed_us = 0"),
                    ==, standing + 1);
}

static void a_move_asks_anew_who_answers(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_observe(world, "li");
    world_do(world, NULL, NULL, "{'command':'move_unit','unit':'#$g1','parent':'#$lake'}");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE next_us = 0"), >, 0);
    world_tick(world);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE next_us = 0"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/reform/merge", a_merge_takes_what_is_open_along);
    g_test_add_func("/matter/reform/split", a_split_follows_the_household);
    g_test_add_func("/matter/reform/standing", a_closed_unit_ends_what_stands_there);
    g_test_add_func("/matter/reform/move", a_move_asks_anew_who_answers);
    return g_test_run();
}
