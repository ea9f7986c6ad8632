/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "city.h"

#include "base/datetime.h"

#include <string.h>

static struct unit unit_now(struct city *city, const char *code)
{
    struct unit unit;
    g_assert_true(registry_unit(city->harness->rows, city_unit(city, code), &unit));
    return unit;
}

static void ids_say_the_stream(void)
{
    AUTO(city) struct city *city = city_new();
    g_assert_cmpint(city_unit(city, "11"), ==, REGISTRY_ROOT);
    int64_t made = city_do(city, NULL, NULL,
                           "{'command':'create_unit','parent':'110101001','type':'community','code':'110101001003',"
                           "'name':'新社区'}");
    g_assert_cmpint(city_unit(city, "110101001003"), ==, made);
    int64_t district = city_unit(city, "110101");
    g_assert_cmpint(district, ==, id_unit(id_unit_stream(district), 1)); /* its stream was made for it */
    g_assert_cmpint(id_unit_stream(district), >, 0);
    g_assert_cmpint(id_unit_stream(made), ==, id_unit_stream(district));
    g_assert_cmpint(id_unit_stream(REGISTRY_ROOT), ==, 0);
    g_assert_cmpint(unit_now(city, "110101001003").from_us, ==, city->harness->now_us);
}

static void codes_come_by_themselves_below_the_community(void)
{
    AUTO(city) struct city *city = city_new();
    static const struct {
        const char *json, *code;
    } rows[] = {
        {"{'command':'create_unit','parent':'110101001001','type':'grid','name':'x'}", "110101001001004"},
        {"{'command':'create_unit','parent':'110101001001001','type':'entrance','name':'x'}", "110101001001001001"},
        {"{'command':'create_unit','parent':'110101001001','type':'grid','name':'x'}", "110101001001005"},
        {"{'command':'create_unit','parent':'110101001001','type':'grid','name':'x','code':'110101001001900'"
         "}",
         "110101001001900"},
        {"{'command':'create_unit','parent':'110101001001','type':'grid','name':'x'}", "110101001001901"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct unit unit;
        int64_t id = city_do(city, NULL, NULL, rows[i].json);
        g_assert_true(registry_unit(city->harness->rows, id, &unit));
        g_assert_cmpstr(unit.code, ==, rows[i].code);
    }
    int64_t hospital =
        city_do(city, NULL, NULL, "{'command':'create_unit','parent':'110101','type':'hospital','name':'x'}");
    g_autofree char *code = g_strdup_printf("o-%" G_GINT64_FORMAT, hospital);
    g_assert_cmpint(city_unit(city, code), ==, hospital);
    g_autofree char *text = g_strdup_printf("#%" G_GINT64_FORMAT, hospital);
    g_assert_cmpint(city_unit(city, text), ==, hospital);
}

/* The last number of a stream, or the last stream, is taken: that is refused, and nothing overflows. */
static void numbers_that_are_used_up_are_refused(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    int64_t district = city_unit(city, "110101");
    int64_t last = id_unit(id_unit_stream(district), ID_UNIT_BY_ROOT - 1), far = id_unit(STREAM_MAX, 1);
    db_run(rows, "INSERT INTO shelf (id, unit) VALUES (?1, ?2)", "ii", last, district);
    city_refuse(city, NULL,
                "{'command':'create_unit','parent':'110101001','type':'community','name':'x',"
                "'code':'110101001777'}",
                PROBLEM_TOO_MANY_ITEMS, "parent");
    db_run(rows, "DELETE FROM shelf WHERE id = ?1", "i", last);
    db_run(rows, "INSERT INTO unit VALUES (?1, 'district', 1, 'far', 'far', 0, 1, 1, 'far')", "i", far);
    city_refuse(city, NULL, "{'command':'create_unit','parent':'11','type':'district','name':'x','code':'110177'}",
                PROBLEM_TOO_MANY_ITEMS, "type");
    db_run(rows, "DELETE FROM unit WHERE id = ?1", "i", far);
    city_do(city, NULL, NULL, "{'command':'create_unit','parent':'11','type':'district','name':'x','code':'110177'}");
}

static void a_closed_grids_code_is_not_given_again_by_itself(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, NULL, "{'command':'close_unit','unit':'110101001001003'}");
    city_do(city, NULL, NULL, "{'command':'create_unit','parent':'110101001001','type':'grid','name':'x'}");
    struct unit unit = unit_now(city, "110101001001004");
    g_assert_cmpstr(unit.name, ==, "x");
}

static void names_and_codes_have_a_history(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    int64_t id = city_unit(city, "110101001002"), found;
    city_do(city, NULL, NULL,
            "{'command':'rename_unit','unit':'110101001002','name':'新银闸社区','date':'2020-01-20','version'"
            ":1}");
    city_do(city, NULL, NULL,
            "{'command':'recode_unit','unit':'110101001002','code':'110101001502','date':'2020-01-25','"
            "version':2}");
    static const struct {
        const char *at, *name, *code;
    } cases[] = {
        {"2020-01-19T23:59:59+08:00", "银闸社区", "110101001002"},
        {"2020-01-20T00:00:00+08:00", "新银闸社区", "110101001002"},
        {"2020-01-25T00:00:00+08:00", "新银闸社区", "110101001502"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct unit unit;
        g_assert_true(registry_unit_on(rows, id, city_time(cases[i].at), &unit));
        g_assert_cmpstr(unit.name, ==, cases[i].name);
        g_assert_cmpstr(unit.code, ==, cases[i].code);
        g_assert_true(registry_unit_by_text(rows, cases[i].code, city_time(cases[i].at), &found));
        g_assert_cmpint(found, ==, id);
    }
    g_assert_false(registry_unit_by_text(rows, "110101001002", city->harness->now_us, &found));
    struct unit now = unit_now(city, "110101001502");
    g_assert_cmpint(now.version, ==, 3);
    /* The old code is free again, and means what it meant then. */
    city_do(city, NULL, NULL,
            "{'command':'create_unit','parent':'110101001','type':'community','code':'110101001002','name':'x',"
            "'date':'2020-01-28'}");
    g_assert_true(registry_unit_by_text(rows, "110101001002", city_time("2020-01-10T00:00:00Z"), &found));
    g_assert_cmpint(found, ==, id);
    g_assert_cmpint(city_unit(city, "110101001002"), !=, id);
}

static void a_name_corrected_from_its_first_day_leaves_no_trace(void)
{
    AUTO(city) struct city *city = city_new();
    int64_t id = city_unit(city, "110101001002"), names = 0;
    city_do(city, NULL, NULL, "{'command':'rename_unit','unit':'110101001002','name':'银闸','date':'2020-01-01'}");
    db_integer(city->harness->rows, &names, "SELECT count(*) FROM unit_name WHERE unit = ?1", "i", id);
    g_assert_cmpint(names, ==, 1);
}

static void a_closed_unit_stays_where_it_was(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    int64_t id = city_unit(city, "110101001001003"), district = city_unit(city, "110101");
    struct unit unit;
    city_do(city, NULL, NULL, "{'command':'close_unit','unit':'110101001001003','date':'2020-01-20'}");
    g_assert_true(registry_covers(rows, district, id, city_time("2020-01-19T00:00:00Z")));
    g_assert_false(registry_covers(rows, district, id, city->harness->now_us));
    g_assert_true(registry_unit_on(rows, id, city_time("2020-01-19T00:00:00Z"), &unit));
    g_assert_false(registry_unit_on(rows, id, city->harness->now_us, &unit));
    g_autoptr(GArray) children = registry_children(rows, city_unit(city, "110101001001"), 0, 10);
    g_assert_cmpuint(children->len, ==, 2);
    city_refuse(city, NULL, "{'command':'rename_unit','unit':'110101001001003','name':'x'}", PROBLEM_CLOSED_UNIT,
                "unit");
    g_assert_cmpstr(city->harness->problem->args[0], ==, "2020-01-20");
}

static void closing_ends_posts_that_have_nothing_else(void)
{
    AUTO(city) struct city *city = city_new();
    struct post post;
    int64_t one = city_do(city, NULL, NULL,
                          "{'command':'appoint','person':'$wang','role':'grid_worker',"
                          "'grounds':['110101001001001']}");
    int64_t two = city_do(city, NULL, NULL,
                          "{'command':'appoint','person':'$li','role':'grid_worker',"
                          "'grounds':['110101001001001','110101001001002']}");
    city_at(city, "2020-02-01T08:00:00+08:00");
    city_do(city, NULL, NULL, "{'command':'close_unit','unit':'110101001001001'}");
    g_assert_true(registry_post(city->harness->rows, one, &post));
    g_assert_cmpint(post.to_us, ==, city->harness->now_us);
    g_assert_true(registry_post(city->harness->rows, two, &post));
    g_assert_cmpint(post.to_us, ==, REGISTRY_OPEN);
    g_autoptr(GArray) grounds = registry_grounds(city->harness->rows, two, city->harness->now_us);
    g_assert_cmpuint(grounds->len, ==, 1);
}

static void a_move_leaves_the_past_with_the_old_ancestor(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    int64_t grid = city_unit(city, "110101001001001"), community = city_unit(city, "110101001001");
    int64_t old = city_unit(city, "110101"), new = city_unit(city, "110105");
    int64_t before = city_time("2020-01-20T00:00:00+08:00") - 1, after = before + 1;
    city_do(city, NULL, NULL, "{'command':'move_unit','unit':'110101001001','parent':'110105001','date':'2020-01-20'}");
    g_assert_true(registry_covers(rows, old, grid, before));
    g_assert_false(registry_covers(rows, new, grid, before));
    g_assert_false(registry_covers(rows, old, grid, after));
    g_assert_true(registry_covers(rows, new, grid, after));
    g_assert_true(registry_covers(rows, community, grid, before));
    g_assert_true(registry_covers(rows, community, grid, after));
    g_assert_true(registry_covers(rows, REGISTRY_ROOT, grid, before));
    g_assert_true(registry_covers(rows, REGISTRY_ROOT, grid, after));
    g_assert_cmpint(registry_above(rows, grid, "district", before), ==, old);
    g_assert_cmpint(registry_above(rows, grid, "district", after), ==, new);
    g_assert_cmpint(id_unit_stream(grid), ==, id_unit_stream(old)); /* decided where it was */
    int64_t double_roots = 0;
    db_integer(rows, &double_roots,
               "SELECT count(*) FROM cover WHERE unit = ?1 AND ancestor = ?2 AND from_us <= ?3 AND to_us > ?3", "iii",
               grid, (int64_t)REGISTRY_ROOT, after);
    g_assert_cmpint(double_roots, ==, 1);
    /* Back again, with a grid that was made in between. */
    city_do(city, NULL, NULL, "{'command':'create_unit','parent':'110101001001','type':'grid','name':'x'}");
    city_at(city, "2020-02-02T08:00:00+08:00");
    city_do(city, NULL, NULL, "{'command':'move_unit','unit':'110101001001','parent':'110101001'}");
    g_assert_true(registry_covers(rows, old, city_unit(city, "110101001001004"), city->harness->now_us));
    g_assert_true(registry_covers(rows, new, grid, after));
    city_refuse(city, NULL, "{'command':'move_unit','unit':'110101001001','parent':'110105001','date':'2020-01-25'}",
                PROBLEM_BEFORE_START, "date");
    city_refuse(city, NULL, "{'command':'move_unit','unit':'110105001','parent':'110101','date':'2020-01-25'}",
                PROBLEM_BEFORE_START, "date");
}

static void the_tree_answers(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    int64_t now = city->harness->now_us;
    int64_t grid = city_unit(city, "110101001001001"), other = city_unit(city, "110101001002");
    g_assert_cmpint(registry_above(rows, grid, "grid", now), ==, grid);
    g_assert_cmpint(registry_above(rows, grid, "subdistrict", now), ==, city_unit(city, "110101001"));
    g_assert_cmpint(registry_above(rows, REGISTRY_ROOT, "grid", now), ==, 0);
    g_assert_cmpint(registry_common_ancestor(rows, grid, other, now), ==, city_unit(city, "110101001"));
    g_assert_cmpint(registry_common_ancestor(rows, grid, city_unit(city, "110105"), now), ==, REGISTRY_ROOT);
    g_assert_cmpint(registry_common_ancestor(rows, grid, grid, now), ==, grid);
    g_autoptr(GArray) path = registry_path(rows, grid, now);
    g_assert_cmpuint(path->len, ==, 5);
    g_assert_cmpstr(g_array_index(path, struct unit, 0).name, ==, "北京市");
    g_assert_cmpstr(g_array_index(path, struct unit, 4).name, ==, "第一网格");
    g_assert_cmpint(g_array_index(path, struct unit, 4).parent, ==, city_unit(city, "110101001001"));
    g_autoptr(GArray) top = registry_children(rows, 0, 0, 10);
    g_assert_cmpuint(top->len, ==, 1);
}

static void search_finds_by_part_of_a_name(void)
{
    AUTO(city) struct city *city = city_new();
    static const struct {
        const char *under, *text;
        int most;
        guint found;
    } cases[] = {
        {NULL, "网格", 10, 3},
        {NULL, "网格", 2, 2},
        {NULL, "福巷", 10, 1},
        {"110105", "网格", 10, 0},
        {"110101001", "社区", 10, 2},
        {NULL, "110101001", 10, 6},
        {NULL, "%", 10, 0},
        {NULL, "_", 10, 0},
        {NULL, "网 格", 10, 3},
        {NULL, "福·巷", 10, 1},
        {"110101001", "社　区", 10, 2},
        {NULL, "·", 10, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t under = cases[i].under != NULL ? city_unit(city, cases[i].under) : 0;
        g_autoptr(GArray) found = registry_search_units(city->harness->rows, under, cases[i].text, 0, cases[i].most);
        g_assert_cmpuint(found->len, ==, cases[i].found);
    }
    g_autoptr(GArray) first = registry_search_units(city->harness->rows, 0, "网格", 0, 1);
    g_autoptr(GArray) rest =
        registry_search_units(city->harness->rows, 0, "网格", g_array_index(first, struct unit, 0).id, 10);
    g_assert_cmpuint(rest->len, ==, 2);
}

/* At whatever depth, page by page, and alike where so much lies below that it is looked for among the type. */
static void units_of_a_type(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    static const struct {
        const char *under, *type;
        guint found;
    } cases[] = {
        {NULL, "grid", 3},
        {NULL, "city", 1},
        {"110101", "grid", 3},
        {"110101", "community", 2},
        {"110101001", "grid", 3},
        {"110105", "grid", 0},
        {"110101001001", "community", 0},
        {NULL, "no_such_type", 0},
    };
    for (int many = 0; many < 2; many++) {
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
            int64_t under = cases[i].under != NULL ? city_unit(city, cases[i].under) : 0, after = 0;
            guint count = 0, got;
            do {
                g_autoptr(GArray) page = registry_units_of_type(rows, under, cases[i].type, after, 2);
                got = page->len;
                count += got;
                for (guint j = 0; j < got; j++) {
                    g_assert_cmpint(g_array_index(page, struct unit, j).id, >, after);
                    after = g_array_index(page, struct unit, j).id;
                    g_assert_cmpstr(g_array_index(page, struct unit, j).type, ==, cases[i].type);
                }
            } while (got == 2);
            g_assert_cmpuint(count, ==, cases[i].found);
        }
        static const char *const tops[] = {"110101", "110101001", "110105", "110101001001"};
        for (size_t i = 0; i < G_N_ELEMENTS(tops); i++)
            db_run(rows,
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) "
                   "INSERT OR IGNORE INTO cover SELECT ?1, 1000000000 + i, 0, ?2, 1 FROM n",
                   "ii", city_unit(city, tops[i]), REGISTRY_OPEN);
    }
    db_run(rows, "DELETE FROM cover WHERE unit BETWEEN 1000000000 AND 1000006000", "");
    city_do(city, NULL, NULL, "{'command':'close_unit','unit':'110101001001003','date':'2020-01-20'}");
    g_autoptr(GArray) left = registry_units_of_type(rows, city_unit(city, "110101"), "grid", 0, 10);
    g_assert_cmpuint(left->len, ==, 2);
}

static void a_late_fact_names_the_unit_of_its_time(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, NULL,
            "{'command':'recode_unit','unit':'110101001002','code':'110101001502','date':'2020-01-25'}");
    int64_t pos = city_do(city, NULL, NULL,
                          "{'command':'create_unit','parent':'110101001002','type':'grid','name':'x',"
                          "'observed_at':'2020-01-24T08:00:00+08:00'}");
    struct unit unit;
    g_assert_true(registry_unit(city->harness->rows, pos, &unit));
    g_assert_cmpint(unit.parent, ==, city_unit(city, "110101001502"));
}

static void keepers_keep_their_own_district(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, "keeper", NULL,
            "{'command':'create_unit','parent':'110101001001','type':'grid','name':'x','version':0}");
    const struct harness_event *event = harness_last_event(city->harness, "unit_created");
    g_assert_cmpint(event->event.post, ==, city_id(city, "registrar"));
    g_assert_cmpint(event->event.person, ==, city_id(city, "keeper"));
    g_assert_cmpint(event->event.stream, ==, id_unit_stream(city_unit(city, "110101")));
}

/* Deciding counts, applying copies: what rows say of a version stands in the event. */
static void events_tell_the_version(void)
{
    AUTO(city) struct city *city = city_new();
    static const struct {
        const char *json, *event;
    } rows[] = {
        {"{'command':'rename_unit','unit':'110101001001003','name':'甲'}", "unit_changed"},
        {"{'command':'rename_unit','unit':'110101001001003','name':'乙'}", "unit_changed"},
        {"{'command':'recode_unit','unit':'110101001001003','code':'110101001001009'}", "unit_changed"},
        {"{'command':'move_unit','unit':'110101001001009','parent':'110101001002'}", "unit_changed"},
        {"{'command':'close_unit','unit':'110101001001009'}", "unit_closed"},
    };
    int64_t id = city_unit(city, "110101001001003");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct unit unit;
        g_test_message("%s", rows[i].json);
        city_do(city, NULL, NULL, rows[i].json);
        g_assert_true(registry_unit(city->harness->rows, id, &unit));
        g_assert_cmpint(unit.version, ==, (int64_t)i + 2);
        g_assert_cmpint(json_get_integer(harness_last_event(city->harness, rows[i].event)->body, "version", 0), ==,
                        unit.version);
    }
}

/* A code that was typed in full width is the same code. */
static void full_width_codes_are_codes(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, NULL,
            "{'command':'create_unit','parent':'１１０１０１００１','type':'community','name':'x',"
            "'code':'１１０１０１００１００７'}");
    int64_t unit = city_unit(city, "110101001007");
    g_assert_cmpint(unit, !=, 0);
    city_refuse(city, NULL,
                "{'command':'create_unit','parent':'110101001','type':'community','name':'y',"
                "'code':'１１０１０１００１００７'}",
                PROBLEM_CODE_TAKEN, "code");
    city_do(city, NULL, NULL, "{'command':'recode_unit','unit':'110101001007','code':'１１０１０１００１００８'}");
    g_assert_cmpint(city_unit(city, "110101001008"), ==, unit);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/units/full-width", full_width_codes_are_codes);
    g_test_add_func("/registry/units/ids", ids_say_the_stream);
    g_test_add_func("/registry/units/used-up", numbers_that_are_used_up_are_refused);
    g_test_add_func("/registry/units/codes", codes_come_by_themselves_below_the_community);
    g_test_add_func("/registry/units/codes-of-closed", a_closed_grids_code_is_not_given_again_by_itself);
    g_test_add_func("/registry/units/history", names_and_codes_have_a_history);
    g_test_add_func("/registry/units/corrected", a_name_corrected_from_its_first_day_leaves_no_trace);
    g_test_add_func("/registry/units/closed", a_closed_unit_stays_where_it_was);
    g_test_add_func("/registry/units/closed-posts", closing_ends_posts_that_have_nothing_else);
    g_test_add_func("/registry/units/moved", a_move_leaves_the_past_with_the_old_ancestor);
    g_test_add_func("/registry/units/tree", the_tree_answers);
    g_test_add_func("/registry/units/search", search_finds_by_part_of_a_name);
    g_test_add_func("/registry/units/of-a-type", units_of_a_type);
    g_test_add_func("/registry/units/late", a_late_fact_names_the_unit_of_its_time);
    g_test_add_func("/registry/units/keeper", keepers_keep_their_own_district);
    g_test_add_func("/registry/units/versions", events_tell_the_version);
    return g_test_run();
}
