/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units, persons and posts go out as sheets, each as somebody may see it, and come in elsewhere as they went out. */
#include "office.h"
#include "rig.h"

#include <string.h>

extern const char rig_playbook[];

#define MANY 1100 /* more than two pages */

static struct rig *rig;

/* ---- out ---- */

static char *of_keeper(const char *what, enum cell_words words)
{
    return sheet_exported(rig->engine, &rig->clock, rig_member(rig, "keeper")->person, what, words, 0);
}

static int lines_of(const char *text)
{
    int lines = 0;
    for (const char *at = text; (at = strstr(at, "\r\n")) != NULL; at += 2)
        lines++;
    return lines;
}

/* ---- elsewhere ---- */

static void all_new(struct office *there, const char *what, const char *sheet)
{
    AUTO(report) struct report report, again;
    office_import(there, what, sheet, NULL, true, &report);
    g_assert_cmpint(report.wrong, ==, 0);
    g_assert_cmpint(report.made, ==, lines_of(sheet) - 1);
    office_import(there, what, sheet, NULL, true, &again);
    g_assert_cmpint(again.there, ==, lines_of(sheet) - 1);
    g_assert_cmpint(again.made + again.wrong, ==, 0);
    report_clear(&again);
}

/* ---- tests ---- */

/* Whoever is the steward there sees what the steward here sees. */
static void round_trip(void)
{
    static const char *const sheets[] = {"units", "persons", "posts", "rosters"};
    static const char *const days[] = {"2020-03-03", "2020-03-05"};
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
        json_decref(rig_do(rig,
                           "{'command':'add_shift','post_id':'%s','from':'%sT08:00:00+08:00','to':'%sT20:00:00+08:00'}",
                           rig_member(rig, "wang")->post_id, days[i], days[i]));
    for (int words = WORDS_CODES; words <= WORDS_EN; words++) {
        struct office there;
        char *sent[G_N_ELEMENTS(sheets)];
        office_open(&there, rig_playbook);
        for (size_t i = 0; i < G_N_ELEMENTS(sheets); i++) {
            sent[i] = of_keeper(sheets[i], (enum cell_words)words);
            all_new(&there, sheets[i], sent[i]);
        }
        int64_t keeper = 0;
        engine_wait_rows(there.engine, engine_durable_pos(there.engine), 10 * US_PER_SECOND);
        GError *error = NULL;
        struct reader *reader = reader_open(there.data, NULL, &error);
        g_assert_true(
            db_integer(reader->rows, &keeper, "SELECT person FROM post WHERE role = ?1", "s", "data_steward"));
        reader_close(reader);
        for (size_t i = 0; i < G_N_ELEMENTS(sheets); i++) {
            g_autofree char *back =
                sheet_exported(there.engine, &there.clock, keeper, sheets[i], (enum cell_words)words, 0);
            g_assert_cmpstr(back, ==, sent[i]);
            g_free(sent[i]);
        }
        office_close(&there);
    }
}

/* What is known of each unit now, a row a day and source; an empty row of others, to be filled in. */
static void facts_of_units(void)
{
    static const struct {
        const char *fact, *date, *source;
        int value;
    } facts[] = {{"households", "2020-01-10", "台账", 900},
                 {"households", "2020-01-20", "台账", 1000},
                 {"residents", "2020-01-20", "普查", 2500}};
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        json_decref(rig_do(
            rig, "{'command':'set_unit_fact','unit':'" COMMUNITY "','fact':'%s','date':'%s','value':%d,'source':'%s'}",
            facts[i].fact, facts[i].date, facts[i].value, facts[i].source));
    rig_settle(rig);
    g_autofree char *sheet = of_keeper("unit_facts", WORDS_ZH);
    g_assert_true(g_str_has_prefix(sheet, "\xef\xbb\xbf"
                                          "代码,名称,户数,常住人口,门数,起始日期,来源\r\n"));
    g_assert_nonnull(strstr(sheet, ",1000,,,2020-01-20,台账\r\n"));
    g_assert_nonnull(strstr(sheet, ",,2500,,2020-01-20,普查\r\n"));
    g_assert_nonnull(strstr(sheet, "\r\n" GRID ","));
    g_assert_null(strstr(sheet, ",900,"));
    AUTO(report) struct report report;
    int fd = sheet_file(sheet, strlen(sheet));
    AUTO(mapping) struct mapping *mapping = sheet_mapping(NULL);
    GError *error = NULL;
    report_init(&report);
    const struct import_options options = {
        .engine = rig->engine, .clock = &rig->clock, .what = "unit_facts", .mapping = mapping};
    g_assert_true(import_run(&options, fd, &report, &error));
    close(fd);
    g_assert_cmpint(report.wrong + report.good, ==, 0);
    g_assert_cmpint(report.there, ==, lines_of(sheet) - 1);
}

static void units_from_the_top(void)
{
    g_autofree char *units = of_keeper("units", WORDS_CODES);
    g_assert_true(g_str_has_prefix(units, "\xef\xbb\xbf"
                                          "code,name,type,parent,date\r\n" CITY ",测试市,city,,2020-01-01\r\n"));
    g_assert_true(strstr(units, "\r\n" DISTRICT ",") < strstr(units, "\r\n" GRID ","));
    g_autofree char *below = sheet_exported(rig->engine, &rig->clock, rig_member(rig, "wang")->person, "units",
                                            WORDS_CODES, rig_unit(rig, COMMUNITY));
    g_assert_cmpint(lines_of(below), ==, 4); /* the header, the community and its grids */
}

/* Nor is anybody there who was erased, or whose other registration stands for them. */
static void gone(void)
{
    struct member *first = rig_add(rig, "jia", NULL, NULL);
    g_autoptr(json_t) other = rig_do(rig, "{'command': 'register_person', 'name': '测试jia'}");
    json_decref(rig_do(rig, "{'command': 'merge_persons', 'person': '%s', 'other': '%s'}", first->id,
                       json_get_text(other, "id", "")));
    g_autofree char *merged = of_keeper("persons", WORDS_CODES);
    g_assert_nonnull(strstr(merged, "\r\n测试jia,"));
    g_assert_null(strstr(merged, "\r\n测试jia,,"));
    json_decref(rig_do(rig, "{'command': 'erase_person', 'person': '%s'}", first->id));
    g_autofree char *erased = of_keeper("persons", WORDS_CODES);
    g_assert_null(strstr(erased, "\r\n测试jia,"));
}

/* Pages join without a gap, and nobody stands there twice. */
static void many_persons(void)
{
    g_autofree char *before = of_keeper("persons", WORDS_CODES);
    for (int i = 0; i < MANY; i++)
        json_decref(rig_do(rig, "{'command': 'register_person', 'name': '众人%d'}", i));
    g_autofree char *after = of_keeper("persons", WORDS_CODES);
    g_assert_cmpint(lines_of(after), ==, lines_of(before) + MANY);
    for (int i = 0; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf("\r\n众人%d,", i);
        const char *first = strstr(after, name);
        g_assert_nonnull(first);
        g_assert_null(strstr(first + 1, name));
    }
}

static void who_may(void)
{
    static const struct {
        const char *who, *path;
        int status;
        const char *code;
    } rows[] = {
        {"keeper", "/api/v1/exports/persons.csv", 200, NULL},
        {"wu", "/api/v1/exports/persons.csv", 403, "no_right"},
        {"wu", "/api/v1/exports/posts.csv", 200, NULL},
        {"wu", "/api/v1/exports/units.csv", 200, NULL},
        {"nobody", "/api/v1/exports/posts.csv", 403, "no_right"},
        {NULL, "/api/v1/exports/units.csv", 401, "not_logged_in"},
    };
    rig_add(rig, "nobody", NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(reply) struct reply reply = rig_get(rig, rows[i].who, rows[i].path);
        reply_is(&reply, rows[i].status, rows[i].code);
    }
    AUTO(reply) struct reply doctor = rig_get(rig, "chen", "/api/v1/exports/persons.csv");
    g_assert_cmpint(doctor.status, ==, 200);
    g_assert_cmpint(lines_of(doctor.text->str), ==, 5); /* three live in the community, and they see themselves */
    g_assert_nonnull(strstr(doctor.text->str, "\r\n只有名字,,," GRID ",2单元301,"));
    g_assert_null(strstr(doctor.text->str, "测试wang"));
}

/* Names of posts are known to all; what else is known of their holders is masked, and is none of others' business. */
static void masked(void)
{
    struct member *hou = rig_add(rig, "hou", "community_secretary", SIBLING);
    AUTO(reply) struct reply before = rig_get(rig, "wu", "/api/v1/exports/posts.csv");
    g_assert_nonnull(strstr(before.text->str, "\r\n测试hou,,,community_secretary," SIBLING ",")); /* not seen at all */
    json_decref(rig_do(rig,
                       "{'command': 'open_matter', 'kind': 'home_observation', 'unit': '%s', 'subject': "
                       "'%s', 'form': {'last_exposure': '2020-02-01T08:00:00+08:00'}}",
                       SIBLING_GRID, hou->id));
    AUTO(reply) struct reply after = rig_get(rig, "wu", "/api/v1/exports/posts.csv");
    const char *row = strstr(after.text->str, "\r\n测试hou,");
    g_assert_nonnull(row);
    g_assert_true(strstr(row, "139****") < strstr(row, ",community_secretary,"));
    AUTO(reply) struct reply zh = rig_get(rig, "keeper", "/api/v1/exports/posts.csv?headers=zh");
    g_assert_nonnull(strstr(zh.text->str, "姓名,身份证号,手机号,岗位,责任区,所在单位,开始时间,结束时间"));
    g_assert_nonnull(strstr(zh.text->str, ",社区书记," SIBLING "," SIBLING ","));
}

/* Who was shown to whom can be asked for. */
static void a_trace(void)
{
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s/traces", rig_member(rig, "zhao")->id);
    AUTO(reply) struct reply sheet = rig_get(rig, "keeper", "/api/v1/exports/persons.csv");
    g_assert_nonnull(strstr(sheet.text->str, "测试zhao,"));
    bool seen = false;
    for (int i = 0; i < 1000 && !seen; i++) { /* the writer takes it behind the answer */
        AUTO(reply) struct reply reply = rig_get(rig, "watcher", path);
        reply_is(&reply, 200, NULL);
        seen = strstr(reply.text->str, "\"export\"") != NULL;
        g_usleep(seen ? 0 : 5000);
    }
    g_assert_true(seen);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    rig_add(rig, "tang", "supervisor", DISTRICT);
    json_decref(rig_do(rig, "{'command': 'register_person', 'name': '-不是公式'}"));
    json_decref(rig_do(
        rig, "{'command': 'move_in', 'persons': [{'name': '只有名字'}], 'unit': '%s', 'dwelling': '2单元301'}", GRID));
    g_test_add_func("/listing/units", units_from_the_top);
    g_test_add_func("/listing/unit-facts", facts_of_units);
    g_test_add_func("/listing/round-trip", round_trip);
    g_test_add_func("/listing/who-may", who_may);
    g_test_add_func("/listing/masked", masked);
    g_test_add_func("/listing/trace", a_trace);
    g_test_add_func("/listing/gone", gone);
    g_test_add_func("/listing/many", many_persons);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
