/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands and batches through the door: their ids, their order, many at once. */
#include "rig.h"

#include "base/datetime.h"
#include "base/limits.h"

#include <pthread.h>
#include <string.h>

#define THREADS 16

static struct rig *rig;

static char *uuid_at(int64_t at_us)
{
    struct uuid uuid;
    char *text = g_malloc(UUID_TEXT_LENGTH + 1);
    uuid_make(at_us, &uuid);
    uuid_format(&uuid, text);
    return text;
}

static int64_t count_units(const char *name)
{
    g_autofree char *path = g_strdup_printf("/api/v1/units?q=%s", name);
    AUTO(reply) struct reply reply = rig_get(rig, "keeper", path);
    reply_is(&reply, 200, NULL);
    return (int64_t)json_array_size(json_at(reply.json, "data"));
}

static char *unit_body(const char *id, const char *name)
{
    return g_strdup_printf("{\"id\":\"%s\",\"parent\":\"" COMMUNITY "\",\"type\":\"grid\",\"name\":\"%s\"}", id, name);
}

static struct reply post_unit(const char *body)
{
    return rig_ask(
        rig, &(struct ask){.method = "POST", .path = "/api/v1/units", .token = rig_token(rig, "keeper"), .body = body});
}

/* ---- one command and its id ---- */

static void sent_again(void)
{
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body = unit_body(id, "again1");
    AUTO(reply) struct reply first = post_unit(body);
    reply_is(&first, 201, NULL);
    for (int i = 0; i < 3; i++) {
        AUTO(reply) struct reply again = post_unit(body);
        reply_is(&again, 200, NULL);
        g_assert_cmpstr(again.text->str, ==, first.text->str);
    }
    g_autofree char *reordered =
        g_strdup_printf("{ \"name\":\"again1\", \"type\":\"grid\",\"parent\":\"" COMMUNITY "\", \"id\":\"%s\"}", id);
    AUTO(reply) struct reply same = post_unit(reordered); /* the same content, written otherwise */
    reply_is(&same, 200, NULL);
    static const char *const hints[] = {",\"stream\":1}", ",\"stream\":7}", ",\"stream\":null}"};
    g_assert_cmpint(json_get_integer(first.json, "stream", -1), ==, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(hints); i++) { /* where it was decided, or was not: no part of the content */
        g_autofree char *open = g_strndup(body, strlen(body) - 1), *hinted = g_strconcat(open, hints[i], NULL);
        AUTO(reply) struct reply with_hint = post_unit(hinted);
        reply_is(&with_hint, 200, NULL);
    }
    g_autofree char *other_body = unit_body(id, "again2");
    AUTO(reply) struct reply other = post_unit(other_body);
    reply_is(&other, 409, "request_id_reused");
    AUTO(reply)
    struct reply somebody_else = rig_ask(
        rig, &(struct ask){.method = "POST", .path = "/api/v1/units", .token = rig_token(rig, "wang"), .body = body});
    reply_is(&somebody_else, 409, "request_id_reused"); /* who says it is part of the content */
    g_assert_cmpint(count_units("again"), ==, 1);

    g_autofree char *refused_id = rig_uuid(rig); /* what was refused may be sent again under its id */
    g_autofree char *wrong = unit_body(refused_id, "");
    g_autofree char *right = unit_body(refused_id, "again3");
    AUTO(reply) struct reply refused = post_unit(wrong);
    reply_is(&refused, 422, "text_empty");
    AUTO(reply) struct reply corrected = post_unit(right);
    reply_is(&corrected, 201, NULL);
}

static void old_and_new_ids(void)
{
    int64_t now_us = clock_now_us(&rig->clock);
    const struct {
        char *id;
        int status;
        const char *code;
    } rows[] = {
        {uuid_at(now_us - 30 * US_PER_DAY + US_PER_MINUTE), 201, NULL},
        {uuid_at(now_us - 31 * US_PER_DAY), 409, "request_id_too_old"},
        {uuid_at(now_us + 4 * US_PER_MINUTE), 201, NULL},
        {uuid_at(now_us + 6 * US_PER_MINUTE), 422, "invalid_request_id"},
        {g_strdup("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), 422, "invalid_request_id"},
        {g_strdup("6ba7b810-9dad-41d1-80b4-00c04fd430c8"), 422, "invalid_request_id"},
        {g_strdup("6ba7b810"), 422, "invalid_uuid"},
        {g_strdup(""), 422, "invalid_uuid"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("aged%zu", i);
        g_autofree char *body = unit_body(rows[i].id, name);
        AUTO(reply) struct reply reply = post_unit(body);
        reply_is(&reply, rows[i].status, rows[i].code);
        if (rows[i].code != NULL)
            g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, "id");
        g_free(rows[i].id);
    }
    g_assert_cmpint(count_units("aged"), ==, 2);
}

static void observed_times(void)
{
    static const struct {
        const char *at, *code;
    } rows[] = {
        {"2020-02-03T08:04:00+08:00", "unknown_command"}, /* a little ahead: a phone's clock */
        {"2020-02-03T08:06:00+08:00", "observed_in_future"}, {"2018-12-01T08:00:00+08:00", "observed_too_early"},
        {"2020-02-30T08:00:00+08:00", "invalid_datetime"},   {"2020-02-03T08:00:00", "invalid_datetime"},
        {"2020-02-03T08:00:60Z", "invalid_datetime"},        {"yesterday", "invalid_datetime"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply)
        struct reply reply = rig_command(rig, "keeper", "/api/v1/commands",
                                         "{'command':'nothing_known','observed_at':'%s'}", rows[i].at);
        reply_is(&reply, 422, rows[i].code);
    }
}

/* One phone ahead is wrong; when most are, it is the server, and what they send is not lost. */
static void phones_ahead(void)
{
    static const char *const names[] = {"wang", "sun", "chen", "zhou", "wu", "zheng", "keeper", "watcher"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        AUTO(reply) /* keeper has sent before, and in time */
        struct reply reply = rig_command(rig, names[i], "/api/v1/commands",
                                         "{'command':'nothing_known','observed_at':'2020-02-03T09:00:00+08:00'}");
        reply_is(&reply, i < 2 ? 422 : 503, i < 2 ? "observed_in_future" : "server_clock_behind");
    }
    AUTO(reply) struct reply health = rig_get(rig, NULL, "/healthz");
    reply_is(&health, 200, NULL);
    g_assert_cmpstr(reply_text(&health, "status"), ==, "degraded");
    g_assert_cmpstr(reply_text(&health, "causes.0"), ==, "clock_behind_phones");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        AUTO(reply)
        struct reply reply = rig_command(rig, names[i], "/api/v1/commands", "{'command':'nothing_known'}");
        reply_is(&reply, 422, "unknown_command");
    }
    AUTO(reply) struct reply well = rig_get(rig, NULL, "/healthz");
    g_assert_cmpstr(reply_text(&well, "status"), ==, "ok");
}

/* Every mistake of the envelope in one answer. */
static void many_mistakes(void)
{
    AUTO(reply)
    struct reply reply =
        rig_post(rig, "keeper", "/api/v1/commands", "{'command':3,'id':3,'observed_at':3,'post':3,'version':-1}");
    reply_is(&reply, 422, "wrong_type");
    static const char *const fields[] = {"command", "id", "observed_at", "post", "version"};
    g_assert_cmpuint(json_array_size(json_at(reply.json, "errors")), ==, G_N_ELEMENTS(fields));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *path = g_strdup_printf("errors.%zu.field", i);
        g_assert_cmpstr(reply_text(&reply, path), ==, fields[i]);
    }
    AUTO(reply) struct reply named = rig_command(rig, "keeper", "/api/v1/units", "{'command':'create_unit'}");
    reply_is(&named, 422, "unknown_field");
    AUTO(reply)
    struct reply twice = rig_command(rig, "keeper", "/api/v1/units/" GRID "/rename", "{'unit':'" GRID "'}");
    reply_is(&twice, 400, "duplicate_key");
    AUTO(reply)
    struct reply internal = rig_command(rig, "keeper", "/api/v1/commands",
                                        "{'command':'trace_read','matters':[],'persons':['1'],'page':'x'}");
    reply_is(&internal, 422, "unknown_command");
    AUTO(reply) struct reply tick = rig_command(rig, "keeper", "/api/v1/commands", "{'command':'tick'}");
    reply_is(&tick, 422, "unknown_command");
}

/* A member of any length, wherever it stands, is named by its beginning and its end. */
static void long_names(void)
{
    static const struct {
        const char *path, *body; /* LONG stands for the name */
    } asked[] = {
        {"/api/v1/commands", "{'command':'create_unit','LONG':1}"},
        {"/api/v1/session", "{'login':'wang','password':'x','LONG':1}"},
        {"/api/v1/matters", "{'kind':'home_observation','unit':'" GRID "','form':{'LONG':1}}"},
        {"/api/v1/matters?LONG=1", "{}"},
    };
    g_autofree char *name = g_strnfill(2000, 'x');
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        g_autoptr(GString) path = g_string_new(asked[i].path), body = g_string_new(asked[i].body);
        g_string_replace(path, "LONG", name, 0);
        g_string_replace(body, "LONG", name, 0);
        AUTO(reply) struct reply reply = rig_command(rig, "keeper", path->str, "%s", body->str);
        g_test_message("%s: %s", asked[i].path, reply.text->str);
        g_assert_cmpint(reply.status, >=, 400);
        g_assert_cmpint(reply.status, <, 500);
        g_assert_cmpuint(reply.text->len, <, 1500);
    }
}

/* ---- batches ---- */

/* Each is decided after the one before, on what that one has done. */
static void batch_in_order(void)
{
    g_autofree char *a = rig_uuid(rig);
    g_autofree char *b = rig_uuid(rig);
    g_autofree char *c = rig_uuid(rig);
    g_autofree char *d = rig_uuid(rig);
    struct reply replies[2];
    for (int i = 0; i < 2; i++)
        replies[i] = rig_post(
            rig, "keeper", "/api/v1/batch",
            "{'items':["
            "{'id':'%s','command':'create_unit','parent':'" COMMUNITY "','type':'grid','code':'b1','name':'第一'},"
            "{'id':'%s','command':'rename_unit','unit':'b1','name':'第二'},"
            "{'id':'%s','command':'create_unit','parent':'b1','type':'grid','code':'b2','name':'第三'},"
            "17,"
            "{'id':'%s','command':'rename_unit','unit':'b1','name':'第四','version':2}]}",
            a, b, c, d);
    static const int statuses[][5] = {{201, 201, 422, 400, 201}, {200, 200, 422, 400, 200}};
    static const char *const codes[] = {"", "", "wrong_parent", "not_an_object", ""};
    for (int i = 0; i < 2; i++) {
        reply_is(&replies[i], 200, NULL);
        g_assert_cmpuint(json_array_size(json_at(replies[i].json, "items")), ==, 5);
        for (int k = 0; k < 5; k++) {
            g_autofree char *status = g_strdup_printf("items.%d.status", k);
            g_autofree char *code = g_strdup_printf("items.%d.problem.title", k);
            g_autofree char *answer = g_strdup_printf("items.%d.answer", k);
            g_assert_cmpint(json_integer_value(json_at(replies[i].json, status)), ==, statuses[i][k]);
            g_assert_cmpstr(reply_text(&replies[i], code), ==, codes[k]);
            g_assert_true(json_equal(json_at(replies[0].json, answer), json_at(replies[i].json, answer)) ||
                          json_at(replies[0].json, answer) == NULL);
        }
        reply_clear(&replies[i]);
    }
    AUTO(reply) struct reply unit = rig_get(rig, "keeper", "/api/v1/units/b1");
    g_assert_cmpstr(reply_text(&unit, "name"), ==, "第四");
}

static void batch_bounds(void)
{
    static const struct {
        const char *body, *code, *field;
        int status;
    } rows[] = {
        {"{}", "missing_field", "items", 422},
        {"{'items':{}}", "wrong_type", "items", 422},
        {"{'items':[]}", "nothing_entered", "items", 422},
        {"{'items':[{}],'item':1}", "unknown_field", "item", 422},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = rig_post(rig, "keeper", "/api/v1/batch", "%s", rows[i].body);
        reply_is(&reply, rows[i].status, rows[i].code);
        g_assert_cmpstr(reply_text(&reply, "errors.0.field"), ==, rows[i].field);
    }
    g_autoptr(GString) many = g_string_new("{\"items\":[{}");
    for (int i = 1; i < LIMIT_BATCH_ITEMS; i++)
        g_string_append(many, ",{}");
    g_autofree char *most = g_strconcat(many->str, "]}", NULL);
    g_autofree char *too_many = g_strconcat(many->str, ",{}]}", NULL);
    struct ask ask = {.method = "POST", .path = "/api/v1/batch", .token = rig_token(rig, "keeper"), .body = most};
    AUTO(reply) struct reply all = rig_ask(rig, &ask);
    reply_is(&all, 200, NULL);
    g_assert_cmpuint(json_array_size(json_at(all.json, "items")), ==, LIMIT_BATCH_ITEMS);
    ask.body = too_many;
    AUTO(reply) struct reply refused = rig_ask(rig, &ask);
    reply_is(&refused, 400, "too_many_items");
}

/* ---- many at once ---- */

static char *shared_body;

static void *send_shared(void *context)
{
    int *status = context;
    AUTO(reply) struct reply reply = post_unit(shared_body);
    *status = reply.status;
    return g_strdup(reply.text->str);
}

static void resent_at_once(void)
{
    rig_token(rig, "keeper");
    for (int round = 0; round < 10; round++) {
        pthread_t threads[THREADS];
        int statuses[THREADS], created = 0;
        g_autofree char *id = rig_uuid(rig);
        g_autofree char *name = g_strdup_printf("atonce%d", round);
        shared_body = unit_body(id, name);
        for (int i = 0; i < THREADS; i++)
            pthread_create(&threads[i], NULL, send_shared, &statuses[i]);
        g_autofree char *first = NULL;
        for (int i = 0; i < THREADS; i++) {
            void *text;
            pthread_join(threads[i], &text);
            g_assert_true(statuses[i] == 200 || statuses[i] == 201);
            created += statuses[i] == 201;
            if (first == NULL)
                first = g_strdup(text);
            g_assert_cmpstr(text, ==, first);
            g_free(text);
        }
        g_assert_cmpint(created, ==, 1);
        g_free(shared_body);
        g_assert_cmpint(count_units(name), ==, 1);
    }
}

static void *race_for_version(void *context)
{
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body = g_strdup_printf("{\"id\":\"%s\",\"name\":\"x\",\"version\":%d}", id, *(int *)context);
    AUTO(reply)
    struct reply reply = rig_ask(rig, &(struct ask){.method = "POST",
                                                    .path = "/api/v1/units/" GRID2 "/rename",
                                                    .token = rig_token(rig, "keeper"),
                                                    .body = body});
    if (reply.status != 201)
        reply_is(&reply, 409, "stale_version");
    return GINT_TO_POINTER(reply.status == 201);
}

static void one_wins(void)
{
    pthread_t threads[THREADS];
    int won = 0;
    AUTO(reply) struct reply unit = rig_get(rig, "keeper", "/api/v1/units/" GRID2);
    int version = (int)json_integer_value(json_at(unit.json, "version"));
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, race_for_version, &version);
    for (int i = 0; i < THREADS; i++) {
        void *wins;
        pthread_join(threads[i], &wins);
        won += GPOINTER_TO_INT(wins);
    }
    g_assert_cmpint(won, ==, 1);
}

/* ---- what is read behind what was answered ---- */

struct stop { /* the writer, behind an answer and before rows show what it tells of */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool reached, open;
};

static void stop_here(void *context, const struct answer *answer)
{
    struct stop *stop = context;
    pthread_mutex_lock(&stop->lock);
    stop->reached = true;
    pthread_cond_broadcast(&stop->changed);
    while (!stop->open)
        pthread_cond_wait(&stop->changed, &stop->lock);
    pthread_mutex_unlock(&stop->lock);
}

static void wait_until_stopped(struct stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    while (!stop->reached)
        pthread_cond_wait(&stop->changed, &stop->lock);
    pthread_mutex_unlock(&stop->lock);
}

static void go_on(struct stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    stop->open = true;
    pthread_cond_broadcast(&stop->changed);
    pthread_mutex_unlock(&stop->lock);
}

/* A command of wang's is in one batch with one whose answer stops the writer: it has been answered, and rows do not
 * show it. The id of the matter; the caller frees. */
static char *answered_and_not_shown(struct stop *stop)
{
    struct gate gate;
    AUTO(reply) struct reply reply = {0};
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body = g_strdup_printf("{\"id\":\"%s\",\"kind\":\"anomaly_report\",\"unit\":\"" GRID "\","
                                            "\"subject\":\"%s\",\"form\":{}}",
                                            id, rig_member(rig, "li")->id);
    g_autofree char *text = ask_text(
        &(struct ask){.method = "POST", .path = "/api/v1/matters", .token = rig_token(rig, "wang"), .body = body});
    rig_token(rig, "zhou");
    rig_settle(rig);
    struct wire wire = wire_open(rig);
    rig_hold_writer(rig, &gate);
    g_assert_true(wire_send(&wire, text, -1));
    struct engine_metrics metrics;
    do {
        g_usleep(1000);
        engine_metrics(rig->engine, &metrics);
    } while (metrics.queue_length == 0);
    g_assert_true(rig_submit(rig, stop_here, stop));
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    wait_until_stopped(stop);
    g_assert_true(wire_read(&wire, false, &reply));
    reply_is(&reply, 201, NULL);
    wire_close(&wire);
    return g_steal_pointer(&id);
}

static int status_of(const char *who, const char *path)
{
    AUTO(reply)
    struct reply reply = rig_ask(rig, &(struct ask){.method = "GET", .path = path, .token = rig_token(rig, who)});
    return reply.status;
}

/* Never an older state: whoever was answered waits at once, everybody else where rows lag by more than a second. */
static void read_what_was_answered(void)
{
    static const char *const lists[] = {"/api/v1/matters", "/api/v1/tasks", "/api/v1/units", "/api/v1/handovers",
                                        "/api/v1/exports/anomaly_report.csv"};
    struct stop stop = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    g_autofree char *id = answered_and_not_shown(&stop);
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s", id);
    g_assert_cmpint(status_of("wang", path), ==, 503);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_assert_cmpint(status_of("wang", lists[i]), ==, 503);
    g_assert_cmpint(status_of("zhou", "/api/v1/matters"), ==, 503); /* more than a second has passed by now */
    go_on(&stop);
    rig_settle(rig);
    g_assert_cmpint(status_of("wang", path), ==, 200);
    g_assert_cmpint(status_of("zhou", "/api/v1/matters"), ==, 200);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/commands/sent-again", sent_again);
    g_test_add_func("/commands/old-and-new-ids", old_and_new_ids);
    g_test_add_func("/commands/observed-times", observed_times);
    g_test_add_func("/commands/phones-ahead", phones_ahead);
    g_test_add_func("/commands/many-mistakes", many_mistakes);
    g_test_add_func("/commands/long-names", long_names);
    g_test_add_func("/commands/batch-in-order", batch_in_order);
    g_test_add_func("/commands/batch-bounds", batch_bounds);
    g_test_add_func("/commands/resent-at-once", resent_at_once);
    g_test_add_func("/commands/one-wins", one_wins);
    g_test_add_func("/commands/read-what-was-answered", read_what_was_answered);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
