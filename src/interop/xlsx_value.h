/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xlsx_value - a stored number of a workbook as the text that a cell of a CSV would have.
 *
 * Shape   whole numbers as digits, as many as a spreadsheet keeps; others to fifteen digits without exponent; days and
 *         times by the number format, as ISO 8601 without zone. A number of more than fifteen digits keeps its
 *         exponent: its last digits are gone.
 * Source  ECMA-376 part 1, 18.8.30 (numFmt: which ones are built in, what their characters mean) and 18.17.4.1 (dates:
 *         both epochs, and the 29 February 1900 that there was not).
 */
#ifndef INTEROP_XLSX_VALUE_H
#define INTEROP_XLSX_VALUE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a number format shows. */
struct xlsx_format {
    bool day, time, elapsed; /* [h]:mm, hours beyond a day */
    uint8_t zeros;           /* "000000": at least so many digits; 0 none */
};

struct xlsx_format xlsx_format_built_in(int id);
struct xlsx_format xlsx_format_parse(const char *code);

/* Appends `text`, a number as XML has it, as it is shown. What is no number is appended as it is. */
void xlsx_number_append(const struct xlsx_format *format, bool epoch_1904, const char *text, GString *out);
/* Appends the text of a string part: _x000D_ is a character, and the end of a line is LF. */
void xlsx_text_append(const char *text, size_t bytes, GString *out);

#endif
