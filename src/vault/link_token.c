/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault/link_token.h"

#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES  16
#define DIGEST_BYTES (LINK_DIGEST_CHARS / 2)
#define BASE64       sodium_base64_VARIANT_URLSAFE_NO_PADDING

G_STATIC_ASSERT(sodium_base64_ENCODED_LEN(TOKEN_BYTES, BASE64) == LINK_TOKEN_CHARS + 1);

void vault_link_token(struct vault *vault, const struct uuid *command, char out[LINK_TOKEN_CHARS + 1])
{
    static const char context[crypto_kdf_CONTEXTBYTES] = "resident";
    uint8_t key[crypto_kdf_KEYBYTES], token[TOKEN_BYTES];
    crypto_kdf_derive_from_key(key, sizeof key, 3, context, vault->locked->index);
    crypto_generichash(token, sizeof token, command->bytes, sizeof command->bytes, key, sizeof key);
    sodium_bin2base64(out, LINK_TOKEN_CHARS + 1, token, sizeof token, BASE64);
    sodium_memzero(key, sizeof key);
    sodium_memzero(token, sizeof token);
}

bool vault_link_digest(const char *token, char out[LINK_DIGEST_CHARS + 1])
{
    uint8_t bytes[TOKEN_BYTES], digest[DIGEST_BYTES];
    size_t length = 0;
    if (strlen(token) != LINK_TOKEN_CHARS ||
        sodium_base642bin(bytes, sizeof bytes, token, LINK_TOKEN_CHARS, NULL, &length, NULL, BASE64) != 0 ||
        length != sizeof bytes)
        return false;
    crypto_generichash(digest, sizeof digest, bytes, sizeof bytes, NULL, 0);
    sodium_bin2hex(out, LINK_DIGEST_CHARS + 1, digest, sizeof digest);
    sodium_memzero(bytes, sizeof bytes);
    return true;
}

/* ---- after a restore ---- */

#define VOID "links_void" /* setting: 8 bytes, little endian */

void vault_void_links(struct vault *vault, int64_t until_us)
{
    int64_t little = GINT64_TO_LE(until_us);
    secrets_begin(vault);
    setting_put(vault->db, VOID, &little, sizeof little);
}

bool vault_link_is_void(struct vault *vault, int64_t given_us)
{
    int64_t little;
    return setting_get(vault->db, VOID, &little, sizeof little) && given_us <= GINT64_FROM_LE(little);
}
