/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xlsx - rows of one sheet of a workbook, one by one, in bounded memory.
 *
 * Shape   surveyed once from end to end, then read as often as wanted. Rows are numbered as the sheet shows them;
 *         missing ones come as empty ones, up to the last row that is not empty. A cell merged downwards is repeated in
 *         each of its rows. Of a formula, its saved result.
 * Errors  faults of a row are its `fault`, of a cell its mark; those of the file are the archive's.
 * Limits  LIMIT_SHEET_ROWS, …_COLUMNS, …_ROW_BYTES, LIMIT_WORKBOOK_MERGES, LIMIT_MERGED_TEXT_BYTES.
 * Owner   one thread; the book is borrowed; a row lives until the next one is read.
 * Source  ECMA-376 part 1, 18.3 (worksheets).
 */
#ifndef INTEROP_XLSX_H
#define INTEROP_XLSX_H

#include "interop/csv.h"
#include "interop/xlsx_book.h"

enum cell_mark {
    CELL_AS_IT_STANDS,
    CELL_FILLED,    /* its value is in a row above, with which it is merged */
    CELL_ERROR,     /* #N/A and its like */
    CELL_NO_RESULT, /* a formula without a saved result; its text is the formula */
};

struct xlsx_row {
    int64_t number;
    const char *const *cells;
    const uint8_t *marks; /* enum cell_mark, one a cell */
    guint count;
    enum csv_fault fault; /* CSV_TOO_LARGE, CSV_TOO_WIDE */
    bool titled;          /* one cell alone, which is merged over others beside it */
};

struct xlsx_survey {
    int64_t rows; /* the last one that is not empty */
    int64_t formulas, merged /* downwards */;
    int64_t hidden, first_hidden; /* non-empty rows */
};

struct xlsx;
struct xlsx *xlsx_new(struct xlsx_book *book, guint sheet);
void xlsx_free(struct xlsx *xlsx);
AUTO_FREE(xlsx)

/* Before the first row. */
struct xlsx_survey xlsx_survey(struct xlsx *xlsx);
bool xlsx_is_empty(struct xlsx *xlsx); /* without reading it all */

void xlsx_rewind(struct xlsx *xlsx);
bool xlsx_next(struct xlsx *xlsx, struct xlsx_row *out); /* false at the end, and with a fault of the archive */

#endif
