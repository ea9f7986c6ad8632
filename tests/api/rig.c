/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "rig.h"

#include "base/limits.h"
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const char rig_playbook[]; /* playbook.yaml */

/* code, type, parent, name */
static const char *const units[][4] = {
    {CITY, "city", NULL, "测试市"},
    {DISTRICT, "district", CITY, "甲区"},
    {OTHER_DISTRICT, "district", CITY, "乙区"},
    {SUBDISTRICT, "subdistrict", DISTRICT, "甲一街道"},
    {"110102001", "subdistrict", OTHER_DISTRICT, "乙一街道"},
    {COMMUNITY, "community", SUBDISTRICT, "花园社区"},
    {SIBLING, "community", SUBDISTRICT, "湖滨社区"},
    {OTHER_COMMUNITY, "community", "110102001", "山前社区"},
    {GRID, "grid", COMMUNITY, "第一网格"},
    {GRID2, "grid", COMMUNITY, "第二网格"},
    {SIBLING_GRID, "grid", SIBLING, "第三网格"},
    {OTHER_GRID, "grid", OTHER_COMMUNITY, "第四网格"},
};

static const struct {
    const char *name, *role, *unit;
} cast[] = {
    {"wang", "grid_worker", GRID},
    {"sun", "grid_worker", GRID2},
    {"chen", "community_doctor", COMMUNITY},
    {"zhou", "community_secretary", COMMUNITY},
    {"wu", "cdc_officer", DISTRICT},
    {"zheng", "district_duty_officer", DISTRICT},
    {"keeper", "data_steward", CITY},
    {"watcher", "supervisor", CITY},
    {"li", NULL, NULL},
    {"zhao", NULL, NULL},
    {"stranger", NULL, NULL},
};

static char *turned(const char *text)
{
    return g_strdelimit(g_strdup(text), "'", '"');
}

/* ---- commands of the operator ---- */

static json_t *must(struct rig *rig, json_t *body)
{
    const char *name = json_string_value(json_object_get(body, "command"));
    struct command *command = command_new(name, ORIGIN_OPERATOR, 0, body);
    command->outside = true;
    uuid_make(clock_now_us(&rig->clock), &command->id);
    struct answer answer;
    engine_ask(rig->engine, command, &answer);
    if (answer.problem != NULL)
        g_error("%s: %s %s", name, problem_texts[answer.problem->code].name,
                answer.problem->field != NULL ? answer.problem->field : "");
    engine_wait_rows(rig->engine, answer.pos, 10 * US_PER_SECOND);
    json_t *first = json_incref(json_array_get(json_object_get(answer.body, "events"), 0));
    json_decref(answer.body);
    return first;
}

json_t *rig_do(struct rig *rig, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *plain = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *text = turned(plain);
    json_error_t error;
    json_t *body = json_loads(text, 0, &error);
    if (body == NULL)
        g_error("%s: %s", text, error.text);
    return must(rig, body);
}

void rig_attach(struct rig *rig, const char *who, const char *matter, const char *hash)
{
    struct answer answer;
    struct command *command = command_new(
        "attach_file", ORIGIN_PROGRAM, rig_member(rig, who)->person,
        json_pack("{s:s, s:s, s:s, s:i}", "matter", matter, "hash", hash, "type", "image/jpeg", "bytes", 1));
    uuid_make(clock_now_us(&rig->clock), &command->id);
    bool accepted = engine_ask(rig->engine, command, &answer);
    g_assert_true(accepted);
    json_decref(answer.body);
}

int64_t rig_id(json_t *row, const char *name)
{
    gint64 id = 0;
    const char *text = json_string_value(json_object_get(row, name));
    if (text == NULL || !g_ascii_string_to_signed(text, 10, 1, INT64_MAX, &id, NULL))
        g_error("no %s", name);
    json_decref(row);
    return id;
}

int64_t rig_unit(struct rig *rig, const char *code)
{
    g_autofree char *path = g_strdup_printf("/api/v1/units/%s", code);
    AUTO(reply) struct reply reply = rig_get(rig, "keeper", path);
    reply_is(&reply, 200, NULL);
    return rig_id(json_incref(reply.json), "id");
}

char *rig_uuid(struct rig *rig)
{
    struct uuid uuid;
    char *text = g_malloc(UUID_TEXT_LENGTH + 1);
    uuid_make(clock_now_us(&rig->clock), &uuid);
    uuid_format(&uuid, text);
    return text;
}

/* ---- people ---- */

char *rig_id_number(int64_t number)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char *text = g_strdup_printf("110101%04d0101%03d0", 1950 + (int)(number / 1000), (int)(number % 1000));
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (text[i] - '0') * weights[i];
    text[17] = "10X98765432"[sum % 11];
    return text;
}

/* Of the event that made somebody: its place is the id inside. */
static char *take_made(json_t *row, int64_t *out_inner)
{
    char *id = g_strdup(json_string_value(json_object_get(row, "id")));
    g_assert_true(place_parse(json_get_text(row, "pos", ""), out_inner));
    json_decref(row);
    return id;
}

struct member *rig_add(struct rig *rig, const char *name, const char *role, const char *unit)
{
    struct member *member = g_new0(struct member, 1);
    int64_t number = ++rig->next_number;
    g_autofree char *id_number = rig_id_number(number), *made_up = g_strdelimit(g_strdup(name), "_", '-');
    member->id = take_made(rig_do(rig,
                                  "{'command':'register_person','name':'测试%s','id_number':'%s','phone':"
                                  "'1390000%04d'}",
                                  made_up, id_number, (int)number),
                           &member->person);
    if (role != NULL)
        member->post_id = take_made(rig_do(rig,
                                           "{'command':'appoint','person':'%s','role':'%s','seat':'%s',"
                                           "'grounds':['%s'],'from':'2020-01-29T00:00:00+08:00'}",
                                           member->id, role, unit, unit),
                                    &member->post);
    struct problem *problem = NULL;
    if (!account_create(rig->accounts, member->person, name, rig->hash, false, clock_now_us(&rig->clock),
                        &member->account, &problem))
        g_error("no account for %s", name);
    g_hash_table_insert(rig->cast, g_strdup(name), member);
    return member;
}

struct member *rig_member(struct rig *rig, const char *name)
{
    struct member *member = g_hash_table_lookup(rig->cast, name);
    if (member == NULL)
        g_error("nobody is called %s", name);
    return member;
}

const char *rig_token(struct rig *rig, const char *name)
{
    if (name == NULL)
        return NULL;
    struct member *member = rig_member(rig, name);
    pthread_mutex_lock(&rig->lock);
    if (member->token == NULL) {
        struct session session;
        int64_t now_us = clock_now_us(&rig->clock);
        member->token = g_malloc(SESSION_TOKEN_TEXT_MAX);
        session_create(rig->accounts, member->account, now_us, now_us + 400 * US_PER_DAY, member->token, &session);
        g_assert_cmpint(session.id, !=, 0);
    }
    pthread_mutex_unlock(&rig->lock);
    return member->token;
}

static void member_free(gpointer data)
{
    struct member *member = data;
    g_free(member->token);
    g_free(member->id);
    g_free(member->post_id);
    g_free(member);
}

/* ---- the city ---- */

static void make_city(struct rig *rig)
{
    json_decref(must(rig, json_pack("{s:s, s:[{s:s, s:s}]}", "command", "adopt_playbook", "files", "name",
                                    "playbook.yaml", "text", rig_playbook)));
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autofree char *parent = units[i][2] != NULL ? g_strdup_printf("'parent':'%s',", units[i][2]) : g_strdup("");
        json_decref(rig_do(rig, "{'command':'create_unit',%s'code':'%s','type':'%s','name':'%s','date':'2020-01-01'}",
                           parent, units[i][0], units[i][1], units[i][3]));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cast); i++)
        rig_add(rig, cast[i].name, cast[i].role, cast[i].unit);
    json_decref(rig_do(rig,
                       "{'command':'move_in','persons':['%s','%s'],'unit':'%s','dwelling':'2单元301','from':'"
                       "2020-01-30T00:00:00+08:00'}",
                       rig_member(rig, "li")->id, rig_member(rig, "zhao")->id, GRID));
}

void rig_serve(struct rig *rig, const struct server_options *given)
{
    g_autoptr(GError) error = NULL;
    struct server_options options = given != NULL ? *given : (struct server_options){0};
    options.engine = rig->engine;
    options.clock = &rig->clock;
    if (options.requests_per_minute == 0)
        options.requests_per_minute = 1000000;
    rig->server = server_start(&options, &error);
    g_assert_no_error(error);
}

struct rig *rig_new_with(const struct server_options *options)
{
    g_autoptr(GError) error = NULL;
    struct rig *rig = g_new0(struct rig, 1);
    pthread_mutex_init(&rig->lock, NULL);
    rig->cast = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, member_free);
    rig->dir = g_dir_make_tmp("lianfang-doors-XXXXXX", &error);
    g_assert_no_error(error);
    rig->data = g_build_filename(rig->dir, "data", NULL);
    clock_init_manual(&rig->clock, RIG_NOW_US);
    rig->engine = engine_open(
        &(struct engine_options){
            .areas = lianfang_areas, .data_dir = rig->data, .clock = &rig->clock, .create = true, .no_clock = true},
        &error);
    g_assert_no_error(error);
    rig->accounts = account_store_open(rig->data, NULL, &error);
    g_assert_no_error(error);
    bool hashed = account_hash(RIG_PASSWORD, rig->hash);
    g_assert_true(hashed);
    make_city(rig);
    rig_serve(rig, options);
    return rig;
}

struct rig *rig_new(void)
{
    return rig_new_with(NULL);
}

static void remove_folder(const char *dir)
{
    const char *argv[] = {"rm", "-rf", dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

void rig_free(struct rig *rig)
{
    server_stop(rig->server);
    account_store_close(rig->accounts);
    engine_close(rig->engine);
    remove_folder(rig->dir);
    g_hash_table_unref(rig->cast);
    pthread_mutex_destroy(&rig->lock);
    g_free(rig->dir);
    g_free(rig->data);
    g_free(rig);
}

static void add_file(json_t *files, const char *name, const char *text)
{
    json_array_append_new(files, json_pack("{s:s, s:s}", "name", name, "text", text));
}

struct reply rig_adopt(struct rig *rig, const char *text, const char *more)
{
    g_autofree char *id = rig_uuid(rig);
    json_t *files = json_array();
    add_file(files, "a.yaml", text);
    if (more != NULL)
        add_file(files, "b.yaml", more);
    g_autoptr(json_t) body = json_pack("{s:s, s:o}", "id", id, "files", files);
    char *sent = json_dumps(body, 0);
    struct ask ask = {.method = "POST", .path = "/api/v1/playbooks", .token = rig_token(rig, "keeper"), .body = sent};
    struct reply reply = rig_ask(rig, &ask);
    free(sent);
    return reply;
}

/* ---- rows alone ---- */

void rig_change(struct rig *rig, const char *sql)
{
    sqlite3 *handle;
    char *why = NULL;
    g_autofree char *path = g_build_filename(rig->data, "rows.db", NULL);
    rig_settle(rig);
    g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
    sqlite3_busy_timeout(handle, 10000);
    sqlite3_exec(handle, sql, NULL, NULL, &why);
    g_assert_cmpstr(why, ==, NULL);
    sqlite3_close(handle);
}

void rig_multiply(struct rig *rig, const char *kind, int count)
{
    g_autofree char *sql = g_strdup_printf(
        "WITH RECURSIVE model (one) AS (SELECT max(id) FROM matter WHERE kind = '%s'), last (id) AS MATERIALIZED ("
        "SELECT max(m.id) FROM matter m, model WHERE m.id >> 24 = model.one >> 24), n (i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n WHERE i < %d) INSERT INTO matter (id, uuid, kind, rules, state, version, unit, subject, "
        "subject_post, household, parent, opener_person, opener_post, opened_us, changed_us, state_since_us, "
        "closed_us, erased, named_only, standing, next_entry, next_expectation, caused) SELECT last.id + i, "
        "randomblob(16), kind, rules, state, version, unit, subject, subject_post, household, parent, opener_person, "
        "opener_post, opened_us, changed_us, state_since_us, 0, 0, named_only, standing, next_entry, "
        "next_expectation, caused FROM n, last, model JOIN matter m ON m.id = model.one",
        kind, count);
    rig_change(rig, sql);
}

/* ---- the writer stands still ---- */

static void wait_at_gate(void *context, const struct answer *answer)
{
    struct gate *gate = context;
    pthread_mutex_lock(&gate->lock);
    gate->reached = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    gate->passed = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

bool rig_submit(struct rig *rig, engine_done done, void *context)
{
    struct problem *problem = NULL;
    struct command *command = command_new("unheard_of", ORIGIN_OPERATOR, ++rig->submitted, json_object());
    uuid_make(clock_now_us(&rig->clock), &command->id);
    if (engine_submit(rig->engine, command, done, context, &problem))
        return true;
    problem_free(problem);
    command_free(command);
    return false;
}

static bool log_is_held(struct rig *rig)
{
    return (engine_causes(rig->engine) & (1u << ENGINE_CAUSE_LOG_HELD)) != 0;
}

static void submit_nothing(void *context, const struct answer *answer)
{
}

/* A snapshot that was begun when the log had just been emptied needs nothing of it, and holds it not: after as long as
 * the writer may take to stand still, another one is begun, behind a write. */
#define HELD_WITHIN_TRIES 1000

struct db *rig_hold_log(struct rig *rig)
{
    GError *error = NULL;
    int64_t pos;
    g_autofree char *path = g_build_filename(rig->data, "rows.db", NULL);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    struct db *snapshot = db_open(path, &(struct db_options){.mode = DB_READ}, &error);
    g_assert_no_error(error);
    for (int tries = 0; !log_is_held(rig); tries++) {
        if (tries % HELD_WITHIN_TRIES == 0) {
            if (tries > 0)
                db_rollback(snapshot);
            rig_change(rig, "CREATE TABLE something (a); DROP TABLE something");
            db_begin(snapshot);
            db_integer(snapshot, &pos, "SELECT pos FROM position", "");
            g_assert_cmpint(truncate(log, LIMIT_WAL_BYTES), ==, 0); /* zeros behind its end, which nobody reads */
        }
        rig_submit(rig, submit_nothing, NULL);
        g_usleep(10000);
    }
    return snapshot;
}

void rig_free_log(struct rig *rig, struct db *snapshot)
{
    db_close(snapshot);
    for (int i = 0; i < 20000 && log_is_held(rig); i++)
        g_usleep(1000);
    g_assert_false(log_is_held(rig));
}

void rig_hold_writer(struct rig *rig, struct gate *gate)
{
    *gate = (struct gate){0};
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
    bool taken = rig_submit(rig, wait_at_gate, gate);
    g_assert_true(taken);
    pthread_mutex_lock(&gate->lock);
    while (!gate->reached)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

void rig_free_writer(struct rig *rig, struct gate *gate)
{
    struct engine_metrics metrics;
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->passed)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
    pthread_mutex_destroy(&gate->lock);
    pthread_cond_destroy(&gate->changed);
    do {
        g_usleep(1000);
        engine_metrics(rig->engine, &metrics);
    } while (metrics.queue_length > 0);
}

/* ---- asking ---- */

struct reply rig_ask(struct rig *rig, const struct ask *ask)
{
    struct reply reply = {0};
    struct wire wire = wire_open(rig);
    g_autofree char *text = ask_text(ask);
    ssize_t head = strstr(text, "\r\n\r\n") + 4 - text;
    wire_send(&wire, text, ask->body_bytes > 0 ? head + (ssize_t)ask->body_bytes : -1);
    if (!wire_read(&wire, strcmp(ask->method, "HEAD") == 0, &reply))
        g_error("%s %s: no answer", ask->method, ask->path);
    wire_close(&wire);
    return reply;
}

void rig_settle(struct rig *rig)
{
    bool settled = engine_wait_rows(rig->engine, engine_durable_pos(rig->engine), 20 * US_PER_SECOND);
    g_assert_true(settled);
}

struct reply rig_get(struct rig *rig, const char *who, const char *path)
{
    rig_settle(rig);
    return rig_ask(rig, &(struct ask){.method = "GET", .path = path, .token = rig_token(rig, who)});
}

static struct reply post(struct rig *rig, const char *who, const char *path, const char *body)
{
    g_autofree char *text = turned(body);
    return rig_ask(rig, &(struct ask){.method = "POST", .path = path, .token = rig_token(rig, who), .body = text});
}

struct reply rig_post(struct rig *rig, const char *who, const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *body = g_strdup_vprintf(format, args);
    va_end(args);
    return post(rig, who, path, body);
}

struct reply rig_command(struct rig *rig, const char *who, const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *rest = g_strdup_vprintf(format, args);
    va_end(args);
    g_assert_cmpint(rest[0], ==, '{');
    g_autofree char *uuid = rig_uuid(rig);
    g_autofree char *body = g_strdup_printf("{'id':'%s'%s%s", uuid, rest[1] == '}' ? "" : ",", rest + 1);
    return post(rig, who, path, body);
}

char *rig_observe(struct rig *rig, const char *whom)
{
    AUTO(reply)
    struct reply reply =
        rig_command(rig, "chen", "/api/v1/matters",
                    "{'kind':'home_observation','unit':'" GRID "','subject':'%s','form':{'last_exposure':'"
                    "2020-02-01T12:00:00+08:00','address':'花园路1号','contact':'13900001234'}}",
                    rig_member(rig, whom)->id);
    reply_is(&reply, 201, NULL);
    return g_strdup(reply_text(&reply, "id"));
}
