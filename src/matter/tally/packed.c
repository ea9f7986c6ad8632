/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/tally/packed.h"

#include <stdbool.h>

static void put(GByteArray *out, int64_t value)
{
    uint64_t rest = (uint64_t)value << 1 ^ (uint64_t)(value < 0 ? -1 : 0);
    do {
        uint8_t byte = (uint8_t)(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0);
        g_byte_array_append(out, &byte, 1);
        rest >>= 7;
    } while (rest > 0);
}

static bool take(const uint8_t **at, const uint8_t *end, int64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *out = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
            return true;
        }
    }
    return false;
}

static bool take_figure(const uint8_t **at, const uint8_t *end, struct packed_figure *out)
{
    return take(at, end, &out->number) && take(at, end, &out->top) && take(at, end, &out->bottom);
}

GArray *packed_read(const void *data, size_t bytes)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct packed_figure));
    const uint8_t *at = data, *end = bytes > 0 ? at + bytes : at;
    struct packed_figure one;
    while (take_figure(&at, end, &one))
        g_array_append_val(all, one);
    return all;
}

void packed_find(const void *data, size_t bytes, int64_t number, int64_t *out_top, int64_t *out_bottom)
{
    const uint8_t *at = data, *end = at + bytes;
    struct packed_figure one;
    *out_top = *out_bottom = 0;
    while (take_figure(&at, end, &one) && one.number <= number)
        if (one.number == number) {
            *out_top = one.top;
            *out_bottom = one.bottom;
        }
}

void packed_add(GArray *figures, int64_t number, int64_t top, int64_t bottom)
{
    guint i = 0;
    while (i < figures->len && g_array_index(figures, struct packed_figure, i).number < number)
        i++;
    if (i == figures->len || g_array_index(figures, struct packed_figure, i).number != number) {
        struct packed_figure one = {.number = number};
        g_array_insert_val(figures, i, one);
    }
    struct packed_figure *figure = &g_array_index(figures, struct packed_figure, i);
    figure->top += top;
    figure->bottom += bottom;
}

GByteArray *packed_write(const GArray *figures)
{
    GByteArray *out = g_byte_array_sized_new(figures->len * 4);
    for (guint i = 0; i < figures->len; i++) {
        const struct packed_figure *one = &g_array_index(figures, struct packed_figure, i);
        if (one->top == 0 && one->bottom == 0)
            continue;
        put(out, one->number);
        put(out, one->top);
        put(out, one->bottom);
    }
    if (out->len == 0)
        g_clear_pointer(&out, g_byte_array_unref);
    return out;
}
