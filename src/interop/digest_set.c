/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/digest_set.h"

#include <glib.h>
#include <string.h>

#define FIRST_SLOTS 1024

struct digest_slot {
    uint64_t digest;
    uint32_t row, count; /* count 0: free */
};

struct digest_set {
    struct digest_slot *slots;
    size_t size, used; /* a power of two */
};

struct digest_set *digest_set_new(void)
{
    struct digest_set *seen = g_new0(struct digest_set, 1);
    seen->size = FIRST_SLOTS;
    seen->slots = g_new0(struct digest_slot, seen->size);
    return seen;
}

void digest_set_free(struct digest_set *seen)
{
    if (seen == NULL)
        return;
    g_free(seen->slots);
    g_free(seen);
}

static struct digest_slot *find_slot(const struct digest_set *seen, uint64_t digest)
{
    size_t at = digest & (seen->size - 1);
    while (seen->slots[at].count > 0 && seen->slots[at].digest != digest)
        at = (at + 1) & (seen->size - 1);
    return &seen->slots[at];
}

static void grow(struct digest_set *seen)
{
    g_autofree struct digest_slot *old = seen->slots;
    size_t size = seen->size;
    seen->size *= 2;
    seen->slots = g_new0(struct digest_slot, seen->size);
    for (size_t i = 0; i < size; i++)
        if (old[i].count > 0)
            *find_slot(seen, old[i].digest) = old[i];
}

uint32_t digest_set_add(struct digest_set *seen, const uint8_t digest[16], int64_t row, int64_t *out_first)
{
    uint64_t short_digest;
    memcpy(&short_digest, digest, sizeof short_digest);
    if (seen->used * 2 >= seen->size)
        grow(seen);
    struct digest_slot *slot = find_slot(seen, short_digest);
    if (slot->count == 0) {
        seen->used++;
        slot->digest = short_digest;
        slot->row = (uint32_t)row;
    }
    *out_first = slot->row;
    return slot->count++;
}
