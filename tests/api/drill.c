/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drill is one for good, and every page and document says so. */
#include "rig.h"

#include <string.h>

#define MARK  "<body><p class=\"drill\" role=\"note\"><b>演练</b>"
#define SHELL "<!doctype html><title>演示</title>"

static struct rig *rig;

static struct reply page(const char *path, const char *headers)
{
    return rig_ask(rig, &(struct ask){.method = "GET", .path = path, .headers = headers});
}

static struct reply letter_of(const char *name, bool chinese)
{
    g_autofree char *path = g_strdup_printf("/api/v1/posts/%s/letter", rig_member(rig, name)->post_id);
    return rig_ask(rig,
                   &(struct ask){.method = "GET", .path = path, .token = rig_token(rig, name), .chinese = chinese});
}

static bool plays(void)
{
    AUTO(reply) struct reply playbook = rig_get(rig, "wang", "/api/v1/playbook");
    reply_is(&playbook, 200, NULL);
    g_assert_nonnull(json_at(playbook.json, "drill"));
    return json_is_true(json_at(playbook.json, "drill"));
}

static int64_t events(void)
{
    return engine_durable_pos(rig->engine);
}

static void not_before(void)
{
    AUTO(reply) struct reply shell = page("/desk", "Accept-Encoding: gzip\r\n"), letter = letter_of("wang", true);
    g_assert_cmpstr(reply_header(&shell, "content-encoding"), ==, "gzip");
    g_assert_cmpstr(reply_text(&letter, "title"), ==, "工作证明");
    g_assert_false(plays());
}

/* Nobody but whoever sets the city up. */
static void by_the_operator(void)
{
    int64_t before = events();
    static const char *const people[] = {"keeper", "watcher", "wang"};
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        AUTO(reply)
        struct reply refused = rig_command(rig, people[i], "/api/v1/commands", "{'command':'declare_drill'}");
        reply_is(&refused, 403, "no_right");
    }
    g_assert_cmpint(events(), ==, before);
    json_decref(rig_do(rig, "{'command':'declare_drill'}"));
    g_assert_cmpint(events(), ==, before + 1);
    g_assert_true(plays());
    server_stop(rig->server);
    rig_serve(rig, &(struct server_options){.pages = rig_pages_get_resource()});
}

static void pages(void)
{
    static const char *const paths[] = {"/", "/desk", "/field", "/login", "/r", "/screen", "/nowhere", "/index.html"};
    static const char *const codings[] = {"identity", "gzip", "br, gzip"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        for (size_t c = 0; c < G_N_ELEMENTS(codings); c++) {
            g_autofree char *headers = g_strdup_printf("Accept: text/html\r\nAccept-Encoding: %s\r\n", codings[c]);
            AUTO(reply) struct reply shell = page(paths[i], headers);
            g_assert_cmpint(shell.status, ==, strcmp(paths[i], "/nowhere") == 0 ? 404 : 200);
            g_assert_null(reply_header(&shell, "content-encoding"));
            g_assert_true(g_str_has_prefix(shell.text->str, SHELL));
            g_assert_nonnull(strstr(shell.text->str, MARK));
            g_assert_true(g_str_has_suffix(shell.text->str, "</script>\n"));
        }
    AUTO(reply) struct reply shell = page("/desk", NULL), style = page("/proof.css", NULL);
    g_autofree char *known = g_strdup_printf("If-None-Match: %s\r\n", reply_header(&shell, "etag"));
    AUTO(reply) struct reply again = page("/desk", known);
    g_assert_cmpint(again.status, ==, 304);
    reply_is(&style, 200, NULL);
}

/* Also where it is looked up by its code. */
static void documents(void)
{
    AUTO(reply) struct reply letter = letter_of("wang", true), english = letter_of("wang", false);
    g_assert_cmpstr(reply_text(&letter, "title"), ==, "【演练】工作证明");
    g_assert_true(g_str_has_prefix(reply_text(&english, "title"), "[DRILL] "));
    g_autofree char *path = g_strconcat("/api/v1/proofs/", reply_text(&letter, "proof"), NULL);
    AUTO(reply) struct reply proof = rig_ask(rig, &(struct ask){.method = "GET", .path = path, .chinese = true});
    g_assert_cmpstr(reply_text(&proof, "result"), ==, "genuine");
    g_assert_cmpstr(reply_text(&proof, "title"), ==, "【演练】工作证明");
    AUTO(reply)
    struct reply shown =
        rig_ask(rig, &(struct ask){.method = "GET", .path = path, .headers = "Accept: text/html\r\n", .chinese = true});
    g_assert_nonnull(strstr(shown.text->str, "【演练】工作证明"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new_with(&(struct server_options){.pages = rig_pages_get_resource()});
    g_test_add_func("/drill/not-before", not_before);
    g_test_add_func("/drill/by-the-operator", by_the_operator);
    g_test_add_func("/drill/pages", pages);
    g_test_add_func("/drill/documents", documents);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
