/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is late at a unit and below: rows and groups of them, page by page, and what is asked for in vain. */
#include "rig.h"

#include <string.h>

#define LATE   "/api/v1/expectations?under="
#define PEOPLE 7

static struct rig *rig;

static void observe(const char *name, const char *unit)
{
    json_decref(rig_do(rig, "{'command':'move_in','persons':['%s'],'unit':'%s','from':'2020-01-30T00:00:00+08:00'}",
                       rig_add(rig, name, NULL, NULL)->id, unit));
    json_decref(rig_do(rig,
                       "{'command':'open_matter','kind':'home_observation','unit':'%s','subject':'%s',"
                       "'form':{'last_exposure':'2020-02-01T12:00:00+08:00'}}",
                       unit, rig_member(rig, name)->id));
}

static guint rows_of(const struct reply *reply)
{
    reply_is(reply, 200, NULL);
    return (guint)json_array_size(json_at(reply->json, "data"));
}

static int64_t number_at(const struct reply *reply, const char *path)
{
    return json_integer_value(json_at(reply->json, path));
}

/* Nothing is late before its time; a row says what, of whom, whose and by when. */
static void rows(void)
{
    AUTO(reply) struct reply before = rig_get(rig, "zhou", LATE COMMUNITY);
    g_assert_cmpuint(rows_of(&before), ==, 0);
    for (int i = 0; i < PEOPLE; i++) {
        g_autofree char *name = g_strdup_printf("late%d", i);
        observe(name, i < 5 ? GRID : GRID2);
    }
    clock_set(&rig->clock, RIG_NOW_US + 3 * US_PER_HOUR); /* the window has ended at 10:00, it escalates at 12:00 */
    engine_run_clock(rig->engine);
    AUTO(reply) struct reply late = rig_get(rig, "zhou", LATE COMMUNITY "&open=true&overdue=true&sort=next_escalation");
    g_assert_cmpuint(rows_of(&late), ==, PEOPLE);
    g_assert_cmpstr(reply_text(&late, "data.0.kind"), ==, "home_observation");
    g_assert_cmpstr(reply_text(&late, "data.0.name"), ==, "check_in");
    g_assert_cmpstr(reply_text(&late, "data.0.entry_title.zh"), ==, "体温登记");
    g_assert_cmpstr(reply_text(&late, "data.0.due_at"), ==, "2020-02-03T10:00:00+08:00");
    g_assert_cmpstr(reply_text(&late, "data.0.escalates_at"), ==, "2020-02-03T12:00:00+08:00");
    g_assert_cmpstr(reply_text(&late, "data.0.path.0.code"), ==, CITY);
    g_assert_cmpstr(reply_text(&late, "data.0.answers"), ==, "post");
    g_assert_cmpstr(reply_text(&late, "data.0.post.role"), ==, "grid_worker");
    g_assert_true(json_is_true(json_at(late.json, "data.0.phone_masked"))); /* whoever may not read it */
    g_assert_nonnull(strchr(reply_text(&late, "data.0.subject.name"), '*'));
    AUTO(reply) struct reply worker = rig_get(rig, "wang", LATE GRID);
    g_assert_cmpuint(rows_of(&worker), ==, 5);
    g_assert_true(json_is_false(json_at(worker.json, "data.0.phone_masked")));
    g_assert_null(strchr(reply_text(&worker, "data.0.subject.name"), '*'));
    AUTO(reply) struct reply elsewhere = rig_get(rig, "sun", LATE GRID);
    reply_is(&elsewhere, 404, "not_found"); /* nothing is not the same as nothing to be shown */
    AUTO(reply) struct reply above = rig_get(rig, "zhou", LATE DISTRICT);
    reply_is(&above, 404, "not_found");
}

/* Each row once, no page empty. */
static void pages(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *path = g_strdup_printf(LATE CITY "&limit=3&cursor=%s", next);
        AUTO(reply) struct reply page = rig_get(rig, "watcher", path);
        guint count = rows_of(&page);
        g_assert_cmpuint(count, >, 0);
        for (guint i = 0; i < count; i++) {
            g_autofree char *at = g_strdup_printf("data.%u.matter", i);
            g_assert_true(g_hash_table_add(seen, g_strdup(reply_text(&page, at))));
        }
        g_free(next);
        next = json_is_string(json_at(page.json, "next")) ? g_strdup(reply_text(&page, "next")) : NULL;
    }
    g_assert_cmpuint(g_hash_table_size(seen), ==, PEOPLE);
}

static void groups(void)
{
    AUTO(reply) struct reply posts = rig_get(rig, "zhou", LATE COMMUNITY "&by=post");
    g_assert_cmpuint(rows_of(&posts), ==, 2);
    g_assert_cmpint(number_at(&posts, "data.0.count") + number_at(&posts, "data.1.count"), ==, PEOPLE);
    g_autofree char *of_one = g_strconcat(LATE COMMUNITY "&post=", reply_text(&posts, "data.0.post.id"), NULL);
    AUTO(reply) struct reply one = rig_get(rig, "zhou", of_one);
    g_assert_cmpint(rows_of(&one), ==, number_at(&posts, "data.0.count"));
    AUTO(reply) struct reply nobody = rig_get(rig, "zhou", LATE COMMUNITY "&post=none");
    g_assert_cmpuint(rows_of(&nobody), ==, 0);
    AUTO(reply) struct reply first = rig_get(rig, "zhou", LATE COMMUNITY "&by=post&limit=1");
    g_autofree char *second = g_strconcat(LATE COMMUNITY "&by=post&limit=1&cursor=", reply_text(&first, "next"), NULL);
    AUTO(reply) struct reply last = rig_get(rig, "zhou", second);
    g_assert_cmpuint(rows_of(&last), ==, 1);
    g_assert_cmpstr(reply_text(&first, "data.0.post.id"), !=, reply_text(&last, "data.0.post.id"));
    g_assert_true(json_is_null(json_at(last.json, "next")));
    AUTO(reply) struct reply units = rig_get(rig, "zhou", LATE COMMUNITY "&by=unit");
    g_assert_cmpuint(rows_of(&units), ==, 2);
    AUTO(reply) struct reply districts = rig_get(rig, "watcher", LATE CITY "&by=unit");
    g_assert_cmpuint(rows_of(&districts), ==, 1);
    g_assert_cmpstr(reply_text(&districts, "data.0.unit.code"), ==, DISTRICT);
    g_assert_cmpint(number_at(&districts, "data.0.count"), ==, PEOPLE);
    AUTO(reply) struct reply names = rig_get(rig, "zhou", LATE COMMUNITY "&by=name&kind=home_observation");
    g_assert_cmpuint(rows_of(&names), ==, 1);
    g_assert_cmpstr(reply_text(&names, "data.0.name"), ==, "check_in");
}

static void refused(void)
{
    static const struct {
        const char *path, *code;
    } cases[] = {
        {"/api/v1/expectations", "missing_field"},
        {LATE "none", "unknown_unit"},
        {LATE COMMUNITY "&open=false", "not_acceptable_parameter"},
        {LATE COMMUNITY "&overdue=maybe", "not_acceptable_parameter"},
        {LATE COMMUNITY "&by=kind", "not_acceptable_parameter"},
        {LATE COMMUNITY "&sort=due", "not_acceptable_parameter"},
        {LATE COMMUNITY "&name=chek_in", "not_acceptable_parameter"},
        {LATE COMMUNITY "&kind=none", "unknown_kind"},
        {LATE COMMUNITY "&late=true", "unknown_parameter"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        AUTO(reply) struct reply reply = rig_get(rig, "zhou", cases[i].path);
        g_test_message("%s", cases[i].path);
        g_assert_cmpint(reply.status, >=, 400);
        g_assert_cmpstr(reply_text(&reply, "errors.0.code"), ==, cases[i].code);
    }
}

/* Once it has been entered, it presses no more; a matter that goes elsewhere presses there. */
static void ends(void)
{
    AUTO(reply) struct reply late = rig_get(rig, "wang", LATE GRID);
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", reply_text(&late, "data.0.matter"));
    AUTO(reply)
    struct reply entered = rig_command(rig, "wang", path, "{'entry':'check_in','fields':{'temperature':36.5}}");
    reply_is(&entered, 201, NULL);
    AUTO(reply) struct reply after = rig_get(rig, "wang", LATE GRID);
    g_assert_cmpuint(rows_of(&after), ==, 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/pressing/rows", rows);
    g_test_add_func("/pressing/pages", pages);
    g_test_add_func("/pressing/groups", groups);
    g_test_add_func("/pressing/refused", refused);
    g_test_add_func("/pressing/ends", ends);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
