/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * name - the characters that a name of a person, a unit, a dwelling or a login may have: it is printed in signed
 *        letters.
 *
 * Shape   letters and marks of all scripts, blanks, and of signs those of the table in name.c; digits, of which a
 *         person's name has few. Nothing invisible: no control or format characters, no line or paragraph separators,
 *         no letters without a shape; and something visible beside signs.
 * Errors  text_empty, text_too_long, control_character, name_character; every door checks names here, while names
 *         written before are still read.
 * Owner   the caller; any thread.
 */
#ifndef BASE_NAME_H
#define BASE_NAME_H

#include "base/problem.h"

#include <stdbool.h>

enum name_of { NAME_PERSON, NAME_UNIT, NAME_DWELLING, NAME_LOGIN };

/* NULL: right. `text` is UTF-8. */
struct problem *name_problem(enum name_of what, const char *text, const char *field, int most_chars);

/* One name however it is spelt: · • ． ‧ ・, a blank or none, full or half width, capitals or not. NULL is no name. */
bool name_is_same(const char *one, const char *other);
/* What a search goes by: the same, and without marks above and below letters. The caller frees. */
char *name_index_form(const char *text);
/* Whether a name holds a part of one, in that form. NULL holds nothing; a part without letters is held by none. */
bool name_holds(const char *name, const char *part);

#endif
