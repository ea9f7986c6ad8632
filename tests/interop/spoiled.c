/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets as they really come: each is taken, or what is wrong with it is said in a sentence for whoever has the sheet,
 * in both languages, and nothing is half done. */
#include "office.h"

#include "base/limits.h"

#include <string.h>

static struct office office;

static int64_t everything(void)
{
    GError *error = NULL;
    int64_t found = 0;
    struct reader *rows = reader_open(office.data, NULL, &error);
    g_assert_no_error(error);
    db_integer(rows->rows, &found,
               "SELECT (SELECT count(*) FROM matter) + (SELECT count(*) FROM entry) + (SELECT count(*) FROM "
               "person) + "
               "(SELECT count(*) FROM unit)",
               "");
    reader_close(rows);
    return found;
}

/* What the report says, whole: its findings as given, and the counts of rows, new, wrong and done. */
static void says(const char *what, const char *sheet, const char *mapping, const char *zh, const char *en, int rows,
                 int good, int wrong, int made)
{
    AUTO(report) struct report report;
    int64_t before = everything();
    office_import(&office, what, sheet, mapping, true, &report);
    g_autofree char *chinese = report_text(&report, true), *english = report_text(&report, false);
    g_autofree char *all_zh =
        g_strdup_printf("%s共 %d 行，可导入 %d 行，已有 0 行，有误 %d 行，已导入 %d 行\n", zh, rows, good, wrong, made);
    g_autofree char *all_en =
        g_strdup_printf("%srows: %d, new: %d, already present: 0, wrong: %d, done: %d\n", en, rows, good, wrong, made);
    g_assert_cmpstr(chinese, ==, all_zh);
    g_assert_cmpstr(english, ==, all_en);
    g_assert_cmpint(everything() - before, ==, made);
}

static void wrong_columns(void)
{
    says("persons", "姓名,身分证号\n演练甲,1\n", NULL,
         "第 1 行，“身分证号”列：不认识这一列（是否为“身份证号”？），不需要时请在对应文件中写 ignore\n",
         "row 1, column \"身分证号\": unknown column (did you mean 身份证号?): say `ignore` in the mapping file if it "
         "is not needed\n",
         0, 0, 0, 0);
    says("persons", "手机号\n13900000001\n", NULL, "第 1 行：缺少列“姓名”\n", "row 1: the column 姓名 is missing\n", 0,
         0, 0, 0);
    says("persons", "甲,乙\n1,2\n", NULL,
         "找不到表头，应有的列：姓名, 身份证号, 手机号, 所在单位, 居住地, 门牌, 居住起始\n",
         "no header was found; expected columns: 姓名, 身份证号, 手机号, 所在单位, 居住地, 门牌, 居住起始\n", 0, 0, 0,
         0);
}

static void merged_header(void)
{
    says("persons", "人员登记表,,\n个人信息,,联系方式\n姓名,身份证号,手机号\n必填,选填,选填\n演练子,,13900000101\n",
         NULL, "（提示）表头在第 3 行，以上各行未导入\n第 4 行：（提示）这一行是填写说明，未导入\n",
         "(note) the header is row 3; the rows above it are left out\nrow 4: (note) a row of explanations, "
         "left out\n",
         1, 1, 0, 1);
}

static void ragged(void)
{
    says("persons", "姓名,身份证号,手机号\n演练丑\n演练寅,,13900000103,多\n演练卯,,13900000113,\n", NULL,
         "第 3 行，“D”列，值“多”：这一行有 4 格，表头有 3 列\n",
         "row 3, column \"D\", value \"多\": the row has 4 cells, the header 3\n", 3, 2, 1, 0);
}

/* A line break within quotes is part of its cell, and rows are counted as a spreadsheet shows them. */
static void quotes(void)
{
    says("persons", "姓名,手机号\n\"演练\n卯\",13900000104\n", NULL, "", "", 1, 1, 0, 1);
    says("persons", "姓名,手机号\n\"演练\n卯\",13900000114\n\"演练辰,13900000105\n演练巳,13900000106\n", NULL,
         "第 3 行：引号没有结束\n", "row 3: a quotation mark is not closed\n", 2, 1, 1, 0);
    says("persons", "姓名,手机号\n\"演\"练,13900000107\n", NULL, "第 2 行：引号后面还有文字，单元格内的引号须写两遍\n",
         "row 2: there is text after a closing quote; quotes within a cell are written twice\n", 1, 0, 1, 0);
}

static void mixed_encodings(void)
{
    says("persons", "姓名,手机号\n演练午,13900000108\n\xd1\xdd\xc1\xb7\xce\xb4,13900000109\n演练申,13900000110\n", NULL,
         "第 3 行：文件编码为 utf-8，这一行是 gb18030\n", "row 3: the file is in utf-8, this row in gb18030\n", 3, 2, 1,
         0);
}

#define LOST_ZH "电子表格把它当成了数字，末尾的位数已丢失，请把该列设为文本后重新填写\n"
#define LOST_EN                                                                                                        \
    "a spreadsheet turned it into a number and "                                                                       \
    "lost the last digits; format the column as text and fill it in "                                                  \
    "again\n"

static void digits(void)
{
    says("units", "代码,名称,类型,上级单位\n1.10E+05,演练社区,社区,1101\n", NULL,
         "第 2 行，“代码”列，值“1.10E+05”：" LOST_ZH, "row 2, column \"代码\", value \"1.10E+05\": " LOST_EN, 1, 0, 1,
         0);
    says("persons", "姓名,身份证号\n演练酉,110101199003070000\n", NULL,
         "第 2 行，“身份证号”列，值“110101199003070000”：" LOST_ZH,
         "row 2, column \"身份证号\", value \"110101199003070000\": " LOST_EN, 1, 0, 1, 0);
}

/* Six notations of one day are one day; two that mean two days are not guessed at. */
static void dates(void)
{
    static const char *const notations[] = {"2020/2/3", "2020-02-03", "2020.2.3", "2020年2月3日", "20200203", "43864"};
    for (size_t i = 0; i < G_N_ELEMENTS(notations); i++) {
        AUTO(report) struct report report;
        g_autofree char *sheet = g_strdup_printf("姓名,居住地,居住起始\n演练日%zu,1101,%s\n", i, notations[i]);
        office_import(&office, "persons", sheet, "time: '08:00'\n", true, &report);
        g_assert_cmpint(report.made, ==, 1);
    }
    GError *error = NULL;
    int64_t days = 0, rows = 0;
    struct reader *reader = reader_open(office.data, NULL, &error);
    db_integer(reader->rows, &days, "SELECT count(DISTINCT from_us) FROM residency", "");
    db_integer(reader->rows, &rows, "SELECT count(*) FROM residency WHERE from_us = 1580688000000000", "");
    reader_close(reader);
    g_assert_cmpint(days, ==, 1);
    g_assert_cmpint(rows, ==, G_N_ELEMENTS(notations));
    says("persons", "姓名,居住地,居住起始\n演练戌,1101,3.2.2020 8:00\n", NULL,
         "第 2 行，“居住起始”列，值“3.2.2020 8:00”：是 2020-02-03 还是 2020-03-02？请在对应文件中写明 dates: "
         "d.m.y 或 m/d/y\n",
         "row 2, column \"居住起始\", value \"3.2.2020 8:00\": is it 2020-02-03 or 2020-03-02? Say `dates: "
         "d.m.y` or "
         "`m/d/y` in the mapping file\n",
         1, 0, 1, 0);
    says("persons", "姓名,居住地,居住起始\n演练亥,1101,大年初十\n", NULL,
         "第 2 行，“居住起始”列，值“大年初十”：没有这个日期，应写作 2020-02-03\n",
         "row 2, column \"居住起始\", value \"大年初十\": no such date; write 2020-02-03\n", 1, 0, 1, 0);
}

static void many_columns(void)
{
    g_autoptr(GString) sheet = g_string_new("姓名");
    for (int i = 1; i < 300; i++)
        g_string_append_printf(sheet, ",无关%d", i);
    g_string_append(sheet, "\n演练三百");
    for (int i = 1; i < 300; i++)
        g_string_append(sheet, ",x");
    g_string_append(sheet, "\n");
    AUTO(report) struct report report, ignored;
    int64_t before = everything();
    office_import(&office, "persons", sheet->str, NULL, true, &report);
    g_assert_cmpint(report.findings->len, ==, 299); /* each is named */
    g_autofree char *text = report_text(&report, false);
    g_assert_nonnull(strstr(text, "row 1, column \"无关299\": unknown column: say `ignore` "));
    g_assert_cmpint(everything(), ==, before);
    office_import(&office, "persons", sheet->str, "columns: {'*': ignore}\n", true, &ignored);
    g_assert_cmpint(ignored.made, ==, 1);
    report_clear(&ignored);
}

static void many_rows(void)
{
    g_autoptr(GString) sheet = g_string_new("姓名\n");
    for (int i = 0; i < LIMIT_SHEET_ROWS; i++)
        g_string_append(sheet, "x\n");
    says("persons", sheet->str, NULL, "最多 1048576 行，请拆成几个文件\n",
         "at most 1048576 rows; divide it into several files\n", 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
    extern const char supplies_playbook[];
    g_test_init(&argc, &argv, NULL);
    office_open(&office, supplies_playbook);
    office_ask(&office, "create_unit", json_pack("{s:s, s:s, s:s}", "type", "city", "code", "1101", "name", "演练市"));
    g_test_add_func("/spoiled/columns", wrong_columns);
    g_test_add_func("/spoiled/merged-header", merged_header);
    g_test_add_func("/spoiled/ragged", ragged);
    g_test_add_func("/spoiled/quotes", quotes);
    g_test_add_func("/spoiled/encodings", mixed_encodings);
    g_test_add_func("/spoiled/digits", digits);
    g_test_add_func("/spoiled/dates", dates);
    g_test_add_func("/spoiled/300-columns", many_columns);
    g_test_add_func("/spoiled/many-rows", many_rows);
    int failed = g_test_run();
    office_close(&office);
    return failed;
}
