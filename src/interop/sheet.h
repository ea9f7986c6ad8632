/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet - a CSV file or a sheet of a workbook as rows of UTF-8 cells, whatever it was saved with.
 *
 * Shape   opened, the whole file is looked over once: charset, delimiter, number of rows. Then it is read row by
 *         row, as often as wanted. Rows are numbered as a spreadsheet shows them, from 1, empty ones too. Of a
 *         workbook, the sheet that is named, else the first that shows something; others that do are its rivals.
 * Errors  what is wrong with the file is a problem when it is opened; what is wrong with a row hangs on the row.
 * Limits  LIMIT_SHEET_BYTES, LIMIT_SHEET_ROWS, and those of csv.h; memory does not grow with the file.
 * Owner   one thread; the file descriptor is borrowed and must be seekable. A row lives until the next one is read.
 */
#ifndef INTEROP_SHEET_H
#define INTEROP_SHEET_H

#include "base/problem.h"
#include "interop/charset.h"
#include "interop/xlsx.h"

struct sheet_options {
    enum charset charset;  /* CHARSET_UNKNOWN: found out */
    char delimiter;        /* 0: found out */
    const char *worksheet; /* of a workbook; NULL: found out */
};

struct sheet_row {
    int64_t number;
    const char *const *cells; /* valid UTF-8 */
    guint count;
    const uint8_t *marks;    /* of a workbook: enum cell_mark, one a cell; else NULL */
    bool blank;              /* nothing stands in it */
    bool titled;             /* one cell alone, which is merged over others beside it */
    struct problem *problem; /* borrowed; NULL when it can be read */
};

struct sheet;
/* NULL with a problem. */
struct sheet *sheet_open(int fd, const struct sheet_options *options, struct problem **out_problem);
void sheet_free(struct sheet *sheet);
AUTO_FREE(sheet)

enum charset sheet_charset(const struct sheet *sheet);
char sheet_delimiter(const struct sheet *sheet);
/* Whether somebody, or its first line, says it: else it is that of the first line, until the header is found with
 * another one. */
bool sheet_delimiter_is_said(const struct sheet *sheet);
void sheet_set_delimiter(struct sheet *sheet, char delimiter); /* from the first row on */
int64_t sheet_rows(const struct sheet *sheet);                 /* all records, header and empty ones too */

/* ---- of a workbook ---- */
struct sheet_facts {
    const char *name;     /* of the sheet that is read */
    char *hidden, *names; /* sheets that show something but are hidden and not read; all that there are */
    bool has_macros, has_links, epoch_1904;
    struct xlsx_survey survey;
};
const struct sheet_facts *sheet_facts(const struct sheet *sheet); /* NULL: it is none */
/* Its sheets that show something and may be meant, the one that is read among them. */
guint sheet_rivals(const struct sheet *sheet);
/* Reads another one from the first row on. NULL, or what is wrong with it. */
struct problem *sheet_take_rival(struct sheet *sheet, guint index);

void sheet_rewind(struct sheet *sheet);
bool sheet_next(struct sheet *sheet, struct sheet_row *out); /* false at the end */

#endif
