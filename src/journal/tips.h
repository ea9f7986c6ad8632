/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tips - the newest event of each stream.
 *
 * Shape   an array of struct journal_tip by stream, ascending, one each; found by bisection. On disk, in a head: 48
 *         bytes each, stream and seq (8 bytes each, little-endian) and the hash.
 * Owner   the caller of tips_new(); not safe across threads.
 */
#ifndef JOURNAL_TIPS_H
#define JOURNAL_TIPS_H

#include "journal/journal.h"

#define TIP_BYTES (8 + 8 + JOURNAL_HASH_BYTES)

/* The hash before a stream's first event. */
extern const uint8_t chain_start[JOURNAL_HASH_BYTES];

GArray *tips_new(void);
/* NULL: the stream has none. */
struct journal_tip *tips_find(const GArray *tips, int64_t stream);
/* The stream's; made with seq 0 and the start of a chain where it has none. Lives until the next call. */
struct journal_tip *tips_at(GArray *tips, int64_t stream);

/* As a head holds them. */
GByteArray *tips_write(const GArray *tips);
/* NULL where the bytes are none that tips_write() gives: streams out of order or out of range. */
GArray *tips_read(const uint8_t *data, size_t bytes);

#endif
