/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words - what people write of their own accord where no form asks: why they excuse, hold up, merge, leave out.
 *
 * Shape   in bodies and rows base64 of what is sealed under the matter's key, so that it goes with the matter; never
 *         the same twice. Before it was sealed it stood in the clear: rows have a column for either.
 */
#ifndef MATTER_ROWS_WORDS_H
#define MATTER_ROWS_WORDS_H

#include "store/db.h"
#include "vault/vault.h"

/* NULL: there is no key. */
char *words_seal(struct vault *vault, int64_t matter, const char *text);
/* NULL: it does not open. */
char *words_open(struct vault *vault, int64_t matter, const char *sealed);
/* Out of two columns of a row, the clear one and behind it the sealed one; NULL: none, or it does not open, or without
 * `vault`. */
char *words_of_row(struct vault *vault, int64_t matter, struct cursor *row, int clear_column);

#endif
