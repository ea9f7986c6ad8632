/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest_set - the digests of rows: the first row of each, and how often it occurs.
 *
 * Shape   an open-addressing hash table with linear probing.
 * Limits  16 bytes a digest, at most half full: 32 MiB for LIMIT_SHEET_ROWS. Eight bytes of a digest: a million rows
 *         collide with a chance of one in forty million.
 * Owner   one thread.
 */
#ifndef INTEROP_DIGEST_SET_H
#define INTEROP_DIGEST_SET_H

#include "base/auto.h"

#include <glib.h>

#include <stdint.h>

struct digest_set;
struct digest_set *digest_set_new(void);
void digest_set_free(struct digest_set *seen);
AUTO_FREE(digest_set)

/* How often it was seen before; *out_first: in which row first. */
uint32_t digest_set_add(struct digest_set *seen, const uint8_t digest[16], int64_t row, int64_t *out_first);

#endif
