/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workbook - workbooks for tests, made by hand: parts of XML in an archive, right or wrong.
 *
 * Owner   the caller closes the file, which has no name.
 */
#ifndef TESTS_INTEROP_WORKBOOK_H
#define TESTS_INTEROP_WORKBOOK_H

#include <glib.h>
#include <stdbool.h>

struct workbook_part {
    const char *name, *text;
    size_t bytes; /* 0: strlen */
};

int workbook_of_parts(const struct workbook_part *parts, size_t count);

struct workbook {
    const char *rows;           /* of the first sheet: what stands in its sheetData */
    const char *behind;         /* its sheetData: merged cells */
    const char *styles, *texts; /* number formats "165=yyyy-mm-dd 14 165": codes, then those of the cells; items */
    const char *properties;     /* of the workbook */
    const char *names;          /* "名单", of several: "名单|!说明", a hidden one with ! */
    const char *others;         /* rows of the others */
    const struct workbook_part *more;
    size_t more_count;
};
int workbook_file(const struct workbook *workbook);
/* "a|b/c|d": rows of texts, as rows of XML. The caller frees. */
char *workbook_rows(const char *cells);

#endif
