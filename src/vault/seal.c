/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is made with the keys: sealed blobs, digests of commands, signatures of journal heads.
 *
 * A sealed blob is nonce 24, ciphertext, authenticator 16 (XChaCha20-Poly1305, IETF); authenticated with it
 * are the owner's kind (1 byte), its id (8 bytes, little endian) and the context (text). A digest is BLAKE2b
 * of 16 bytes over the command's id and content, keyed by the month in which the id was made.
 */
#include "vault/secrets.h"

#include "base/datetime.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES       24
#define CONTEXT_BYTES_MAX 47
/* A command may be sent again for 30 days, so January's key is needed on the second of March; it goes when
 * April begins. */
#define DIGEST_MONTHS_KEPT 2

struct seal_label {
    uint8_t bytes[1 + 8 + CONTEXT_BYTES_MAX];
    size_t length;
};

static struct seal_label label_of(enum vault_owner owner, int64_t id, const char *context)
{
    struct seal_label label = {.bytes = {(uint8_t)owner}};
    size_t context_bytes = strlen(context);
    g_assert(context_bytes <= CONTEXT_BYTES_MAX);
    int64_t id_le = GINT64_TO_LE(id);
    memcpy(label.bytes + 1, &id_le, sizeof id_le);
    memcpy(label.bytes + 9, context, context_bytes);
    label.length = 9 + context_bytes;
    return label;
}

GBytes *vault_seal(struct vault *vault, enum vault_owner owner, int64_t id, const char *context, const void *data,
                   size_t bytes)
{
    const uint8_t *key = keys_find(vault, owner, id);
    if (key == NULL)
        return NULL;
    struct seal_label label = label_of(owner, id, context);
    uint8_t *sealed = g_malloc(bytes + VAULT_SEAL_OVERHEAD);
    randombytes_buf(sealed, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, NULL, data, bytes, label.bytes, label.length, NULL,
                                               sealed, key);
    return g_bytes_new_take(sealed, bytes + VAULT_SEAL_OVERHEAD);
}

GBytes *vault_unseal(struct vault *vault, enum vault_owner owner, int64_t id, const char *context, const void *sealed,
                     size_t bytes)
{
    const uint8_t *key = bytes < VAULT_SEAL_OVERHEAD ? NULL : keys_find(vault, owner, id);
    if (key == NULL)
        return NULL;
    struct seal_label label = label_of(owner, id, context);
    const uint8_t *nonce = sealed;
    g_autofree uint8_t *data = g_malloc(bytes - VAULT_SEAL_OVERHEAD + 1); /* a text is readable with its end */
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(data, NULL, NULL, nonce + NONCE_BYTES, bytes - NONCE_BYTES,
                                                   label.bytes, label.length, nonce, key) != 0)
        return NULL;
    data[bytes - VAULT_SEAL_OVERHEAD] = '\0';
    return g_bytes_new_take(g_steal_pointer(&data), bytes - VAULT_SEAL_OVERHEAD);
}

/* ---- digests ---- */

static int32_t month_of(const struct uuid *command)
{
    int year, month, day;
    day_to_civil((int32_t)(uuid_time_us(command) / (86400 * 1000000LL)), &year, &month, &day);
    return year * 12 + month - 1;
}

static void make_digest_key(struct vault *vault, int32_t month, uint8_t key[VAULT_KEY_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    secrets_begin(vault);
    randombytes_buf(key, VAULT_KEY_BYTES);
    key_wrap(vault->locked->master, "digest", month, key, wrapped);
    AUTO(cursor)
    struct cursor gone = db_query(vault->db, "SELECT month FROM digest_key WHERE month < ?1 OR month = ?2", "ii",
                                  (int64_t)(month - DIGEST_MONTHS_KEPT), (int64_t)month);
    while (cursor_next(&gone))
        sums_toggle(vault, SUMMED_DIGEST_KEY, cursor_integer(&gone, 0), 0, NULL, 0);
    db_run(vault->db, "INSERT OR REPLACE INTO digest_key (month, wrapped) VALUES (?1, ?2)", "ib", (int64_t)month,
           wrapped, sizeof wrapped);
    sums_toggle(vault, SUMMED_DIGEST_KEY, month, 0, NULL, 0);
    db_run(vault->db, "DELETE FROM digest_key WHERE month < ?1", "i", (int64_t)(month - DIGEST_MONTHS_KEPT));
}

static bool read_digest_key(struct vault *vault, int32_t month, uint8_t key[VAULT_KEY_BYTES])
{
    AUTO(cursor)
    struct cursor cursor = db_query(vault->db, "SELECT wrapped FROM digest_key WHERE month = ?1", "i", (int64_t)month);
    if (!cursor_next(&cursor))
        return false;
    size_t bytes;
    const void *wrapped = cursor_blob(&cursor, 0, &bytes);
    return vault_unwrap(vault, "digest", month, wrapped, bytes, key);
}

static const uint8_t *digest_key(struct vault *vault, int32_t month)
{
    int at = month % DIGEST_MONTHS;
    uint8_t *key = vault->locked->digest[at];
    if (vault->locked->digest_month[at] == month)
        return key;
    vault->locked->digest_month[at] = 0;
    if (!read_digest_key(vault, month, key))
        make_digest_key(vault, month, key);
    vault->locked->digest_month[at] = month;
    return key;
}

void vault_digest(struct vault *vault, const struct uuid *command, const void *data, size_t bytes,
                  uint8_t out[VAULT_DIGEST_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, digest_key(vault, month_of(command)), VAULT_KEY_BYTES, VAULT_DIGEST_BYTES);
    crypto_generichash_update(&state, command->bytes, sizeof command->bytes);
    crypto_generichash_update(&state, data, bytes);
    crypto_generichash_final(&state, out, VAULT_DIGEST_BYTES);
}

/* ---- signatures ---- */

void vault_sign(void *context, const void *message, size_t bytes, uint8_t out[64])
{
    struct vault *vault = context;
    crypto_sign_detached(out, NULL, message, bytes, vault->locked->signing);
}

void vault_public_key(struct vault *vault, uint8_t out[32])
{
    memcpy(out, vault->public_key, sizeof vault->public_key);
}
