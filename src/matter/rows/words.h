/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words - free words outside of forms: why an actor excuses, holds, merges or leaves out.
 *
 * Shape   in bodies and rows base64 of the text sealed under the matter's key, so that it is erased with the matter;
 *         equal texts differ. Older events have it in the clear: rows have a column for either.
 */
#ifndef MATTER_ROWS_WORDS_H
#define MATTER_ROWS_WORDS_H

#include "store/db.h"
#include "vault/vault.h"

/* NULL: there is no key. */
char *words_seal(struct vault *vault, int64_t matter, const char *text);
/* NULL: it does not open. */
char *words_open(struct vault *vault, int64_t matter, const char *sealed);
/* From two columns of a row, the clear one and after it the sealed one; NULL: none, or it cannot be unsealed, or
 * without `vault`. */
char *words_of_row(struct vault *vault, int64_t matter, struct cursor *row, int clear_column);

#endif
