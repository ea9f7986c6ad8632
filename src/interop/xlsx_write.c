/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/xlsx_write.h"

#include "base/datetime.h"
#include "base/limits.h"

#include <string.h>
#include <xlsxwriter.h>

#define NOTE_ROWS      2        /* the header and what explains it: they stay in sight */
#define FIRST_SERIAL   (-25508) /* 1900-03-01, from which on both epochs of spreadsheets are clear; since 1970 */
#define SERIAL_OF_1970 25569
#define EXACT_DIGITS   15
#define INLINE_MAX     250  /* characters of a list within its rule */
#define LISTED_MAX     1000 /* codes of a list to choose from */
#define NAMED_MAX      12   /* codes in an explanation */
#define WIDTH          16
#define SECONDS_OF_DAY 86400.0

struct written_column {
    const struct column_def *column_def;
    enum cell_type type;
    GPtrArray *choices; /* of const char *; NULL none */
};

struct xlsx_writer {
    lxw_workbook *workbook;
    lxw_worksheet *sheet, *lists;
    lxw_format *bold, *grey, *text, *day, *moment;
    const struct playbook *playbook;
    enum cell_words words;
    GArray *columns; /* of struct written_column */
    GString *escaped;
    GPtrArray *header; /* of char *: once more on each further sheet */
    lxw_row_t row;
    int sheets;
    bool failed;
};

static bool in_english(const struct xlsx_writer *writer)
{
    return writer->words == WORDS_EN;
}

/* ---- what may be chosen ---- */

static const char *word_of(const struct xlsx_writer *writer, const struct texts *title, const char *name)
{
    const char *word = writer->words == WORDS_ZH ? title->zh : writer->words == WORDS_EN ? title->en : name;
    return word != NULL ? word : name;
}

static GPtrArray *choices_of(const struct xlsx_writer *writer, const struct column_def *column_def)
{
    static const char *const truths[][2] = {
        [WORDS_CODES] = {"true", "false"}, [WORDS_ZH] = {"是", "否"}, [WORDS_EN] = {"yes", "no"}};
    const struct playbook *playbook = writer->playbook;
    g_autoptr(GPtrArray) choices = g_ptr_array_new();
    if (column_def->type == CELL_BOOL)
        for (size_t i = 0; i < 2; i++)
            g_ptr_array_add(choices, (gpointer)truths[writer->words][i]);
    if ((column_def->type == CELL_CHOICE || column_def->type == CELL_CHOICES) && column_def->field != NULL &&
        column_def->field->list != NULL)
        for (size_t i = 0; i < MIN(column_def->field->list->code_count, LISTED_MAX); i++)
            g_ptr_array_add(choices, (gpointer)word_of(writer, &column_def->field->list->codes[i].label,
                                                       column_def->field->list->codes[i].code));
    for (size_t i = 0;
         strcmp(column_def->name, "type") == 0 && column_def->field == NULL && i < playbook->unit_type_count; i++)
        g_ptr_array_add(choices,
                        (gpointer)word_of(writer, &playbook->unit_types[i].title, playbook->unit_types[i].name));
    for (size_t i = 0; strcmp(column_def->name, "role") == 0 && column_def->field == NULL && i < playbook->role_count;
         i++)
        g_ptr_array_add(choices, (gpointer)word_of(writer, &playbook->roles[i].title, playbook->roles[i].name));
    return choices->len > 0 ? g_steal_pointer(&choices) : NULL;
}

/* The words of a list in its rule itself; NULL: they are too many, or would be taken apart. The caller frees. */
static char *inline_list(const GPtrArray *choices)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; i < choices->len; i++) {
        const char *choice = choices->pdata[i];
        if (strpbrk(choice, ",\"") != NULL)
            return NULL;
        g_string_append_printf(joined, "%s%s", i > 0 ? "," : "", choice);
    }
    return g_utf8_strlen(joined->str, -1) <= INLINE_MAX ? g_strdup(joined->str) : NULL;
}

static void offer(struct xlsx_writer *writer, lxw_col_t index, lxw_col_t *list)
{
    const struct written_column *column = &g_array_index(writer->columns, struct written_column, index);
    lxw_data_validation rule = {
        .ignore_blank = LXW_VALIDATION_ON, .dropdown = LXW_VALIDATION_ON, .error_type = LXW_VALIDATION_ERROR_TYPE_STOP};
    if (column->choices == NULL || column->type == CELL_CHOICES)
        return;
    g_autofree char *within = inline_list(column->choices);
    g_auto(GStrv) words = within != NULL ? g_strsplit(within, ",", -1) : NULL;
    g_autofree char *formula = NULL;
    rule.validate = within != NULL ? LXW_VALIDATION_TYPE_LIST : LXW_VALIDATION_TYPE_LIST_FORMULA;
    if (within != NULL) {
        rule.value_list = words;
    } else {
        char letters[LXW_MAX_COL_NAME_LENGTH];
        lxw_col_to_name(letters, (*list)++, 1);
        formula = g_strdup_printf("='%s'!%s$1:%s$%u", in_english(writer) ? "codes" : "选项", letters, letters,
                                  column->choices->len);
        rule.value_formula = formula;
    }
    worksheet_data_validation_range(writer->sheet, NOTE_ROWS, index, LIMIT_SHEET_ROWS - 1, index, &rule);
}

/* Lists that a rule does not hold, side by side on a hidden sheet, row by row as they must be written. */
static void write_lists(struct xlsx_writer *writer)
{
    guint longest = 0;
    for (guint i = 0; i < writer->columns->len; i++) {
        const struct written_column *column = &g_array_index(writer->columns, struct written_column, i);
        g_autofree char *within = column->choices != NULL ? inline_list(column->choices) : NULL;
        if (column->choices != NULL && column->type != CELL_CHOICES && within == NULL)
            longest = MAX(longest, column->choices->len);
    }
    if (longest == 0)
        return;
    writer->lists = workbook_add_worksheet(writer->workbook, in_english(writer) ? "codes" : "选项");
    worksheet_hide(writer->lists);
    for (guint row = 0; row < longest; row++) {
        lxw_col_t list = 0;
        for (guint i = 0; i < writer->columns->len; i++) {
            const struct written_column *column = &g_array_index(writer->columns, struct written_column, i);
            g_autofree char *within = column->choices != NULL ? inline_list(column->choices) : NULL;
            if (column->choices == NULL || column->type == CELL_CHOICES || within != NULL)
                continue;
            if (row < column->choices->len)
                worksheet_write_string(writer->lists, row, list, column->choices->pdata[row], NULL);
            list++;
        }
    }
}

/* ---- what explains the header ---- */

static const char *form_of(const struct xlsx_writer *writer, const struct written_column *column)
{
    static const char *const zh[] = {[CELL_TEXT] = "",
                                     [CELL_INTEGER] = "，整数",
                                     [CELL_DECIMAL] = "，数字",
                                     [CELL_BOOL] = "，下拉选择",
                                     [CELL_DATE] = "，格式 2020-02-03",
                                     [CELL_DATETIME] = "，格式 2020-02-03 08:30",
                                     [CELL_CHOICE] = "，下拉选择",
                                     [CELL_CHOICES] = "，多选，以、隔开：",
                                     [CELL_UNIT] = "，单位代码",
                                     [CELL_UNITS] = "，单位代码，以、隔开",
                                     [CELL_CODE] = "，文本格式",
                                     [CELL_OTHER] = ""};
    static const char *const en[] = {[CELL_TEXT] = "",
                                     [CELL_INTEGER] = "; a whole number",
                                     [CELL_DECIMAL] = "; a number",
                                     [CELL_BOOL] = "; choose",
                                     [CELL_DATE] = "; format 2020-02-03",
                                     [CELL_DATETIME] = "; format 2020-02-03 08:30",
                                     [CELL_CHOICE] = "; choose",
                                     [CELL_CHOICES] = "; several, with ; between them: ",
                                     [CELL_UNIT] = "; code of a unit",
                                     [CELL_UNITS] = "; codes of units, with ; between them",
                                     [CELL_CODE] = "; format as text",
                                     [CELL_OTHER] = ""};
    enum cell_type type = column->type == CELL_TEXT && column->choices != NULL ? CELL_CHOICE : column->type;
    return in_english(writer) ? en[type] : zh[type];
}

static char *explanation_of(const struct xlsx_writer *writer, const struct written_column *column)
{
    bool english = in_english(writer);
    if (column->column_def->shown_only)
        return g_strdup(english ? "for reading; format free" : "仅供查看，无需填写");
    GString *text =
        g_string_new(column->column_def->required ? (english ? "required" : "必填") : (english ? "optional" : "选填"));
    g_string_append(text, form_of(writer, column));
    for (guint i = 0; column->type == CELL_CHOICES && column->choices != NULL && i < column->choices->len; i++) {
        g_string_append_printf(text, "%s%s", i > 0 ? (english ? "; " : "、") : "", (char *)column->choices->pdata[i]);
        if (i + 1 == NAMED_MAX)
            break;
    }
    return g_string_free(text, FALSE);
}

/* ---- sheets ---- */

static lxw_format *format_of(const struct xlsx_writer *writer, enum cell_type type)
{
    if (type == CELL_DATE)
        return writer->day;
    if (type == CELL_DATETIME)
        return writer->moment;
    return type == CELL_INTEGER || type == CELL_DECIMAL ? NULL : writer->text;
}

static void begin_sheet(struct xlsx_writer *writer)
{
    bool english = in_english(writer);
    g_autofree char *name = writer->sheets == 0 ? g_strdup(english ? "data" : "数据")
                                                : g_strdup_printf(english ? "data %d" : "数据%d", writer->sheets + 1);
    lxw_col_t list = 0;
    writer->sheets++;
    writer->row = 0;
    writer->sheet = workbook_add_worksheet(writer->workbook, name);
    worksheet_freeze_panes(writer->sheet, NOTE_ROWS, 0);
    for (guint i = 0; i < writer->columns->len; i++) {
        worksheet_set_column(writer->sheet, (lxw_col_t)i, (lxw_col_t)i, WIDTH,
                             format_of(writer, g_array_index(writer->columns, struct written_column, i).type));
        offer(writer, (lxw_col_t)i, &list);
    }
}

static void add_column(struct xlsx_writer *writer, const struct column_def *column_def)
{
    bool is_time = strcmp(column_def->name, "opened_at") == 0 || strcmp(column_def->name, "closed_at") == 0;
    struct written_column column = {.column_def = column_def,
                                    .type = column_def->field == NULL && is_time ? CELL_DATETIME : column_def->type,
                                    .choices = choices_of(writer, column_def)};
    g_array_append_val(writer->columns, column);
}

static void clear_column(gpointer data)
{
    struct written_column *column = data;
    g_clear_pointer(&column->choices, g_ptr_array_unref);
}

struct xlsx_writer *xlsx_writer_new(const char *path, const char *folder, const struct playbook *playbook,
                                    const GPtrArray *column_defs, enum cell_words words)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)folder};
    struct xlsx_writer *writer = g_new0(struct xlsx_writer, 1);
    *writer = (struct xlsx_writer){.workbook = workbook_new_opt(path, &options),
                                   .playbook = playbook,
                                   .words = words,
                                   .columns = g_array_new(FALSE, FALSE, sizeof(struct written_column)),
                                   .escaped = g_string_new(NULL),
                                   .header = g_ptr_array_new_with_free_func(g_free)};
    g_array_set_clear_func(writer->columns, clear_column);
    if (writer->workbook == NULL) {
        xlsx_writer_free(writer);
        return NULL;
    }
    writer->bold = workbook_add_format(writer->workbook);
    writer->grey = workbook_add_format(writer->workbook);
    writer->text = workbook_add_format(writer->workbook);
    writer->day = workbook_add_format(writer->workbook);
    writer->moment = workbook_add_format(writer->workbook);
    format_set_bold(writer->bold);
    format_set_font_color(writer->grey, LXW_COLOR_GRAY);
    format_set_num_format(writer->text, "@");
    format_set_num_format(writer->day, "yyyy-mm-dd");
    format_set_num_format(writer->moment, "yyyy-mm-dd hh:mm:ss");
    for (guint i = 0; i < column_defs->len; i++)
        add_column(writer, column_defs->pdata[i]);
    begin_sheet(writer);
    return writer;
}

/* The library closes the files in which it keeps rows only where it makes the workbook of them. */
static void abandon(lxw_workbook *workbook)
{
    lxw_sheet *sheet;
    STAILQ_FOREACH(sheet, workbook->sheets, list_pointers)
    {
        if (!sheet->is_chartsheet && sheet->u.worksheet->optimize_tmpfile != NULL)
            fclose(g_steal_pointer(&sheet->u.worksheet->optimize_tmpfile));
    }
    lxw_workbook_free(workbook);
}

void xlsx_writer_free(struct xlsx_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->workbook != NULL)
        abandon(writer->workbook);
    g_array_unref(writer->columns);
    g_string_free(writer->escaped, TRUE);
    g_ptr_array_unref(writer->header);
    g_free(writer);
}

/* ---- cells ---- */

/* What reads like an escaped character in a workbook ("_x000D_") is escaped itself. */
static const char *escape(struct xlsx_writer *writer, const char *text)
{
    const char *at = strstr(text, "_x");
    if (at == NULL)
        return text;
    g_string_truncate(writer->escaped, 0);
    for (; *text != '\0'; text++) {
        bool looks =
            text[0] == '_' && text[1] == 'x' && strspn(text + 2, "0123456789abcdefABCDEF") >= 4 && text[6] == '_';
        g_string_append(writer->escaped, looks ? "_x005F_" : "");
        if (!looks)
            g_string_append_c(writer->escaped, *text);
    }
    return writer->escaped->str;
}

/* What XML cannot hold (XML 1.0, 2.2) is shown as lost: older texts may have it, and one would make all of the workbook
 * unreadable. NULL: the text has none of it. */
static char *without_forbidden(const char *text)
{
    g_autoptr(GString) kept = g_string_new(NULL);
    bool all = true;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        bool forbidden = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff;
        g_string_append_unichar(kept, forbidden ? 0xfffd : c);
        all = all && !forbidden;
    }
    return all ? NULL : g_string_free(g_steal_pointer(&kept), FALSE);
}

static void put_text(struct xlsx_writer *writer, lxw_col_t column, const char *text, lxw_format *format)
{
    g_autofree char *mended = without_forbidden(text);
    const char *written = escape(writer, mended != NULL ? mended : text);
    if (g_utf8_strlen(written, -1) > LIMIT_WORKBOOK_CELL_CHARS ||
        worksheet_write_string(writer->sheet, writer->row, column, written, format) != LXW_NO_ERROR)
        writer->failed = true;
}

/* Digits, with an optional sign and point, that a number represents exactly. */
static bool is_number(const char *text)
{
    const char *digits = *text == '-' ? text + 1 : text;
    size_t before = strspn(digits, "0123456789");
    const char *point = digits + before;
    size_t behind = *point == '.' ? strspn(point + 1, "0123456789") : 0;
    bool whole = *point == '\0', broken = *point == '.' && behind > 0 && point[1 + behind] == '\0';
    return before > 0 && (whole || broken) && before + behind <= EXACT_DIGITS;
}

static int two_digits(const char *text)
{
    return g_ascii_digit_value(text[0]) * 10 + g_ascii_digit_value(text[1]);
}

/* "2020-02-03", "2020-02-03T08:30:15+08:00": false where a date cannot represent it. */
static bool serial_of(const struct xlsx_writer *writer, const char *text, bool time, double *out)
{
    char date[11];
    int32_t day;
    int64_t at_us;
    g_strlcpy(date, text, sizeof date);
    if (!date_parse(date, &day) || day < FIRST_SERIAL)
        return false;
    *out = day + SERIAL_OF_1970;
    if (!time)
        return text[10] == '\0';
    if (!datetime_parse(text, &at_us) || strlen(text) < 19 || text[19] == '.')
        return false;
    int minutes = two_digits(text + 11) * 60 + two_digits(text + 14), seconds = two_digits(text + 17);
    *out += (minutes * 60 + seconds) / SECONDS_OF_DAY;
    return day_time_us(day, minutes, writer->playbook->zone) + seconds * G_USEC_PER_SEC == at_us;
}

static void put_cell(struct xlsx_writer *writer, lxw_col_t index, const char *text)
{
    const struct written_column *column = &g_array_index(writer->columns, struct written_column, index);
    double number;
    bool is_date = column->type == CELL_DATE, is_time = column->type == CELL_DATETIME;
    if (*text == '\0')
        return;
    if ((is_date || is_time) && serial_of(writer, text, is_time, &number))
        worksheet_write_number(writer->sheet, writer->row, index, number, is_date ? writer->day : writer->moment);
    else if ((column->type == CELL_INTEGER || column->type == CELL_DECIMAL) && is_number(text))
        worksheet_write_number(writer->sheet, writer->row, index, g_ascii_strtod(text, NULL), NULL);
    else
        put_text(writer, index, text, writer->text);
}

static void write_header(struct xlsx_writer *writer)
{
    for (guint i = 0; i < writer->header->len; i++)
        put_text(writer, (lxw_col_t)i, writer->header->pdata[i], writer->bold);
    writer->row++;
    for (guint i = 0; i < writer->columns->len; i++) {
        g_autofree char *text = explanation_of(writer, &g_array_index(writer->columns, struct written_column, i));
        put_text(writer, (lxw_col_t)i, text, writer->grey);
    }
    writer->row++;
}

/* The header of all, which further sheets have, too. */
static const char *take_header(struct xlsx_writer *writer, const char *cells)
{
    for (guint i = 0; i < writer->columns->len; i++, cells += strlen(cells) + 1)
        g_ptr_array_add(writer->header, g_strdup(cells));
    write_header(writer);
    return cells;
}

bool xlsx_writer_add(struct xlsx_writer *writer, const char *cells, size_t bytes)
{
    const char *end = cells + bytes;
    if (writer->header->len == 0 && cells < end)
        cells = take_header(writer, cells);
    while (cells < end && !writer->failed) {
        if (writer->row >= LIMIT_SHEET_ROWS) {
            begin_sheet(writer);
            write_header(writer);
        }
        for (guint i = 0; i < writer->columns->len; i++, cells += strlen(cells) + 1)
            put_cell(writer, (lxw_col_t)i, cells);
        writer->row++;
    }
    return !writer->failed;
}

bool xlsx_writer_close(struct xlsx_writer *writer)
{
    write_lists(writer);
    lxw_error error = workbook_close(writer->workbook); /* which frees it */
    writer->workbook = NULL;
    return error == LXW_NO_ERROR && !writer->failed;
}
