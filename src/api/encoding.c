/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/encoding.h"

#include "api/weights.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define RANGES_MOST 100       /* of one header; a browser sends four */
#define GZIP_WINDOW (15 + 16) /* 32 KiB, in the format of RFC 1952 */
#define GZIP_LEVEL  1         /* a list of 200 rows: to an eighth in 0.35 ms; level 6: to a tenth in 0.55 ms */
#define GZIP_MEMORY 8

const char *const coding_names[CODING_COUNT] = {"identity", "gzip", "br"};

static void note(int weights[CODING_COUNT], int *any, const char *range, int weight)
{
    if (strcmp(range, "*") == 0)
        *any = MAX(*any, weight);
    if (g_ascii_strcasecmp(range, "x-gzip") == 0)
        range = coding_names[CODING_GZIP];
    for (size_t i = 0; i < CODING_COUNT; i++)
        if (g_ascii_strcasecmp(range, coding_names[i]) == 0)
            weights[i] = MAX(weights[i], weight);
}

enum coding coding_choose(const char *accept, unsigned offered)
{
    int weights[CODING_COUNT] = {-1, -1, -1}, any = -1; /* -1: not named */
    g_auto(GStrv) ranges = g_strsplit(accept != NULL ? accept : "", ",", RANGES_MOST);
    for (int i = 0; ranges[i] != NULL; i++) {
        int weight;
        if (weights_read_range(ranges[i], &weight))
            note(weights, &any, ranges[i], weight);
    }
    enum coding chosen = CODING_IDENTITY;
    int most = weights[CODING_IDENTITY] >= 0 ? weights[CODING_IDENTITY] : MAX(any, 0);
    for (enum coding i = CODING_IDENTITY + 1; i < CODING_COUNT; i++) {
        int weight = weights[i] >= 0 ? weights[i] : any;
        if ((offered & 1u << i) == 0 || weight <= 0 || weight < most)
            continue;
        chosen = i;
        most = weight;
    }
    return chosen;
}

char *coding_gzip(const char *text, size_t bytes, size_t *out_bytes)
{
    z_stream stream = {0};
    if (bytes > G_MAXUINT ||
        deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t most = deflateBound(&stream, bytes);
    char *out = malloc(most);
    stream.next_in = (Bytef *)text;
    stream.avail_in = (uInt)bytes;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)MIN(most, G_MAXUINT);
    bool well = out != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *out_bytes = stream.total_out;
    deflateEnd(&stream);
    if (!well)
        g_clear_pointer(&out, free);
    return out;
}

char *coding_gunzip(const void *data, size_t data_bytes, size_t bytes)
{
    z_stream stream = {0};
    if (data_bytes > G_MAXUINT || bytes > G_MAXUINT - 1 || inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return NULL;
    char *out = malloc(bytes + 1); /* one more, so that a longer stream is seen */
    stream.next_in = (Bytef *)data;
    stream.avail_in = (uInt)data_bytes;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)bytes + 1;
    bool well = out != NULL && inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == bytes;
    inflateEnd(&stream);
    if (!well)
        g_clear_pointer(&out, free);
    return out;
}
