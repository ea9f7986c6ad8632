/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nearest - which of some names was meant by a misspelt one.
 *
 * Shape   distances are counted in bytes, of names of the program's own: keys, codes, roles.
 * Owner   any thread; the result is one of `names`.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* The nearest of `names` to a misspelt one by edit distance, NULL when none is near; for suggestions everywhere. */
const char *nearest_name(const char *wrong, const char *const *names, size_t count);

#endif
