/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * encoding - in which content coding an answer goes out, and gzip both ways.
 *
 * Source  RFC 9110, 12.5.3 (Accept-Encoding), 8.4.1 (codings); RFC 1952 (gzip). Malformed ranges are ignored.
 * Owner   any thread; what is returned is the caller's, from malloc().
 */
#ifndef API_ENCODING_H
#define API_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

/* Where a client gives several the same weight, the last of them is taken. */
enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI, CODING_COUNT };

extern const char *const coding_names[CODING_COUNT];

/* By the header's value, NULL none; `offered` holds a bit for each coding besides identity. Identity where nothing else
 * may be sent, also where the client does not want it: an answer that it can refuse is better than none. */
enum coding coding_choose(const char *accept, unsigned offered);

/* NULL: out of memory; or, of coding_gunzip(), no whole gzip stream that holds `bytes` bytes. */
char *coding_gzip(const char *text, size_t bytes, size_t *out_bytes);
char *coding_gunzip(const void *data, size_t data_bytes, size_t bytes);

#endif
