/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the vault knows of the journal beside it: the setting `state`, 80 bytes:
 *   0   16  id of the installation, random, made with the vault; journal.db and rows.db bear it, too
 *   16  8   pos of an event that was durable, little endian; 0 none yet
 *   24  32  that event's hash
 *   56  1   flags: 1 the journal ends there, 2 a loss was accepted and is not written down yet,
 *           4 the setting `owners` is there, 8 `sums` and `accounts` are
 *   57  7   how often this file was committed, little endian
 *   64  16  authenticator: BLAKE2b keyed with a key derived from ledger_key, over bytes 0 to 63
 *
 * It goes along with whatever else is committed, and by itself every ten seconds of work at most, so it may lag: a
 * journal may be longer than it says, never shorter. Beside a journal of format 1, which is only read, there is none.
 * KEYS/installation (the id in hexadecimal digits) shows that there was one, so that deleting the row is noticed.
 */
#include "vault/secrets.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define STATE_BYTES  64 /* without its authenticator */
#define TIP_EVERY_US (10 * US_PER_SECOND)

enum { STATE_CLOSED = 1, STATE_LOSS_PENDING = 2, STATE_OWNERS = 4, STATE_SUMS = 8, STATE_FLAG_BITS = 8 };

static void authenticate(struct vault *vault, const uint8_t stored[STATE_BYTES], uint8_t out[VAULT_MAC_BYTES])
{
    vault_mac(vault, "lianfang.state.1", stored, STATE_BYTES, out);
}

static int64_t integer_at(const uint8_t *bytes)
{
    int64_t little;
    memcpy(&little, bytes, sizeof little);
    return GINT64_FROM_LE(little);
}

static void put_integer(uint8_t *bytes, int64_t value)
{
    int64_t little = GINT64_TO_LE(value);
    memcpy(bytes, &little, sizeof little);
}

/* ---- the row ---- */

bool state_read(struct vault *vault, bool *out_found, struct vault_state *out)
{
    uint8_t stored[STATE_BYTES + VAULT_MAC_BYTES], mac[VAULT_MAC_BYTES];
    int64_t rows = 0;
    *out_found = db_integer(vault->db, &rows, "SELECT 1 FROM setting WHERE name = 'state'", "");
    if (!*out_found)
        return true;
    if (!setting_get(vault->db, "state", stored, sizeof stored))
        return false;
    authenticate(vault, stored, mac);
    if (sodium_memcmp(mac, stored + STATE_BYTES, VAULT_MAC_BYTES) != 0)
        return false;
    struct vault_state state = {.pos = integer_at(stored + 16)};
    int64_t flags = integer_at(stored + 56);
    memcpy(state.installation, stored, VAULT_ID_BYTES);
    memcpy(state.hash, stored + 24, sizeof state.hash);
    state.closed = (flags & STATE_CLOSED) != 0;
    state.loss_pending = (flags & STATE_LOSS_PENDING) != 0;
    state.has_owners = (flags & STATE_OWNERS) != 0;
    state.has_sums = (flags & STATE_SUMS) != 0;
    state.commits = (int64_t)((uint64_t)flags >> STATE_FLAG_BITS);
    *out = state;
    return true;
}

void state_write(struct vault *vault)
{
    struct vault_state *state = &vault->state;
    uint8_t stored[STATE_BYTES + VAULT_MAC_BYTES];
    if (!vault->has_state)
        return;
    state->commits++;
    memcpy(stored, state->installation, VAULT_ID_BYTES);
    put_integer(stored + 16, state->pos);
    memcpy(stored + 24, state->hash, sizeof state->hash);
    int64_t flags = (state->closed ? STATE_CLOSED : 0) | (state->loss_pending ? STATE_LOSS_PENDING : 0) |
                    (state->has_owners ? STATE_OWNERS : 0) | (state->has_sums ? STATE_SUMS : 0);
    put_integer(stored + 56, (int64_t)((uint64_t)state->commits << STATE_FLAG_BITS) | flags);
    authenticate(vault, stored, stored + STATE_BYTES);
    setting_put(vault->db, "state", stored, sizeof stored);
    vault->state_written_us = clock_monotonic_us();
    vault->state_moved = false;
}

/* ---- the file in the keys directory ---- */

char *state_id_path(const struct vault *vault)
{
    return g_build_filename(vault->keys_dir, "installation", NULL);
}

static bool fail(const char *path, const char *why, GError **error)
{
    g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "%s: %s", path, why);
    return false;
}

bool state_write_id(const struct vault *vault, const char *path, GError **error)
{
    char text[2 * VAULT_ID_BYTES + 2];
    sodium_bin2hex(text, sizeof text, vault->state.installation, VAULT_ID_BYTES);
    text[2 * VAULT_ID_BYTES] = '\n';
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(path, g_strerror(errno), error);
    bool written = write(file, text, sizeof text - 1) == (ssize_t)sizeof text - 1 && fsync(file) == 0;
    written = close(file) == 0 && written;
    return written ? folder_sync(vault->keys_dir, error) : fail(path, g_strerror(errno), error);
}

/* False where there is none, or a torn one: only its own program writes it, and then again. */
bool state_read_id(const char *path, uint8_t out[VAULT_ID_BYTES])
{
    g_autofree char *text = NULL;
    gsize bytes = 0;
    size_t read = 0;
    return g_file_get_contents(path, &text, &bytes, NULL) && bytes >= 2 * VAULT_ID_BYTES &&
           sodium_hex2bin(out, VAULT_ID_BYTES, text, 2 * VAULT_ID_BYTES, NULL, &read, NULL) == 0 &&
           read == VAULT_ID_BYTES;
}

/* ---- opening ---- */

bool state_open(struct vault *vault, GError **error)
{
    uint8_t id[VAULT_ID_BYTES];
    g_autofree char *path = state_id_path(vault);
    bool named = state_read_id(path, id); /* before the row: it is written behind it */
    if (!state_read(vault, &vault->has_state, &vault->state)) {
        if (!secrets_failed(vault, error))
            g_set_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED,
                        "secrets.db: its record of the journal was changed; restore the newest backup");
        return false;
    }
    if (!vault->has_state && (named || !vault->read_only)) {
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED,
                    "secrets.db is older than %s, or its record of the journal was removed; restore the newest backup",
                    path);
        return false;
    }
    if (vault->has_state && named && memcmp(id, vault->state.installation, sizeof id) != 0) {
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED,
                    "%s belongs to another installation than secrets.db; put the files of one installation together, "
                    "or restore a backup",
                    path);
        return false;
    }
    return vault->read_only || named || !vault->has_state || state_write_id(vault, path, error);
}

void state_make(struct vault *vault)
{
    vault->state = (struct vault_state){.pos = 0};
    randombytes_buf(vault->state.installation, VAULT_ID_BYTES);
    vault->has_state = vault->state_moved = true;
}

/* ---- for the engine ---- */

bool vault_state(struct vault *vault, struct vault_state *out)
{
    if (vault->has_state)
        *out = vault->state;
    return vault->has_state;
}

void vault_note_tip(struct vault *vault, int64_t pos, const uint8_t hash[32])
{
    if (!vault->has_state)
        return;
    vault->state.pos = pos;
    memcpy(vault->state.hash, hash, sizeof vault->state.hash);
    vault->state.loss_pending = vault->state.closed = false;
    vault->state_moved = true;
}

void vault_keep_tip(struct vault *vault)
{
    if (vault->state_moved && clock_monotonic_us() - vault->state_written_us >= TIP_EVERY_US)
        secrets_begin(vault);
}
