/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens by itself: lapses, escalations with digests and quiet hours, gaps and shifts, downtime,
 * retention, standing matters. */
#include "world.h"

#include "base/clock.h"
#include "base/limits.h"
#include "matter/rows/events.h"

#include <string.h>

#define ENTER(matter, entry, fields)                                                                                   \
    "{'command':'enter','matter':'$" matter "','entry':'" entry "','fields':{" fields "}}"

static GArray *alerts_of(struct world *world, const char *post, const char *until)
{
    int64_t id = world_id(world, post);
    return matter_alerts(world->harness->rows, &id, 1, world_time(until), 0, 0, 100);
}

static void test_digest(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_observe(world, "feng");
    world_at(world, "2020-02-03T10:00:00+08:00");
    assert_expectations(world, "li_obs", "check_in:open");
    world_at(world, "2020-02-03T12:01:00+08:00");
    assert_expectations(world, "li_obs", "check_in:overdue");
    /* Raised at noon and a minute later, shown as one digest at half past. */
    g_autoptr(GArray) early = alerts_of(world, "post_zhou", "2020-02-03T12:29:59+08:00");
    g_assert_cmpuint(early->len, ==, 0);
    g_autoptr(GArray) alerts = alerts_of(world, "post_zhou", "2020-02-03T12:30:00+08:00");
    g_assert_cmpuint(alerts->len, ==, 2);
    const struct alert *first = &g_array_index(alerts, struct alert, 0);
    g_assert_cmpint(first->step, ==, 1);
    g_assert_true(first->open);
    g_assert_cmpint(first->shown_us, ==, g_array_index(alerts, struct alert, 1).shown_us);
    int64_t post = first->post, shown_us = first->shown_us, id = first->id;
    g_autoptr(GArray) rest = matter_alerts(world->harness->rows, &post, 1, INT64_MAX, shown_us, id, 100);
    g_assert_cmpuint(rest->len, ==, 1);
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    assert_expectations(world, "li_obs", "check_in:late check_in:open");
    g_autoptr(GArray) after = alerts_of(world, "post_zhou", "2020-02-03T12:30:00+08:00");
    g_assert_false(g_array_index(after, struct alert, 0).open);
}

static void test_quiet(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    world_at(world, "2020-02-03T22:30:00+08:00");
    g_autoptr(GArray) night = alerts_of(world, "post_zhou", "2020-02-04T06:29:59+08:00");
    g_assert_cmpuint(night->len, ==, 0);
    g_autoptr(GArray) morning = alerts_of(world, "post_zhou", "2020-02-04T06:30:00+08:00");
    g_assert_cmpuint(morning->len, ==, 1);
    g_assert_cmpint(g_array_index(morning, struct alert, 0).raised_us, ==, world->harness->now_us);
}

/* Items of a sort in all events so far, each of which says in that place that this post is told. */
static size_t items_for(struct world *world, enum lapse sort, size_t place, int64_t post)
{
    size_t count = 0, j;
    const json_t *item;
    for (guint i = 0; i < world->harness->events->len; i++) {
        const struct harness_event *kept = g_ptr_array_index(world->harness->events, i);
        if (strcmp(kept->event.kind, "expectations_lapsed") != 0)
            continue;
        json_array_foreach(json_object_get(kept->body, "expectations"), j,
                           item) if (json_integer_value(json_array_get(item, ITEM_SORT)) == sort)
        {
            g_assert_cmpint(json_integer_value(json_array_get(item, place)), ==, post);
            count++;
        }
    }
    return count;
}

/* Warned, overdue, raised to the district and the city, each at its time and once. */
static void test_steps(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "report",
             "{'command':'open_matter','kind':'anomaly_report','unit':'#$g1','subject':'$li'}");
    const struct {
        const char *at;
        int64_t alerts;
        const char *expectations;
    } rows[] = {
        {"2020-02-03T07:39:59+08:00", 0, "acknowledge:open"},
        {"2020-02-03T07:40:00+08:00", 1, "acknowledge:open"},
        {"2020-02-03T08:00:00+08:00", 1, "acknowledge:open"},
        {"2020-02-03T08:00:01+08:00", 1, "acknowledge:overdue"},
        {"2020-02-03T08:30:00+08:00", 2, "acknowledge:overdue"},
        {"2020-02-03T09:00:00+08:00", 3, "acknowledge:overdue"},
        {"2020-02-04T09:00:00+08:00", 3, "acknowledge:overdue"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_at(world, rows[i].at);
        g_test_message("%s", rows[i].at);
        g_assert_cmpint(world_count(world, "SELECT count(*) FROM alert WHERE name = 'acknowledge'"), ==,
                        rows[i].alerts);
        assert_expectations(world, "report", rows[i].expectations);
    }
    g_assert_cmpint(world_count(world, "SELECT post FROM alert WHERE step = 0"), ==, world_id(world, "post_zhou"));
    g_assert_cmpuint(items_for(world, LAPSE_WARNED, WARNED_POST, world_id(world, "post_zhou")), ==, 1);
    g_assert_cmpint(world_count(world, "SELECT post FROM alert WHERE step = 1"), ==, world_id(world, "post_wu"));
    g_assert_cmpint(world_count(world, "SELECT post FROM alert WHERE step = 2"), ==, world_id(world, "post_zheng"));
    g_assert_cmpint(matter_next_due_us(world->harness->rows), >, world->harness->now_us);
}

/* Nobody works in g1: the level above answers; whoever is appointed later finds it in the list. */
static void test_gap(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_observe(world, "li");
    assert_todo(world, "wang", "");
    g_assert_cmpint(world_count(world, "SELECT post FROM expectation WHERE name = 'check_in'"), ==,
                    world_id(world, "post_zhou")); /* the secretary, who would hear of it first */
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$stranger','role':'grid_worker','grounds':['#$g1']}");
    world_tick(world);
    assert_todo(world, "stranger", "check_in");
    world_do(world, "stranger", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
}

static void test_post_ends(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$stranger','role':'grid_worker','grounds':['#$garden']}");
    world_tick(world);
    assert_todo(world, "wang", "check_in");
    world_at(world, "2020-02-03T09:00:00+08:00");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_tick(world);
    assert_todo(world, "stranger", "check_in");
}

/* Letters about wang's post, of which one stands in another district, end with it; those in a state that does not, stay
 * until they are in one that does. */
static void test_post_ends_its_letters(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wu", "near",
             "{'command':'open_matter','kind':'letter','unit':'#$dong','subject_post':'$post_wang'}");
    world_do(world, "zheng", "far",
             "{'command':'open_matter','kind':'letter','unit':'#$hill','subject_post':'$post_wang'}");
    world_do(world, "wu", "other",
             "{'command':'open_matter','kind':'letter','unit':'#$dong','subject_post':'$post_sun'}");
    world_do(world, "wu", "kept",
             "{'command':'open_matter','kind':'letter','unit':'#$dong','subject_post':'$post_wang'}");
    world_do(world, "wang", NULL, "{'command':'enter','matter':'$kept','entry':'receive'}");
    world_at(world, "2020-02-03T12:00:00+08:00");
    g_assert_cmpstr(world_matter(world, "near").state, ==, "served");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_tick(world);
    g_assert_cmpstr(world_matter(world, "near").state, ==, "over");
    g_assert_cmpint(world_matter(world, "near").closed_us, ==, world_time("2020-02-03T12:00:00+08:00"));
    g_assert_cmpstr(world_matter(world, "far").state, ==, "over");
    g_assert_cmpint(world_matter(world, "far").closed_us, ==, world_time("2020-02-03T12:00:00+08:00"));
    g_assert_cmpstr(world_matter(world, "other").state, ==, "served");
    g_assert_cmpstr(world_matter(world, "kept").state, ==, "in_force");
    world_at(world, "2020-02-04T08:00:00+08:00");
    world_do(world, "wu", NULL, "{'command':'enter','matter':'$kept','entry':'serve_again'}");
    world_tick(world);
    g_assert_cmpstr(world_matter(world, "kept").state, ==, "over");
    g_assert_cmpint(world_matter(world, "kept").closed_us, ==, world_time("2020-02-04T08:00:00+08:00"));
}

/* A post that was given for a time: its work goes on at that moment, and comes back when the next one begins. */
static void test_post_runs_out(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$stranger','role':'grid_worker','grounds':['#$g1'],"
             "'to':'2020-02-03T12:00:00+08:00'}");
    world_observe(world, "li");
    assert_todo(world, "stranger", "check_in");
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$feng','role':'grid_worker','grounds':['#$g1'],"
             "'from':'2020-02-03T14:00:00+08:00'}");
    world_at(world, "2020-02-03T11:59:59+08:00");
    assert_todo(world, "stranger", "check_in");
    world_at(world, "2020-02-03T12:00:00+08:00");
    assert_todo(world, "stranger", "");
    /* Nobody works in g1: the secretary, who would hear of it first. */
    g_assert_cmpint(world_count(world, "SELECT post FROM expectation WHERE name = 'check_in'"), ==,
                    world_id(world, "post_zhou"));
    world_at(world, "2020-02-03T14:00:00+08:00");
    assert_todo(world, "feng", "check_in");
}

/* The doctor covers the community; what they answer for lies in its grids. */
static void test_filled_above(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_at(world, "2020-02-15T12:00:01+08:00");
    g_assert_cmpint(world_count(world, "SELECT post FROM expectation WHERE name = 'release'"), ==,
                    world_id(world, "post_chen"));
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_chen'}");
    world_tick(world);
    g_assert_cmpint(world_count(world, "SELECT post FROM expectation WHERE name = 'release'"), !=,
                    world_id(world, "post_chen"));
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$stranger','role':'community_doctor','grounds':['#$garden']}");
    world_tick(world);
    assert_todo(world, "stranger", "release");
}

/* Handed over to somebody whose post runs out; and what stands still goes to others as well. */
static void test_handed_over_for_a_time(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "zhou", "asked",
             "{'command':'open_matter','kind':'service_request','unit':'#$g1','form':{'urgency':'ordinary'}}");
    world_do(world, "zhou", NULL, "{'command':'enter','matter':'$asked','entry':'park'}");
    world_do(world, NULL, NULL,
             "{'command':'appoint','person':'$stranger','role':'grid_worker','grounds':['#$g1'],"
             "'to':'2020-02-03T12:00:00+08:00'}");
    world_tick(world);
    g_autofree char *offer = g_strdup_printf(
        "{'command':'hand_over_post','from_post':'$post_wang','mode':'post','to_post':'%" G_GINT64_FORMAT
        "','reason':'发烧'}",
        world_count(world, "SELECT max(id) FROM post WHERE to_us < 9e18"));
    world_do(world, NULL, NULL, offer);
    g_autofree char *taken = g_strdup_printf("{'command':'accept_handover','handover':'%" G_GINT64_FORMAT "'}",
                                             world_count(world, "SELECT max(id) FROM handover"));
    world_do(world, "stranger", NULL, taken);
    g_assert_cmpint(world_count(world, "SELECT post FROM expectation WHERE name = 'answer'"), ==,
                    world_count(world, "SELECT max(id) FROM post WHERE to_us < 9e18"));
    world_at(world, "2020-02-03T12:00:00+08:00");
    g_assert_cmpint(world_count(world, "SELECT post FROM expectation WHERE name = 'answer'"), ==, 0); /* a gap */
    world_do(world, NULL, NULL, "{'command':'appoint','person':'$feng','role':'grid_worker','grounds':['#$g1']}");
    world_tick(world);
    g_assert_cmpint(world_count(world, "SELECT person FROM post p JOIN expectation e ON e.post = p.id WHERE e.name = "
                                       "'answer'"),
                    ==, world_id(world, "feng"));
    g_assert_cmpint(world_count(world, "SELECT paused_us <> 0 FROM expectation WHERE name = 'answer'"), ==, 1);
}

/* Wang's grid is taken away and given to sun. */
static void test_grounds_change(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, NULL, NULL, "{'command':'change_grounds','post_id':'$post_sun','grounds':['#$g1','#$g2']}");
    world_tick(world);
    assert_todo(world, "wang", "check_in");
    world_do(world, NULL, NULL, "{'command':'change_grounds','post_id':'$post_wang','grounds':['#$g3']}");
    world_tick(world);
    assert_todo(world, "wang", "");
    assert_todo(world, "sun", "check_in");
}

/* A post handed over goes with its open list. */
static void test_post_handed_over(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_at(world, "2020-02-03T10:30:00+08:00");
    world_do(world, "wang", NULL,
             "{'command':'hand_over_post','from_post':'$post_wang','mode':'post','to_post':'$post_sun','"
             "reason':'测试'}");
    g_autofree char *accept = g_strdup_printf("{'command':'accept_handover','handover':'%" G_GINT64_FORMAT "'}",
                                              (int64_t)json_integer_value(json_object_get(
                                                  harness_last_event(world->harness, "handover_offered")->body, "id")));
    assert_todo(world, "wang", "check_in");
    world_do(world, "sun", NULL, accept);
    world_tick(world);
    assert_todo(world, "wang", "");
    assert_todo(world, "sun", "check_in");
    world_do(world, "sun", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
}

/* Three days of silence: every window is missed on its own, in order, and nobody is warned of what is over. */
static void test_downtime(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_at(world, "2020-02-06T07:00:00+08:00");
    assert_expectations(world, "li_obs",
                        "check_in:missed check_in:missed check_in:missed check_in:missed check_in:missed "
                        "check_in:missed check_in:open");
    g_assert_cmpint(world_due(world, "li_obs", "check_in"), ==, world_time("2020-02-06T10:00:00+08:00"));
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM alert"), ==, 0);
}

/* A phone's queue of the morning comes in the evening, and one of yesterday: met all the same. */
static void test_late_news(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_at(world, "2020-02-04T17:00:00+08:00");
    assert_expectations(world, "li_obs", "check_in:missed check_in:missed check_in:missed check_in:open");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','observed_at':'2020-02-04T09:00:00+08:00',"
             "'fields':{'temperature':36.5}}");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','observed_at':'2020-02-03T21:00:00+08:00',"
             "'fields':{'temperature':36.5}}");
    assert_expectations(world, "li_obs", "check_in:missed check_in:late check_in:met check_in:open");
    /* Before all windows: nothing to meet. */
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','observed_at':'2020-02-03T06:00:00+08:00',"
             "'fields':{'temperature':36.5}}");
    assert_expectations(world, "li_obs", "check_in:missed check_in:late check_in:met check_in:open");
}

/* The clock stands still for a grace: an entry of the evening does not meet the morning. */
static void test_grace(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world->harness->now_us = world_time("2020-02-03T17:00:00+08:00");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    assert_expectations(world, "li_obs", "check_in:missed check_in:met check_in:open");
    world_do(world, "wang", NULL,
             "{'command':'enter','matter':'$li_obs','entry':'check_in','observed_at':'2020-02-03T09:30:00+08:00',"
             "'fields':{'temperature':36.5}}");
    assert_expectations(world, "li_obs", "check_in:met check_in:met check_in:open");
}

/* While time stands still, what some command left over goes on: whoever else is to answer, whoever else is told. */
static void test_grace_holds_lapses_alone(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wu", "told", "{'command':'open_matter','kind':'directive','unit':'#$dong'}");
    world_tick(world);
    world_do(world, NULL, NULL, "{'command':'create_unit','parent':'#$dong','type':'community','name':'新社区'}");
    world_do(world, NULL, NULL, "{'command':'end_post','post_id':'$post_wang'}");
    world->harness->now_us = world_time("2020-02-03T10:30:00+08:00");
    while (matter_next_due_us(world->harness->rows) == 0)
        harness_must(world->harness, ORIGIN_CLOCK, 0, "{'command':'tick','until_us':0}");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM participant"), ==, 3);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE next_us = 0"), ==, 0);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE overdue = 1"), ==, 0);
    g_assert_cmpint(matter_next_due_us(world->harness->rows), <, world->harness->now_us);
    world_tick(world);
    assert_expectations(world, "li_obs", "check_in:overdue");
}

/* More than one event holds, in two streams. */
static void test_pages(void)
{
    AUTO(world) struct world *world = world_new();
    for (int i = 0; i < LIMIT_LAPSES_PER_EVENT + 20; i++) {
        g_autofree char *json = g_strdup_printf("{'command':'open_matter','kind':'home_observation','unit':'#$%s',"
                                                "'subject':{'name':'测试%d'},"
                                                "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                                                i % 10 == 0 ? "g4" : "g1", i);
        world_do(world, NULL, NULL, json);
    }
    world_at(world, "2020-02-03T10:00:01+08:00");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE overdue = 1 AND name = 'check_in'"), ==,
                    LIMIT_LAPSES_PER_EVENT + 20);
    GPtrArray *events = world->harness->events;
    size_t lapsed = 0, in_xi = 0;
    for (guint i = 0; i < events->len; i++) {
        const struct harness_event *kept = g_ptr_array_index(events, i);
        size_t count = json_array_size(json_object_get(kept->body, "expectations"));
        g_assert_cmpuint(count, <=, LIMIT_LAPSES_PER_EVENT);
        if (strcmp(kept->event.kind, "expectations_lapsed") == 0 && count > 0) {
            lapsed += count;
            in_xi += kept->event.stream == id_unit_stream(world_id(world, "xi")) ? count : 0;
        }
    }
    g_assert_cmpuint(lapsed, ==, LIMIT_LAPSES_PER_EVENT + 20);
    g_assert_cmpuint(in_xi, ==, (LIMIT_LAPSES_PER_EVENT + 20) / 10);
}

/* Sixty days after it was opened a report is erased, open or not. */
static void test_retention_from_opening(void)
{
    AUTO(world) struct world *world = world_new();
    world_do(world, "wang", "report",
             "{'command':'open_matter','kind':'anomaly_report','unit':'#$g1','subject':'$li',"
             "'form':{'temperature':38.1}}");
    world_at(world, "2020-04-03T06:59:59+08:00");
    g_assert_false(world_matter(world, "report").erased);
    world_at(world, "2020-04-03T07:00:00+08:00");
    struct matter report = world_matter(world, "report");
    g_assert_true(report.erased);
    g_assert_cmpint(report.closed_us, !=, 0);
    assert_expectations(world, "report", "acknowledge:withdrawn");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter_form"), ==, 0);
}

static void test_person_erased(void)
{
    AUTO(world) struct world *world = world_new();
    world_observe(world, "li");
    world_do(world, "wang", NULL, ENTER("li_obs", "check_in", "'temperature':36.5"));
    world_do(world, NULL, NULL, "{'command':'erase_person','person':'$li'}");
    struct matter matter = world_matter(world, "li_obs");
    g_assert_true(matter.erased);
    g_assert_cmpint(matter.subject, ==, 0);
    const json_t *named = json_object_get(harness_last_event(world->harness, "subject_erased")->body, "matters");
    g_assert_cmpuint(json_array_size(named), ==, 1);
    g_assert_cmpint(json_integer_value(json_array_get(named, 0)), ==, matter.id);
    assert_expectations(world, "li_obs", "check_in:met check_in:withdrawn");
    bool erased = false;
    g_autoptr(json_t) form = matter_form(world->harness->rows, world->harness->vault, &matter, &erased);
    g_assert_true(erased);
    g_assert_cmpuint(json_object_size(form), ==, 0);
}

/* Every community has its report, also one that is made later; a window a day. */
static void test_standing(void)
{
    AUTO(world) struct world *world = world_new();
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter WHERE kind = 'daily_report'"), ==, 3);
    world_do(world, NULL, NULL,
             "{'command':'create_unit','parent':'#$dong','type':'community','code':'110101001003','name':'"
             "新社区'}");
    world_tick(world);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM matter WHERE kind = 'daily_report'"), ==, 4);
    world_at(world, "2020-02-05T17:00:00+08:00");
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation_past WHERE name = 'daily' AND outcome = 3"),
                    ==, 8);
    g_assert_cmpint(world_count(world, "SELECT count(*) FROM expectation WHERE name = 'daily' AND overdue = 1"), ==, 4);
    assert_todo(world, "zhou", "daily");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matter/clock/digest", test_digest);
    g_test_add_func("/matter/clock/quiet", test_quiet);
    g_test_add_func("/matter/clock/steps", test_steps);
    g_test_add_func("/matter/clock/gap", test_gap);
    g_test_add_func("/matter/clock/post_ends", test_post_ends);
    g_test_add_func("/matter/clock/post_ends_its_letters", test_post_ends_its_letters);
    g_test_add_func("/matter/clock/post_runs_out", test_post_runs_out);
    g_test_add_func("/matter/clock/filled_above", test_filled_above);
    g_test_add_func("/matter/clock/handed_over_for_a_time", test_handed_over_for_a_time);
    g_test_add_func("/matter/clock/grounds_change", test_grounds_change);
    g_test_add_func("/matter/clock/post_handed_over", test_post_handed_over);
    g_test_add_func("/matter/clock/downtime", test_downtime);
    g_test_add_func("/matter/clock/late_news", test_late_news);
    g_test_add_func("/matter/clock/grace", test_grace);
    g_test_add_func("/matter/clock/grace_holds_lapses_alone", test_grace_holds_lapses_alone);
    g_test_add_func("/matter/clock/pages", test_pages);
    g_test_add_func("/matter/clock/retention_from_opening", test_retention_from_opening);
    g_test_add_func("/matter/clock/person_erased", test_person_erased);
    g_test_add_func("/matter/clock/standing", test_standing);
    return g_test_run();
}
