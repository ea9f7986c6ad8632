/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of more than one row, out and in; and rows that enter into matters that are there. */
#include "office.h"

#include <string.h>

static struct office office;
static int64_t desk, reader;

static int64_t count(const char *sql)
{
    GError *error = NULL;
    int64_t found = 0;
    struct reader *rows = reader_open(office.data, NULL, &error);
    g_assert_no_error(error);
    db_integer(rows->rows, &found, sql, "");
    reader_close(rows);
    return found;
}

/* But traces of reading, which come when they come. */
static int64_t everything(void)
{
    return count("SELECT (SELECT count(*) FROM matter) + (SELECT count(*) FROM entry) + (SELECT count(*) FROM person)");
}

struct wanted {
    const char *what, *sheet, *mapping;
    bool apply;
    int64_t rows, good, there, wrong, made;
    const char *findings;
};

static void imports(const struct wanted *wanted)
{
    AUTO(report) struct report report;
    int64_t before = everything();
    office_import(&office, wanted->what, wanted->sheet, wanted->mapping, wanted->apply, &report);
    g_autofree char *found = findings_in(&report);
    g_assert_cmpstr(found, ==, wanted->findings);
    g_assert_cmpint(report.rows, ==, wanted->rows);
    g_assert_cmpint(report.good, ==, wanted->good);
    g_assert_cmpint(report.there, ==, wanted->there);
    g_assert_cmpint(report.wrong, ==, wanted->wrong);
    g_assert_cmpint(report.made, ==, wanted->made);
    if (wanted->made == 0)
        g_assert_cmpint(everything(), ==, before);
}

/* ---- lines ---- */

#define SUPPLIES "单位,单号,物资：名称,物资：数量,备注\n"

/* Merged cells leave the rows below empty; others repeat what they belong to. A request of one line is one row. */
static const char lines[] = SUPPLIES "1101,A1,口罩,200,急\n"
                                     ",,防护服,5,\n"
                                     "1101,A2,体温计,3,\n"
                                     "1101,A3,口罩,1,\n"
                                     "1101,A3,手套,2,\n";

static void lines_come_in(void)
{
    struct wanted wanted = {"supply_request", lines, NULL, true, 3, 3, 0, 0, 3, ""};
    imports(&wanted);
    wanted.good = wanted.made = 0;
    wanted.there = 3;
    wanted.findings = "2::there_already 4::there_already 5::there_already";
    imports(&wanted);
    g_autofree char *out = sheet_exported(office.engine, &office.clock, desk, "supply_request", WORDS_CODES, 0);
    g_assert_true(g_str_has_prefix(out, "\xef\xbb\xbf"
                                        "id,unit,unit.name,state,opened_at,closed_at,parent,number,"
                                        "wanted.article,wanted.quantity,remark\r\n"));
    g_assert_nonnull(strstr(out, ",A1,口罩,200,急\r\n"));
    g_assert_nonnull(strstr(out, ",,,,,,,防护服,5,\r\n"));
    g_autofree char *zh = sheet_exported(office.engine, &office.clock, desk, "supply_request", WORDS_ZH, 0);
    g_assert_nonnull(strstr(zh, ",单号,物资：名称,物资：数量,备注\r\n"));
}

/* Another office under the same playbook, with nothing in it but its desk, whose person is returned. */
static int64_t open_elsewhere(struct office *out)
{
    extern const char supplies_playbook[];
    office_open(out, supplies_playbook);
    office_ask(out, "create_unit", json_pack("{s:s, s:s, s:s}", "type", "city", "code", "1101", "name", "演练市"));
    int64_t person = office_ask(out, "register_person", json_pack("{s:s}", "name", "演练甲"));
    office_ask(out, "appoint",
               json_pack("{s:o, s:s, s:[s]}", "person", json_id(person), "role", "desk", "grounds", "1101"));
    return person;
}

/* What went out comes in: nothing here, everything elsewhere, and it goes out the same. */
static void lines_go_round(void)
{
    for (int words = WORDS_CODES; words <= WORDS_EN; words++) {
        g_autofree char *out =
            sheet_exported(office.engine, &office.clock, desk, "supply_request", (enum cell_words)words, 0);
        struct office elsewhere, here = office;
        AUTO(report) struct report report;
        office_import(&office, "supply_request", out, NULL, true, &report);
        g_assert_cmpint(report.there, ==, 3);
        g_assert_cmpint(report.made + report.wrong, ==, 0);
        int64_t person = open_elsewhere(&elsewhere);
        AUTO(report) struct report there;
        office_import(&elsewhere, "supply_request", out, NULL, true, &there);
        g_assert_cmpint(there.made, ==, 3);
        g_autofree char *back =
            sheet_exported(elsewhere.engine, &elsewhere.clock, person, "supply_request", (enum cell_words)words, 0);
        g_assert_cmpstr(back, ==, out);
        office_close(&elsewhere);
        office = here;
    }
}

/* Line breaks, blanks around a text, marks and quotes: what went out comes in elsewhere as it was. */
static void texts_go_round(void)
{
    static const struct {
        const char *brief, *told, *memo;
    } rows[] = {
        {" a", "第一行\n第二行", "x\n\ny"},
        {"a ", "\n前后空行\n", " \n x \n "},
        {"　演练　", "  缩进\n    再缩进", "'引号"},
        {"' b ", "''", "' "},
        {"'", "=1+1\n", " =1+1 "},
        {"a\u00a0", "\u200bx", "\"引\"，;|\t"},
        {"-", "+86", "@x\n "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *memo = g_strdup(rows[i].memo);
        g_strdelimit(memo, "\t", ' '); /* a tab is refused everywhere */
        json_t *form = json_pack("{s:o, s:s, s:s, s:s}", "number", json_sprintf("N%zu", i), "brief", rows[i].brief,
                                 "told", rows[i].told, "memo", memo);
        office_ask(&office, "open_matter",
                   json_pack("{s:s, s:s, s:o}", "kind", "statement", "unit", "1101", "form", form));
    }
    for (int words = WORDS_CODES; words <= WORDS_EN; words++) {
        g_autofree char *out =
            sheet_exported(office.engine, &office.clock, desk, "statement", (enum cell_words)words, 0);
        struct office elsewhere, here = office;
        int64_t person = open_elsewhere(&elsewhere);
        AUTO(report) struct report there;
        office_import(&elsewhere, "statement", out, NULL, true, &there);
        g_autofree char *said = report_text(&there, false);
        g_test_message("%s", said);
        g_assert_cmpint(there.made, ==, G_N_ELEMENTS(rows));
        g_autofree char *back =
            sheet_exported(elsewhere.engine, &elsewhere.clock, person, "statement", (enum cell_words)words, 0);
        g_assert_cmpstr(back, ==, out);
        office_close(&elsewhere);
        office = here;
    }
}

/* A row says when its matter began; what lies ahead, or too far back, is refused. An export brings it out. */
static void it_says_when(void)
{
    static const struct wanted wanted = {"supply_request",
                                         "单位,单号,立项时间,获知时间,物资：名称,物资：数量\n"
                                         "1101,T1,2020-01-28 09:00,,口罩,1\n"
                                         "1101,T2,2012-03-04 09:00,2020-02-01 10:00,口罩,1\n",
                                         NULL,
                                         true,
                                         2,
                                         2,
                                         0,
                                         0,
                                         2,
                                         ""};
    static const struct wanted wrong = {"supply_request",
                                        "单位,单号,立项时间,获知时间,物资：名称,物资：数量\n"
                                        "1101,T3,2020-02-04 08:01,,口罩,1\n"
                                        "1101,T4,1960-01-01 09:00,,口罩,1\n"
                                        "1101,T5,,2027-02-03 09:00,口罩,1\n",
                                        NULL,
                                        true,
                                        3,
                                        0,
                                        0,
                                        3,
                                        0,
                                        "2:立项时间:in_future 3:立项时间:too_long_ago 4:获知时间:in_future"};
    imports(&wanted);
    imports(&wrong);
    g_autofree char *out = sheet_exported(office.engine, &office.clock, desk, "supply_request", WORDS_CODES, 0);
    g_assert_nonnull(strstr(out, ",2020-01-28 09:00:00,"));
    g_assert_nonnull(strstr(out, ",2012-03-04 09:00:00,"));
}

static void lines_are_blamed(void)
{
    static const struct wanted rows[] = {
        /* the third row, where it stands */
        {"supply_request", SUPPLIES "1101,B1,口罩,200,\n,,防护服,0,\n", NULL, true, 1, 0, 0, 1, 0,
         "3:物资：数量:below_minimum"},
        {"supply_request", SUPPLIES "1101,B1,口罩,200,\n,,防护服,,\n", NULL, true, 1, 0, 0, 1, 0,
         "3:物资：数量:missing_field"},
        {"supply_request", SUPPLIES "1101,B1,口罩,200,\n,,防护服,几个,\n", NULL, true, 1, 0, 0, 1, 0,
         "3:物资：数量:wrong_type"},
        {"supply_request", SUPPLIES "1101,B1,a,1,\n,,b,1,\n,,c,1,\n,,d,1,\n", NULL, true, 1, 0, 0, 1, 0,
         "2:物资：名称:too_many_lines"},
        {"supply_request", SUPPLIES "1101,B1,,,无\n", NULL, true, 1, 0, 0, 1, 0, "2:物资：名称:missing_field"},
        /* no request to belong to; and one that is another request */
        {"supply_request", SUPPLIES ",,防护服,5,\n", NULL, true, 1, 0, 0, 1, 0, "2:单位:missing_field"},
        {"supply_request", SUPPLIES "1101,B1,口罩,200,\n1101,B2,防护服,5,\n", NULL, false, 2, 2, 0, 0, 0, ""},
        {"supply_request", SUPPLIES "1101,B1,口罩,200,\n,,防护服,5,加急\n", NULL, true, 2, 1, 0, 1, 0,
         "3:单位:missing_field"},
        /* an equal key is enough */
        {"supply_request", SUPPLIES "1101,B1,口罩,200,急\n1101,B1,防护服,5,不急\n", "key: 单号\n", false, 1, 1, 0, 0, 0,
         ""},
        /* a constant alone makes no line */
        {"supply_request", "单位,单号,物资：名称\n1101,B1,口罩\n,B1,\n", "constants: {wanted.quantity: 1}\n", true, 2,
         1, 0, 1, 0, "3:单位:missing_field"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %zu", i);
        imports(&rows[i]);
    }
}

/* Lines about people are masked as they are. */
static void lines_are_masked(void)
{
    struct wanted wanted = {"tracing",
                            "单位,姓名,手机号,接触者：电话,接触者：天数\n1101,演练乙,13900000001,13900000002,"
                            "3\n,,,13900000003,4\n",
                            NULL,
                            true,
                            1,
                            1,
                            0,
                            0,
                            1,
                            ""};
    imports(&wanted);
    g_autofree char *whole = sheet_exported(office.engine, &office.clock, desk, "tracing", WORDS_CODES, 0);
    g_assert_nonnull(strstr(whole, ",13900000002,3,,,,,\r\n"));
    g_assert_nonnull(strstr(whole, ",,13900000003,4,,,,,\r\n"));
    g_autofree char *masked = sheet_exported(office.engine, &office.clock, reader, "tracing", WORDS_CODES, 0);
    g_assert_nonnull(strstr(masked, ",139****0002,3,,,,,\r\n"));
    g_assert_nonnull(strstr(masked, ",,139****0003,4,,,,,\r\n"));
    g_assert_null(strstr(masked, "13900000003"));
}

/* ---- values of parts ---- */

#define TRACING "单位,姓名,手机号,位置：纬度,位置：经度,位置：误差,位置：来源,坐标系"
#define MAPPED                                                                                                         \
    "columns: {坐标系: spot.datum, 电话时间: ring.call.at, 秒: ring.call.seconds, 方向: "                    \
    "ring.call.direction, 尾号: ring.call.last4}\n"

static void parts_come_in(void)
{
    struct wanted wanted = {"tracing",
                            TRACING ",电话时间,秒,方向,尾号\n"
                                    "1101,演练丁,13900000011,39.904212,116.4074,15,设备定位,GCJ-02（国测局）,"
                                    "2020-02-04 07:00,60,去电,0011\n"
                                    "1101,演练戊,13900000012,,,,,,,,,\n",
                            MAPPED,
                            true,
                            2,
                            2,
                            0,
                            0,
                            2,
                            ""};
    imports(&wanted);
    g_assert_cmpint(count("SELECT count(*) FROM entry WHERE kind = 'ring'"), ==, 1);
    g_autofree char *whole = sheet_exported(office.engine, &office.clock, desk, "tracing", WORDS_CODES, 0);
    g_assert_nonnull(strstr(whole, ",contacts.days,spot.lat,spot.lon,spot.accuracy,spot.source,spot.datum\r\n"));
    g_assert_nonnull(strstr(whole, ",39.904212,116.4074,15,device,gcj02\r\n"));
    g_autofree char *masked = sheet_exported(office.engine, &office.clock, reader, "tracing", WORDS_ZH, 0);
    g_assert_nonnull(strstr(masked, ",39.905,116.405,1000,设备定位,GCJ-02（国测局）\r\n"));
    g_assert_null(strstr(masked, "39.904212"));
    AUTO(report) struct report again;
    office_import(&office, "tracing", whole, NULL, true, &again);
    g_assert_cmpint(again.made + again.wrong, ==, 0);
}

static void parts_are_blamed(void)
{
    static const struct wanted rows[] = {
        {"tracing", TRACING "\n1101,演练己,13900000013,139.9,116.4,15,设备定位,\n", "columns: {坐标系: spot.datum}\n",
         true, 1, 0, 0, 1, 0, "2:位置：纬度:above_maximum"},
        {"tracing", TRACING "\n1101,演练己,13900000013,39.9,,15,设备定位,\n", "columns: {坐标系: spot.datum}\n", true,
         1, 0, 0, 1, 0, "2:位置：经度:missing_field"},
        {"tracing", TRACING "\n1101,演练己,13900000013,39.9,116.4,,设备定位,\n", "columns: {坐标系: spot.datum}\n",
         true, 1, 0, 0, 1, 0, "2:位置：误差:missing_field"},
        {"tracing", TRACING "\n1101,演练己,13900000013,39.9,116.4,,听说,\n", "columns: {坐标系: spot.datum}\n", true, 1,
         0, 0, 1, 0, "2:位置：来源:not_in_list"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %zu", i);
        imports(&rows[i]);
    }
}

/* ---- entries into what is there ---- */

#define ENTERS                                                                                                         \
    "rows: entries\nkey: 单号\ncolumns: {单号: ignore, 何时: delivered.observed_at, 说明: delivered.note, "    \
    "货: delivered.goods.article}\n"

static void entries_find_their_matter(void)
{
    struct wanted open = {
        "supply_request", SUPPLIES "1101,K1,口罩,2,\n1101,K2,手套,2,\n", "key: 单号\n", true, 2, 2, 0, 0, 2, ""};
    imports(&open);
    int64_t before = count("SELECT count(*) FROM entry");
    struct wanted enter = {"supply_request",
                           "单号,何时,说明,货\nK1,2020-02-04 07:00,第一次,口罩\n,,,手套\nK1,2020-02-04 "
                           "07:30,第二次,\nK2,2020-02-04 07:00,,帽子\n",
                           ENTERS,
                           true,
                           3,
                           3,
                           0,
                           0,
                           3,
                           ""};
    imports(&enter);
    g_assert_cmpint(count("SELECT count(*) FROM entry"), ==, before + 3);
    g_assert_cmpint(count("SELECT count(*) FROM entry WHERE clear LIKE '%第一次%' AND clear LIKE '%口罩%手套%'"), ==,
                    1);
    enter.good = enter.made = 0;
    enter.there = 3;
    enter.findings = "2::there_already 4::there_already 5::there_already";
    imports(&enter); /* the same sheet again */
}

/* What was entered goes out a row each, at a time that a spreadsheet reads, and comes in again as it is. */
static void entries_go_out(void)
{
    struct wanted open = {"supply_request", SUPPLIES "1101,E1,口罩,2,\n", "key: 单号\n", true, 1, 1, 0, 0, 1, ""};
    imports(&open);
    struct wanted enter = {"supply_request",
                           "单号,何时,说明,货\nE1,2020-02-04 06:00:30.25,头一次,口罩\n,,,手套\n"
                           "E1,2020-02-04 06:30,又一次,\n",
                           ENTERS,
                           true,
                           2,
                           2,
                           0,
                           0,
                           2,
                           ""};
    imports(&enter);
    g_autofree char *out = entries_exported(office.engine, &office.clock, desk, "supply_request", "delivered");
    g_test_message("%s", out);
    g_assert_nonnull(strstr(out, "id,delivered.observed_at,delivered.attempt,delivered.word_of,delivered.channel,"));
    g_assert_nonnull(strstr(out, ",2020-02-04 06:00:30.250000,,,,口罩,头一次"));
    g_assert_nonnull(strstr(out, ",2020-02-04 06:30:00,,,,,又一次"));
    g_assert_null(strstr(out, "T06:30"));
    AUTO(report) struct report again;
    int64_t before = count("SELECT count(*) FROM entry");
    office_import(&office, "supply_request", out, "rows: entries\n", true, &again);
    g_assert_cmpint(again.wrong + again.made, ==, 0);
    g_assert_cmpint(again.there, >=, 2);
    g_assert_cmpint(count("SELECT count(*) FROM entry"), ==, before);
    g_autofree char *whole = entries_exported(office.engine, &office.clock, desk, "tracing", "ring");
    g_assert_nonnull(strstr(whole, ",0011"));
    g_autofree char *masked = entries_exported(office.engine, &office.clock, reader, "tracing", "ring");
    g_assert_nonnull(strstr(masked, ",****"));
    g_assert_null(strstr(masked, ",0011"));
}

/* The last of what was entered stands beside its matter, and comes in elsewhere as an entry. */
static void last_entries_go_round(void)
{
    struct wanted open = {
        "supply_request", SUPPLIES "1101,L1,口罩,2,\n1101,L2,口罩,3,\n", "key: 单号\n", true, 2, 2, 0, 0, 2, ""};
    imports(&open);
    struct wanted enter = {"supply_request",
                           "单号,何时,说明,货\nL1,2020-02-04 07:30,后一次,\nL1,2020-02-04 07:00,前一次,\n",
                           ENTERS,
                           true,
                           2,
                           2,
                           0,
                           0,
                           2,
                           ""};
    imports(&enter);
    g_autofree char *out = lasts_exported(office.engine, &office.clock, desk, "supply_request", "delivered, close");
    g_test_message("%s", out);
    g_assert_nonnull(strstr(out, ",remark,delivered.observed_at,delivered.attempt,delivered.word_of,delivered.channel,"
                                 "delivered.goods.article,delivered.note,close.observed_at,"));
    g_assert_nonnull(strstr(out, ",L1,口罩,2,,2020-02-04 07:30:00,,,,,后一次,,,,\r\n"));
    g_assert_nonnull(strstr(out, ",L2,口罩,3,,,,,,,,,,,\r\n"));
    g_assert_null(strstr(out, "前一次"));
    struct office elsewhere, here = office;
    AUTO(report) struct report report;
    int64_t before = everything();
    office_import(&office, "supply_request", out, NULL, true, &report);
    g_assert_cmpint(report.made + report.wrong, ==, 0);
    g_assert_cmpint(everything(), ==, before);
    int64_t person = open_elsewhere(&elsewhere);
    AUTO(report) struct report there;
    office_import(&elsewhere, "supply_request", out, NULL, true, &there);
    g_assert_cmpint(there.wrong, ==, 0);
    g_assert_cmpint(there.made, >=, 2);
    g_autofree char *back =
        lasts_exported(elsewhere.engine, &elsewhere.clock, person, "supply_request", "delivered, close");
    g_assert_cmpstr(back, ==, out);
    office_close(&elsewhere);
    office = here;
    g_autofree char *whole = lasts_exported(office.engine, &office.clock, desk, "tracing", "ring");
    g_assert_nonnull(strstr(whole, ",0011"));
    g_autofree char *masked = lasts_exported(office.engine, &office.clock, reader, "tracing", "ring");
    g_assert_nonnull(strstr(masked, ",****"));
    g_assert_null(strstr(masked, ",0011"));
}

/* Of a form, of a line and of an entry. */
static void durations_go_round(void)
{
    struct wanted open = {"round",
                          "单位,编号,间隔,停留：时长,walk.observed_at,walk.took\n"
                          "1101,D1,1h,90s,2020-02-04 07:30,36h\n,,,2d,,\n1101,D2,0s,,,\n",
                          "key: 编号\n",
                          true,
                          2,
                          2,
                          0,
                          0,
                          2,
                          ""};
    imports(&open);
    g_autofree char *out = lasts_exported(office.engine, &office.clock, desk, "round", "walk");
    g_test_message("%s", out);
    g_assert_nonnull(strstr(out, ",D1,1h,90s,2020-02-04 07:30:00,,,,36h\r\n"));
    g_assert_nonnull(strstr(out, ",2d,,,,,\r\n"));
    g_assert_nonnull(strstr(out, ",D2,0d,,,,,,\r\n"));
    struct office elsewhere, here = office;
    int64_t person = open_elsewhere(&elsewhere);
    AUTO(report) struct report there;
    office_import(&elsewhere, "round", out, NULL, true, &there);
    g_assert_cmpint(there.made, ==, 2);
    g_autofree char *back = lasts_exported(elsewhere.engine, &elsewhere.clock, person, "round", "walk");
    g_assert_cmpstr(back, ==, out);
    office_close(&elsewhere);
    office = here;
}

static void entries_by_number_of_another_system(void)
{
    struct wanted open = {"mirrored", "单位,工单号\n1101,H-7\n", NULL, true, 1, 1, 0, 0, 1, ""};
    imports(&open);
    struct wanted enter = {"mirrored",
                           "工单号,何时,答\nH-7,2020-02-04 07:00,已办\n",
                           "rows: entries\ncolumns: {何时: answer.observed_at, 答: answer.text}\n",
                           true,
                           1,
                           1,
                           0,
                           0,
                           1,
                           ""};
    imports(&enter);
    g_assert_cmpint(count("SELECT count(*) FROM entry WHERE kind = 'answer'"), ==, 1);
}

static void entries_are_refused(void)
{
    static const struct wanted rows[] = {
        {"supply_request", "单号,何时,说明\nK9,2020-02-04 07:00,无\n", ENTERS, true, 0, 0, 0, 0, 0,
         "1:货:missing_column"},
        {"supply_request", "单号,何时,说明,货\nK9,2020-02-04 07:00,无,\n", ENTERS, true, 1, 0, 0, 1, 0,
         "2:id:unknown_matter"},
        {"supply_request", "单号,何时,说明,货\nK1,,无,\n", ENTERS, true, 1, 0, 0, 1, 0, "2:何时:time_missing"},
        {"supply_request", "单号,何时,说明,货\nK1,,,\n", ENTERS, true, 1, 0, 0, 1, 0, "2:id:nothing_entered"},
        {"supply_request",
         "单号,何时,说明,货\nK1,2020-02-04 06:00,甲,\nK2,2020-02-04 06:00,太长的一句说明写不下了吧,\n", ENTERS, true, 2,
         1, 0, 1, 0, "3:说明:text_too_long"},
        {"supply_request", "单号,何时,说明,货\nK1,2020-02-04 06:00,甲,\nK1,2020-02-04 06:00,乙,\n", ENTERS, true, 2, 1,
         0, 1, 0, "3::key_twice"},
        {"supply_request", "何时,说明\n2020-02-04 06:00,甲\n",
         "rows: entries\ncolumns: {何时: delivered.observed_at, 说明: delivered.note}\n", true, 0, 0, 0, 0, 0,
         "1::missing_column"},
        {"supply_request", "事项编号,说明\nx,甲\n", "rows: entries\ncolumns: {说明: delivered.note}\n", true, 0, 0, 0,
         0, 0, "1::missing_column"},
        {"supply_request", "事项编号,备注\nx,甲\n", "rows: entries\n", true, 0, 0, 0, 0, 0, "1::missing_column"},
        {"persons", "姓名\n甲\n", "rows: entries\n", true, 0, 0, 0, 0, 0, "0::unknown_kind"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %zu", i);
        imports(&rows[i]);
    }
}

int main(int argc, char **argv)
{
    extern const char supplies_playbook[];
    g_test_init(&argc, &argv, NULL);
    office_open(&office, supplies_playbook);
    office_ask(&office, "create_unit", json_pack("{s:s, s:s, s:s}", "type", "city", "code", "1101", "name", "演练市"));
    desk = office_ask(&office, "register_person", json_pack("{s:s}", "name", "演练甲"));
    reader = office_ask(&office, "register_person", json_pack("{s:s}", "name", "演练丙"));
    office_ask(&office, "appoint",
               json_pack("{s:o, s:s, s:[s]}", "person", json_id(desk), "role", "desk", "grounds", "1101"));
    office_ask(&office, "appoint",
               json_pack("{s:o, s:s, s:[s]}", "person", json_id(reader), "role", "reader", "grounds", "1101"));
    g_test_add_func("/records/lines", lines_come_in);
    g_test_add_func("/records/lines-round", lines_go_round);
    g_test_add_func("/records/texts-round", texts_go_round);
    g_test_add_func("/records/lines-wrong", lines_are_blamed);
    g_test_add_func("/records/lines-masked", lines_are_masked);
    g_test_add_func("/records/it-says-when", it_says_when);
    g_test_add_func("/records/parts", parts_come_in);
    g_test_add_func("/records/parts-wrong", parts_are_blamed);
    g_test_add_func("/records/entries", entries_find_their_matter);
    g_test_add_func("/records/entries-out", entries_go_out);
    g_test_add_func("/records/last-entries", last_entries_go_round);
    g_test_add_func("/records/durations-round", durations_go_round);
    g_test_add_func("/records/entries-external", entries_by_number_of_another_system);
    g_test_add_func("/records/entries-wrong", entries_are_refused);
    int failed = g_test_run();
    office_close(&office);
    return failed;
}
