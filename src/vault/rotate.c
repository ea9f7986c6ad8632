/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another master key: the steps are described on top of master.c. */
#include "vault/secrets.h"

#include "base/log.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static const char *const wrapped_settings[] = {"index_key", "ledger_key", "signing_seed"};

/* From the master key to the candidate. A key that does not open is lost already and no reason to keep an old
 * master. */
static bool wrap_as(struct vault *vault, const char *what, int64_t id, const void *wrapped, size_t bytes,
                    uint8_t out[WRAPPED_BYTES])
{
    uint8_t *key = vault->locked->moving;
    bool opens = bytes == WRAPPED_BYTES && key_unwrap(vault->locked->master, what, id, wrapped, key);
    if (opens)
        key_wrap(vault->locked->candidate, what, id, key, out);
    sodium_memzero(key, VAULT_KEY_BYTES);
    return opens;
}

/* `erased`: what the mark of an erasure is wrapped as; NULL nothing of the kind can be. */
static bool wrap_anew(struct vault *vault, const char *what, const char *erased, int64_t id, const void *wrapped,
                      size_t bytes, uint8_t out[WRAPPED_BYTES])
{
    if (wrap_as(vault, what, id, wrapped, bytes, out) ||
        (erased != NULL && wrap_as(vault, erased, id, wrapped, bytes, out)))
        return true;
    log_write(LOG_WARNING, "a key was changed without the master key and is left as it is", "of", what, NULL);
    return false;
}

/* A row keeps its size and so its place. */
static void rotate_table(struct vault *vault, const char *what, const char *erased, const char *select,
                         const char *update)
{
    AUTO(cursor) struct cursor cursor = db_query(vault->db, select, "");
    while (cursor_next(&cursor)) {
        uint8_t fresh[WRAPPED_BYTES];
        int64_t id = cursor_integer(&cursor, 0);
        size_t bytes;
        const void *wrapped = cursor_blob(&cursor, 1, &bytes);
        if (wrap_anew(vault, what, erased, id, wrapped, bytes, fresh))
            db_run(vault->db, update, "ib", id, fresh, sizeof fresh);
    }
}

static void rotate_keys(struct vault *vault)
{
    secrets_begin(vault);
    for (size_t i = 0; i < G_N_ELEMENTS(wrapped_settings); i++) {
        uint8_t wrapped[WRAPPED_BYTES], fresh[WRAPPED_BYTES];
        if (setting_get(vault->db, wrapped_settings[i], wrapped, sizeof wrapped) &&
            wrap_anew(vault, wrapped_settings[i], NULL, 0, wrapped, sizeof wrapped, fresh))
            setting_put(vault->db, wrapped_settings[i], fresh, sizeof fresh);
    }
    rotate_table(vault, "matter", key_erased_names[VAULT_MATTER], "SELECT id, wrapped FROM matter_key ORDER BY id",
                 "UPDATE matter_key SET wrapped = ?2 WHERE id = ?1");
    rotate_table(vault, "person", key_erased_names[VAULT_PERSON], "SELECT id, wrapped FROM person_key ORDER BY id",
                 "UPDATE person_key SET wrapped = ?2 WHERE id = ?1");
    rotate_table(vault, "digest", NULL, "SELECT month, wrapped FROM digest_key ORDER BY month",
                 "UPDATE digest_key SET wrapped = ?2 WHERE month = ?1");
    master_check_with(vault, vault->locked->candidate);
}

/* Steps 1 and 2; the new key is the candidate. */
static bool exchange_files(struct vault *vault, const char *path, const char *older, GError **error)
{
    if (link(path, older) != 0) {
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "%s: %s", older, g_strerror(errno));
        return false;
    }
    if (!folder_sync(vault->keys_dir, error))
        return false;
    randombytes_buf(vault->locked->candidate, VAULT_KEY_BYTES);
    return master_write_file(vault, vault->locked->candidate, error);
}

/* Step 3. When it fails, what of it lies on the disk is unknown: both files stay until the vault is opened again. */
static bool exchange_keys(struct vault *vault, GError **error)
{
    rotate_keys(vault);
    vault->ahead_count = 0;
    if (vault_commit(vault, error)) {
        memcpy(vault->locked->master, vault->locked->candidate, VAULT_KEY_BYTES);
        return true;
    }
    vault_rollback(vault);
    return false;
}

bool vault_rotate_master_key(struct vault *vault, GError **error)
{
    g_assert(!vault->read_only && !db_in_transaction(vault->db));
    g_autofree char *credential = master_credential_path();
    if (credential != NULL) {
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_MASTER_KEY,
                    "%s: is given by systemd; rotate where the key is a file, then give systemd the new one",
                    credential);
        return false;
    }
    g_autofree char *path = master_path(vault);
    g_autofree char *older = g_strconcat(path, ".1", NULL);
    bool done = exchange_files(vault, path, older, error) && exchange_keys(vault, error);
    sodium_memzero(vault->locked->candidate, VAULT_KEY_BYTES);
    return done && master_drop_older(vault, older, error);
}
