/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen - digests of rows that came by: the first row of each, and how often.
 *
 * Limits  16 bytes a digest, at most half full: 32 MiB for LIMIT_SHEET_ROWS. Eight bytes of a digest tell a million
 *         rows apart but for one chance in forty million.
 * Owner   one thread.
 */
#ifndef INTEROP_SEEN_H
#define INTEROP_SEEN_H

#include "base/auto.h"

#include <glib.h>

#include <stdint.h>

struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *seen);
AUTO_FREE(seen)

/* How often it was seen before; *out_first: in which row first. */
uint32_t seen_add(struct seen *seen, const uint8_t digest[16], int64_t row, int64_t *out_first);

#endif
