/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording - what is said of mistakes in a playbook, in Chinese.
 *
 * Shape   a mistake is reported in English, by a format of printf; one table a room has the Chinese sentence of each of
 *         its formats. There {0}, {1} ... stand for the arguments as they are, {n0}, {n1} ... for what something is
 *         ("an expectation"), by the table of nouns; a single word that it lacks, the name of a key, is put in
 *         backquotes. Outside of backquotes a sentence has no Latin letters but names of formats.
 * Errors  NULL for a format without a sentence: tests/playbook/every and tests/playbook/chinese refuse one.
 */
#ifndef PLAYBOOK_WORDING_WORDING_H
#define PLAYBOOK_WORDING_WORDING_H

#include <glib.h>
#include <stdarg.h>

struct wording {
    const char *en, *zh;
};
/* Each ends with a row of NULL. */
extern const struct wording wording_of_cases[], wording_of_check[], wording_of_expr[], wording_of_load[],
    wording_of_mappings[], wording_of_source[];
/* What something is. One that ends with a blank is the beginning of it, and {0} or {n0} the rest. */
extern const struct wording wording_nouns[];

/* The caller frees. */
char *wording_chinese(const char *format, va_list arguments) G_GNUC_PRINTF(1, 0);
/* What is suggested, in words such as "saving it as UTF-8"; NULL for what is to be written as it is. */
const char *wording_of_suggestion(const char *suggestion);

#endif
