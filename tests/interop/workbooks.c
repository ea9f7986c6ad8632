/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workbooks as people and their programs write them, and as somebody writes them who means ill. */
#include "office.h"
#include "workbook.h"

#include "base/json.h"
#include "base/limits.h"
#include "interop/xlsx_write.h"
#include "registry/registry.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const char supplies_playbook[];

static struct office office;

/* ---- cells ---- */

/* "number:a|b/number:c", marks in front: * filled, ! an error, ? without result. The caller frees. */
static char *cells_of(struct sheet *sheet)
{
    GString *out = g_string_new(NULL);
    struct sheet_row row;
    while (sheet_next(sheet, &row)) {
        if (row.blank && row.problem == NULL)
            continue;
        g_string_append_printf(out, "%s%d:", out->len > 0 ? "/" : "", (int)row.number);
        for (guint i = 0; i < row.count; i++)
            g_string_append_printf(out, "%s%.*s%s", i > 0 ? "|" : "", row.marks[i] != 0, &" *!?"[row.marks[i]],
                                   row.cells[i]);
        g_string_append(out, row.titled ? "~" : "");
        g_string_append(out, row.problem != NULL ? problem_texts[row.problem->code].name : "");
    }
    return g_string_free(out, FALSE);
}

static char *read_all(const struct workbook *workbook)
{
    struct problem *problem = NULL;
    int fd = workbook_file(workbook);
    AUTO(sheet) struct sheet *sheet = sheet_open(fd, &(struct sheet_options){0}, &problem);
    if (sheet == NULL) {
        char *code = g_strdup_printf("%s: %s", problem_texts[problem->code].name,
                                     problem->args[1] != NULL ? problem->args[1] : "");
        problem_free(problem);
        close(fd);
        return code;
    }
    char *cells = cells_of(sheet);
    sheet_rewind(sheet); /* as often as wanted */
    g_autofree char *again = cells_of(sheet);
    g_assert_cmpstr(again, ==, cells);
    close(fd);
    return cells;
}

#define T(text)        "<c t='inlineStr'><is><t>" text "</t></is></c>"
#define V(text)        "<c><v>" text "</v></c>"
#define S(style, text) "<c s='" style "'><v>" text "</v></c>"

static const struct {
    const char *name;
    struct workbook workbook;
    const char *cells;
} written[] = {
    {"texts of every kind",
     {"<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='str'><v>甲</v></c>" T("乙<!-- -->丙") "</row>",
      .texts = "<si><t>姓名</t></si><si><r><t>带阀</t></r><r><rPr/><t> KN95</t></r><rPh><t>dai</t></rPh></si>"},
     "1:姓名|带阀 KN95|甲|乙丙"},
    {"a prefix before every name",
     {.rows = "",
      .more = &(struct workbook_part){"xl/worksheets/sheet1.xml",
                                      "<x:worksheet xmlns:x='m'><x:sheetData><x:row r='2'><x:c r='B2'><x:v>7"
                                      "</x:v></x:c></x:row></x:sheetData></x:worksheet>"},
      .more_count = 1},
     "2:|7"},
    {"characters that XML cannot hold",
     {"<row>" T("a_x000D_&#10;b") T("_x005F_x000D_") T("a_x0000_") "</row>"},
     "1:a\nb|_x000D_|a\xef\xbf\xbd"},
    {"rows and cells left out",
     {"<row r='2'><c r='A2'><v>1</v></c></row><row r='5'><c r='C5'><v>2</v></c></row>"},
     "2:1/5:||2"},
    {"nothing but marks of format", {"<row>" V("1") "</row><row r='1048576'><c r='XFD1048576' s='0'/></row>"}, "1:1"},
    {"blanks that are none",
     {"<row>" T("\xe2\x80\x8b") T("&#160;") "</row><row>" T("a") T("\xe2\x80\x8b") "</row>"},
     "2:a"},
    {"numbers",
     {"<row>" V("13800000000") V("1.38E10") V("3.4600000000000004") V("0.1") V("-5") V("1.0E-5") V("36.6")
          V("-0") "</row>"},
     "1:13800000000|13800000000|3.46|0.1|-5|0.00001|36.6|0"},
    {"digits that are lost",
     {"<row>" V("1.1010119900307E+17") V("1234567890123456") V("123456789012345") "</row>"},
     "1:1.1010119900307E+17|1.23456789012346E+15|123456789012345"},
    {"texts of digits stay", {"<row>" T("110101199003070000") T("007") "</row>"}, "1:110101199003070000|007"},
    {"zeros that the format shows",
     {"<row>" S("0", "1234") S("1", "1234") "</row>", .styles = "170=000000 171=0 170 171"},
     "1:001234|1234"},
    {"days by their format",
     {"<row>" S("0", "43864") S("1", "43864") S("2", "43864") S("3", "43864") S("4", "43864") S("5", "43864") "</row>",
      .styles =
          "170=yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot; 171=[$-804]e/m/d;@ 172=0.0&quot;d&quot; 173=[Red]#,##0 "
          "0 14 170 171 172 173"},
     "1:43864|2020-02-03|2020-02-03|2020-02-03|43864|43864"},
    {"times by their format",
     {"<row>" S("0", "43864.5") S("1", "43864") S("2", "0.354166666666667") S("3", "1.25") S("4", "43864.999999")
          S("4", "43864.25") "</row>",
      .styles = "170=yyyy/m/d~h:mm 171=[h]:mm 22 170 20 171 14"},
     "1:2020-02-03 12:00|2020-02-03 00:00|08:30|30:00|2020-02-04|2020-02-03 06:00"},
    {"the epoch of 1900 and its day that was none",
     {"<row>" S("0", "1") S("0", "59") S("0", "60") S("0", "61") S("0", "0") S("0", "-1") S("0", "2958466") "</row>",
      .styles = "14"},
     "1:1900-01-01|1900-02-28|1900-02-29|1900-03-01|1900-01-00|-1|2958466"},
    {"the epoch of 1904",
     {"<row>" S("0", "42402") S("0", "0") S("1", "42402.5") "</row>", .styles = "14 22",
      .properties = "<workbookPr date1904='1'/>"},
     "1:2020-02-03|1904-01-01|2020-02-03 12:00"},
    {"yes, no and errors",
     {"<row><c t='b'><v>1</v></c><c t='b'><v>0</v></c><c t='e'><v>#N/A</v></c></row>"},
     "1:TRUE|FALSE|!#N/A"},
    {"formulas",
     {"<row><c><f>1+1</f><v>2</v></c><c t='str'><f>A1</f><v></v></c><c><f>B1*2</f></c><c t='e'><f>1/0</f><v>#DIV/0!"
      "</v></c></row>"},
     "1:2||?=B1*2|!#DIV/0!"},
    {"cells merged downwards",
     {"<row>" T("家")
          T("甲") "</row><row><c/>" T("乙") "</row><row/><row><c/>" T("丙") "</row><row><c/>" T("丁") "</row>",
      "<mergeCells><mergeCell ref='A1:A4'/></mergeCells>"},
     "1:家|甲/2:*家|乙/4:*家|丙/5:|丁"},
    {"a title merged over the table",
     {"<row>" T("一览表") "</row><row>" T("甲") T("乙") "</row>", "<mergeCells><mergeCell ref='A1:B1'/></mergeCells>"},
     "1:一览表~/2:甲|乙"},
};

static void cells(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        g_test_message("%s", written[i].name);
        g_autofree char *read = read_all(&written[i].workbook);
        g_assert_cmpstr(read, ==, written[i].cells);
    }
}

/* ---- what is refused ---- */

#define MAIN  "<worksheet xmlns='m'><sheetData>"
#define SHEET "xl/worksheets/sheet1.xml"

static void is_refused(const char *name, const struct workbook *workbook, const char *says)
{
    g_test_message("%s", name);
    g_autofree char *read = read_all(workbook);
    g_assert_true(g_str_has_prefix(read, "sheet_unreadable: "));
    if (strstr(read, says) == NULL)
        g_error("%s: %s", name, read);
}

static void hostile(void)
{
    static const struct {
        const char *name, *part, *text, *says;
    } rows[] = {
        {"entities", SHEET,
         "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>" MAIN "<row>" T("&b;") "</row></sheetData></worksheet>",
         "DOCTYPE"},
        {"an entity of another file", "xl/sharedStrings.xml", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><sst/>",
         "DOCTYPE"},
        {"no XML", SHEET, "a,b\n1,2\n", "damaged"},
        {"it ends early", SHEET, MAIN "<row>" T("a") "</row>", "damaged"},
        {"rows out of order", SHEET, MAIN "<row r='5'>" V("1") "</row><row r='4'/></sheetData></worksheet>", "damaged"},
        {"a row beyond the last", SHEET, MAIN "<row r='1048577'>" V("1") "</row></sheetData></worksheet>", "damaged"},
        {"cells out of order", SHEET, MAIN "<row><c r='B1'><v>1</v></c><c r='A1'/></row></sheetData></worksheet>",
         "damaged"},
        {"a cell of another row", SHEET, MAIN "<row><c r='B2'><v>1</v></c></row></sheetData></worksheet>", "damaged"},
        {"a text that there is not", SHEET, MAIN "<row><c t='s'><v>9</v></c></row></sheetData></worksheet>", "damaged"},
        {"not UTF-8", SHEET, MAIN "<row>" T("\xff") "</row></sheetData></worksheet>", "damaged"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct workbook_part part = {rows[i].part, rows[i].text, 0};
        is_refused(rows[i].name, &(struct workbook){.rows = "", .more = &part, .more_count = 1}, rows[i].says);
    }
}

static char *repeated(const char *before, const char *piece, size_t times, const char *behind)
{
    GString *out = g_string_new(before);
    for (size_t i = 0; i < times; i++)
        g_string_append(out, piece);
    g_string_append(out, behind);
    return g_string_free(out, FALSE);
}

static void too_large(void)
{
    const struct {
        const char *name, *part, *before, *piece, *behind;
        size_t times;
        const char *says;
    } rows[] = {
        {"packed a thousand times", SHEET, MAIN "<row>" V("1") "</row>", "<row><c/><c/><c/><c/><c/><c/><c/><c/></row>",
         "</sheetData></worksheet>", 1000000, "too large"},
        {"a tag without end", SHEET, MAIN "<row x='", "0123456789abcdef", "'/></sheetData></worksheet>", 150000,
         "too large"},
        {"in one another", SHEET, MAIN, "<a>", "", 1000, "too large"},
        {"merged cells", SHEET, MAIN "<row>" V("1") "</row></sheetData><mergeCells>", "<mergeCell ref='A1:A2'/>",
         "</mergeCells></worksheet>", LIMIT_WORKBOOK_MERGES + 1, "merged"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = repeated(rows[i].before, rows[i].piece, rows[i].times, rows[i].behind);
        const struct workbook_part part = {rows[i].part, text, 0};
        is_refused(rows[i].name, &(struct workbook){.rows = "", .more = &part, .more_count = 1}, rows[i].says);
    }
}

/* Each name is kept by the parser, so that there may not be many. */
static void too_many_names(void)
{
    g_autoptr(GString) text = g_string_new(MAIN);
    for (int i = 0; i < LIMIT_WORKBOOK_NAME_BYTES / 32; i++)
        g_string_append_printf(text, "<n%x/>", i);
    g_string_append(text, "</sheetData></worksheet>");
    const struct workbook_part part = {SHEET, text->str, text->len};
    is_refused("names", &(struct workbook){.rows = "", .more = &part, .more_count = 1}, "too large");
}

static void too_many_parts(void)
{
    g_autofree struct workbook_part *parts = g_new0(struct workbook_part, LIMIT_WORKBOOK_PARTS);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < LIMIT_WORKBOOK_PARTS; i++) {
        g_ptr_array_add(names, g_strdup_printf("xl/media/%d", i));
        parts[i] = (struct workbook_part){names->pdata[i], "x", 0};
    }
    is_refused("parts", &(struct workbook){.rows = "", .more = parts, .more_count = LIMIT_WORKBOOK_PARTS}, "parts");
}

static void is_no_workbook(const char *name, int fd, const char *says)
{
    AUTO(problem) struct problem *problem = NULL;
    g_test_message("%s", name);
    g_assert_null(sheet_open(fd, &(struct sheet_options){0}, &problem));
    g_assert_cmpint(problem->code, ==, PROBLEM_SHEET_UNREADABLE);
    if (strstr(problem->args[1], says) == NULL)
        g_error("%s: %s", name, problem->args[1]);
    close(fd);
}

/* Files of other kinds, told by what they are. */
static void others(void)
{
    char old[2048] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    char encrypted[2048] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    static const char word[] = "EncryptedPackage";
    for (size_t i = 0; word[i] != '\0'; i++)
        encrypted[1024 + 2 * i] = word[i];
    old[0x1e] = encrypted[0x1e] = 9;
    old[0x30] = encrypted[0x30] = 1;
    is_no_workbook(".xls", sheet_file(old, sizeof old), ".xls");
    is_no_workbook("encrypted", sheet_file(encrypted, sizeof encrypted), "password");
    static const struct {
        struct workbook_part part;
        const char *says;
    } archives[] = {
        {{"xl/workbook.bin", "x", 0}, ".xlsb"},
        {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0}, "no Excel workbook"},
        {{"word/document.xml", "<x/>", 0}, "no Excel workbook"},
        {{"a.txt", "x", 0}, "ZIP"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(archives); i++)
        is_no_workbook(archives[i].part.name, workbook_of_parts(&archives[i].part, 1), archives[i].says);
    is_no_workbook("cut off", sheet_file("PK\x03\x04 and so on", 13), "damaged");
}

/* A row that is too wide or too long is a fault of its own; those around it are read. */
static void rows_too_large(void)
{
    g_autofree char *column =
        repeated("<row>" V("1") "</row><row>", V("1"), LIMIT_SHEET_COLUMNS + 1, "</row><row>" V("2") "</row>");
    g_autofree char *wide = read_all(&(struct workbook){.rows = column});
    g_assert_true(g_str_has_prefix(wide, "1:1/2:1|1|"));
    g_assert_true(g_str_has_suffix(wide, "row_too_wide/3:2"));
    g_autofree char *text = repeated("<row>" V("1") "</row><row><c t='inlineStr'><is><t>", "0123456789abcdef",
                                     LIMIT_SHEET_ROW_BYTES / 16 + 1, "</t></is></c></row><row>" V("2") "</row>");
    g_autofree char *lengthy = read_all(&(struct workbook){.rows = text});
    g_assert_cmpstr(lengthy, ==, "1:1/2:row_too_large/3:2");
}

/* ---- imports ---- */

struct wanted {
    const char *name, *what;
    struct workbook workbook;
    const char *mapping;
    int64_t good, wrong;
    const char *findings;
};

static void imports(const struct wanted *wanted)
{
    GError *error = NULL;
    AUTO(report) struct report report;
    int fd = workbook_file(&wanted->workbook);
    AUTO(mapping) struct mapping *mapping = sheet_mapping(wanted->mapping);
    struct import_options options = {
        .engine = office.engine, .clock = &office.clock, .what = wanted->what, .mapping = mapping};
    report_init(&report);
    import_run(&options, fd, &report, &error);
    g_assert_no_error(error);
    close(fd);
    g_autofree char *text = report_text(&report, false);
    g_autofree char *found = findings_in(&report);
    g_test_message("%s: %s", wanted->name, text);
    g_assert_cmpstr(found, ==, wanted->findings);
    g_assert_cmpint(report.good, ==, wanted->good);
    g_assert_cmpint(report.wrong, ==, wanted->wrong);
}

#define PEOPLE     "<row>" T("姓名") T("手机号") "</row><row>" T("演练甲") T("13800000001") "</row>"
#define MORE       "<row>" T("姓名") T("手机号") "</row><row>" T("演练乙") T("13800000002") "</row>"
#define NOTES_ONLY "<row>" T("姓名") T("填写真实姓名") "</row>"
#define REQUEST    "<row>" T("单位") T("单号") T("物资：名称") T("物资：数量") "</row>"

static const struct wanted come[] = {
    {"one sheet", "persons", {PEOPLE}, NULL, 1, 0, ""},
    {"the one with a header, said",
     "persons",
     {PEOPLE, .names = "名单|说明", .others = NOTES_ONLY},
     NULL,
     1,
     0,
     "0::worksheet"},
    {"a hidden one is left, and said",
     "persons",
     {PEOPLE, .names = "名单|!代码", .others = MORE},
     NULL,
     1,
     0,
     "0::hidden_sheets"},
    {"two alike are asked", "persons", {PEOPLE, .names = "一|二", .others = MORE}, NULL, 0, 0, "0::worksheet_unclear"},
    {"and chosen", "persons", {PEOPLE, .names = "一|二", .others = MORE}, "worksheet: 二", 1, 0, ""},
    {"by what is no kind", "persons", {PEOPLE, .names = "一|二", .others = MORE}, "sheet: 二", 1, 0, ""},
    {"one that is not there", "persons", {PEOPLE}, "worksheet: 三", 0, 0, "0::no_such_worksheet"},
    {"hidden rows are read, and said",
     "persons",
     {"<row>" T("姓名") "</row><row r='2' hidden='1'>" T("演练甲") "</row><row r='3'>" T("演练乙") "</row>"},
     NULL,
     2,
     0,
     "2::hidden_rows"},
    {"macros are not run",
     "persons",
     {PEOPLE,
      .more = &(struct workbook_part){"xl/_rels/workbook.xml.rels",
                                      "<Relationships><Relationship Id='rId1' Type='x/worksheet' "
                                      "Target='worksheets/sheet1.xml'/><Relationship Id='m' Type='x/vbaProject' "
                                      "Target='vbaProject.bin'/><Relationship Id='l' Type='x/externalLink' "
                                      "Target='externalLinks/1.xml'/></Relationships>"},
      .more_count = 1},
     NULL,
     1,
     0,
     "0::macros 0::links"},
    {"formulas are taken as they came out",
     "persons",
     {"<row>" T("姓名") T("手机号") "</row><row><c t='str'><f>A9</f><v>演练甲</v></c>" V(
         "13800000001") "</row>"
                        "<row>" T("演练乙") "<c><f>B2+1</f></c></row><row>" T(
                            "演练丙") "<c t='e'><f>1/0</f><v>#DIV/0!</v></c></row>"},
     NULL,
     1,
     2,
     "3:手机号:formula_uncalculated 4:手机号:cell_error 0::formulas"},
    {"a number that has lost its digits",
     "persons",
     {"<row>" T("姓名") T("身份证号") "</row><row>" T("演练甲") V("1.1010119900307E+17") "</row>"},
     NULL,
     0,
     1,
     "2:身份证号:digits_lost"},
    {"titles, a remark and another table",
     "supply_request",
     {"<row>" T("一览表") "</row>" REQUEST "<row>" T("1101") T("A1") T("口罩")
          V("2") "</row><row>" T("备注：无") "</row><row>" T("单位名称") T("单号") T("捐赠")
              T("数量合并") "</row><row>" T("1101") T("A2") T("手套") V("3") "</row>",
      "<mergeCells><mergeCell ref='A1:D1'/><mergeCell ref='A4:D4'/></mergeCells>"},
     NULL,
     1,
     0,
     "0::header_row 4::title_row 5::other_table"},
    {"a title under the header, blank rows, and explanations",
     "persons",
     {"<row>" T("姓名") T("手机号") "</row><row>" T("演练社区登记表") "</row><row/><row>" T("必填，真实姓名")
          T("11位数字") "</row><row/><row>" T("演实") T("01000000209") "</row>",
      "<mergeCells><mergeCell ref='A2:B2'/></mergeCells>"},
     NULL,
     1,
     0,
     "2::title_row 4::notes_row"},
    {"which is chosen by its row",
     "supply_request",
     {"<row>" T("名称") T("数量") "</row><row>" T("甲") V("1") "</row>" REQUEST "<row>" T("1101") T("A2") T("手套")
          V("3") "</row>"},
     "header: 3",
     1,
     0,
     ""},
    {"a table that ends above a remark",
     "supply_request",
     {REQUEST "<row>" T("1101") T("A2") T("手套") V("3") "</row><row>" T("填表人") T("演练甲") "</row>"},
     "last: 2",
     1,
     0,
     ""},
    {"the header on each page",
     "supply_request",
     {REQUEST "<row>" T("1101") T("A1") T("手套") V("3") "</row>" REQUEST "<row>" T("1101") T("A2") T("手套")
          V("3") "</row>"},
     NULL,
     2,
     0,
     "3::header_again"},
    {"merged cells go on with a record",
     "supply_request",
     {REQUEST "<row>" T("1101") T("A1") T("手套") V("3") "</row><row><c/><c/>" T("口罩") V("4") "</row>",
      "<mergeCells><mergeCell ref='A2:A3'/><mergeCell ref='B2:B3'/></mergeCells>"},
     NULL,
     1,
     0,
     "0::merged"},
};

static void come_in(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(come); i++)
        imports(&come[i]);
}

/* A name split over two cells beside a line that is merged: the line is not made twice. */
static void merged_lines(void)
{
    imports(&(struct wanted){"a text over two cells",
                             "supply_request",
                             {REQUEST "<row>" T("1101") T("A1") T("手套")
                                  V("3") "</row><row><c/>" T("A9") "</row><row><c/><c/>" T("口罩") V("4") "</row>",
                              "<mergeCells><mergeCell ref='C2:C3'/><mergeCell ref='D2:D3'/></mergeCells>"},
                             NULL,
                             1,
                             1,
                             "3::row_merged 0::merged"});
}

/* ---- out ---- */

/* A workbook of what the desk sees; an open file. */
static int exported(int64_t person, const char *what, enum cell_words words)
{
    GError *error = NULL;
    struct problem *problem = NULL;
    struct export_options options = {.engine = office.engine,
                                     .clock = &office.clock,
                                     .person = person,
                                     .what = what,
                                     .filter = {.open = -1},
                                     .words = words,
                                     .bare = true};
    engine_wait_rows(office.engine, engine_durable_pos(office.engine), 10 * US_PER_SECOND);
    struct reader *reader = reader_open(engine_data_dir(office.engine), engine_keys_dir(office.engine), &error);
    g_assert_no_error(error);
    g_autoptr(GString) page = g_string_new(NULL);
    AUTO(export) struct export *export = export_new(&options, reader, &problem);
    g_assert_nonnull(export);
    g_autoptr(GPtrArray) columns = export_columns(export);
    int fd = sheet_file("", 0);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    AUTO(xlsx_writer)
    struct xlsx_writer *writer = xlsx_writer_new(path, office.data, export_playbook(export), columns, words);
    while (export_next(export, reader, page))
        g_assert_true(xlsx_writer_add(writer, page->str, page->len));
    g_assert_true(xlsx_writer_close(writer));
    reader_close(reader);
    return fd;
}

static char *read_file(int fd)
{
    struct problem *problem = NULL;
    AUTO(sheet) struct sheet *sheet = sheet_open(fd, &(struct sheet_options){0}, &problem);
    g_assert_nonnull(sheet);
    return cells_of(sheet);
}

/* A text of before noncharacters were refused leaves the workbook readable, and is shown as damaged. */
static void without_what_xml_lacks(void)
{
    struct column_def column = {.name = "name"};
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    g_ptr_array_add(columns, &column);
    int fd = sheet_file("", 0);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    AUTO(xlsx_writer)
    struct xlsx_writer *writer = xlsx_writer_new(path, office.data, NULL, columns, WORDS_CODES);
    static const char page[] = "name\0演\xef\xbf\xbe甲\0演\xef\xbf\xbf乙";
    g_assert_true(xlsx_writer_add(writer, page, sizeof page));
    g_assert_true(xlsx_writer_close(writer));
    g_autofree char *cells = read_file(fd);
    g_assert_nonnull(strstr(cells, "演\xef\xbf\xbd甲"));
    g_assert_nonnull(strstr(cells, "演\xef\xbf\xbd乙"));
    close(fd);
}

static guint files_open(void)
{
    GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir) != NULL)
        count++;
    g_dir_close(dir);
    return count;
}

/* Whose client went away: the library keeps rows in a file of its own until the workbook is made. */
static void given_up(void)
{
    struct column_def column = {.name = "name"};
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    g_ptr_array_add(columns, &column);
    int fd = sheet_file("", 0);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    guint before = files_open();
    struct xlsx_writer *writer = xlsx_writer_new(path, office.data, NULL, columns, WORDS_CODES);
    static const char page[] = "name\0演练甲";
    g_assert_true(xlsx_writer_add(writer, page, sizeof page));
    g_assert_cmpuint(files_open(), >, before);
    xlsx_writer_free(writer);
    g_assert_cmpuint(files_open(), ==, before);
    close(fd);
}

static int64_t desk;

static void go_out(void)
{
    static const struct {
        const char *what, *sheet;
        int rows;
        const char *shows[4];
    } rows[] = {
        {"persons",
         "姓名,身份证号,手机号,居住地,居住起始\n演练甲,110101199003070345,,,\n"
         "演练乙,,13800000001,1101,2020-02-03 08:30\n",
         2,
         {"1:name|id_number|phone|home|dwelling|since/2:必填|选填，文本格式", "演练甲|110101199003070345",
          "演练乙||13800000001|1101||2020-02-03 08:30", NULL}},
        {"supply_request",
         "单位,单号,物资：名称,物资：数量,备注\n1101,007,_x000D_,200,+急\n,,防护服,5,\n1101,1E5,体温计,3,\n",
         2,
         {"|007|", "|_x000D_|200", "|'+急", "|1E5|"}},
        {"units",
         "代码,名称,类型,上级单位\n1102,演练社区二,community,11\n",
         3,
         {"|community|11|2020-02-04", "下拉选择", NULL}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (enum cell_words words = WORDS_CODES; words <= WORDS_EN; words++) {
            AUTO(report) struct report came, again;
            office_import(&office, rows[i].what, rows[i].sheet, NULL, true, &came);
            g_assert_cmpint(came.wrong, ==, 0);
            int fd = exported(desk, rows[i].what, words);
            g_autofree char *cells = read_file(fd);
            g_test_message("%s", cells);
            for (size_t j = 0; words == WORDS_CODES && j < G_N_ELEMENTS(rows[i].shows) && rows[i].shows[j] != NULL; j++)
                g_assert_nonnull(strstr(cells, rows[i].shows[j]));
            GError *error = NULL;
            AUTO(mapping) struct mapping *mapping = mapping_new();
            struct import_options options = {
                .engine = office.engine, .clock = &office.clock, .what = rows[i].what, .mapping = mapping};
            report_init(&again);
            import_run(&options, fd, &again, &error);
            g_assert_no_error(error);
            g_autofree char *text = report_text(&again, false);
            g_test_message("%s", text);
            g_assert_false(again.refused);
            g_assert_cmpint(again.wrong, ==, 0);
            g_assert_cmpint(again.good, ==, 0); /* all of it is there, as it was */
            g_assert_cmpint(again.there, >=, rows[i].rows);
            g_assert_cmpint(again.note_counts[NOTE_NOTES_ROW], ==, 1);
            close(fd);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    office_open(&office, supplies_playbook);
    office_ask(&office, "create_unit", json_pack("{s:s, s:s, s:s}", "type", "city", "code", "11", "name", "演练市"));
    office_ask(
        &office, "create_unit",
        json_pack("{s:s, s:s, s:s, s:s}", "type", "community", "code", "1101", "name", "演练社区", "parent", "11"));
    desk = office_ask(&office, "register_person", json_pack("{s:s}", "name", "演练员"));
    office_ask(&office, "appoint",
               json_pack("{s:o, s:s, s:[s]}", "person", json_id(desk), "role", "desk", "grounds", "11"));
    g_test_add_func("/workbooks/cells", cells);
    g_test_add_func("/workbooks/hostile", hostile);
    g_test_add_func("/workbooks/too-large", too_large);
    g_test_add_func("/workbooks/names", too_many_names);
    g_test_add_func("/workbooks/parts", too_many_parts);
    g_test_add_func("/workbooks/others", others);
    g_test_add_func("/workbooks/rows-too-large", rows_too_large);
    g_test_add_func("/workbooks/come-in", come_in);
    g_test_add_func("/workbooks/merged-lines", merged_lines);
    g_test_add_func("/workbooks/without-what-xml-lacks", without_what_xml_lacks);
    g_test_add_func("/workbooks/given-up", given_up);
    g_test_add_func("/workbooks/go-out", go_out);
    int result = g_test_run();
    office_close(&office);
    return result;
}
