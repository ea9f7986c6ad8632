/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset - UTF-8 or GB18030: which one a file is in, and which one each of its rows.
 *
 * Shape   a file is in the one in which most of its rows with letters beyond ASCII can be read. Where the bytes of a
 *         row can be both (two bytes a character), its words tell: letters of one alphabet, or Chinese characters
 *         without letters beside them. Where they do not tell either, it is asked. A row that can be read in the
 *         other one alone is mixed and is said so, never guessed.
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
    int64_t words, hanzi;               /* of those: that make sense in UTF-8 alone; in GB18030 alone */
    char as_utf8[CHARSET_SAMPLE_BYTES]; /* the first word that makes sense in both; "" none */
    char as_gb18030[CHARSET_SAMPLE_BYTES];
};
void charset_count(struct charset_survey *survey, const char *text, size_t bytes);
enum charset charset_of(const struct charset_survey *survey); /* CHARSET_UNKNOWN: it must be asked */

struct decoder;
struct decoder *decoder_new(enum charset charset, bool strict /* a row that looks like the other one is refused */);
void decoder_free(struct decoder *decoder);
AUTO_FREE(decoder)
/* Valid UTF-8 of a row (NULs between its cells stay), borrowed until the next; NULL: it is not in the file's
 * charset, and then *out_seems says what it seems to be (CHARSET_UNKNOWN: nothing known). */
const char *decode(struct decoder *decoder, const char *text, size_t bytes, size_t *out_bytes, enum charset *out_seems);

/* A new text in GB18030. */
char *charset_encode_gb18030(const char *utf8, size_t bytes, size_t *out_bytes);

#endif
