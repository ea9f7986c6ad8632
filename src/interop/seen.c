/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/seen.h"

#include <glib.h>
#include <string.h>

#define FIRST_SLOTS 1024

struct slot_seen {
    uint64_t digest;
    uint32_t row, count; /* count 0: free */
};

struct seen {
    struct slot_seen *slots;
    size_t size, used; /* a power of two */
};

struct seen *seen_new(void)
{
    struct seen *seen = g_new0(struct seen, 1);
    seen->size = FIRST_SLOTS;
    seen->slots = g_new0(struct slot_seen, seen->size);
    return seen;
}

void seen_free(struct seen *seen)
{
    if (seen == NULL)
        return;
    g_free(seen->slots);
    g_free(seen);
}

static struct slot_seen *place(const struct seen *seen, uint64_t digest)
{
    size_t at = digest & (seen->size - 1);
    while (seen->slots[at].count > 0 && seen->slots[at].digest != digest)
        at = (at + 1) & (seen->size - 1);
    return &seen->slots[at];
}

static void grow(struct seen *seen)
{
    g_autofree struct slot_seen *old = seen->slots;
    size_t size = seen->size;
    seen->size *= 2;
    seen->slots = g_new0(struct slot_seen, seen->size);
    for (size_t i = 0; i < size; i++)
        if (old[i].count > 0)
            *place(seen, old[i].digest) = old[i];
}

uint32_t seen_add(struct seen *seen, const uint8_t digest[16], int64_t row, int64_t *out_first)
{
    uint64_t short_digest;
    memcpy(&short_digest, digest, sizeof short_digest);
    if (seen->used * 2 >= seen->size)
        grow(seen);
    struct slot_seen *slot = place(seen, short_digest);
    if (slot->count == 0) {
        seen->used++;
        slot->digest = short_digest;
        slot->row = (uint32_t)row;
    }
    *out_first = slot->row;
    return slot->count++;
}
