/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logging in and out, and who is who. */
#include "rig.h"

#include "base/limits.h"

#include <string.h>
#include <unistd.h>

static struct rig *rig;

static struct reply log_in(const char *login, const char *password)
{
    return rig_post(rig, NULL, "/api/v1/session", "{'login':'%s','password':'%s'}", login, password);
}

static struct reply get_with(const char *path, const char *headers)
{
    return rig_ask(rig, &(struct ask){.method = "GET", .path = path, .headers = headers});
}

static void expect_log_in(const char *login, const char *password, int status, const char *code)
{
    AUTO(reply) struct reply reply = log_in(login, password);
    reply_is(&reply, status, code);
}

static void in_and_out(void)
{
    AUTO(reply) struct reply reply = log_in("wang", RIG_PASSWORD);
    reply_is(&reply, 201, NULL);
    g_autofree char *token = g_strdup(reply_text(&reply, "token"));
    g_assert_cmpstr(reply_text(&reply, "person"), ==, rig_member(rig, "wang")->id);
    g_assert_cmpstr(reply_text(&reply, "expires_at"), ==, "2020-02-03T20:00:00+08:00");
    g_assert_true(json_is_false(json_at(reply.json, "must_change_password")));
    const char *cookie = reply_header(&reply, "set-cookie");
    g_assert_nonnull(strstr(cookie, token));
    g_assert_nonnull(strstr(cookie, "HttpOnly; SameSite=Strict"));

    g_autofree char *bearer = g_strdup_printf("authorization: bearer %s\r\n", token);
    AUTO(reply) struct reply me = get_with("/api/v1/me", bearer);
    reply_is(&me, 200, NULL);
    g_assert_cmpstr(reply_text(&me, "person.name"), ==, "测试wang");
    g_assert_cmpstr(reply_text(&me, "posts.0.role"), ==, "grid_worker");
    g_assert_cmpstr(reply_text(&me, "posts.0.seat.code"), ==, GRID);
    g_assert_cmpstr(reply_text(&me, "login"), ==, "wang");

    AUTO(reply)
    struct reply out = rig_ask(rig, &(struct ask){.method = "DELETE", .path = "/api/v1/session", .headers = bearer});
    reply_is(&out, 204, NULL);
    AUTO(reply) struct reply after = get_with("/api/v1/me", bearer);
    reply_is(&after, 401, "not_logged_in");
    g_assert_cmpstr(reply_header(&after, "www-authenticate"), ==, "Bearer");
}

/* The same at each log-in, and of nobody else; a session does not tell it again. */
static void store_keys(void)
{
    AUTO(reply) struct reply first = log_in("wang", RIG_PASSWORD);
    AUTO(reply) struct reply again = log_in("wang", RIG_PASSWORD);
    AUTO(reply) struct reply other = log_in("zhou", RIG_PASSWORD);
    const char *key = reply_text(&first, "store_key");
    g_assert_cmpuint(strlen(key), ==, 43);
    g_assert_cmpstr(key, ==, reply_text(&again, "store_key"));
    g_assert_cmpstr(key, !=, reply_text(&other, "store_key"));
    AUTO(reply) struct reply me = rig_get(rig, "wang", "/api/v1/me");
    g_assert_null(strstr(me.text->str, key));
}

static void cookies(void)
{
    g_autofree char *cookie = g_strdup_printf("Cookie: a=b; lianfang_session=%s\r\n", rig_token(rig, "wang"));
    AUTO(reply) struct reply me = get_with("/api/v1/me", cookie);
    reply_is(&me, 200, NULL);

    static const struct {
        const char *site, *origin;
        int status;
    } rows[] = {
        {"same-origin", "http://localhost", 422},
        {"same-origin", NULL, 422},
        {"none", NULL, 422},
        {NULL, "http://localhost", 422}, /* a browser that says no more */
        {NULL, NULL, 422},
        {"cross-site", NULL, 403},
        {"same-site", NULL, 403},
        {"same-origin", "http://evil.example", 403},
        {NULL, "http://evil.example", 403},
        {NULL, "http://localhost.evil.example", 403},
        {NULL, "http://localhost:8080", 403},
        {NULL, "null", 403},
        {NULL, "localhost", 403},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *site = rows[i].site != NULL ? g_strdup_printf("Sec-Fetch-Site: %s\r\n", rows[i].site) : NULL;
        g_autofree char *origin = rows[i].origin != NULL ? g_strdup_printf("Origin: %s\r\n", rows[i].origin) : NULL;
        g_autofree char *from = g_strconcat(site != NULL ? site : "", origin, NULL);
        g_autofree char *headers = g_strconcat(cookie, from, NULL);
        struct ask ask = {
            .method = "POST", .path = "/api/v1/commands", .headers = headers, .body = "{\"command\":\"open_matter\"}"};
        AUTO(reply) struct reply reply = rig_ask(rig, &ask);
        reply_is(&reply, rows[i].status, rows[i].status == 403 ? "cross_site" : "missing_field");
        AUTO(reply)
        struct reply read = get_with("/api/v1/me", headers); /* a link from elsewhere may be followed */
        reply_is(&read, 200, NULL);
        ask.headers = from; /* another program bears a token, whatever page it runs in */
        ask.token = rig_token(rig, "wang");
        AUTO(reply) struct reply borne = rig_ask(rig, &ask);
        reply_is(&borne, 422, "missing_field");
    }
}

/* A page that was read for one person does nothing as the one who has logged in since in its browser. */
static void another_in_one_browser(void)
{
    static const struct {
        const char *method, *path, *body;
    } rows[] = {
        {"POST", "/api/v1/commands", "{\"command\":\"open_matter\"}"},
        {"POST", "/api/v1/batch", "{}"},
        {"POST", "/api/v1/persons/search", "{}"},
        {"POST", "/api/v1/me/password", "{}"},
        {"POST", "/api/v1/accounts", "{}"},
        {"GET", "/api/v1/me", NULL},
        {"GET", "/api/v1/persons/nobody", NULL},
        {"DELETE", "/api/v1/session", NULL},
    };
    static const struct {
        const char *person; /* in the cast; NULL: no id at all */
        bool refused;
    } expected[] = {{"zhou", true}, {NULL, true}, {"shared", false}};
    rig_add(rig, "shared", "grid_worker", GRID); /* whose sessions end, one by one */
    for (size_t i = 0; i < G_N_ELEMENTS(rows) * G_N_ELEMENTS(expected); i++) {
        const char *whom = expected[i % G_N_ELEMENTS(expected)].person;
        bool refused = expected[i % G_N_ELEMENTS(expected)].refused;
        size_t row = i / G_N_ELEMENTS(expected);
        AUTO(reply) struct reply in = log_in("shared", RIG_PASSWORD);
        g_autofree char *headers =
            g_strdup_printf("Cookie: lianfang_session=%s\r\nOrigin: http://localhost\r\nLianfang-Person: %s\r\n",
                            reply_text(&in, "token"), whom != NULL ? rig_member(rig, whom)->id : "nobody");
        AUTO(reply)
        struct reply reply = rig_ask(
            rig, &(struct ask){
                     .method = rows[row].method, .path = rows[row].path, .body = rows[row].body, .headers = headers});
        if (refused)
            reply_is(&reply, 409, "session_of_another");
        else
            g_assert_cmpint(reply.status, !=, 409);
    }
    AUTO(reply) struct reply nobody = get_with("/api/v1/me", "Lianfang-Person: nobody\r\n");
    reply_is(&nobody, 401, "not_logged_in");
}

/* Behind a proxy that speaks TLS the cookie is for TLS and this host alone, and browsers are told to stay there. */
static void behind_tls(void)
{
    static const struct {
        struct server_options options;
        bool secure;
    } rows[] = {
        {{.behind_tls = true}, true},
        {{.public_url = "https://lianfang.example"}, true},
        {{.public_url = "http://lianfang.example"}, false},
        {{0}, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool secure = rows[i].secure;
        server_stop(rig->server);
        rig_serve(rig, &rows[i].options);
        AUTO(reply) struct reply reply = log_in("wang", RIG_PASSWORD);
        reply_is(&reply, 201, NULL);
        const char *cookie = reply_header(&reply, "set-cookie"), *token = reply_text(&reply, "token");
        g_assert_cmpint(g_str_has_prefix(cookie, "__Host-lianfang_session="), ==, secure);
        g_assert_cmpint(g_str_has_suffix(cookie, "; Secure"), ==, secure);
        g_assert_nonnull(strstr(cookie, "; Path=/; "));
        g_assert_cmpint(reply_header(&reply, "strict-transport-security") != NULL, ==, secure);
        g_autofree char *plain = g_strdup_printf("Cookie: lianfang_session=%s\r\n", token);
        g_autofree char *host = g_strdup_printf("Cookie: __Host-lianfang_session=%s\r\n", token);
        AUTO(reply) struct reply by_plain = get_with("/api/v1/me", plain), by_host = get_with("/api/v1/me", host);
        reply_is(&by_plain, secure ? 401 : 200, NULL);
        reply_is(&by_host, secure ? 200 : 401, NULL);
        g_autofree char *own =
            g_strdup_printf("%sOrigin: %s\r\n", secure ? host : plain,
                            rows[i].options.public_url != NULL ? rows[i].options.public_url : "http://localhost");
        AUTO(reply)
        struct reply out = rig_ask(rig, &(struct ask){.method = "DELETE", .path = "/api/v1/session", .headers = own});
        reply_is(&out, 204, NULL);
        g_assert_cmpint(g_str_has_prefix(reply_header(&out, "set-cookie"), "__Host-"), ==, secure);
    }
    server_stop(rig->server);
    rig_serve(rig, NULL);
}

/* A hash that asks for more memory than there is: that says nothing of the password, and locks nobody out. */
static void short_of_memory(void)
{
    static const char greedy[] = "$argon2id$v=19$m=268435456,t=1,p=1$bGlhbmZhbmdub2JvZHkuLg$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    g_autofree char *overcommit = NULL;
    if (!g_file_get_contents("/proc/sys/vm/overcommit_memory", &overcommit, NULL, NULL) || *overcommit == '1' ||
        sysconf(_SC_PHYS_PAGES) > 128L * 1024 * 1024 * 1024 / sysconf(_SC_PAGESIZE)) {
        g_test_skip("this system has the 256 GiB, or says that it has");
        return;
    }
    const struct member *zheng = rig_member(rig, "zheng");
    g_assert_true(account_set_hash(rig->accounts, zheng->account, greedy, false));
    for (int i = 0; i < 6; i++) {
        AUTO(reply) struct reply reply = log_in("zheng", RIG_PASSWORD);
        reply_is(&reply, 503, "out_of_memory");
    }
    g_assert_true(account_set_hash(rig->accounts, zheng->account, rig->hash, false));
    AUTO(reply) struct reply well = log_in("zheng", RIG_PASSWORD);
    reply_is(&well, 201, NULL);
}

static void odd_tokens(void)
{
    static const char *const headers[] = {
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: B\r\n",
        "Authorization: Basic d2FuZzp3YW5n\r\n",
        "Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
        "Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
        "Cookie: lianfang_session=\r\n",
        "Cookie: lianfang_session\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        AUTO(reply) struct reply reply = get_with("/api/v1/me", headers[i]);
        reply_is(&reply, 401, "not_logged_in");
        AUTO(reply)
        struct reply out =
            rig_ask(rig, &(struct ask){.method = "DELETE", .path = "/api/v1/session", .headers = headers[i]});
        reply_is(&out, 401, "not_logged_in");
    }
}

static void wrong(void)
{
    expect_log_in("sun", "wrong-password", 401, "wrong_credentials");
    expect_log_in("nobody-of-that-name", RIG_PASSWORD, 401, "wrong_credentials");
    expect_log_in("SUN", RIG_PASSWORD, 201, NULL); /* without case */

    static const struct {
        const char *body, *code, *field;
        int status;
    } rows[] = {
        {"{}", "missing_field", "login", 422},
        {"{'login':'sun'}", "missing_field", "password", 422},
        {"{'login':1,'password':'x'}", "wrong_type", "login", 422},
        {"{'login':'','password':'x'}", "text_empty", "login", 422},
        {"{'login':'sun','password':'x','pasword':'x'}", "unknown_field", "pasword", 422},
        {"[]", "not_an_object", "", 400},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = rig_post(rig, NULL, "/api/v1/session", "%s", rows[i].body);
        reply_is(&reply, rows[i].status, rows[i].code);
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, rows[i].field);
    }
    g_autofree char *longest = g_strnfill(LIMIT_PASSWORD_CHARS_MAX + 1, 'p');
    expect_log_in("sun", longest, 422, "text_too_long");
}

/* From the fifth failure on, for longer and longer; the right password waits too, other accounts do not. */
static void locked(void)
{
    for (int i = 0; i < 5; i++)
        expect_log_in("chen", "not-this-one-either", 401, "wrong_credentials");
    AUTO(reply) struct reply reply = log_in("chen", RIG_PASSWORD);
    reply_is(&reply, 429, "account_locked");
    g_assert_cmpstr(reply_header(&reply, "retry-after"), ==, "31");
    expect_log_in("zhou", RIG_PASSWORD, 201, NULL);
    AUTO(reply) struct reply still = rig_get(rig, "chen", "/api/v1/me"); /* who is in stays in */
    reply_is(&still, 200, NULL);
    clock_set(&rig->clock, clock_now_us(&rig->clock) + 31 * US_PER_SECOND);
    expect_log_in("chen", RIG_PASSWORD, 201, NULL);
    expect_log_in("chen", "wrong-password", 401, "wrong_credentials");
    expect_log_in("chen", RIG_PASSWORD, 201, NULL);
}

/* Somebody guesses at them: where they have logged in before they get in all the same. */
static void known_devices(void)
{
    AUTO(reply) struct reply first = log_in("zheng", RIG_PASSWORD);
    reply_is(&first, 201, NULL);
    const char *device = reply_text(&first, "device");
    for (int i = 0; i < 8; i++) {
        AUTO(reply) struct reply guess = log_in("zheng", "not-this-one-either");
        reply_is(&guess, i < 5 ? 401 : 429, i < 5 ? "wrong_credentials" : "account_locked");
    }
    g_autofree char *cookie = g_strdup_printf("Cookie: lianfang_device=%s\r\n", device);
    AUTO(reply) /* a browser's */
    struct reply browser =
        rig_ask(rig, &(struct ask){.method = "POST",
                                   .path = "/api/v1/session",
                                   .headers = cookie,
                                   .body = "{\"login\":\"zheng\",\"password\":\"" RIG_PASSWORD "\"}"});
    reply_is(&browser, 201, NULL);
    AUTO(reply) /* a program's */
    struct reply program =
        rig_post(rig, NULL, "/api/v1/session", "{'login':'zheng','password':'" RIG_PASSWORD "','device':'%s'}", device);
    reply_is(&program, 201, NULL);
    AUTO(reply) /* it is known for its own name only */
    struct reply other =
        rig_post(rig, NULL, "/api/v1/session", "{'login':'wu','password':'not-it','device':'%s'}", device);
    reply_is(&other, 401, "wrong_credentials");
    for (int i = 0; i < 6; i++) { /* and it waits for what is guessed on it */
        AUTO(reply)
        struct reply guess =
            rig_post(rig, NULL, "/api/v1/session", "{'login':'zheng','password':'not-it','device':'%s'}", device);
        reply_is(&guess, i < 5 ? 401 : 429, i < 5 ? "wrong_credentials" : "account_locked");
    }
    clock_set(&rig->clock, clock_now_us(&rig->clock) + US_PER_HOUR);
    expect_log_in("zheng", RIG_PASSWORD, 201, NULL);
    g_autofree char *forged = g_strdup(device);
    forged[40] = forged[40] == 'A' ? 'B' : 'A';
    for (int i = 0; i < 5; i++)
        expect_log_in("zheng", "not-this-one-either", 401, "wrong_credentials");
    AUTO(reply)
    struct reply no_device =
        rig_post(rig, NULL, "/api/v1/session", "{'login':'zheng','password':'" RIG_PASSWORD "','device':'%s'}", forged);
    reply_is(&no_device, 429, "account_locked");
}

/* Nobody learns which names there are: the same answers, the same waiting. */
static void nobody_waits_alike(void)
{
    static const char *const names[] = {"watcher", "nobody-at-all"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        for (int times = 0; times < 5; times++)
            expect_log_in(names[i], "not-this-one-either", 401, "wrong_credentials");
        AUTO(reply) struct reply reply = log_in(names[i], "not-this-one-either");
        reply_is(&reply, 429, "account_locked");
        g_assert_cmpstr(reply_header(&reply, "retry-after"), ==, "31");
    }
}

/* Nobody closes the account of whoever keeps a place alone, their own least of all. */
static struct reply close_account(const char *who)
{
    g_autofree char *path =
        g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/close", rig_member(rig, who)->account);
    return rig_post(rig, "keeper", path, "{}");
}

static void not_the_last(void)
{
    AUTO(reply) struct reply alone = close_account("keeper");
    reply_is(&alone, 409, "last_with_right");
    rig_add(rig, "relief", "data_steward", CITY);
    AUTO(reply) struct reply closed = close_account("relief");
    g_assert_cmpint(closed.status, <, 300);
}

static void expired(void)
{
    AUTO(reply) struct reply reply = log_in("wu", RIG_PASSWORD);
    g_autofree char *bearer = g_strdup_printf("Authorization: Bearer %s\r\n", reply_text(&reply, "token"));
    AUTO(reply) struct reply now = get_with("/api/v1/me", bearer);
    reply_is(&now, 200, NULL);
    clock_set(&rig->clock, clock_now_us(&rig->clock) + LIMIT_SESSION_HOURS * US_PER_HOUR);
    AUTO(reply) struct reply later = get_with("/api/v1/me", bearer);
    reply_is(&later, 401, "not_logged_in");
}

/* ---- accounts ---- */

/* Somebody without one. */
static char *newcomer(const char *name)
{
    g_autoptr(json_t) row = rig_do(rig, "{'command':'register_person','name':'%s'}", name);
    return g_strdup(json_string_value(json_object_get(row, "id")));
}

static char *make_account(const char *person, const char *login, int status, const char *code)
{
    AUTO(reply)
    struct reply reply = rig_post(rig, "keeper", "/api/v1/accounts",
                                  "{'person':'%s','login':'%s','password':'yi-ci-xing-mi-yu'}", person, login);
    reply_is(&reply, status, code);
    return g_strdup(reply_text(&reply, "id"));
}

static void must_change(void)
{
    g_autofree char *li = newcomer("测试新来甲");
    g_free(make_account(li, "li.first", 201, NULL));
    g_free(make_account(li, "LI.first", 409, "login_name_taken"));
    g_free(make_account(li, "li.second", 409, "has_account"));
    AUTO(reply) struct reply in = log_in("li.first", "yi-ci-xing-mi-yu");
    reply_is(&in, 201, NULL);
    g_assert_true(json_is_true(json_at(in.json, "must_change_password")));
    g_autofree char *token = g_strdup(reply_text(&in, "token"));
    struct ask ask = {.method = "GET", .path = "/api/v1/matters", .token = token};
    AUTO(reply) struct reply refused = rig_ask(rig, &ask);
    reply_is(&refused, 403, "password_change_needed");
    ask.path = "/api/v1/me";
    AUTO(reply) struct reply me = rig_ask(rig, &ask);
    reply_is(&me, 200, NULL);

    static const struct {
        const char *body, *code;
        int status;
    } rows[] = {
        {"{\"old_password\":\"not-that-one\",\"new_password\":\"xin-de-mi-yu-hen-hao\"}", "wrong_credentials", 401},
        {"{\"old_password\":\"yi-ci-xing-mi-yu\",\"new_password\":\"short\"}", "weak_password", 422},
        {"{\"old_password\":\"yi-ci-xing-mi-yu\",\"new_password\":\"yi-ci-xing-mi-yu\"}", "same_password", 422},
        {"{\"old_password\":\"yi-ci-xing-mi-yu\"}", "missing_field", 422},
        {"{\"old_password\":\"yi-ci-xing-mi-yu\",\"new_password\":\"xin-de-mi-yu-hen-hao\"}", NULL, 204},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ask = (struct ask){.method = "POST", .path = "/api/v1/me/password", .token = token, .body = rows[i].body};
        AUTO(reply) struct reply reply = rig_ask(rig, &ask);
        reply_is(&reply, rows[i].status, rows[i].code);
    }
    ask = (struct ask){.method = "GET", .path = "/api/v1/me", .token = token};
    AUTO(reply) struct reply ended = rig_ask(rig, &ask);
    reply_is(&ended, 401, "not_logged_in");
    expect_log_in("li.first", "yi-ci-xing-mi-yu", 401, "wrong_credentials");
    AUTO(reply) struct reply again = log_in("li.first", "xin-de-mi-yu-hen-hao");
    reply_is(&again, 201, NULL);
    g_assert_true(json_is_false(json_at(again.json, "must_change_password")));
}

static void reset_and_close(void)
{
    g_autofree char *zhao = newcomer("测试新来乙");
    g_autofree char *account = make_account(zhao, "zhao.first", 201, NULL);
    g_autofree char *reset = g_strdup_printf("/api/v1/accounts/%s/password", account);
    g_autofree char *close = g_strdup_printf("/api/v1/accounts/%s/close", account);
    AUTO(reply)
    struct reply weak = rig_post(rig, "keeper", reset, "{'password':'zhao.first1'}");
    reply_is(&weak, 422, "weak_password");
    AUTO(reply) struct reply set = rig_post(rig, "keeper", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&set, 204, NULL);
    AUTO(reply) struct reply in = log_in("zhao.first", "hao-ji-de-mi-yu");
    reply_is(&in, 201, NULL);
    g_autofree char *bearer = g_strdup_printf("Authorization: Bearer %s\r\n", reply_text(&in, "token"));

    AUTO(reply) struct reply others = rig_post(rig, "wang", close, "{}");
    reply_is(&others, 403, "no_right");
    AUTO(reply) struct reply closed = rig_post(rig, "keeper", close, "{}");
    reply_is(&closed, 204, NULL);
    AUTO(reply) struct reply me = get_with("/api/v1/me", bearer);
    reply_is(&me, 401, "not_logged_in");
    expect_log_in("zhao.first", "hao-ji-de-mi-yu", 403, "account_closed");
    expect_log_in("zhao.first", "not-even-the-password", 401, "wrong_credentials");
    AUTO(reply) struct reply none = rig_post(rig, "keeper", "/api/v1/accounts/99999/close", "{}");
    reply_is(&none, 404, "not_found");
}

/* Only who keeps accounts for all that somebody may do; and nobody their own. */
static void kept_by_whom(void)
{
    struct member *local = rig_add(rig, "keeper2", "data_steward", DISTRICT);
    struct member *worker = rig_add(rig, "worker2", "grid_worker", GRID);
    g_autofree char *reset = g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/password", worker->account);
    AUTO(reply) struct reply here = rig_post(rig, "keeper2", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&here, 204, NULL);
    json_decref(rig_do(rig, "{'command':'appoint','person':'%s','role':'cdc_officer','grounds':['" OTHER_DISTRICT "']}",
                       worker->id));
    engine_wait_rows(rig->engine, engine_durable_pos(rig->engine), US_PER_SECOND);
    AUTO(reply) struct reply elsewhere = rig_post(rig, "keeper2", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&elsewhere, 403, "no_right");
    AUTO(reply) struct reply city = rig_post(rig, "keeper", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&city, 204, NULL);
    rig_add(rig, "afar", "grid_worker", OTHER_GRID);
    rig_add(rig, "beside", "grid_worker", GRID);
    const char *const named[] = {rig_member(rig, "afar")->id, "987654", rig_member(rig, "beside")->id};
    static const char *const said[] = {"unknown_person", "unknown_person", "no_right"};
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        const char *who = i < 2 ? "keeper2" : "wang";
        AUTO(reply)
        struct reply made = rig_post(rig, who, "/api/v1/accounts",
                                     "{'person':'%s','login':'another','password':'hao-ji-de-mi-yu'}", named[i]);
        reply_is(&made, strcmp(said[i], "no_right") == 0 ? 403 : 422, said[i]);
    }
    g_autofree char *afar =
        g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/close", rig_member(rig, "afar")->account);
    const char *const accounts[] = {afar, "/api/v1/accounts/987654/close"};
    for (size_t i = 0; i < G_N_ELEMENTS(accounts); i++) { /* one that others keep, and none */
        AUTO(reply) struct reply kept = rig_post(rig, "keeper2", accounts[i], "{}");
        reply_is(&kept, 404, "not_found");
        AUTO(reply) struct reply worker_s = rig_post(rig, "wang", accounts[i], "{}");
        reply_is(&worker_s, 403, "no_right");
    }
    g_autofree char *own = g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/password", local->account);
    AUTO(reply) struct reply self = rig_post(rig, "keeper2", own, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&self, 403, "not_for_yourself");
}

static void pass_time(int64_t us)
{
    clock_set(&rig->clock, clock_now_us(&rig->clock) + us);
}

/* What somebody is told at their log-in: so many things, the newest of them this. Their token, the caller frees. */
static char *told_at_login(const char *login, const char *password, size_t count, const char *newest, const char *by)
{
    pass_time(5 * US_PER_SECOND);
    engine_wait_rows(rig->engine, engine_durable_pos(rig->engine), US_PER_SECOND);
    AUTO(reply) struct reply in = log_in(login, password);
    reply_is(&in, 201, NULL);
    g_assert_cmpuint(json_array_size(json_at(in.json, "notices")), ==, count);
    g_assert_cmpstr(reply_text(&in, "notices.0.what"), ==, newest);
    if (by != NULL)
        g_assert_cmpstr(reply_text(&in, "notices.0.by.id"), ==, rig_member(rig, by)->id);
    else
        g_assert_true(count == 0 || json_is_null(json_at(in.json, "notices.0.by")));
    pass_time(5 * US_PER_SECOND);
    return g_strdup(reply_text(&in, "token"));
}

static void acknowledge(const char *token, const char *notice, int status, const char *code)
{
    g_autofree char *path = g_strdup_printf("/api/v1/notices/%s/acknowledge", notice), *id = rig_uuid(rig);
    g_autofree char *body = g_strdup_printf("{\"id\":\"%s\"}", id);
    AUTO(reply)
    struct reply reply = rig_ask(rig, &(struct ask){.method = "POST", .path = path, .token = token, .body = body});
    reply_is(&reply, status, code);
}

/* Until they acknowledge it, and no more then; nobody else can. */
static void told_until_acknowledged(const char *login, int64_t account)
{
    static const char *const first = "yi-ci-xing-mi-yu";
    g_free(told_at_login(login, first, 1, "account_made", "keeper"));
    g_autofree char *token = told_at_login(login, first, 1, "account_made", "keeper");
    struct ask ask = {.method = "GET", .path = "/api/v1/me", .token = token};
    AUTO(reply) struct reply me = rig_ask(rig, &ask);
    g_assert_true(json_is_null(json_at(me.json, "notices.0.acknowledged_at")));
    const char *notice = reply_text(&me, "notices.0.id");
    acknowledge(token, notice, 403, "password_change_needed");
    account_set_hash(rig->accounts, account, rig->hash, false);
    g_autofree char *again = told_at_login(login, RIG_PASSWORD, 1, "account_made", "keeper");
    acknowledge(rig_token(rig, "wang"), notice, 404, "not_found");
    acknowledge(again, notice, 201, NULL);
    acknowledge(again, notice, 404, "not_found");
    g_autofree char *last = told_at_login(login, RIG_PASSWORD, 0, "", NULL);
    ask.token = last;
    AUTO(reply) struct reply after = rig_ask(rig, &ask); /* whoever logs in as them washes nothing out */
    g_assert_cmpstr(reply_text(&after, "notices.0.id"), ==, notice);
    g_assert_true(json_is_string(json_at(after.json, "notices.0.acknowledged_at")));
}

static void told_what_was_done(void)
{
    static const char *const second = "hao-ji-de-mi-yu";
    g_autofree char *person = newcomer("测试新来丙");
    g_autofree char *account = make_account(person, "told", 201, NULL);
    g_autofree char *reset = g_strdup_printf("/api/v1/accounts/%s/password", account);
    told_until_acknowledged("told", g_ascii_strtoll(account, NULL, 10));
    AUTO(reply) struct reply done = rig_post(rig, "keeper", reset, "{'password':'%s'}", second);
    reply_is(&done, 204, NULL);
    json_decref(rig_do(rig, "{'command':'appoint','person':'%s','role':'grid_worker','grounds':['" GRID "']}", person));
    g_autofree char *token = told_at_login("told", second, 2, "post_appointed", NULL);
    g_autofree char *bearer = g_strdup_printf("Authorization: Bearer %s\r\n", token);
    AUTO(reply) struct reply me = get_with("/api/v1/me", bearer);
    g_assert_cmpuint(json_array_size(json_at(me.json, "notices")), ==, 2);
    g_assert_cmpstr(reply_text(&me, "notices.0.what"), ==, "account_reset");
    g_assert_cmpstr(reply_text(&me, "notices.0.by.id"), ==, rig_member(rig, "keeper")->id);
}

/* What cannot be written down is not done. */
static void no_change_without_an_event(void)
{
    struct member *worker = rig_add(rig, "worker3", "grid_worker", GRID);
    g_autofree char *reset = g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/password", worker->account);
    rig_settle(rig);
    struct db *snapshot = rig_hold_log(rig);
    AUTO(reply) struct reply refused = rig_post(rig, "keeper", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&refused, 503, "log_held");
    rig_free_log(rig, snapshot);
    expect_log_in("worker3", RIG_PASSWORD, 201, NULL);
    AUTO(reply) struct reply done = rig_post(rig, "keeper", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&done, 204, NULL);
    expect_log_in("worker3", RIG_PASSWORD, 401, "wrong_credentials");
}

/* One a person, and one person whatever they are registered as; a post that has not begun counts, too. */
static void all_that_somebody_is(void)
{
    struct member *worker = rig_add(rig, "worker4", "grid_worker", GRID);
    g_autofree char *again = newcomer("测试worker4");
    json_decref(rig_do(rig, "{'command':'merge_persons','person':'%s','other':'%s'}", worker->id, again));
    rig_settle(rig);
    g_free(make_account(again, "worker4.again", 409, "has_account"));
    g_autofree char *reset = g_strdup_printf("/api/v1/accounts/%" G_GINT64_FORMAT "/password", worker->account);
    AUTO(reply) struct reply here = rig_post(rig, "keeper2", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&here, 204, NULL);
    json_decref(rig_do(rig,
                       "{'command':'appoint','person':'%s','role':'supervisor','grounds':['" CITY "'],"
                       "'from':'2020-03-01T00:00:00+08:00'}",
                       again));
    rig_settle(rig);
    AUTO(reply) struct reply above = rig_post(rig, "keeper2", reset, "{'password':'hao-ji-de-mi-yu'}");
    reply_is(&above, 403, "no_right");
}

static void account_lists(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *next = g_strdup("");
    while (next != NULL) {
        g_autofree char *path = g_strdup_printf("/api/v1/accounts?limit=2&cursor=%s", next);
        AUTO(reply) struct reply reply = rig_get(rig, "keeper", path);
        reply_is(&reply, 200, NULL);
        size_t i;
        json_t *row;
        g_assert_cmpuint(json_array_size(json_at(reply.json, "data")), <=, 2);
        json_array_foreach(json_at(reply.json, "data"), i, row)
            g_assert_true(g_hash_table_add(seen, g_strdup(json_at_text(row, "login"))));
        g_free(next);
        next = json_is_string(json_at(reply.json, "next")) ? g_strdup(reply_text(&reply, "next")) : NULL;
    }
    g_assert_true(g_hash_table_contains(seen, "wang") && g_hash_table_contains(seen, "zhao.first"));
    g_assert_cmpuint(g_hash_table_size(seen), ==, 14);
    AUTO(reply) struct reply refused = rig_get(rig, "wang", "/api/v1/accounts");
    reply_is(&refused, 403, "no_right");
}

/* ---- rates ---- */

static void rates(void)
{
    struct rig *slow = rig_new_with(&(struct server_options){.requests_per_minute = 5});
    int refused = 0;
    for (int i = 0; i < 8; i++) {
        AUTO(reply) struct reply reply = rig_get(slow, "wang", "/api/v1/me");
        if (reply.status == 429) {
            reply_is(&reply, 429, "too_many_requests");
            g_assert_cmpint((int)g_ascii_strtoll(reply_header(&reply, "retry-after"), NULL, 10), >, 0);
            refused++;
        }
    }
    g_assert_cmpint(refused, ==, 3);
    AUTO(reply) struct reply other = rig_get(slow, "sun", "/api/v1/me"); /* an account has its own measure */
    reply_is(&other, 200, NULL);
    for (int i = 0; i < 5; i++) {
        AUTO(reply) struct reply reply = rig_get(slow, NULL, "/healthz");
        reply_is(&reply, 200, NULL);
    }
    AUTO(reply) struct reply address = rig_get(slow, NULL, "/healthz");
    reply_is(&address, 429, "too_many_requests");

    g_autofree char *path = g_build_filename(slow->data, "refusals.log", NULL);
    g_autofree char *log = NULL;
    g_assert_true(g_file_get_contents(path, &log, NULL, NULL));
    g_autofree char *person = g_strdup_printf("\"person\":\"%" G_GINT64_FORMAT "\",\"what\":\"/api/v1/me\"",
                                              rig_member(slow, "wang")->person);
    g_assert_nonnull(strstr(log, person));
    g_assert_null(strstr(log, "wang"));
    rig_free(slow);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/session/in-and-out", in_and_out);
    g_test_add_func("/session/store-keys", store_keys);
    g_test_add_func("/session/cookies", cookies);
    g_test_add_func("/session/another-in-one-browser", another_in_one_browser);
    g_test_add_func("/session/behind-tls", behind_tls);
    g_test_add_func("/session/short-of-memory", short_of_memory);
    g_test_add_func("/session/odd-tokens", odd_tokens);
    g_test_add_func("/session/wrong", wrong);
    g_test_add_func("/session/locked", locked);
    g_test_add_func("/session/known-devices", known_devices);
    g_test_add_func("/session/nobody-waits-alike", nobody_waits_alike);
    g_test_add_func("/session/must-change", must_change);
    g_test_add_func("/session/reset-and-close", reset_and_close);
    g_test_add_func("/session/account-lists", account_lists);
    g_test_add_func("/session/kept-by-whom", kept_by_whom);
    g_test_add_func("/session/told-what-was-done", told_what_was_done);
    g_test_add_func("/session/no-change-without-an-event", no_change_without_an_event);
    g_test_add_func("/session/all-that-somebody-is", all_that_somebody_is);
    g_test_add_func("/session/not-the-last", not_the_last);
    g_test_add_func("/session/expired", expired);
    g_test_add_func("/session/rates", rates);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
