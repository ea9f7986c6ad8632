/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a device that has logged in keeps: sealed (XSalsa20-Poly1305) under a key made of the setting login_key, so
 * that it is neither stored here nor readable there. It gives no right; with it, wrong passwords from elsewhere do not
 * lock this device out.
 *   nonce 24, authenticator 16, account 8, device 8, made_us 8; base64url
 */
#include "base/clock.h"
#include "vault/accounts.h"

#include <sodium.h>
#include <string.h>

#define DEVICE_DAYS  400
#define PLAIN_BYTES  24
#define SEALED_BYTES (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + PLAIN_BYTES)

struct plain { /* little endian, as in the file */
    int64_t account, device, made_us;
};

G_STATIC_ASSERT(sizeof(struct plain) == PLAIN_BYTES);
G_STATIC_ASSERT(sodium_base64_ENCODED_LEN(SEALED_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING) <= DEVICE_TEXT_MAX);

static void device_key(const struct account_store *store, uint8_t out[crypto_secretbox_KEYBYTES])
{
    static const char what[] = "lianfang device";
    crypto_generichash(out, crypto_secretbox_KEYBYTES, (const uint8_t *)what, sizeof what, store->login_key,
                       LOGIN_KEY_BYTES);
}

void device_store_key(const struct account_store *store, int64_t account, char out[STORE_KEY_TEXT_MAX])
{
    struct {
        char what[24];
        int64_t account;
    } of = {"lianfang device store", account};
    uint8_t key[STORE_KEY_BYTES];
    crypto_generichash(key, sizeof key, (const uint8_t *)&of, sizeof of, store->login_key, LOGIN_KEY_BYTES);
    sodium_bin2base64(out, STORE_KEY_TEXT_MAX, key, sizeof key, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(key, sizeof key);
}

void device_make(struct account_store *store, int64_t account, int64_t now_us, char out[DEVICE_TEXT_MAX])
{
    uint8_t key[crypto_secretbox_KEYBYTES], sealed[SEALED_BYTES];
    struct plain plain = {.account = account, .made_us = now_us};
    randombytes_buf(&plain.device, sizeof plain.device);
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    device_key(store, key);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const uint8_t *)&plain, sizeof plain, sealed, key);
    sodium_memzero(key, sizeof key);
    sodium_bin2base64(out, DEVICE_TEXT_MAX, sealed, sizeof sealed, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool device_is_of(struct account_store *store, const char *text, int64_t account, int64_t now_us, int64_t *out_device)
{
    uint8_t key[crypto_secretbox_KEYBYTES], sealed[SEALED_BYTES];
    struct plain plain;
    size_t bytes = 0;
    if (sodium_base642bin(sealed, sizeof sealed, text, strlen(text), NULL, &bytes, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        bytes != sizeof sealed)
        return false;
    device_key(store, key);
    int failed = crypto_secretbox_open_easy((uint8_t *)&plain, sealed + crypto_secretbox_NONCEBYTES,
                                            sizeof sealed - crypto_secretbox_NONCEBYTES, sealed, key);
    sodium_memzero(key, sizeof key);
    if (failed != 0 || plain.account != account || now_us - plain.made_us > DEVICE_DAYS * US_PER_DAY)
        return false;
    *out_device = plain.device;
    return true;
}
