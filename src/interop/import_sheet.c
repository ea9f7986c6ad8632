/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/import_sheet.h"

#include "interop/csv.h"

#include <string.h>

struct sheet *import_sheet_open(const struct import_options *options, int fd, struct report *report)
{
    struct sheet_options wanted = options->sheet;
    struct problem *problem = NULL;
    if (wanted.charset == CHARSET_UNKNOWN)
        wanted.charset = options->mapping->charset;
    if (wanted.delimiter == 0)
        wanted.delimiter = options->mapping->delimiter;
    struct sheet *sheet = sheet_open(fd, &wanted, &problem);
    if (sheet == NULL) {
        report_problem(report, 0, NULL, NULL, problem);
        report->refused = true;
        return NULL;
    }
    g_strlcpy(report->charset, charset_names[sheet_charset(sheet)], sizeof report->charset);
    if (wanted.charset == CHARSET_UNKNOWN && sheet_charset(sheet) != CHARSET_UTF8)
        report_note(report, 0, NULL, NULL, NOTE_ENCODING, report->charset);
    return sheet;
}

static char *line_of_cells(const struct sheet_row *row)
{
    GString *line = g_string_new(NULL);
    for (guint i = 0; i < row->count; i++) {
        if (i > 0)
            g_string_append_c(line, ',');
        csv_append(line, row->cells[i], ',');
    }
    return g_string_free(line, FALSE);
}

void import_sheet_put_lines(struct sheet *sheet, struct report *report)
{
    const GPtrArray *findings = report->findings;
    struct sheet_row row;
    guint at = 0;
    if (sheet == NULL || findings->len == 0)
        return;
    sheet_rewind(sheet);
    while (at < findings->len && sheet_next(sheet, &row))
        for (; at < findings->len; at++) {
            struct finding *finding = g_ptr_array_index(findings, at);
            if (finding->problem == NULL)
                return;
            if (finding->row > row.number)
                break;
            if (finding->row == row.number)
                finding->line = line_of_cells(&row);
        }
}
