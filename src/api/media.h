/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * media - the type of a file, from all of its bytes.
 *
 * Shape   JPEG, PNG, WebP, HEIC and PDF are followed through their segments, chunks or boxes to their end; bytes behind
 *         it are no part of the picture and are cut off. A file that ends too early, or that is a valid page or archive
 *         as well, is none of them.
 * Source  ITU-T T.81 B.1; PNG (ISO/IEC 15948) 5.3; WebP RIFF container; ISO/IEC 14496-12 4.2; ISO 32000-1 7.5.5;
 *         PKWARE APPNOTE 4.3.16; WHATWG MIME sniffing 7.1.
 * Owner   any thread; texts are static.
 */
#ifndef API_MEDIA_H
#define API_MEDIA_H

#include <stddef.h>
#include <stdint.h>

struct media {
    const char *type, *ending; /* "image/jpeg", "jpg"; NULL: nothing that is kept */
    size_t bytes;              /* that belong to it; 0: it is not whole, or something else besides */
};

#define MEDIA_KEPT "JPEG, PNG, WebP, HEIC, PDF"

struct media media_of(const uint8_t *data, size_t bytes);
const char *media_ending(const char *type); /* "bin" when it is none of them */

#endif
