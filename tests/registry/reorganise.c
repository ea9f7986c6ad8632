/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units merged, split and moved: what was before stays as it was, and what is then is what a fresh tree would say. */
#include "city.h"

#include <string.h>

#define COMMUNITY "110101001001"
#define GRID1     COMMUNITY "001"
#define GRID2     COMMUNITY "002"
#define GRID3     COMMUNITY "003"

static char *responsible(struct city *city, int64_t unit, int64_t at_us)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GArray) found = registry_responsible(city->harness->rows, unit, at_us);
    for (guint i = 0; i < found->len; i++) {
        const struct responsible *one = &g_array_index(found, struct responsible, i);
        g_string_append_printf(text, "%" G_GINT64_FORMAT "@%" G_GINT64_FORMAT "/%d ", one->post.id, one->ground,
                               one->level);
    }
    return g_string_free(text, FALSE);
}

/* wang answers for grid 1, li for grids 2 and 3; both live in grid 1. */
static struct city *peopled(void)
{
    struct city *city = city_new();
    city_do(city, NULL, "w",
            "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID1 "'],"
            "'from':'2020-01-10T00:00:00+08:00'}");
    city_do(city, NULL, "l",
            "{'command':'appoint','person':'$li','role':'grid_worker','grounds':['" GRID2 "','" GRID3 "'],"
            "'from':'2020-01-10T00:00:00+08:00'}");
    city_do(city, NULL, "home",
            "{'command':'move_in','persons':['$wang','$li'],'unit':'" GRID1 "','dwelling':'2单元301',"
            "'from':'2020-01-10T00:00:00+08:00'}");
    return city;
}

static void a_merge_takes_everything_along(void)
{
    AUTO(city) struct city *city = peopled();
    struct db *rows = city->harness->rows;
    int64_t one = city_unit(city, GRID1), two = city_unit(city, GRID2), now = city->harness->now_us;
    g_autofree char *before = responsible(city, one, now - 1);
    city_do(city, NULL, NULL, "{'command':'merge_units','unit':'" GRID2 "','units':['" GRID1 "']}");
    struct unit closed;
    g_assert_true(registry_unit(rows, one, &closed));
    g_assert_cmpint(closed.to_us, ==, now);
    struct residency home;
    g_assert_true(registry_residency(rows, city_id(city, "wang"), now, &home));
    g_assert_cmpint(home.unit, ==, two);
    g_assert_true(registry_residency(rows, city_id(city, "wang"), now - 1, &home));
    g_assert_cmpint(home.unit, ==, one);
    g_autofree char *dwelling = registry_dwelling(rows, city->harness->vault, city_id(city, "wang"), now);
    g_assert_cmpstr(dwelling, ==, "2单元301");
    g_autoptr(GArray) grounds = registry_grounds(rows, city_id(city, "w"), now);
    g_assert_cmpuint(grounds->len, ==, 1);
    g_assert_cmpint(g_array_index(grounds, int64_t, 0), ==, two);
    struct post post;
    g_assert_true(registry_post(rows, city_id(city, "w"), &post));
    g_assert_cmpint(post.seat, ==, two);
    g_autofree char *after = responsible(city, one, now - 1);
    g_assert_cmpstr(after, ==, before);
    g_autoptr(GArray) became = registry_successors(rows, one);
    g_assert_cmpint(g_array_index(became, int64_t, 0), ==, two);
    city_refuse(city, NULL, "{'command':'rename_unit','unit':'" GRID1 "','name':'x'}", PROBLEM_CLOSED_UNIT, "unit");
}

/* li answers for the survivor already: no second post there, and nothing lost of what the first one covers. */
static void whoever_covers_both_covers_it_once(void)
{
    AUTO(city) struct city *city = peopled();
    struct db *rows = city->harness->rows;
    city_do(city, NULL, NULL, "{'command':'merge_units','unit':'" GRID2 "','units':['" GRID3 "']}");
    g_autoptr(GArray) grounds = registry_grounds(rows, city_id(city, "l"), city->harness->now_us);
    g_assert_cmpuint(grounds->len, ==, 1);
    city_do(city, NULL, "second", "{'command':'appoint','person':'$li','role':'grid_worker','grounds':['" GRID1 "']}");
    city_at(city, "2020-02-01T08:00:00+08:00");
    city_do(city, NULL, NULL, "{'command':'merge_units','unit':'" GRID2 "','units':['" GRID1 "']}");
    struct post post;
    g_assert_true(registry_post(rows, city_id(city, "second"), &post));
    g_assert_cmpint(post.to_us, ==, city->harness->now_us);
}

static void a_split_places_everything(void)
{
    AUTO(city) struct city *city = peopled();
    struct db *rows = city->harness->rows;
    int64_t old = city_unit(city, COMMUNITY), now = city->harness->now_us;
    city_do(city, NULL, "doctor", "{'command':'appoint','person':'$zhao','role':'doctor','grounds':['" COMMUNITY "']}");
    city_at(city, "2020-02-01T08:00:00+08:00");
    city_refuse(city, NULL,
                "{'command':'split_unit','unit':'" COMMUNITY "','into':[{'name':'东','units':['" GRID1 "']},"
                "{'name':'西','units':['" GRID2 "']}]}",
                PROBLEM_NOT_PLACED, "into");
    const struct problem *problem = city->harness->problem;
    g_assert_cmpstr(problem->args[0], ==, "units");
    g_assert_cmpstr(problem->args[1], ==, GRID3);
    g_assert_cmpstr(problem->next->args[0], ==, "posts");
    city_do(city, NULL, NULL,
            "{'command':'split_unit','unit':'" COMMUNITY "','into':["
            "{'name':'东','code':'110101001801','units':['" GRID1 "'],'posts':['$doctor']},"
            "{'name':'西','code':'110101001802','posts':['$doctor'],'rest':true}]}");
    int64_t east = city_unit(city, "110101001801"), west = city_unit(city, "110101001802");
    g_assert_true(registry_covers(rows, east, city_unit(city, GRID1), city->harness->now_us));
    g_assert_true(registry_covers(rows, west, city_unit(city, GRID3), city->harness->now_us));
    g_assert_true(registry_covers(rows, old, city_unit(city, GRID1), now));
    g_assert_false(registry_covers(rows, old, city_unit(city, GRID1), city->harness->now_us));
    g_autoptr(GArray) grounds = registry_grounds(rows, city_id(city, "doctor"), city->harness->now_us);
    g_assert_cmpuint(grounds->len, ==, 2);
    g_autoptr(GArray) came = registry_predecessors(rows, west);
    g_assert_cmpint(g_array_index(came, int64_t, 0), ==, old);
}

static void a_kept_unit_keeps_what_no_part_takes(void)
{
    AUTO(city) struct city *city = peopled();
    struct db *rows = city->harness->rows;
    int64_t old = city_unit(city, GRID1);
    city_do(city, NULL, NULL,
            "{'command':'split_unit','unit':'" GRID1 "','into':[{'name':'新','households':['$home']}],'keep':true}");
    struct residency home;
    g_assert_true(registry_residency(rows, city_id(city, "li"), city->harness->now_us, &home));
    g_assert_cmpint(home.unit, !=, old);
    g_autoptr(GArray) grounds = registry_grounds(rows, city_id(city, "w"), city->harness->now_us);
    g_assert_cmpint(g_array_index(grounds, int64_t, 0), ==, old);
    city_do(city, NULL, NULL, "{'command':'rename_unit','unit':'" GRID1 "','name':'旧'}");
}

static void offers_of_what_is_gone_are_withdrawn(void)
{
    AUTO(city) struct city *city = peopled();
    struct handover handover;
    city_do(city, "li", "offer",
            "{'command':'hand_over_post','from_post':'$l','mode':'post','to_person':'$zhao','grounds':['" GRID3
            "'],'reason':'发烧'}");
    city_do(city, NULL, NULL, "{'command':'merge_units','unit':'" GRID1 "','units':['" GRID3 "']}");
    g_assert_true(registry_handover(city->harness->rows, city_id(city, "offer"), &handover));
    g_assert_cmpstr(handover.state, ==, "withdrawn");
}

/* ---- at random ---- */

/* What `cover` says now, and what the parents say. */
static void assert_cover_is_the_tree(struct city *city)
{
    struct db *rows = city->harness->rows;
    int64_t wrong = 0;
    db_integer(rows, &wrong,
               "WITH RECURSIVE tree (ancestor, unit, depth) AS ("
               "SELECT id, id, 0 FROM unit WHERE to_us > ?1 UNION ALL "
               "SELECT u.parent, t.unit, t.depth + 1 FROM tree t JOIN unit u ON u.id = t.ancestor "
               "WHERE u.parent <> 0), now AS (SELECT ancestor, unit, depth FROM cover "
               "WHERE from_us <= ?1 AND to_us > ?1) "
               "SELECT (SELECT count(*) FROM (SELECT * FROM tree EXCEPT SELECT * FROM now)) + "
               "(SELECT count(*) FROM (SELECT * FROM now EXCEPT SELECT * FROM tree)) + "
               "(SELECT count(*) FROM now) - (SELECT count(*) FROM tree)",
               "i", city->harness->now_us);
    g_assert_cmpint(wrong, ==, 0);
    db_integer(rows, &wrong, "SELECT count(*) FROM residency r JOIN unit u ON u.id = r.unit WHERE r.to_us > u.to_us",
               "");
    g_assert_cmpint(wrong, ==, 0);
    db_integer(rows, &wrong, "SELECT count(*) FROM post_ground g JOIN unit u ON u.id = g.unit WHERE g.to_us > u.to_us",
               "");
    g_assert_cmpint(wrong, ==, 0);
}

/* An open unit of the type, by chance; 0 none. */
static int64_t any_unit(struct city *city, GRand *random, const char *type)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int64_t));
    AUTO(cursor)
    struct cursor cursor =
        db_query(city->harness->rows, "SELECT id FROM unit WHERE type = ?1 AND to_us = ?2 ORDER BY id", "si", type,
                 REGISTRY_OPEN);
    while (cursor_next(&cursor)) {
        int64_t id = cursor_integer(&cursor, 0);
        g_array_append_val(found, id);
    }
    return found->len == 0 ? 0 : g_array_index(found, int64_t, g_rand_int_range(random, 0, (gint32)found->len));
}

#define N G_GINT64_FORMAT

static char *any_reform(struct city *city, GRand *random)
{
    const char *type = g_rand_boolean(random) ? "grid" : "community";
    int64_t one = any_unit(city, random, type), other = any_unit(city, random, type);
    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
        return g_strdup_printf("{'command':'merge_units','unit':'#%" N "','units':['#%" N "']}", one, other);
    case 1:
        return g_strdup_printf("{'command':'split_unit','unit':'#%" N "','into':[{'name':'a','rest':true},"
                               "{'name':'b'}]}",
                               one);
    case 2:
        return g_strdup_printf("{'command':'move_unit','unit':'#%" N "','parent':'#%" N "'}",
                               any_unit(city, random, "grid"), any_unit(city, random, "community"));
    default:
        return g_strdup_printf("{'command':'move_unit','unit':'#%" N "','parent':'#%" N "'}",
                               any_unit(city, random, "community"), any_unit(city, random, "subdistrict"));
    }
}

struct known { /* who was responsible, when asked on the day itself */
    int64_t unit, at_us;
    char *said;
};

static void clear_known(gpointer known)
{
    g_free(((struct known *)known)->said);
}

static void the_past_stays_after_any_of_them(void)
{
    for (guint32 seed = 1; seed <= 4; seed++) {
        AUTO(city) struct city *city = peopled();
        GRand *random = g_rand_new_with_seed(seed);
        g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(struct known));
        g_array_set_clear_func(known, clear_known);
        int done = 0;
        for (int day = 0; day < 25; day++) {
            struct known now = {any_unit(city, random, "grid"), city->harness->now_us, NULL};
            now.said = responsible(city, now.unit, now.at_us);
            g_array_append_val(known, now);
            city->harness->now_us += 24 * G_TIME_SPAN_HOUR;
            g_autofree char *json = any_reform(city, random);
            done += harness_ask(city->harness, ORIGIN_OPERATOR, 0, json);
            assert_cover_is_the_tree(city);
        }
        for (guint i = 0; i < known->len; i++) {
            const struct known *then = &g_array_index(known, struct known, i);
            g_autofree char *says = responsible(city, then->unit, then->at_us);
            g_assert_cmpstr(says, ==, then->said);
        }
        g_assert_cmpint(done, >, 8);
        g_rand_free(random);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/reform/merge", a_merge_takes_everything_along);
    g_test_add_func("/registry/reform/merge-once", whoever_covers_both_covers_it_once);
    g_test_add_func("/registry/reform/split", a_split_places_everything);
    g_test_add_func("/registry/reform/keep", a_kept_unit_keeps_what_no_part_takes);
    g_test_add_func("/registry/reform/offers", offers_of_what_is_gone_are_withdrawn);
    g_test_add_func("/registry/reform/past", the_past_stays_after_any_of_them);
    return g_test_run();
}
