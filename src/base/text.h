/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - what free text may hold, at every door: fields of forms, reasons.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/problem.h"

#include <glib.h>
#include <stdbool.h>

/* The first character that may not stand there; 0 there is none. `lines`: line breaks may. Valid UTF-8. */
gunichar text_forbidden(const char *text, bool lines);
/* Nothing of it shows. */
bool text_is_blank(const char *text);
/* control_character, text_empty, or text_too_long beyond `most` characters; NULL none of them. */
struct problem *text_problem(const char *text, const char *field, int most, bool lines);

#endif
