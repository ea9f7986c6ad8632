/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "city.h"

#include <string.h>

#define GRID_1 "110101001001001"
#define GRID_2 "110101001001002"

static void expect_grounds(struct city *city, const char *post, guint count)
{
    g_autoptr(GArray) grounds = registry_grounds(city->harness->rows, city_id(city, post), city->harness->now_us);
    g_assert_cmpuint(grounds->len, ==, count);
}

static int64_t asked(struct city *city, const char *role, const char *unit)
{
    struct route route;
    registry_route(city->harness->rows, role, city_unit(city, unit), city->harness->now_us, &route);
    return route.post;
}

static struct city *with_two_workers(void)
{
    struct city *city = city_new();
    city_do(city, NULL, "w",
            "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "','" GRID_2 "']}");
    city_do(city, NULL, "l", "{'command':'appoint','person':'$li','role':'grid_worker','grounds':['110101001001003']}");
    city_at(city, "2020-02-01T08:00:00+08:00");
    return city;
}

static void the_giver_answers_until_the_taker_accepts(void)
{
    AUTO(city) struct city *city = with_two_workers();
    struct db *rows = city->harness->rows;
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$w','mode':'post','to_post':'$l','reason':'发烧'}");
    g_assert_cmpint(asked(city, "grid_worker", GRID_1), ==, city_id(city, "w"));
    g_autoptr(GArray) waiting = registry_handovers(rows, city_id(city, "li"), HANDOVER_OFFERED_TO, INT64_MAX, 0, 10);
    g_autoptr(GArray) given = registry_handovers(rows, city_id(city, "wang"), HANDOVER_GIVEN, INT64_MAX, 0, 10);
    g_assert_cmpuint(waiting->len, ==, 1);
    g_assert_cmpuint(given->len, ==, 1);
    g_assert_cmpstr(g_array_index(waiting, struct handover, 0).mode, ==, "post");
    g_autofree char *reason = registry_handover_reason(rows, city->harness->vault, city_id(city, "offer"), false);
    g_assert_cmpstr(reason, ==, "发烧");
    city_at(city, "2020-02-01T09:00:00+08:00");
    city_do(city, "li", NULL, "{'command':'accept_handover','handover':'$offer'}");
    g_assert_cmpint(asked(city, "grid_worker", GRID_1), ==, city_id(city, "l"));
    expect_grounds(city, "l", 3);
    struct post giver;
    registry_post(rows, city_id(city, "w"), &giver);
    g_assert_cmpint(giver.to_us, ==, city->harness->now_us);
    struct handover handover;
    registry_handover(rows, city_id(city, "offer"), &handover);
    g_assert_cmpstr(handover.state, ==, "accepted");
    const struct harness_event *event = harness_last_event(city->harness, "post_handed_over");
    g_assert_cmpint(json_get_integer(event->body, "from", 0), ==, city_id(city, "w"));
    g_assert_cmpint(json_get_integer(event->body, "to", 0), ==, city_id(city, "l"));
    g_assert_cmpint(json_get_integer(event->body, "at_us", 0), ==, city->harness->now_us);
    g_assert_cmpint(event->event.post, ==, city_id(city, "l"));
    g_autoptr(GArray) rest = registry_handovers(rows, city_id(city, "li"), HANDOVER_OFFERED_TO, INT64_MAX, 0, 10);
    g_assert_cmpuint(rest->len, ==, 0);
    /* Before the hand-over it was wang's. */
    g_autoptr(GArray) then =
        registry_responsible(rows, city_unit(city, GRID_1), city_time("2020-02-01T08:30:00+08:00"));
    g_assert_cmpint(g_array_index(then, struct responsible, 0).post.id, ==, city_id(city, "w"));
}

static void one_ground_may_go_alone(void)
{
    AUTO(city) struct city *city = with_two_workers();
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$w','mode':'post','to_post':'$l','grounds':['" GRID_2
            "'],'reason':'x'}");
    city_do(city, "li", NULL, "{'command':'accept_handover','handover':'$offer'}");
    expect_grounds(city, "w", 1);
    expect_grounds(city, "l", 2);
    g_assert_cmpint(asked(city, "grid_worker", GRID_1), ==, city_id(city, "w"));
    g_assert_cmpint(asked(city, "grid_worker", GRID_2), ==, city_id(city, "l"));
    const json_t *grounds = json_object_get(harness_last_event(city->harness, "post_handed_over")->body, "grounds");
    g_assert_cmpuint(json_array_size(grounds), ==, 1);
    g_assert_cmpint(json_integer_value(json_array_get(grounds, 0)), ==, city_unit(city, GRID_2));
}

static void a_person_without_a_post_is_appointed(void)
{
    AUTO(city) struct city *city = with_two_workers();
    struct db *rows = city->harness->rows;
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$w','shifts':["
            "{'from':'2020-02-01T06:00:00+08:00','to':'2020-02-01T20:00:00+08:00'},"
            "{'from':'2020-02-02T06:00:00+08:00','to':'2020-02-02T20:00:00+08:00'}]}");
    city_do(city, "keeper", "offer",
            "{'command':'hand_over_post','from_post':'$w','mode':'post','to_person':'$zhao','reason':'x'}");
    g_assert_cmpint(harness_last_event(city->harness, "handover_offered")->event.post, ==, city_id(city, "registrar"));
    city_do(city, "zhao", "z", "{'command':'accept_handover','handover':'$offer'}");
    expect_grounds(city, "z", 2);
    struct post post;
    registry_post(rows, city_id(city, "z"), &post);
    g_assert_cmpint(post.person, ==, city_id(city, "zhao"));
    g_assert_true(post.keeps_hours);
    g_autoptr(GArray) shifts = registry_shifts(rows, post.id, 0, REGISTRY_OPEN);
    g_assert_cmpuint(shifts->len, ==, 2);
    g_assert_cmpint(g_array_index(shifts, struct shift, 0).from_us, ==, city->harness->now_us);
    struct handover handover;
    registry_handover(rows, city_id(city, "offer"), &handover);
    g_assert_cmpint(handover.to_post, ==, post.id);
}

static struct city *with_two_officers(void)
{
    struct city *city = city_new();
    city_do(city, NULL, "day",
            "{'command':'appoint','person':'$wang','role':'duty_officer','grounds':['110101001001']}");
    city_do(city, NULL, "night",
            "{'command':'appoint','person':'$li','role':'duty_officer','grounds':['110101001001']}");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$day','shifts':["
            "{'from':'2020-02-01T08:00:00+08:00','to':'2020-02-01T20:00:00+08:00'},"
            "{'from':'2020-02-02T08:00:00+08:00','to':'2020-02-02T20:00:00+08:00'}]}");
    city_do(city, NULL, NULL,
            "{'command':'set_roster','post_id':'$night','shifts':["
            "{'from':'2020-02-01T20:00:00+08:00','to':'2020-02-02T08:00:00+08:00'}]}");
    return city;
}

static void expect_duty(struct city *city, const char *at, const char *post)
{
    struct route route;
    registry_route(city->harness->rows, "duty_officer", city_unit(city, "110101001001"), city_time(at), &route);
    g_assert_cmpint(route.post, ==, city_id(city, post));
    g_assert_true(route.on_duty);
}

static void a_shift_is_handed_over_in_one_act(void)
{
    AUTO(city) struct city *city = with_two_officers();
    city_at(city, "2020-02-01T18:00:00+08:00");
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$day','mode':'shift','to_post':'$night','reason':'x'}");
    expect_duty(city, "2020-02-01T18:00:00+08:00", "day");
    city_do(city, "li", NULL, "{'command':'accept_handover','handover':'$offer'}");
    expect_duty(city, "2020-02-01T18:00:00+08:00", "night");
    expect_duty(city, "2020-02-02T07:59:00+08:00", "night");
    expect_duty(city, "2020-02-02T08:00:00+08:00", "day"); /* the next day is theirs as before */
    g_autoptr(GArray) then = registry_shifts(city->harness->rows, city_id(city, "day"), 0, REGISTRY_OPEN);
    g_assert_cmpuint(then->len, ==, 2);
    g_assert_cmpint(g_array_index(then, struct shift, 0).to_us, ==, city->harness->now_us);
    g_assert_nonnull(harness_last_event(city->harness, "post_handed_over"));
}

/* The giver is on duty again for the rest of it; the taker's own shift behind it stays. */
static void a_lent_shift_ends_early(void)
{
    AUTO(city) struct city *city = with_two_officers();
    city_at(city, "2020-02-01T18:00:00+08:00");
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$day','mode':'shift','to_post':'$night','reason':'x'}");
    city_do(city, "li", NULL, "{'command':'accept_handover','handover':'$offer'}");
    expect_duty(city, "2020-02-01T19:30:00+08:00", "night");
    city_at(city, "2020-02-01T19:00:00+08:00");
    city_do(city, "li", NULL, "{'command':'withdraw_handover','handover':'$offer'}");
    expect_duty(city, "2020-02-01T19:30:00+08:00", "day");
    expect_duty(city, "2020-02-01T20:30:00+08:00", "night");
    expect_duty(city, "2020-02-02T09:00:00+08:00", "day");
}

static void a_part_of_a_shift_comes_back(void)
{
    AUTO(city) struct city *city = with_two_officers();
    city_at(city, "2020-02-01T10:00:00+08:00");
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$day','mode':'shift','to_post':'$night','reason':'x',"
            "'until':'2020-02-01T12:00:00+08:00'}");
    city_do(city, "li", NULL, "{'command':'accept_handover','handover':'$offer'}");
    expect_duty(city, "2020-02-01T11:59:59+08:00", "night");
    expect_duty(city, "2020-02-01T12:00:00+08:00", "day");
    expect_duty(city, "2020-02-01T20:00:00+08:00", "night");
}

static void a_standing_holder_lends_their_duty(void)
{
    AUTO(city) struct city *city = city_new();
    city_do(city, NULL, "w", "{'command':'appoint','person':'$wang','role':'grid_worker','grounds':['" GRID_1 "']}");
    city_do(city, NULL, "l",
            "{'command':'appoint','person':'$li','role':'grid_worker','grounds':['" GRID_1 "','" GRID_2 "']}");
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$w','mode':'shift','to_post':'$l','reason':'x',"
            "'until':'2020-02-02T08:00:00+08:00'}");
    city_do(city, "li", NULL, "{'command':'accept_handover','handover':'$offer'}");
    g_assert_cmpint(asked(city, "grid_worker", GRID_1), ==, city_id(city, "l"));
    city_at(city, "2020-02-02T08:00:00+08:00");
    g_assert_cmpint(asked(city, "grid_worker", GRID_1), ==, city_id(city, "w"));
    g_assert_cmpint(asked(city, "grid_worker", GRID_2), ==, city_id(city, "l")); /* and never off duty for it */
}

/* Until then: the hours of the days between go with it, and come back with what is left of them. */
static void hours_are_lent_and_come_back(void)
{
    AUTO(city) struct city *city = with_two_officers();
    city_at(city, "2020-02-01T10:00:00+08:00");
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$day','mode':'post','to_person':'$zhao','reason':'x',"
            "'until':'2020-02-02T12:00:00+08:00'}");
    city_do(city, "zhao", "deputy", "{'command':'accept_handover','handover':'$offer'}");
    struct post deputy, giver;
    registry_post(city->harness->rows, city_id(city, "deputy"), &deputy);
    registry_post(city->harness->rows, city_id(city, "day"), &giver);
    g_assert_cmpint(deputy.to_us, ==, city_time("2020-02-02T12:00:00+08:00"));
    g_assert_cmpint(giver.to_us, ==, REGISTRY_OPEN);
    expect_duty(city, "2020-02-01T19:59:00+08:00", "deputy");
    expect_duty(city, "2020-02-01T20:00:00+08:00", "night");
    expect_duty(city, "2020-02-02T11:59:00+08:00", "deputy");
    expect_duty(city, "2020-02-02T12:00:00+08:00", "day");
    city_at(city, "2020-02-02T09:00:00+08:00");
    city_do(city, "zhao", NULL, "{'command':'end_post','post_id':'$deputy'}");
    expect_duty(city, "2020-02-02T09:00:00+08:00", "day");
    expect_duty(city, "2020-02-02T19:59:00+08:00", "day");
}

static void refused_or_withdrawn_it_may_be_offered_again(void)
{
    AUTO(city) struct city *city = with_two_workers();
    struct db *rows = city->harness->rows;
    static const char offer[] =
        "{'command':'hand_over_post','from_post':'$w','mode':'post','to_post':'$l','reason':'x'}";
    city_do(city, "wang", "first", offer);
    city_do(city, "li", NULL, "{'command':'refuse_handover','handover':'$first','reason':'也发烧'}");
    g_autofree char *refusal = registry_handover_reason(rows, city->harness->vault, city_id(city, "first"), true);
    g_assert_cmpstr(refusal, ==, "也发烧");
    city_do(city, "wang", "second", offer);
    city_do(city, "wang", NULL, "{'command':'withdraw_handover','handover':'$second'}");
    city_do(city, "wang", "third", offer);
    city_do(city, NULL, NULL, "{'command':'end_post','post_id':'$w'}"); /* nothing is left to give */
    city_refuse(city, "li", "{'command':'accept_handover','handover':'$third'}", PROBLEM_HANDOVER_DECIDED, "handover");
    static const char *const states[][2] = {{"first", "refused"}, {"second", "withdrawn"}, {"third", "withdrawn"}};
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        struct handover handover;
        g_assert_true(registry_handover(rows, city_id(city, states[i][0]), &handover));
        g_assert_cmpstr(handover.state, ==, states[i][1]);
        g_assert_cmpint(handover.decided_us, >, 0);
    }
}

static void a_reason_dies_with_its_person(void)
{
    AUTO(city) struct city *city = with_two_workers();
    city_do(city, "wang", "offer",
            "{'command':'hand_over_post','from_post':'$w','mode':'post','to_post':'$l','reason':'发烧'}");
    city_do(city, "li", NULL, "{'command':'accept_handover','handover':'$offer'}");
    city_do(city, NULL, NULL, "{'command':'erase_person','person':'$wang'}");
    g_assert_null(registry_handover_reason(city->harness->rows, city->harness->vault, city_id(city, "offer"), false));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/handover/accepted", the_giver_answers_until_the_taker_accepts);
    g_test_add_func("/registry/handover/one-ground", one_ground_may_go_alone);
    g_test_add_func("/registry/handover/person", a_person_without_a_post_is_appointed);
    g_test_add_func("/registry/handover/shift", a_shift_is_handed_over_in_one_act);
    g_test_add_func("/registry/handover/ends-early", a_lent_shift_ends_early);
    g_test_add_func("/registry/handover/part", a_part_of_a_shift_comes_back);
    g_test_add_func("/registry/handover/standing", a_standing_holder_lends_their_duty);
    g_test_add_func("/registry/handover/lent-hours", hours_are_lent_and_come_back);
    g_test_add_func("/registry/handover/refused", refused_or_withdrawn_it_may_be_offered_again);
    g_test_add_func("/registry/handover/erased", a_reason_dies_with_its_person);
    return g_test_run();
}
