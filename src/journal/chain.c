/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/chain.h"

#include "base/limits.h"

#include <sodium.h>
#include <string.h>

#define FIXED_FIELDS 9
#define ABSENT       UINT32_MAX /* the length of what is not there, which is another thing than an empty one */
#define FRONT_BYTES                                                                                                    \
    (JOURNAL_HASH_BYTES + FIXED_FIELDS * 8 + 16 + 4 + LIMIT_EVENT_KIND_BYTES + 4 + JOURNAL_DIGEST_BYTES + 4)
#define HEAD_TITLE_BYTES   16
#define HEAD_MESSAGE_BYTES (HEAD_TITLE_BYTES + 8 + 8 + JOURNAL_HASH_BYTES)

const uint8_t chain_start[JOURNAL_HASH_BYTES] = {0};

/* Personalisation of BLAKE2b: what is hashed here can never be taken for something hashed elsewhere. */
static const unsigned char event_domain[crypto_generichash_blake2b_PERSONALBYTES + 1] = "lianfang.event.1";
static const unsigned char no_salt[crypto_generichash_blake2b_SALTBYTES] = {0};
static const char head_title[HEAD_TITLE_BYTES] = "lianfang.head.1";

void chain_init(void)
{
    g_assert(sodium_init() >= 0);
}

static uint8_t *put(uint8_t *at, const void *data, size_t bytes)
{
    memcpy(at, data, bytes);
    return at + bytes;
}

static uint8_t *put_integer(uint8_t *at, int64_t value)
{
    int64_t little = GINT64_TO_LE(value);
    return put(at, &little, sizeof little);
}

static uint8_t *put_length(uint8_t *at, bool present, size_t bytes)
{
    uint32_t little = GUINT32_TO_LE(present ? (uint32_t)bytes : ABSENT);
    return put(at, &little, sizeof little);
}

void chain_hash(const uint8_t previous[JOURNAL_HASH_BYTES], const struct event *event, uint8_t out[JOURNAL_HASH_BYTES])
{
    uint8_t front[FRONT_BYTES], length[4];
    size_t kind_bytes = strlen(event->kind);
    g_assert(kind_bytes <= LIMIT_EVENT_KIND_BYTES);

    uint8_t *at = put(front, previous, JOURNAL_HASH_BYTES);
    at = put_integer(at, event->pos);
    at = put_integer(at, event->stream);
    at = put_integer(at, event->at_us);
    at = put_integer(at, event->observed_us);
    at = put_integer(at, event->person);
    at = put_integer(at, event->post);
    at = put_integer(at, event->version);
    at = put_integer(at, event->unit);
    at = put_integer(at, event->matter);
    at = put(at, event->command.bytes, sizeof event->command.bytes);
    at = put(put_length(at, true, kind_bytes), event->kind, kind_bytes);
    at = put_length(at, event->digest != NULL, JOURNAL_DIGEST_BYTES);
    if (event->digest != NULL)
        at = put(at, event->digest, JOURNAL_DIGEST_BYTES);
    at = put_length(at, true, event->body_bytes);

    crypto_generichash_blake2b_state state;
    crypto_generichash_blake2b_init_salt_personal(&state, NULL, 0, JOURNAL_HASH_BYTES, no_salt, event_domain);
    crypto_generichash_blake2b_update(&state, front, (size_t)(at - front));
    crypto_generichash_blake2b_update(&state, event->body, event->body_bytes);
    put_length(length, event->sealed != NULL, event->sealed_bytes);
    crypto_generichash_blake2b_update(&state, length, sizeof length);
    if (event->sealed != NULL)
        crypto_generichash_blake2b_update(&state, event->sealed, event->sealed_bytes);
    crypto_generichash_blake2b_final(&state, out, JOURNAL_HASH_BYTES);
}

static void head_message(const struct journal_head *head, uint8_t out[HEAD_MESSAGE_BYTES])
{
    uint8_t *at = put(out, head_title, HEAD_TITLE_BYTES);
    at = put_integer(at, head->pos);
    at = put_integer(at, head->at_us);
    put(at, head->hash, JOURNAL_HASH_BYTES);
}

void chain_sign(const struct journal_signer *signer, struct journal_head *head)
{
    uint8_t message[HEAD_MESSAGE_BYTES];
    head_message(head, message);
    memcpy(head->public_key, signer->public_key, JOURNAL_KEY_BYTES);
    signer->sign(signer->context, message, sizeof message, head->signature);
}

bool chain_is_signed(const struct journal_head *head)
{
    uint8_t message[HEAD_MESSAGE_BYTES];
    head_message(head, message);
    return crypto_sign_verify_detached(head->signature, message, sizeof message, head->public_key) == 0;
}
