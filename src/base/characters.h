/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * characters - which of them a text may hold, and how a text that may hold any is shown.
 *
 * Source  marks that turn the direction of writing make a text read otherwise than it is stored: Unicode TR 36,
 *         section 2; code points that are no characters, which XML and so a workbook cannot hold: Unicode, 23.7.
 */
#ifndef BASE_CHARACTERS_H
#define BASE_CHARACTERS_H

#include <glib.h>
#include <stdbool.h>

/* `lines`: line breaks may stand there. */
bool characters_forbid(gunichar c, bool lines);
/* A text that may be from outside, as it is repeated to whoever sent it: what may not stand in a text is shown by its
 * number, "<U+202E>", and "…" stands in the middle of what has more than `most` characters. The caller frees. */
char *characters_shown(const char *text, int most);

#endif
