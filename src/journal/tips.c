/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/tips.h"

#include "journal/chain.h"

#include <string.h>

const uint8_t chain_start[JOURNAL_HASH_BYTES] = {0};

GArray *tips_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(struct journal_tip));
}

/* Where the stream's stands or would stand. */
static guint place_of(const GArray *tips, int64_t stream)
{
    guint low = 0, high = tips->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(tips, struct journal_tip, middle).stream < stream)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct journal_tip *tips_find(const GArray *tips, int64_t stream)
{
    guint at = place_of(tips, stream);
    struct journal_tip *tip = at < tips->len ? &g_array_index(tips, struct journal_tip, at) : NULL;
    return tip != NULL && tip->stream == stream ? tip : NULL;
}

struct journal_tip *tips_at(GArray *tips, int64_t stream)
{
    struct journal_tip *tip = tips_find(tips, stream);
    if (tip != NULL)
        return tip;
    struct journal_tip made = {.stream = stream};
    memcpy(made.hash, chain_start, sizeof made.hash);
    guint at = place_of(tips, stream);
    g_array_insert_val(tips, at, made);
    return &g_array_index(tips, struct journal_tip, at);
}

GByteArray *tips_write(const GArray *tips)
{
    GByteArray *bytes = g_byte_array_sized_new(tips->len * TIP_BYTES);
    for (guint i = 0; i < tips->len; i++) {
        const struct journal_tip *tip = &g_array_index(tips, struct journal_tip, i);
        int64_t numbers[] = {GINT64_TO_LE(tip->stream), GINT64_TO_LE(tip->seq)};
        g_byte_array_append(bytes, (const guint8 *)numbers, sizeof numbers);
        g_byte_array_append(bytes, tip->hash, sizeof tip->hash);
    }
    return bytes;
}

GArray *tips_read(const uint8_t *data, size_t bytes)
{
    int64_t before = -1;
    g_autoptr(GArray) tips = tips_new();
    if (bytes == 0 || bytes % TIP_BYTES != 0 || bytes / TIP_BYTES > STREAM_MAX + 1)
        return NULL;
    for (const uint8_t *at = data; at < data + bytes; at += TIP_BYTES) {
        int64_t numbers[2];
        memcpy(numbers, at, sizeof numbers);
        struct journal_tip tip = {.stream = GINT64_FROM_LE(numbers[0]), .seq = GINT64_FROM_LE(numbers[1])};
        memcpy(tip.hash, at + sizeof numbers, sizeof tip.hash);
        if (tip.stream <= before || tip.stream > STREAM_MAX || tip.seq < 1)
            return NULL;
        before = tip.stream;
        g_array_append_val(tips, tip);
    }
    return g_steal_pointer(&tips);
}
