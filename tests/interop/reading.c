/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes to records, records to cells, cells to values: what people's files look like. */
#include "office.h"

#include "base/datetime.h"
#include "base/json.h"
#include "base/limits.h"
#include "interop/cell.h"
#include "interop/csv.h"
#include "interop/digest_set.h"
#include "interop/mapping.h"
#include "interop/report.h"
#include "interop/sheet.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* ---- records ---- */

struct bytes {
    const char *at;
    size_t left, step; /* at most so many a read */
};

static ssize_t read_bytes(void *context, void *buffer, size_t bytes)
{
    struct bytes *source = context;
    size_t count = MIN(MIN(bytes, source->left), source->step);
    memcpy(buffer, source->at, count);
    source->at += count;
    source->left -= count;
    return (ssize_t)count;
}

/* "a|b/c|d", a record with a fault ends in its number after "!". */
static char *records_of(const char *text, size_t length, size_t step)
{
    struct bytes source = {text, length, step};
    AUTO(csv) struct csv *csv = csv_new(read_bytes, &source);
    GString *out = g_string_new(NULL);
    struct csv_record record;
    for (int64_t first = 0; csv_next(csv, &record);) {
        first = first == 0 ? record.number : first;
        g_string_append(out, record.number > first ? "/" : "");
        const char *at = record.text;
        for (guint i = 0; i < record.cells; i++, at += strlen(at) + 1)
            g_string_append_printf(out, "%s%s", i > 0 ? "|" : "", at);
        g_assert_true(at == record.text + record.bytes);
        if (record.fault != CSV_WELL)
            g_string_append_printf(out, "!%d", (int)record.fault);
    }
    return g_string_free(out, FALSE);
}

static void records(void)
{
    static const struct {
        const char *text, *records;
    } rows[] = {
        {"", ""},
        {"a,b\nc,d\n", "a|b/c|d"},
        {"a,b\r\nc,d", "a|b/c|d"},
        {"a,b\rc,d\r", "a|b/c|d"},
        {"a;b\nc,1;d\n", "a|b/c,1|d"},
        {"a\tb\nc\td\n", "a|b/c|d"},
        {"sep=;\na;b\n", "a|b"},
        {"sep=\"\na,b\n", "sep=\"/a|b"},
        {"sep=n\na,b\n", "sep=n/a|b"},
        {"\xef\xbb\xbf"
         "a,b\n",
         "a|b"},
        {"a,\"b\nb\"\nc,d\n", "a|b\nb/c|d"},
        {"\"a\"\"b\",c\n", "a\"b|c"},
        {"a\"b,c\n", "a\"b|c"},
        {"\"\",\n", "|"},
        {"\n\na\n", "//a"},
        {"a,b\n\"c\"d,e\n", "a|b/cd|e!3"},
        {"a,b\n\"c,d\n", "a|b/c,d\n!2"},
        {"a,\"b,c\n,\"d\n", "a|b,c\n,d!3"},
        {"联防,\"b\"\n", "联防|b"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (size_t step = 1; step < 100; step = step * 3 + 6) {
            g_autofree char *read = records_of(rows[i].text, strlen(rows[i].text), MAX(step, strlen(rows[i].text)));
            g_assert_cmpstr(read, ==, rows[i].records);
        }
    g_autofree char *with_nul = records_of("a,b\0c\nd\n", 8, 100);
    g_assert_cmpstr(with_nul, ==, "a|bc!1/d");
    g_autofree char *nul_between = records_of("sep=\0\na,b\n", 10, 100);
    g_assert_cmpstr(nul_between, ==, "sep=!1/a|b");
}

static void limits(void)
{
    g_autofree char *wide = g_strnfill(LIMIT_SHEET_COLUMNS + 5, ',');
    g_autofree char *read = records_of(wide, strlen(wide), 1000);
    g_assert_true(g_str_has_suffix(read, "!5"));
    /* A quote that never ends does not swallow the rest. */
    g_autoptr(GString) open = g_string_new("a,b\n\"open,");
    for (int i = 0; i < LIMIT_SHEET_ROW_BYTES / 4; i++)
        g_string_append(open, "x,y\n");
    g_string_append(open, "last,row\n");
    g_autofree char *records = records_of(open->str, open->len, 65536);
    g_assert_nonnull(strstr(records, "!2"));
    g_assert_true(g_str_has_suffix(records, "last|row"));
}

static void written(void)
{
    static const char *const texts[] = {"plain", "", "a,b", "a\"b", "a\nb", "联防", " x", "=1+1", "'=1", "''"};
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GString) cell = g_string_new(NULL);
        cell_write_text(texts[i], cell);
        g_assert_true(*cell->str != '=');
        g_assert_cmpstr(cell_unmark(cell->str), ==, texts[i]);
        csv_append(out, cell->str, ',');
        g_string_append_c(out, i + 1 < G_N_ELEMENTS(texts) ? ',' : '\n');
    }
    g_autofree char *read = records_of(out->str, out->len, 7);
    g_assert_cmpstr(read, ==, "plain||a,b|a\"b|a\nb|联防|' x|'=1+1|''=1|'''");
}

/* What a spreadsheet would compute is marked, whatever stands before the sign, and what has blanks around it. */
static void formulas(void)
{
    static const char *const marked[] = {"=1",
                                         "+1",
                                         "-1",
                                         "@a",
                                         "\t=1",
                                         "\ra",
                                         "\na",
                                         "\n=1",
                                         " =1",
                                         "  +1",
                                         "＝1",
                                         "＋1",
                                         "－1",
                                         "＠a",
                                         "−1",
                                         " ＝1",
                                         "' =1",
                                         "'\n1",
                                         "\xc2\xa0=1",
                                         "\xe3\x80\x80@a",
                                         "\xef\xbb\xbf=1",
                                         "\xe2\x80\x8b-1",
                                         " a",
                                         "　联防",
                                         "a\n",
                                         "' a"};
    static const char *const plain[] = {"a=1", "a b", "（＝）", "1-2", "'a", "联　防", " ", "'"};
    for (size_t i = 0; i < G_N_ELEMENTS(marked) + G_N_ELEMENTS(plain); i++) {
        bool is_marked = i < G_N_ELEMENTS(marked);
        const char *text = is_marked ? marked[i] : plain[i - G_N_ELEMENTS(marked)];
        g_autoptr(GString) cell = g_string_new(NULL);
        cell_write_text(text, cell);
        g_test_message("%s", text);
        g_assert_true(g_str_has_prefix(cell->str, "'") && strcmp(cell->str + 1, text) == 0 ? is_marked : !is_marked);
        g_assert_cmpstr(cell_unmark(cell->str), ==, text);
    }
}

/* ---- sheets ---- */

static void charsets(void)
{
    static const char text[] = "姓名,住址\n张三,北京市\n李四,朝阳区\n";
    gsize bytes;
    g_autofree char *gb = g_convert(text, -1, "GB18030", "UTF-8", NULL, &bytes, NULL);
    struct problem *problem = NULL;
    struct sheet_row row;
    int fd = sheet_file(gb, bytes);
    AUTO(sheet) struct sheet *sheet = sheet_open(fd, &(struct sheet_options){0}, &problem);
    g_assert_nonnull(sheet);
    g_assert_cmpint(sheet_charset(sheet), ==, CHARSET_GB18030);
    g_assert_cmpint(sheet_rows(sheet), ==, 3);
    g_assert_true(sheet_next(sheet, &row) && sheet_next(sheet, &row));
    g_assert_cmpstr(row.cells[1], ==, "北京市");
    close(fd);

    /* One row of another encoding among them is named. */
    g_autoptr(GByteArray) mixed = g_byte_array_new();
    g_byte_array_append(mixed, (const guint8 *)text, strlen(text));
    g_byte_array_append(mixed, (const guint8 *)gb, (guint)bytes);
    g_byte_array_append(mixed, (const guint8 *)text, strlen(text));
    int other = sheet_file(mixed->data, mixed->len);
    AUTO(sheet) struct sheet *both = sheet_open(other, &(struct sheet_options){0}, &problem);
    g_assert_cmpint(sheet_charset(both), ==, CHARSET_UTF8);
    for (int i = 1; sheet_next(both, &row); i++) {
        bool wrong = i > 3 && i <= 6;
        g_assert_true((row.problem != NULL) == wrong);
        if (wrong) {
            g_assert_cmpint(row.problem->code, ==, PROBLEM_ROW_CHARSET);
            g_assert_cmpstr(row.problem->args[1], ==, "gb18030");
        }
    }
    close(other);
}

/* Bytes that can be both: the words of the whole sheet tell, or it is asked. */
static void both_charsets(void)
{
    static const struct {
        const char *bytes;
        enum charset charset; /* CHARSET_UNKNOWN: asked */
    } rows[] = {
        {"name,phone\n\xd2\xa6\xd1\xa9\xd3\xa2,1\n\xd4\xac\xd6\xbe\xc7\xbf,2\n", CHARSET_GB18030}, /* 姚雪英, 袁志强 */
        {"\xd0\xd5\xc3\xfb,phone\n\xd4\xac\xd6\xbe\xc7\xbf,2\n\xd4\xac\xd6\xbe\xc7\xbf,3\n", CHARSET_GB18030},
        {"name\nJos\xc3\xa9\n", CHARSET_UTF8},
        {"name\n\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\n", CHARSET_UTF8}, /* Иван */
        {"name\n\xd8\xb9\xd9\x84\xd9\x8a\n", CHARSET_UTF8},         /* علي */
        {"name\n\xd0\xb0\xd0\xb0\n", CHARSET_UNKNOWN},              /* аа, or 邪邪 */
        {"name\nJos\xc3\xa9\nJos\xe9\n", CHARSET_UTF8},             /* and a row of Latin-1 */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        int fd = sheet_file(rows[i].bytes, strlen(rows[i].bytes));
        g_test_message("%zu", i);
        AUTO(sheet) struct sheet *sheet = sheet_open(fd, &(struct sheet_options){0}, &problem);
        if (rows[i].charset == CHARSET_UNKNOWN)
            g_assert_cmpint(problem->code, ==, PROBLEM_ENCODING_UNCLEAR);
        else
            g_assert_cmpint(sheet_charset(sheet), ==, rows[i].charset);
        close(fd);
    }
}

static void no_sheets(void)
{
    static const struct {
        const char *bytes;
        size_t count;
        enum problem_code code;
    } rows[] = {
        {"PK\x03\x04 and so on", 10, PROBLEM_SHEET_UNREADABLE},
        {"\xff\xfe"
         "a",
         3, PROBLEM_SHEET_UNREADABLE},
        {"", 0, PROBLEM_SHEET_EMPTY},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        int fd = sheet_file(rows[i].bytes, rows[i].count);
        g_assert_null(sheet_open(fd, &(struct sheet_options){0}, &problem));
        g_assert_cmpint(problem->code, ==, rows[i].code);
        close(fd);
    }
}

/* ---- dates ---- */

static const struct {
    const char *text, *day;
    int seconds;
    enum date_order order;
    enum problem_code code;
} written_days[] = {
    {"2020/2/3", "2020-02-03", -1},
    {"2020-02-03", "2020-02-03", -1},
    {"2020.2.3", "2020-02-03", -1},
    {"2020年2月3日", "2020-02-03", -1},
    {"20200203", "2020-02-03", -1},
    {"43864", "2020-02-03", -1},
    {"43864.5", "2020-02-03", 43200},
    {"3.2.2020", "2020-02-03", -1, DATES_DMY},
    {"2/3/2020", "2020-02-03", -1, DATES_MDY},
    {"02/03/2020 11:11:26 AM", "2020-02-03", 40286, DATES_MDY},
    {"02/03/2020 12:00:00 AM", "2020-02-03", 0, DATES_MDY},
    {"2020/2/3 8:30", "2020-02-03", 30600},
    {"2020年2月3日 下午3:05", "2020-02-03", 54300},
    {"2020-02-03T08:30:15", "2020-02-03", 30615},
    {"2020年2月3日8时", "2020-02-03", 28800},
    {"2020年2月3日 8点半", "2020-02-03", 30600},
    {"2020年2月3日 8点一刻", "2020-02-03", 29700},
    {"2020年2月3日 8时30", "2020-02-03", 30600},
    {"2020年2月3日 8时30分15秒", "2020-02-03", 30615},
    {"2020年2月3日 24:00", "2020-02-03", 86400},
    {"2020年2月3日 中午12:00", "2020-02-03", 43200},
    {"2020年2月3日 中午1点", "2020-02-03", 46800},
    {"2020年2月3日 早上8:30", "2020-02-03", 30600},
    {"2020年2月3日 凌晨12:30", "2020-02-03", 1800},
    {"2020年2月3日 凌晨3点", "2020-02-03", 10800},
    {"2020年2月3日 下午12:30", "2020-02-03", 45000},
    {"2020年2月3日 下午15:30", "2020-02-03", 55800},
    {"2020年2月3日 傍晚6点", "2020-02-03", 64800},
    {"2020年2月3日 晚上8点", "2020-02-03", 72000},
    {"2020年2月3日 晚上20:15", "2020-02-03", 72900},
    {"2020年2月3日 深夜11点", "2020-02-03", 82800},
    {"2020年2月3日 晚上12:00", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020年2月3日 晚上12点", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020年2月3日 晚上12:30", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020年2月3日 晚上1:00", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020年2月3日 上午12:00", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020年2月3日 凌晨9:00", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020年2月3日 半夜1点", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020-02-03 0:30 PM", NULL, 0, DATES_UNKNOWN, PROBLEM_HOUR_UNCLEAR},
    {"2020年2月3日 24:30", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
    {"3.2.2020", NULL, 0, DATES_UNKNOWN, PROBLEM_DATE_AMBIGUOUS},
    {"2020/2/30", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
    {"3/2/20", NULL, 0, DATES_DMY, PROBLEM_YEAR_SHORT},
    {"58/3/1", NULL, 0, DATES_UNKNOWN, PROBLEM_YEAR_SHORT},
    {"29.2.2020", NULL, 0, DATES_UNKNOWN, PROBLEM_DATE_ORDER},
    {"2/13/2020", NULL, 0, DATES_UNKNOWN, PROBLEM_DATE_ORDER},
    {"30.2.2020", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
    {"3.3.2020", "2020-03-03", -1},
    {"2020-02-03 25:00", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
    {"2020-02-03 x", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
    {"1.1.2020 - 2.1.2020", NULL, 0, DATES_DMY, PROBLEM_DATE_IS_RANGE},
    {"20201340", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
    {"12", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
    {"昨天", NULL, 0, DATES_UNKNOWN, PROBLEM_INVALID_DATE},
};

static void dates(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(written_days); i++) {
        AUTO(problem) struct problem *problem = NULL;
        struct cell_habits habits = {.order = written_days[i].order, .minutes = -1};
        int32_t day;
        int seconds;
        char shown[DATETIME_TEXT_MAX];
        g_test_message("%s", written_days[i].text);
        bool read = cell_date(&habits, written_days[i].text, &day, &seconds, &problem);
        g_assert_cmpint(read, ==, written_days[i].day != NULL);
        if (!read) {
            g_assert_cmpint(problem->code, ==, written_days[i].code);
            continue;
        }
        date_format(day, shown);
        g_assert_cmpstr(shown, ==, written_days[i].day);
        g_assert_cmpint(seconds, ==, written_days[i].seconds);
    }
    AUTO(problem) struct problem *problem = NULL;
    struct cell_habits last = {.order = DATES_DMY, .range = RANGE_LAST, .minutes = -1};
    int32_t day;
    int seconds;
    g_assert_true(cell_date(&last, "10.01.2020 - 22.01.2020", &day, &seconds, &problem));
    g_assert_cmpint(day, ==, day_from_civil(2020, 1, 22));
}

/* ---- values ---- */

static void values(void)
{
    static struct code codes[] = {{(char *)"fever", {(char *)"发热", (char *)"Fever"}},
                                  {(char *)"cough", {(char *)"咳嗽", (char *)"Cough"}}};
    static const struct code_list list = {.name = (char *)"symptom", .codes = codes, .code_count = 2};
    static const struct field field = {.name = (char *)"f", .list = &list};
    static const struct {
        enum cell_type type;
        const char *text, *json; /* NULL: refused with */
        enum problem_code code;
    } rows[] = {
        {CELL_TEXT, "３号楼 \n2单元", "\"３号楼  2单元\""},
        {CELL_TEXT, "1.10E+05", NULL, PROBLEM_DIGITS_LOST},
        {CELL_TEXT, "2E01", "\"2E01\""},
        {CELL_TEXT, "5e2", "\"5e2\""},
        {CELL_CODE, "1105E3", "\"1105E3\""},
        {CELL_INTEGER, "４２", "42"},
        {CELL_INTEGER, "42.0", "42"},
        {CELL_INTEGER, "42.5", NULL, PROBLEM_WRONG_TYPE},
        {CELL_INTEGER, "36-45", NULL, PROBLEM_WRONG_TYPE},
        {CELL_DECIMAL, "37.3", "\"37.3\""},
        {CELL_DECIMAL, "37,3", NULL, PROBLEM_WRONG_TYPE},
        {CELL_BOOL, "是", "true"},
        {CELL_BOOL, "No", "false"},
        {CELL_BOOL, "maybe", NULL, PROBLEM_NOT_A_YES_OR_NO},
        {CELL_CHOICE, "发热", "\"fever\""},
        {CELL_CHOICE, "FEVER", "\"fever\""},
        {CELL_CHOICE, "pain", NULL, PROBLEM_NOT_IN_LIST},
        {CELL_CHOICES, "发热、Cough", "[\"fever\",\"cough\"]"},
        {CELL_CHOICES, "fever; pain", NULL, PROBLEM_NOT_IN_LIST},
        {CELL_CODE, "１１０１０５", "\"110105\""},
        {CELL_CODE, "110105.0", "\"110105\""},
        {CELL_CODE, "1.10E+05", NULL, PROBLEM_DIGITS_LOST},
        {CELL_CODE, "110101199003070000", NULL, PROBLEM_DIGITS_LOST},
        {CELL_CODE, "110101199003070214.0", NULL, PROBLEM_DIGITS_LOST},
        {CELL_CODE, "110101199003070214", "\"110101199003070214\""},
        {CELL_CODE, "110101199003133000", "\"110101199003133000\""}, /* ends so by itself */
        {CELL_OTHER, "[1]", "[1]"},
        {CELL_OTHER, "[1", "\"[1\""},
    };
    const struct cell_habits habits = {.minutes = -1};
    AUTO(cell_reader) struct cell_reader *reader = cell_reader_new(NULL, NULL, INT64_C(1580774400000000));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        g_test_message("%s", rows[i].text);
        g_autoptr(json_t) value = cell_read(reader, rows[i].type, &field, &habits, rows[i].text, &problem);
        g_assert_cmpint(value != NULL, ==, rows[i].json != NULL);
        if (value == NULL) {
            g_assert_cmpint(problem->code, ==, rows[i].code);
            continue;
        }
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        g_assert_cmpstr(text, ==, rows[i].json);
        free(text);
    }
    struct cell_habits comma = {.minutes = -1, .decimal_comma = ','};
    AUTO(problem) struct problem *problem = NULL;
    g_autoptr(json_t) value = cell_read(reader, CELL_DECIMAL, &field, &comma, "37,3", &problem);
    g_assert_cmpstr(json_string_value(value), ==, "37.3");
}

static void trimmed(void)
{
    g_autofree char *text = g_strdup("\xe3\x80\x80\xc2\xa0 张三\xe2\x80\x8b ");
    g_assert_cmpstr(cell_trim(text), ==, "张三");
}

/* ---- mapping files ---- */

static void mappings(void)
{
    static const struct {
        const char *text, *says, *zh; /* NULL: right */
    } rows[] = {
        {"sheet: case\nkey: [ID]\ncolumns: {ID: ignore, age: age, '*': ignore}\n", NULL, NULL},
        {"dates: d.m.y\nblank: [N/A, NA]\nconstants: {unit: '110000'}\n", NULL, NULL},
        {"columns: {a: {to: x, values: {y: z}, range: first}}\n", NULL, NULL},
        {"colums: {}\n", "m.yaml:1:1: unknown key; did you mean columns?",
         "m.yaml:1:1: 不认识这个键；是否为 `columns`？"},
        {"dates: y.m.d\n", "m.yaml:1:8: expected d.m.y or m/d/y", "m.yaml:1:8: 应为 `d.m.y` 或 `m/d/y`"},
        {"header: zero\n", "m.yaml:1:9: expected a number of rows", "m.yaml:1:9: 应为行数"},
        {"columns: {a: {values: {}}}\n", "m.yaml:1:14: say where the column goes: to",
         "m.yaml:1:14: 请用 `to` 写明这一列对应什么"},
        {"- a\n", "m.yaml:1:1: a mapping file has to be one mapping", "m.yaml:1:1: 对应文件应为一组“键: 值”"},
        {"columns: [a]\n", "m.yaml:1:10: expected a mapping of headers to columns", "m.yaml:1:10: 应为一组“表头: 列”"},
        {"encoding: big5\n", "m.yaml:1:11: expected utf-8 or gb18030", "m.yaml:1:11: 应为 `utf-8` 或 `gb18030`"},
        {"delimiter: '|'\n", "m.yaml:1:12: expected ',', ';' or tab", "m.yaml:1:12: 应为 `','`、`';'` 或 `tab`"},
        {"time: noon\n", "m.yaml:1:7: expected a time of day such as '12:00'", "m.yaml:1:7: 应为时刻，如 `'12:00'`"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(problem) struct problem *problem = NULL;
        AUTO(mapping)
        struct mapping *mapping = mapping_parse("m.yaml", rows[i].text, strlen(rows[i].text), &problem);
        g_assert_cmpint(mapping != NULL, ==, rows[i].says == NULL);
        if (mapping != NULL)
            continue;
        g_autofree char *said = problem_sentence(problem, false), *zh = problem_sentence(problem, true);
        g_assert_cmpstr(said, ==, rows[i].says);
        g_assert_cmpstr(zh, ==, rows[i].zh);
    }
}

static void seen_before(void)
{
    AUTO(digest_set) struct digest_set *seen = digest_set_new();
    uint8_t digest[16] = {0};
    int64_t first;
    for (uint32_t i = 0; i < 5000; i++) {
        memcpy(digest, &i, sizeof i);
        g_assert_cmpint(digest_set_add(seen, digest, i + 1, &first), ==, 0);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        memcpy(digest, &i, sizeof i);
        g_assert_cmpint(digest_set_add(seen, digest, 9999, &first), ==, 1);
        g_assert_cmpint(first, ==, i + 1);
    }
}

/* However many notes there are, the mistake stands first, and each kind is counted whole. */
static void reports(void)
{
    AUTO(report) struct report report;
    report_init(&report);
    for (int i = 0; i < LIMIT_IMPORT_FINDINGS + 5; i++)
        report_note(&report, i + 2, NULL, NULL, NOTE_THERE_ALREADY, NULL);
    report_problem(&report, LIMIT_IMPORT_FINDINGS + 9, "手机号", "12", problem_new(PROBLEM_INVALID_PHONE, NULL, NULL));
    report_sort(&report);
    g_autoptr(json_t) first = report_json(&report, false, 0);
    const json_t *kinds = json_object_get(first, "kinds"), *findings = json_object_get(first, "findings");
    g_assert_cmpstr(json_get_text(json_array_get(findings, 0), "code", ""), ==, "invalid_phone");
    g_assert_cmpuint(json_array_size(findings), ==, LIMIT_IMPORT_PAGE);
    g_assert_cmpint(json_get_integer(first, "next", 0), ==, LIMIT_IMPORT_PAGE);
    g_assert_cmpint(json_get_integer(json_array_get(kinds, 0), "count", 0), ==, 1);
    g_assert_cmpstr(json_get_text(json_array_get(kinds, 1), "code", ""), ==, "there_already");
    g_assert_cmpint(json_get_integer(json_array_get(kinds, 1), "count", 0), ==, LIMIT_IMPORT_FINDINGS + 5);
    g_autoptr(json_t) last = report_json(&report, false, LIMIT_IMPORT_FINDINGS);
    g_assert_cmpuint(json_array_size(json_object_get(last, "findings")), ==, 1);
    g_assert_true(json_is_null(json_object_get(last, "next")));
    g_autoptr(json_t) beyond = report_json(&report, false, 2 * LIMIT_IMPORT_FINDINGS);
    g_assert_cmpuint(json_array_size(json_object_get(beyond, "findings")), ==, 0);
    g_autofree char *text = report_text(&report, false);
    g_assert_true(g_str_has_prefix(text, "row 10009, column \"手机号\""));
    g_assert_nonnull(strstr(text, "\nproblems: 1, such as: "));
    g_assert_nonnull(strstr(text, "\nnotes: 10005, such as: "));
    g_autofree char *chinese = report_text(&report, true);
    g_assert_nonnull(strstr(chinese, "\n提示 10005 处，如："));
    g_assert_null(strstr(chinese, "there_already"));
    g_autofree char *csv = report_csv(&report, false);
    g_assert_true(
        g_str_has_prefix(csv, "row,column,value,level,code,reason,line\n10009,手机号,12,problem,invalid_phone,"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reading/records", records);
    g_test_add_func("/reading/limits", limits);
    g_test_add_func("/reading/written", written);
    g_test_add_func("/reading/formulas", formulas);
    g_test_add_func("/reading/reports", reports);
    g_test_add_func("/reading/charsets", charsets);
    g_test_add_func("/reading/both-charsets", both_charsets);
    g_test_add_func("/reading/no-sheets", no_sheets);
    g_test_add_func("/reading/dates", dates);
    g_test_add_func("/reading/values", values);
    g_test_add_func("/reading/trimmed", trimmed);
    g_test_add_func("/reading/mappings", mappings);
    g_test_add_func("/reading/seen", seen_before);
    return g_test_run();
}
