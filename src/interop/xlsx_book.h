/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xlsx_book - the parts of a workbook that its sheets share: names, number formats, texts, the epoch of its days.
 *
 * Shape   sheets in the order of the workbook; sheets of charts and dialogs, macros and links to other workbooks are
 *         not followed.
 * Errors  a fault of the archive, in any of its parts; xlsx_fault_problem() gives the problem.
 * Limits  LIMIT_WORKBOOK_…
 * Owner   one thread; sheets of it must be freed before.
 * Source  ECMA-376 part 1, 18.2 (workbook), 18.4 (shared strings), 18.8 (styles); [MS-CFB] 2.2 for encrypted ones.
 */
#ifndef INTEROP_XLSX_BOOK_H
#define INTEROP_XLSX_BOOK_H

#include "base/problem.h"
#include "interop/xlsx_part.h"
#include "interop/xlsx_value.h"

struct xlsx_sheet_ref {
    char *name, *part;
    bool hidden;
};

struct xlsx_book {
    struct xlsx_archive *archive;
    GArray *sheets;  /* of struct xlsx_sheet_ref */
    GArray *formats; /* of struct xlsx_format, by a cell's style */
    GString *texts;  /* shared ones, each ended by NUL */
    GArray *text_at; /* of guint32: where each begins */
    bool epoch_1904, has_macros, has_links;
};

/* Never NULL; see the archive's fault. */
struct xlsx_book *xlsx_book_open(int fd);
void xlsx_book_free(struct xlsx_book *book);
AUTO_FREE(xlsx_book)

const char *xlsx_book_text(const struct xlsx_book *book, uint64_t index); /* NULL: there is none */
const struct xlsx_format *xlsx_book_format(const struct xlsx_book *book, uint64_t style);

/* What the file is that begins so, where it is no workbook of today: NULL otherwise. */
struct problem *xlsx_old_problem(int fd);
struct problem *xlsx_fault_problem(enum xlsx_fault fault); /* not of XLSX_WELL */

#endif
