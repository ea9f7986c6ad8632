/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets through an engine: all or none, the same twice, and every problem of a sheet provoked by some row. */
#include "office.h"
#include "rig.h"

#include "base/limits.h"
#include "interop/import.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static struct rig *rig;

struct given {
    const char *what, *sheet;
    size_t bytes; /* 0: strlen */
    const char *mapping;
    const char *person; /* of the cast; NULL the operator */
    bool apply, partial;
    int64_t at_us;
};

static void run(const struct given *given, struct report *report)
{
    int fd = sheet_file(given->sheet, given->bytes > 0 ? given->bytes : strlen(given->sheet));
    GError *error = NULL;
    AUTO(mapping) struct mapping *mapping = sheet_mapping(given->mapping);
    struct import_options options = {.engine = rig->engine,
                                     .clock = &rig->clock,
                                     .what = given->what,
                                     .person = given->person != NULL ? rig_member(rig, given->person)->person : 0,
                                     .mapping = mapping,
                                     .apply = given->apply,
                                     .partial = given->partial,
                                     .at_us = given->at_us};
    report_init(report);
    rig_settle(rig);
    import_run(&options, fd, report, &error);
    g_assert_no_error(error);
    close(fd);
}

/* ---- every problem ---- */

#define HOME     "单位,姓名,身份证号,手机号,末次接触时间,住址\n"
#define NUMBERED GRID ",测试甲,110101199003070345,,2020-02-01 08:00,甲\n"
#define RIGHT    GRID ",测试甲,,13900000001,2020-02-01 08:00,甲\n"

static const struct {
    enum problem_code code;
    struct given given;
    const char *findings;
} wrong[] = {
    {PROBLEM_SHEET_UNREADABLE, {"persons", "PK\x03\x04"}, "0::sheet_unreadable"},
    {PROBLEM_SHEET_EMPTY, {"persons", "姓名\n"}, "0::sheet_empty"},
    {PROBLEM_SHEET_TOO_LONG, {"units", NULL}, "0::sheet_too_long"}, /* made below */
    {PROBLEM_NO_SUCH_WORKSHEET, {NULL}, NULL},                      /* these five: tests/interop/workbooks.c */
    {PROBLEM_WORKSHEET_UNCLEAR, {NULL}, NULL},
    {PROBLEM_CELL_ERROR, {NULL}, NULL},
    {PROBLEM_FORMULA_UNCALCULATED, {NULL}, NULL},
    {PROBLEM_ROW_MERGED, {NULL}, NULL},
    {PROBLEM_TOO_LONG_AGO, {NULL}, NULL}, /* it_says_when() */
    {PROBLEM_HEADER_NOT_FOUND, {"persons", "甲,乙\n1,2\n"}, "0::header_not_found"},
    {PROBLEM_MISSING_COLUMN, {"persons", "手机号\n13900000001\n"}, "1::missing_column"},
    {PROBLEM_UNKNOWN_COLUMN, {"persons", "姓名,身份证\nx,y\n"}, "1:身份证:unknown_column"},
    {PROBLEM_COLUMN_TWICE, {"persons", "姓名,Name\nx,y\n"}, "1:Name:column_twice"},
    {PROBLEM_OPEN_QUOTE, {"persons", "姓名,手机号\n\"测试,1\n"}, "2::open_quote"},
    {PROBLEM_STRAY_QUOTE, {"persons", "姓名,手机号\n\"测\"试,1\n"}, "2::stray_quote"},
    {PROBLEM_NUL_BYTE, {"persons", "姓名,手机号\n测\0试,\n", 25}, "2::nul_byte"},
    {PROBLEM_ROW_TOO_LARGE, {"persons", NULL}, "2::row_too_large"},
    {PROBLEM_ROW_TOO_WIDE, {"persons", NULL}, "2::row_too_wide"},
    {PROBLEM_ROW_RAGGED, {"persons", "姓名,手机号\n测试\n测试,,多\n"}, "3:C:row_ragged"},
    {PROBLEM_ROW_CHARSET, {"persons", "姓名,手机号\n\xd5\xc5\xc8\xfd,\n测试,\n李四,\n"}, "2::row_charset"},
    {PROBLEM_DIGITS_LOST, {"persons", "姓名,身份证号\n测试,1.10101E+17\n"}, "2:身份证号:digits_lost"},
    {PROBLEM_ZEROS_LOST, {"persons", "姓名,所在单位\n测试,42\n"}, "2:所在单位:zeros_lost"},
    {PROBLEM_DATE_AMBIGUOUS,
     {"home_observation", HOME GRID ",测试,,,3.2.2020 8:00,\n"},
     "2:末次接触时间:date_ambiguous"},
    {PROBLEM_DATE_IS_RANGE,
     {"home_observation", HOME GRID ",测试,,,2020-2-1 - 2020-2-3,\n"},
     "2:末次接触时间:date_is_range"},
    {PROBLEM_TIME_MISSING, {"home_observation", HOME GRID ",测试,,,20200201,\n"}, "2:末次接触时间:time_missing"},
    {PROBLEM_NAME_AMBIGUOUS, {"persons", "姓名,所在单位\n测试,同名网格\n"}, "2:所在单位:name_ambiguous"},
    {PROBLEM_VALUE_NOT_MAPPED,
     {"persons", "姓名,u\n测试,丙\n", .mapping = "columns: {u: {to: unit, values: {甲: '" GRID "'}}}\n"},
     "2:u:value_not_mapped"},
    {PROBLEM_SAME_SUBJECT, {"home_observation", HOME NUMBERED NUMBERED}, "3::same_subject 3::same_content"},
    {PROBLEM_KEY_TWICE,
     {"persons", "姓名,号\n测甲,1\n测乙,1\n", .mapping = "key: 号\ncolumns: {号: ignore}\n"},
     "3::key_twice"},
    {PROBLEM_KEY_EMPTY, {"persons", "姓名,号\n测甲,\n", .mapping = "key: 号\ncolumns: {号: ignore}\n"}, "2::key_empty"},
    {PROBLEM_DATE_ORDER, {"persons", "姓名,居住地,居住起始\n测试," GRID ",29.2.2020 8:00\n"}, "2:居住起始:date_order"},
    {PROBLEM_YEAR_SHORT, {"persons", "姓名,居住地,居住起始\n测试," GRID ",58/3/1 8:00\n"}, "2:居住起始:year_short"},
    {PROBLEM_HOUR_UNCLEAR,
     {"persons", "姓名,居住地,居住起始\n测试," GRID ",2020-01-03 晚上12点\n"},
     "2:居住起始:hour_unclear"},
    {PROBLEM_ENCODING_UNCLEAR, {"persons", "name\n\xd0\xb0\xd0\xb0\n"}, "0::encoding_unclear"},
    {PROBLEM_CHARACTER_LOST, {"persons", "姓名\n测\xef\xbf\xbd\n"}, "2:姓名:character_lost"},
    {PROBLEM_TOTAL_ROW, {"persons", "姓名\n测试\n合计：3人\n"}, "3::total_row"},
    {PROBLEM_HOME_MISSING, {"persons", "姓名,门牌\n测试甲,101\n"}, "2:门牌:home_missing"},
    {PROBLEM_NOT_A_YES_OR_NO, {NULL}, NULL}, /* tests/interop/reading.c: this playbook asks no yes or no */
};

static char *sheet_of_units(int rows)
{
    GString *sheet = g_string_new("姓名\n");
    for (int i = 0; i < rows; i++)
        g_string_append(sheet, "x\n");
    return g_string_free(sheet, FALSE);
}

/* The header is no row: what is wrong with a sheet as long as one may be is another thing. */
static void as_long_as_may_be(void)
{
    AUTO(report) struct report report;
    g_autofree char *sheet = sheet_of_units(LIMIT_IMPORT_UNIT_ROWS);
    run(&(struct given){.what = "units", .sheet = sheet}, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_null(strstr(found, "sheet_too_long"));
    g_assert_cmpstr(found, !=, "");
}

/* Units are tried a chunk at a time, as all rows are: each with the earlier rows under which it stands, none later. */
static void units_chunk_by_chunk(void)
{
    enum { GRIDS = 3 * LIMIT_IMPORT_CHUNK_ROWS };
    AUTO(report) struct report report;
    struct engine_metrics before, after;
    GString *sheet = g_string_new("code,name,parent,type\n110101001099,试验社区," SUBDISTRICT ",community\n");
    for (int i = 0; i < GRIDS; i++)
        g_string_append_printf(sheet, "110101001099%03d,第%d网格,110101001099,grid\n", i, i);
    g_string_append(sheet, "110101001098001,早了,110101001098,grid\n110101001098,后来," SUBDISTRICT ",community\n");
    engine_metrics(rig->engine, &before);
    run(&(struct given){.what = "units", .sheet = sheet->str}, &report);
    engine_metrics(rig->engine, &after);
    g_autofree char *found = findings_in(&report), *early = g_strdup_printf("%d:parent:unknown_unit", GRIDS + 3);
    g_assert_cmpstr(found, ==, early);
    g_assert_cmpint(report.good, ==, GRIDS + 2);
    g_assert_cmpint(after.commands - before.commands, >, GRIDS / LIMIT_IMPORT_CHUNK_ROWS);
    g_string_free(sheet, TRUE);
}

static char *made_sheet(enum problem_code code)
{
    if (code == PROBLEM_SHEET_TOO_LONG)
        return sheet_of_units(LIMIT_IMPORT_UNIT_ROWS + 1);
    GString *sheet = g_string_new("姓名\n");
    for (int i = 0; code == PROBLEM_ROW_TOO_LARGE && i < LIMIT_SHEET_ROW_BYTES; i++)
        g_string_append_c(sheet, 'x');
    for (int i = 0; code == PROBLEM_ROW_TOO_WIDE && i < LIMIT_SHEET_COLUMNS + 1; i++)
        g_string_append_c(sheet, ',');
    g_string_append_c(sheet, '\n');
    return g_string_free(sheet, FALSE);
}

/* Totals however they are set, and what is written below a list; whoever has such a name and more is a person. */
static void no_records(void)
{
    static const char *const rows[][2] = {
        {"姓名\n测试\n合　 计\n共 3 人\nTotal\n合計（人）\n本页小计\n",
         "3::total_row 4::total_row 5::total_row 6::total_row 7::total_row"},
        {"姓名,手机号\n测试,\n以下空白,\n备注：,\n12,\n无,13900001234\n测共,\n",
         "3::total_row 4::total_row 5::total_row"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(report) struct report report;
        run(&(struct given){.what = "persons", .sheet = rows[i][0]}, &report);
        g_autofree char *found = findings_in(&report);
        g_assert_cmpstr(found, ==, rows[i][1]);
    }
}

/* What follows the header of another table is not read by this one's. */
static void other_tables(void)
{
    static const char *const headers[] = {"姓名,身份证号,所在单位,备注", "姓名,居住地,手机号", "手机号,姓名",
                                          "name,phone"};
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
        for (int blank = 0; blank < 2; blank++) {
            AUTO(report) struct report report;
            g_autofree char *sheet =
                g_strdup_printf("姓名,手机号,居住地,门牌\n测表一,13900001111," GRID ",1\n%s%s\n测表二,,,未到\n",
                                blank ? ",,,\n" : "", headers[i]);
            run(&(struct given){.what = "persons", .sheet = sheet, .partial = true}, &report);
            g_autofree char *found = findings_in(&report), *said = g_strdup_printf("%d::other_table", 3 + blank);
            g_test_message("%s: %s", headers[i], found);
            g_assert_nonnull(strstr(found, said));
            g_assert_cmpint(report.good, ==, 1);
        }
}

static void every_problem(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_cmpint(wrong[i].code, ==, PROBLEM_SHEET_UNREADABLE + i); /* none is left out */
        struct given given = wrong[i].given;
        if (given.what == NULL)
            continue;
        AUTO(report) struct report report;
        g_autofree char *made = given.sheet == NULL ? made_sheet(wrong[i].code) : NULL;
        given.sheet = made != NULL ? made : given.sheet;
        given.apply = true;
        int64_t before = engine_durable_pos(rig->engine);
        run(&given, &report);
        g_autofree char *found = findings_in(&report);
        g_assert_cmpstr(found, ==, wrong[i].findings);
        g_assert_cmpint(engine_durable_pos(rig->engine), ==, before); /* nothing has changed */
        g_assert_cmpint(report.made, ==, 0);
        for (int chinese = 0; chinese < 2; chinese++) {
            g_autofree char *text = report_text(&report, chinese == 1);
            g_assert_null(strstr(text, "(null)"));
            g_assert_null(strchr(text, '{'));
        }
    }
    g_assert_cmpint(PROBLEM_SHEET_UNREADABLE + G_N_ELEMENTS(wrong), ==, PROBLEM_PLAYBOOK_INVALID);
}

/* ---- all or none, and the same twice ---- */

static void counts(const struct report *report, int64_t good, int64_t there, int64_t wrong_rows, int64_t made)
{
    g_autofree char *text = report_text(report, false);
    g_test_message("%s", text);
    g_assert_cmpint(report->good, ==, good);
    g_assert_cmpint(report->there, ==, there);
    g_assert_cmpint(report->wrong, ==, wrong_rows);
    g_assert_cmpint(report->made, ==, made);
}

static void import_counts(const struct given *given, int64_t good, int64_t there, int64_t wrong_rows, int64_t made)
{
    AUTO(report) struct report report;
    run(given, &report);
    counts(&report, good, there, wrong_rows, made);
}

static void persons_twice(void)
{
    struct given given = {"persons", "姓名,身份证号,手机号\n测试一,,13900000011\n测试二,,\n测试二,,\n"};
    import_counts(&given, 3, 0, 0, 0);
    given.apply = true;
    import_counts(&given, 3, 0, 0, 3);
    int64_t before = engine_durable_pos(rig->engine);
    import_counts(&given, 0, 3, 0, 0);
    g_assert_cmpint(engine_durable_pos(rig->engine), ==, before);
}

static void matters_twice(void)
{
    struct given given = {"home_observation", HOME RIGHT GRID ",测试乙,,13900000002,2020/2/1 8:00,=乙\n"};
    given.apply = true;
    import_counts(&given, 2, 0, 0, 2);
    int64_t before = engine_durable_pos(rig->engine);
    import_counts(&given, 0, 2, 0, 0);
    g_assert_cmpint(engine_durable_pos(rig->engine), ==, before);
    clock_set(&rig->clock, RIG_NOW_US + 90 * US_PER_DAY); /* longer than ids of commands are remembered */
    import_counts(&given, 0, 2, 0, 0);
}

/* What is wrong with one row keeps all out, unless the others are wanted. */
static void partial(void)
{
    struct given given = {"home_observation",
                          HOME GRID ",测试丙,,13900000003,2020-02-01 08:00,丙\n" CITY
                                    ",测试丁,,13900000004,2020-02-01 08:00,丁\n",
                          .apply = true};
    import_counts(&given, 1, 0, 1, 0);
    given.partial = true;
    import_counts(&given, 1, 0, 1, 1);
    import_counts(&given, 0, 1, 1, 0);
}

/* A row that opens a matter and enters into it; the constant of an entry alone makes none. */
static void entries_come_with_it(void)
{
    struct given given = {"home_observation", HOME ",体温,何时\n", .apply = true,
                          .mapping = "columns: {体温: check_in.temperature, 何时: check_in.observed_at}\n"
                                     "constants: {check_in.channel: phone}\n"};
    given.sheet =
        "单位,姓名,手机号,末次接触时间,体温,何时\n" GRID
        ",测试戊,13900000005,2020-02-01 08:00,36.5,2020-02-03 07:10\n" GRID
        ",测试己,13900000006,2020-02-01 08:00,,\n" GRID ",测试庚,13900000007,2020-02-01 08:00,99,2020-02-03 07:10\n";
    AUTO(report) struct report report;
    run(&given, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "4:体温:above_maximum");
    counts(&report, 2, 0, 1, 0);
    given.partial = true;
    import_counts(&given, 2, 0, 1, 2);
}

static void rights_are_theirs(void)
{
    struct given given = {"home_observation", HOME OTHER_GRID ",测试辛,,13900000008,2020-02-01 08:00,x\n",
                          .person = "chen", .apply = true};
    AUTO(report) struct report report;
    run(&given, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "2::no_right");
    given.sheet = HOME GRID2 ",测试辛,,13900000008,2020-02-01 08:00,x\n";
    import_counts(&given, 1, 0, 0, 1);
}

/* Counted on the day on which it began; what recurs is asked for from now on, and nobody has missed what was before. */
static void it_says_when(void)
{
    struct given given = {"home_observation", .person = "chen", .apply = true};
    given.sheet =
        "单位,姓名,手机号,末次接触时间,立项时间\n" GRID ",测试子,13900000021,2020-01-29 08:00,2020-01-30 09:00\n" GRID
        ",测试丑,13900000022,2018-01-29 08:00,2018-12-01 09:00\n";
    given.partial = true;
    AUTO(report) struct report report;
    run(&given, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "3:立项时间:too_long_ago"); /* an operator's could be */
    counts(&report, 1, 0, 1, 1);
    engine_run_clock(rig->engine);
    rig_settle(rig);
    AUTO(reply)
    struct reply list =
        rig_get(rig, "chen", "/api/v1/matters?kind=home_observation&opened_from=2020-01-30&opened_to=2020-01-31");
    g_assert_cmpuint(json_array_size(json_at(list.json, "data")), ==, 1);
    g_assert_cmpstr(reply_text(&list, "data.0.opened_at"), ==, "2020-01-30T09:00:00+08:00");
    g_autofree char *path = g_strdup_printf("/api/v1/matters/%s/expectations", reply_text(&list, "data.0.id"));
    AUTO(reply) struct reply expected = rig_get(rig, "chen", path);
    g_assert_cmpstr(reply_text(&expected, "data.0.opens_at"), >=, "2020-02-03");
}

static void units_and_posts(void)
{
    struct given units = {"units",
                          "代码,名称,类型,上级单位\n110101001003,新社区,社区,110101001\n110101001003001,"
                          "新网格,grid,110101001003\n",
                          .apply = true};
    import_counts(&units, 2, 0, 0, 2);
    import_counts(&units, 0, 2, 0, 0);
    struct given posts = {
        "posts", "姓名,手机号,岗位,责任区\n测试一,13900000011,网格员,新网格、" GRID "\n测试二,,grid_worker," GRID "\n",
        .apply = true};
    AUTO(report) struct report report;
    run(&posts, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "3:姓名:name_ambiguous");
    posts.partial = true;
    import_counts(&posts, 1, 0, 1, 1);
    import_counts(&posts, 0, 1, 1, 0);
}

/* Not only the first; and in the words of the playbook. */
static void every_mistake_of_a_row(void)
{
    static const struct {
        const char *what, *sheet, *findings, *zh, *en;
    } rows[] = {
        {"posts", "姓名,手机号,岗位,责任区\n测试无人,13900000099,网管员," GRID "\n",
         "2:岗位:unknown_role 2:姓名:unknown_person", "没有这种角色", "no such role"},
        {"units", "代码,名称,类型,上级单位\n110101001009,一,社区,110101001\n110101001009,二,村,110101001\n",
         "3:类型:unknown_unit_type 3:代码:code_taken", "单位类型", "type"},
        {"home_observation", "单位,姓名,末次接触时间,住址\n,测试一,2020年13月,甲\n",
         "2:末次接触时间:invalid_date 2:单位:missing_field", "必填项缺失", "required"},
        {"persons", "姓名,证件类型,身份证号\n测试证,驾驶证,12345678\n", "2:证件类型:not_in_list",
         "不在代码表 证件类型 中，可选 居民身份证、", "not in list of identity documents; expected Resident"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(report) struct report report;
        run(&(struct given){rows[i].what, rows[i].sheet}, &report);
        g_autofree char *found = findings_in(&report), *zh = report_text(&report, true),
                        *en = report_text(&report, false);
        g_test_message("%s%s", zh, en);
        g_assert_cmpstr(found, ==, rows[i].findings);
        g_assert_nonnull(strstr(zh, rows[i].zh));
        g_assert_nonnull(strstr(en, rows[i].en));
        g_assert_cmpint(report.wrong, ==, 1);
    }
}

/* Not taken for a worksheet of that name. */
static void a_kind_misspelt(void)
{
    struct given given = {"home_observation", "单位,姓名\n" GRID ",测试一\n", .mapping = "sheet: home_observaton\n"};
    AUTO(report) struct report report;
    run(&given, &report);
    g_autofree char *found = findings_in(&report), *text = report_text(&report, false);
    g_assert_cmpstr(found, ==, "0::unknown_kind");
    g_assert_nonnull(strstr(text, "did you mean home_observation?"));
    given.mapping = "sheet: 名单\n";
    AUTO(report) struct report other;
    run(&given, &other);
    g_autofree char *no_worksheet = findings_in(&other);
    g_assert_cmpstr(no_worksheet, ==, "0::no_such_worksheet");
}

/* A shift a row, of the post that the person has in the role. */
static void rosters(void)
{
    struct given posts = {"posts", "姓名,手机号,岗位,责任区\n测试一,13900000011,网格员," GRID2 "\n", .apply = true};
    import_counts(&posts, 1, 0, 0, 1);
    struct given sheet = {"rosters",
                          "姓名,手机号,岗位,责任区,值班开始,值班结束\n"
                          "测试一,13900000011,网格员," GRID2 ",2020-03-04 08:00,2020-03-04 20:00\n"
                          "测试一,13900000011,网格员," GRID2 ",2020-03-03 08:00,2020-03-03 20:00\n"
                          "测试一,13900000011,网格员," GRID2 ",2020-03-05 20:00,2020-03-05 08:00\n"
                          "测试一,13900000011,社区医生,,2020-03-05 08:00,2020-03-05 20:00\n"
                          "测试一,13900000011,厨师,,2020-03-05 08:00,2020-03-05 20:00\n"
                          "测试一,13900000011,网格员," GRID ",2020-03-05 08:00,2020-03-05 20:00\n"
                          "测试一,13900000011,网格员," GRID2 ",2020-03-05 08:00,\n",
                          .apply = true, .partial = true};
    AUTO(report) struct report report;
    run(&sheet, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==,
                    "4:值班结束:before_start 5:岗位:post_not_held 6:岗位:unknown_role 7:责任区:post_not_held "
                    "8:值班结束:missing_field");
    counts(&report, 2, 0, 5, 2);
    import_counts(&sheet, 0, 2, 5, 0);
}

/* A row a unit and day: each number by itself; an empty cell says nothing. */
static void facts_of_units(void)
{
    struct given sheet = {"unit_facts",
                          "代码,户数,常住人口,起始日期,来源\n" COMMUNITY ",900,,2020-01-10,台账\n" COMMUNITY
                          ",1000,2500,2020-01-20,\n" GRID ",,,,\n",
                          .apply = true};
    import_counts(&sheet, 2, 1, 0, 2);
    import_counts(&sheet, 0, 3, 0, 0);
    sheet.sheet = "代码,户数\n" COMMUNITY ",1000\n"; /* holds now, since some day */
    import_counts(&sheet, 0, 1, 0, 0);
}

static int64_t known_since(const char *day, const char *fact)
{
    int64_t found = 0, unit;
    int32_t from;
    GError *error = NULL;
    struct reader *rows = reader_open(rig->data, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(date_parse(day, &from));
    g_assert_true(registry_unit_by_text(rows->rows, COMMUNITY, clock_now_us(&rig->clock), &unit));
    db_integer(rows->rows, &found, "SELECT value FROM unit_fact WHERE unit = ?1 AND fact = ?2 AND from_us = ?3", "isi",
               unit, fact, from * US_PER_DAY - 8 * US_PER_HOUR);
    reader_close(rows);
    return found;
}

static void finds(const struct given *given, const char *wanted, const char *sentence)
{
    AUTO(report) struct report report;
    run(given, &report);
    g_autofree char *found = findings_in(&report), *text = report_text(&report, true);
    g_assert_cmpstr(found, ==, wanted);
    if (strstr(text, sentence) == NULL)
        g_error("%s", text);
}

/* A correction is not taken back by the sheet that was there before it. */
static void facts_that_were_corrected(void)
{
    struct given sheet = {"unit_facts",
                          "代码,户数,起始日期,来源\n" COMMUNITY ",700,2020-01-05,台账\n" COMMUNITY ",710,2020-01-06,\n",
                          .apply = true};
    import_counts(&sheet, 2, 0, 0, 2);
    json_decref(rig_do(rig,
                       "{'command': 'set_unit_fact', 'unit': '" COMMUNITY
                       "', 'fact': 'households', 'value': 790, 'date': '2020-01-05', 'source': '%s'}",
                       "普查"));
    import_counts(&sheet, 0, 2, 0, 0);
    g_assert_cmpint(known_since("2020-01-05", "households"), ==, 790);
    finds(&sheet, "2::differs 3::there_already", "已有，但 户数 (790) 不同，未改动");
    sheet.sheet = "代码,户数,起始日期,来源\n" COMMUNITY ",790,2020-01-05,台账\n";
    finds(&sheet, "2::differs", "来源 (普查)");
    sheet.sheet = "代码,户数,常住人口,起始日期\n" COMMUNITY ",700,1800,2020-01-05\n"; /* what was not known is taken */
    finds(&sheet, "2::differs", "户数 (790)");
    g_assert_cmpint(known_since("2020-01-05", "households"), ==, 790);
    g_assert_cmpint(known_since("2020-01-05", "residents"), ==, 1800);
    sheet.sheet = "代码,户数,起始日期,来源\n" COMMUNITY ",710,2020-01-06,台账\n";
    import_counts(&sheet, 1, 0, 0, 1);
    sheet.sheet = "代码,户数\n" COMMUNITY ",1200\n"; /* from today on */
    import_counts(&sheet, 1, 0, 0, 1);
    sheet.sheet = "代码,户数\n" COMMUNITY ",1300\n";
    finds(&sheet, "2::differs", "户数 (1200)");
}

static void mistakes_in_facts_of_units(void)
{
    struct given sheet = {"unit_facts",
                          "代码,名称,户数,门数,起始日期\n" COMMUNITY ",x,99999,,2020-01-09\n" COMMUNITY
                          ",,一千,,2020-01-11\n" COMMUNITY ",,5,,2021-02-05\n" COMMUNITY ",,5,7,2020-01-13\n" COMMUNITY
                          ",,5,,2020-01-14\n" COMMUNITY ",,6,,2020-01-14\n110199,,5,,2020-01-15\n,,5,,2020-01-15\n" GRID
                          ",,,-3,2020-01-15\n" COMMUNITY ",,5,,1949-10-01\n",
                          .apply = true, .partial = true};
    AUTO(report) struct report report;
    run(&sheet, &report);
    g_autofree char *found = findings_in(&report), *text = report_text(&report, true);
    g_test_message("%s", text);
    g_assert_cmpstr(found, ==,
                    "2:户数:above_maximum 3:户数:wrong_type 4:起始日期:in_future 5:门数:no_fact_of_type 7::key_twice "
                    "8:代码:unknown_unit 9:代码:missing_field 10:门数:below_minimum 11:起始日期:before_unit "
                    "0:名称:column_left_out");
    counts(&report, 1, 0, 9, 1);
}

/* A title above, merged cells over two header rows, a row of explanations. */
static void headers_as_they_are(void)
{
    struct given given = {"home_observation",
                          "居家观察名单,,,,\n"
                          "单位,个人信息,,末次接触时间,备注\n"
                          ",姓名（必填）,手机号,,\n"
                          "必填,必填,选填,格式：2020-02-03 08:30,\n" GRID ",测试壬,13900000009,2020-02-01 08:00,无\n",
                          .mapping = "columns: {备注: address}\n"};
    AUTO(report) struct report report;
    run(&given, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "0::header_row 4::notes_row");
    counts(&report, 1, 0, 0, 0);
}

/* What separates cells is found below a title and a blank line; short rows end in empty cells; all columns but those
 * that are named are left out when the mapping says so; rows of explanations are those of the columns that count. */
static void sheets_as_they_are(void)
{
    static const struct {
        const char *sheet, *mapping, *findings;
        int64_t good;
    } rows[] = {
        {"演练社区2月3日登记表\n姓名\t身份证号\t手机号\n演甲\t110000199102030013\t01000000201\n", NULL, "0::header_row",
         1},
        {"\n姓名\t手机号\n演分\t01000000203\n", NULL, "0::header_row", 1},
        {"登记表,甲,乙\n姓名;手机号\n演分;01000000204\n", NULL, "0::header_row", 1},
        {"姓名,手机号,身份证号,所在单位\n演短一,01000000101,,\n演短二,01000000102\n", NULL, "", 2},
        {"姓名,民族,性别\n必填，真实姓名,汉族等,男/女\n演实,汉,男\n", "columns: {姓名: name, '*': ignore}\n",
         "2::notes_row", 1},
        {"姓名,手机号\n必填,选填\n真实姓名,11位数字\n演实,01000000205\n", NULL, "2::notes_row 3::notes_row", 1},
        {"姓名,身份证号,手机号,居住地,门牌,居住起始\n必填,18位,11位,代码,如1号,年月日\n演实,,01000000208,,,\n", NULL,
         "2::notes_row", 1},
        {"登记表\n\n\n\n\n\n\n\n\n\n\n\n\n姓名,手机号\n\n\n必填,选填\n\n演实,01000000206\n", NULL,
         "0::header_row 17::notes_row", 1},
        {"姓名,手机号\n演练社区登记表,\n,\n\n必填，真实姓名,11位数字\n\n演实,01000000207\n", NULL,
         "2::title_row 5::notes_row", 1},
        {"姓名,手机号\n演空,\n演实,01000000208\n", NULL, "", 2},
        {"姓名\n演一\n演二\n", NULL, "", 2},
        {"姓名,手机号\n演实,不是电话\n", "columns: {姓名: name, '*': ignore}\n", "", 1},
        {"姓名,手机号,手机号\n演重一,01000000311,01000000312\n", NULL, "1:手机号:column_twice", 0},
        {"姓名,手机号,居住地,门牌\n演门一,01000000611," GRID ",2E01\n演门二,01000000612," GRID ",12E3\n", NULL, "", 2},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(report) struct report report;
        run(&(struct given){.what = "persons", .sheet = rows[i].sheet, .mapping = rows[i].mapping}, &report);
        g_autofree char *found = findings_in(&report);
        g_assert_cmpstr(found, ==, rows[i].findings);
        g_assert_cmpint(report.good, ==, rows[i].good);
        g_assert_cmpint(report.wrong, ==, 0);
    }
}

static void is_home_of(const char *name, const char *unit)
{
    rig_settle(rig);
    AUTO(reply) struct reply found = rig_post(rig, "keeper", "/api/v1/persons/search", "{'name': '%s'}", name);
    g_autofree char *path = g_strdup_printf("/api/v1/persons/%s", reply_text(&found, "data.0.id"));
    AUTO(reply) struct reply person = rig_get(rig, "keeper", path);
    g_assert_cmpstr(reply_text(&person, "residence.unit.name"), ==, unit);
}

/* A code means the unit that had it at the time of the row; of one that is closed the day is told. */
static void codes_of_their_time(void)
{
    static const char *const done[] = {
        "{'command':'create_unit','parent':'" COMMUNITY
        "','type':'grid','code':'old-1','name':'演练前格','date':'2020-01-01'}",
        "{'command':'recode_unit','unit':'old-1','code':'new-1','date':'2020-01-20'}",
        "{'command':'create_unit','parent':'" COMMUNITY
        "','type':'grid','code':'old-1','name':'演练后格','date':'2020-02-01'}",
        "{'command':'create_unit','parent':'" COMMUNITY
        "','type':'grid','code':'old-2','name':'演练改格','date':'2020-01-01'}",
        "{'command':'recode_unit','unit':'old-2','code':'new-2','date':'2020-01-20'}",
        "{'command':'create_unit','parent':'" COMMUNITY
        "','type':'grid','code':'gone','name':'演练撤格','date':'2020-01-01'}",
        "{'command':'close_unit','unit':'gone','date':'2020-01-25'}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(done); i++)
        json_decref(rig_do(rig, "%s", done[i]));
    struct given given = {"persons",
                          "姓名,手机号,居住地,居住起始\n"
                          "演练前,01000000701,old-1,2020-01-10 08:00\n"
                          "演练后,01000000702,old-1,2020-02-02 08:00\n"
                          "演练今,01000000703,old-1,\n"
                          "演练改,01000000704,old-2,2020-02-02 08:00\n"
                          "演练撤,01000000705,gone,\n"
                          "演练早,01000000706,gone,2020-01-10 08:00\n"
                          "演练无,01000000707,never,2020-01-10 08:00\n"
                          "演练日,01000000708,old-2,2020-01-20\n" /* a day alone begins with it */
                          "演练夜,01000000709,old-2,2020年1月19日\n",
                          .apply = true, .partial = true};
    AUTO(report) struct report report;
    run(&given, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "6:居住地:closed_unit 7:居住地:closed_unit 8:居住地:unknown_unit 6::no_home");
    for (guint i = 0; i < report.findings->len; i++) {
        const struct finding *finding = g_ptr_array_index(report.findings, i);
        if (finding->problem != NULL && finding->problem->code == PROBLEM_CLOSED_UNIT)
            g_assert_cmpstr(finding->problem->args[0], ==, "2020-01-25");
    }
    counts(&report, 6, 0, 3, 6);
    is_home_of("演练前", "演练前格");
    is_home_of("演练后", "演练后格");
    is_home_of("演练今", "演练后格");
    is_home_of("演练改", "演练改格");
    /* The day that is asked for, of rows that say nothing of when. */
    struct given asked = {"persons",
                          "姓名,手机号,居住地,居住起始\n演练昔,01000000708,old-1,\n"
                          "演练自,01000000709,old-1,2020-02-02 08:00\n",
                          .apply = true, .at_us = INT64_C(1578628800000000)}; /* 2020-01-10T12:00:00+08:00 */
    import_counts(&asked, 2, 0, 0, 2);
    is_home_of("演练昔", "演练前格");
    is_home_of("演练自", "演练后格");
}

/* Rows that differ in their key alone are shown, and are as many matters as keys. */
static void alike_but_for_the_key(void)
{
    struct given given = {
        "inspection", "号,单位,对象单位,主题\n1," COMMUNITY "," COMMUNITY ",通风\n2," COMMUNITY "," COMMUNITY ",通风\n",
        .mapping = "key: 号\ncolumns: {号: ignore}\n", .apply = true};
    AUTO(report) struct report report;
    run(&given, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, "3::alike");
    counts(&report, 2, 0, 0, 2);
    import_counts(&given, 0, 2, 0, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    json_decref(rig_do(rig,
                       "{'command': 'create_unit', 'parent': '%s', 'type': 'grid', 'code': '0042', 'name': '同名网格'}",
                       COMMUNITY));
    json_decref(rig_do(rig, "{'command': 'create_unit', 'parent': '%s', 'type': 'grid', 'name': '同名网格'}", SIBLING));
    g_test_add_func("/import/as-long-as-may-be", as_long_as_may_be);
    g_test_add_func("/import/units-chunk-by-chunk", units_chunk_by_chunk);
    g_test_add_func("/import/every-problem", every_problem);
    g_test_add_func("/import/no-records", no_records);
    g_test_add_func("/import/codes-of-their-time", codes_of_their_time);
    g_test_add_func("/import/other-tables", other_tables);
    g_test_add_func("/import/persons-twice", persons_twice);
    g_test_add_func("/import/matters-twice", matters_twice);
    g_test_add_func("/import/partial", partial);
    g_test_add_func("/import/a-kind-misspelt", a_kind_misspelt);
    g_test_add_func("/import/every-mistake-of-a-row", every_mistake_of_a_row);
    g_test_add_func("/import/entries", entries_come_with_it);
    g_test_add_func("/import/rights", rights_are_theirs);
    g_test_add_func("/import/it-says-when", it_says_when);
    g_test_add_func("/import/units-and-posts", units_and_posts);
    g_test_add_func("/import/rosters", rosters);
    g_test_add_func("/import/unit-facts", facts_of_units);
    g_test_add_func("/import/unit-facts-corrected", facts_that_were_corrected);
    g_test_add_func("/import/unit-facts-mistakes", mistakes_in_facts_of_units);
    g_test_add_func("/import/headers", headers_as_they_are);
    g_test_add_func("/import/as-they-are", sheets_as_they_are);
    g_test_add_func("/import/alike", alike_but_for_the_key);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
