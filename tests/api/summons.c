/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units that a matter summons: which kinds do, how far each unit is in rows of lists, and to whom that is told. */
#include "rig.h"

#include <string.h>

#define LIST "/api/v1/matters?kind=call_out&limit=200"

static struct rig *rig;
static char *matter; /* GRID and GRID2 are called */

static struct reply listed(const char *who)
{
    struct reply reply = rig_get(rig, who, LIST);
    reply_is(&reply, 200, NULL);
    return reply;
}

static const json_t *row_of(const struct reply *reply, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply->json, "data"), i, row) if (strcmp(json_at_text(row, "id"), id) == 0) return row;
    return NULL;
}

static void enter(const char *who, const char *entry)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply) struct reply reply = rig_command(rig, who, path, "{'entry':%s}", entry);
    reply_is(&reply, 201, NULL);
}

static void row_says(const char *place, const char *wanted)
{
    AUTO(reply) struct reply reply = listed("zhou");
    g_test_message("%s", place);
    g_assert_cmpstr(json_at_text(row_of(&reply, matter), place), ==, wanted);
}

static size_t row_counts(const char *place)
{
    AUTO(reply) struct reply reply = listed("zhou");
    return json_array_size(json_at(row_of(&reply, matter), place));
}

/* Only a set that must be named and of which each owes at once what puts it in another state. */
static void kinds(void)
{
    AUTO(reply) struct reply kind = rig_get(rig, "zhou", "/api/v1/kinds/call_out");
    g_autofree char *summons = json_dumps(json_at(kind.json, "summons"), JSON_SORT_KEYS | JSON_COMPACT);
    g_assert_cmpstr(summons, ==,
                    "{\"counted\":[\"called_to\"],\"entry\":\"report_in\",\"leaves\":[\"leave\"],\"present\":"
                    "\"present\",\"set\":\"summoned\"}");
    static const char *const others[] = {"joint_case", "directive", "errand", "inspection", "home_observation"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *path = g_strconcat("/api/v1/kinds/", others[i], NULL);
        AUTO(reply) struct reply other = rig_get(rig, "zheng", path);
        reply_is(&other, 200, NULL);
        g_assert_null(json_at(other.json, "summons"));
    }
    static const struct {
        const char *who;
        size_t count;
    } rows[] = {{"zhou", 1}, {"wang", 1}, {"zheng", 0}, {"li", 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply playbook = rig_get(rig, rows[i].who, "/api/v1/playbook");
        size_t at, count = 0;
        json_t *one;
        json_array_foreach(json_at(playbook.json, "kinds"), at, one) count += json_object_get(one, "summons") != NULL;
        g_test_message("%s", rows[i].who);
        g_assert_cmpuint(count, ==, rows[i].count);
    }
}

static void how_far(void)
{
    AUTO(reply)
    struct reply reply = rig_command(rig, "zhou", "/api/v1/matters",
                                     "{'kind':'call_out','unit':'" COMMUNITY
                                     "','form':{'where':'东门'},'participants':{'summoned':['" GRID "','" GRID2 "']}}");
    reply_is(&reply, 201, NULL);
    matter = g_strdup(reply_text(&reply, "id"));
    row_says("summoned.0.unit.code", GRID);
    row_says("summoned.0.state", "called");
    row_says("summoned.0.joined_at", "2020-02-03T08:00:00+08:00");
    row_says("summoned.0.owed.0.entry", "report_in");
    row_says("summoned.0.owed.0.due_at", "2020-02-03T08:30:00+08:00");
    row_says("due.entry", "report_in"); /* of the units, since nothing else is expected */
    row_says("summoned.0.attempt", "");
    enter("wang", "'report_in','attempt':'on_the_way','fields':{'expected_at':'2020-02-03T08:20:00+08:00'}");
    row_says("summoned.0.attempt.title.en", "On the way");
    row_says("summoned.0.attempt.fields.expected_at", "2020-02-03T08:20:00+08:00");
    row_says("summoned.0.entered.report_in", "");
    row_says("summoned.1.attempt", "");
    enter("wang", "'report_in'");
    row_says("summoned.0.state_title.en", "Present");
    row_says("summoned.0.entered.report_in", "2020-02-03T08:00:00+08:00");
    g_assert_cmpuint(row_counts("summoned.0.owed"), ==, 0);
    g_assert_cmpuint(row_counts("summoned.1.owed"), ==, 1);
    enter("zhou", "'release','participant':2");
    row_says("summoned.1.left_at", "2020-02-03T08:00:00+08:00");
    g_assert_cmpuint(row_counts("summoned.1.owed"), ==, 0);
}

/* What a list tells of who was summoned is what the matter itself tells, to the same people. */
static void to_whom(void)
{
    static const char *const cast[] = {"wang",   "sun",     "chen", "zhou", "wu",      "zheng",
                                       "keeper", "watcher", "li",   "zhao", "stranger"};
    static const char *const shown[] = {"wang", "zhou", "watcher", NULL}; /* sun's unit has left */
    for (size_t i = 0; i < G_N_ELEMENTS(cast); i++) {
        AUTO(reply) struct reply list = listed(cast[i]);
        g_autofree char *path = g_strconcat("/api/v1/matters/", matter, NULL);
        AUTO(reply) struct reply one = rig_get(rig, cast[i], path);
        const json_t *row = row_of(&list, matter);
        g_test_message("%s %d", cast[i], one.status);
        g_assert_cmpint(row != NULL, ==, g_strv_contains(shown, cast[i]));
        g_assert_cmpint(one.status, ==, row != NULL ? 200 : 404);
        for (size_t n = 0; row != NULL && n < 2; n++) {
            g_autofree char *in_row = g_strdup_printf("summoned.%zu.unit.id", n);
            g_autofree char *in_matter = g_strdup_printf("participants.%zu.unit.id", n);
            g_assert_cmpstr(json_at_text(row, in_row), ==, reply_text(&one, in_matter));
        }
    }
}

/* The state of a rating is told, as the matter's expectations tell it; what was said is not. */
static void sealed(void)
{
    enter("zhou", "'finish'");
    g_assert_cmpuint(row_counts("summoned.0.owed"), ==, 2);
    enter("zhou", "'rate','participant':1");
    g_assert_cmpuint(row_counts("summoned.0.owed"), ==, 1);
    row_says("summoned.0.owed.0.entry", "rate_back");
    row_says("summoned.0.expectations.rate", "met");
}

/* Whoever may summon a unit knows how many do already, wherever it is, and nothing else of it. */
static void load(void)
{
    static const struct {
        const char *who, *name, *unit;
        int status;
        int64_t top;
    } rows[] = {
        {"zhou", "called_to", GRID, 200, 1},         {"zhou", "called_to", OTHER_GRID, 200, 0},
        {"zhou", "called_to", OTHER_COMMUNITY, 404}, {"zhou", "came_in_time", OTHER_GRID, 404},
        {"wang", "called_to", OTHER_GRID, 404},      {"stranger", "called_to", OTHER_GRID, 404},
        {"keeper", "called_to", OTHER_GRID, 404},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/indicators/%s?unit=%s", rows[i].name, rows[i].unit);
        AUTO(reply) struct reply reply = rig_get(rig, rows[i].who, path);
        g_test_message("%s %s: %s", rows[i].who, path, reply.text->str);
        g_assert_cmpint(reply.status, ==, rows[i].status);
        if (reply.status == 200)
            g_assert_cmpint(json_integer_value(json_at(reply.json, "data.0.top")), ==, rows[i].top);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/summons/kinds", kinds);
    g_test_add_func("/summons/how-far", how_far);
    g_test_add_func("/summons/load", load);
    g_test_add_func("/summons/to-whom", to_whom);
    g_test_add_func("/summons/sealed", sealed);
    int result = g_test_run();
    g_free(matter);
    rig_free(rig);
    return result;
}
