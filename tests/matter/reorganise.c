/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is open in a unit that is merged, split or moved. */
#include "world.h"

#include "matter/rows/events.h"

static int64_t answering(struct world *world, const char *handle)
{
    struct matter matter = world_matter(world, handle);
    int64_t post = 0;
    db_integer(world->harness->rows, &post, "SELECT post FROM expectation WHERE matter = ?1 AND name = 'check_in'", "i",
               matter.id);
    return post;
}

static void a_merge_takes_what_is_open_along(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_observe(world, "li");
    int64_t post = answering(world, "li_obs"), version = world_matter(world, "li_obs").version;
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$g2','units':['#$g1']}");
    world_tick(world);
    struct matter matter = world_matter(world, "li_obs");
    g_assert_cmpint(matter.unit, ==, world_id(world, "g2"));
    g_assert_cmpint(matter.closed_us, ==, 0);
    const json_t *moved = json_object_get(harness_last_event(world->harness, "matters_moved")->body, "m");
    const json_t *item = json_array_get(moved, 0);
    g_assert_cmpint(json_integer_value(json_array_get(item, MOVED_MATTER)), ==, matter.id);
    g_assert_cmpint(json_integer_value(json_array_get(item, MOVED_VERSION)), ==, version + 1);
    g_assert_cmpint(matter.version, ==, version + 1);
    /* Whoever knows them goes on: their post covers the new unit as it covered the old one. */
    g_assert_cmpint(answering(world, "li_obs"), ==, post);
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','fields':{'temperature':36.5}}");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM span WHERE matter = (SELECT id FROM matter WHERE kind = "
                                       "'home_observation' LIMIT 1) AND to_us IS NULL"),
                    ==, 1);
}

static void a_split_follows_the_household(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_observe(world, "li");
    world_observe(world, "feng");
    g_autofree char *household =
        g_strdup_printf("{'command':'split_unit','unit':'#$g1','into':[{'name':'新','households':['%" G_GINT64_FORMAT
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
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE matter IN (SELECT id FROM matter WHERE "
                                       "closed_us <> 0)"),
                    ==, 0);
    /* And new units get theirs. */
    int64_t standing = world_count(world, "SELECT count(*) FROM matter WHERE standing = 1 AND closed_us = 0");
    world_do(world, NULL, NULL,
             "{'command':'split_unit','unit':'#$lake','into':[{'name':'南','rest':true},{'name':'北'}]}");
    world_tick(world);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter WHERE standing = 1 AND closed_us = 0"), ==,
                    standing + 1);
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

static int64_t living_participants(struct world *world, const char *unit)
{
    int64_t count = 0;
    db_integer(world->harness->rows, &count, "SELECT count(*) FROM participant WHERE who = ?1 AND left_us IS NULL", "i",
               world_id(world, unit));
    return count;
}

static int64_t answering_for(struct world *world, const char *name, int64_t participant)
{
    int64_t post = 0;
    db_integer(world->harness->rows, &post,
               "SELECT post FROM expectation WHERE matter = ?1 AND name = ?2 AND participant = ?3", "isi",
               world_matter(world, "joint").id, name, participant);
    return post;
}

static void open_joint(struct world *world, const char *helpers)
{
    g_autofree char *body = g_strdup_printf("{'command':'open_matter','kind':'joint','unit':'#$garden','form':{'place':"
                                            "'#$g1'},'participants':{'helper':[%s]}}",
                                            helpers);
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_do(world, "zhou", "joint", body);
}

/* g1 becomes part of g2, which does not help yet: it does from then on, and is asked. */
static void who_takes_part_goes_along(void)
{
    AUTO(world) struct world *world = world_new();
    open_joint(world, "'#$g1'");
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$g2','units':['#$g1']}");
    world_tick(world);
    g_assert_cmpint(living_participants(world, "g1"), ==, 0);
    g_assert_cmpint(living_participants(world, "g2"), ==, 1);
    world_do(world, "sun", NULL, "{'command':'enter','matter':'$joint','entry':'help'}");
    /* A field keeps the unit; what became of it answers, also when whoever knew it has left. */
    int64_t wangs = answering_for(world, "look", 0);
    g_autofree char *end = g_strdup_printf("{'command':'end_post','post_id':'%" G_GINT64_FORMAT "'}", wangs);
    world_do(world, NULL, NULL, end);
    world_tick(world);
    int64_t others = answering_for(world, "look", 0);
    g_assert_true(others != 0 && others != wangs);
}

/* Both help: one of them leaves, and is asked for nothing. */
static void nobody_takes_part_twice(void)
{
    AUTO(world) struct world *world = world_new();
    open_joint(world, "'#$g1','#$g2'");
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$g2','units':['#$g1']}");
    world_tick(world);
    g_assert_cmpint(living_participants(world, "g1"), ==, 0);
    g_assert_cmpint(living_participants(world, "g2"), ==, 1);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE name = 'help'"), ==, 1);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE name = 'help' AND outcome = 5"), ==,
                    1);
    world_do(world, "sun", NULL, "{'command':'enter','matter':'$joint','entry':'help'}");
}

/* Parted in two, its name goes with the first part, or with the one that takes the rest. */
static void a_split_takes_who_takes_part_along(void)
{
    AUTO(world) struct world *world = world_new();
    open_joint(world, "'#$g1'");
    world_do(world, NULL, NULL,
             "{'command':'split_unit','unit':'#$g1','into':[{'name':'甲'},{'name':'乙','rest':true}]}");
    world_tick(world);
    g_assert_cmpint(living_participants(world, "g1"), ==, 0);
    g_assert_cmpint(
        world_count(world, "SELECT count(*) FROM participant p JOIN unit u ON u.id = p.who WHERE u.name = '乙' AND "
                           "p.left_us IS NULL"),
        ==, 1);
}

static void send(struct world *world, const char *who)
{
    world_do(world, "zhou", "away",
             "{'command':'open_matter','kind':'secondment','unit':'#$garden','form':{'place':'#$lake'}}");
    g_autofree char *body =
        g_strdup_printf("{'command':'enter','matter':'$away','entry':'send','fields':{'who':'$%s'}}", who);
    world_do(world, "zhou", NULL, body);
}

#define BACK "{'command':'enter','matter':'$away','entry':'back'}"

/* Grounds of the posts of a person as grid worker, in order. */
static char *grounds_of(struct world *world, const char *who)
{
    GString *all = g_string_new(NULL);
    AUTO(cursor)
    struct cursor found = db_query(world->harness->rows,
                                   "SELECT unit FROM post_ground WHERE person = ?1 AND role = 'grid_worker' AND "
                                   "from_us <= ?2 AND to_us > ?2 ORDER BY unit",
                                   "ii", world_id(world, who), world->harness->now_us);
    while (cursor_next(&found))
        g_string_append_printf(all, "%s%" G_GINT64_FORMAT, all->len > 0 ? " " : "", cursor_integer(&found, 0));
    return g_string_free(all, FALSE);
}

static void assert_grounds(struct world *world, const char *who, const char *unit)
{
    g_autofree char *found = grounds_of(world, who);
    g_autofree char *wanted = unit != NULL ? g_strdup_printf("%" G_GINT64_FORMAT, world_id(world, unit)) : g_strdup("");
    g_assert_cmpstr(found, ==, wanted);
}

/* wang's grid becomes part of another one while wang is away. */
static void a_suspended_post_comes_back_to_what_became_of_its_ground(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_observe(world, "li");
    int64_t post = answering(world, "li_obs");
    g_autofree char *offer = g_strdup_printf("{'command':'hand_over_post','from_post':'%" G_GINT64_FORMAT
                                             "','mode':'post','to_person':'$sun','reason':'x'}",
                                             post);
    world_do(world, "wang", NULL, offer);
    send(world, "wang");
    assert_grounds(world, "wang", NULL);
    world_tick(world);
    g_assert_cmpint(answering(world, "li_obs"), !=, post);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM handover WHERE state = 'withdrawn'"), ==, 1);
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, NULL, NULL, "{'command':'merge_units','unit':'#$g2','units':['#$g1']}");
    world_do(world, "zhou", NULL, BACK);
    assert_grounds(world, "wang", "g2");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter_registry WHERE to_us = 0"), ==, 0);
}

static void a_suspended_post_ends_where_nothing_is_left(void)
{
    AUTO(world) struct world *world = world_new();
    world_at(world, "2020-02-02T08:00:00+08:00");
    world_do(world, NULL, NULL, "{'command':'create_unit','parent':'#$garden','type':'grid','code':'g9','name':'九'}");
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$feng','role':'grid_worker','grounds':['g9']}");
    world_at(world, "2020-02-02T09:00:00+08:00");
    send(world, "feng");
    world_at(world, "2020-02-03T08:00:00+08:00");
    world_do(world, NULL, NULL, "{'command':'close_unit','unit':'g9'}");
    world_do(world, "zhou", NULL, BACK);
    assert_grounds(world, "feng", NULL);
    g_autoptr(GArray) posts = registry_posts_of(world->harness->rows, world_id(world, "feng"), world->harness->now_us);
    g_assert_cmpuint(posts->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/reform/merge", a_merge_takes_what_is_open_along);
    g_test_add_func("/matter/reform/split", a_split_follows_the_household);
    g_test_add_func("/matter/reform/standing", a_closed_unit_ends_what_stands_there);
    g_test_add_func("/matter/reform/move", a_move_asks_anew_who_answers);
    g_test_add_func("/matter/reform/participants", who_takes_part_goes_along);
    g_test_add_func("/matter/reform/participants_twice", nobody_takes_part_twice);
    g_test_add_func("/matter/reform/participants_split", a_split_takes_who_takes_part_along);
    g_test_add_func("/matter/reform/suspended", a_suspended_post_comes_back_to_what_became_of_its_ground);
    g_test_add_func("/matter/reform/suspended_nowhere", a_suspended_post_ends_where_nothing_is_left);
    return g_test_run();
}
