/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paper - a title and a text as a PDF that can be printed, signed and handed over.
 *
 * Shape   A4. The title stands in the middle, the text below; issuing unit and date at the right below it, a QR code in
 *         the last page's corner, page numbers below. In the text a blank line begins a paragraph; a numbered item
 *         (一、 （一） 1. (1) -) and what comes after 。 ： ； ！ ？ and their Latin sisters begin a new line; other
 *         lines of a paragraph are one.
 * Units   points, 1/72 inch.
 * Errors  PAPER_ERROR when cairo says no.
 * Owner   any thread: each paper has its own font map. The same input gives the same bytes where the same fonts and
 *         libraries are installed. No input or output besides fonts.
 */
#ifndef PAPER_PAPER_H
#define PAPER_PAPER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define PAPER_ERROR paper_error_quark()
GQuark paper_error_quark(void);
enum paper_error { PAPER_ERROR_DRAWING, PAPER_ERROR_CODE };

struct paper {
    const char *title, *text; /* UTF-8 */
    const char *unit;         /* who issues it */
    const char *date;         /* as printed */
    const char *day;          /* 2020-02-03: the file's own date, so that it does not depend on the clock */
    const char *code;         /* in the QR code; NULL none */
    const char *caption;      /* below it */
    const char *mark;         /* at the head of every page; NULL none */
    bool chinese;             /* first lines are indented, page numbers in Chinese */
};

/* `out_unknown`: characters that no installed font has. The caller frees with g_bytes_unref(). */
GBytes *paper_pdf(const struct paper *paper, size_t *out_unknown, GError **error);

#endif
