/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/report.h"

#include "base/characters.h"
#include "base/limits.h"
#include "interop/cell.h"
#include "interop/csv.h"
#include "interop/words.h"

#include <string.h>

#define KINDS_FROM 20 /* findings: as many are read one by one */

static const struct {
    const char *name, *zh, *en;
} note_texts[NOTE_COUNT] = {
    [NOTE_HEADER_ROW] = {"header_row", "表头在第 {0} 行，以上各行未导入",
                         "the header is row {0}; the rows above it are left out"},
    [NOTE_ENCODING] = {"encoding", "按 {0} 读取", "read as {0}"},
    [NOTE_WORKSHEET] = {"worksheet", "导入的是工作表“{0}”，其他工作表未导入",
                        "the worksheet {0} is read, the others are left out"},
    [NOTE_HIDDEN_SHEETS] = {"hidden_sheets", "隐藏的工作表未导入：{0}", "hidden worksheets are left out: {0}"},
    [NOTE_HIDDEN_ROWS] = {"hidden_rows", "从这一行起有 {0} 行被隐藏，同样导入",
                          "from here on {0} rows are hidden; they are read like the others"},
    [NOTE_MERGED] = {"merged", "有 {0} 处上下合并的单元格，各行均按合并的内容读取",
                     "{0} cells are merged over several rows; each row has what is written there"},
    [NOTE_FORMULAS] = {"formulas", "有 {0} 格是公式，取文件保存时的结果",
                       "{0} cells are formulas; they are read as they were when the file was saved"},
    [NOTE_MACROS] = {"macros", "工作簿含有宏，未运行", "the workbook has macros, which are not run"},
    [NOTE_LINKS] = {"links", "工作簿链接了其他文件，未读取",
                    "the workbook has links to other files, which are not read"},
    [NOTE_TITLE_ROW] = {"title_row", "这一行是横向合并的标题或备注，未导入",
                        "a title or remark merged over the table, left out"},
    [NOTE_HEADER_AGAIN] = {"header_again", "这一行重复了表头，未导入", "the header again, left out"},
    [NOTE_OTHER_TABLE] = {"other_table",
                          "这一行是另一张表的表头，从这里起未导入；要导入它，请在对应文件中写 header: {0}",
                          "the header of another table, left out from here on; to read it, say `header: {0}` in the "
                          "mapping file"},
    [NOTE_NOTES_ROW] = {"notes_row", "这一行是填写说明，未导入", "a row of explanations, left out"},
    [NOTE_COLUMN_LEFT_OUT] = {"column_left_out", "这一列只供查看，未导入",
                              "this column is shown only and was left out"},
    [NOTE_THERE_ALREADY] = {"there_already", "已有，未重复导入", "already present"},
    [NOTE_DIFFERS] = {"differs", "已有，但 {0} 不同，未改动", "already present, but {0} differs; left as it is"},
    [NOTE_ALIKE] = {"alike", "除编号外与第 {0} 行完全相同，请核对",
                    "the same as row {0} but for its key; please check"},
    [NOTE_SAME_CONTENT] = {"same_content", "与第 {0} 行完全相同，请核对", "the same as row {0}; please check"},
    [NOTE_SAME_NAME] = {"same_name", "已登记 {0} 位同名人员，请核对",
                        "{0} persons of that name are registered; please check"},
    [NOTE_LIKELY] = {"likely", "已登记 {0} 位同名同电话的人，按另一人导入，请核对",
                     "{0} of that name and phone are registered; taken for another person, please check"},
    [NOTE_LIKELY_ROW] = {"likely_row", "与第 {0} 行同名同电话，按两人导入，请核对",
                         "the same name and phone as row {0}; taken for two people, please check"},
    [NOTE_TAKEN_FOR] = {"taken_for",
                        "已登记 {0} 位同名同电话的人，视为同一人，未重复登记；若为另一人，请补身份证号或门牌",
                        "{0} of that name and phone are registered; taken for the same person and not registered "
                        "again; if it is another person, add an ID number or a door"},
    [NOTE_SAME_PERSON] = {"same_person", "与第 {0} 行身份证号相同，是同一人，未重复导入",
                          "the same ID number as row {0}: the same person, left out"},
    [NOTE_SAME_CELLS] = {"same_cells", "与第 {0} 行无从区分，未重复导入；若为两人，请补身份证号或门牌",
                         "it cannot be told from row {0}: left out; if they are two people, add ID numbers or doors"},
    [NOTE_FILLED_DOWN] = {"filled_down", "居住地随第 {0} 行", "the home is that of row {0}"},
    [NOTE_NO_HOME] = {"no_home",
                      "没有居住地；若与第 {0} 行是合并的单元格，请写上居住地，或使用写明 homes: merged 的对应文件",
                      "no home; if the cell is merged with that of row {0}, say `homes: merged` in the mapping file"},
    [NOTE_KEPT] = {"kept", "此人已登记，{0} 不同，保留已登记的",
                   "the person is registered, {0} differs; kept as it is"},
    [NOTE_AHEAD] = {"ahead", "这个时间在将来，请核对", "this time lies in the future; please check"},
    [NOTE_CHANGES] = {"changes", "已有，将改动 {0}", "already present, {0} will be changed"},
};

static void finding_free(gpointer data)
{
    struct finding *finding = data;
    g_free(finding->column);
    g_free(finding->value);
    g_free(finding->argument);
    g_free(finding->line);
    problem_free(finding->problem);
    g_free(finding);
}

void report_init(struct report *report)
{
    *report = (struct report){.findings = g_ptr_array_new_with_free_func(finding_free),
                              .notes = g_ptr_array_new_with_free_func(finding_free)};
}

void report_clear(struct report *report)
{
    g_clear_pointer(&report->findings, g_ptr_array_unref);
    g_clear_pointer(&report->notes, g_ptr_array_unref);
    g_clear_pointer(&report->worksheet, g_free);
}

static char *shown(const char *text, int most)
{
    return text != NULL ? characters_shown(text, most) : NULL;
}

static void add(struct report *report, struct finding *finding)
{
    GPtrArray *kept = finding->problem != NULL ? report->findings : report->notes;
    if (finding->problem != NULL)
        report->problem_counts[finding->problem->code]++;
    else
        report->note_counts[finding->note]++;
    if (kept->len < LIMIT_IMPORT_FINDINGS) {
        g_ptr_array_add(kept, finding);
    } else {
        finding_free(finding);
        report->findings_beyond++;
    }
}

void report_problem(struct report *report, int64_t row, const char *column, const char *value, struct problem *problem)
{
    while (problem != NULL) {
        struct problem *next = problem_take_rest(problem);
        struct finding *finding = g_new0(struct finding, 1);
        *finding = (struct finding){row,
                                    shown(column, LIMIT_SHOWN_NAME_CHARS),
                                    shown(value, LIMIT_SHOWN_VALUE_CHARS),
                                    problem,
                                    NOTE_COUNT,
                                    NULL,
                                    NULL};
        add(report, finding);
        problem = next;
    }
}

void report_note(struct report *report, int64_t row, const char *column, const char *value, enum note note,
                 const char *argument)
{
    struct finding *finding = g_new0(struct finding, 1);
    *finding = (struct finding){row,
                                shown(column, LIMIT_SHOWN_NAME_CHARS),
                                shown(value, LIMIT_SHOWN_VALUE_CHARS),
                                NULL,
                                note,
                                shown(argument, LIMIT_SHOWN_SENTENCE_CHARS),
                                NULL};
    add(report, finding);
}

static gint compare_rows(gconstpointer a, gconstpointer b)
{
    const struct finding *one = *(const struct finding *const *)a, *other = *(const struct finding *const *)b;
    return (one->row > other->row) - (one->row < other->row);
}

void report_sort(struct report *report)
{
    g_ptr_array_sort(report->findings, compare_rows);
    g_ptr_array_sort(report->notes, compare_rows);
    g_ptr_array_extend_and_steal(report->findings, g_ptr_array_ref(report->notes));
    g_ptr_array_unref(report->notes);
    report->notes = g_ptr_array_new_with_free_func(finding_free);
}

static char *finding_sentence(const struct report *report, const struct finding *finding, bool chinese)
{
    if (finding->problem != NULL)
        return words_sentence(finding->problem, report->playbook, chinese);
    const char *text = chinese ? note_texts[finding->note].zh : note_texts[finding->note].en;
    g_auto(GStrv) parts = g_strsplit(text, "{0}", -1);
    return g_strjoinv(finding->argument != NULL ? finding->argument : "", parts);
}

static const char *level_of(const struct finding *finding)
{
    return finding->problem != NULL ? "problem" : "note";
}

static const char *code_of(const struct finding *finding)
{
    return finding->problem != NULL ? problem_texts[finding->problem->code].name : note_texts[finding->note].name;
}

static json_t *finding_json(const struct report *report, const struct finding *finding, bool chinese)
{
    g_autofree char *sentence = finding_sentence(report, finding, chinese);
    json_t *json =
        json_pack("{s:s, s:s, s:s}", "level", level_of(finding), "code", code_of(finding), "detail", sentence);
    if (finding->row > 0)
        json_object_set_new(json, "row", json_integer(finding->row));
    if (finding->column != NULL)
        json_object_set_new(json, "column", json_string(finding->column));
    if (finding->value != NULL)
        json_object_set_new(json, "value", json_string(finding->value));
    if (finding->problem != NULL && finding->problem->field != NULL)
        json_object_set_new(json, "field", json_string(finding->problem->field));
    return json;
}

static void add_kind(json_t *kinds, const char *level, const char *code, int64_t count)
{
    if (count > 0)
        json_array_append_new(kinds,
                              json_pack("{s:s, s:s, s:I}", "level", level, "code", code, "count", (json_int_t)count));
}

/* Counts by code, also of findings that are not kept. */
static json_t *kinds_json(const struct report *report)
{
    json_t *kinds = json_array();
    for (int i = 0; i < PROBLEM_COUNT; i++)
        add_kind(kinds, "problem", problem_texts[i].name, report->problem_counts[i]);
    for (int i = 0; i < NOTE_COUNT; i++)
        add_kind(kinds, "note", note_texts[i].name, report->note_counts[i]);
    return kinds;
}

json_t *report_json(const struct report *report, bool chinese, guint from)
{
    json_t *findings = json_array();
    guint to = MIN(report->findings->len, from + LIMIT_IMPORT_PAGE);
    for (guint i = MIN(from, to); i < to; i++)
        json_array_append_new(findings, finding_json(report, g_ptr_array_index(report->findings, i), chinese));
    const char delimiter[] = {report->delimiter, '\0'};
    json_t *json =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:s, s:s, s:o, s:o, s:I}", "rows", (json_int_t)report->rows,
                  "good", (json_int_t)report->good, "there", (json_int_t)report->there, "wrong",
                  (json_int_t)report->wrong, "made", (json_int_t)report->made, "refused", report->refused, "applied",
                  report->applied, "encoding", report->charset, "delimiter", delimiter, "kinds", kinds_json(report),
                  "findings", findings, "findings_beyond", (json_int_t)report->findings_beyond);
    if (report->worksheet != NULL)
        json_object_set_new(json, "worksheet", json_string(report->worksheet));
    json_object_set_new(json, "next", to < report->findings->len ? json_integer(to) : json_null());
    return json;
}

char *report_csv(const struct report *report, bool chinese)
{
    GString *text = g_string_new(chinese ? "\xef\xbb\xbf行,列,值,级别,代码,原因,原行\n"
                                         : "row,column,value,level,code,reason,line\n");
    for (guint i = 0; i < report->findings->len; i++) {
        const struct finding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *sentence = finding_sentence(report, finding, chinese);
        const char *cells[] = {finding->column,  finding->value, level_of(finding),
                               code_of(finding), sentence,       finding->line};
        if (finding->row > 0)
            g_string_append_printf(text, "%" G_GINT64_FORMAT, finding->row);
        for (size_t j = 0; j < G_N_ELEMENTS(cells); j++) {
            g_autoptr(GString) cell = g_string_new(NULL);
            if (cells[j] != NULL)
                cell_write_text(cells[j], cell);
            g_string_append_c(text, ',');
            csv_append(text, cell->str, ',');
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void add_line(GString *text, const struct report *report, const struct finding *finding, bool chinese)
{
    g_autofree char *sentence = finding_sentence(report, finding, chinese);
    if (finding->row > 0)
        g_string_append_printf(text, chinese ? "第 %" G_GINT64_FORMAT " 行" : "row %" G_GINT64_FORMAT, finding->row);
    if (finding->column != NULL)
        g_string_append_printf(text, chinese ? "%s“%s”列" : "%scolumn \"%s\"",
                               finding->row == 0 ? ""
                               : chinese         ? "，"
                                                 : ", ",
                               finding->column);
    g_autofree char *value = finding->value != NULL ? g_strdelimit(g_strdup(finding->value), "\n\t", ' ') : NULL;
    if (value != NULL)
        g_string_append_printf(text, chinese ? "，值“%s”" : ", value \"%s\"", value);
    g_string_append_printf(text, "%s%s%s\n",
                           text->len > 0 && text->str[text->len - 1] != '\n' ? (chinese ? "：" : ": ") : "",
                           finding->problem == NULL ? (chinese ? "（提示）" : "(note) ") : "", sentence);
}

static int64_t count_of(const struct report *report, const struct finding *finding)
{
    return finding->problem != NULL ? report->problem_counts[finding->problem->code]
                                    : report->note_counts[finding->note];
}

/* Of many findings the counts by code come first, each with its first finding. */
static void add_kinds(GString *text, const struct report *report, bool chinese)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < report->findings->len && report->findings->len >= KINDS_FROM; i++) {
        const struct finding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *sentence = finding_sentence(report, finding, chinese);
        bool wrong = finding->problem != NULL;
        const char *level = chinese ? (wrong ? "错误" : "提示") : (wrong ? "problems" : "notes");
        if (g_hash_table_add(told, (gpointer)code_of(finding)))
            g_string_append_printf(text, chinese ? "%s %d 处，如：%s\n" : "%s: %d, such as: %s\n", level,
                                   (int)count_of(report, finding), sentence);
    }
}

char *report_text(const struct report *report, bool chinese)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < report->findings->len; i++)
        add_line(text, report, g_ptr_array_index(report->findings, i), chinese);
    if (report->findings_beyond > 0)
        g_string_append_printf(text,
                               chinese ? "另有 %" G_GINT64_FORMAT " 处未列出\n" : "and %" G_GINT64_FORMAT " more\n",
                               report->findings_beyond);
    add_kinds(text, report, chinese);
    static const char *const counted[][2] = {
        {"rows", "共"}, {"new", "可导入"}, {"already present", "已有"}, {"wrong", "有误"}, {"done", "已导入"}};
    const int64_t counts[] = {report->rows, report->good, report->there, report->wrong, report->made};
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        g_string_append_printf(text, chinese ? "%s%s %" G_GINT64_FORMAT " 行" : "%s%s: %" G_GINT64_FORMAT,
                               i == 0    ? ""
                               : chinese ? "，"
                                         : ", ",
                               counted[i][chinese], counts[i]);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}
