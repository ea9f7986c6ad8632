/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web application as part of the program: addresses, codings, what browsers keep, what they must not do. */
#include "rig.h"

#include "api/encoding.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPT       "/assets/app-1a2b3c.js"
#define SCRIPT_BYTES (200 * strlen("export const words = ['演示'];\n"))

static struct rig *rig;

static struct reply ask(const char *method, const char *path, const char *headers)
{
    return rig_ask(rig, &(struct ask){.method = method, .path = path, .headers = headers});
}

static void is_shell(const struct reply *reply)
{
    reply_is(reply, 200, NULL);
    g_assert_cmpstr(reply_header(reply, "content-type"), ==, "text/html; charset=utf-8");
    g_assert_cmpstr(reply_header(reply, "cache-control"), ==, "no-cache");
    g_assert_true(g_str_has_prefix(reply->text->str, "<!doctype html><title>演示</title>"));
}

/* ---- addresses ---- */

static void shell(void)
{
    static const char *const paths[] = {"/",
                                        "/index.html",
                                        "/desk",
                                        "/desk/",
                                        "/desk?unit=110105&day=2026-11-28&unit=2",
                                        "/desk/matter/0190a1b2-0000-7000-8000-000000000000",
                                        "/field",
                                        "/field/round/3%E5%8F%B7%E6%A5%BC/check_in",
                                        "/r",
                                        "/screen",
                                        "/login?next=/desk",
                                        "/demo",
                                        "/demo/people"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        AUTO(reply) struct reply reply = ask("GET", paths[i], "Accept: text/html,*/*;q=0.8\r\n");
        is_shell(&reply);
    }
    AUTO(reply) struct reply worker = ask("GET", "/", "Accept: */*\r\n"), any = ask("GET", "/", NULL); /* a script */
    is_shell(&worker);
    is_shell(&any);
    g_assert_cmpstr(reply_header(&any, "vary"), ==, "Accept, Accept-Encoding");
    AUTO(reply) struct reply program = ask("GET", "/", "Accept: application/json\r\n");
    reply_is(&program, 200, NULL);
    g_assert_cmpstr(reply_text(&program, "program"), ==, "lianfang");
}

/* Whoever opens it in a browser is told by the application; everybody else in JSON. */
static void nowhere(void)
{
    static const char *const paths[] = {"/desktop", "/fields", "//desk", "/api2", "/healthz2/x", "/zh/desk?a=1"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        AUTO(reply) struct reply page = ask("GET", paths[i], "Accept: text/html,*/*;q=0.8\r\nIf-None-Match: *\r\n");
        g_assert_cmpint(page.status, ==, 404);
        g_assert_cmpstr(reply_header(&page, "content-type"), ==, "text/html; charset=utf-8");
        g_assert_cmpstr(reply_header(&page, "vary"), ==, "Accept, Accept-Encoding");
        g_assert_true(g_str_has_prefix(page.text->str, "<!doctype html><title>演示</title>"));
        AUTO(reply) struct reply program = ask("GET", paths[i], "Accept: application/json\r\n");
        reply_is(&program, 404, "not_found");
        AUTO(reply)
        struct reply any = ask("GET", paths[i], NULL), sent = ask("POST", paths[i], "Accept: text/html\r\n");
        reply_is(&any, 404, "not_found");
        reply_is(&sent, 404, "not_found");
    }
}

static void no_page(void)
{
    static const char *const paths[] = {"/api",
                                        "/api/v1/none",
                                        "/api/v2",
                                        "/healthz/x",
                                        "/metrics/x",
                                        "/r.js",
                                        "/desk/app.js",
                                        "/desk/a.b/c.d",
                                        "/assets",
                                        "/assets/",
                                        "/assets/none.js",
                                        "/assets/letters",
                                        "/ASSETS/app-1a2b3c.js",
                                        "/gz/index.html",
                                        "/raw/robots.txt",
                                        "/assets/../sw.js",
                                        "/desk/../sw.js/..",
                                        "/assets/app-1a2b3c.js/",
                                        "/assets/app-1a2b3c.js.br"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        AUTO(reply) struct reply reply = ask("GET", paths[i], "Accept: text/html\r\n");
        reply_is(&reply, 404, "not_found");
        g_assert_cmpstr(reply_header(&reply, "content-type"), ==, "application/problem+json; charset=utf-8");
        g_assert_cmpstr(reply_header(&reply, "cache-control"), ==, "no-store, private");
    }
    AUTO(reply) struct reply wrong = ask("GET", "/desk/%ff", NULL), queried = ask("GET", "/desk?a=%ff", NULL);
    reply_is(&wrong, 400, "invalid_utf8");
    reply_is(&queried, 400, "invalid_utf8");
}

static void methods(void)
{
    static const char *const paths[] = {"/", "/desk", SCRIPT, "/sw.js", "/proof.css"};
    static const char *const others[] = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        for (size_t m = 0; m < G_N_ELEMENTS(others); m++) {
            AUTO(reply) struct reply reply = ask(others[m], paths[i], NULL);
            reply_is(&reply, 405, "method_not_allowed");
            g_assert_cmpstr(reply_header(&reply, "allow"), ==, "GET, HEAD");
        }
}

static void files(void)
{
    static const struct {
        const char *path, *type;
        bool unchanging;
    } rows[] = {
        {SCRIPT, "text/javascript; charset=utf-8", true},
        {"/assets/app-4d5e6f.css", "text/css; charset=utf-8", true},
        {"/assets/logo-9c0d.png", "image/png", true},
        {"/assets/letters/plain-7a8b.woff2x", "application/octet-stream", true},
        {"/sw.js", "text/javascript; charset=utf-8", false},
        {"/manifest.webmanifest", "application/manifest+json; charset=utf-8", false},
        {"/favicon.svg", "image/svg+xml; charset=utf-8", false},
        {"/robots.txt", "text/plain; charset=utf-8", false},
        {"/proof.css", "text/css; charset=utf-8", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = ask("GET", rows[i].path, NULL);
        reply_is(&reply, 200, NULL);
        g_assert_cmpstr(reply_header(&reply, "content-type"), ==, rows[i].type);
        g_assert_cmpstr(reply_header(&reply, "cache-control"), ==,
                        rows[i].unchanging ? "public, max-age=31536000, immutable" : "no-cache");
        g_assert_cmpstr(reply_header(&reply, "vary"), ==, "Accept-Encoding");
        g_assert_nonnull(reply_header(&reply, "etag"));
    }
}

/* ---- codings ---- */

static char *unpacked(const struct reply *reply, size_t bytes)
{
    const char *coding = reply_header(reply, "content-encoding");
    if (coding == NULL)
        return g_strndup(reply->text->str, reply->text->len);
    if (strcmp(coding, "br") == 0) /* pack-pages says how it lies */
        return g_strndup(reply->text->str + 3, reply->text->len - 4);
    char *text = coding_gunzip(reply->text->str, reply->text->len, bytes);
    g_assert_nonnull(text);
    char *copy = g_strndup(text, bytes);
    free(text);
    return copy;
}

static void codings(void)
{
    static const struct {
        const char *path, *accept, *coding;
    } rows[] = {
        {SCRIPT, NULL, NULL},
        {SCRIPT, "gzip, deflate, br, zstd", "br"},
        {SCRIPT, "gzip, deflate", "gzip"},
        {SCRIPT, "br;q=0.1, gzip;q=0.9", "gzip"},
        {SCRIPT, "deflate", NULL},
        {SCRIPT, "*;q=0", NULL},
        {SCRIPT, "\xff, br", NULL}, /* a header that is no text is none */
        {"/desk", "br", "br"},
        {"/assets/logo-9c0d.png", "gzip, br", NULL}, /* is packed already */
        {"/proof.css", "gzip, br", NULL},
    };
    AUTO(reply) struct reply plain = ask("GET", SCRIPT, NULL);
    g_assert_cmpuint(plain.text->len, ==, SCRIPT_BYTES);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *header =
            rows[i].accept != NULL ? g_strdup_printf("Accept-Encoding: %s\r\n", rows[i].accept) : NULL;
        AUTO(reply) struct reply reply = ask("GET", rows[i].path, header), head = ask("HEAD", rows[i].path, header);
        reply_is(&reply, 200, NULL);
        g_assert_cmpstr(reply_header(&reply, "content-encoding"), ==, rows[i].coding);
        g_autofree char *length = g_strdup_printf("%zu", reply.text->len);
        g_assert_cmpstr(reply_header(&reply, "content-length"), ==, length);
        if (strcmp(rows[i].path, SCRIPT) == 0) {
            g_autofree char *text = unpacked(&reply, SCRIPT_BYTES);
            g_assert_cmpstr(text, ==, plain.text->str);
        }
        static const char *const same[] = {"content-length", "content-encoding", "content-type",           "etag",
                                           "vary",           "cache-control",    "content-security-policy"};
        reply_is(&head, 200, NULL);
        g_assert_cmpuint(head.text->len, ==, 0);
        for (size_t s = 0; s < G_N_ELEMENTS(same); s++)
            g_assert_cmpstr(reply_header(&head, same[s]), ==, reply_header(&reply, same[s]));
    }
}

/* A tag stands for the bytes of one coding. */
static void known_already(void)
{
    static const char *const paths[] = {"/", "/desk/late", SCRIPT, "/sw.js", "/proof.css", "/assets/logo-9c0d.png"};
    static const char *const codings[] = {"", "Accept-Encoding: gzip\r\n", "Accept-Encoding: br\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        for (size_t c = 0; c < G_N_ELEMENTS(codings); c++) {
            AUTO(reply) struct reply first = ask("GET", paths[i], codings[c]);
            const char *tag = reply_header(&first, "etag");
            g_autofree char *strong = g_strdup_printf("%sIf-None-Match: \"other\", %s\r\n", codings[c], tag),
                            *weak = g_strdup_printf("%sIf-None-Match: W/%s\r\n", codings[c], tag),
                            *any = g_strdup_printf("%sIf-None-Match: *\r\n", codings[c]),
                            *part = g_strdup_printf("%sIf-None-Match: \"%.20s\"\r\n", codings[c], tag + 1),
                            *elsewhere = g_strdup_printf("%sIf-None-Match: %s\r\n", codings[(c + 1) % 3], tag);
            const char *const same[] = {strong, weak, any};
            for (size_t s = 0; s < G_N_ELEMENTS(same); s++)
                for (int head = 0; head < 2; head++) {
                    AUTO(reply) struct reply reply = ask(head ? "HEAD" : "GET", paths[i], same[s]);
                    reply_is(&reply, 304, NULL);
                    g_assert_cmpuint(reply.text->len, ==, 0);
                    g_assert_cmpstr(reply_header(&reply, "etag"), ==, tag);
                    g_assert_cmpstr(reply_header(&reply, "cache-control"), ==, reply_header(&first, "cache-control"));
                    g_assert_cmpstr(reply_header(&reply, "vary"), ==, reply_header(&first, "vary"));
                }
            AUTO(reply) struct reply other = ask("GET", paths[i], part), coded = ask("GET", paths[i], elsewhere);
            reply_is(&other, 200, NULL);
            bool one = i >= 4; /* has one coding only */
            reply_is(&coded, one ? 304 : 200, NULL);
        }
}

/* ---- what goes with it ---- */

static void headers(void)
{
    static const char page[] =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'";
    static const char data[] = "default-src 'none'; frame-ancestors 'none'";
    static const struct {
        const char *path, *headers;
        const char *policy;
    } rows[] = {
        {"/", NULL, page},
        {"/desk", "If-None-Match: *\r\n", page},
        {SCRIPT, NULL, page},
        {"/proof.css", NULL, page},
        {"/api/v1/proofs/AQ", "Accept: text/html\r\n", page},
        {"/api/v1/proofs/AQ", NULL, data},
        {"/", "Accept: application/json\r\n", data},
        {"/healthz", NULL, data},
        {"/metrics", NULL, data},
        {"/api/v1/me", NULL, data},
        {"/nothing", NULL, data},
        {"/%ff", NULL, data},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = ask("GET", rows[i].path, rows[i].headers);
        g_assert_cmpstr(reply_header(&reply, "content-security-policy"), ==, rows[i].policy);
        g_assert_cmpstr(reply_header(&reply, "x-content-type-options"), ==, "nosniff");
        g_assert_cmpstr(reply_header(&reply, "referrer-policy"), ==, "no-referrer");
        g_assert_cmpstr(reply_header(&reply, "cross-origin-resource-policy"), ==, "same-origin");
        bool shown = rows[i].policy == page;
        g_assert_cmpstr(reply_header(&reply, "cross-origin-opener-policy"), ==, shown ? "same-origin" : NULL);
        const char *permissions = reply_header(&reply, "permissions-policy");
        g_assert_true((permissions != NULL) == shown);
        if (shown) {
            g_assert_nonnull(strstr(permissions, "camera=(self)"));
            g_assert_nonnull(strstr(permissions, "geolocation=(self)"));
            g_assert_nonnull(strstr(permissions, "microphone=()"));
        }
        g_assert_null(reply_header(&reply, "strict-transport-security"));
    }
}

/* The page that a phone shows after reading a code has nothing written into it that its policy refuses. */
static void proof_page(void)
{
    AUTO(reply)
    struct reply page = ask("GET", "/api/v1/proofs/AQ", "Accept: text/html\r\n"),
                 style = ask("GET", "/proof.css", NULL);
    g_assert_cmpint(page.status, ==, 422);
    g_assert_null(strstr(page.text->str, "<style"));
    g_assert_null(strstr(page.text->str, "style="));
    g_assert_nonnull(strstr(page.text->str, "<link rel=\"stylesheet\" href=\"../../../proof.css\">"));
    g_assert_nonnull(strstr(page.text->str, "class=\"bad\""));
    g_assert_nonnull(strstr(style.text->str, "h1.good"));
}

/* ---- whatever else goes on ---- */

static void are_served(void)
{
    AUTO(reply) struct reply page = ask("GET", "/desk", NULL), script = ask("GET", SCRIPT, NULL);
    is_shell(&page);
    reply_is(&script, 200, NULL);
}

static void without_the_writer(void)
{
    struct gate gate;
    rig_hold_writer(rig, &gate);
    are_served();
    rig_free_writer(rig, &gate);
    struct db *snapshot = rig_hold_log(rig);
    are_served();
    rig_free_log(rig, snapshot);
}

/* A phone that starts the application twice in a minute has as many requests left as before. */
static void not_counted(void)
{
    struct rig *slow =
        rig_new_with(&(struct server_options){.requests_per_minute = 5, .pages = rig_pages_get_resource()});
    const char *token = rig_token(slow, "keeper");
    for (int i = 0; i < 40; i++) {
        AUTO(reply) struct reply page = rig_ask(slow, &(struct ask){.method = "GET", .path = SCRIPT, .token = token});
        reply_is(&page, 200, NULL);
    }
    AUTO(reply) struct reply me = rig_ask(slow, &(struct ask){.method = "GET", .path = "/api/v1/me", .token = token});
    reply_is(&me, 200, NULL);
    for (int i = 0; i < 10; i++) {
        AUTO(reply)
        struct reply more = rig_ask(slow, &(struct ask){.method = "GET", .path = "/api/v1/me", .token = token});
        g_assert_true(i < 4 || more.status == 429);
    }
    AUTO(reply) struct reply page = rig_ask(slow, &(struct ask){.method = "GET", .path = "/", .token = token});
    reply_is(&page, 200, NULL);
    rig_free(slow);
}

/* One connection, pages and answers by turns, a body where none belongs: each gets its own answer. */
static void in_one_connection(void)
{
    struct wire wire = wire_open(rig);
    g_autofree char *too_long = g_strnfill(LIMIT_OPEN_BODY_BYTES + 1, 'x');
    static const struct ask asks[] = {{.method = "GET", .path = SCRIPT},
                                      {.method = "GET", .path = "/healthz"},
                                      {.method = "GET", .path = "/assets/none-00000000.js"},
                                      {.method = "HEAD", .path = "/none"},
                                      {.method = "POST", .path = "/sw.js"},
                                      {.method = "GET", .path = "/api/v1/units?none=1"},
                                      {.method = "GET", .path = "/api/v1/units"},
                                      {.method = "HEAD", .path = SCRIPT},
                                      {.method = "GET", .path = "/desk", .body = "{}"},
                                      {.method = "GET", .path = "/", .headers = "If-None-Match: *\r\n"},
                                      {.method = "GET", .path = "/sw.js"}};
    static const int statuses[] = {200, 200, 404, 404, 405, 400, 401, 200, 200, 304, 200};
    for (size_t i = 0; i < G_N_ELEMENTS(asks); i++) {
        g_autofree char *text = ask_text(&asks[i]);
        AUTO(reply) struct reply reply = {0};
        g_assert_true(wire_send(&wire, text, -1));
        if (!wire_read(&wire, strcmp(asks[i].method, "HEAD") == 0, &reply))
            g_error("no answer to %s %s", asks[i].method, asks[i].path);
        g_assert_cmpint(reply.status, ==, statuses[i]);
    }
    wire_close(&wire);
    AUTO(reply)
    struct reply large = rig_ask(rig, &(struct ask){.method = "GET", .path = "/desk", .body = too_long});
    reply_is(&large, 413, "body_too_large");
}

/* A program built without the application: an API, and the sheet of the page that it has. */
static void built_without(void)
{
    struct rig *bare = rig_new();
    AUTO(reply)
    struct reply front = rig_ask(bare, &(struct ask){.method = "GET", .path = "/", .headers = "Accept: text/html\r\n"}),
                 desk = rig_ask(bare, &(struct ask){.method = "GET", .path = "/desk"}),
                 style = rig_ask(bare, &(struct ask){.method = "GET", .path = "/proof.css"});
    reply_is(&front, 200, NULL);
    g_assert_cmpstr(reply_text(&front, "reference"), ==, "/api/v1/openapi.json");
    reply_is(&desk, 404, "not_found");
    reply_is(&style, 200, NULL);
    rig_free(bare);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new_with(&(struct server_options){.pages = rig_pages_get_resource()});
    g_test_add_func("/webpages/shell", shell);
    g_test_add_func("/webpages/nowhere", nowhere);
    g_test_add_func("/webpages/no_page", no_page);
    g_test_add_func("/webpages/methods", methods);
    g_test_add_func("/webpages/files", files);
    g_test_add_func("/webpages/codings", codings);
    g_test_add_func("/webpages/known-already", known_already);
    g_test_add_func("/webpages/headers", headers);
    g_test_add_func("/webpages/proof-page", proof_page);
    g_test_add_func("/webpages/without-the-writer", without_the_writer);
    g_test_add_func("/webpages/not-counted", not_counted);
    g_test_add_func("/webpages/in-one-connection", in_one_connection);
    g_test_add_func("/webpages/built-without", built_without);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
