/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_sheet - opens the file of an import, and opens it again for the report.
 *
 * Owner   the import's thread.
 */
#ifndef INTEROP_IMPORT_SHEET_H
#define INTEROP_IMPORT_SHEET_H

#include "interop/import.h"
#include "interop/column_defs.h"

/* NULL: the report has the reason. Of a workbook the named sheet, else the one whose header fits best; what is ignored
 * of it is noted. */
struct sheet *import_sheet_open(const struct import_options *options, const struct column_defs *column_defs, int fd,
                                struct report *report);
/* Beside each mistake the row that it is about, which is read once more. `sheet` may be NULL. */
void import_sheet_put_lines(struct sheet *sheet, struct report *report);

#endif
