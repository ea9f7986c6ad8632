/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "city.h"

#include "base/clock.h"
#include "registry/staffing.h"

#include <string.h>

#define GRID_1 "110101001001001"

static int64_t post_now(struct city *city, const char *handle, struct post *out)
{
    g_assert_true(registry_post(city->harness->rows, city_id(city, handle), out));
    return out->id;
}

/* Who is asked: the handle of a post or NULL for nobody. */
static void expect_route(struct city *city, const char *role, const char *unit, const char *at, const char *post,
                         int level, bool on_duty)
{
    struct route route;
    bool found = registry_route(city->harness->rows, role, city_unit(city, unit), city_time(at), &route);
    g_assert_cmpint(route.post, ==, post != NULL ? city_id(city, post) : 0);
    g_assert_cmpint(found, ==, post != NULL);
    if (post == NULL)
        return;
    struct post held;
    post_now(city, post, &held);
    g_assert_cmpint(route.person, ==, held.person);
    g_assert_cmpint(route.level, ==, level);
    g_assert_cmpint(route.on_duty, ==, on_duty);
}

static void a_standing_holder_is_asked_then_the_level_above(void)
{
    AUTO(city) struct city *city = city_new();
    const char *now = "2020-01-31T09:00:00+08:00";
    expect_route(city, "grid_worker", GRID_1, now, NULL, 0, false);
    city_do(city, NULL, "above",
            "{'command':'appoint','person':'$zhao','role':'grid_worker','grounds':['110101001001']}");
    expect_route(city, "grid_worker", GRID_1, now, "above", 1, true);
    city_do(city, NULL, "w", "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "']}");
    expect_route(city, "grid_worker", GRID_1, now, "w", 0, true);
    city_do(city, NULL, "l", "{'command':'appoint','person':'$li','role':'grid_worker','grounds':['" GRID_1 "']}");
    expect_route(city, "grid_worker", GRID_1, now, "w", 0, true); /* the lowest id */
    expect_route(city, "doctor", GRID_1, now, NULL, 0, false);
    city_do(city, NULL, NULL, "{'command':'end_post','post_id':'$w'}");
    expect_route(city, "grid_worker", GRID_1, now, "l", 0, true);
    expect_route(city, "grid_worker", GRID_1, "2020-01-31T07:59:59+08:00", NULL, 0, false);
}

static void a_deputy_is_asked_when_the_holder_is_gone(void)
{
    AUTO(city) struct city *city = city_new();
    const char *now = "2020-02-01T09:00:00+08:00";
    city_do(city, NULL, "w",
            "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "'],"
            "'from':'2020-01-10T00:00:00+08:00'}");
    city_do(city, NULL, "above",
            "{'command':'appoint','person':'$zhao','role':'grid_worker','grounds':['110101001001']}");
    city_do(city, NULL, "d", "{'command':'appoint','person':'$li','role':'grid_worker','deputy_of':'$w'}");
    expect_route(city, "grid_worker", GRID_1, now, "w", 0, true);
    city_at(city, "2020-02-01T08:00:00+08:00");
    city_do(city, NULL, NULL, "{'command':'end_post','post_id':'$w'}");
    expect_route(city, "grid_worker", GRID_1, now, "d", 0, false);
    const json_t *passed = harness_last_event(city->harness, "post_handed_over")->body;
    g_assert_cmpint(json_get_integer(passed, "from", 0), ==, city_id(city, "w"));
    g_assert_cmpint(json_get_integer(passed, "to", 0), ==, city_id(city, "d"));
    city_do(city, NULL, NULL, "{'command':'end_post','post_id':'$d'}");
    expect_route(city, "grid_worker", GRID_1, now, "above", 1, true);
}

static void whoever_is_on_duty_comes_first(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, "day",
            "{'command':'appoint','person':'$wang','role':'duty_officer','grounds':['110101001001']}");
    city_do(city, NULL, "night",
            "{'command':'appoint','person':'$li','role':'duty_officer','grounds':['110101001001']}");
    city_do(city, NULL, "street",
            "{'command':'appoint','person':'$zhao','role':'duty_officer','grounds':['110101001']}");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$day','shifts':["
            "{'from':'2020-02-02T08:00:00+08:00','to':'2020-02-02T20:00:00+08:00'},"
            "{'from':'2020-02-01T08:00:00+08:00','to':'2020-02-01T20:00:00+08:00'}]}");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$night','weekly':[{'day':6,'from':'20:00','to':'08:00'}],"
            "'first':'2020-02-01','last':'2020-02-07'}");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$street','shifts':["
            "{'from':'2020-02-01T00:00:00+08:00','to':'2020-02-04T00:00:00+08:00'}]}");
    static const struct {
        const char *at, *post;
        int level;
        bool on_duty;
    } cases[] = {
        {"2020-02-01T07:59:59+08:00", "street", 1, true}, /* nobody here is on duty yet */
        {"2020-02-01T08:00:00+08:00", "day", 0, true},    {"2020-02-01T19:59:59+08:00", "day", 0, true},
        {"2020-02-01T20:00:00+08:00", "night", 0, true},  {"2020-02-02T07:59:59+08:00", "night", 0, true},
        {"2020-02-02T08:00:00+08:00", "day", 0, true},    {"2020-02-03T08:00:00+08:00", "street", 1, true},
        {"2020-02-05T08:00:00+08:00", "day", 0, false}, /* nobody at all: better asleep than nobody */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        expect_route(city, "duty_officer", "110101001001", cases[i].at, cases[i].post, cases[i].level,
                     cases[i].on_duty);
    /* A post without hours among those with: it always is on duty. */
    city_do(city, NULL, NULL, "{'command':'set_roster','post_id':'$day'}");
    struct post day;
    post_now(city, "day", &day);
    g_assert_true(day.keeps_hours); /* the role's: still none's turn without a roster */
    city_do(city, NULL, "w", "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "']}");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$w','shifts':["
            "{'from':'2020-02-01T08:00:00+08:00','to':'2020-02-01T20:00:00+08:00'}]}");
    struct post worker;
    post_now(city, "w", &worker);
    g_assert_true(worker.keeps_hours);
    city_do(city, NULL, NULL, "{'command':'set_roster','post_id':'$w'}");
    post_now(city, "w", &worker);
    g_assert_false(worker.keeps_hours);
}

static void rosters_replace_what_is_to_come(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    city_do(city, NULL, "day",
            "{'command':'appoint','person':'$wang','role':'duty_officer','grounds':['110101001001']}");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$day','shifts':["
            "{'from':'2020-01-31T06:00:00+08:00','to':'2020-01-31T20:00:00+08:00'},"
            "{'from':'2020-02-01T06:00:00+08:00','to':'2020-02-01T12:00:00+08:00'},"
            "{'from':'2020-02-01T12:00:00+08:00','to':'2020-02-01T20:00:00+08:00'}]}");
    g_autoptr(GArray) merged = registry_shifts(rows, city_id(city, "day"), 0, REGISTRY_OPEN);
    g_assert_cmpuint(merged->len, ==, 2);
    city_at(city, "2020-01-31T12:00:00+08:00");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$day','shifts':["
            "{'from':'2020-02-05T06:00:00+08:00','to':'2020-02-05T20:00:00+08:00'}]}");
    g_autoptr(GArray) shifts = registry_shifts(rows, city_id(city, "day"), 0, REGISTRY_OPEN);
    g_assert_cmpuint(shifts->len, ==, 2);
    g_assert_cmpint(g_array_index(shifts, struct shift, 0).to_us, ==, city->harness->now_us);
}

/* In whatever order they come: each stands beside the others, and those that touch are one. */
static void shifts_are_added(void)
{
    static const char *const added[][2] = {
        {"2020-02-05T08:00:00+08:00", "2020-02-05T20:00:00+08:00"}, /* the last first */
        {"2020-02-03T08:00:00+08:00", "2020-02-03T20:00:00+08:00"},
        {"2020-02-03T20:00:00+08:00", "2020-02-04T08:00:00+08:00"}, /* goes on */
        {"2020-02-05T12:00:00+08:00", "2020-02-05T13:00:00+08:00"}, /* within one */
    };
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, "day",
            "{'command':'appoint','person':'$wang','role':'duty_officer','grounds':['110101001001']}");
    for (size_t i = 0; i < G_N_ELEMENTS(added); i++) {
        g_autofree char *body =
            g_strdup_printf("{'command':'add_shift','post_id':'$day','from':'%s','to':'%s'}", added[i][0], added[i][1]);
        city_do(city, NULL, NULL, body);
    }
    static const struct {
        const char *at;
        bool on_duty;
    } cases[] = {
        {"2020-02-03T07:59:59+08:00", false}, {"2020-02-03T08:00:00+08:00", true},  {"2020-02-04T07:59:59+08:00", true},
        {"2020-02-04T08:00:00+08:00", false}, {"2020-02-05T08:00:00+08:00", true},  {"2020-02-05T12:30:00+08:00", true},
        {"2020-02-05T19:59:59+08:00", true},  {"2020-02-05T20:00:00+08:00", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        expect_route(city, "duty_officer", "110101001001", cases[i].at, "day", 0, cases[i].on_duty);
}

static void who_was_responsible_on_the_third_of_february(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    city_at(city, "2020-02-10T08:00:00+08:00");
    city_do(city, NULL, "w",
            "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "'],"
            "'from':'2020-02-01T00:00:00+08:00'}");
    city_do(city, NULL, "doctor",
            "{'command':'appoint','person':'$chen','role':'doctor','grounds':['110101001001'],"
            "'from':'2020-02-01T00:00:00+08:00'}");
    city_do(city, NULL, "officer",
            "{'command':'appoint','person':'$zhao','role':'duty_officer','grounds':['110101001'],"
            "'from':'2020-02-01T00:00:00+08:00','to':'2020-02-06T00:00:00+08:00'}");
    city_do(city, NULL, NULL, "{'command':'end_post','post_id':'$w','to':'2020-02-05T00:00:00+08:00'}");
    city_do(city, NULL, "l",
            "{'command':'appoint','person':'$li','role':'grid_worker','grounds':['" GRID_1 "'],"
            "'from':'2020-02-05T00:00:00+08:00'}");
    static const struct {
        const char *at;
        const char *posts[5];
    } cases[] = {
        {"2020-01-31T12:00:00+08:00", {"registrar"}},
        {"2020-02-03T12:00:00+08:00", {"w", "doctor", "officer", "registrar"}},
        {"2020-02-05T12:00:00+08:00", {"l", "doctor", "officer", "registrar"}},
        {"2020-02-07T12:00:00+08:00", {"l", "doctor", "registrar"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) found = registry_responsible(rows, city_unit(city, GRID_1), city_time(cases[i].at));
        for (guint k = 0; k < found->len; k++) {
            const struct responsible *one = &g_array_index(found, struct responsible, k);
            g_assert_nonnull(cases[i].posts[k]);
            g_assert_cmpint(one->post.id, ==, city_id(city, cases[i].posts[k]));
            g_assert_cmpint(one->on_duty, ==, strcmp(one->post.role, "duty_officer") != 0);
        }
        g_assert_null(cases[i].posts[found->len]);
    }
    g_autoptr(GArray) found =
        registry_responsible(rows, city_unit(city, GRID_1), city_time("2020-02-03T12:00:00+08:00"));
    g_assert_cmpint(g_array_index(found, struct responsible, 2).level, ==, 2);
    g_assert_cmpint(g_array_index(found, struct responsible, 2).ground, ==, city_unit(city, "110101001"));
}

static void an_acting_post_covers_the_place_in_the_right_role(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, "wide",
            "{'command':'appoint','person':'$wang','role':'doctor','grounds':['110101001001','110101001002']}");
    city_do(city, NULL, "near", "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "']}");
    static const char *const workers[] = {"grid_worker", NULL}, *const doctors[] = {"doctor", "x", NULL};
    static const struct {
        const char *wanted, *unit, *at, *post;
        const char *const *roles;
    } cases[] = {
        {NULL, GRID_1, "2020-01-31T09:00:00+08:00", "near", NULL}, /* what is named comes before what is covered */
        {NULL, GRID_1, "2020-01-31T09:00:00+08:00", "near", workers},
        {NULL, GRID_1, "2020-01-31T09:00:00+08:00", "wide", doctors},
        {"wide", GRID_1, "2020-01-31T09:00:00+08:00", "wide", NULL},
        {"wide", GRID_1, "2020-01-31T09:00:00+08:00", NULL, workers},
        {NULL, "110101001002", "2020-01-31T09:00:00+08:00", "wide", NULL},
        {NULL, "110101001", "2020-01-31T09:00:00+08:00", NULL, NULL},
        {NULL, GRID_1, "2020-01-31T07:59:59+08:00", NULL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t post = registry_acting_post(city->harness->rows, city_id(city, "wang"),
                                            cases[i].wanted != NULL ? city_id(city, cases[i].wanted) : 0,
                                            cases[i].roles, city_unit(city, cases[i].unit), city_time(cases[i].at));
        g_assert_cmpint(post, ==, cases[i].post != NULL ? city_id(city, cases[i].post) : 0);
    }
}

static void grounds_change_from_a_day_on(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    city_do(city, NULL, "w",
            "{'command':'appoint','person':'$wang','role':'grid_worker',"
            "'grounds':['" GRID_1 "','110101001001002','" GRID_1 "'],'from':'2020-01-10T00:00:00+08:00'}");
    city_do(city, NULL, NULL,
            "{'command':'change_grounds','post_id':'$w','grounds':['110101001001002','110101001001003'],"
            "'from':'2020-01-20T00:00:00+08:00','version':1}");
    g_autoptr(GArray) before = registry_grounds(rows, city_id(city, "w"), city_time("2020-01-19T00:00:00Z"));
    g_autoptr(GArray) after = registry_grounds(rows, city_id(city, "w"), city->harness->now_us);
    g_assert_cmpuint(before->len, ==, 2);
    g_assert_cmpint(g_array_index(before, int64_t, 0), ==, city_unit(city, GRID_1));
    g_assert_cmpuint(after->len, ==, 2);
    g_assert_cmpint(g_array_index(after, int64_t, 1), ==, city_unit(city, "110101001001003"));
    g_autoptr(GArray) here = registry_posts_at(rows, city_unit(city, GRID_1), city->harness->now_us, 0, 10);
    g_assert_cmpuint(here->len, ==, 0);
    g_autoptr(GArray) posts = registry_posts_of(rows, city_id(city, "wang"), city->harness->now_us);
    g_assert_cmpuint(posts->len, ==, 1);
    g_assert_cmpint(g_array_index(posts, struct post, 0).version, ==, 2);
}

/* Under whichever registration; nor do they widen what they hold. */
static void nobody_appoints_themselves(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, "again", "{'command':'register_person','name':'管测试'}");
    city_do(city, NULL, NULL, "{'command':'merge_persons','person':'$keeper','other':'$again'}");
    static const char *const commands[] = {
        "{'command':'appoint','person':'$keeper','role':'doctor','grounds':['110101001001']}",
        "{'command':'appoint','person':'$again','role':'doctor','grounds':['110101001001']}",
        "{'command':'change_grounds','post_id':'$registrar','grounds':['110101','110101']}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        city_refuse(city, "keeper", commands[i], PROBLEM_NOT_FOR_YOURSELF, NULL);
    city_do(city, "keeper", NULL, "{'command':'appoint','person':'$li','role':'doctor','grounds':['110101001001']}");
}

/* Nobody there could appoint anybody any more: whoever keeps a place alone stays, also when somebody keeps another. */
static void the_last_one_stays(void)
{
    AUTO(city) struct city *city = city_new();
    const char *end = "{'command':'end_post','post_id':'$registrar'}";
    city_do(city, NULL, NULL, "{'command':'appoint','person':'$wang','role':'registrar','grounds':['110105']}");
    city_refuse(city, "keeper", end, PROBLEM_LAST_WITH_RIGHT, NULL);
    city_do(city, NULL, "second", "{'command':'appoint','person':'$wang','role':'registrar','grounds':['110101']}");
    city_do(city, "keeper", NULL, end);
    city_refuse(city, "wang", "{'command':'end_post','post_id':'$second'}", PROBLEM_LAST_WITH_RIGHT, NULL);
    city_do(city, NULL, NULL, "{'command':'end_post','post_id':'$second'}"); /* the operator appoints whom they like */
}

static void every_gap_is_a_row(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    const struct playbook *playbook = rulebook_current(city->harness->rulebook);
    int64_t now = city->harness->now_us;
    g_autoptr(GArray) empty = registry_gaps(rows, playbook, REGISTRY_ROOT, now, 0, 100);
    g_assert_cmpuint(empty->len, ==, 5); /* two communities without doctors, three grids without workers */
    city_do(city, NULL, "w", "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "']}");
    city_do(city, NULL, NULL, "{'command':'appoint','person':'$li','role':'doctor','grounds':['110101001001']}");
    city_do(city, NULL, NULL,
            "{'command':'appoint','person':'$zhao','role':'grid_worker','deputy_of':'$w',"
            "'grounds':['110101001001002']}");
    g_autoptr(GArray) gaps = registry_gaps(rows, playbook, city_unit(city, "110101001001"), now, 0, 100);
    g_assert_cmpuint(gaps->len, ==, 3);
    const struct gap *doctor = &g_array_index(gaps, struct gap, 0);
    g_assert_cmpint(doctor->unit, ==, city_unit(city, "110101001001"));
    g_assert_cmpstr(doctor->role->name, ==, "doctor");
    g_assert_cmpint(doctor->held, ==, 1);
    g_assert_cmpint(doctor->required, ==, 2);
    g_assert_cmpint(g_array_index(gaps, struct gap, 1).unit, ==, city_unit(city, "110101001001002"));
    g_autoptr(GArray) page = registry_gaps(rows, playbook, REGISTRY_ROOT, now, doctor->unit, 1);
    g_assert_cmpuint(page->len, ==, 1);
    g_autoptr(GArray) past = registry_gaps(rows, playbook, REGISTRY_ROOT, city_time("2019-12-01T00:00:00Z"), 0, 100);
    g_assert_cmpuint(past->len, ==, 0);
}

/* Kept and walked alike, of every unit; then of the one. */
static void expect_staffing(struct city *city, const char *unit, const char *role, int64_t longer_us,
                            struct staffing wanted)
{
    struct db *rows = city->harness->rows;
    const struct playbook *playbook = rulebook_current(city->harness->rulebook);
    int64_t now = city->harness->now_us;
    struct staffing kept, walked;
    struct staffing_question question = {.role = role, .before_us = now - longer_us};
    registry_staffing_settle(rows, playbook, now, STAFFING_SETTLED_ALL);
    g_assert_true(registry_staffing_is_settled(rows, playbook, now));
    g_autoptr(GArray) units = cursor_integers(db_query(rows, "SELECT id FROM unit", ""));
    for (guint i = 0; i < units->len; i++) {
        int64_t one = g_array_index(units, int64_t, i);
        registry_staffing(rows, playbook, one, &question, now, &kept);
        registry_staffing_recount(rows, playbook, one, &question, now, &walked);
        g_assert_cmpmem(&kept, sizeof kept, &walked, sizeof walked);
    }
    registry_staffing(rows, playbook, city_unit(city, unit), &question, now, &kept);
    g_assert_cmpint(kept.units, ==, wanted.units);
    g_assert_cmpint(kept.required, ==, wanted.required);
    g_assert_cmpint(kept.held, ==, wanted.held);
    g_assert_cmpint(kept.lacking, ==, wanted.lacking);
}

static struct staffing staffing_of(struct city *city, const char *role)
{
    const struct playbook *playbook = rulebook_current(city->harness->rulebook);
    const struct staffing_question question = {.role = role, .before_us = INT64_MAX};
    struct staffing found;
    registry_staffing_settle(city->harness->rows, playbook, city->harness->now_us, STAFFING_SETTLED_ALL);
    registry_staffing(city->harness->rows, playbook, city_unit(city, "11"), &question, city->harness->now_us, &found);
    return found;
}

/* The units have been there for a month. */
static void a_lack_begins_with_its_requirement(void)
{
    AUTO(city) struct city *city = city_new();
    int64_t first_us = city->harness->now_us;
    g_assert_cmpint(staffing_of(city, "grid_worker").since_us, ==, first_us + 15 * US_PER_MINUTE);
    g_autoptr(GString) text = g_string_new(city_playbook);
    g_string_replace(text, "version: 1", "version: 2", 1);
    g_string_replace(text, "count: 2}\n", "count: 3}\n  - {unit_type: subdistrict, role: duty_officer}\n", 1);
    city_at(city, "2020-02-02T09:00:00+08:00");
    harness_adopt(city->harness, text->str);
    city_at(city, "2020-02-02T11:00:00+08:00");
    int64_t second_us = city->harness->now_us - 2 * US_PER_HOUR;
    g_assert_cmpint(staffing_of(city, "grid_worker").since_us, ==, first_us + 15 * US_PER_MINUTE); /* as before */
    g_assert_cmpint(staffing_of(city, "duty_officer").since_us, ==, second_us + 15 * US_PER_MINUTE);
    g_assert_cmpint(staffing_of(city, "doctor").since_us, ==, second_us + 15 * US_PER_MINUTE); /* more than before */
}

static void staffing_is_kept_as_it_is_walked(void)
{
    AUTO(city) struct city *city = city_new();
    expect_staffing(city, "11", NULL, 0, (struct staffing){10, 7, 0, 0}); /* required since this moment */
    city_at(city, "2020-01-31T09:00:00+08:00");
    expect_staffing(city, "11", NULL, 0, (struct staffing){10, 7, 0, 7});
    city_do(city, NULL, "w",
            "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "'],"
            "'to':'2020-02-03T08:00:00+08:00'}");
    city_do(city, NULL, NULL,
            "{'command':'appoint','person':'$li','role':'grid_worker','grounds':['" GRID_1 "','110101001001002'],"
            "'to':'2020-02-02T08:00:00+08:00'}");
    city_do(city, NULL, NULL,
            "{'command':'appoint','person':'$zhao','role':'grid_worker','deputy_of':'$w',"
            "'grounds':['110101001001003']}");
    city_do(city, NULL, "doctor", "{'command':'appoint','person':'$li','role':'doctor','grounds':['110101001001']}");
    expect_staffing(city, "11", NULL, 0, (struct staffing){10, 7, 3, 4}); /* two in one grid hold one post */
    expect_staffing(city, "110101", "grid_worker", 0, (struct staffing){7, 3, 2, 1});
    expect_staffing(city, "11", "doctor", 0, (struct staffing){10, 4, 1, 3});
    expect_staffing(city, "110105", NULL, 0, (struct staffing){2, 0, 0, 0});

    city_at(city, "2020-02-02T09:00:00+08:00"); /* by time alone */
    struct staffing_question question = {.before_us = INT64_MAX};
    const struct playbook *playbook = rulebook_current(city->harness->rulebook);
    struct staffing found;
    g_assert_false(registry_staffing_is_settled(city->harness->rows, playbook, city->harness->now_us));
    registry_staffing(city->harness->rows, playbook, REGISTRY_ROOT, &question, city->harness->now_us, &found);
    g_assert_cmpint(found.held, ==, 2);
    expect_staffing(city, "11", "grid_worker", 0, (struct staffing){10, 3, 1, 2});
    city_at(city, "2020-02-03T09:00:00+08:00");
    expect_staffing(city, "11", "grid_worker", 0, (struct staffing){10, 3, 0, 3});
    expect_staffing(city, "11", "grid_worker", 2 * US_PER_HOUR, (struct staffing){10, 3, 0, 2});
    expect_staffing(city, "11", "grid_worker", 48 * US_PER_HOUR, (struct staffing){10, 3, 0, 1});

    city_do(city, NULL, NULL, "{'command':'move_unit','unit':'110101001001','parent':'110105001','date':'2020-02-03'}");
    expect_staffing(city, "110101001", NULL, 0, (struct staffing){2, 2, 0, 2});
    expect_staffing(city, "110105", NULL, 0, (struct staffing){6, 5, 1, 4});
    city_at(city, "2020-02-04T09:00:00+08:00");
    city_do(city, NULL, NULL, "{'command':'close_unit','unit':'110101001001003','date':'2020-02-04'}");
    expect_staffing(city, "11", NULL, 0, (struct staffing){9, 6, 1, 5});
}

static void rights_come_from_posts(void)
{
    AUTO(city) struct city *city = city_new();
    struct db *rows = city->harness->rows;
    const struct playbook *playbook = rulebook_current(city->harness->rulebook);
    city_do(city, NULL, "w", "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "']}");
    static const struct {
        const char *person, *unit;
        enum registry_right right;
        bool has;
    } cases[] = {
        {"wang", GRID_1, RIGHT_PERSONS, true},          {"wang", GRID_1, RIGHT_REGISTRY, false},
        {"wang", "110101001001", RIGHT_PERSONS, false}, {"wang", NULL, RIGHT_PERSONS, true},
        {"keeper", GRID_1, RIGHT_REGISTRY, true},       {"keeper", "110105", RIGHT_REGISTRY, false},
        {"keeper", NULL, RIGHT_ACCOUNTS, false},        {"keeper", NULL, RIGHT_PLAYBOOK, false},
        {"keeper", NULL, RIGHT_AUDIT, false},           {"zhao", NULL, RIGHT_PERSONS, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(registry_has_right(rows, playbook, city_id(city, cases[i].person), cases[i].right,
                                           cases[i].unit != NULL ? city_unit(city, cases[i].unit) : 0,
                                           city->harness->now_us),
                        ==, cases[i].has);
    g_assert_false(registry_has_right(rows, NULL, city_id(city, "wang"), RIGHT_PERSONS, 0, city->harness->now_us));
    city_do(city, "keeper", NULL, "{'command':'appoint','person':'$li','role':'duty_officer','grounds':['110101001']}");
    g_assert_cmpint(harness_last_event(city->harness, "post_appointed")->event.post, ==, city_id(city, "registrar"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/posts/standing", a_standing_holder_is_asked_then_the_level_above);
    g_test_add_func("/registry/posts/deputy", a_deputy_is_asked_when_the_holder_is_gone);
    g_test_add_func("/registry/posts/duty", whoever_is_on_duty_comes_first);
    g_test_add_func("/registry/posts/roster", rosters_replace_what_is_to_come);
    g_test_add_func("/registry/posts/shifts-are-added", shifts_are_added);
    g_test_add_func("/registry/posts/responsible", who_was_responsible_on_the_third_of_february);
    g_test_add_func("/registry/posts/acting", an_acting_post_covers_the_place_in_the_right_role);
    g_test_add_func("/registry/posts/grounds", grounds_change_from_a_day_on);
    g_test_add_func("/registry/posts/not-oneself", nobody_appoints_themselves);
    g_test_add_func("/registry/posts/last-one", the_last_one_stays);
    g_test_add_func("/registry/posts/gaps", every_gap_is_a_row);
    g_test_add_func("/registry/posts/staffing", staffing_is_kept_as_it_is_walked);
    g_test_add_func("/registry/posts/lack-begins-with-its-requirement", a_lack_begins_with_its_requirement);
    g_test_add_func("/registry/posts/rights", rights_come_from_posts);
    return g_test_run();
}
