/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/uuid.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

static const uint8_t hyphen_before[16] = {[4] = 1, [6] = 1, [8] = 1, [10] = 1};

bool uuid_parse(const char *text, struct uuid *out)
{
    if (text == NULL || strlen(text) != UUID_TEXT_LENGTH)
        return false;
    struct uuid uuid;
    for (int i = 0; i < 16; i++) {
        if (hyphen_before[i] && *text++ != '-')
            return false;
        int high = g_ascii_xdigit_value(text[0]), low = g_ascii_xdigit_value(text[1]);
        if (high < 0 || low < 0)
            return false;
        uuid.bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    *out = uuid;
    return true;
}

void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_LENGTH + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (hyphen_before[i])
            *out++ = '-';
        *out++ = digits[uuid->bytes[i] >> 4];
        *out++ = digits[uuid->bytes[i] & 15];
    }
    *out = '\0';
}

int uuid_version(const struct uuid *uuid)
{
    return uuid->bytes[6] >> 4;
}

int64_t uuid_time_us(const struct uuid *uuid)
{
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | uuid->bytes[i];
    return ms * 1000;
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool uuid_is_null(const struct uuid *uuid)
{
    static const struct uuid null = {{0}};
    return uuid_equal(uuid, &null);
}

static void stamp(int64_t at_us, struct uuid *out)
{
    uint64_t ms = (uint64_t)(at_us / 1000);
    for (int i = 5; i >= 0; i--, ms >>= 8)
        out->bytes[i] = (uint8_t)ms;
    out->bytes[6] = (uint8_t)(0x70 | (out->bytes[6] & 0x0f));
    out->bytes[8] = (uint8_t)(0x80 | (out->bytes[8] & 0x3f));
}

void uuid_make(int64_t at_us, struct uuid *out)
{
    randombytes_buf(out->bytes, sizeof out->bytes);
    stamp(at_us, out);
}

void uuid_derive(int64_t at_us, const void *seed, uint64_t seed_bytes, struct uuid *out)
{
    uint8_t digest[16];
    crypto_generichash(digest, sizeof digest, seed, seed_bytes, NULL, 0);
    memcpy(out->bytes, digest, sizeof digest);
    stamp(at_us, out);
}
