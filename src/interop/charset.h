/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset - whether a file, and each of its rows, is in UTF-8 or GB18030.
 *
 * Shape   a file is in the charset in which most of its non-ASCII rows can be read. Where a row is valid in both (two
 *         bytes a character), its words decide: letters of one alphabet, or Chinese characters without letters beside
 *         them. Where they do not either, the charset is unknown and the import asks. A row that is valid in the other
 *         charset only is reported, never converted by a guess.
 * Source  GB 18030-2005 as iconv knows it (GBK and GB 2312 are parts of it).
 */
#ifndef INTEROP_CHARSET_H
#define INTEROP_CHARSET_H

#include "base/auto.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum charset { CHARSET_UNKNOWN, CHARSET_UTF8, CHARSET_GB18030, CHARSET_COUNT };
extern const char *const charset_names[CHARSET_COUNT]; /* "utf-8", "gb18030" */

/* By a name as people write it ("UTF8", "GBK"); CHARSET_UNKNOWN for none. */
enum charset charset_find(const char *name);

/* How the rows of a file can be read, counted one by one. */
#define CHARSET_SAMPLE_BYTES 64

struct charset_survey {
    int64_t plain, utf8, other;         /* rows of ASCII; of UTF-8; of neither */
    int64_t weak;                       /* rows that can be both */
    int64_t words, hanzi;               /* of the weak ones: sensible in UTF-8 alone; in GB18030 alone */
    char as_utf8[CHARSET_SAMPLE_BYTES]; /* the first word that is sensible in both; "" none */
    char as_gb18030[CHARSET_SAMPLE_BYTES];
};
void charset_count(struct charset_survey *survey, const char *text, size_t bytes);
enum charset charset_of(const struct charset_survey *survey); /* CHARSET_UNKNOWN: the import has to ask */

struct decoder;
struct decoder *decoder_new(enum charset charset, bool strict /* a row that looks like the other one is refused */);
void decoder_free(struct decoder *decoder);
AUTO_FREE(decoder)
/* Valid UTF-8 of a row (NULs between its cells stay), borrowed until the next; NULL: it is not in the file's charset,
 * and *out_seems is the charset that it may be in (CHARSET_UNKNOWN: none). */
const char *decode(struct decoder *decoder, const char *text, size_t bytes, size_t *out_bytes, enum charset *out_seems);

/* A new text in GB18030. */
char *charset_encode_gb18030(const char *utf8, size_t bytes, size_t *out_bytes);

#endif
