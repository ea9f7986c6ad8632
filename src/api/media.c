/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/media.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define SNIFFED_BYTES     1024         /* in which a browser or a document viewer looks for a known type */
#define ARCHIVE_END_BYTES (65535 + 22) /* an archive is found by its end: a record and a comment */

static uint32_t big(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* ---- the end of each type; 0: it has none ---- */

/* Behind the header of a scan: up to the next marker that is neither a stuffed byte nor a restart. */
static size_t skip_scan(const uint8_t *data, size_t bytes, size_t at)
{
    while (at + 1 < bytes && (data[at] != 0xff || data[at + 1] == 0 || (data[at + 1] & 0xf8) == 0xd0))
        at++;
    return at;
}

static size_t jpeg_end(const uint8_t *data, size_t bytes)
{
    bool scanned = false;
    for (size_t at = 2; at + 2 <= bytes && data[at] == 0xff;) {
        uint8_t marker = data[at + 1];
        if (marker == 0xff) { /* fill */
            at++;
            continue;
        }
        if (marker == 0xd9)
            return scanned ? at + 2 : 0;
        if (at + 4 > bytes || marker < 0xc0 || marker == 0xd8)
            return 0;
        size_t length = (size_t)data[at + 2] << 8 | data[at + 3];
        if (length < 2 || length > bytes - at - 2)
            return 0;
        at += 2 + length;
        if (marker == 0xda) {
            at = skip_scan(data, bytes, at);
            scanned = true;
        }
    }
    return 0;
}

static size_t png_end(const uint8_t *data, size_t bytes)
{
    for (size_t at = 8; at + 12 <= bytes;) {
        size_t length = big(data + at);
        if (length > bytes - at - 12)
            return 0;
        bool last = memcmp(data + at + 4, "IEND", 4) == 0;
        at += 12 + length;
        if (last)
            return at;
    }
    return 0;
}

static size_t webp_end(const uint8_t *data, size_t bytes)
{
    size_t length = (size_t)data[4] | (size_t)data[5] << 8 | (size_t)data[6] << 16 | (size_t)data[7] << 24;
    return length >= 12 && length <= bytes - 8 ? length + 8 : 0;
}

/* Whether a picture in HEVC is said to be in it: by its own brand, or, of a general one (mif1, msf1), by one with which
 * it goes together. Source: ISO/IEC 23008-12, annex B; ISO/IEC 23000-22 (MiH…); AVIF has other brands and is none of
 * these. */
static bool has_heic_brand(const uint8_t *data, size_t bytes)
{
    static const char *const brands[] = {"heic", "heix", "heim", "heis", "hevc", "hevx",
                                         "hevm", "hevs", "MiHB", "MiHE", "MiHA"};
    size_t length = bytes >= 16 ? MIN(big(data), bytes) : 0;
    for (size_t at = 8; at + 4 <= length; at += 4)
        for (size_t i = 0; i < G_N_ELEMENTS(brands) && at != 12; i++) /* at 12 its version */
            if (memcmp(data + at, brands[i], 4) == 0)
                return true;
    return false;
}

/* The length of a box: 32 bits, or 64 behind its type (1); 0 stands for the rest of the file. 0: it does not fit. */
static size_t box_bytes(const uint8_t *data, size_t bytes)
{
    size_t length = big(data);
    if (length == 0)
        return bytes;
    if (length == 1)
        length = bytes >= 16 ? (size_t)big(data + 8) << 32 | big(data + 12) : 0;
    return length >= 8 && length <= bytes ? length : 0;
}

/* Nothing can be hidden in it: a picture that was begun and filled up. A box that is cut has a type in its first eight
 * bytes. */
static bool is_empty(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (data[i] != 0)
            return false;
    return bytes >= 8;
}

/* A sequence of boxes, as long as their types belong to a picture. Source: ISO/IEC 14496-12, 4.2. */
static size_t heic_end(const uint8_t *data, size_t bytes)
{
    static const char *const known[] = {"ftyp", "meta", "mdat", "free", "skip", "uuid", "moov", "idat"};
    bool described = false, filled = false;
    size_t at = 0;
    while (at + 8 <= bytes) {
        size_t length = box_bytes(data + at, bytes - at);
        const char *type = (const char *)data + at + 4;
        bool is_known = false;
        for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
            is_known = is_known || memcmp(type, known[i], 4) == 0;
        if (!is_known || length == 0)
            break;
        described = described || memcmp(type, "meta", 4) == 0;
        filled = filled || memcmp(type, "mdat", 4) == 0;
        at += length;
    }
    if (!described && !filled && at > 0 && is_empty(data + at, bytes - at))
        return bytes;
    return described && filled ? at : 0;
}

static size_t pdf_end(const uint8_t *data, size_t bytes)
{
    static const char mark[] = "%%EOF";
    size_t length = strlen(mark);
    for (size_t at = bytes; at >= length; at--)
        if (memcmp(data + at - length, mark, length) == 0)
            return at;
    return 0;
}

static const struct {
    size_t at;
    const char *bytes;
    size_t count;
    const char *type, *ending;
    size_t (*end)(const uint8_t *data, size_t bytes);
} kinds[] = {
    {0, "\xff\xd8\xff", 3, "image/jpeg", "jpg", jpeg_end}, {0, "\x89PNG\r\n\x1a\n", 8, "image/png", "png", png_end},
    {8, "WEBP", 4, "image/webp", "webp", webp_end},        {4, "ftyp", 4, "image/heic", "heic", heic_end},
    {0, "%PDF-", 5, "application/pdf", "pdf", pdf_end},
};

/* ---- what else it might be ---- */

static bool holds(const uint8_t *data, size_t bytes, const char *word)
{
    size_t length = strlen(word);
    for (size_t at = 0; at + length <= bytes; at++)
        if (g_ascii_strncasecmp((const char *)data + at, word, length) == 0)
            return true;
    return false;
}

static bool is_something_else(const uint8_t *data, size_t bytes, const char *type)
{
    static const char *const pages[] = {"<html", "<script", "<!doctype", "<svg", "<iframe", "<body", "<head"};
    size_t head = MIN(bytes, SNIFFED_BYTES), tail = MIN(bytes, ARCHIVE_END_BYTES);
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
        if (holds(data, head, pages[i]))
            return true;
    return memmem(data + bytes - tail, tail, "PK\5\6", 4) != NULL ||
           (strcmp(type, "application/pdf") != 0 && holds(data, head, "%PDF-"));
}

struct media media_of(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (bytes < kinds[i].at + kinds[i].count || memcmp(data + kinds[i].at, kinds[i].bytes, kinds[i].count) != 0 ||
            (kinds[i].at == 8 && memcmp(data, "RIFF", 4) != 0) ||
            (kinds[i].end == heic_end && !has_heic_brand(data, bytes)))
            continue;
        struct media media = {kinds[i].type, kinds[i].ending, kinds[i].end(data, bytes)};
        if (media.bytes > 0 && is_something_else(data, media.bytes, media.type))
            media.bytes = 0;
        return media;
    }
    return (struct media){0};
}

const char *media_ending(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].type, type) == 0)
            return kinds[i].ending;
    return "bin";
}
