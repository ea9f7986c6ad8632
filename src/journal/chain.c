/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/chain.h"

#include "base/limits.h"
#include "journal/tips.h"

#include <sodium.h>
#include <string.h>

#define FIXED_FIELDS 9
#define ABSENT       UINT32_MAX /* the length of NULL, which differs from an empty value */
#define FRONT_BYTES                                                                                                    \
    (JOURNAL_HASH_BYTES + FIXED_FIELDS * 8 + 16 + 4 + LIMIT_EVENT_KIND_BYTES + 4 + JOURNAL_DIGEST_BYTES + 4)
#define HEAD_TITLE_BYTES 16

/* Personalisation of BLAKE2b: what is hashed here can never be taken for something hashed elsewhere. */
static const unsigned char event_domains[][crypto_generichash_blake2b_PERSONALBYTES + 1] = {
    [1] = "lianfang.event.1", [2] = "lianfang.event.2"};
static const unsigned char no_salt[crypto_generichash_blake2b_SALTBYTES] = {0};
static const char head_titles[][HEAD_TITLE_BYTES] = {[1] = "lianfang.head.1", [2] = "lianfang.head.2"};

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

void chain_hash(int format, const uint8_t previous[JOURNAL_HASH_BYTES], const struct event *event,
                uint8_t out[JOURNAL_HASH_BYTES])
{
    uint8_t front[FRONT_BYTES], length[4];
    size_t kind_bytes = strlen(event->kind);
    g_assert(kind_bytes <= LIMIT_EVENT_KIND_BYTES);

    uint8_t *at = put(front, previous, JOURNAL_HASH_BYTES);
    at = put_integer(at, event->seq);
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
    crypto_generichash_blake2b_init_salt_personal(&state, NULL, 0, JOURNAL_HASH_BYTES, no_salt, event_domains[format]);
    crypto_generichash_blake2b_update(&state, front, (size_t)(at - front));
    crypto_generichash_blake2b_update(&state, event->body, event->body_bytes);
    put_length(length, event->sealed != NULL, event->sealed_bytes);
    crypto_generichash_blake2b_update(&state, length, sizeof length);
    if (event->sealed != NULL)
        crypto_generichash_blake2b_update(&state, event->sealed, event->sealed_bytes);
    crypto_generichash_blake2b_final(&state, out, JOURNAL_HASH_BYTES);
}

/* Format 1: pos, when, and that event's hash; format 2: when, and all tips. */
static GByteArray *head_message(const struct journal_head *head)
{
    int64_t at_us = GINT64_TO_LE(head->at_us);
    GByteArray *message = g_byte_array_new();
    g_byte_array_append(message, (const guint8 *)head_titles[head->format], HEAD_TITLE_BYTES);
    if (head->format == 1) {
        const struct journal_tip *tip = &g_array_index(head->tips, struct journal_tip, 0);
        int64_t pos = GINT64_TO_LE(tip->seq);
        g_byte_array_append(message, (const guint8 *)&pos, sizeof pos);
        g_byte_array_append(message, (const guint8 *)&at_us, sizeof at_us);
        g_byte_array_append(message, tip->hash, sizeof tip->hash);
        return message;
    }
    g_autoptr(GByteArray) tips = tips_write(head->tips);
    g_byte_array_append(message, (const guint8 *)&at_us, sizeof at_us);
    g_byte_array_append(message, tips->data, tips->len);
    return message;
}

void chain_sign(const struct journal_signer *signer, struct journal_head *head)
{
    g_autoptr(GByteArray) message = head_message(head);
    memcpy(head->public_key, signer->public_key, JOURNAL_KEY_BYTES);
    signer->sign(signer->context, message->data, message->len, head->signature);
}

bool chain_is_signed(const struct journal_head *head)
{
    g_autoptr(GByteArray) message = head_message(head);
    return crypto_sign_verify_detached(head->signature, message->data, message->len, head->public_key) == 0;
}
