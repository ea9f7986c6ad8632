/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets over HTTP: a job from its upload to its report, and an export that shows what its reader may see. */
#include "rig.h"
#include "office.h"
#include "workbook.h"

#include "base/limits.h"
#include "interop/csv.h"
#include "interop/export.h"

#include <string.h>
#include <unistd.h>

static struct rig *rig;

#define HEADER "单位,姓名,手机号,末次接触时间,住址\n"
#define ROWS   40

static struct reply upload(const char *who, const char *path, const char *sheet)
{
    rig_settle(rig);
    return rig_ask(rig, &(struct ask){.method = "POST",
                                      .path = path,
                                      .token = who != NULL ? rig_token(rig, who) : NULL,
                                      .body = sheet,
                                      .type = "text/csv"});
}

/* Until it is over. */
static void finish(const char *who, const char *id, struct reply *out)
{
    g_autofree char *path = g_strdup_printf("/api/v1/imports/%s", id);
    for (;;) {
        *out = rig_get(rig, who, path);
        reply_is(out, 200, NULL);
        if (strcmp(reply_text(out, "status"), "running") != 0)
            return;
        reply_clear(out);
        g_usleep(2000);
    }
}

static int64_t count_of(const struct reply *reply, const char *name)
{
    g_autofree char *path = g_strdup_printf("report.%s", name);
    return json_integer_value(json_at(reply->json, path));
}

static void import_counts(const char *path, const char *sheet, int64_t good, int64_t there, int64_t wrong, int64_t made)
{
    AUTO(reply) struct reply taken = upload("chen", path, sheet);
    reply_is(&taken, 202, NULL);
    AUTO(reply) struct reply done;
    finish("chen", reply_text(&taken, "id"), &done);
    g_test_message("%s", done.text->str);
    g_assert_cmpstr(reply_text(&done, "status"), ==, "done");
    g_assert_cmpint(count_of(&done, "good"), ==, good);
    g_assert_cmpint(count_of(&done, "there"), ==, there);
    g_assert_cmpint(count_of(&done, "wrong"), ==, wrong);
    g_assert_cmpint(count_of(&done, "made"), ==, made);
}

static char *sheet_of(int rows)
{
    GString *sheet = g_string_new(HEADER);
    for (int i = 0; i < rows; i++)
        g_string_append_printf(sheet, GRID ",测试%d,139100%05d,2020-02-01 08:00,\"=%d号, 楼\"\n", i, i, i);
    return g_string_free(sheet, FALSE);
}

static void a_job(void)
{
    g_autofree char *sheet = sheet_of(ROWS);
    import_counts("/api/v1/imports/home_observation", sheet, ROWS, 0, 0, 0); /* a dry run unless it is said */
    import_counts("/api/v1/imports/home_observation?dry_run=false", sheet, ROWS, 0, 0, ROWS);
    import_counts("/api/v1/imports/home_observation?dry_run=false", sheet, 0, ROWS, 0, 0);
    AUTO(reply) struct reply taken = upload("chen", "/api/v1/imports/home_observation", sheet);
    AUTO(reply) struct reply others = {0};
    g_autofree char *path = g_strdup_printf("/api/v1/imports/%s", reply_text(&taken, "id"));
    others = rig_get(rig, "keeper", path);
    reply_is(&others, 404, "not_found"); /* a report is for who asked for it */
    AUTO(reply) struct reply done;
    finish("chen", reply_text(&taken, "id"), &done);
    AUTO(reply) struct reply list = rig_get(rig, "chen", "/api/v1/imports");
    g_assert_cmpuint(json_array_size(json_at(list.json, "data")), ==, 4);
    g_assert_cmpstr(reply_text(&list, "data.0.id"), ==, reply_text(&taken, "id"));
    g_assert_true(json_is_true(json_at(list.json, "data.0.dry_run")) &&
                  json_is_false(json_at(list.json, "data.1.dry_run")));
    g_assert_cmpint(json_integer_value(json_at(list.json, "data.2.result.made")), ==, ROWS);
    g_assert_null(json_at(list.json, "data.0.report"));
    AUTO(reply) struct reply none = rig_get(rig, "keeper", "/api/v1/imports");
    g_assert_cmpuint(json_array_size(json_at(none.json, "data")), ==, 0);
}

/* The mistake stands before the notes, and beside it its row. */
/* A workbook comes the same way; which of its sheets is asked for in the address. */
static void a_workbook(void)
{
    g_autofree char *rows =
        workbook_rows("单位|姓名|手机号|末次接触时间|住址/" GRID "|测试册|13955500001|2020-02-01 08:00|1号");
    g_autofree char *others =
        workbook_rows("单位|姓名|手机号|末次接触时间|住址/" GRID "|测试册|无|2020-02-01 08:00|1号");
    int fd = workbook_file(&(struct workbook){.rows = rows, .names = "一|二", .others = others});
    char bytes[16384];
    ssize_t count = pread(fd, bytes, sizeof bytes, 0);
    close(fd);
    static const struct {
        const char *path, *code;
        int good;
    } asked[] = {
        {"/api/v1/imports/home_observation", "worksheet_unclear", 0},
        {"/api/v1/imports/home_observation?worksheet=%E4%B8%80", "", 1},
        {"/api/v1/imports/home_observation?worksheet=%E4%B8%89", "no_such_worksheet", 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        rig_settle(rig);
        AUTO(reply)
        struct reply taken =
            rig_ask(rig, &(struct ask){.method = "POST",
                                       .path = asked[i].path,
                                       .token = rig_token(rig, "chen"),
                                       .body = bytes,
                                       .body_bytes = (size_t)count,
                                       .type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"});
        reply_is(&taken, 202, NULL);
        AUTO(reply) struct reply done;
        finish("chen", reply_text(&taken, "id"), &done);
        g_test_message("%s", done.text->str);
        g_assert_cmpint(count_of(&done, "good"), ==, asked[i].good);
        if (asked[i].good == 0)
            g_assert_cmpstr(reply_text(&done, "report.findings.0.code"), ==, asked[i].code);
        else
            g_assert_cmpstr(reply_text(&done, "report.worksheet"), ==, "一");
    }
}

/* Sent once it is whole; every row that the CSV has stands in it. */
static void a_workbook_out(void)
{
    AUTO(reply) struct reply reply = rig_get(rig, "chen", "/api/v1/exports/home_observation.xlsx?headers=zh");
    reply_is(&reply, 200, NULL);
    g_assert_cmpstr(reply_header(&reply, "content-type"), ==,
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    g_assert_nonnull(strstr(reply_header(&reply, "content-disposition"), "home_observation.xlsx"));
    AUTO(reply) struct reply csv = rig_get(rig, "chen", "/api/v1/exports/home_observation.csv?headers=zh");
    int64_t lines = 0;
    for (const char *at = csv.text->str; (at = strstr(at, "\r\n")) != NULL; at++)
        lines++;
    struct problem *problem = NULL;
    int fd = sheet_file(reply.text->str, reply.text->len);
    AUTO(sheet) struct sheet *sheet = sheet_open(fd, &(struct sheet_options){0}, &problem);
    g_assert_nonnull(sheet);
    g_assert_cmpint(lines, >, ROWS);
    g_assert_cmpint(sheet_rows(sheet), ==, lines + 1); /* what explains the header */
    close(fd);
    AUTO(reply) struct reply denied = rig_get(rig, "wu", "/api/v1/exports/persons.xlsx");
    reply_is(&denied, 403, "no_right");
}

static void a_mistake_with_its_row(void)
{
    g_autofree char *known = sheet_of(2);
    g_autofree char *sheet = g_strconcat(known, GRID ",测试错,12,2020-02-01 08:00,\"末号, 楼\"\n", NULL);
    AUTO(reply) struct reply taken = upload("chen", "/api/v1/imports/home_observation", sheet);
    reply_is(&taken, 202, NULL);
    AUTO(reply) struct reply done;
    finish("chen", reply_text(&taken, "id"), &done);
    g_assert_cmpstr(reply_text(&done, "report.findings.0.code"), ==, "invalid_phone");
    g_autofree char *rest = g_strdup_printf("/api/v1/imports/%s?from=1", reply_text(&taken, "id"));
    AUTO(reply) struct reply notes = rig_get(rig, "chen", rest);
    g_assert_cmpstr(reply_text(&notes, "report.findings.0.code"), ==, "there_already");
    g_autofree char *path = g_strdup_printf("/api/v1/imports/%s/findings.csv", reply_text(&taken, "id"));
    AUTO(reply) struct reply csv = rig_get(rig, "chen", path);
    g_assert_true(g_str_has_prefix(csv.text->str, "row,column,value,level,code,reason,line\n4,手机号,12,problem,"
                                                  "invalid_phone,the phone number is wrong,\"" GRID
                                                  ",测试错,12,2020-02-01 08:00,\"\"末号, 楼\"\"\"\n"));
    AUTO(reply) struct reply others = rig_get(rig, "keeper", path);
    reply_is(&others, 404, "not_found");
}

/* A row of any length stands beside its finding, as far as there is room. */
static void a_long_row(void)
{
    g_autofree char *long_cell = g_strnfill(100000, 'x');
    g_autofree char *sheet = g_strconcat(HEADER GRID ",测试长,12,2020-02-01 08:00,", long_cell, "\n", NULL);
    AUTO(reply) struct reply taken = upload("chen", "/api/v1/imports/home_observation", sheet);
    reply_is(&taken, 202, NULL);
    AUTO(reply) struct reply done;
    finish("chen", reply_text(&taken, "id"), &done);
    g_autofree char *path = g_strdup_printf("/api/v1/imports/%s/findings.csv", reply_text(&taken, "id"));
    AUTO(reply) struct reply csv = rig_get(rig, "chen", path);
    g_assert_nonnull(strstr(csv.text->str, ",\"" GRID ",测试长,12,2020-02-01 08:00,…\"\n"));
    g_assert_cmpuint(csv.text->len, <, 10000);
}

/* What codes mean in rows that say nothing of when, on the day that is asked for. */
static void a_day_is_asked_for(void)
{
    static const char *const done[] = {
        "{'command':'create_unit','parent':'" COMMUNITY
        "','type':'grid','code':'was-1','name':'演练昔格','date':'2020-01-01'}",
        "{'command':'recode_unit','unit':'was-1','code':'is-1','date':'2020-01-20'}",
        "{'command':'create_unit','parent':'" COMMUNITY
        "','type':'grid','code':'was-1','name':'演练今格','date':'2020-02-01'}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(done); i++)
        json_decref(rig_do(rig, "%s", done[i]));
    AUTO(reply)
    struct reply taken = upload("keeper", "/api/v1/imports/persons?dry_run=false&at=2020-01-10",
                                "姓名,手机号,居住地\n演昔,01000000971,was-1\n");
    reply_is(&taken, 202, NULL);
    AUTO(reply) struct reply imported;
    finish("keeper", reply_text(&taken, "id"), &imported);
    AUTO(reply) struct reply found = rig_post(rig, "keeper", "/api/v1/persons/search", "{'phone':'01000000971'}");
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", reply_text(&found, "data.0.id"));
    AUTO(reply) struct reply person = rig_get(rig, "keeper", path);
    g_assert_cmpstr(reply_text(&person, "residence.unit.name"), ==, "演练昔格");
}

/* One at a time of a person, who may stop it; nobody else can. */
static void one_at_a_time(void)
{
    struct gate gate;
    g_autofree char *sheet = sheet_of(ROWS);
    rig_hold_writer(rig, &gate);
    AUTO(reply) struct reply taken = upload("chen", "/api/v1/imports/home_observation", sheet);
    reply_is(&taken, 202, NULL);
    AUTO(reply) struct reply second = upload("chen", "/api/v1/imports/home_observation", sheet);
    reply_is(&second, 429, "too_many_requests");
    g_autofree char *stop = g_strdup_printf("/api/v1/imports/%s/stop", reply_text(&taken, "id"));
    AUTO(reply) struct reply others = rig_post(rig, "keeper", stop, "{}");
    reply_is(&others, 404, "not_found");
    AUTO(reply) struct reply stopped = rig_post(rig, "chen", stop, "{}");
    reply_is(&stopped, 200, NULL);
    rig_free_writer(rig, &gate);
    AUTO(reply) struct reply done;
    finish("chen", reply_text(&taken, "id"), &done);
    g_assert_cmpstr(reply_text(&done, "status"), ==, "stopped");
    g_assert_cmpint(count_of(&done, "made"), ==, 0);
    AUTO(reply) struct reply again = upload("chen", "/api/v1/imports/home_observation", sheet);
    reply_is(&again, 202, NULL);
    reply_clear(&done);
    finish("chen", reply_text(&again, "id"), &done);
    g_assert_cmpstr(reply_text(&done, "status"), ==, "done");
}

static void a_mapping(void)
{
    g_autofree char *mapping = g_uri_escape_string("columns: {地点: unit, 谁: subject.name, 电话: subject.phone}\n"
                                                   "constants: {last_exposure: '2020-02-01 08:00'}\n",
                                                   NULL, FALSE);
    g_autofree char *path = g_strdup_printf("/api/v1/imports/home_observation?mapping=%s", mapping);
    import_counts(path, "地点,谁,电话\n" GRID ",测试映射,13920000001\n", 1, 0, 0, 0);
    AUTO(reply)
    struct reply bad = upload("chen", "/api/v1/imports/home_observation?mapping=colums%3A%20%7B%7D", "a\n");
    reply_is(&bad, 422, "playbook_mistake");
}

static void refused(void)
{
    static const struct {
        const char *who, *path, *sheet;
        int status;
        const char *code;
    } rows[] = {
        {NULL, "/api/v1/imports/persons", "姓名\n", 401, "not_logged_in"},
        {"stranger", "/api/v1/imports/home_observation", HEADER, 403, "no_right"},
        {"wu", "/api/v1/imports/persons", "姓名\n", 403, "no_right"},
        {"chen", "/api/v1/imports/units", "名称\n", 403, "no_right"},
        {"chen", "/api/v1/imports/persons?dry_run=maybe", "姓名\n", 400, "not_acceptable_parameter"},
        {"chen", "/api/v1/imports/persons?encoding=big5", "姓名\n", 400, "not_acceptable_parameter"},
        {"chen", "/api/v1/imports/persons?at=yesterday", "姓名\n", 422, "invalid_datetime"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = upload(rows[i].who, rows[i].path, rows[i].sheet);
        reply_is(&reply, rows[i].status, rows[i].code);
    }
    AUTO(reply) struct reply json = rig_post(rig, "chen", "/api/v1/imports/persons", "{}");
    reply_is(&json, 415, "unsupported_media_type");
    g_assert_nonnull(strstr(reply_text(&json, "detail"), "text/csv"));
    g_assert_null(strstr(reply_text(&json, "detail"), "json"));
    AUTO(reply) struct reply unknown = rig_get(rig, "chen", "/api/v1/exports/nothing.csv");
    reply_is(&unknown, 404, "not_found");
    AUTO(reply) struct reply words = rig_get(rig, "chen", "/api/v1/exports/inspection.csv?headers=fr");
    reply_is(&words, 400, "not_acceptable_parameter");
    AUTO(reply) struct reply entries = rig_get(rig, "chen", "/api/v1/exports/inspection.csv?entries=nothing");
    reply_is(&entries, 400, "not_acceptable_parameter");
    static const char *const wrong[] = {"last=nothing", "last=check_in,check_in", "last=check_in&entries=check_in"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *path = g_strdup_printf("/api/v1/exports/home_observation.csv?%s", wrong[i]);
        AUTO(reply) struct reply last = rig_get(rig, "chen", path);
        reply_is(&last, 400, "not_acceptable_parameter");
        g_assert_cmpstr(reply_text(&last, "errors.0.field"), ==, "last");
    }
    AUTO(reply) struct reply readings = rig_get(rig, "chen", "/api/v1/exports/home_observation.csv?entries=check_in");
    g_assert_cmpint(readings.status, ==, 200);
    g_assert_nonnull(strstr(readings.text->str, "id,check_in.observed_at,"));
    AUTO(reply) struct reply nameless = rig_get(rig, "chen", "/api/v1/exports/.csv");
    reply_is(&nameless, 404, "not_found");
}

/* ---- export ---- */

static void text_of(const struct reply *reply, GString *out)
{
    g_assert_cmpint(reply->status, ==, 200);
    g_assert_true(g_str_has_prefix(reply->text->str, "\xef\xbb\xbf"));
    g_string_assign(out, reply->text->str + 3);
}

static int lines_of(const GString *text)
{
    int lines = 0;
    for (const char *at = text->str; (at = strstr(at, "\r\n")) != NULL; at += 2)
        lines++;
    return lines;
}

static void an_export(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    AUTO(reply) struct reply doctor = rig_get(rig, "chen", "/api/v1/exports/home_observation.csv");
    text_of(&doctor, text);
    g_assert_true(g_str_has_prefix(text->str, "id,unit,unit.name,state,"));
    g_assert_cmpint(lines_of(text), ==, ROWS + 1);
    g_assert_nonnull(strstr(text->str, "13910000007"));
    g_assert_nonnull(strstr(text->str, "\"'=7号, 楼\"")); /* no formula */
    g_assert_nonnull(strstr(reply_header(&doctor, "content-disposition"), "home_observation.csv"));

    AUTO(reply) struct reply officer = rig_get(rig, "wu", "/api/v1/exports/home_observation.csv?headers=zh");
    text_of(&officer, text);
    g_assert_true(g_str_has_prefix(text->str, "事项编号,单位,"));
    g_assert_cmpint(lines_of(text), ==, ROWS + 1);
    g_assert_null(strstr(text->str, "13910000007")); /* their role masks */
    g_assert_nonnull(strstr(text->str, "139****0007"));
    g_assert_null(strstr(text->str, "号, 楼"));

    AUTO(reply) struct reply elsewhere = rig_get(rig, "sun", "/api/v1/exports/home_observation.csv");
    text_of(&elsewhere, text);
    g_assert_cmpint(lines_of(text), ==, 1);

    AUTO(reply) struct reply closed = rig_get(rig, "chen", "/api/v1/exports/home_observation.csv?open=false");
    text_of(&closed, text);
    g_assert_cmpint(lines_of(text), ==, 1);
    AUTO(reply)
    struct reply gb = rig_get(rig, "chen", "/api/v1/exports/home_observation.csv?encoding=gb18030");
    g_autofree char *utf8 = g_convert(gb.text->str, (gssize)gb.text->len, "UTF-8", "GB18030", NULL, NULL, NULL);
    g_assert_nonnull(strstr(utf8, "测试7"));
}

/* A form of which nothing is sealed is written without a tree, also where its text needs escapes. */
static void an_open_form(void)
{
    static const char *const topics[] = {"通风", "=1+1", "\"引\\号\"", "a,b"};
    static const char *const cells[] = {",通风\r\n", ",'=1+1\r\n", ",\"\"\"引\\号\"\"\"\r\n", ",\"a,b\"\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(topics); i++) {
        g_autoptr(GString) whole = g_string_new("单位,对象单位,主题\n" COMMUNITY "," COMMUNITY ",");
        csv_append(whole, topics[i], ',');
        g_string_append(whole, "\n");
        AUTO(reply)
        struct reply taken = upload("zheng", "/api/v1/imports/inspection?dry_run=false", whole->str);
        AUTO(reply) struct reply done;
        finish("zheng", reply_text(&taken, "id"), &done);
        g_assert_cmpint(count_of(&done, "made"), ==, 1);
    }
    AUTO(reply) struct reply out = rig_get(rig, "zheng", "/api/v1/exports/inspection.csv");
    g_assert_cmpint(out.status, ==, 200);
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        g_assert_nonnull(strstr(out.text->str, cells[i]));
}

/* The writer takes it behind the answer. */
static bool is_traced(const char *traces, const char *page)
{
    bool seen = false;
    for (int i = 0; i < 1000 && !seen; i++) {
        AUTO(reply) struct reply reply = rig_get(rig, "watcher", traces);
        reply_is(&reply, 200, NULL);
        seen = strstr(reply.text->str, page) != NULL;
        g_usleep(seen ? 0 : 5000);
    }
    return seen;
}

/* Unmasked rows left a trace for each person before they went out. */
static void a_trace(void)
{
    AUTO(reply)
    struct reply found = rig_post(rig, "chen", "/api/v1/persons/search", "{'phone': '13910000007'}");
    reply_is(&found, 200, NULL);
    g_autofree char *traces = g_strdup_printf("/api/v1/persons/%s/traces", reply_text(&found, "data.0.id"));
    g_assert_true(is_traced(traces, "\"export\""));
}

#define PERSONS_HEADER "姓名,身份证号,手机号,居住地\n"

/* The report without what is its own: what it says of the one row. */
static char *said_of(const char *who, const char *row)
{
    g_autofree char *sheet = g_strconcat(PERSONS_HEADER, row, "\n", NULL);
    AUTO(reply) struct reply taken = upload(who, "/api/v1/imports/persons", sheet);
    AUTO(reply) struct reply done = {0};
    reply_is(&taken, 202, NULL);
    finish(who, reply_text(&taken, "id"), &done);
    return json_dumps(json_at(done.json, "report"), JSON_SORT_KEYS);
}

/* A dry run answers for somebody registered elsewhere as for somebody new; of whom one sees it tells, with a trace. */
static void elsewhere(void)
{
    rig_add(rig, "far", NULL, NULL);
    json_decref(rig_do(rig,
                       "{'command':'move_in','persons':['%s'],'unit':'" OTHER_GRID "',"
                       "'from':'2020-01-29T08:00:00+08:00'}",
                       rig_member(rig, "far")->id));
    AUTO(reply) struct reply far = rig_post(rig, "keeper", "/api/v1/persons/search", "{'name': '测试far'}");
    AUTO(reply) struct reply near = rig_post(rig, "keeper", "/api/v1/persons/search", "{'name': '测试li'}");
    g_autofree char *far_path = g_strdup_printf("/api/v1/persons/%s", reply_text(&far, "data.0.id"));
    g_autofree char *near_path = g_strdup_printf("/api/v1/persons/%s", reply_text(&near, "data.0.id"));
    AUTO(reply) struct reply far_whole = rig_get(rig, "keeper", far_path);
    AUTO(reply) struct reply near_whole = rig_get(rig, "keeper", near_path);
    g_autofree char *number = rig_id_number(900);
    g_autofree char *new_row = g_strdup_printf("测试无人,%s,13900009999," GRID, number);
    g_autofree char *far_row =
        g_strdup_printf("测试far,%s,%s," GRID, reply_text(&far_whole, "id_number"), reply_text(&far_whole, "phone"));
    g_autofree char *near_row =
        g_strdup_printf("测试li,%s,%s," GRID, reply_text(&near_whole, "id_number"), reply_text(&near_whole, "phone"));
    g_autofree char *of_new = said_of("chen", new_row), *of_far = said_of("chen", far_row);
    g_autofree char *of_near = said_of("chen", near_row), *of_all = said_of("keeper", far_row);
    g_assert_cmpstr(of_far, ==, of_new);
    g_assert_cmpstr(of_near, !=, of_new);
    g_assert_cmpstr(of_all, !=, of_new); /* the steward of the city sees both */
    g_autofree char *traces = g_strconcat(near_path, "/traces", NULL);
    g_assert_true(is_traced(traces, "\"import\""));
}

/* What went out with names comes in again: nothing changes. */
static void round_trip(void)
{
    AUTO(reply) struct reply out = rig_get(rig, "chen", "/api/v1/exports/home_observation.csv");
    import_counts("/api/v1/imports/home_observation?dry_run=false", out.text->str, 0, ROWS, 0, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/doors/job", a_job);
    g_test_add_func("/doors/workbook", a_workbook);
    g_test_add_func("/doors/workbook-out", a_workbook_out);
    g_test_add_func("/doors/with-its-row", a_mistake_with_its_row);
    g_test_add_func("/doors/long-row", a_long_row);
    g_test_add_func("/doors/at", a_day_is_asked_for);
    g_test_add_func("/doors/one-at-a-time", one_at_a_time);
    g_test_add_func("/doors/mapping", a_mapping);
    g_test_add_func("/doors/refused", refused);
    g_test_add_func("/doors/elsewhere", elsewhere);
    g_test_add_func("/doors/export", an_export);
    g_test_add_func("/doors/open-form", an_open_form);
    g_test_add_func("/doors/trace", a_trace);
    g_test_add_func("/doors/round-trip", round_trip);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
