/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault/outer.h"

#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

#define TAG_BYTES 8
#define ID_BYTES  8
#define BITS      ((TAG_BYTES + ID_BYTES) * 8)

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* no i, l, o, u: easily mistaken */
static const char letters[] = {[VAULT_ID_PERSON] = 'p', [VAULT_ID_HOUSEHOLD] = 'h', [VAULT_ID_POST] = 'o'};

void outer_init(struct vault *vault)
{
    static const char context[crypto_kdf_CONTEXTBYTES] = "outer id";
    G_STATIC_ASSERT(crypto_kdf_KEYBYTES == VAULT_KEY_BYTES);
    struct locked *locked = vault->locked;
    crypto_kdf_derive_from_key(locked->outer_tag, sizeof locked->outer_tag, 1, context, locked->index);
    crypto_kdf_derive_from_key(locked->outer_mask, sizeof locked->outer_mask, 2, context, locked->index);
}

static void make_tag(const struct vault *vault, enum vault_class class, const uint8_t id[ID_BYTES],
                     uint8_t out[TAG_BYTES])
{
    uint8_t message[1 + ID_BYTES] = {(uint8_t) class}, hash[crypto_generichash_BYTES_MIN];
    memcpy(message + 1, id, ID_BYTES);
    crypto_generichash(hash, sizeof hash, message, sizeof message, vault->locked->outer_tag, VAULT_KEY_BYTES);
    memcpy(out, hash, TAG_BYTES);
}

static void mask(const struct vault *vault, const uint8_t tag[TAG_BYTES], const uint8_t from[ID_BYTES],
                 uint8_t to[ID_BYTES])
{
    G_STATIC_ASSERT(crypto_stream_chacha20_NONCEBYTES == TAG_BYTES);
    crypto_stream_chacha20_xor(to, from, ID_BYTES, tag, vault->locked->outer_mask);
}

void vault_outer_id(struct vault *vault, enum vault_class class, int64_t id, char out[VAULT_OUTER_ID_CHARS + 1])
{
    g_assert(id > 0);
    uint8_t bytes[TAG_BYTES + ID_BYTES + 1] = {0}, plain[ID_BYTES]; /* one more: the last digit reads two bits of it */
    int64_t little = GINT64_TO_LE(id);
    memcpy(plain, &little, sizeof plain);
    make_tag(vault, class, plain, bytes);
    mask(vault, bytes, plain, bytes + TAG_BYTES);
    *out++ = letters[class];
    for (int bit = 0; bit < BITS; bit += 5) {
        unsigned two = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        *out++ = digits[two >> (11 - bit % 8) & 31];
    }
    *out = '\0';
}

static bool read_bytes(enum vault_class class, const char *text, uint8_t out[TAG_BYTES + ID_BYTES + 1])
{
    if (strlen(text) != VAULT_OUTER_ID_CHARS || *text++ != letters[class])
        return false;
    memset(out, 0, TAG_BYTES + ID_BYTES + 1);
    for (int bit = 0; bit < BITS; bit += 5, text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL)
            return false;
        unsigned two = (unsigned)(digit - digits) << (11 - bit % 8);
        out[bit / 8] |= (uint8_t)(two >> 8);
        out[bit / 8 + 1] |= (uint8_t)two;
    }
    return out[TAG_BYTES + ID_BYTES] == 0;
}

int64_t vault_inner_id(struct vault *vault, enum vault_class class, const char *text)
{
    uint8_t bytes[TAG_BYTES + ID_BYTES + 1], plain[ID_BYTES], tag[TAG_BYTES];
    int64_t little, id;
    if (!read_bytes(class, text, bytes))
        return VAULT_NOBODY;
    mask(vault, bytes, bytes + TAG_BYTES, plain);
    make_tag(vault, class, plain, tag);
    memcpy(&little, plain, sizeof little);
    id = GINT64_FROM_LE(little);
    return sodium_memcmp(tag, bytes, TAG_BYTES) == 0 && id > 0 ? id : VAULT_NOBODY;
}
