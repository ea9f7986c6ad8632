/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter/proof.h"

#include <sodium.h>
#include <string.h>

#define VERSION         1
#define FIXED_BYTES     (1 + 16 + 8 + 4 + 32 + 1)
#define SIGNATURE_BYTES 64
#define TOKEN_BYTES_MAX (FIXED_BYTES + PROOF_NAME_MAX - 1 + SIGNATURE_BYTES)
#define VARIANT         sodium_base64_VARIANT_URLSAFE_NO_PADDING

G_STATIC_ASSERT(PROOF_TOKEN_TEXT_MAX >= (TOKEN_BYTES_MAX * 4 + 2) / 3 + 1);

static const char domain[] = "lianfang proof\n"; /* a signature of something else is none of a proof */

struct message {
    uint8_t bytes[sizeof domain - 1 + TOKEN_BYTES_MAX];
};

static uint8_t *put(uint8_t *at, const void *data, size_t bytes)
{
    memcpy(at, data, bytes);
    return at + bytes;
}

static const uint8_t *take(const uint8_t *at, void *out, size_t bytes)
{
    memcpy(out, at, bytes);
    return at + bytes;
}

void proof_sign(struct vault *vault, const struct proof *proof, char out[PROOF_TOKEN_TEXT_MAX])
{
    struct message message;
    int64_t place = GINT64_TO_LE(proof->place);
    int32_t day = GINT32_TO_LE(proof->day);
    uint8_t version = VERSION, length = (uint8_t)strlen(proof->name);
    uint8_t *token = put(message.bytes, domain, sizeof domain - 1);
    uint8_t *at = put(token, &version, 1);
    at = put(at, proof->matter.bytes, sizeof proof->matter.bytes);
    at = put(at, &place, sizeof place);
    at = put(at, &day, sizeof day);
    at = put(at, proof->digest, sizeof proof->digest);
    at = put(at, &length, 1);
    at = put(at, proof->name, length);
    vault_sign(vault, message.bytes, (size_t)(at - message.bytes), at);
    sodium_bin2base64(out, PROOF_TOKEN_TEXT_MAX, token, (size_t)(at - token) + SIGNATURE_BYTES, VARIANT);
}

bool proof_read(const char *token, const uint8_t public_key[PROOF_KEY_BYTES], struct proof *out)
{
    struct message message;
    size_t bytes = 0;
    uint8_t *begin = put(message.bytes, domain, sizeof domain - 1);
    if (sodium_base642bin(begin, TOKEN_BYTES_MAX, token, strlen(token), NULL, &bytes, NULL, VARIANT) != 0 ||
        bytes < FIXED_BYTES + SIGNATURE_BYTES)
        return false;
    size_t length = begin[FIXED_BYTES - 1];
    if (begin[0] != VERSION || length >= PROOF_NAME_MAX || bytes != FIXED_BYTES + length + SIGNATURE_BYTES)
        return false;
    const uint8_t *signature = begin + FIXED_BYTES + length;
    if (crypto_sign_verify_detached(signature, message.bytes, (size_t)(signature - message.bytes), public_key) != 0)
        return false;
    struct proof proof = {0};
    const uint8_t *at = take(begin + 1, proof.matter.bytes, sizeof proof.matter.bytes);
    at = take(at, &proof.place, sizeof proof.place);
    at = take(at, &proof.day, sizeof proof.day);
    at = take(at, proof.digest, sizeof proof.digest);
    take(at + 1, proof.name, length);
    proof.place = GINT64_FROM_LE(proof.place);
    proof.day = GINT32_FROM_LE(proof.day);
    *out = proof;
    return true;
}
