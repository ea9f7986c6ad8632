/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The master key: 32 random bytes in KEYS/master.key, or in $CREDENTIALS_DIRECTORY/master.key where systemd
 * gives one.
 *
 * Rotation goes in steps, each of which leaves a state that opens again:
 *   1. master.key gets a second name, master.key.1      both are the key of the data
 *   2. a new master.key takes the first name            master.key.1 is the key of the data
 *   3. one transaction wraps all keys anew              master.key is the key of the data
 *   4. the old bytes are scrubbed, master.key.1 is deleted
 * The setting `check` says which file is the key of the data. Opening the vault for writing finishes what was left:
 * after step 2 the old key takes its place again, after step 3 the old one is deleted.
 */
#include "vault/secrets.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t zeros[VAULT_KEY_BYTES];

/* ---- the check ---- */

bool master_has_check(struct vault *vault)
{
    uint8_t wrapped[WRAPPED_BYTES];
    return setting_get(vault->db, "check", wrapped, sizeof wrapped);
}

void master_check_with(struct vault *vault, const uint8_t master[VAULT_KEY_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    key_wrap(master, "check", 0, zeros, wrapped);
    setting_put(vault->db, "check", wrapped, sizeof wrapped);
}

void master_put_check(struct vault *vault)
{
    master_check_with(vault, vault->locked->master);
}

static bool fits(struct vault *vault, const uint8_t master[VAULT_KEY_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES], plain[VAULT_KEY_BYTES];
    return setting_get(vault->db, "check", wrapped, sizeof wrapped) && key_unwrap(master, "check", 0, wrapped, plain);
}

/* ---- files ---- */

char *master_path(struct vault *vault)
{
    return g_build_filename(vault->keys_dir, "master.key", NULL);
}

/* NULL when systemd gives no master key; other credentials may be there without it. */
char *master_credential_path(void)
{
    const char *dir = g_getenv("CREDENTIALS_DIRECTORY");
    g_autofree char *path = dir == NULL ? NULL : g_build_filename(dir, "master.key", NULL);
    return path != NULL && g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
}

/* `private`: refused when group or others may read it. systemd guards credentials by their folder and by access lists,
 * which show as a group's. */
static bool read_key_file(const char *path, bool private, uint8_t out[VAULT_KEY_BYTES], GError **error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status = {0};
    const char *fault = NULL;
    if (file < 0 || fstat(file, &status) != 0)
        fault = g_strerror(errno);
    else if (!S_ISREG(status.st_mode) || status.st_size != VAULT_KEY_BYTES)
        fault = "a master key is a file of 32 bytes";
    else if (private && (status.st_mode & 077) != 0)
        fault = "others may read it; run chmod 600 on it, and rotate the key if it may have been read";
    else if (read(file, out, VAULT_KEY_BYTES) != VAULT_KEY_BYTES)
        fault = "cannot be read";
    if (file >= 0)
        close(file);
    if (fault != NULL)
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_MASTER_KEY, "%s: %s", path, fault);
    return fault == NULL;
}

static bool fail(const char *path, GError **error)
{
    g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "%s: %s", path, g_strerror(errno));
    return false;
}

/* Makes master.key, or puts a new one in its place at once. */
bool master_write_file(struct vault *vault, const uint8_t key[VAULT_KEY_BYTES], GError **error)
{
    g_autofree char *path = master_path(vault);
    g_autofree char *fresh = g_strconcat(path, ".new", NULL);
    unlink(fresh); /* of a crash */
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(fresh, error);
    bool written = write(file, key, VAULT_KEY_BYTES) == VAULT_KEY_BYTES && fsync(file) == 0;
    written = close(file) == 0 && written;
    if (!written || rename(fresh, path) != 0)
        return fail(fresh, error);
    return folder_sync(vault->keys_dir, error);
}

static bool make_master(struct vault *vault, GError **error)
{
    if (g_mkdir_with_parents(vault->keys_dir, 0700) != 0)
        return fail(vault->keys_dir, error);
    randombytes_buf(vault->locked->master, VAULT_KEY_BYTES);
    return master_write_file(vault, vault->locked->master, error);
}

/* ---- opening ---- */

/* Takes the key of this file when it is the one of the data. */
static bool take(struct vault *vault, const char *path, bool private, GError **error)
{
    uint8_t *candidate = vault->locked->candidate;
    if (!read_key_file(path, private, candidate, error))
        return false;
    bool right = fits(vault, candidate);
    if (right)
        memcpy(vault->locked->master, candidate, VAULT_KEY_BYTES);
    else if (!secrets_failed(vault, error))
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_MASTER_KEY, "%s: is not the master key of this data directory",
                    path);
    sodium_memzero(candidate, VAULT_KEY_BYTES);
    return right;
}

/* A rotation that stopped before its transaction: the old key takes its place again. */
static bool resume_old(struct vault *vault, const char *path, const char *older, GError **error)
{
    if (!take(vault, older, true, NULL))
        return false;
    if (vault->read_only)
        return true;
    if (rename(older, path) != 0)
        return fail(older, error);
    return folder_sync(vault->keys_dir, error);
}

/* A rotation that stopped behind its transaction: no byte under the old key may stay, then it goes. */
bool master_drop_older(struct vault *vault, const char *older, GError **error)
{
    if (vault->read_only || !g_file_test(older, G_FILE_TEST_EXISTS))
        return true;
    if (!vault_scrub(vault, error))
        return false;
    if (unlink(older) != 0)
        return fail(older, error);
    return folder_sync(vault->keys_dir, error);
}

static bool open_file(struct vault *vault, const char *path, GError **error)
{
    g_autofree char *older = g_strconcat(path, ".1", NULL);
    g_autoptr(GError) failure = NULL;
    if (take(vault, path, true, &failure))
        return master_drop_older(vault, older, error);
    if (resume_old(vault, path, older, error))
        return true;
    if (error == NULL || *error == NULL)
        g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

bool master_open(struct vault *vault, bool create, GError **error)
{
    g_autofree char *credential = master_credential_path();
    g_autofree char *path = master_path(vault);
    if (!create)
        return credential != NULL ? take(vault, credential, false, error) : open_file(vault, path, error);
    if (credential != NULL)
        return read_key_file(credential, false, vault->locked->master, error);
    if (g_file_test(path, G_FILE_TEST_EXISTS)) /* of a first start that did not get further */
        return read_key_file(path, true, vault->locked->master, error);
    return make_master(vault, error);
}

bool master_refresh(struct vault *vault)
{
    if (fits(vault, vault->locked->master))
        return false;
    g_autofree char *credential = master_credential_path();
    g_autofree char *path = master_path(vault);
    return take(vault, credential != NULL ? credential : path, credential == NULL, NULL);
}

/* ---- rotation ---- */

bool vault_unwrap(struct vault *vault, const char *what, int64_t id, const void *wrapped, size_t bytes,
                  uint8_t out[VAULT_KEY_BYTES])
{
    if (bytes != WRAPPED_BYTES || sodium_is_zero(wrapped, bytes))
        return false;
    if (key_unwrap(vault->locked->master, what, id, wrapped, out))
        return true;
    return master_refresh(vault) && key_unwrap(vault->locked->master, what, id, wrapped, out);
}
