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
#include <stdio.h>

struct diagnostic {
    char *file;
    int line, column; /* from 1 */
    char *text;
    char *suggestion; /* NULL none */
};

void diagnostic_clear(struct diagnostic *diagnostic);
void diagnostics_add(GArray *diagnostics, const char *file, int line, int column, const char *text,
                     const char *suggestion);
/* One line each: `file:line:column: text; did you mean x?` */
void diagnostics_print(FILE *out, const GArray *diagnostics);

#endif
