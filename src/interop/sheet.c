/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/sheet.h"

#include "base/limits.h"
#include "interop/cell.h"
#include "interop/csv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct sheet {
    int fd;
    off_t at; /* pread: other readers of the descriptor do not matter */
    enum charset charset;
    bool strict;
    bool delimiter_said;
    char delimiter;
    int64_t rows;
    struct csv *csv;
    struct decoder *decoder;
    GPtrArray *cells; /* of const char *, into the row's text */
    struct problem *problem;
    struct xlsx_book *book; /* NULL: a CSV */
    struct xlsx *xlsx;
    GArray *rivals; /* of guint: sheets of the book */
    struct sheet_facts facts;
};

static ssize_t read_more(void *context, void *buffer, size_t bytes)
{
    struct sheet *sheet = context;
    ssize_t got;
    do
        got = pread(sheet->fd, buffer, bytes, sheet->at);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        sheet->at += got;
    return got;
}

void sheet_rewind(struct sheet *sheet)
{
    if (sheet->book != NULL) {
        xlsx_rewind(sheet->xlsx);
        return;
    }
    csv_free(sheet->csv);
    sheet->at = 0;
    sheet->csv = csv_new(read_more, sheet);
    if (sheet->delimiter != 0)
        csv_set_delimiter(sheet->csv, sheet->delimiter);
}

/* ---- what it is ---- */

static const struct {
    const char *bytes;
    size_t count;
    const char *zh, *en;
} others[] = {
    {"\xff\xfe", 2, "是 UTF-16 编码，请另存为 CSV UTF-8", "it is in UTF-16; save it as CSV UTF-8"},
    {"\xfe\xff", 2, "是 UTF-16 编码，请另存为 CSV UTF-8", "it is in UTF-16; save it as CSV UTF-8"},
    {"%PDF", 4, "像是 PDF", "it looks like a PDF"},
    {"<!DOCTYPE", 9, "像是网页", "it looks like a web page"},
    {"<html", 5, "像是网页", "it looks like a web page"},
};

/* *out_is_book: a workbook is checked when it is opened. */
static struct problem *look(int fd, bool *out_is_book)
{
    char head[16] = "";
    off_t bytes = lseek(fd, 0, SEEK_END);
    ssize_t got = pread(fd, head, sizeof head - 1, 0);
    if (bytes < 0 || got < 0)
        return problem_new(PROBLEM_SHEET_UNREADABLE, NULL, "读取失败", "it could not be read", NULL);
    if (bytes > LIMIT_SHEET_BYTES) {
        g_autofree char *limit = g_strdup_printf("%lld", LIMIT_SHEET_BYTES);
        return problem_new(PROBLEM_BODY_TOO_LARGE, NULL, limit, NULL);
    }
    *out_is_book = got >= 4 && memcmp(head, "PK\x03\x04", 4) == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if ((size_t)got >= others[i].count && memcmp(head, others[i].bytes, others[i].count) == 0)
            return problem_new(PROBLEM_SHEET_UNREADABLE, NULL, others[i].zh, others[i].en, NULL);
    return xlsx_old_problem(fd);
}

static struct problem *survey(struct sheet *sheet)
{
    struct charset_survey counts = {0};
    struct csv_record record;
    int64_t last = 0;
    while (csv_next(sheet->csv, &record)) {
        charset_count(&counts, record.text, record.bytes);
        last = record.number;
        if (last > LIMIT_SHEET_ROWS)
            return problem_new(PROBLEM_SHEET_TOO_LONG, NULL, G_STRINGIFY(LIMIT_SHEET_ROWS), NULL);
    }
    if (csv_failed(sheet->csv))
        return problem_new(PROBLEM_SHEET_UNREADABLE, NULL, "读取失败", "it could not be read", NULL);
    sheet->rows = last;
    sheet->delimiter_said = sheet->delimiter != 0 || csv_separator_is_said(sheet->csv);
    sheet->delimiter = csv_delimiter(sheet->csv);
    sheet->strict = sheet->charset == CHARSET_UNKNOWN;
    if (csv_byte_order_mark(sheet->csv) > 0 && sheet->strict)
        sheet->charset = CHARSET_UTF8;
    if (sheet->charset == CHARSET_UNKNOWN)
        sheet->charset = charset_of(&counts);
    if (sheet->charset == CHARSET_UNKNOWN && last > 0)
        return problem_new(PROBLEM_ENCODING_UNCLEAR, NULL, counts.as_utf8, counts.as_gb18030, NULL);
    return last == 0 ? problem_new(PROBLEM_SHEET_EMPTY, NULL, NULL) : NULL;
}

/* ---- a workbook ---- */

static const struct xlsx_sheet_ref *ref_at(const struct sheet *sheet, guint index)
{
    return &g_array_index(sheet->book->sheets, struct xlsx_sheet_ref, index);
}

static struct problem *book_problem(const struct sheet *sheet)
{
    enum xlsx_fault fault = xlsx_archive_fault(sheet->book->archive);
    return fault != XLSX_WELL ? xlsx_fault_problem(fault) : NULL;
}

static struct problem *take(struct sheet *sheet, guint index)
{
    xlsx_free(sheet->xlsx);
    sheet->xlsx = xlsx_new(sheet->book, index);
    sheet->facts.name = ref_at(sheet, index)->name;
    sheet->facts.survey = xlsx_survey(sheet->xlsx);
    sheet->rows = sheet->facts.survey.rows;
    xlsx_rewind(sheet->xlsx);
    struct problem *problem = book_problem(sheet);
    if (problem == NULL && sheet->rows == 0)
        problem = problem_new(PROBLEM_SHEET_EMPTY, NULL, NULL);
    return problem;
}

static bool is_empty(struct sheet *sheet, guint index)
{
    AUTO(xlsx) struct xlsx *xlsx = xlsx_new(sheet->book, index);
    return xlsx_is_empty(xlsx);
}

static void add_name(GString *names, const char *name)
{
    g_string_append_printf(names, "%s%s", names->len > 0 ? "、" : "", name);
}

/* Non-empty sheets: the visible ones, or, where there is none, the hidden ones. */
static void find_rivals(struct sheet *sheet)
{
    g_autoptr(GArray) hidden = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GString) names = g_string_new(NULL), hidden_names = g_string_new(NULL);
    for (guint i = 0; i < MIN(sheet->book->sheets->len, LIMIT_WORKBOOK_SHEETS); i++) {
        add_name(names, ref_at(sheet, i)->name);
        if (is_empty(sheet, i))
            continue;
        g_array_append_val(ref_at(sheet, i)->hidden ? hidden : sheet->rivals, i);
        if (ref_at(sheet, i)->hidden)
            add_name(hidden_names, ref_at(sheet, i)->name);
    }
    if (sheet->rivals->len == 0)
        g_array_append_vals(sheet->rivals, hidden->data, hidden->len);
    else if (hidden->len > 0)
        sheet->facts.hidden = g_strdup(hidden_names->str);
    sheet->facts.names = g_strdup(names->str);
}

static struct problem *take_named(struct sheet *sheet, const char *name)
{
    g_array_set_size(sheet->rivals, 0);
    for (guint i = 0; i < sheet->book->sheets->len; i++)
        if (strcmp(ref_at(sheet, i)->name, name) == 0) {
            g_array_append_val(sheet->rivals, i);
            return take(sheet, i);
        }
    return problem_new(PROBLEM_NO_SUCH_WORKSHEET, NULL, name, sheet->facts.names, NULL);
}

static struct problem *open_book(struct sheet *sheet, const char *name)
{
    sheet->book = xlsx_book_open(sheet->fd);
    sheet->rivals = g_array_new(FALSE, FALSE, sizeof(guint));
    sheet->charset = CHARSET_UTF8;
    sheet->delimiter_said = true;
    if (xlsx_archive_fault(sheet->book->archive) == XLSX_WELL)
        find_rivals(sheet);
    struct problem *problem = book_problem(sheet);
    if (problem != NULL)
        return problem;
    sheet->facts.has_macros = sheet->book->has_macros;
    sheet->facts.has_links = sheet->book->has_links;
    sheet->facts.epoch_1904 = sheet->book->epoch_1904;
    if (name != NULL)
        return take_named(sheet, name);
    if (sheet->rivals->len == 0)
        return problem_new(PROBLEM_SHEET_EMPTY, NULL, NULL);
    return take(sheet, g_array_index(sheet->rivals, guint, 0));
}

const struct sheet_facts *sheet_facts(const struct sheet *sheet)
{
    return sheet->book != NULL ? &sheet->facts : NULL;
}

guint sheet_rivals(const struct sheet *sheet)
{
    return sheet->rivals != NULL ? sheet->rivals->len : 1;
}

struct problem *sheet_take_rival(struct sheet *sheet, guint index)
{
    return take(sheet, g_array_index(sheet->rivals, guint, index));
}

struct sheet *sheet_open(int fd, const struct sheet_options *options, struct problem **out_problem)
{
    bool is_book = false;
    struct problem *problem = look(fd, &is_book);
    AUTO(sheet) struct sheet *sheet = g_new0(struct sheet, 1);
    sheet->fd = fd;
    sheet->charset = options->charset;
    sheet->delimiter = options->delimiter;
    sheet->cells = g_ptr_array_new();
    if (problem == NULL && is_book)
        problem = open_book(sheet, options->worksheet);
    if (!is_book)
        sheet_rewind(sheet);
    if (problem == NULL && !is_book)
        problem = survey(sheet);
    if (problem != NULL) {
        *out_problem = problem;
        return NULL;
    }
    sheet->decoder = decoder_new(sheet->charset, sheet->strict);
    sheet_rewind(sheet);
    return g_steal_pointer(&sheet);
}

void sheet_free(struct sheet *sheet)
{
    if (sheet == NULL)
        return;
    csv_free(sheet->csv);
    xlsx_free(sheet->xlsx);
    xlsx_book_free(sheet->book);
    if (sheet->rivals != NULL)
        g_array_unref(sheet->rivals);
    g_free(sheet->facts.hidden);
    g_free(sheet->facts.names);
    decoder_free(sheet->decoder);
    problem_free(sheet->problem);
    g_ptr_array_unref(sheet->cells);
    g_free(sheet);
}

enum charset sheet_charset(const struct sheet *sheet)
{
    return sheet->charset;
}

char sheet_delimiter(const struct sheet *sheet)
{
    return sheet->delimiter;
}

bool sheet_delimiter_is_said(const struct sheet *sheet)
{
    return sheet->delimiter_said;
}

void sheet_set_delimiter(struct sheet *sheet, char delimiter)
{
    sheet->delimiter = delimiter;
    sheet_rewind(sheet);
}

int64_t sheet_rows(const struct sheet *sheet)
{
    return sheet->rows;
}

/* ---- rows ---- */

static struct problem *problem_of(enum csv_fault fault)
{
    switch (fault) {
    case CSV_WELL:
        return NULL;
    case CSV_NUL:
        return problem_new(PROBLEM_NUL_BYTE, NULL, NULL);
    case CSV_OPEN_QUOTE:
        return problem_new(PROBLEM_OPEN_QUOTE, NULL, NULL);
    case CSV_STRAY_QUOTE:
        return problem_new(PROBLEM_STRAY_QUOTE, NULL, NULL);
    case CSV_TOO_LARGE:
        return problem_new(PROBLEM_ROW_TOO_LARGE, NULL, G_STRINGIFY(LIMIT_SHEET_ROW_BYTES), NULL);
    case CSV_TOO_WIDE:
        return problem_new(PROBLEM_ROW_TOO_WIDE, NULL, G_STRINGIFY(LIMIT_SHEET_COLUMNS), NULL);
    }
    g_assert_not_reached();
}

static const char *charset_shown(enum charset charset)
{
    return charset == CHARSET_UNKNOWN ? "?" : charset_names[charset];
}

static void split(struct sheet *sheet, const char *text, size_t bytes, struct sheet_row *out)
{
    out->blank = true;
    for (const char *at = text; at < text + bytes; at += strlen(at) + 1) {
        g_ptr_array_add(sheet->cells, (gpointer)at);
        out->blank = out->blank && cell_is_blank(at);
    }
    out->cells = (const char *const *)sheet->cells->pdata;
    out->count = sheet->cells->len;
}

static bool next_of_book(struct sheet *sheet, struct sheet_row *out)
{
    struct xlsx_row row;
    if (!xlsx_next(sheet->xlsx, &row))
        return false;
    g_clear_pointer(&sheet->problem, problem_free);
    sheet->problem = problem_of(row.fault);
    *out = (struct sheet_row){.number = row.number,
                              .cells = row.cells,
                              .count = row.count,
                              .marks = row.marks,
                              .blank = row.count == 0,
                              .titled = row.titled,
                              .problem = sheet->problem};
    return true;
}

bool sheet_next(struct sheet *sheet, struct sheet_row *out)
{
    struct csv_record record;
    if (sheet->book != NULL)
        return next_of_book(sheet, out);
    if (!csv_next(sheet->csv, &record))
        return false;
    g_clear_pointer(&sheet->problem, problem_free);
    g_ptr_array_set_size(sheet->cells, 0);
    *out = (struct sheet_row){.number = record.number};
    size_t bytes;
    enum charset seems;
    const char *text = decode(sheet->decoder, record.text, record.bytes, &bytes, &seems);
    sheet->problem = problem_of(record.fault);
    if (sheet->problem == NULL && text == NULL)
        sheet->problem =
            problem_new(PROBLEM_ROW_CHARSET, NULL, charset_names[sheet->charset], charset_shown(seems), NULL);
    out->problem = sheet->problem;
    if (text != NULL)
        split(sheet, text, bytes, out);
    return true;
}
