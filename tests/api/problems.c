/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every problem there is, provoked at a door: one that no row provokes fails the test. */
#include "provoke.h"

#include "base/limits.h"
#include "matter/resident_link.h"
#include "store/db.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

extern const char rig_playbook[];

struct rig *rig;
static GHashTable *handles; /* name → text, put in for $name */

struct row {
    enum problem_code code;
    const char *who, *path;
    const char *body; /* "{…" gets an id in front; "=…" is sent as it stands; NULL: GET */
    const char *field;
    struct reply (*provoke)(void);
};

/* ---- playbooks ---- */

static struct reply mistaken_playbook(void)
{
    return rig_adopt(rig, "playbook: p\nversion: x\n", NULL);
}

/* The mistakes hang behind the first problem. */
static struct reply mistake(void)
{
    struct reply reply = mistaken_playbook();
    json_array_remove(json_at(reply.json, "errors"), 0);
    return reply;
}

static struct reply same_playbook(void)
{
    return rig_adopt(rig, rig_playbook, NULL);
}

/* Kinds about nothing, each of which tells its child when it is told something: deeper than effects go. */
static void add_chain(GString *text)
{
    for (int i = 0; i <= LIMIT_EFFECT_DEPTH + 1; i++) {
        g_string_append_printf(
            text,
            "---\nkind: k%d\ntitle: {zh: 事, en: Matter}\nclauses: ['3.2']\nopened_by: [data_steward]\n"
            "form: [{name: place, type: unit, label: {zh: 处所, en: Place}}]\n"
            "states:\n  open: {title: {zh: 开, en: Open}, initial: true}\n"
            "  shut: {title: {zh: 关, en: Shut}, final: true}\n"
            "entries:\n  shut: {title: {zh: 关, en: Shut}, by: [data_steward], state: shut}\n"
            "  ping:\n    title: {zh: 传, en: Ping}\n    by: [data_steward]\n",
            i);
        if (i <= LIMIT_EFFECT_DEPTH)
            g_string_append_printf(text, "    enter: {in: children, kind: k%d, entry: ping}\n", i + 1);
        if (i == 0)
            g_string_append(text,
                            "  end:\n    title: {zh: 撤, en: End}\n    by: [data_steward]\n    close_unit: place\n"
                            "  found:\n    title: {zh: 设, en: Found}\n    by: [data_steward]\n"
                            "    form: [{name: name, type: text, label: {zh: 名称, en: Name}}]\n"
                            "    open_unit: {type: community, name: name, under: matter.unit, as: place}\n");
        if (i == 0) /* each line opens three of the last kind */
            g_string_append_printf(text,
                                   "  spread:\n    title: {zh: 散, en: Spread}\n    by: [data_steward]\n"
                                   "    form: [{name: to, type: lines, label: {zh: 去向, en: To}, of: ["
                                   "{name: where, type: unit, label: {zh: 单位, en: Unit}}]}]\n"
                                   "    for_each: {over: lines.to, open: [{kind: k%d, unit: line.where}, k%d, k%d]}\n",
                                   LIMIT_EFFECT_DEPTH + 1, LIMIT_EFFECT_DEPTH + 1, LIMIT_EFFECT_DEPTH + 1);
    }
}

/* Kinds that the next version has otherwise: another state, another type of the field, about a unit. */
static void add_changing(GString *text, bool later)
{
    static const char *const names[] = {"stalled", "retyped", "turned"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_string_append_printf(
            text,
            "---\nkind: %s\ntitle: {zh: 事, en: Matter}\nclauses: ['3.2']\n%sopened_by: [data_steward]\n"
            "form: [{name: what, type: %s, label: {zh: 何事, en: What}}]\n"
            "states:\n  %s: {title: {zh: 开, en: Open}, initial: true}\n"
            "  shut: {title: {zh: 关, en: Shut}, final: true}\n"
            "entries:\n  shut: {title: {zh: 关, en: Shut}, by: [data_steward], state: shut}\n",
            names[i], later && i == 2 ? "about: unit\n" : "", later && i == 1 ? "bool" : "text",
            later && i == 0 ? "begun" : "open");
}

static void adopt_version(int version)
{
    g_autoptr(GString) more = g_string_new(NULL);
    g_autofree char *number = g_strdup_printf("version: %d\n", version);
    add_chain(more);
    add_changing(more, version > 2);
    g_auto(GStrv) halves = g_strsplit(rig_playbook, "version: 1\n", 2);
    g_autofree char *text = g_strjoinv(number, halves);
    AUTO(reply) struct reply reply = rig_adopt(rig, text, more->str);
    reply_is(&reply, 201, NULL);
}

/* ---- what the rows find ---- */

static void keep(const char *name, const char *text)
{
    g_hash_table_replace(handles, g_strdup(name), g_strdup(text));
}

/* A steward who would give himself what others have. */
static void propose_version(int version)
{
    g_autoptr(GString) text = g_string_new(rig_playbook);
    g_autofree char *number = g_strdup_printf("version: %d\n", version);
    g_string_replace(text, "version: 1\n", number, 1);
    g_string_replace(text, "accounts, playbook]", "accounts, playbook, audit]", 1);
    AUTO(reply) struct reply reply = rig_adopt(rig, text->str, NULL);
    reply_is(&reply, 201, NULL);
    keep("greedy", reply_text(&reply, "events.0.digest"));
}

static char *filled(const char *text)
{
    GString *out = g_string_new(NULL);
    while (*text != '\0') {
        if (*text != '$') {
            g_string_append_c(out, *text++);
            continue;
        }
        size_t length = strspn(++text, "abcdefghijklmnopqrstuvwxyz_0123456789");
        g_autofree char *name = g_strndup(text, length);
        const char *value = g_hash_table_lookup(handles, name);
        if (value == NULL)
            g_error("nothing is kept as %s", name);
        g_string_append(out, value);
        text += length;
    }
    return g_string_free(out, FALSE);
}

/* Keeps the id of what the first event made, and the command's own (a matter's) as NAME_id. */
static void given(const char *name, const char *who, const char *path, const char *body)
{
    g_autofree char *at = filled(path);
    g_autofree char *text = filled(body);
    AUTO(reply) struct reply reply = rig_command(rig, who, at, "%s", text);
    reply_is(&reply, 201, NULL);
    g_autofree char *own = g_strdup_printf("%s_id", name);
    keep(name, reply_text(&reply, "events.0.id"));
    keep(own, reply_text(&reply, "id"));
}

#define OPEN_HOME(subject, exposed)                                                                                    \
    "{'kind':'home_observation','unit':'" GRID "','subject':" subject ",'form':{'last_exposure':'" exposed             \
    "T12:00:00+08:00'}}"

static void open_chain(void)
{
    for (int i = 0; i <= LIMIT_EFFECT_DEPTH + 1; i++) {
        g_autofree char *body = g_strdup_printf("{'kind':'k%d','unit':'" CITY "','form':{'place':'" CITY "'}%s}", i,
                                                i > 0 ? ",'parent':'$link_id'" : "");
        given("link", "keeper", "/api/v1/matters", body);
        if (i == 0)
            keep("first_link", g_hash_table_lookup(handles, "link_id"));
    }
}

/* Opened before the version changes. */
static void prepare_versions(void)
{
    given("stalled", "keeper", "/api/v1/matters", "{'kind':'stalled','unit':'" CITY "'}");
    given("far", "keeper", "/api/v1/matters", "{'kind':'stalled','unit':'" OTHER_DISTRICT "'}");
    given("retyped", "keeper", "/api/v1/matters", "{'kind':'retyped','unit':'" CITY "','form':{'what':'x'}}");
    given("turned", "keeper", "/api/v1/matters", "{'kind':'turned','unit':'" CITY "'}");
}

static void prepare_people(void)
{
    static const char *const names[] = {"wang", "sun", "chen", "zhou", "li", "zhao", "stranger", "keeper"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct member *member = rig_member(rig, names[i]);
        g_autofree char *post_name = g_strdup_printf("%s_post", names[i]);
        keep(names[i], member->id);
        keep(post_name, member->post_id != NULL ? member->post_id : "none");
    }
    AUTO(reply) struct reply li = rig_get(rig, "li", "/api/v1/me");
    keep("li_number", reply_text(&li, "person.id_number"));
    keep("li_phone", reply_text(&li, "person.phone"));
    given("neighbour", "keeper", "/api/v1/residencies", "{'persons':['$sun'],'unit':'" GRID "'}");
    rig_add(rig, "former", "grid_worker", GRID2);
    keep("ended_post", rig_member(rig, "former")->post_id);
    given("end", "keeper", "/api/v1/posts/$ended_post/end", "{}");
    given("erased", "keeper", "/api/v1/persons", "{'name':'测试某'}");
    rig_add(rig, "other_keeper", "data_steward", CITY);
    keep("other_post", rig_member(rig, "other_keeper")->post_id);
    given("propose", "other_keeper", "/api/v1/persons/$erased/erase", "{}");
    given("erase", "keeper", "/api/v1/persons/$erased/erase", "{}");
    given("damaged", "keeper", "/api/v1/persons", "{'name':'测试某'}");
    damage_newest_person();
    account_set_closed(rig->accounts, rig_member(rig, "stranger")->account, true);
    account_set_hash(rig->accounts, rig_member(rig, "zhao")->account, rig->hash, true);
}

static void prepare_posts(void)
{
    given("closed_unit", "keeper", "/api/v1/units",
          "{'parent':'" SIBLING "','type':'grid','code':'closed','name':'x','date':'2020-01-02'}");
    given("close", "keeper", "/api/v1/units/closed/close", "{'date':'2020-02-01'}");
    given("refused", "wang", "/api/v1/handovers",
          "{'from_post':'$wang_post','mode':'post','to_post':'$sun_post','reason':'x'}");
    given("refusal", "sun", "/api/v1/handovers/$refused/refuse", "{'reason':'x'}");
    given("offered", "wang", "/api/v1/handovers",
          "{'from_post':'$wang_post','mode':'post','to_post':'$sun_post','reason':'x'}");
    rig_add(rig, "hu", "community_secretary", SIBLING);
}

/* As many to one matter as it may have, and one to another, which has ended. */
static void give_links(void)
{
    g_autofree char *path = filled("/api/v1/matters/$home_id/resident-links");
    g_autofree char *other = filled("/api/v1/matters/$lone_id/resident-links");
    g_autofree char *end = g_strconcat(other, "/end", NULL);
    for (int i = 0; i < RESIDENT_LINKS_VALID; i++) {
        AUTO(reply) struct reply reply = rig_command(rig, "wang", path, "{'purpose':'report','hours':1}");
        reply_is(&reply, 201, NULL);
        keep("report_token", reply_text(&reply, "token"));
    }
    AUTO(reply) struct reply over = rig_command(rig, "wang", other, "{'purpose':'report','hours':1}");
    reply_is(&over, 201, NULL);
    keep("over_token", reply_text(&over, "token"));
    rig_add(rig, "parting", "grid_worker", GRID);
    AUTO(reply) struct reply left = rig_command(rig, "parting", other, "{'purpose':'report','hours':1}");
    reply_is(&left, 201, NULL);
    keep("left_token", reply_text(&left, "token"));
    g_autofree char *end_post = g_strdup_printf("/api/v1/posts/%s/end", rig_member(rig, "parting")->post_id);
    AUTO(reply) struct reply parted = rig_command(rig, "keeper", end_post, "{}");
    reply_is(&parted, 201, NULL);
    AUTO(reply) struct reply list = rig_get(rig, "wang", other);
    size_t own = strcmp(reply_text(&list, "data.0.by.person.id"), rig_member(rig, "parting")->id) == 0 ? 1 : 0;
    AUTO(reply)
    struct reply ended =
        rig_command(rig, "wang", end, "{'link':'%s'}", reply_text(&list, own == 1 ? "data.1.id" : "data.0.id"));
    reply_is(&ended, 201, NULL);
}

static void prepare_matters(void)
{
    given("home", "chen", "/api/v1/matters", OPEN_HOME("'$li'", "2020-02-01"));
    given("reading", "wang", "/api/v1/matters/$home_id/entries", "{'entry':'check_in','fields':{'temperature':36.5}}");
    given("correction", "wang", "/api/v1/matters/$home_id/corrections",
          "{'number':1,'fields':{'temperature':36.6},'reason':'x'}");
    given("lone", "chen", "/api/v1/matters", OPEN_HOME("{'name':'测试甲'}", "2020-02-01"));
    given("objection", "chen", "/api/v1/matters/$lone_id/entries", "{'entry':'object','fields':{'reason':'x'}}");
    given("photographed", "chen", "/api/v1/matters", "{'kind':'door_photo','unit':'" GRID "','subject':'$li'}");
    given("due", "chen", "/api/v1/matters", OPEN_HOME("{'name':'测试乙'}", "2020-01-10"));
    given("gone", "chen", "/api/v1/matters", OPEN_HOME("{'name':'测试丙'}", "2020-02-01"));
    AUTO(reply) struct reply gone = rig_get(rig, "chen", "/api/v1/matters?limit=200");
    size_t i;
    json_t *row;
    json_array_foreach(json_at(gone.json, "data"), i, row) if (strcmp(json_at_text(row, "subject.name"), "测试丙") == 0)
        keep("gone_person", json_at_text(row, "subject.id"));
    given("propose_gone", "other_keeper", "/api/v1/persons/$gone_person/erase", "{}");
    given("erase_gone", "keeper", "/api/v1/persons/$gone_person/erase", "{}");
    given("done", "wang", "/api/v1/matters", "{'kind':'anomaly_report','unit':'" GRID "','subject':'$li'}");
    given("taken", "zhou", "/api/v1/matters/$done_id/entries", "{'entry':'acknowledge'}");
    given("going", "wang", "/api/v1/matters", "{'kind':'anomaly_report','unit':'" GRID "','subject':'$li'}");
    given("offer", "wang", "/api/v1/matters/$going_id/hand-over", "{'to':'" SIBLING_GRID "'}");
    given("bounce", "hu", "/api/v1/matters/$going_id/refuse", "{'reason':'not_ours'}");
    given("offer", "wang", "/api/v1/matters/$going_id/hand-over", "{'to':'" SIBLING_GRID "'}");
    given("timed", "zhou", "/api/v1/matters",
          "{'kind':'deadline_case','unit':'" COMMUNITY "','form':{'by':'2120-02-06','order_no':'A1'}}");
    given("longer", "zhou", "/api/v1/matters/$timed_id/entries",
          "{'entry':'extend_report','fields':{'until':'2120-02-06T09:00:00+08:00','reason':'x'}}");
    given("dup", "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'" COMMUNITY "'}");
    given("same", "zhou", "/api/v1/matters", "{'kind':'deadline_case','unit':'" COMMUNITY "'}");
    given("merge", "zhou", "/api/v1/matters/$dup_id/merge", "{'into':'$same_id','reason':'x'}");
    given("joint", "zhou", "/api/v1/matters",
          "{'kind':'joint_case','unit':'" COMMUNITY "','participants':{'partner':['" GRID "','" GRID2 "']}}");
    given("held", "zhou", "/api/v1/matters/$timed_id/entries", "{'entry':'hold'}");
    given("told", "zhou", "/api/v1/commands", "{'command':'mirror','matter':'$timed_id','state':'x'}");
    given("kept", "zhou", "/api/v1/commands", "{'command':'hold_matter','matter':'$timed_id','reason':'x'}");
    given("appeal", "chen", "/api/v1/commands", "{'command':'hold_matter','matter':'$home_id','reason':'appeal'}");
    given("custody", "keeper", "/api/v1/persons/$li/custody", "{'from':'" COMMUNITY "','to':'" SUBDISTRICT "'}");
    given("link", "keeper", "/api/v1/units/" GRID2 "/rename", "{'name':'第二网格'}");
    keep("used", g_hash_table_lookup(handles, "link_id"));
    rig_add(rig, "xu", "grid_worker", GRID);
    given("claim", "xu", "/api/v1/matters/$home_id/claim", "{'number':2}");
    given("order", "zheng", "/api/v1/matters", "{'kind':'directive','unit':'" DISTRICT "','form':{'text':'x'}}");
    rig_add(rig, "qian", "community_secretary", COMMUNITY);
    given("two", "zhou", "/api/v1/matters/$same_id/entries", "{'entry':'hold'}");
    given("both", "qian", "/api/v1/matters/$same_id/entries", "{'entry':'confirm_hold'}");
    give_links();
    open_chain();
    engine_run_clock(rig->engine);
}

static struct reply put_photo(const char *bytes)
{
    g_autofree char *path = filled("/api/v1/matters/$photographed_id/attachments");
    return rig_ask(rig, &(struct ask){.method = "PUT",
                                      .path = path,
                                      .token = rig_token(rig, "chen"),
                                      .body = bytes,
                                      .type = "application/octet-stream"});
}

static struct reply cut_photo(void)
{
    return put_photo("%PDF-1.7 without an end");
}

static struct reply second_photo(void)
{
    server_stop(rig->server);
    rig_serve(rig, &(struct server_options){.uploads_a_day = 1});
    AUTO(reply) struct reply first = put_photo("x");
    reply_is(&first, 415, NULL);
    struct reply reply = put_photo("x");
    server_stop(rig->server);
    rig_serve(rig, NULL);
    return reply;
}

static struct reply full_disk(void)
{
    server_stop(rig->server);
    rig_serve(rig, &(struct server_options){.free_bytes = G_MAXINT64});
    struct reply reply = put_photo("x");
    server_stop(rig->server);
    rig_serve(rig, NULL);
    return reply;
}

/* 600 matters by one entry. */
static struct reply by_link(const char *token, const char *path)
{
    g_autofree char *told = filled(token);
    g_autofree char *headers = g_strdup_printf("Authorization: Link %s\r\n", told);
    return rig_ask(rig, &(struct ask){.method = "GET", .path = path, .headers = headers});
}

static struct reply other_purpose(void)
{
    return by_link("$report_token", "/api/v1/resident/documents/observation_notice");
}

static struct reply ended_link(void)
{
    return by_link("$over_token", "/api/v1/resident");
}

static struct reply left_link(void)
{
    return by_link("$left_token", "/api/v1/resident");
}

static struct reply flood(void)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    for (int i = 0; i < LIMIT_LINES; i++)
        g_string_append(lines, i > 0 ? ",{}" : "{}");
    g_autofree char *path = filled("/api/v1/matters/$first_link/entries");
    g_autofree char *id = rig_uuid(rig);
    g_autofree char *body =
        g_strdup_printf("{\"id\":\"%s\",\"entry\":\"spread\",\"fields\":{\"to\":[%s]}}", id, lines->str);
    return post_bytes(path, body, NULL);
}

/* While it is not known whether this server's clock is right, no phone is blamed. */
static struct reply clock_behind(void)
{
    clock_watch_manual(&rig->clock);
    clock_shift(&rig->clock, -US_PER_DAY);
    struct reply reply =
        rig_command(rig, "chen", "/api/v1/commands", "{'command':'x','observed_at':'2020-02-05T00:00:00Z'}");
    clock_shift(&rig->clock, US_PER_DAY);
    return reply;
}

/* ---- the table ---- */

#define COMMANDS  "/api/v1/commands"
#define UNITS     "/api/v1/units"
#define FACTS     UNITS "/" COMMUNITY "/facts"
#define MATTERS   "/api/v1/matters"
#define HOME      MATTERS "/$home_id"
#define ENTRIES   HOME "/entries"
#define APPOINT   "/api/v1/posts"
#define ACCOUNTS  "/api/v1/accounts"
#define HANDOVERS "/api/v1/handovers"
#define OBJECT(f) "{'entry':'object','fields':{" f "}}"
#define CHECK(f)  "{'entry':'check_in','fields':{" f "}}"
#define UNIT(f)   "{'type':'grid','name':'x'," f "}"

/* clang-format off */
static const struct row rows[] = {
    {PROBLEM_MALFORMED_JSON, "keeper", COMMANDS, "={'a':}"},
    {PROBLEM_DUPLICATE_KEY, "keeper", COMMANDS, "={'a':1,'a':1}"},
    {PROBLEM_NUMBER_INEXACT, "wang", ENTRIES, CHECK("'temperature':36.50000000000000000001"), "fields.temperature"},
    {PROBLEM_INVALID_UTF8, "keeper", COMMANDS, "={'a':'\xff'}"},
    {PROBLEM_MALFORMED_REQUEST, .provoke = two_hosts},
    {PROBLEM_JSON_TOO_DEEP, "keeper", COMMANDS, "={'a':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["},
    {PROBLEM_BODY_TOO_LARGE, .provoke = large_body},
    {PROBLEM_HEADERS_TOO_LARGE, .provoke = large_headers},
    {PROBLEM_NOT_AN_OBJECT, "keeper", COMMANDS, "=[]"},
    {PROBLEM_UNSUPPORTED_MEDIA_TYPE, .provoke = other_type},
    {PROBLEM_FILE_NOT_CLEAN, .provoke = cut_photo},
    {PROBLEM_METHOD_NOT_ALLOWED, .provoke = other_method},
    {PROBLEM_NOT_ACCEPTABLE_PARAMETER, "wang", "/api/v1/tasks?limit=0", NULL, "limit"},
    {PROBLEM_NOT_ACCEPTABLE_PARAMETER, "wang", "/api/v1/tasks?limit=1&limit=2", NULL, "limit"},
    {PROBLEM_UNKNOWN_PARAMETER, "wang", "/api/v1/tasks?LIMIT=1", NULL, "LIMIT"},
    {PROBLEM_UNKNOWN_PARAMETER, "wang", "/api/v1/me?x", NULL, "x"},
    {PROBLEM_INVALID_CURSOR, "wang", "/api/v1/tasks?cursor=x", NULL, "cursor"},
    {PROBLEM_TOO_MANY_ITEMS, "keeper", "/api/v1/posts/$wang_post/roster",
        "{'weekly':[],'first':'2020-02-01','last':'2022-01-07'}", "last"},
    {PROBLEM_TOO_BROAD, .field = "q", .provoke = broad_search},
    {PROBLEM_TOO_MANY_TO_SORT, .provoke = long_to_sort},

    {PROBLEM_MISSING_FIELD, "chen", ENTRIES, OBJECT(""), "fields.reason"},
    {PROBLEM_UNKNOWN_FIELD, "chen", ENTRIES, OBJECT("'reason':'x','reasn':1"), "fields.reasn"},
    {PROBLEM_WRONG_TYPE, "chen", ENTRIES, OBJECT("'reason':1"), "fields.reason"},
    {PROBLEM_TEXT_TOO_LONG, "chen", ENTRIES, OBJECT("'reason':'012345678901234567890'"), "fields.reason"},
    {PROBLEM_TEXT_EMPTY, "chen", ENTRIES, OBJECT("'reason':''"), "fields.reason"},
    {PROBLEM_CONTROL_CHARACTER, "chen", ENTRIES, OBJECT("'reason':'a\\u202eb'"), "fields.reason"},
    {PROBLEM_NAME_CHARACTER, "chen", COMMANDS,
        "{'command':'register_person','unit':'" GRID "','name':'王：放行'}", "name"},
    {PROBLEM_BELOW_MINIMUM, "chen", ENTRIES, OBJECT("'reason':'x','age':-1"), "fields.age"},
    {PROBLEM_ABOVE_MAXIMUM, "chen", ENTRIES, OBJECT("'reason':'x','age':121"), "fields.age"},
    {PROBLEM_TOO_PRECISE, "wang", ENTRIES, CHECK("'temperature':36.55"), "fields.temperature"},
    {PROBLEM_NOT_IN_LIST, "chen", ENTRIES, OBJECT("'reason':'x','why':'fatigue'"), "fields.why"},
    {PROBLEM_REPEATED_CHOICE, "wang", ENTRIES, CHECK("'temperature':36.5,'symptoms':['fever','fever']"), NULL},
    {PROBLEM_INVALID_DATE, "chen", ENTRIES, OBJECT("'reason':'x','since':'2020-02-30'"), "fields.since"},
    {PROBLEM_INVALID_DATETIME, "chen", COMMANDS, "{'command':'x','observed_at':'2020-02-30'}", "observed_at"},
    {PROBLEM_OBSERVED_IN_FUTURE, "chen", COMMANDS,
        "{'command':'x','observed_at':'2020-02-05T00:00:00Z'}", "observed_at"},
    {PROBLEM_SERVER_CLOCK_BEHIND, .provoke = clock_behind},
    {PROBLEM_OBSERVED_TOO_EARLY, "chen", COMMANDS,
        "{'command':'x','observed_at':'2018-02-05T00:00:00Z'}", "observed_at"},
    {PROBLEM_IN_FUTURE, "keeper", COMMANDS,
        "{'command':'rename_unit','unit':'" GRID "','name':'x','date':'2021-02-05'}", "date"},
    {PROBLEM_INVALID_ID_NUMBER, "chen", ENTRIES,
        OBJECT("'reason':'x','id_number':'110101199003070215'"), "fields.id_number"},
    {PROBLEM_INVALID_PHONE, "keeper", "/api/v1/persons/$li/change", "{'phone':'12'}", "phone"},
    {PROBLEM_INVALID_DIVISION, "chen", ENTRIES,
        OBJECT("'reason':'x','household_place':'x'"), "fields.household_place"},
    {PROBLEM_INVALID_DURATION, "chen", ENTRIES, OBJECT("'reason':'x','lasted':'1.5h'"), "fields.lasted"},
    {PROBLEM_TOO_FEW_LINES, "chen", ENTRIES, OBJECT("'reason':'x','calls':[]"), "fields.calls"},
    {PROBLEM_TOO_MANY_LINES, "chen", ENTRIES, OBJECT("'reason':'x','calls':[{},{},{}]"), "fields.calls"},
    {PROBLEM_TOO_FEW_PARTICIPANTS, "zhou", MATTERS, "{'kind':'joint_case','unit':'" COMMUNITY "'}",
        "participants.partner"},
    {PROBLEM_TOO_MANY_PARTICIPANTS, "zhou", MATTERS,
        "{'kind':'joint_case','unit':'" COMMUNITY "','participants':{'partner':['" GRID "','" GRID2 "','" SIBLING_GRID
        "']}}",
        "participants.partner[2]"},
    {PROBLEM_UNKNOWN_PARTICIPANT, "zhou", MATTERS "/$joint_id/entries", "{'entry':'note','participant':9}",
        "participant"},
    {PROBLEM_WHICH_PARTICIPANT, "zhou", MATTERS "/$joint_id/entries", "{'entry':'note'}", "participant"},
    {PROBLEM_PERIOD_TOO_LONG, "wang", "/api/v1/posts/$wang_post/record?from=2020-01-01&to=2020-12-31", NULL, "from"},
    {PROBLEM_UNKNOWN_REFERENCE, "zhou", MATTERS "/$joint_id/entries",
        "{'entry':'cite','fields':{'evidence':[{'matter':'$home_id','entry':99}]}}", "fields.evidence[0].entry"},
    {PROBLEM_UNKNOWN_LINE, "zhou", MATTERS "/$joint_id/entries", "{'entry':'tick','line':9}", "line"},
    {PROBLEM_INVALID_UUID, "chen", COMMANDS, "{'command':'enter','matter':'x','entry':'object'}", "matter"},
    {PROBLEM_NOT_ASKED, "wang", ENTRIES,
        "{'entry':'check_in','attempt':'away','fields':{'temperature':36.5}}", "fields.temperature"},

    {PROBLEM_UNKNOWN_COMMAND, "wang", COMMANDS, "{'command':'entre'}", "command"},
    {PROBLEM_INVALID_REQUEST_ID, "wang", COMMANDS,
        "={'id':'6ba7b810-9dad-41d1-80b4-00c04fd430c8','command':'x'}", "id"},
    {PROBLEM_REQUEST_ID_TOO_OLD, "wang", COMMANDS,
        "={'id':'016f0000-0000-7000-8000-000000000000','command':'x'}", "id"},
    {PROBLEM_REQUEST_ID_REUSED, "keeper", COMMANDS, "={'id':'$used','command':'create_unit'}", NULL},
    {PROBLEM_STALE_VERSION, "keeper", UNITS "/" GRID2 "/rename", "{'name':'x','version':99}", "version"},
    {PROBLEM_QUEUE_FULL, .provoke = full_queue},
    {PROBLEM_SHUTTING_DOWN, .provoke = stopping},
    {PROBLEM_STORAGE_FAILED, .provoke = busy_disk},
    {PROBLEM_LOG_HELD, .provoke = held_log},
    {PROBLEM_DISK_NEARLY_FULL, .provoke = full_disk},
    {PROBLEM_OUT_OF_MEMORY, .provoke = no_memory},
    {PROBLEM_DISK_FULL, .provoke = no_room},

    {PROBLEM_NOT_LOGGED_IN, NULL, "/api/v1/me", NULL},
    {PROBLEM_CROSS_SITE, .provoke = other_site},
    {PROBLEM_SESSION_OF_ANOTHER, .provoke = another_logged_in},
    {PROBLEM_WRONG_CREDENTIALS, NULL, "/api/v1/session", "={'login':'wang','password':'x'}"},
    {PROBLEM_ACCOUNT_LOCKED, .provoke = locked_out},
    {PROBLEM_ACCOUNT_CLOSED, NULL, "/api/v1/session", "={'login':'stranger','password':'" RIG_PASSWORD "'}"},
    {PROBLEM_PASSWORD_CHANGE_NEEDED, "zhao", "/api/v1/tasks", NULL},
    {PROBLEM_TOO_MANY_REQUESTS, .provoke = hurried},
    {PROBLEM_UPLOAD_QUOTA_SPENT, .provoke = second_photo},
    {PROBLEM_WEAK_PASSWORD, "keeper", ACCOUNTS, "={'person':'$li','login':'li2','password':'short'}", "password"},
    {PROBLEM_SAME_PASSWORD, "wang", "/api/v1/me/password",
        "={'old_password':'" RIG_PASSWORD "','new_password':'" RIG_PASSWORD "'}", "new_password"},
    {PROBLEM_HAS_ACCOUNT, "keeper", ACCOUNTS, "={'person':'$li','login':'li3','password':'hao-ji-de-mi'}", "person"},
    {PROBLEM_NOT_FOR_YOURSELF, "keeper", APPOINT, "{'person':'$keeper','role':'supervisor','grounds':['" CITY "']}"},
    {PROBLEM_LOGIN_NAME_TAKEN, "keeper", ACCOUNTS,
        "={'person':'$li','login':'wang','password':'hao-ji-de-mi'}", "login"},
    {PROBLEM_NO_RIGHT, "wang", UNITS, UNIT("'parent':'" COMMUNITY "'")},
    {PROBLEM_NOT_FOUND, "wang", "/api/v1/nothing", NULL},
    {PROBLEM_POST_NOT_HELD, "wang", "/api/v1/tasks?post=$zhou_post", NULL, "post"},

    {PROBLEM_UNKNOWN_UNIT, "keeper", UNITS, UNIT("'parent':'nowhere'"), "parent"},
    {PROBLEM_CLOSED_UNIT, "keeper", UNITS, UNIT("'parent':'closed'"), "parent"},
    {PROBLEM_UNKNOWN_UNIT_TYPE, "keeper", UNITS, "{'type':'grit','name':'x','parent':'" COMMUNITY "'}", "type"},
    {PROBLEM_UNKNOWN_UNIT_FACT, "keeper", FACTS, "{'fact':'houshold','value':5}", "fact"},
    {PROBLEM_NO_FACT_OF_TYPE, "keeper", FACTS, "{'fact':'doors','value':5}", "fact"},
    {PROBLEM_BEFORE_UNIT, "keeper", FACTS, "{'fact':'households','value':5,'date':'1949-10-01'}", "date"},
    {PROBLEM_WRONG_PARENT, "keeper", UNITS, UNIT("'parent':'" DISTRICT "'"), "parent"},
    {PROBLEM_CODE_TAKEN, "keeper", UNITS, UNIT("'parent':'" COMMUNITY "','code':'" GRID "'"), "code"},
    {PROBLEM_UNIT_HAS_CHILDREN, "keeper", UNITS "/" COMMUNITY "/close", "{}", "unit"},
    {PROBLEM_UNIT_HAS_OPEN_MATTERS, "keeper", UNITS "/" GRID "/close", "{}", "unit"},
    {PROBLEM_OTHER_UNIT_TYPE, "keeper", UNITS "/" GRID "/merge", "{'units':['" COMMUNITY "']}", "units"},
    {PROBLEM_NOT_IN_UNIT, "keeper", UNITS "/" GRID "/split",
        "{'into':[{'name':'x','households':['999999']}]}", "into[0].households[0]"},
    {PROBLEM_PLACED_TWICE, "keeper", UNITS "/" GRID "/split",
        "{'into':[{'name':'x','rest':true},{'name':'y','rest':true}]}", "into[1].rest"},
    {PROBLEM_NOT_PLACED, "keeper", UNITS "/" GRID "/split", "{'into':[{'name':'x'},{'name':'y'}]}", "into"},
    {PROBLEM_UNKNOWN_PERSON, "keeper", "/api/v1/persons/999999/change", "{'name':'某'}", "person"},
    {PROBLEM_POST_ELSEWHERE, "wang", "/api/v1/persons/$sun/change", "{'phone':'13900001111'}", "person"},
    {PROBLEM_PERSON_ERASED, "keeper", "/api/v1/persons/$erased/change", "{'name':'某'}", "person"},
    {PROBLEM_PERSON_MISMATCH, "keeper", "/api/v1/persons", "{'name':'某','id_number':'$li_number'}", "name"},
    {PROBLEM_UNKNOWN_POST, "keeper", "/api/v1/posts/999999/end", "{}", "post_id"},
    {PROBLEM_UNKNOWN_ROLE, "keeper", APPOINT, "{'person':'$li','role':'grid_work','grounds':['" GRID "']}", "role"},
    {PROBLEM_POST_ENDED, "keeper", "/api/v1/posts/$ended_post/end", "{}", "post_id"},
    {PROBLEM_POST_EXISTS, "keeper", APPOINT,
        "{'person':'$wang','role':'grid_worker','grounds':['" GRID "']}", "grounds"},
    {PROBLEM_WRONG_GROUND, "sun", HANDOVERS,
        "{'from_post':'$sun_post','mode':'shift','to_post':'$wang_post',"
        "'until':'2020-02-03T20:00:00+08:00','reason':'x'}",
        "to_post"},
    {PROBLEM_BEFORE_START, "keeper", UNITS "/" GRID2 "/close", "{'date':'2020-01-01'}", "date"},
    {PROBLEM_UNKNOWN_HANDOVER, "wang", HANDOVERS "/999999/accept", "{}", "handover"},
    {PROBLEM_HANDOVER_PENDING, "wang", HANDOVERS,
        "{'from_post':'$wang_post','mode':'post','to_post':'$sun_post','reason':'x'}", "from_post"},
    {PROBLEM_HANDOVER_DECIDED, "sun", HANDOVERS "/$refused/accept", "{}", "handover"},
    {PROBLEM_HANDOVER_TO_SELF, "sun", HANDOVERS,
        "{'from_post':'$sun_post','mode':'post','to_post':'$sun_post','reason':'x'}", "to_post"},
    {PROBLEM_BOUNCE_CAP_REACHED, "hu", MATTERS "/$going_id/refuse", "{'reason':'not_ours'}"},
    {PROBLEM_BEFORE_PARENT, "keeper", UNITS, UNIT("'parent':'" COMMUNITY "','date':'2019-12-31'"), "date"},
    {PROBLEM_WITHIN_ITSELF, "keeper", COMMANDS,
        "{'command':'move_unit','unit':'" SUBDISTRICT "','parent':'" COMMUNITY "'}", "parent"},
    {PROBLEM_PERSON_HELD, "keeper", "/api/v1/persons/$li/erase", "{}", "person"},
    {PROBLEM_NOTHING_PROPOSED, "keeper", "/api/v1/persons/$li/erase/withdraw", "{}", "person"},
    {PROBLEM_PERSON_IN_POST, "keeper", "/api/v1/persons/$wang/erase", "{}", "person"},
    {PROBLEM_OTHER_ROLE, "keeper", APPOINT,
        "{'person':'$li','role':'community_doctor','deputy_of':'$wang_post'}", "deputy_of"},
    {PROBLEM_PERSONS_ARE_ONE, "keeper", "/api/v1/persons/$li/merge", "{'other':'$li'}", "other"},
    {PROBLEM_PERSON_NOT_MERGED, "keeper", "/api/v1/persons/$li/unmerge", "{}", "person"},
    {PROBLEM_IN_OTHER_CUSTODY, "keeper", "/api/v1/persons/$li/custody",
        "{'from':'" SUBDISTRICT "','to':'" COMMUNITY "'}", "from"},
    {PROBLEM_PERSON_EXISTS, "keeper", "/api/v1/persons", "{'name':'测试li','id_number':'$li_number'}"},
    {PROBLEM_PERSON_LIKELY, "keeper", "/api/v1/persons", "{'name':'测试li','phone':'$li_phone'}"},

    {PROBLEM_UNKNOWN_KIND, "chen", MATTERS, "{'kind':'home','unit':'" GRID "'}", "kind"},
    {PROBLEM_UNKNOWN_MATTER, "chen", MATTERS "/016f0000-0000-7000-8000-000000000000/entries", OBJECT(""), "matter"},
    {PROBLEM_UNKNOWN_FILE, "chen", "/api/v1/matters/$photographed_id/entries",
        "{'entry':'show','fields':{'photo':'00'}}", "fields.photo"},
    {PROBLEM_UNKNOWN_ENTRY_KIND, "chen", ENTRIES, "{'entry':'obiect'}", "entry"},
    {PROBLEM_UNKNOWN_ENTRY, "wang", HOME "/corrections",
        "{'number':99,'fields':{'temperature':36.5},'reason':'x'}", "number"},
    {PROBLEM_UNKNOWN_EXPECTATION, "chen", "/api/v1/excuses",
        "{'expectations':[{'matter':'$home_id','number':99}],'reason':'x'}", "expectations[0].number"},
    {PROBLEM_WRONG_STATE, "chen", ENTRIES, "{'entry':'release'}"},
    {PROBLEM_MATTER_CLOSED, "zhou", MATTERS "/$done_id/entries", "{'entry':'acknowledge'}"},
    {PROBLEM_DATA_DAMAGED, "keeper", "/api/v1/persons/$damaged/change", "{'name':'测试甲'}"},
    {PROBLEM_MATTER_ERASED, "chen", MATTERS "/$gone_id/entries", OBJECT("'reason':'x'")},
    {PROBLEM_PROOF_INVALID, "chen", "/api/v1/proofs/AQAA", NULL},
    {PROBLEM_MATTER_EXISTS, "chen", MATTERS, OPEN_HOME("'$li'", "2020-02-01"), "subject"},
    {PROBLEM_SUBJECT_NEEDED, "chen", MATTERS, "{'kind':'home_observation','unit':'" GRID "'}", "subject"},
    {PROBLEM_SUBJECT_ELSEWHERE, "zheng", MATTERS, "{'kind':'inspection','unit':'" GRID "','subject':'1'}", "subject"},
    {PROBLEM_SUBJECT_NOT_ALLOWED, "keeper", MATTERS, "{'kind':'k0','unit':'" CITY "','subject':'$li'}", "subject"},
    {PROBLEM_UNKNOWN_ATTEMPT, "wang", ENTRIES, "{'entry':'check_in','attempt':'asleep'}", "attempt"},
    {PROBLEM_NOT_A_ROUND, "chen", "/api/v1/rounds", "{'entry':'object','rows':[{'matter':'$home_id'}]}", "rows[0]"},
    {PROBLEM_ROUND_ROW_TWICE, "wang", "/api/v1/rounds",
        "{'entry':'check_in','rows':[{'matter':'$home_id','attempt':'away'},{'matter':'$home_id','attempt':'away'}]}",
        "rows[1].matter"},
    {PROBLEM_NOT_IN_HOUSEHOLD, "wang", "/api/v1/rounds",
        "{'entry':'check_in','rows':[{'matter':'$home_id','attempt':'away'},{'matter':'$lone_id','attempt':'away'}]}",
        "rows[1].matter"},
    {PROBLEM_NOTHING_ENTERED, "wang", "/api/v1/rounds", "{'entry':'check_in','rows':[]}", "rows"},
    {PROBLEM_OTHER_ADDRESS, "wang", COMMANDS,
        "{'command':'give_resident_link','purpose':'report','hours':1}", "command"},
    {PROBLEM_ONLY_ALONE, "chen", "/api/v1/batch",
        "={'items':[{'command':'end_session'},{'command':'excuse','under':'" GRID "'}]}", "items[1].command"},
    {PROBLEM_SAME_PERSON_REFUSED, "chen", MATTERS "/$lone_id/entries", "{'entry':'answer_objection'}"},
    {PROBLEM_REFUSED_BY_RULE, "chen", MATTERS "/$due_id/entries", "{'entry':'release'}"},
    {PROBLEM_ALREADY_ENDED, "chen", "/api/v1/excuses",
        "{'expectations':[{'matter':'$home_id','number':1}],'reason':'x'}", NULL},
    {PROBLEM_CLAIMED_ALREADY, "wang", HOME "/claim", "{'number':2}", "number"},
    {PROBLEM_NOT_CLAIMED, "wang", HOME "/give-back", "{'number':2}", "number"},
    {PROBLEM_DUE_TIME_PASSED, "zhou", MATTERS "/$timed_id/entries",
        "{'entry':'extend_late_report','fields':{'until':'2120-02-06T09:00:00+08:00','reason':'x'}}"},
    {PROBLEM_EXTENSIONS_SPENT, "zhou", MATTERS "/$timed_id/entries",
        "{'entry':'extend_report','fields':{'until':'2120-02-07T09:00:00+08:00','reason':'x'}}"},
    {PROBLEM_EARLIER_BELOW, "zhou", MATTERS,
        "{'kind':'deadline_case','unit':'" COMMUNITY "','parent':'$timed_id','form':{'by':'2120-02-05'}}"},
    {PROBLEM_NEEDS_UNMET, "zhou", MATTERS "/$timed_id/entries", "{'entry':'lack'}"},
    {PROBLEM_CONFIRMED, "zhou", MATTERS "/$same_id/corrections",
        "{'number':1,'fields':{'x':1},'reason':'x'}", "number"},
    {PROBLEM_AWAITS_SECOND, "zhou", MATTERS "/$timed_id/entries", "{'entry':'hold'}"},
    {PROBLEM_EXTERNAL_NUMBER_TAKEN, "zhou", MATTERS,
        "{'kind':'deadline_case','unit':'" COMMUNITY "','form':{'order_no':'A1'}}", "form.order_no"},
    {PROBLEM_NEWER_TOLD, "zhou", COMMANDS,
        "{'command':'mirror','matter':'$timed_id','state':'x','observed_at':'2020-01-10T08:00:00+08:00'}",
        "observed_at"},
    {PROBLEM_NO_EXTERNAL_NUMBER, "chen", COMMANDS, "{'command':'mirror','matter':'$home_id','number':'A3'}"},
    {PROBLEM_HELD_ALREADY, "zhou", COMMANDS, "{'command':'hold_matter','matter':'$timed_id','reason':'x'}", "reason"},
    {PROBLEM_NOT_HELD, "zhou", COMMANDS, "{'command':'release_matter','matter':'$timed_id','reason':'y'}", "reason"},
    {PROBLEM_BELOW_FLOOR, "zhou", "/api/v1/indicators/in_time?unit=" COMMUNITY, NULL, "unit"},
    {PROBLEM_REASON_NEEDED, "wang", HOME "/corrections", "{'number':2,'fields':{'temperature':36.5}}", "reason"},
    {PROBLEM_EFFECTS_TOO_DEEP, "keeper", MATTERS "/$first_link/entries", "{'entry':'ping'}"},
    {PROBLEM_TOO_MANY_EFFECTS, .provoke = flood},
    {PROBLEM_OTHER_STREAM, "keeper", MATTERS "/$stalled_id/merge", "{'into':'$far_id','reason':'x'}", "into"},
    {PROBLEM_NOT_OPENED_HERE, "keeper", MATTERS "/$first_link/entries", "{'entry':'end'}", "form.place"},
    {PROBLEM_WRONG_PARENT, "keeper", MATTERS "/$first_link/entries", "{'entry':'found','fields':{'name':'x'}}", NULL},
    {PROBLEM_MISSING_FIELD, "keeper", MATTERS "/$first_link/entries", "{'entry':'found'}", "fields.name"},
    {PROBLEM_MATTER_MERGED, "zhou", MATTERS "/$dup_id/entries", "{'entry':'lack'}"},
    {PROBLEM_NOT_LINKED, "zhou", MATTERS "/$same_id/unlink", "{'other':'$joint_id','reason':'x'}", "other"},
    {PROBLEM_NO_RESIDENT_LINK, "zheng", MATTERS "/$order_id/resident-links", "{'purpose':'record','hours':1}",
        "matter"},
    {PROBLEM_RESIDENT_LINK_UNKNOWN, NULL, "/api/v1/resident", NULL},
    {PROBLEM_RESIDENT_LINK_PURPOSE, .provoke = other_purpose},
    {PROBLEM_RESIDENT_LINK_ENDED, .provoke = ended_link},
    {PROBLEM_RESIDENT_LINK_GIVER, .provoke = left_link},
    {PROBLEM_TOO_MANY_LINKS, "wang", HOME "/resident-links", "{'purpose':'report','hours':1}"},
    {PROBLEM_NOT_MERGED, "zhou", MATTERS "/$same_id/unmerge", "{'reason':'x'}", "matter"},
    {PROBLEM_OTHER_KIND, "zhou", MATTERS "/$same_id/merge", "{'into':'$joint_id','reason':'x'}", "into"},
    {PROBLEM_OTHER_SUBJECT, "chen", HOME "/merge", "{'into':'$due_id','reason':'x'}", "into"},
    {PROBLEM_NOT_PROPOSED, "chen", HOME "/confirm", "{}"},
    {PROBLEM_WRONG_UNIT_TYPE, "wu", MATTERS, "{'kind':'home_observation','unit':'" DISTRICT "'}", "unit"},
    {PROBLEM_ENTRY_CORRECTED, "wang", HOME "/corrections",
        "{'number':1,'fields':{'temperature':36.5},'reason':'x'}", "number"},

    {PROBLEM_PLAYBOOK_INVALID, .field = "files", .provoke = mistaken_playbook},
    {PROBLEM_PLAYBOOK_MISTAKE, .field = "files", .provoke = mistake},
    {PROBLEM_PLAYBOOK_NOT_NEWER, .field = "files", .provoke = same_playbook},
    {PROBLEM_SAME_ROLE_REFUSED, "other_keeper", "/api/v1/playbooks/proposed/$greedy/confirm", "{}"},
    {PROBLEM_STATE_GONE, "keeper", "/api/v1/playbook/rebase", "{'kind':'stalled'}", .field = "matter"},
    {PROBLEM_FIELD_TYPE_CHANGED, "keeper", "/api/v1/playbook/rebase", "{'kind':'retyped'}", .field = "matter"},
    {PROBLEM_RULES_DO_NOT_FIT, "keeper", "/api/v1/playbook/rebase", "{'matter':'$turned_id'}", .field = "matter"},
    {PROBLEM_RULES_ARE_CURRENT, "keeper", "/api/v1/playbook/rebase", "{'matter':'$first_link'}", .field = "matter"},
    {PROBLEM_NO_PLAYBOOK, "wang", "/api/v1/playbook?version=999999", NULL},
    {PROBLEM_LAST_WITH_RIGHT, "keeper", "/api/v1/posts/$keeper_post/end", "{}"},
};
/* clang-format on */

static struct reply provoke(const struct row *row, bool chinese)
{
    if (row->provoke != NULL)
        return row->provoke();
    g_autofree char *path = filled(row->path);
    g_autofree char *text = row->body != NULL ? filled(row->body + (row->body[0] == '=')) : NULL;
    if (text != NULL)
        g_strdelimit(text, "'", '"');
    g_autofree char *uuid = rig_uuid(rig);
    g_autofree char *body = text == NULL || row->body[0] == '='
                                ? g_strdup(text)
                                : g_strdup_printf("{\"id\":\"%s\"%s%s", uuid, text[1] == '}' ? "" : ",", text + 1);
    return rig_ask(rig, &(struct ask){.method = body != NULL ? "POST" : "GET",
                                      .path = path,
                                      .token = rig_token(rig, row->who),
                                      .body = body,
                                      .chinese = chinese});
}

static void is_readable(const struct row *row, const struct reply *reply)
{
    const char *detail = reply_text(reply, "errors.0.detail");
    if (*detail == '\0' || strchr(detail, '{') != NULL || strstr(detail, "(null)") != NULL)
        g_error("%s reads badly: %s", problem_texts[row->code].name, detail);
    if (row->field != NULL)
        g_assert_cmpstr(reply_text(reply, "errors.0.field"), ==, row->field);
    g_assert_nonnull(strstr(reply_header(reply, "content-type"), "application/problem+json"));
    g_assert_cmpint(json_integer_value(json_at(reply->json, "status")), ==, reply->status);
}

static void check_row(const struct row *row)
{
    rig_settle(rig);
    int64_t before = engine_durable_pos(rig->engine);
    for (int chinese = 0; chinese < (row->provoke == NULL ? 2 : 1); chinese++) {
        AUTO(reply) struct reply reply = provoke(row, chinese == 1);
        g_test_message("%s: %s", problem_texts[row->code].name, reply_text(&reply, "errors.0.detail"));
        reply_is(&reply, problem_texts[row->code].http_status, problem_texts[row->code].name);
        is_readable(row, &reply);
    }
    g_assert_cmpint(engine_durable_pos(rig->engine), ==, before); /* nothing has changed */
}

/* They stand in the report of an import, never alone in an answer: tests/interop/import.c provokes each. */
static bool is_of_a_sheet(int code)
{
    return code >= PROBLEM_SHEET_UNREADABLE && code < PROBLEM_PLAYBOOK_INVALID;
}

/* A role by its title, in the language of the sentence; a right in words. */
static void in_words(void)
{
    static const struct {
        const char *who, *path, *body, *zh, *en;
    } asked[] = {
        {"wang", "/api/v1/units/" GRID2 "/rename", "{'name':'x'}", "没有权限，须由 数据管理员 办理",
         "not allowed; this is for Data steward"},
        {"wang", "/api/v1/playbooks", "{'files':[{'name':'x','text':'x'}]}", "没有权限，须由 启用预案的岗位 办理",
         "not allowed; this is for posts that adopt playbooks"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        for (int chinese = 0; chinese < 2; chinese++) {
            const struct row row = {PROBLEM_NO_RIGHT, asked[i].who, asked[i].path, asked[i].body};
            AUTO(reply) struct reply reply = provoke(&row, chinese == 1);
            reply_is(&reply, 403, "no_right");
            g_assert_cmpstr(reply_text(&reply, "errors.0.detail"), ==, chinese == 1 ? asked[i].zh : asked[i].en);
            g_assert_cmpstr(reply_text(&reply, "detail"), ==, chinese == 1 ? asked[i].zh : asked[i].en);
        }
}

/* Names of the playbook by their titles, another matter by a member: no sentence has a name or an id in it. */
static void in_titles(void)
{
    static const struct {
        struct row row;
        const char *zh, *en;
    } asked[] = {
        {{PROBLEM_WRONG_STATE, "chen", ENTRIES, "{'entry':'release'}"},
         "当前状态为“观察中”，不能这样做；只有在“待解除”时才能",
         "the state is \"Under observation\", in which this is not possible; only in \"Due for release\""},
        {{PROBLEM_WHICH_PARTICIPANT, "zhou", MATTERS "/$joint_id/entries", "{'entry':'note'}"},
         "协作单位不止一个，请说明是哪一个",
         "there are several of \"Partner\"; say which one is meant"},
        {{PROBLEM_MATTER_EXISTS, "chen", MATTERS, OPEN_HOME("'$li'", "2020-02-01")},
         "已有一件同类事项",
         "there is a matter of this kind already"},
        {{PROBLEM_WRONG_UNIT_TYPE, "wu", MATTERS, "{'kind':'home_observation','unit':'" DISTRICT "'}"},
         "居家观察 不能设在 区",
         "a Home observation cannot be placed at a District"},
        {{PROBLEM_OTHER_KIND, "zhou", MATTERS "/$same_id/merge", "{'into':'$joint_id','reason':'x'}"},
         "只能并入同类事项（限时事项）",
         "it can only be merged into a matter of the same kind, Case with deadlines"},
        {{PROBLEM_EARLIER_BELOW, "zhou", MATTERS,
          "{'kind':'deadline_case','unit':'" COMMUNITY "','parent':'$timed_id','form':{'by':'2120-02-05'}}"},
         "不得层层提前：上级要求的时限为 2120-02-07T00:00:00+08:00（报告）",
         "not earlier than the level above: Report is due 2120-02-07T00:00:00+08:00 in the matter above"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        for (int chinese = 0; chinese < 2; chinese++) {
            AUTO(reply) struct reply reply = provoke(&asked[i].row, chinese == 1);
            const struct problem_text *text = &problem_texts[asked[i].row.code];
            reply_is(&reply, text->http_status, text->name);
            g_assert_cmpstr(reply_text(&reply, "errors.0.detail"), ==, chinese == 1 ? asked[i].zh : asked[i].en);
            if (asked[i].row.code == PROBLEM_MATTER_EXISTS)
                g_assert_cmpuint(strlen(reply_text(&reply, "errors.0.matter")), ==, 36);
            else
                g_assert_null(json_at(reply.json, "errors.0.matter"));
        }
}

static void every_problem(void)
{
    bool provoked[PROBLEM_COUNT] = {false};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].code == PROBLEM_LAST_WITH_RIGHT) /* until then the city has two who keep it */
            given("narrow", "keeper", "/api/v1/posts/$other_post/grounds", "{'grounds':['" GRID "']}");
        check_row(&rows[i]);
        provoked[rows[i].code] = true;
    }
    for (int code = 0; code < PROBLEM_COUNT; code++)
        if (!provoked[code] && !is_of_a_sheet(code))
            g_error("no row provokes %s", problem_texts[code].name);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    handles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    adopt_version(2);
    prepare_versions();
    adopt_version(3);
    propose_version(4);
    prepare_people();
    prepare_posts();
    prepare_matters();
    g_test_add_func("/problems/in-words", in_words);
    g_test_add_func("/problems/in_titles", in_titles);
    g_test_add_func("/problems/every-one", every_problem);
    int failed = g_test_run();
    g_hash_table_unref(handles);
    rig_free(rig);
    return failed;
}
