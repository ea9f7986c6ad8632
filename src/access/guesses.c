/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/guesses.h"

#include "base/clock.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define FROM_WRONG     5  /* of one place */
#define FROM_WRONG_ALL 50 /* of all unknown places of a name together */
#define FIRST_US       (30 * US_PER_SECOND)
#define MOST_US        US_PER_HOUR
#define FORGOTTEN_US   (2 * US_PER_HOUR) /* without another one */
#define PLACES_MAX     50000             /* about 5 MiB; when full, places that need not wait are dropped, then all */
#define KEY_BYTES      16

struct guess_count {
    uint8_t key[KEY_BYTES], login[GUESSES_LOGIN_BYTES];
    int wrong;
    int64_t last_us, until_us;
};

struct guesses {
    GHashTable *counted; /* key → struct guess_count, which holds its key */
};

static guint key_hash(gconstpointer key)
{
    guint hash;
    memcpy(&hash, key, sizeof hash);
    return hash;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, KEY_BYTES) == 0;
}

struct guesses *guesses_new(void)
{
    struct guesses *guesses = g_new0(struct guesses, 1);
    guesses->counted = g_hash_table_new_full(key_hash, key_equal, NULL, g_free);
    return guesses;
}

void guesses_free(struct guesses *guesses)
{
    g_hash_table_unref(guesses->counted);
    g_free(guesses);
}

/* `place` NULL: all unknown places together. */
static void key_of(const uint8_t login[GUESSES_LOGIN_BYTES], const char *place, bool known, uint8_t out[KEY_BYTES])
{
    crypto_generichash_state state;
    const char *kind = place == NULL ? "all" : known ? "device" : "address";
    crypto_generichash_init(&state, NULL, 0, KEY_BYTES);
    crypto_generichash_update(&state, login, GUESSES_LOGIN_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind) + 1);
    if (place != NULL)
        crypto_generichash_update(&state, (const uint8_t *)place, strlen(place));
    crypto_generichash_final(&state, out, KEY_BYTES);
}

static int64_t wait_of(const struct guesses *guesses, const uint8_t key[KEY_BYTES], int64_t now_us)
{
    const struct guess_count *counted = g_hash_table_lookup(guesses->counted, key);
    return counted != NULL ? MAX(counted->until_us - now_us, 0) : 0;
}

int64_t guesses_wait_us(const struct guesses *guesses, const struct guess *guess, int64_t now_us)
{
    uint8_t key[KEY_BYTES];
    key_of(guess->login, guess->place, guess->known, key);
    int64_t wait_us = wait_of(guesses, key, now_us);
    if (guess->known)
        return wait_us;
    key_of(guess->login, NULL, false, key);
    return MAX(wait_us, wait_of(guesses, key, now_us));
}

static gboolean is_over(gpointer key, gpointer value, gpointer now_us)
{
    const struct guess_count *counted = value;
    return counted->until_us <= *(int64_t *)now_us;
}

static struct guess_count *counted_of(struct guesses *guesses, const struct guess *guess, const char *place,
                                      int64_t now_us)
{
    uint8_t key[KEY_BYTES];
    key_of(guess->login, place, guess->known, key);
    struct guess_count *counted = g_hash_table_lookup(guesses->counted, key);
    if (counted != NULL)
        return counted;
    if (g_hash_table_size(guesses->counted) >= PLACES_MAX)
        g_hash_table_foreach_remove(guesses->counted, is_over, &now_us);
    if (g_hash_table_size(guesses->counted) >= PLACES_MAX)
        g_hash_table_remove_all(guesses->counted);
    counted = g_new0(struct guess_count, 1);
    memcpy(counted->key, key, sizeof key);
    memcpy(counted->login, guess->login, sizeof counted->login);
    g_hash_table_insert(guesses->counted, counted->key, counted);
    return counted;
}

static void count(struct guess_count *counted, int from, int64_t now_us)
{
    if (now_us - counted->last_us > FORGOTTEN_US)
        counted->wrong = 0;
    counted->last_us = now_us;
    counted->wrong++;
    if (counted->wrong >= from)
        counted->until_us = now_us + MIN(FIRST_US << MIN(counted->wrong - from, 30), MOST_US);
}

void guesses_wrong(struct guesses *guesses, const struct guess *guess, int64_t now_us)
{
    count(counted_of(guesses, guess, guess->place, now_us), FROM_WRONG, now_us);
    if (!guess->known)
        count(counted_of(guesses, guess, NULL, now_us), FROM_WRONG_ALL, now_us);
}

/* The sum of all unknown places stays: guesses from elsewhere go on waiting. */
void guesses_right(struct guesses *guesses, const struct guess *guess)
{
    uint8_t key[KEY_BYTES];
    key_of(guess->login, guess->place, guess->known, key);
    g_hash_table_remove(guesses->counted, key);
}

static gboolean is_of_login(gpointer key, gpointer value, gpointer login)
{
    return memcmp(((const struct guess_count *)value)->login, login, GUESSES_LOGIN_BYTES) == 0;
}

void guesses_forget(struct guesses *guesses, const uint8_t login[GUESSES_LOGIN_BYTES])
{
    g_hash_table_foreach_remove(guesses->counted, is_of_login, (gpointer)login);
}
