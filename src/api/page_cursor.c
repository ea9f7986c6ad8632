/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/page_cursor.h"

#include "api/endpoint.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEAL_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PLAIN_BYTES  (PAGE_CURSOR_PARTS_MAX * sizeof(int64_t))
#define SEALED_BYTES (NONCE_BYTES + PLAIN_BYTES + SEAL_BYTES)
#define BOUND_BYTES  32

/* ---- what it is bound to ---- */

static enum MHD_Result take_parameter(void *names, enum MHD_ValueKind kind, const char *name, const char *value)
{
    if (strcmp(name, "cursor") != 0 && strcmp(name, "limit") != 0)
        g_ptr_array_add(names, g_strdup_printf("%zu:%s=%s", strlen(name), name, value != NULL ? value : ""));
    return MHD_YES;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void hash_text(crypto_generichash_state *state, const char *text)
{
    crypto_generichash_update(state, (const uint8_t *)text, strlen(text) + 1); /* with its NUL, which separates texts */
}

static void bind_to(struct request *request, size_t count, uint8_t out[BOUND_BYTES])
{
    g_autoptr(GPtrArray) parameters = g_ptr_array_new_with_free_func(g_free);
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, take_parameter, parameters);
    g_ptr_array_sort(parameters, by_text);
    const int64_t whose[] = {request->session.person, (int64_t)count};
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, BOUND_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)whose, sizeof whose);
    hash_text(&state, request->endpoint->path);
    for (size_t i = 0; i < REQUEST_PATH_PARAMS; i++)
        hash_text(&state, request->params[i] != NULL ? request->params[i] : "");
    for (guint i = 0; i < parameters->len; i++)
        hash_text(&state, g_ptr_array_index(parameters, i));
    crypto_generichash_final(&state, out, BOUND_BYTES);
}

/* ---- sealing ---- */

static void make_nonce(const uint8_t key[VAULT_KEY_BYTES], const uint8_t bound[BOUND_BYTES], const int64_t *parts,
                       size_t count, uint8_t out[NONCE_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, VAULT_KEY_BYTES, NONCE_BYTES);
    crypto_generichash_update(&state, bound, BOUND_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)parts, count * sizeof *parts);
    crypto_generichash_final(&state, out, NONCE_BYTES);
}

char *page_cursor_seal(struct request *request, const int64_t *parts, size_t count)
{
    g_assert(count > 0 && count <= PAGE_CURSOR_PARTS_MAX);
    uint8_t key[VAULT_KEY_BYTES], nonce_key[VAULT_KEY_BYTES], bound[BOUND_BYTES], sealed[SEALED_BYTES];
    unsigned long long bytes;
    vault_subkey(request->reader->vault, "cursor", key);
    vault_subkey(request->reader->vault, "cursor nonce", nonce_key);
    bind_to(request, count, bound);
    make_nonce(nonce_key, bound, parts, count, sealed);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, &bytes, (const uint8_t *)parts,
                                               count * sizeof *parts, bound, sizeof bound, NULL, sealed, key);
    sodium_memzero(key, sizeof key);
    sodium_memzero(nonce_key, sizeof nonce_key);
    size_t room = sodium_base64_encoded_len(NONCE_BYTES + (size_t)bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(g_malloc(room), room, sealed, NONCE_BYTES + (size_t)bytes,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool page_cursor_open(struct request *request, const char *text, int64_t *parts, size_t count)
{
    g_assert(count > 0 && count <= PAGE_CURSOR_PARTS_MAX);
    uint8_t key[VAULT_KEY_BYTES], bound[BOUND_BYTES], sealed[SEALED_BYTES];
    int64_t plain[PAGE_CURSOR_PARTS_MAX];
    size_t bytes, wanted = NONCE_BYTES + count * sizeof *parts + SEAL_BYTES;
    if (sodium_base642bin(sealed, sizeof sealed, text, strlen(text), NULL, &bytes, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        bytes != wanted)
        return false;
    vault_subkey(request->reader->vault, "cursor", key);
    bind_to(request, count, bound);
    bool opens = crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)plain, NULL, NULL, sealed + NONCE_BYTES,
                                                            bytes - NONCE_BYTES, bound, sizeof bound, sealed, key) == 0;
    sodium_memzero(key, sizeof key);
    if (opens)
        memcpy(parts, plain, count * sizeof *parts);
    return opens;
}
