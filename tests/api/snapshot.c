/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a phone keeps: all of it once, then what has changed and what has gone. Who sees what: tests/access/doors.c. */
#include "rig.h"

#include <string.h>

static struct rig *rig;

/* `have` NULL: nothing. */
static struct reply snapshot_of(const char *who, const char *have)
{
    g_autofree char *path = g_strdup_printf("/api/v1/snapshot?have=%s", have != NULL ? have : "");
    return rig_get(rig, who, path);
}

static char *digests(const struct reply *reply)
{
    g_autoptr(GString) all = g_string_new(NULL);
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply->json, "data"), i, row)
        g_string_append_printf(all, "%s%s", i > 0 ? "," : "", json_at_text(row, "digest"));
    return g_strdup(all->str);
}

static const json_t *row_about(const struct reply *reply, const char *matter)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_at(reply->json, "data"), i,
                       row) if (strcmp(json_at_text(row, "matter.id"), matter) == 0) return row;
    return NULL;
}

static void enter(const char *matter, const char *temperature)
{
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/entries", matter);
    AUTO(reply)
    struct reply reply =
        rig_command(rig, "wang", path, "{'entry':'check_in','fields':{'temperature':'%s','symptoms':[]}}", temperature);
    reply_is(&reply, 201, NULL);
}

/* How often somebody has read of li this way; what waits is written first. */
static int64_t looks_at_li(void)
{
    int64_t looks = 0;
    size_t i;
    json_t *row;
    engine_run_clock(rig->engine);
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s/traces?limit=200", rig_member(rig, "li")->id);
    AUTO(reply) struct reply reply = rig_get(rig, "li", path);
    reply_is(&reply, 200, NULL);
    json_array_foreach(json_at(reply.json, "data"), i, row) looks +=
        json_integer_value(json_at(json_at(row, "pages"), "snapshot"));
    return looks;
}

/* What is sent is noted as read, what is not sent is not. */
static void changes(void)
{
    g_autofree char *of_li = rig_observe(rig, "li");
    g_autofree char *of_zhao = rig_observe(rig, "zhao");
    AUTO(reply) struct reply first = snapshot_of("wang", NULL);
    reply_is(&first, 200, NULL);
    g_assert_true(json_is_true(json_at(first.json, "whole")));
    g_assert_cmpuint(json_array_size(json_at(first.json, "gone")), ==, 0);
    const json_t *li = row_about(&first, of_li);
    g_assert_cmpstr(json_at_text(li, "matter.subject.name"), ==, "测试li");
    g_assert_cmpuint(json_array_size(json_at(li, "tasks")), >, 0);
    g_assert_cmpuint(json_array_size(json_at(li, "acts")), >, 0);
    g_autofree char *have = digests(&first);
    g_assert_cmpint(looks_at_li(), ==, 1);

    AUTO(reply) struct reply same = snapshot_of("wang", have);
    g_assert_cmpuint(json_array_size(json_at(same.json, "data")), ==, 0);
    g_assert_cmpuint(json_array_size(json_at(same.json, "gone")), ==, 0);

    g_assert_cmpint(looks_at_li(), ==, 1);
    enter(of_li, "36.5");
    AUTO(reply) struct reply delta = snapshot_of("wang", have);
    g_assert_cmpint(looks_at_li(), ==, 2);
    g_assert_cmpuint(json_array_size(json_at(delta.json, "data")), ==, 1);
    g_assert_cmpuint(json_array_size(json_at(delta.json, "gone")), ==, 1);
    g_assert_cmpstr(json_at_text(delta.json, "gone.0"), ==, json_at_text(li, "digest"));
    const json_t *now = row_about(&delta, of_li);
    g_assert_cmpstr(json_at_text(now, "entries.0.fields.temperature"), ==, "36.5");

    for (int i = 0; i < 7; i++) { /* the newest are kept */
        clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_DAY);
        engine_run_clock(rig->engine);
        g_autofree char *temperature = g_strdup_printf("36.%d", i);
        enter(of_li, temperature);
    }
    AUTO(reply) struct reply week = snapshot_of("wang", NULL);
    const json_t *entries = json_at(row_about(&week, of_li), "entries");
    g_assert_cmpuint(json_array_size(entries), ==, 5);
    g_assert_cmpstr(json_at_text(entries, "4.fields.temperature"), ==, "36.6");

    json_decref(rig_do(rig, "{'command':'enter','matter':'%s','entry':'break_off'}", of_zhao));
    g_autofree char *of_week = digests(&week);
    AUTO(reply) struct reply closed = snapshot_of("wang", of_week);
    g_assert_null(row_about(&closed, of_zhao));
    g_assert_cmpstr(json_at_text(closed.json, "gone.0"), ==, json_at_text(row_about(&week, of_zhao), "digest"));
}

/* Whoever has no post any more is told that all of it has gone. */
static void the_post_ends(void)
{
    AUTO(reply) struct reply before = snapshot_of("wang", NULL);
    g_autofree char *have = digests(&before);
    g_assert_cmpuint(json_array_size(json_at(before.json, "data")), >, 0);
    json_decref(rig_do(rig, "{'command':'end_post','post_id':'%s'}", rig_member(rig, "wang")->post_id));
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_MINUTE);
    AUTO(reply) struct reply after = snapshot_of("wang", have);
    reply_is(&after, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(after.json, "data")), ==, 0);
    g_assert_cmpuint(json_array_size(json_at(after.json, "gone")), ==, json_array_size(json_at(before.json, "data")));
}

/* Of somebody else's digests nothing is said but that they stand for nothing here. */
static void anothers_digests(void)
{
    AUTO(reply) struct reply of_chen = snapshot_of("chen", NULL);
    g_autofree char *have = digests(&of_chen);
    g_assert_cmpuint(json_array_size(json_at(of_chen.json, "data")), >, 0);
    AUTO(reply) struct reply of_stranger = snapshot_of("stranger", have);
    reply_is(&of_stranger, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(of_stranger.json, "data")), ==, 0);
    g_assert_cmpuint(json_array_size(json_at(of_stranger.json, "gone")), ==,
                     json_array_size(json_at(of_chen.json, "data")));
}

static void wrong(void)
{
    g_autoptr(GString) many = g_string_new("AAAAAAAAAAAA");
    for (int i = 0; i < 500; i++)
        g_string_append(many, ",AAAAAAAAAAAA");
    const char *const rows[] = {"a", "AAAAAAAAAAAA,", ",", "AAAAAAAAAAAA,AAAAAAAAAAAAA", many->str};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = snapshot_of("chen", rows[i]);
        reply_is(&reply, 400, "not_acceptable_parameter");
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, "have");
    }
    AUTO(reply) struct reply nobody = rig_get(rig, NULL, "/api/v1/snapshot");
    reply_is(&nobody, 401, "not_logged_in");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/snapshot/changes", changes);
    g_test_add_func("/snapshot/anothers-digests", anothers_digests);
    g_test_add_func("/snapshot/the-post-ends", the_post_ends);
    g_test_add_func("/snapshot/wrong", wrong);
    int status = g_test_run();
    rig_free(rig);
    return status;
}
