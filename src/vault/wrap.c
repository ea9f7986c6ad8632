/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys wrapped by a key, and keys derived from a key. */
#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

struct wrap_label {
    char what[16];
    int64_t id;
};

static struct wrap_label label_of(const char *what, int64_t id)
{
    struct wrap_label label = {.id = GINT64_TO_LE(id)};
    g_strlcpy(label.what, what, sizeof label.what);
    return label;
}

void key_wrap(const uint8_t master[VAULT_KEY_BYTES], const char *what, int64_t id, const uint8_t key[VAULT_KEY_BYTES],
              uint8_t out[WRAPPED_BYTES])
{
    struct wrap_label label = label_of(what, id);
    randombytes_buf(out, 24);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 24, NULL, key, VAULT_KEY_BYTES, (const uint8_t *)&label,
                                               sizeof label, NULL, out, master);
}

void sum_wrap(const uint8_t key[VAULT_KEY_BYTES], const char *what, const uint8_t sum[SUM_BYTES],
              uint8_t out[WRAPPED_BYTES])
{
    struct wrap_label label = label_of(what, 0);
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, VAULT_KEY_BYTES, 24);
    crypto_generichash_update(&state, (const uint8_t *)&label, sizeof label);
    crypto_generichash_update(&state, sum, SUM_BYTES);
    crypto_generichash_final(&state, out, 24);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 24, NULL, sum, SUM_BYTES, (const uint8_t *)&label, sizeof label,
                                               NULL, out, key);
}

bool key_unwrap(const uint8_t master[VAULT_KEY_BYTES], const char *what, int64_t id,
                const uint8_t wrapped[WRAPPED_BYTES], uint8_t out[VAULT_KEY_BYTES])
{
    struct wrap_label label = label_of(what, id);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, wrapped + 24, WRAPPED_BYTES - 24,
                                                      (const uint8_t *)&label, sizeof label, wrapped, master) == 0;
}

void vault_derive(const struct vault *vault, const char *purpose, uint8_t out[VAULT_KEY_BYTES])
{
    static const uint8_t no_salt[crypto_generichash_blake2b_SALTBYTES];
    g_assert(strlen(purpose) == crypto_generichash_blake2b_PERSONALBYTES);
    crypto_generichash_blake2b_salt_personal(out, VAULT_KEY_BYTES, NULL, 0, vault->locked->ledger, VAULT_KEY_BYTES,
                                             no_salt, (const uint8_t *)purpose);
}

void vault_mac(const struct vault *vault, const char *purpose, const void *data, size_t bytes,
               uint8_t out[VAULT_MAC_BYTES])
{
    uint8_t key[VAULT_KEY_BYTES];
    vault_derive(vault, purpose, key);
    crypto_generichash(out, VAULT_MAC_BYTES, data, bytes, key, sizeof key);
    sodium_memzero(key, sizeof key);
}
