/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diagnostic - a mistake in a playbook, and its position.
 *
 * Shape   all mistakes of all files are in one GArray of struct diagnostic.
 * Limits  LIMIT_DIAGNOSTICS: further ones are dropped.
 * Owner   the array's maker: diagnostic_clear() is its clear function.
 */
#ifndef PLAYBOOK_SOURCE_DIAGNOSTIC_H
#define PLAYBOOK_SOURCE_DIAGNOSTIC_H

#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct diagnostic {
    char *file;
    int line, column; /* from 1 */
    char *text, *zh;  /* in English and in Chinese */
    char *suggestion; /* NULL none */
};

void diagnostic_clear(struct diagnostic *diagnostic);
void diagnostics_add(GArray *diagnostics, const char *file, int line, int column, const char *suggestion,
                     const char *format, ...) G_GNUC_PRINTF(6, 7);
void diagnostics_add_list(GArray *diagnostics, const char *file, int line, int column, const char *suggestion,
                          const char *format, va_list arguments) G_GNUC_PRINTF(6, 0);
/* With both texts made before; `zh` may be NULL. */
void diagnostics_add_texts(GArray *diagnostics, const char *file, int line, int column, const char *suggestion,
                           const char *text, const char *zh);
/* What is wrong, with what is suggested. The caller frees. */
char *diagnostic_text(const struct diagnostic *diagnostic, bool chinese);
/* One line each, in English: `file:line:column: text; did you mean x?` */
void diagnostics_print(FILE *out, const GArray *diagnostics);

#endif
