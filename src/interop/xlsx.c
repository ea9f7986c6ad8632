/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/xlsx.h"

#include "base/limits.h"
#include "interop/cell.h"

#include <string.h>

#define FORMULA_SHOWN 200 /* bytes of one that has no result */
#define COLUMNS_MAX   16384

enum sheet_reading { READ_ROWS, READ_SURVEY, READ_LOOK };

struct cell { /* of the row that is being read */
    bool is_set;
    uint8_t mark;
    size_t at; /* in `text` */
};

struct merge {
    int64_t first_row, last_row;
    guint column;
    bool wide; /* over other columns, too */
};

struct fill { /* a merge that continues in the rows below, by its column */
    int64_t last_row;
    char *text; /* NULL: too long */
};

struct xlsx {
    struct xlsx_book *book;
    guint sheet;
    enum sheet_reading reading;
    struct xlsx_part *part;
    struct xlsx_survey survey;
    GArray *merges; /* of struct merge, by first row, once surveyed */
    guint next_merge;
    GArray *fills; /* of struct fill, one a column */
    /* the row */
    int64_t number, shown;       /* read last; given last */
    bool is_read, is_row_hidden; /* there is one that has not been given */
    GArray *cells;               /* of struct cell */
    GString *text;
    GPtrArray *shown_cells;
    GByteArray *shown_marks;
    enum csv_fault fault;
    guint filled; /* cells with a value of their own, not of a merge */
    /* the cell */
    guint column;
    char type[12];
    uint64_t style;
    GString *value, *formula;
    bool in_rows, in_value, in_formula, has_value, is_formula;
    int phonetic;
};

/* ---- references of cells ---- */

/* "AB12" is column 27, row 12. */
static bool parse_reference(const char *text, guint *out_column, int64_t *out_row)
{
    guint column = 0;
    char *end;
    for (; g_ascii_isalpha(*text) && column <= COLUMNS_MAX; text++)
        column = column * 26 + (guint)(g_ascii_toupper(*text) - 'A' + 1);
    if (column == 0 || column > COLUMNS_MAX || !g_ascii_isdigit(*text))
        return false;
    guint64 row = g_ascii_strtoull(text, &end, 10);
    if (row == 0 || row > LIMIT_SHEET_ROWS)
        return false;
    *out_column = column - 1;
    *out_row = (int64_t)row;
    return *end == '\0' || *end == ':';
}

static void fail(struct xlsx *xlsx, enum xlsx_fault fault)
{
    xlsx_archive_fail(xlsx->book->archive, fault);
    xlsx_part_stop(xlsx->part);
}

static void note_merge(struct xlsx *xlsx, const char *ref)
{
    struct merge merge;
    guint last_column;
    const char *colon = ref != NULL ? strchr(ref, ':') : NULL;
    if (colon == NULL || !parse_reference(ref, &merge.column, &merge.first_row) ||
        !parse_reference(colon + 1, &last_column, &merge.last_row))
        return;
    merge.wide = last_column > merge.column;
    if (merge.column >= LIMIT_SHEET_COLUMNS || (!merge.wide && merge.last_row <= merge.first_row))
        return;
    xlsx->survey.merged += merge.last_row > merge.first_row;
    g_array_append_val(xlsx->merges, merge);
    if (xlsx->merges->len > LIMIT_WORKBOOK_MERGES)
        fail(xlsx, XLSX_MERGES);
}

/* ---- a cell ---- */

static void begin_row(struct xlsx *xlsx, const char **attributes)
{
    const char *said = xlsx_attribute(attributes, "r"), *hidden = xlsx_attribute(attributes, "hidden");
    guint64 number = said != NULL ? g_ascii_strtoull(said, NULL, 10) : (guint64)xlsx->number + 1;
    if (number <= (guint64)xlsx->number || number > LIMIT_SHEET_ROWS) {
        fail(xlsx, XLSX_DAMAGED);
        return;
    }
    xlsx->number = (int64_t)number;
    xlsx->is_row_hidden = hidden != NULL && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0);
    xlsx->filled = 0;
    xlsx->column = 0;
    xlsx->fault = CSV_WELL;
    g_array_set_size(xlsx->cells, 0);
    g_string_truncate(xlsx->text, 0);
}

static void begin_cell(struct xlsx *xlsx, const char **attributes)
{
    const char *reference = xlsx_attribute(attributes, "r"), *type = xlsx_attribute(attributes, "t"),
               *style = xlsx_attribute(attributes, "s");
    guint column = xlsx->column;
    int64_t row;
    if (reference != NULL &&
        (!parse_reference(reference, &column, &row) || column < xlsx->column || row != xlsx->number)) {
        fail(xlsx, XLSX_DAMAGED);
        return;
    }
    xlsx->column = column;
    g_strlcpy(xlsx->type, type != NULL ? type : "n", sizeof xlsx->type);
    xlsx->style = style != NULL ? g_ascii_strtoull(style, NULL, 10) : 0;
    xlsx->has_value = xlsx->is_formula = false;
    g_string_truncate(xlsx->value, 0);
    g_string_truncate(xlsx->formula, 0);
}

static void append_number(struct xlsx *xlsx)
{
    if (xlsx->reading == READ_ROWS)
        xlsx_number_append(xlsx_book_format(xlsx->book, xlsx->style), xlsx->book->epoch_1904, xlsx->value->str,
                           xlsx->text);
    else
        g_string_append_len(xlsx->text, xlsx->value->str, (gssize)xlsx->value->len);
}

/* Appends what the cell shows. */
static uint8_t append_value(struct xlsx *xlsx)
{
    if (xlsx->is_formula && !xlsx->has_value) {
        g_string_append_c(xlsx->text, '=');
        g_string_append(xlsx->text, xlsx->formula->str);
        return CELL_NO_RESULT;
    }
    if (xlsx->value->len == 0)
        return CELL_AS_IT_STANDS;
    if (strcmp(xlsx->type, "s") == 0) {
        const char *text = xlsx_book_text(xlsx->book, g_ascii_strtoull(xlsx->value->str, NULL, 10));
        if (text == NULL)
            fail(xlsx, XLSX_DAMAGED);
        else
            g_string_append(xlsx->text, text);
    } else if (strcmp(xlsx->type, "b") == 0) {
        g_string_append(xlsx->text, strcmp(xlsx->value->str, "1") == 0 ? "TRUE" : "FALSE");
    } else if (strcmp(xlsx->type, "n") == 0) {
        append_number(xlsx);
    } else {
        xlsx_text_append(xlsx->value->str, xlsx->value->len, xlsx->text);
    }
    return strcmp(xlsx->type, "e") == 0 ? CELL_ERROR : CELL_AS_IT_STANDS;
}

static void end_cell(struct xlsx *xlsx)
{
    struct cell cell = {.is_set = true, .at = xlsx->text->len};
    guint column = xlsx->column++;
    cell.mark = append_value(xlsx);
    xlsx->survey.formulas += xlsx->is_formula && xlsx->reading == READ_SURVEY;
    if (cell_is_blank(xlsx->text->str + cell.at)) {
        g_string_truncate(xlsx->text, cell.at);
        return;
    }
    xlsx->filled++;
    if (xlsx->reading != READ_ROWS)
        g_string_truncate(xlsx->text, cell.at);
    else if (column >= LIMIT_SHEET_COLUMNS)
        xlsx->fault = CSV_TOO_WIDE;
    else if (xlsx->text->len > LIMIT_SHEET_ROW_BYTES)
        xlsx->fault = CSV_TOO_LARGE;
    if (xlsx->reading != READ_ROWS || xlsx->fault != CSV_WELL) {
        g_string_truncate(xlsx->text, cell.at);
        return;
    }
    g_string_append_c(xlsx->text, '\0');
    g_array_set_size(xlsx->cells, column);
    g_array_append_val(xlsx->cells, cell);
}

/* ---- handlers ---- */

static void on_begin(void *context, const char *name, const char **attributes)
{
    struct xlsx *xlsx = context;
    if (strcmp(name, "mergeCell") == 0 && xlsx->reading == READ_SURVEY)
        note_merge(xlsx, xlsx_attribute(attributes, "ref"));
    if (strcmp(name, "sheetData") == 0)
        xlsx->in_rows = true;
    if (!xlsx->in_rows)
        return;
    if (strcmp(name, "row") == 0)
        begin_row(xlsx, attributes);
    else if (strcmp(name, "c") == 0)
        begin_cell(xlsx, attributes);
    else if (strcmp(name, "v") == 0)
        xlsx->in_value = xlsx->has_value = true;
    else if (strcmp(name, "f") == 0)
        xlsx->in_formula = xlsx->is_formula = true;
    else if (strcmp(name, "t") == 0 && strcmp(xlsx->type, "inlineStr") == 0)
        xlsx->in_value = xlsx->has_value = xlsx->phonetic == 0;
    else if (strcmp(name, "rPh") == 0)
        xlsx->phonetic++;
}

static void end_row(struct xlsx *xlsx)
{
    struct xlsx_survey *survey = &xlsx->survey;
    if (xlsx->reading == READ_ROWS) {
        xlsx->is_read = true;
        xlsx_part_pause(xlsx->part);
        return;
    }
    if (xlsx->filled == 0)
        return;
    survey->rows = xlsx->number;
    if (xlsx->is_row_hidden && survey->hidden++ == 0)
        survey->first_hidden = xlsx->number;
    if (xlsx->reading == READ_LOOK)
        xlsx_part_stop(xlsx->part);
}

static void end_rows(struct xlsx *xlsx)
{
    xlsx->in_rows = false;
    if (xlsx->reading == READ_ROWS)
        xlsx_part_stop(xlsx->part); /* merges are known */
}

static void on_end(void *context, const char *name)
{
    struct xlsx *xlsx = context;
    xlsx->in_value = xlsx->in_formula = false;
    if (!xlsx->in_rows)
        return;
    if (strcmp(name, "c") == 0)
        end_cell(xlsx);
    else if (strcmp(name, "row") == 0)
        end_row(xlsx);
    else if (strcmp(name, "rPh") == 0)
        xlsx->phonetic--;
    else if (strcmp(name, "sheetData") == 0)
        end_rows(xlsx);
    if (xlsx->reading == READ_LOOK && xlsx_part_bytes(xlsx->part) > LIMIT_WORKBOOK_LOOK_BYTES)
        xlsx_part_stop(xlsx->part);
}

/* Text beyond the limit of a row is cut here; the row gets its fault when it ends. */
static void on_text(void *context, const char *text, size_t bytes)
{
    struct xlsx *xlsx = context;
    if (xlsx->in_value && xlsx->value->len <= LIMIT_SHEET_ROW_BYTES)
        g_string_append_len(xlsx->value, text, (gssize)bytes);
    if (xlsx->in_formula && xlsx->formula->len + bytes <= FORMULA_SHOWN)
        g_string_append_len(xlsx->formula, text, (gssize)bytes);
}

/* ---- reading ---- */

static void clear_fill(gpointer data)
{
    g_free(((struct fill *)data)->text);
}

struct xlsx *xlsx_new(struct xlsx_book *book, guint sheet)
{
    struct xlsx *xlsx = g_new0(struct xlsx, 1);
    xlsx->book = book;
    xlsx->sheet = sheet;
    xlsx->merges = g_array_new(FALSE, FALSE, sizeof(struct merge));
    xlsx->fills = g_array_new(FALSE, TRUE, sizeof(struct fill));
    g_array_set_clear_func(xlsx->fills, clear_fill);
    xlsx->cells = g_array_new(FALSE, TRUE, sizeof(struct cell));
    xlsx->text = g_string_new(NULL);
    xlsx->value = g_string_new(NULL);
    xlsx->formula = g_string_new(NULL);
    xlsx->shown_cells = g_ptr_array_new();
    xlsx->shown_marks = g_byte_array_new();
    return xlsx;
}

void xlsx_free(struct xlsx *xlsx)
{
    if (xlsx == NULL)
        return;
    xlsx_part_free(xlsx->part);
    g_array_unref(xlsx->merges);
    g_array_unref(xlsx->fills);
    g_array_unref(xlsx->cells);
    g_string_free(xlsx->text, TRUE);
    g_string_free(xlsx->value, TRUE);
    g_string_free(xlsx->formula, TRUE);
    g_ptr_array_unref(xlsx->shown_cells);
    g_byte_array_unref(xlsx->shown_marks);
    g_free(xlsx);
}

static void begin(struct xlsx *xlsx, enum sheet_reading reading)
{
    static const struct xlsx_handlers handlers = {on_begin, on_end, on_text};
    const struct xlsx_sheet_ref *ref = &g_array_index(xlsx->book->sheets, struct xlsx_sheet_ref, xlsx->sheet);
    xlsx_part_free(xlsx->part);
    xlsx->reading = reading;
    xlsx->number = xlsx->shown = 0;
    xlsx->next_merge = 0;
    xlsx->is_read = xlsx->in_rows = xlsx->in_value = xlsx->in_formula = false;
    xlsx->phonetic = 0;
    *xlsx->type = '\0';
    g_array_set_size(xlsx->fills, 0);
    xlsx->part = xlsx_part_open(xlsx->book->archive, ref->part, &handlers, xlsx);
}

static gint compare_merges(gconstpointer a, gconstpointer b)
{
    const struct merge *one = a, *other = b;
    return (one->first_row > other->first_row) - (one->first_row < other->first_row);
}

struct xlsx_survey xlsx_survey(struct xlsx *xlsx)
{
    xlsx->survey = (struct xlsx_survey){0};
    g_array_set_size(xlsx->merges, 0);
    begin(xlsx, READ_SURVEY);
    while (xlsx->part != NULL && xlsx_part_run(xlsx->part))
        continue;
    g_array_sort(xlsx->merges, compare_merges);
    return xlsx->survey;
}

bool xlsx_is_empty(struct xlsx *xlsx)
{
    xlsx->survey = (struct xlsx_survey){0};
    begin(xlsx, READ_LOOK);
    while (xlsx->part != NULL && xlsx_part_run(xlsx->part))
        continue;
    return xlsx->survey.rows == 0;
}

void xlsx_rewind(struct xlsx *xlsx)
{
    begin(xlsx, READ_ROWS);
}

/* ---- rows ---- */

static const char *own_text(const struct xlsx *xlsx, guint column)
{
    const struct cell *cell = column < xlsx->cells->len ? &g_array_index(xlsx->cells, struct cell, column) : NULL;
    return cell != NULL && cell->is_set ? xlsx->text->str + cell->at : "";
}

static void begin_fill(struct xlsx *xlsx, const struct merge *merge)
{
    const char *text = merge->first_row == xlsx->number ? own_text(xlsx, merge->column) : "";
    if (xlsx->fills->len <= merge->column)
        g_array_set_size(xlsx->fills, merge->column + 1);
    struct fill *fill = &g_array_index(xlsx->fills, struct fill, merge->column);
    g_free(fill->text);
    *fill = (struct fill){merge->last_row, strlen(text) <= LIMIT_MERGED_TEXT_BYTES ? g_strdup(text) : NULL};
}

/* Merges that begin in this row, or in one above that the file leaves out. True: the only cell is merged sideways. */
static bool begin_merges(struct xlsx *xlsx)
{
    bool titled = false;
    for (; xlsx->next_merge < xlsx->merges->len; xlsx->next_merge++) {
        const struct merge *merge = &g_array_index(xlsx->merges, struct merge, xlsx->next_merge);
        if (merge->first_row > xlsx->number)
            break;
        if (merge->last_row > merge->first_row)
            begin_fill(xlsx, merge);
        if (merge->first_row == xlsx->number && merge->wide && *own_text(xlsx, merge->column) != '\0')
            titled = true;
    }
    return titled && xlsx->filled == 1;
}

static void show_cell(struct xlsx *xlsx, const char *text, uint8_t mark)
{
    g_ptr_array_add(xlsx->shown_cells, (gpointer)text);
    g_byte_array_append(xlsx->shown_marks, &mark, 1);
}

static void show_row(struct xlsx *xlsx, struct xlsx_row *out)
{
    bool titled = begin_merges(xlsx);
    guint count = xlsx->filled > 0 ? MAX(xlsx->cells->len, xlsx->fills->len) : 0;
    g_ptr_array_set_size(xlsx->shown_cells, 0);
    g_byte_array_set_size(xlsx->shown_marks, 0);
    for (guint i = 0; i < count; i++) {
        const struct cell *cell = i < xlsx->cells->len ? &g_array_index(xlsx->cells, struct cell, i) : NULL;
        const struct fill *fill = i < xlsx->fills->len ? &g_array_index(xlsx->fills, struct fill, i) : NULL;
        if (cell != NULL && cell->is_set)
            show_cell(xlsx, xlsx->text->str + cell->at, cell->mark);
        else if (fill == NULL || fill->last_row < xlsx->number)
            show_cell(xlsx, "", CELL_AS_IT_STANDS);
        else
            show_cell(xlsx, fill->text != NULL ? fill->text : "", CELL_FILLED);
        if (fill != NULL && fill->last_row >= xlsx->number && fill->text == NULL)
            xlsx->fault = CSV_TOO_LARGE;
    }
    *out = (struct xlsx_row){.number = xlsx->number,
                             .cells = (const char *const *)xlsx->shown_cells->pdata,
                             .marks = xlsx->shown_marks->data,
                             .count = count,
                             .fault = xlsx->fault,
                             .titled = titled};
}

bool xlsx_next(struct xlsx *xlsx, struct xlsx_row *out)
{
    if (xlsx->part == NULL || xlsx->shown >= xlsx->survey.rows)
        return false;
    if (!xlsx->is_read && !xlsx_part_run(xlsx->part) && !xlsx->is_read)
        return false;
    if (++xlsx->shown < xlsx->number) {
        *out = (struct xlsx_row){.number = xlsx->shown};
        return true;
    }
    show_row(xlsx, out);
    xlsx->is_read = false;
    return true;
}
