/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provoke.h"

#include "base/limits.h"
#include "store/db.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

struct reply post_bytes(const char *path, const char *body, const char *type)
{
    return rig_ask(
        rig,
        &(struct ask){.method = "POST", .path = path, .token = rig_token(rig, "keeper"), .body = body, .type = type});
}

struct reply large_body(void)
{
    g_autofree char *body = g_strnfill(LIMIT_BODY_BYTES + 1, ' ');
    return post_bytes("/api/v1/commands", body, NULL);
}

struct reply large_headers(void)
{
    g_autofree char *fill = g_strnfill(LIMIT_HEADER_BYTES, 'x');
    g_autofree char *header = g_strdup_printf("X: %s\r\n", fill);
    return rig_ask(rig, &(struct ask){.method = "GET", .path = "/healthz", .headers = header});
}

/* What was sealed is no longer what was written: nobody may take that for an erasure. */
void damage_newest_person(void)
{
    sqlite3 *handle;
    g_autofree char *path = g_build_filename(rig->data, "rows.db", NULL);
    rig_settle(rig);
    g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
    const char *sql = "UPDATE person SET sealed = randomblob(90) WHERE id = (SELECT max(id) FROM person)";
    g_assert_cmpint(sqlite3_exec(handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(handle);
}

struct reply other_type(void)
{
    return post_bytes("/api/v1/commands", "<x/>", "application/xml");
}

struct reply other_method(void)
{
    return rig_ask(rig, &(struct ask){.method = "PUT", .path = "/healthz"});
}

struct reply broad_search(void)
{
    rig_multiply(rig, "home_observation", LIMIT_TEXT_LOOKED_AT + 1);
    return rig_get(rig, "chen", "/api/v1/matters?q=%E6%B2%A1%E6%9C%89");
}

struct reply long_to_sort(void)
{
    rig_multiply(rig, "home_observation", LIMIT_LIST_LOOKED_AT + 1);
    return rig_get(rig, "chen", "/api/v1/matters?kind=home_observation&sort=due");
}

static void pass(void *context, const struct answer *answer)
{
}

struct reply full_queue(void)
{
    struct gate gate;
    rig_hold_writer(rig, &gate);
    while (rig_submit(rig, pass, NULL))
        continue;
    struct reply reply = rig_command(rig, "keeper", "/api/v1/commands", "{'command':'create_unit'}");
    rig_free_writer(rig, &gate);
    return reply;
}

struct reply held_log(void)
{
    struct db *snapshot = rig_hold_log(rig);
    struct reply reply = rig_command(rig, "keeper", "/api/v1/commands", "{'command':'create_unit'}");
    rig_free_log(rig, snapshot);
    return reply;
}

struct reply no_room(void)
{
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_max = before.rlim_max}); /* as if the disk were full */
    struct reply reply =
        rig_command(rig, "keeper", "/api/v1/units", "{'parent':'" COMMUNITY "','type':'grid','name':'x'}");
    setrlimit(RLIMIT_FSIZE, &before);
    for (int i = 0; i < 20000 && engine_causes(rig->engine) != 0; i++)
        g_usleep(1000);
    g_assert_cmpint(engine_causes(rig->engine), ==, 0);
    return reply;
}

static void *stop_server(void *server)
{
    server_stop(server);
    return NULL;
}

/* Somebody waits for the writer, so that the server waits for them, and then a second one comes. */
struct reply stopping(void)
{
    struct gate gate;
    struct reply reply = {0}, first = {0};
    struct wire waiting = wire_open(rig), late = wire_open(rig);
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body = g_strdup_printf("{\"id\":\"%s\",\"command\":\"create_unit\"}", id);
    g_autofree char *text = ask_text(
        &(struct ask){.method = "POST", .path = "/api/v1/commands", .token = rig_token(rig, "keeper"), .body = body});
    g_autofree char *read = ask_text(&(struct ask){.method = "GET", .path = "/healthz"});
    bool known = wire_send(&late, read, -1) && wire_read(&late, false, &first);
    g_assert_true(known);
    rig_hold_writer(rig, &gate);
    wire_send(&waiting, text, -1);
    g_usleep(200000);
    pthread_t stopper;
    pthread_create(&stopper, NULL, stop_server, rig->server);
    g_usleep(200000);
    wire_send(&late, text, -1);
    bool answered = wire_read(&late, false, &reply);
    g_assert_true(answered);
    rig_free_writer(rig, &gate);
    pthread_join(stopper, NULL);
    reply_clear(&first);
    wire_close(&waiting);
    wire_close(&late);
    rig_serve(rig, NULL);
    return reply;
}

/* Another program keeps the file of secrets to itself. */
struct reply busy_disk(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(rig->data, "secrets.db", NULL);
    AUTO(db) struct db *db = db_open(path, &(struct db_options){.mode = DB_SECRETS}, &error);
    g_assert_no_error(error);
    db_begin(db);
    struct reply reply = rig_post(rig, NULL, "/api/v1/session", "{'login':'sun','password':'" RIG_PASSWORD "'}");
    db_rollback(db);
    return reply;
}

struct reply locked_out(void)
{
    for (int i = 0; i < 5; i++) {
        AUTO(reply)
        struct reply reply = rig_post(rig, NULL, "/api/v1/session", "{'login':'zheng','password':'not-this-one'}");
        reply_is(&reply, 401, "wrong_credentials");
    }
    return rig_post(rig, NULL, "/api/v1/session", "{'login':'zheng','password':'" RIG_PASSWORD "'}");
}

static struct reply sent(const char *text)
{
    struct wire wire = wire_open(rig);
    struct reply reply = {0};
    wire_send(&wire, text, -1);
    bool answered = wire_read(&wire, false, &reply);
    g_assert_true(answered);
    wire_close(&wire);
    return reply;
}

struct reply two_hosts(void)
{
    return sent("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
}

struct reply other_site(void)
{
    return rig_ask(rig, &(struct ask){.method = "POST",
                                      .path = "/api/v1/commands",
                                      .headers = "Origin: http://evil.example\r\n",
                                      .body = "{}"});
}

struct reply another_logged_in(void)
{
    return rig_ask(rig, &(struct ask){.method = "GET",
                                      .path = "/api/v1/me",
                                      .token = rig_token(rig, "wang"),
                                      .headers = "Lianfang-Person: nobody\r\n"});
}

/* A hash that asks for 256 GiB. */
struct reply no_memory(void)
{
    const struct member *wu = rig_member(rig, "wu");
    bool set = account_set_hash(rig->accounts, wu->account,
                                "$argon2id$v=19$m=268435456,t=1,p=1$bGlhbmZhbmdub2JvZHkuLg$"
                                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                false);
    g_assert_true(set);
    struct reply reply = rig_post(rig, NULL, "/api/v1/session", "{'login':'wu','password':'" RIG_PASSWORD "'}");
    set = account_set_hash(rig->accounts, wu->account, rig->hash, false);
    g_assert_true(set);
    return reply;
}

struct reply hurried(void)
{
    server_stop(rig->server);
    rig_serve(rig, &(struct server_options){.requests_per_minute = 1});
    AUTO(reply) struct reply first = rig_get(rig, NULL, "/healthz");
    reply_is(&first, 200, NULL);
    struct reply reply = rig_get(rig, NULL, "/healthz");
    server_stop(rig->server);
    rig_serve(rig, NULL);
    return reply;
}
