/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet - a CSV file or a sheet of a workbook as rows of UTF-8 cells.
 *
 * Shape   opening reads the whole file once: charset, delimiter, number of rows. Then it is read row by row, as often
 *         as wanted. Rows are numbered as a spreadsheet shows them, from 1, empty ones too. Of a workbook the sheet
 *         that is named, else the first that is not empty; other such sheets are its rivals.
 * Errors  faults of the file are a problem when it is opened; those of a row are in the row.
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
    bool blank;              /* all cells are blank */
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
/* Whether the delimiter was given, by the caller or the file; else it is that of the first line, until a header with
 * another one is found. */
bool sheet_delimiter_is_said(const struct sheet *sheet);
void sheet_set_delimiter(struct sheet *sheet, char delimiter); /* from the first row on */
int64_t sheet_rows(const struct sheet *sheet);                 /* all records, header and empty ones too */

/* ---- of a workbook ---- */
struct sheet_facts {
    const char *name;     /* of the sheet that is read */
    char *hidden, *names; /* non-empty hidden sheets, which are not read; all sheets */
    bool has_macros, has_links, epoch_1904;
    struct xlsx_survey survey;
};
const struct sheet_facts *sheet_facts(const struct sheet *sheet); /* NULL: it is none */
/* Its sheets that show something and may be meant, the one that is read among them. */
guint sheet_rivals(const struct sheet *sheet);
/* Switches to another sheet, at its first row. NULL, or what is wrong with it. */
struct problem *sheet_take_rival(struct sheet *sheet, guint index);

void sheet_rewind(struct sheet *sheet);
bool sheet_next(struct sheet *sheet, struct sheet_row *out); /* false at the end */

#endif
