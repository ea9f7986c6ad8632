/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_sheet - the file of an import: opened as it is asked for, and read once more for the report.
 *
 * Owner   the import's thread.
 */
#ifndef INTEROP_IMPORT_SHEET_H
#define INTEROP_IMPORT_SHEET_H

#include "interop/import.h"
#include "interop/column_defs.h"

/* NULL: the report says why, and that the sheet is refused. Of a workbook, the sheet that is named, else the one whose
 * header fits best; what of it is left out is noted. */
struct sheet *import_sheet_open(const struct import_options *options, const struct column_defs *column_defs, int fd,
                                struct report *report);
/* Beside each mistake the row that it is about, which is read once more. `sheet` may be NULL. */
void import_sheet_put_lines(struct sheet *sheet, struct report *report);

#endif
