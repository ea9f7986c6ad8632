/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/plan.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/identity.h"
#include "base/limits.h"

#include <string.h>

#define HEADER_ROWS_LOOKED_AT 10
#define NAMED_MAX             8
#define NOTES_ROWS_MAX        5
#define LOST_CHARACTER        "\xef\xbf\xbd" /* U+FFFD, in place of a byte that could not be read */

static char *header_text(const char *cell)
{
    g_autofree char *text = cell_trim(g_strdup(cell));
    g_auto(GStrv) lines = g_strsplit_set(text, "\n\r\t", -1);
    for (size_t i = 0; lines[i] != NULL; i++)
        cell_trim(lines[i]);
    return g_strjoinv("", lines);
}

const char *plan_header(const struct plan *plan, guint column)
{
    return column < plan->headers->len ? g_ptr_array_index(plan->headers, column) : "";
}

int plan_column_of(const struct plan *plan, int column_def)
{
    for (guint i = 0; i < plan->bound->len; i++)
        if (g_array_index(plan->bound, struct bound, i).column_def == column_def)
            return (int)g_array_index(plan->bound, struct bound, i).column;
    return -1;
}

bool plan_has_entry(const struct plan *plan, int entry)
{
    for (guint i = 0; i < plan->bound->len; i++)
        if (column_defs_at(plan->column_defs, g_array_index(plan->bound, struct bound, i).column_def)->entry == entry)
            return true;
    return false;
}

int plan_external(const struct plan *plan)
{
    const struct kind *kind = plan->column_defs->kind;
    if (kind == NULL || !kind->external.present || kind->external.field < 0)
        return -1;
    const struct field *field = &kind->form.fields[kind->external.field];
    for (guint i = 0; i < plan->column_defs->all->len; i++)
        if (column_defs_at(plan->column_defs, (int)i)->field == field)
            return (int)i;
    return -1;
}

int plan_shown_at(const struct plan *plan, int column_def)
{
    int column = plan_column_of(plan, column_def);
    for (guint i = 0; i < plan->bound->len && column < 0; i++) {
        const struct bound *bound = &g_array_index(plan->bound, struct bound, i);
        if (column_defs_at(plan->column_defs, bound->column_def)->whole != NULL &&
            column_defs_whole(plan->column_defs, bound->column_def) == column_def)
            column = (int)bound->column;
    }
    return column;
}

bool plan_feeds(const struct plan *plan, int column_def)
{
    return plan_shown_at(plan, column_def) >= 0;
}

/* ---- the header ---- */

static bool is_known(const struct plan *plan, const char *header)
{
    return mapping_column(plan->mapping, header) != NULL || column_defs_match(plan->column_defs, header) >= 0;
}

static GPtrArray *headers_of(const struct sheet_row *row)
{
    GPtrArray *headers = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < row->count; i++)
        g_ptr_array_add(headers, header_text(row->cells[i]));
    while (headers->len > 1 && *(char *)g_ptr_array_index(headers, headers->len - 1) == '\0')
        g_ptr_array_set_size(headers, (gint)headers->len - 1);
    return headers;
}

static int known_count(const struct plan *plan, const GPtrArray *headers)
{
    int count = 0;
    for (guint i = 0; i < headers->len; i++)
        count += is_known(plan, g_ptr_array_index(headers, i));
    return count;
}

/* A cell merged over both header rows has its text in the upper one. */
static void fill_from_above(const struct plan *plan, GPtrArray *headers, const GPtrArray *above)
{
    for (guint i = 0; above != NULL && i < above->len; i++) {
        const char *text = g_ptr_array_index(above, i);
        if (!is_known(plan, text))
            continue;
        while (headers->len <= i)
            g_ptr_array_add(headers, g_strdup(""));
        if (*(char *)headers->pdata[i] != '\0')
            continue;
        g_free(headers->pdata[i]);
        headers->pdata[i] = g_strdup(text);
    }
}

static void keep_header(struct plan *plan, GPtrArray *headers /* taken */, int64_t row)
{
    g_clear_pointer(&plan->headers, g_ptr_array_unref);
    plan->headers = headers;
    plan->header_row = row;
}

/* The best of the first rows; of two that are as good, the first. True when it is better than `best`. */
static bool look_for_header(struct plan *plan, struct sheet *sheet, int *best)
{
    struct sheet_row row;
    bool better = false;
    int64_t wanted = plan->mapping->header;
    g_autoptr(GPtrArray) above = NULL;
    sheet_rewind(sheet);
    for (int looked_at = 0; sheet_next(sheet, &row) && (looked_at < HEADER_ROWS_LOOKED_AT || row.number <= wanted);) {
        looked_at += !row.blank || row.problem != NULL;
        g_autoptr(GPtrArray) headers = headers_of(&row);
        fill_from_above(plan, headers, above);
        int count = known_count(plan, headers);
        if ((wanted == 0 || row.number == wanted) && count > *best) {
            keep_header(plan, g_ptr_array_ref(headers), row.number);
            *best = count;
            better = true;
        }
        g_clear_pointer(&above, g_ptr_array_unref);
        above = g_steal_pointer(&headers);
    }
    return better;
}

int plan_score(const struct column_defs *column_defs, const struct mapping *mapping, struct sheet *sheet)
{
    struct plan plan = {.column_defs = column_defs, .mapping = mapping};
    int best = 0;
    look_for_header(&plan, sheet, &best);
    g_clear_pointer(&plan.headers, g_ptr_array_unref);
    return best;
}

/* What separates cells is that by which most columns are known: a title above has none of it, or another. */
static bool find_header(struct plan *plan, struct sheet *sheet)
{
    static const char delimiters[] = {',', ';', '\t'};
    char found = sheet_delimiter(sheet);
    int best = plan->mapping->header > 0 ? -1 : 0;
    look_for_header(plan, sheet, &best);
    for (size_t i = 0; i < G_N_ELEMENTS(delimiters) && !sheet_delimiter_is_said(sheet); i++) {
        sheet_set_delimiter(sheet, delimiters[i]);
        if (look_for_header(plan, sheet, &best))
            found = delimiters[i];
    }
    sheet_set_delimiter(sheet, found);
    return plan->headers != NULL;
}

/* ---- columns ---- */

static void complain(struct report *report, int64_t row, const char *column, struct problem *problem)
{
    report_problem(report, row, column, NULL, problem);
    report->refused = true;
}

/* "A", "Z", "AA", as a spreadsheet calls a column. The caller frees. */
static char *letters_of(guint column)
{
    g_autoptr(GString) letters = g_string_new(NULL);
    for (guint left = column + 1; left > 0; left = (left - 1) / 26)
        g_string_prepend_c(letters, (char)('A' + (left - 1) % 26));
    return g_string_free(g_steal_pointer(&letters), FALSE);
}

static struct problem *twice(const struct plan *plan, guint column, guint other)
{
    g_autofree char *here = letters_of(column);
    g_autofree char *there = letters_of(other);
    return problem_new(PROBLEM_COLUMN_TWICE, NULL, plan_header(plan, other), here, there, NULL);
}

static void bind(struct plan *plan, guint column, int column_def, const struct mapped *mapped, struct report *report)
{
    int other = plan_column_of(plan, column_def);
    struct bound bound = {column, column_def, mapped};
    if (column_defs_at(plan->column_defs, column_def)->shown_only)
        report_note(report, 0, plan_header(plan, column), NULL, NOTE_COLUMN_LEFT_OUT, NULL);
    else if (other >= 0)
        complain(report, plan->header_row, plan_header(plan, column), twice(plan, column, (guint)other));
    else
        g_array_append_val(plan->bound, bound);
}

static void unknown(struct plan *plan, const char *header, struct report *report)
{
    const char *nearest = column_defs_nearest(plan->column_defs, header);
    complain(report, plan->header_row, header,
             problem_new(PROBLEM_UNKNOWN_COLUMN, NULL, nearest != NULL ? nearest : "", NULL));
}

static void bind_column(struct plan *plan, guint column, struct report *report)
{
    const char *header = plan_header(plan, column);
    const struct mapped_column *mapped = mapping_column(plan->mapping, header);
    for (guint i = 0; mapped != NULL && i < mapped->targets->len; i++) {
        const struct mapped *target = g_ptr_array_index(mapped->targets, i);
        int column_def = column_defs_match(plan->column_defs, target->to);
        if (column_def < 0)
            unknown(plan, target->to, report);
        else
            bind(plan, column, column_def, target, report);
    }
    if (mapped != NULL || *header == '\0')
        return;
    int column_def = column_defs_match(plan->column_defs, header);
    bool ignored = plan->mapping->ignore_rest && plan->mapping->columns->len > 0; /* else no column would be left */
    if (column_def >= 0 && !ignored &&
        (!plan->mapping->ignore_rest || !column_defs_at(plan->column_defs, column_def)->shown_only))
        bind(plan, column, column_def, NULL, report);
    else if (column_def < 0 && !plan->mapping->ignore_rest)
        unknown(plan, header, report);
}

static int column_called(const struct plan *plan, const char *header)
{
    for (guint i = 0; i < plan->headers->len; i++)
        if (strcmp(g_ptr_array_index(plan->headers, i), header) == 0)
            return (int)i;
    return -1;
}

/* Columns that the mapping names and the sheet has not. */
static void check_mapped(struct plan *plan, struct report *report)
{
    const struct mapping *mapping = plan->mapping;
    for (guint i = 0; i < mapping->columns->len; i++) {
        const struct mapped_column *column = g_ptr_array_index(mapping->columns, i);
        if (column->targets->len > 0 && column_called(plan, column->header) < 0)
            complain(report, plan->header_row, column->header,
                     problem_new(PROBLEM_MISSING_COLUMN, NULL, column->header, NULL));
    }
    for (guint i = 0; i < mapping->key->len; i++) {
        const char *header = g_ptr_array_index(mapping->key, i);
        int column = column_called(plan, header);
        guint index = (guint)column;
        if (column < 0)
            complain(report, plan->header_row, header, problem_new(PROBLEM_MISSING_COLUMN, NULL, header, NULL));
        else
            g_array_append_val(plan->key, index);
    }
}

static void read_constants(struct plan *plan, struct cell_reader *reader, struct report *report)
{
    for (guint i = 0; i < plan->mapping->constants->len; i++) {
        const struct mapped_constant *constant = g_ptr_array_index(plan->mapping->constants, i);
        int index = column_defs_match(plan->column_defs, constant->to);
        struct problem *problem = NULL;
        if (index < 0) {
            unknown(plan, constant->to, report);
            continue;
        }
        const struct column_def *column_def = column_defs_at(plan->column_defs, index);
        json_decref(plan->constants[index]);
        plan->constants[index] = *constant->text == '\0' ? NULL
                                                         : cell_read(reader, column_def->type, column_def->field,
                                                                     &plan->mapping->habits, constant->text, &problem);
        if (problem != NULL) {
            report_problem(report, 0, constant->to, constant->text, problem);
            report->refused = true;
        }
    }
}

static void lacks(struct plan *plan, int column_def, struct report *report)
{
    const struct column_def *missing = column_defs_at(plan->column_defs, column_def);
    complain(
        report, plan->header_row, NULL,
        problem_new(PROBLEM_MISSING_COLUMN, missing->name, missing->zh != NULL ? missing->zh : missing->name, NULL));
}

static bool is_fed(const struct plan *plan, int column_def)
{
    return plan_column_of(plan, column_def) >= 0 || plan->constants[column_def] != NULL;
}

/* A row that enters needs the matter (its number, another system's, or the key of its import) and the entry's time. */
static void check_entries(struct plan *plan, struct report *report)
{
    const struct kind *kind = plan->column_defs->kind;
    int id = column_defs_find(plan->column_defs, "id"), external = plan_external(plan);
    bool any = false;
    if (!is_fed(plan, id) && (external < 0 || !is_fed(plan, external)) && plan->key->len == 0)
        lacks(plan, id, report);
    for (size_t i = 0; i < kind->entry_count; i++) {
        g_autofree char *name = g_strconcat(kind->entries[i].name, ".observed_at", NULL);
        int at = column_defs_find(plan->column_defs, name);
        if (!plan_has_entry(plan, (int)i))
            continue;
        any = true;
        if (!is_fed(plan, at))
            lacks(plan, at, report);
    }
    if (!any)
        complain(report, plan->header_row, NULL, problem_new(PROBLEM_MISSING_COLUMN, NULL, "entry.field", NULL));
}

static void check_required(struct plan *plan, struct report *report)
{
    if (plan->mapping->enters) {
        check_entries(plan, report);
        return;
    }
    for (guint i = 0; i < plan->column_defs->all->len; i++) {
        const struct column_def *column_def = column_defs_at(plan->column_defs, (int)i);
        if (column_def->required && !is_fed(plan, (int)i))
            lacks(plan, (int)i, report);
    }
}

static char *needed_columns(const struct column_defs *column_defs)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < column_defs->all->len && names->len < NAMED_MAX; i++) {
        const struct column_def *column_def = column_defs_at(column_defs, (int)i);
        if (!column_def->shown_only && !column_def->not_written && column_def->entry < 0)
            g_ptr_array_add(names, (gpointer)(column_def->zh != NULL ? column_def->zh : column_def->name));
    }
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

/* ---- a row of explanations ---- */

static bool explains(const char *cell)
{
    static const char *const words[] = {"必填",  "选填",     "填写",     "说明",   "格式",    "示例", "例如",  "例：",
                                        "如：",  "真实姓名", "位数字",   "下拉",   "单选",    "多选", "男/女", "是/否",
                                        "有/无", "required", "optional", "format", "example", "e.g.", NULL};
    static const char *const whole[] = {"代码", "文字",   "文本", "数字",       "数值",
                                        "日期", "年月日", "时间", "年月日时分", NULL};
    g_autofree char *lower = g_ascii_strdown(cell, -1);
    for (size_t i = 0; words[i] != NULL; i++)
        if (strstr(lower, words[i]) != NULL)
            return true;
    const char *behind = cell + strspn(cell, "0123456789");
    return g_strv_contains(whole, cell) || g_str_has_prefix(cell, "如") ||
           (behind > cell && (strcmp(behind, "位") == 0 || strcmp(behind, "个字") == 0));
}

/* At least half of the mapped cells explain their column; other cells do not count. */
static bool is_notes_row(const struct plan *plan, const struct sheet_row *row)
{
    guint filled = 0, explaining = 0;
    for (guint i = 0; i < plan->bound->len; i++) {
        guint column = g_array_index(plan->bound, struct bound, i).column;
        g_autofree char *cell = cell_trim(g_strdup(column < row->count ? row->cells[column] : ""));
        filled += *cell != '\0';
        explaining += explains(cell);
    }
    return explaining > 0 && 2 * explaining >= filled;
}

/* ---- rows that are no data ---- */

static const char *own_cell(const struct sheet_row *row, guint column)
{
    bool filled = row->marks != NULL && column < row->count && row->marks[column] == CELL_FILLED;
    return column < row->count && !filled ? row->cells[column] : "";
}

/* Words where a number or a day is wanted. */
static bool has_word_for_number(const struct plan *plan, const struct sheet_row *row)
{
    for (guint i = 0; i < plan->bound->len; i++) {
        const struct bound *bound = &g_array_index(plan->bound, struct bound, i);
        enum cell_type type = column_defs_at(plan->column_defs, bound->column_def)->type;
        const char *cell = own_cell(row, bound->column);
        if ((type == CELL_INTEGER || type == CELL_DECIMAL || type == CELL_DATE || type == CELL_DATETIME) &&
            !cell_is_blank(cell) && strpbrk(cell, "0123456789") == NULL)
            return true;
    }
    return false;
}

static bool is_known_cell(const struct plan *plan, const struct sheet_row *row, guint column)
{
    g_autofree char *text = header_text(own_cell(row, column));
    return *text != '\0' && is_known(plan, text);
}

/* A repeated header has the texts of its columns, or such texts where other rows have numbers; that of another table
 * begins with a known title and has more of them. */
enum plan_row plan_row_is(const struct plan *plan, const struct sheet_row *row)
{
    guint filled = 0, same = 0, known = 0, first = 0;
    if (row->titled)
        return PLAN_TITLE;
    for (guint i = 0; i < row->count; i++) {
        const char *cell = own_cell(row, i), *header = plan_header(plan, i);
        first = filled == 0 ? i : first;
        filled += !cell_is_blank(cell);
        same += *header != '\0' && *cell == *header && strcmp(cell, header) == 0;
    }
    bool words = has_word_for_number(plan, row);
    bool begins = filled >= 2 && is_known_cell(plan, row, first);
    for (guint i = 0; i < row->count && (words || begins); i++)
        known += is_known_cell(plan, row, i);
    if (!(same >= 2 && 2 * same >= filled) && !(words && same > 0) && !(known >= 2 && 2 * known > filled))
        return PLAN_ROW;
    return same == filled ? PLAN_HEADER_AGAIN : PLAN_OTHER_TABLE;
}

/* A title, or what may be one in a sheet that tells nothing of merged cells. */
static bool may_be_title(const struct plan *plan, const struct sheet_row *row)
{
    guint filled = 0;
    for (guint i = 0; i < row->count; i++)
        filled += !cell_is_blank(own_cell(row, i));
    return row->titled || (filled == 1 && plan->bound->len > 1 && !cell_is_blank(row->cells[0]));
}

/* How many rows under the header explain it; titles and blank rows may stand between. */
static void find_first_row(struct plan *plan, struct sheet *sheet, struct report *report)
{
    struct sheet_row row;
    plan->first_row = plan->header_row + 1 + MAX(plan->mapping->notes, 0);
    if (plan->mapping->notes >= 0)
        return;
    g_autoptr(GArray) titles = g_array_new(FALSE, FALSE, sizeof(int64_t)); /* no notes have come behind them yet */
    sheet_rewind(sheet);
    for (int found = 0; found < NOTES_ROWS_MAX && sheet_next(sheet, &row);) {
        if (row.number <= plan->header_row || (row.blank && row.problem == NULL))
            continue;
        bool notes = row.problem == NULL && is_notes_row(plan, &row);
        if (!notes && (row.problem != NULL || titles->len == NOTES_ROWS_MAX || !may_be_title(plan, &row)))
            return;
        if (!notes) {
            g_array_append_val(titles, row.number);
            continue;
        }
        for (guint i = 0; i < titles->len; i++)
            report_note(report, g_array_index(titles, int64_t, i), NULL, NULL, NOTE_TITLE_ROW, NULL);
        g_array_set_size(titles, 0);
        report_note(report, row.number, NULL, NULL, NOTE_NOTES_ROW, NULL);
        plan->first_row = row.number + 1;
        found++;
    }
}

bool plan_make(struct plan *plan, const struct column_defs *column_defs, const struct mapping *mapping,
               struct sheet *sheet, struct cell_reader *reader, struct report *report)
{
    *plan = (struct plan){.column_defs = column_defs,
                          .mapping = mapping,
                          .bound = g_array_new(FALSE, FALSE, sizeof(struct bound)),
                          .key = g_array_new(FALSE, FALSE, sizeof(guint)),
                          .constants = g_new0(json_t *, column_defs->all->len)};
    if (!find_header(plan, sheet)) {
        g_autofree char *needed = needed_columns(column_defs);
        complain(report, 0, NULL, problem_new(PROBLEM_HEADER_NOT_FOUND, NULL, needed, NULL));
        return false;
    }
    if (plan->header_row > 1 && mapping->header == 0) {
        g_autofree char *shown = g_strdup_printf("%" G_GINT64_FORMAT, plan->header_row);
        report_note(report, 0, NULL, NULL, NOTE_HEADER_ROW, shown);
    }
    for (guint i = 0; i < plan->headers->len; i++)
        bind_column(plan, i, report);
    check_mapped(plan, report);
    read_constants(plan, reader, report);
    check_required(plan, report);
    find_first_row(plan, sheet, report);
    return !report->refused;
}

void plan_clear(struct plan *plan)
{
    for (guint i = 0; plan->constants != NULL && i < plan->column_defs->all->len; i++)
        json_decref(plan->constants[i]);
    g_clear_pointer(&plan->constants, g_free);
    g_clear_pointer(&plan->headers, g_ptr_array_unref);
    g_clear_pointer(&plan->bound, g_array_unref);
    g_clear_pointer(&plan->key, g_array_unref);
}

/* ---- rows ---- */

char *plan_cell(const struct plan *plan, const struct sheet_row *row, guint column)
{
    const char *cell = column < row->count ? row->cells[column] : "";
    if (*cell == '\'' && cell_has_outer_blanks(cell + 1)) /* an export's mark: exactly so */
        return g_strdup(cell_unmark(cell));
    char *text = cell_trim(g_strdup(cell));
    const char *plain = cell_unmark(text);
    memmove(text, plain, strlen(plain) + 1);
    if (g_hash_table_contains(plan->mapping->blank, text))
        *text = '\0';
    return text;
}

void values_clear(json_t **values, guint count)
{
    for (guint i = 0; i < count; i++)
        json_decref(g_steal_pointer(&values[i]));
}

static struct problem *not_mapped(const struct mapped *mapped)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(mapped->values), (GCompareFunc)strcmp);
    g_autoptr(GString) known = g_string_new(NULL);
    int count = 0;
    for (GList *at = keys; at != NULL && count < NAMED_MAX; at = at->next, count++)
        g_string_append_printf(known, "%s%s", count > 0 ? ", " : "", (const char *)at->data);
    return problem_new(PROBLEM_VALUE_NOT_MAPPED, NULL, known->str, NULL);
}

/* NULL: there is none for it. */
static const char *mapped_value(const struct mapped *mapped, const char *text)
{
    const char *value = g_hash_table_lookup(mapped->values, text);
    if (value == NULL)
        value = g_hash_table_lookup(mapped->values, "*");
    return value != NULL && strcmp(value, "*") == 0 ? text : value;
}

static json_t *read_bound(const struct plan *plan, struct cell_reader *reader, const struct bound *bound,
                          const char *text, struct problem **out_problem)
{
    const struct column_def *column_def = column_defs_at(plan->column_defs, bound->column_def);
    const struct mapped *mapped = bound->mapped;
    if (mapped != NULL && mapped->blank != NULL && g_hash_table_contains(mapped->blank, text))
        return NULL;
    if (mapped != NULL && mapped->values != NULL) {
        const char *value = mapped_value(mapped, text);
        if (value == NULL)
            *out_problem = not_mapped(mapped);
        if (value == NULL || *value == '\0')
            return NULL;
        text = value;
    }
    struct cell_habits habits = mapped != NULL ? mapped->habits : plan->mapping->habits;
    if (column_def->from_midnight && habits.minutes < 0)
        habits.minutes = 0;
    return cell_read(reader, column_def->type, column_def->field, &habits, text, out_problem);
}

/* What is wrong with a cell whatever it is for. */
static struct problem *problem_of_cell(const struct sheet_row *row, guint column, const char *text)
{
    enum cell_mark mark = row->marks != NULL && column < row->count ? row->marks[column] : CELL_AS_IT_STANDS;
    if (strstr(text, LOST_CHARACTER) != NULL)
        return problem_new(PROBLEM_CHARACTER_LOST, NULL, NULL);
    if (mark == CELL_ERROR && *text != '\0')
        return problem_new(PROBLEM_CELL_ERROR, NULL, NULL);
    return mark == CELL_NO_RESULT ? problem_new(PROBLEM_FORMULA_UNCALCULATED, NULL, NULL) : NULL;
}

/* The first cell after the last column of the header that is not blank; -1 none. Missing cells are blank. */
static int cell_beyond(const struct plan *plan, const struct sheet_row *row)
{
    for (guint i = plan->headers->len; i < row->count; i++)
        if (!cell_is_blank(own_cell(row, i)))
            return (int)i;
    return -1;
}

static bool has_more_cells(const struct plan *plan, const struct sheet_row *row, struct report *report)
{
    int beyond = cell_beyond(plan, row);
    if (beyond < 0)
        return false;
    g_autofree char *cells = g_strdup_printf("%u", row->count);
    g_autofree char *columns = g_strdup_printf("%u", plan->headers->len);
    g_autofree char *letters = letters_of((guint)beyond);
    report_problem(report, row->number, letters, row->cells[beyond],
                   problem_new(PROBLEM_ROW_RAGGED, NULL, cells, columns, NULL));
    return true;
}

/* Half width, in lower case, without blanks of any kind. */
static char *without_blanks(const char *text)
{
    g_autofree char *narrow = identity_halfwidth(text);
    g_autoptr(GString) plain = g_string_new(NULL);
    for (const char *at = narrow; *at != '\0'; at = g_utf8_next_char(at))
        if (!g_unichar_isspace(g_utf8_get_char(at)))
            g_string_append_unichar(plain, g_unichar_tolower(g_utf8_get_char(at)));
    return g_string_free(g_steal_pointer(&plain), FALSE);
}

/* "合计", "总 计：3人", "共3人", "Total" */
static bool is_total_text(const char *plain)
{
    static const char *const words[] = {"人数合计", "本页合计", "本页小计", "总人数", "合计",  "总计",     "小计",
                                        "共计",     "累计",     "总数",     "合計",   "總計",  "小計",     "共計",
                                        "累計",     "總數",     "汇总",     "統計",   "total", "subtotal", NULL};
    for (size_t i = 0; words[i] != NULL; i++) {
        if (!g_str_has_prefix(plain, words[i]))
            continue;
        const char *behind = plain + strlen(words[i]);
        behind += strspn(behind, "()（）:0123456789");
        if (g_utf8_strlen(behind, -1) <= 1 || strcmp(behind, "人)") == 0)
            return true;
    }
    const char *people = g_str_has_prefix(plain, "共") ? plain + strlen("共") : "";
    size_t digits = strspn(people, "0123456789");
    return digits > 0 && g_utf8_strlen(people + digits, -1) <= 1;
}

/* A remark below a list, or in place of a name, where the row has nothing else. */
static bool is_remark_text(const char *plain)
{
    static const char *const words[] = {"以下空白", "备注", "附注",   "说明",   "填写说明", "制表人", "制表", "审核人",
                                        "审核",     "同上", "不详",   "未知",   "无",       "样例",   "示例", "必填",
                                        "序号",     "统计", "平均",   "计",     "null",     "none",   "n/a",  "-",
                                        "備註",     "說明", "負責人", "负责人", NULL};
    for (size_t i = 0; words[i] != NULL; i++)
        if (g_str_has_prefix(plain, words[i]) &&
            strspn(plain + strlen(words[i]), ":") == strlen(plain + strlen(words[i])))
            return true;
    return *plain != '\0' && strspn(plain, "0123456789") == strlen(plain);
}

/* A row of totals; of a sheet of persons also one that has nothing but a remark in place of a name. */
static bool is_no_record(const struct plan *plan, const struct sheet_row *row)
{
    g_autofree char *first = NULL;
    int filled = 0;
    for (guint i = 0; i < plan->headers->len; i++) {
        g_autofree char *cell = plan_cell(plan, row, i);
        g_autofree char *plain = cell != NULL ? without_blanks(cell) : NULL;
        if (plain == NULL || *plain == '\0')
            continue;
        filled++;
        if (first == NULL)
            first = g_steal_pointer(&plain);
    }
    return first != NULL &&
           (is_total_text(first) || (plan->column_defs->what == SHEET_PERSONS && filled == 1 && is_remark_text(first)));
}

/* The parts of a value become the value; constants alone make none. */
static void join_parts(const struct plan *plan, int whole, json_t **values)
{
    g_autoptr(json_t) object = json_object();
    bool said = false;
    for (int i = 0; i < (int)plan->column_defs->all->len; i++) {
        const struct column_def *part = column_defs_at(plan->column_defs, i);
        if (values[i] == NULL || part->whole != column_defs_at(plan->column_defs, whole)->field ||
            part->entry != column_defs_at(plan->column_defs, whole)->entry)
            continue;
        said = said || values[i] != plan->constants[i];
        json_object_set_new(object, part->field->name, g_steal_pointer(&values[i]));
    }
    if (!said)
        return;
    json_decref(values[whole]);
    values[whole] = g_steal_pointer(&object);
}

static void join_all(const struct plan *plan, json_t **values)
{
    for (guint i = 0; i < plan->column_defs->all->len; i++) {
        const struct field *field = column_defs_at(plan->column_defs, (int)i)->field;
        if (field != NULL && field_parts(field) != NULL)
            join_parts(plan, (int)i, values);
    }
}

/* When what the row says was so: by what its codes are read. Now where it says nothing that can be read. */
static int64_t row_time(const struct plan *plan, struct cell_reader *reader, const struct sheet_row *row)
{
    static const char *const names[] = {"observed_at", "opened_at", "since", "from"};
    int64_t at_us;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        int column_def = column_defs_find(plan->column_defs, names[i]);
        if (column_def < 0 || column_defs_at(plan->column_defs, column_def)->field != NULL)
            continue;
        g_autoptr(json_t) value = json_incref(plan->constants[column_def]);
        for (guint j = 0; j < plan->bound->len; j++) {
            const struct bound *bound = &g_array_index(plan->bound, struct bound, j);
            g_autofree char *text =
                bound->column_def == column_def ? plan_cell(plan, row, bound->column) : g_strdup("");
            AUTO(problem) struct problem *problem = NULL;
            json_t *said = *text != '\0' ? read_bound(plan, reader, bound, text, &problem) : NULL;
            if (said == NULL)
                continue;
            json_decref(value);
            value = said;
        }
        if (json_is_string(value) && datetime_parse(json_string_value(value), &at_us))
            return at_us;
    }
    return cell_reader_else(reader);
}

/* Such values are only reported: a field may be about what is planned, and a mistyped day is valid otherwise. */
static bool lies_ahead(const struct cell_reader *reader, const struct column_def *column_def, const json_t *value)
{
    int64_t at_us;
    int32_t day;
    const char *text = json_string_value(value);
    if (text == NULL || column_def->field == NULL)
        return false;
    if (column_def->type == CELL_DATETIME)
        return datetime_parse(text, &at_us) && at_us > cell_reader_now(reader) + LIMIT_CLOCK_SKEW_US;
    return column_def->type == CELL_DATE && date_parse(text, &day) && day > cell_reader_now(reader) / US_PER_DAY + 1;
}

bool plan_read(const struct plan *plan, struct cell_reader *reader, const struct sheet_row *row, json_t **values,
               struct report *report)
{
    bool right = true;
    if (has_more_cells(plan, row, report))
        return false;
    if (is_no_record(plan, row)) {
        report_problem(report, row->number, NULL, NULL, problem_new(PROBLEM_TOTAL_ROW, NULL, NULL));
        return false;
    }
    cell_reader_at(reader, row_time(plan, reader, row));
    for (guint i = 0; i < plan->bound->len; i++) {
        const struct bound *bound = &g_array_index(plan->bound, struct bound, i);
        g_autofree char *text = plan_cell(plan, row, bound->column);
        struct problem *problem = problem_of_cell(row, bound->column, text);
        if (problem == NULL && *text != '\0')
            values[bound->column_def] = read_bound(plan, reader, bound, text, &problem);
        if (lies_ahead(reader, column_defs_at(plan->column_defs, bound->column_def), values[bound->column_def]))
            report_note(report, row->number, plan_header(plan, bound->column), text, NOTE_AHEAD, NULL);
        if (problem == NULL)
            continue;
        right = false;
        report_problem(report, row->number, plan_header(plan, bound->column), text, problem);
    }
    for (guint i = 0; i < plan->column_defs->all->len; i++)
        if (values[i] == NULL && plan->constants[i] != NULL)
            values[i] = json_incref(plan->constants[i]);
    join_all(plan, values);
    return right;
}
