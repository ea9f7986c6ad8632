/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP itself: what is asked for badly, slowly, in pieces, all at once. */
#include "rig.h"

#include "api/encoding.h"
#include "api/endpoint.h"
#include "base/limits.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct rig *rig;

static struct reply ask(const char *method, const char *path, const char *headers)
{
    return rig_ask(
        rig, &(struct ask){.method = method, .path = path, .token = rig_token(rig, "keeper"), .headers = headers});
}

/* ---- methods and addresses ---- */

static void methods(void)
{
    static const struct {
        const char *method, *path, *code, *allow;
        int status;
    } rows[] = {
        {"GET", "/api/v1/nothing", "not_found", NULL, 404},
        {"GET", "/nothing", "not_found", NULL, 404},
        {"GET", "/api/v1/units/", "not_found", NULL, 404},
        {"GET", "/api/v1/units//gaps", "not_found", NULL, 404},
        {"GET", "/api/v1/matters/x/y/z", "not_found", NULL, 404},
        {"PUT", "/api/v1/matters", "method_not_allowed", "GET, HEAD, POST", 405},
        {"DELETE", "/api/v1/me", "method_not_allowed", "GET, HEAD", 405},
        {"GET", "/api/v1/session", "method_not_allowed", "DELETE, POST", 405},
        {"OPTIONS", "/api/v1/batch", "method_not_allowed", "POST", 405},
        {"HEAD", "/api/v1/batch", NULL, "POST", 405},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = ask(rows[i].method, rows[i].path, NULL);
        reply_is(&reply, rows[i].status, rows[i].code);
        g_assert_cmpstr(reply_header(&reply, "allow"), ==, rows[i].allow);
    }
}

static char *with_parameters(const char *path, const char *value)
{
    GString *text = g_string_new(NULL);
    for (const char *at = path; *at != '\0'; at++) {
        g_string_append(text, *at == '{' ? value : (char[]){*at, '\0'});
        at = *at == '{' ? strchr(at, '}') : at;
    }
    return g_string_free(text, FALSE);
}

/* What is no text is no address: at every door, in every part, whoever asks. */
static void not_utf8(void)
{
    static const char *const wrong[] = {"%FF", "a%C3", "%ED%A0%80", "%00", "a%00b", "\xff"};
    for (size_t i = 0; i < endpoint_count; i++)
        for (size_t w = 0; w < G_N_ELEMENTS(wrong); w++) {
            g_autofree char *path = with_parameters(endpoints[i].path, wrong[w]);
            g_autofree char *queried = g_strdup_printf("/?a=%s", wrong[w]);
            bool in_path = strchr(endpoints[i].path, '{') != NULL;
            AUTO(reply)
            struct reply reply = rig_ask(rig, &(struct ask){.method = endpoints[i].method,
                                                            .path = in_path ? path : queried,
                                                            .token = rig_token(rig, w % 2 ? "keeper" : "wang"),
                                                            .body = "{}",
                                                            .type = "text/csv"});
            if (in_path || strcmp(endpoints[i].method, "GET") == 0)
                reply_is(&reply, 400, "invalid_utf8");
        }
    static const struct {
        const char *path, *field;
    } rows[] = {
        {"/api/v1/units?q=%ff%fe", "q"},
        {"/api/v1/units?q=x&code=%00", "code"},
        {"/api/v1/matters?kind=%ff&state=a", "kind"},
        {"/api/v1/matters?%ff=a", ""},
        {"/api/v1/units?q=%e5%8c", "q"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = ask("GET", rows[i].path, NULL);
        reply_is(&reply, 400, "invalid_utf8");
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, rows[i].field);
    }
    AUTO(reply)
    struct reply chinese = ask("GET", "/api/v1/units?q=%e5%8c%97+%2B&limit=1", NULL),
                 dots = ask("GET", "/api/v1/persons/%2e%2e%2f1", NULL),
                 header = ask("GET", "/api/v1/units", "If-None-Match: \xff\r\n");
    reply_is(&chinese, 200, NULL);
    reply_is(&dots, 404, NULL);
    reply_is(&header, 200, NULL);
}

static void known_already(void)
{
    AUTO(reply) struct reply reply = ask("GET", "/api/v1/units/" CITY, NULL);
    reply_is(&reply, 200, NULL);
    const char *tag = reply_header(&reply, "etag");
    g_assert_nonnull(tag);
    g_assert_cmpstr(reply_header(&reply, "cache-control"), ==, "no-store, private"); /* a browser keeps nothing */
    g_assert_cmpstr(reply_header(&reply, "x-content-type-options"), ==, "nosniff");
    g_assert_null(reply_header(&reply, "server-timing")); /* it would tell who is registered */
    g_autofree char *known = g_strdup_printf("If-None-Match: \"other\", %s\r\n", tag);
    AUTO(reply) struct reply same = ask("GET", "/api/v1/units/" CITY, known);
    reply_is(&same, 304, NULL);
    g_assert_cmpuint(same.text->len, ==, 0);
    g_assert_cmpstr(reply_header(&same, "etag"), ==, tag);
    AUTO(reply) struct reply other = ask("GET", "/api/v1/units/" GRID, known);
    reply_is(&other, 200, NULL);
    AUTO(reply) struct reply head = ask("HEAD", "/api/v1/units/" CITY, NULL);
    reply_is(&head, 200, NULL);
    g_assert_cmpuint(head.text->len, ==, 0);
    g_assert_cmpstr(reply_header(&head, "etag"), ==, tag);
    g_assert_cmpstr(reply_header(&head, "content-length"), ==, reply_header(&reply, "content-length"));
    AUTO(reply) struct reply head_known = ask("HEAD", "/api/v1/units/" CITY, known);
    reply_is(&head_known, 304, NULL);
    AUTO(reply) struct reply problem = ask("GET", "/api/v1/units/none", NULL);
    g_assert_null(reply_header(&problem, "etag"));
    g_assert_cmpstr(reply_header(&problem, "cache-control"), ==, "no-store, private");
}

/* A list goes out packed where the client takes it; its tag stands for the same content. */
static void packed(void)
{
    AUTO(reply)
    struct reply plain = ask("GET", "/api/v1/openapi.json", NULL),
                 packed = ask("GET", "/api/v1/openapi.json", "Accept-Encoding: br, gzip;q=0.5\r\n"),
                 head = ask("HEAD", "/api/v1/openapi.json", "Accept-Encoding: gzip\r\n");
    reply_is(&plain, 200, NULL);
    g_assert_null(reply_header(&plain, "content-encoding"));
    g_assert_cmpstr(reply_header(&plain, "vary"), ==, "Accept-Encoding");
    g_assert_cmpstr(reply_header(&packed, "content-encoding"), ==, "gzip");
    g_assert_cmpstr(reply_header(&packed, "vary"), ==, "Accept-Encoding");
    g_assert_cmpstr(reply_header(&packed, "content-type"), ==, "application/json; charset=utf-8");
    g_assert_cmpuint(packed.text->len, <, plain.text->len / 4);
    char *text = coding_gunzip(packed.text->str, packed.text->len, plain.text->len);
    g_assert_nonnull(text);
    g_assert_cmpmem(text, plain.text->len, plain.text->str, plain.text->len);
    free(text);
    g_assert_null(reply_header(&head, "content-encoding"));
    g_assert_cmpstr(reply_header(&head, "content-length"), ==, reply_header(&plain, "content-length"));

    g_autofree char *weak = g_strconcat("W/", reply_header(&plain, "etag"), NULL);
    g_assert_cmpstr(reply_header(&packed, "etag"), ==, weak);
    const char *const tags[] = {reply_header(&plain, "etag"), weak};
    static const char *const codings[] = {"", "Accept-Encoding: gzip\r\n"};
    for (int i = 0; i < 4; i++) {
        g_autofree char *known = g_strdup_printf("If-None-Match: %s\r\n%s", tags[i / 2], codings[i % 2]);
        AUTO(reply) struct reply same = ask("GET", "/api/v1/openapi.json", known);
        reply_is(&same, 304, NULL);
        g_assert_cmpuint(same.text->len, ==, 0);
        g_assert_null(reply_header(&same, "content-encoding"));
        g_assert_cmpstr(reply_header(&same, "vary"), ==, "Accept-Encoding");
    }
}

/* How long an answer is must tell nothing about what stands in it: what is asked by POST, by another site's page, or is
 * short goes out as it is. */
static void never_packed(void)
{
    g_autofree char *word = g_strnfill(2000, 'x');
    g_autofree char *search = g_strdup_printf("{\"name\":\"%s\"}", word),
                    *login = g_strdup_printf("{\"login\":\"%s\",\"password\":\"x\"}", word);
    g_autoptr(GString) batch = g_string_new("{\"items\":[{}");
    for (int i = 0; i < 40; i++)
        g_string_append(batch, ",{}");
    g_string_append(batch, "]}");
    const struct {
        const char *method, *path, *body, *headers;
        bool large;
    } rows[] = {
        {"GET", "/healthz", NULL, "", false},
        {"GET", "/api/v1/none", NULL, "", false},
        {"GET", "/metrics", NULL, "", true},
        {"POST", "/api/v1/batch", batch->str, "", true},
        {"POST", "/api/v1/persons/search", search, "", false},
        {"POST", "/api/v1/session", login, "", false},
        {"GET", "/api/v1/openapi.json", NULL, "Sec-Fetch-Site: cross-site\r\n", true},
        {"GET", "/api/v1/openapi.json", NULL, "Sec-Fetch-Site: same-site\r\n", true},
        {"GET", "/api/v1/exports/units.csv", NULL, "", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *headers = g_strconcat("Accept-Encoding: gzip, br\r\n", rows[i].headers, NULL);
        AUTO(reply)
        struct reply reply = rig_ask(rig, &(struct ask){.method = rows[i].method,
                                                        .path = rows[i].path,
                                                        .token = rig_token(rig, "keeper"),
                                                        .body = rows[i].body,
                                                        .headers = headers});
        g_assert_null(reply_header(&reply, "content-encoding"));
        if (rows[i].large && reply.text->len <= 1024)
            g_error("%s is short: %zu", rows[i].path, reply.text->len);
    }
    AUTO(reply)
    struct reply own = ask("GET", "/api/v1/openapi.json", "Accept-Encoding: gzip\r\nSec-Fetch-Site: same-origin\r\n");
    g_assert_cmpstr(reply_header(&own, "content-encoding"), ==, "gzip");
}

/* Passwords in an answer to GET, which the table of endpoints calls secret. */
static void secret(void)
{
    g_autoptr(GString) accounts = g_string_new(NULL);
    for (int i = 0; i < 100; i++)
        g_string_append(accounts, "grid a7bq8scf5hp6 grid_worker 第一网格\n");
    struct rig *shown = rig_new_with(&(struct server_options){.demo_accounts = accounts->str});
    AUTO(reply)
    struct reply reply = rig_ask(
        shown, &(struct ask){.method = "GET", .path = "/api/v1/demo/accounts", .headers = "Accept-Encoding: gzip\r\n"});
    reply_is(&reply, 200, NULL);
    g_assert_null(reply_header(&reply, "content-encoding"));
    g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), ==, 100);
    rig_free(shown);
}

static void languages(void)
{
    static const struct {
        const char *accept, *language;
    } rows[] = {
        {NULL, "zh"},
        {"zh-CN,zh;q=0.9,en;q=0.8", "zh"},
        {"en", "en"},
        {"EN-gb ; q=0.9 , ZH;q=0.8", "en"},
        {"en-GB,zh", "en"},
        {"zh,en", "zh"},
        {"en;q=0.8,zh", "zh"}, /* not by who stands first */
        {"zh;q=0.5,en;q=0.501", "en"},
        {"en;q=0", "zh"},
        {"zh;q=0,*", "en"},
        {"*", "zh"},
        {"en;q=0.1,*", "zh"},
        {"fr", "zh"},
        {"sl-en, x-zh", "zh"}, /* no English at all */
        {"french;q=1", "zh"},
        {"end,zen", "zh"},
        {"en;q=2,zh;q=0.1", "zh"}, /* a weight that is none */
        {"en;q=0.1234", "zh"},
        {",;,en;q=.5,en;level=1", "zh"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct wire wire = wire_open(rig);
        g_autofree char *text = g_strdup_printf(
            "GET /api/v1/me HTTP/1.1\r\nHost: a\r\n%s%s%s\r\n", rows[i].accept != NULL ? "Accept-Language: " : "",
            rows[i].accept != NULL ? rows[i].accept : "", rows[i].accept != NULL ? "\r\n" : "");
        AUTO(reply) struct reply reply = {0};
        wire_send(&wire, text, -1);
        g_assert_true(wire_read(&wire, false, &reply));
        wire_close(&wire);
        bool chinese = strcmp(rows[i].language, "zh") == 0;
        g_assert_cmpstr(reply_header(&reply, "content-language"), ==, rows[i].language);
        g_assert_cmpstr(reply_text(&reply, "detail"), ==, chinese ? "请先登录" : "log in first");
        g_assert_cmpstr(reply_text(&reply, "type"), ==, "/problems/not_logged_in");
        g_assert_cmpstr(reply_header(&reply, "content-type"), ==, "application/problem+json; charset=utf-8");
    }
}

/* ---- bodies ---- */

static void bodies(void)
{
    g_autofree char *deep = g_strnfill(LIMIT_JSON_DEPTH + 2, '[');
    g_autofree char *deep_body = g_strdup_printf("{\"a\":%s", deep);
    const struct {
        const char *body, *type, *code;
        int status;
    } rows[] = {
        {"", NULL, "malformed_json", 400},
        {"{", NULL, "malformed_json", 400},
        {"{\"a\":1,}", NULL, "malformed_json", 400},
        {"{\"a\":01}", NULL, "malformed_json", 400},
        {"{\"a\":NaN}", NULL, "malformed_json", 400},
        {"{} {}", NULL, "malformed_json", 400},
        {"{\"a\":\"\\u0000\"}", NULL, "malformed_json", 400},
        {"{\"a\":\"\\ud800\"}", NULL, "malformed_json", 400},
        {"{\"a\":\"\xff\"}", NULL, "invalid_utf8", 400},
        {"{\"a\":\"\xed\xa0\x80\"}", NULL, "invalid_utf8", 400},
        {"{\"a\":1,\"a\":2}", NULL, "duplicate_key", 400},
        {"{\"a\":{\"b\":1,\"b\":1}}", NULL, "duplicate_key", 400},
        {deep_body, NULL, "json_too_deep", 400},
        {"[]", NULL, "not_an_object", 400},
        {"null", NULL, "not_an_object", 400},
        {"\"x\"", NULL, "not_an_object", 400},
        {"{}", "text/plain", "unsupported_media_type", 415},
        {"{}", "application/jsonp", "unsupported_media_type", 415},
        {"a=b", "application/x-www-form-urlencoded", "unsupported_media_type", 415},
        {"{}", "application/json; charset=utf-8", "missing_field", 422},
        {"{}", "APPLICATION/JSON", "missing_field", 422},
    };
    static const char *const doors[] = {"/api/v1/commands", "/api/v1/batch", "/api/v1/session",
                                        "/api/v1/persons/search", "/api/v1/matters"};
    for (size_t d = 0; d < G_N_ELEMENTS(doors); d++)
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            AUTO(reply)
            struct reply reply = rig_ask(rig, &(struct ask){.method = "POST",
                                                            .path = doors[d],
                                                            .token = rig_token(rig, "keeper"),
                                                            .body = rows[i].body,
                                                            .type = rows[i].type});
            if (rows[i].status == 422 && d == 3)
                reply_is(&reply, 400, "not_acceptable_parameter"); /* one of three */
            else
                reply_is(&reply, rows[i].status, rows[i].code);
        }
}

static void too_large(void)
{
    g_autofree char *huge = g_strnfill(LIMIT_BODY_BYTES + 1, ' ');
    AUTO(reply)
    struct reply declared = rig_ask(
        rig, &(struct ask){.method = "POST", .path = "/api/v1/batch", .token = rig_token(rig, "keeper"), .body = huge});
    reply_is(&declared, 413, "body_too_large");
    g_assert_nonnull(strstr(reply_text(&declared, "detail"), "1048576"));

    huge[LIMIT_BODY_BYTES] = '\0'; /* the limit itself */
    memcpy(huge + LIMIT_BODY_BYTES - 2, "{}", 2);
    AUTO(reply)
    struct reply most = rig_ask(
        rig, &(struct ask){.method = "POST", .path = "/api/v1/batch", .token = rig_token(rig, "keeper"), .body = huge});
    reply_is(&most, 422, "missing_field");
}

static void send_chunk(struct wire *wire, const char *data, size_t bytes)
{
    g_autofree char *head = g_strdup_printf("%zx\r\n", bytes);
    if (wire_send(wire, head, -1) && wire_send(wire, data, (gssize)bytes))
        wire_send(wire, "\r\n", 2);
}

static void begin_chunked(struct wire *wire)
{
    g_autofree char *head = g_strdup_printf("POST /api/v1/commands HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                                            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                                            rig_token(rig, "keeper"));
    wire_send(wire, head, -1);
}

static void chunked(void)
{
    struct wire wire = wire_open(rig);
    begin_chunked(&wire);
    send_chunk(&wire, "{\"comm", 6);
    send_chunk(&wire, "and\":\"x\"}", 9);
    wire_send(&wire, "0\r\n\r\n", 5);
    AUTO(reply) struct reply reply = {0};
    g_assert_true(wire_read(&wire, false, &reply));
    reply_is(&reply, 422, "missing_field");
    g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, "id");

    /* on the same connection, more than may come */
    g_autofree char *piece = g_strnfill(64 * 1024, ' ');
    begin_chunked(&wire);
    for (int i = 0; i < LIMIT_BODY_BYTES / (64 * 1024) + 2; i++)
        send_chunk(&wire, piece, 64 * 1024);
    wire_send(&wire, "0\r\n\r\n", 5);
    AUTO(reply) struct reply large = {0};
    g_assert_true(wire_read(&wire, false, &large));
    reply_is(&large, 413, "body_too_large");
    wire_close(&wire);
}

/* ---- headers ---- */

static void headers(void)
{
    static const struct {
        const char *name;
        size_t bytes;
        int status;
        bool by_library; /* beyond a connection's memory it answers by itself, without a problem document */
    } rows[] = {
        {"Cookie: a=", 15000, 200, false},
        {"X-Fill: ", 16000, 200, false},
        {"X-Fill: ", LIMIT_HEADER_BYTES, 431, false},
        {"X-Fill: ", 20000, 431, false},
        {"X-Fill: ", 100000, 431, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *fill = g_strnfill(rows[i].bytes, 'x');
        g_autofree char *header = g_strdup_printf("%s%s\r\n", rows[i].name, fill);
        AUTO(reply) struct reply reply = ask("GET", "/api/v1/me", header);
        reply_is(&reply, rows[i].status, rows[i].status == 431 && !rows[i].by_library ? "headers_too_large" : NULL);
    }
    g_autofree char *fill = g_strnfill(100000, 'x');
    g_autofree char *path = g_strdup_printf("/api/v1/units?q=%s", fill);
    struct wire wire = wire_open(rig);
    AUTO(reply) struct reply reply = {0};
    g_autofree char *text = ask_text(&(struct ask){.method = "GET", .path = path});
    wire_send(&wire, text, -1);
    if (wire_read(&wire, false, &reply))
        g_assert_cmpint(reply.status, >=, 400);
    wire_close(&wire);
}

/* Bytes in which a proxy might read another request than we do: refused, and the line is cut. */
static void framing(void)
{
    static const struct {
        const char *head, *body;
        const char *code; /* NULL: the library's own word, or silence */
        int status;
    } rows[] = {
        {"Host: a\r\nContent-Length: 2", "{}", "not_logged_in", 401},
        {"host: a.example:8080\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n", "not_logged_in", 401},
        {"Host: [::1]:8080\r\nContent-Length: 2", "{}", "not_logged_in", 401},
        {"Content-Length: 2", "{}", "malformed_request", 400},
        {"Host: a\r\nHost: a\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a\r\nHost: b\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a b\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a/b\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a@b\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a, b\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a\r\nContent-Length: 2\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a\r\nContent-Length: 2\r\nContent-Length: 44", "{}", "malformed_request", 400},
        {"Host: a\r\nContent-Length: 44\r\ncontent-length: 2", "{}", "malformed_request", 400},
        {"Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n", "malformed_request",
         400},
        {"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2", "2\r\n{}\r\n0\r\n\r\n", "malformed_request",
         400},
        {"Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n", "malformed_request", 400},
        {"Host: a\r\nTransfer-Encoding: gzip, chunked", "0\r\n\r\n", "malformed_request", 400},
        {"Host: a\r\nTransfer-Encoding: identity\r\nContent-Length: 2", "{}", "malformed_request", 400},
        {"Host: a\r\nTransfer-Encoding: xchunked", "0\r\n\r\n", "malformed_request", 400},
        {"Host: a\r\nContent-Length: +2", "{}", NULL, 400},
        {"Host: a\r\nContent-Length: 2, 2", "{}", NULL, 400},
        {"Host: a\r\nContent-Length: 0x2", "{}", NULL, 400},
        {"Host: a\r\nContent-Length : 2", "{}", NULL, 400},
        {"Host: a\r\nContent-Length: 2\r\nX Y: z", "{}", NULL, 400},
        {"Host: a\r\nContent-Length: 2\r\nX\x01: z", "{}", NULL, 400},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct wire wire = wire_open(rig);
        AUTO(reply) struct reply reply = {0};
        g_autofree char *text =
            g_strdup_printf("POST /api/v1/batch HTTP/1.1\r\n%s\r\nContent-Type: application/json\r\n\r\n%s"
                            "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                            rows[i].head, rows[i].body);
        wire_send(&wire, text, -1);
        g_test_message("%s", rows[i].head);
        bool answered = wire_read(&wire, false, &reply);
        g_assert_true(answered || rows[i].code == NULL);
        if (answered)
            reply_is(&reply, rows[i].status, rows[i].code);
        AUTO(reply) struct reply next = {0}; /* of what stands behind */
        bool goes_on = answered && rows[i].status != 400;
        g_assert_cmpint(wire_read(&wire, false, &next), ==, goes_on);
        wire_close(&wire);
    }
    struct wire old = wire_open(rig); /* HTTP/1.0 names no host, and knows no chunks */
    AUTO(reply) struct reply well = {0};
    wire_send(&old, "GET /healthz HTTP/1.0\r\n\r\n", -1);
    g_assert_true(wire_read(&old, false, &well));
    reply_is(&well, 200, NULL);
    wire_close(&old);
}

/* Once more, with other options. */
static void serve(const struct server_options *options)
{
    server_stop(rig->server);
    rig_serve(rig, options);
}

static const struct server_options hasty = {.request_seconds = 1, .threads = 2};

static void nonsense(void)
{
    serve(&hasty);
    static const char *const texts[] = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct wire wire = wire_open(rig);
        AUTO(reply) struct reply reply = {0};
        wire_send(&wire, texts[i], -1);
        shutdown(wire.fd, SHUT_WR);
        if (wire_read(&wire, false, &reply))
            g_assert_true((reply.status >= 400 && reply.status < 500) || reply.status == 505);
        wire_close(&wire);
    }
    serve(NULL);
}

/* ---- connections ---- */

static void kept_alive_and_pipelined(void)
{
    struct wire wire = wire_open(rig);
    g_autofree char *one =
        ask_text(&(struct ask){.method = "GET", .path = "/api/v1/me", .token = rig_token(rig, "wang")});
    g_autofree char *two = ask_text(&(struct ask){
        .method = "POST", .path = "/api/v1/commands", .token = rig_token(rig, "wang"), .body = "{\"command\":\"x\"}"});
    g_autofree char *three = ask_text(&(struct ask){.method = "GET", .path = "/healthz"});
    g_autofree char *all = g_strconcat(one, two, three, one, NULL);
    static const int statuses[] = {200, 422, 200, 200};
    for (int round = 0; round < 3; round++) {
        wire_send(&wire, all, -1);
        for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
            AUTO(reply) struct reply reply = {0};
            g_assert_true(wire_read(&wire, false, &reply));
            g_assert_cmpint(reply.status, ==, statuses[i]);
        }
    }
    wire_close(&wire);
}

/* Reads to the end of the connection and says how long it took. */
static double seconds_until_closed(struct wire *wire, const char *drip)
{
    int64_t from_us = clock_monotonic_us();
    for (;;) {
        char byte;
        ssize_t got = recv(wire->fd, &byte, 1, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        if (drip != NULL)
            wire_send(wire, drip, 1);
        g_usleep(100000);
        g_assert_cmpint(clock_monotonic_us() - from_us, <, 30 * US_PER_SECOND);
    }
    return (double)(clock_monotonic_us() - from_us) / US_PER_SECOND;
}

static void slow_clients(void)
{
    serve(&hasty);
    static const struct {
        const char *first, *drip;
    } rows[] = {
        {"", NULL},
        {"GET /api/v1/me HTTP/1.1\r\n", NULL},
        {"GET /api/v1/me HTTP/1.1\r\nA: ", "x"},
        {"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
         "900\r\n\r\n",
         NULL},
        {"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
         "900\r\n\r\n",
         " "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct wire wire = wire_open(rig);
        wire_send(&wire, rows[i].first, -1);
        g_assert_cmpfloat(seconds_until_closed(&wire, rows[i].drip), <, 10);
        wire_close(&wire);
    }
    AUTO(reply) struct reply well = rig_get(rig, NULL, "/healthz");
    reply_is(&well, 200, NULL);
    serve(NULL);
}

static bool is_open(const struct wire *wire)
{
    char byte;
    ssize_t got = recv(wire->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return got > 0 || (got < 0 && errno == EAGAIN);
}

static int count_open(struct wire *wires, size_t count)
{
    int open = 0;
    for (size_t i = 0; i < count; i++)
        open += is_open(&wires[i]);
    return open;
}

#define PLACES 40

/* Silent lines take all places, again and again: whoever asks something finds one, and those silent longest go. */
static void places(void)
{
    serve(&(struct server_options){.connections = PLACES, .threads = 2, .request_seconds = 60});
    struct wire silent[3 * PLACES];
    for (size_t i = 0; i < G_N_ELEMENTS(silent); i++) {
        silent[i] = wire_open(rig);
        wire_send(&silent[i], "GET /healthz HTTP/1.1\r\nHost: ", -1);
        if (i % 10 == 9) {
            AUTO(reply) struct reply well = rig_get(rig, NULL, "/healthz");
            reply_is(&well, 200, NULL);
        }
    }
    for (int i = 0; i < 500 && count_open(silent, G_N_ELEMENTS(silent)) > PLACES; i++)
        g_usleep(10000);
    g_assert_cmpint(count_open(silent, G_N_ELEMENTS(silent)), <=, PLACES);
    g_assert_false(is_open(&silent[0]));
    g_assert_true(is_open(&silent[G_N_ELEMENTS(silent) - 1]));
    /* nor do they keep them: where most places are taken, a header has seconds */
    for (int i = 0; i < 2000 && count_open(silent, G_N_ELEMENTS(silent)) > PLACES * 3 / 4; i++)
        g_usleep(10000);
    g_assert_cmpint(count_open(silent, G_N_ELEMENTS(silent)), <=, PLACES * 3 / 4);
    for (size_t i = 0; i < G_N_ELEMENTS(silent); i++)
        wire_close(&silent[i]);
    serve(NULL);
}

/* ---- when the writer stands still ---- */

static void pass(void *context, const struct answer *answer)
{
}

/* Reads go on, /healthz tells the cause, and all recovers by itself. */
static void log_held(void)
{
    struct db *snapshot = rig_hold_log(rig);
    AUTO(reply)
    struct reply reply = rig_command(rig, "keeper", "/api/v1/commands", "{'command':'create_unit'}");
    reply_is(&reply, 503, "log_held");
    AUTO(reply) struct reply health = rig_ask(rig, &(struct ask){.method = "GET", .path = "/healthz"});
    g_assert_cmpint(health.status, ==, 503);
    g_assert_cmpstr(reply_text(&health, "causes.0"), ==, "log_held");
    AUTO(reply)
    struct reply read =
        rig_ask(rig, &(struct ask){.method = "GET", .path = "/api/v1/me", .token = rig_token(rig, "wang")});
    reply_is(&read, 200, NULL);
    rig_free_log(rig, snapshot);
    AUTO(reply)
    struct reply after = rig_command(rig, "keeper", "/api/v1/units", "{'parent':'" GRID "','type':'grid','name':'x'}");
    reply_is(&after, 422, "wrong_parent");
    AUTO(reply) struct reply well = rig_get(rig, NULL, "/healthz");
    reply_is(&well, 200, NULL);
}

/* Somebody waits and nobody is answered: that is not well, although nothing has failed. */
static void stalled(void)
{
    struct gate gate;
    int64_t since_us = clock_monotonic_us();
    rig_hold_writer(rig, &gate);
    rig_submit(rig, pass, NULL);
    for (;;) {
        AUTO(reply) struct reply reply = rig_ask(rig, &(struct ask){.method = "GET", .path = "/healthz"});
        if (reply.status == 503) {
            g_assert_cmpstr(reply_text(&reply, "causes.0"), ==, "stalled");
            break;
        }
        g_assert_cmpint(clock_monotonic_us() - since_us, <, 60 * US_PER_SECOND);
        g_usleep(50000);
    }
    g_assert_cmpint(clock_monotonic_us() - since_us, >=, LIMIT_STALL_US);
    rig_free_writer(rig, &gate);
    AUTO(reply) struct reply well = rig_get(rig, NULL, "/healthz");
    reply_is(&well, 200, NULL);
}

static void queue_full(void)
{
    struct gate gate;
    rig_hold_writer(rig, &gate);
    while (rig_submit(rig, pass, NULL))
        continue;
    AUTO(reply)
    struct reply reply = rig_command(rig, "keeper", "/api/v1/commands", "{'command':'create_unit'}");
    reply_is(&reply, 503, "queue_full");
    g_assert_cmpstr(reply_header(&reply, "retry-after"), ==, "1");
    g_autofree char *first = rig_uuid(rig);
    g_autofree char *second = rig_uuid(rig);
    AUTO(reply)
    struct reply batch =
        rig_post(rig, "keeper", "/api/v1/batch",
                 "{'items':[{'id':'%s','command':'create_unit'},{'id':'%s','command':'close_unit'}]}", first, second);
    reply_is(&batch, 503, "queue_full"); /* nothing of it would be taken, so it is not read */
    g_assert_cmpstr(reply_header(&batch, "retry-after"), ==, "1");
    AUTO(reply)
    struct reply read = rig_ask(rig, &(struct ask){.method = "GET", .path = "/healthz"}); /* readers do not wait */
    reply_is(&read, 200, NULL);
    rig_free_writer(rig, &gate);
    AUTO(reply)
    struct reply after = rig_command(rig, "keeper", "/api/v1/units", "{'parent':'" GRID "','type':'grid','name':'x'}");
    reply_is(&after, 422, "wrong_parent");
}

static char *with_unknown(struct rig *of, int count)
{
    g_autofree char *id = rig_uuid(of);
    GString *body = g_string_new(NULL);
    g_string_printf(body, "{\"id\":\"%s\",\"command\":\"create_unit\"", id);
    for (int i = 0; i < count; i++)
        g_string_append_printf(body, ",\"nam%d\":1", i);
    g_string_append_c(body, '}');
    return g_string_free(body, FALSE);
}

/* What no rows are needed for is answered while the writer stands still: it never comes to it. */
static void shape_is_looked_at_first(void)
{
    struct gate gate;
    static const struct {
        int unknown, status, told, more;
        const char *code;
    } rows[] = {
        {1, 422, 1, 0, "unknown_field"},
        {LIMIT_PROBLEMS, 422, LIMIT_PROBLEMS, 0, "unknown_field"},
        {900, 422, LIMIT_PROBLEMS, 880, "unknown_field"},
        {70000, 400, 1, 0, "too_many_items"},
    };
    rig_hold_writer(rig, &gate);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *body = with_unknown(rig, rows[i].unknown);
        AUTO(reply)
        struct reply reply = rig_ask(
            rig,
            &(struct ask){.method = "POST", .path = "/api/v1/commands", .token = rig_token(rig, "wang"), .body = body});
        reply_is(&reply, rows[i].status, rows[i].code);
        g_assert_cmpuint(json_array_size(json_at(reply.json, "errors")), ==, rows[i].told);
        g_assert_cmpint(json_integer_value(json_at(reply.json, "more")), ==, rows[i].more);
    }
    AUTO(reply) struct reply unknown = rig_command(rig, "wang", "/api/v1/commands", "{'command':'rename_unti'}");
    reply_is(&unknown, 422, "unknown_command");
    g_assert_nonnull(strstr(reply_text(&unknown, "detail"), "rename_unit"));
    rig_free_writer(rig, &gate);
}

static void *stop_server(void *server)
{
    server_stop(server);
    return NULL;
}

/* What was taken is answered; what comes then is turned away; then it is over. */
static void stopped(void)
{
    struct gate gate;
    struct wire asleep = wire_open(rig), late = wire_open(rig);
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body =
        g_strdup_printf("{\"id\":\"%s\",\"command\":\"rename_unit\",\"unit\":\"" GRID2 "\",\"name\":\"新网格\"}", id);
    g_autofree char *text = ask_text(
        &(struct ask){.method = "POST", .path = "/api/v1/commands", .token = rig_token(rig, "keeper"), .body = body});
    g_autofree char *read =
        ask_text(&(struct ask){.method = "GET", .path = "/api/v1/me", .token = rig_token(rig, "keeper")});
    AUTO(reply) struct reply first = {0}, turned_away = {0}, answered = {0};
    wire_send(&late, read, -1);
    g_assert_true(wire_read(&late, false, &first));
    rig_hold_writer(rig, &gate);
    wire_send(&asleep, text, -1);
    g_usleep(300000);
    pthread_t stopper;
    pthread_create(&stopper, NULL, stop_server, rig->server);
    g_usleep(300000);
    wire_send(&late, read, -1);
    g_assert_true(wire_read(&late, false, &turned_away));
    reply_is(&turned_away, 503, "shutting_down");
    rig_free_writer(rig, &gate);
    g_assert_true(wire_read(&asleep, false, &answered));
    reply_is(&answered, 201, NULL);
    reply_clear(&turned_away);
    reply_clear(&answered);
    pthread_join(stopper, NULL);
    wire_close(&asleep);
    wire_close(&late);
    rig_serve(rig, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/http/methods", methods);
    g_test_add_func("/http/not-utf8", not_utf8);
    g_test_add_func("/http/known-already", known_already);
    g_test_add_func("/http/packed", packed);
    g_test_add_func("/http/never-packed", never_packed);
    g_test_add_func("/http/secret", secret);
    g_test_add_func("/http/languages", languages);
    g_test_add_func("/http/bodies", bodies);
    g_test_add_func("/http/too-large", too_large);
    g_test_add_func("/http/chunked", chunked);
    g_test_add_func("/http/headers", headers);
    g_test_add_func("/http/framing", framing);
    g_test_add_func("/http/nonsense", nonsense);
    g_test_add_func("/http/kept-alive-and-pipelined", kept_alive_and_pipelined);
    g_test_add_func("/http/slow-clients", slow_clients);
    g_test_add_func("/http/places", places);
    g_test_add_func("/http/queue-full", queue_full);
    g_test_add_func("/http/shape-is-looked-at-first", shape_is_looked_at_first);
    g_test_add_func("/http/log-held", log_held);
    g_test_add_func("/http/stalled", stalled);
    g_test_add_func("/http/stopped", stopped);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
