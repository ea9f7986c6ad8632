/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/sheet.h"

#include "base/limits.h"
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
    {"PK\x03\x04", 4, "像是 Excel 工作簿，请另存为 CSV UTF-8", "it looks like an Excel workbook; save it as CSV UTF-8"},
    {"\xd0\xcf\x11\xe0", 4, "像是旧版 Excel 工作簿，请另存为 CSV",
     "it looks like an old Excel workbook; save it as CSV"},
    {"\xff\xfe", 2, "是 UTF-16 编码，请另存为 CSV UTF-8", "it is in UTF-16; save it as CSV UTF-8"},
    {"\xfe\xff", 2, "是 UTF-16 编码，请另存为 CSV UTF-8", "it is in UTF-16; save it as CSV UTF-8"},
    {"%PDF", 4, "像是 PDF", "it looks like a PDF"},
    {"<!DOCTYPE", 9, "像是网页", "it looks like a web page"},
    {"<html", 5, "像是网页", "it looks like a web page"},
};

static struct problem *look(int fd)
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
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if ((size_t)got >= others[i].count && memcmp(head, others[i].bytes, others[i].count) == 0)
            return problem_new(PROBLEM_SHEET_UNREADABLE, NULL, others[i].zh, others[i].en, NULL);
    return NULL;
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

struct sheet *sheet_open(int fd, const struct sheet_options *options, struct problem **out_problem)
{
    struct problem *problem = look(fd);
    AUTO(sheet) struct sheet *sheet = g_new0(struct sheet, 1);
    sheet->fd = fd;
    sheet->charset = options->charset;
    sheet->delimiter = options->delimiter;
    sheet->cells = g_ptr_array_new();
    sheet_rewind(sheet);
    if (problem == NULL)
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
        out->blank = out->blank && at[strspn(at, " \t\n")] == '\0';
    }
    out->cells = (const char *const *)sheet->cells->pdata;
    out->count = sheet->cells->len;
}

bool sheet_next(struct sheet *sheet, struct sheet_row *out)
{
    struct csv_record record;
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
