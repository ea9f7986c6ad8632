/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xlsx_write - an export as a workbook: a header, a row that explains it, rows, lists to choose from.
 *
 * Shape   texts stay texts; whole and decimal numbers of at most fifteen digits are numbers; days and times are dates
 *         in the zone of the playbook, unless a date cannot represent them. An import takes the file again. Rows beyond
 *         the size of a sheet are in further sheets.
 * Errors  false, and from then on: the disk, or a text that no cell holds.
 * Limits  LIMIT_SHEET_ROWS, LIMIT_WORKBOOK_CELL_CHARS; rows lie in a file without name in `folder` until the end.
 * Owner   one thread; definitions and playbook are borrowed.
 * Source  ECMA-376 part 1, 18.17.4.1 (dates), 18.3.1.33 (lists to choose from: 255 characters within the rule).
 */
#ifndef INTEROP_XLSX_WRITE_H
#define INTEROP_XLSX_WRITE_H

#include "interop/column_defs.h"

struct xlsx_writer;
/* Into the file `path`, which is emptied. `column_defs` has a struct column_def * for each column. NULL: it cannot be
 * made. */
struct xlsx_writer *xlsx_writer_new(const char *path, const char *folder, const struct playbook *playbook,
                                    const GPtrArray *column_defs, enum cell_words words);
void xlsx_writer_free(struct xlsx_writer *writer); /* without a close the file is incomplete */
AUTO_FREE(xlsx_writer)

/* Rows of cells, each ended by NUL; the first one of all is the header. */
bool xlsx_writer_add(struct xlsx_writer *writer, const char *cells, size_t bytes);
bool xlsx_writer_close(struct xlsx_writer *writer);

#endif
