/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv - records of a comma-separated file, one by one, in bounded memory.
 *
 * Shape   RFC 4180, and what programs make of it: comma, semicolon or tab; lines end in LF, CR LF or CR; a quoted
 *         cell may hold all of them; a quote within a cell that does not begin with one is a character. Bytes stay
 *         bytes: a trailing byte of GB18030 is never a delimiter, a quote or a line's end.
 * Errors  what is wrong with a record is its `fault`; reading goes on behind it.
 * Limits  LIMIT_SHEET_ROW_BYTES, LIMIT_SHEET_COLUMNS.
 * Owner   one thread; a record lives until the next one is read.
 * Source  RFC 4180; "sep=;" in the first line is Excel's own.
 */
#ifndef INTEROP_CSV_H
#define INTEROP_CSV_H

#include "base/auto.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum csv_fault {
    CSV_WELL,
    CSV_NUL,         /* a byte 0 */
    CSV_OPEN_QUOTE,  /* a quote that does not end */
    CSV_STRAY_QUOTE, /* text after the closing quote */
    CSV_TOO_LARGE,
    CSV_TOO_WIDE,
};

struct csv_record {
    int64_t number, line; /* from 1: of the record, as a spreadsheet counts its rows, and of the line where it begins */
    enum csv_fault fault; /* the first */
    const char *text;     /* cells, each ended by a NUL */
    size_t bytes;
    guint cells;
};

struct csv;
/* `read` gives up to so many bytes, 0 at the end, -1 on a failure of I/O (then the file ends there). */
struct csv *csv_new(ssize_t (*read)(void *context, void *buffer, size_t bytes), void *context);
void csv_free(struct csv *csv);
AUTO_FREE(csv)

/* Of the cells; by default what the first line has most of. Before the first record. */
void csv_set_delimiter(struct csv *csv, char delimiter);
char csv_delimiter(const struct csv *csv);
bool csv_separator_is_said(const struct csv *csv); /* the first line is "sep=;" */
int csv_byte_order_mark(const struct csv *csv); /* bytes of a UTF-8 mark that were left out, once a record was read */
bool csv_failed(const struct csv *csv);         /* read gave -1 */

/* False at the end. Empty lines are records of one empty cell. */
bool csv_next(struct csv *csv, struct csv_record *out);

/* Appends a cell as it is written, without delimiter. */
void csv_append(GString *out, const char *text, char delimiter);

#endif
