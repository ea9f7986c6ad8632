/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audiences: who joins a standing one later, who does not join a frozen one, and what an entry costs among many. */
#include "world.h"

#include "base/limits.h"

#include <string.h>

#define OPEN(kind, unit) "{'command':'open_matter','kind':'" kind "','unit':'#$" unit "'}"

static int64_t taking_part(struct world *world, const char *matter)
{
    int64_t count = 0;
    db_integer(world->harness->rows, &count, "SELECT count(*) FROM participant WHERE matter = ?1 AND left_us IS NULL",
               "i", world_matter(world, matter).id);
    return count;
}

static void create(struct world *world, const char *keep, const char *parent, const char *name)
{
    g_autofree char *json =
        g_strdup_printf("{'command':'create_unit','parent':'#$%s','type':'community','name':'%s'}", parent, name);
    world_do(world, NULL, NULL, json);
    char *id =
        g_strdup_printf("%" G_GINT64_FORMAT, world_count(world, "SELECT max(id) FROM unit WHERE type = 'community'"));
    g_hash_table_insert(world->handles, g_strdup(keep), id);
    world_tick(world);
}

static void test_later_ones(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wu", "told", OPEN("directive", "dong"));
    world_do(world, "wu", "shown", OPEN("notice", "dong"));
    world_tick(world);
    assert_expectations(world, "told", "acknowledge:open acknowledge:open");
    g_assert_cmpint(taking_part(world, "shown"), ==, 2);
    create(world, "new", "dong", "新社区");
    g_assert_cmpint(taking_part(world, "told"), ==, 3);
    assert_expectations(world, "told", "acknowledge:open acknowledge:open acknowledge:open");
    create(world, "far", "xi", "西社区");
    g_assert_cmpint(taking_part(world, "told"), ==, 3);
    world_do(world, NULL, NULL, "{'command':'move_unit','unit':'#$far','parent':'#$dong'}");
    world_tick(world);
    g_assert_cmpint(taking_part(world, "told"), ==, 4);
    world_do(world, NULL, NULL,
             "{'command':'split_unit','unit':'#$lake','into':[{'name':'南','rest':true},{'name':'北'}]}");
    world_tick(world);
    g_assert_cmpint(taking_part(world, "told"), ==, 5);
    assert_expectations(world, "told",
                        "acknowledge:open acknowledge:withdrawn acknowledge:open acknowledge:open acknowledge:open "
                        "acknowledge:open");
    g_assert_cmpint(taking_part(world, "shown"), ==, 2);
}

/* Nobody joins what is closed; open again it asks for those who came meanwhile. */
static void test_closed(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wu", "told", OPEN("directive", "dong"));
    world_do(world, "wu", NULL, "{'command':'enter','matter':'$told','entry':'end','fields':{}}");
    create(world, "new", "dong", "新社区");
    g_assert_cmpint(taking_part(world, "told"), ==, 2);
    g_assert_cmpint(matter_next_due_us(world->harness->rows), >, 0);
    world_do(world, "wu", NULL, "{'command':'enter','matter':'$told','entry':'again','fields':{}}");
    world_tick(world);
    g_assert_cmpint(taking_part(world, "told"), ==, 3);
    assert_expectations(world, "told",
                        "acknowledge:withdrawn acknowledge:withdrawn acknowledge:open acknowledge:open "
                        "acknowledge:open");
}

/* Whoever comes into a post at a unit that takes part answers from then on, instead of a gap. */
static void test_appointed_later(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wu", "told", OPEN("directive", "dong"));
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE name = 'acknowledge' AND post = 0"), ==,
                    1);
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$feng','role':'community_secretary','grounds':['#$lake']}");
    world_tick(world);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE name = 'acknowledge' AND post = 0"), ==,
                    0);
    assert_todo(world, "feng", "acknowledge daily");
}

static int64_t entry_cost_us(struct world *world)
{
    int64_t before = g_get_monotonic_time();
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$told','entry':'acknowledge','fields':{}}");
    return g_get_monotonic_time() - before;
}

/* Pages follow one another by the clock; an entry reads its own participant, not all of them. */
static void test_many(void)
{
    AUTO(world) struct world *world = world_new();
    enum { MANY = 3 * LIMIT_AUDIENCE_JOINING };
    for (int batch = 0; batch < MANY / 250; batch++) {
        GString *json = g_string_new("{'command':'create_units','units':[");
        for (int i = 0; i < 250; i++)
            g_string_append_printf(json, "%s{'parent':'#$dong','type':'community','name':'社区%d'}", i > 0 ? "," : "",
                                   batch * 250 + i);
        g_string_append(json, "]}");
        world_do(world, NULL, NULL, json->str);
        g_string_free(json, TRUE);
    }
    world_do(world, "wu", "told", OPEN("directive", "dong"));
    g_assert_cmpint(taking_part(world, "told"), ==, LIMIT_AUDIENCE_JOINING);
    world_tick(world);
    g_assert_cmpint(taking_part(world, "told"), ==, MANY + 2);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE name = 'acknowledge'"), ==, MANY + 2);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM audience WHERE waits = 1"), ==, 0);
    int64_t took_us = entry_cost_us(world);
    g_test_message("an entry among %d took %" G_GINT64_FORMAT " us", MANY, took_us);
    const struct harness_event *event = harness_last_event(world->harness, "entered");
    g_assert_nonnull(event);
    g_assert_cmpuint(event->event.body_bytes, <, 400);
    world_do(world, "wu", NULL, "{'command':'enter','matter':'$told','entry':'end','fields':{}}");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE name = 'acknowledge'"), ==, 0);
}

static char *leaving_out(int chars)
{
    g_autoptr(GString) reason = g_string_new(NULL);
    for (int i = 0; i < chars; i++)
        g_string_append(reason, "搬");
    return g_strdup_printf("{'command':'open_matter','kind':'directive','unit':'#$dong','participants':"
                           "{'recipient':{'except':[{'unit':'#$garden','reason':'%s'}]}}}",
                           reason->str);
}

/* Chinese counts by characters, not by bytes. */
static void test_long_reason(void)
{
    AUTO(world) struct world *world = world_new();
    g_autofree char *fits = leaving_out(LIMIT_TEXT_CHARS), *too_long = leaving_out(LIMIT_TEXT_CHARS + 1),
                    *none = leaving_out(0);
    world_refuse(world, "wu", too_long, PROBLEM_TEXT_TOO_LONG, "participants.recipient.except[0]");
    world_refuse(world, "wu", none, PROBLEM_REASON_NEEDED, "participants.recipient.except[0]");
    world_do(world, "wu", "told", fits);
    world_tick(world);
    g_assert_cmpint(taking_part(world, "told"), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/audience/later-ones", test_later_ones);
    g_test_add_func("/audience/closed", test_closed);
    g_test_add_func("/audience/appointed-later", test_appointed_later);
    g_test_add_func("/audience/many", test_many);
    g_test_add_func("/audience/long-reason", test_long_reason);
    return g_test_run();
}
