/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The settings of secrets.db (the tables stand in schema.sql):
 *   check         zeros wrapped by the master key: tells whether it is the right one
 *   index_key     of the blind indexes, wrapped
 *   ledger_key    of the erasure ledger, wrapped; it outlives master keys, so that the ledger does too
 *   signing_seed  of journal heads (Ed25519), wrapped
 *   ledger, state, login_key: erasure.c, state.c, account.c
 * Other keys are derived from ledger_key: BLAKE2b of 32 bytes keyed with it, no message, the purpose as
 * personalisation.
 */
#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

G_DEFINE_QUARK(lianfang_vault_error, vault_error)

/* ---- settings ---- */

bool setting_get(struct db *db, const char *name, void *out, size_t bytes)
{
    AUTO(rows) struct rows rows = rows_of(db, "SELECT value FROM setting WHERE name = ?1", "s", name);
    if (!rows_next(&rows))
        return false;
    size_t stored;
    const void *value = rows_blob(&rows, 0, &stored);
    if (stored != bytes)
        return false;
    memcpy(out, value, bytes);
    return true;
}

void setting_put(struct db *db, const char *name, const void *value, size_t bytes)
{
    db_run(db,
           "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = "
           "excluded.value",
           "sb", name, value, bytes);
}

/* ---- wrapping ---- */

struct wrap_label {
    char what[16];
    int64_t id;
};

static struct wrap_label label_of(const char *what, int64_t id)
{
    struct wrap_label label = {.id = GINT64_TO_LE(id)};
    g_strlcpy(label.what, what, sizeof label.what);
    return label;
}

void key_wrap(const uint8_t master[VAULT_KEY_BYTES], const char *what, int64_t id, const uint8_t key[VAULT_KEY_BYTES],
              uint8_t out[WRAPPED_BYTES])
{
    struct wrap_label label = label_of(what, id);
    randombytes_buf(out, 24);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 24, NULL, key, VAULT_KEY_BYTES, (const uint8_t *)&label,
                                               sizeof label, NULL, out, master);
}

bool key_unwrap(const uint8_t master[VAULT_KEY_BYTES], const char *what, int64_t id,
                const uint8_t wrapped[WRAPPED_BYTES], uint8_t out[VAULT_KEY_BYTES])
{
    struct wrap_label label = label_of(what, id);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, wrapped + 24, WRAPPED_BYTES - 24,
                                                      (const uint8_t *)&label, sizeof label, wrapped, master) == 0;
}

bool vault_unwrap(struct vault *vault, const char *what, int64_t id, const void *wrapped, size_t bytes,
                  uint8_t out[VAULT_KEY_BYTES])
{
    if (bytes != WRAPPED_BYTES || sodium_is_zero(wrapped, bytes))
        return false;
    if (key_unwrap(vault->locked->master, what, id, wrapped, out))
        return true;
    return master_refresh(vault) && key_unwrap(vault->locked->master, what, id, wrapped, out);
}

void vault_derive(const struct vault *vault, const char *purpose, uint8_t out[VAULT_KEY_BYTES])
{
    static const uint8_t no_salt[crypto_generichash_blake2b_SALTBYTES];
    g_assert(strlen(purpose) == crypto_generichash_blake2b_PERSONALBYTES);
    crypto_generichash_blake2b_salt_personal(out, VAULT_KEY_BYTES, NULL, 0, vault->locked->ledger, VAULT_KEY_BYTES,
                                             no_salt, (const uint8_t *)purpose);
}

/* ---- transactions ---- */

void secrets_begin(struct vault *vault)
{
    g_assert(!vault->read_only);
    if (!db_in_transaction(vault->db))
        db_begin(vault->db);
    for (; vault->live_marks < vault->marks->len; vault->live_marks++)
        db_mark(vault->db);
}

static int code_of(const GError *failure)
{
    return g_error_matches(failure, DB_ERROR, DB_ERROR_FULL) ? VAULT_ERROR_FULL : VAULT_ERROR_IO;
}

bool secrets_failed(struct vault *vault, GError **error)
{
    const GError *failed = db_failed(vault->db);
    if (failed == NULL)
        return false;
    g_set_error_literal(error, VAULT_ERROR, code_of(failed), failed->message);
    return true;
}

void vault_read_begin(struct vault *vault)
{
    g_assert(vault->read_only);
    db_begin(vault->db);
}

bool vault_read_end(struct vault *vault, GError **error)
{
    bool failed = secrets_failed(vault, error);
    db_rollback(vault->db);
    return !failed;
}

static void forget_made(struct vault *vault, guint from)
{
    for (guint i = from; i < vault->made->len; i++) {
        struct key_name *name = &g_array_index(vault->made, struct key_name, i);
        keys_forget(vault, name->owner, name->id);
    }
    g_array_set_size(vault->made, from);
    vault->ahead_count = 0;
    memset(vault->locked->digest_month, 0, sizeof vault->locked->digest_month);
}

bool vault_commit(struct vault *vault, GError **error)
{
    g_assert(vault->marks->len == 0);
    if (secrets_failed(vault, error))
        return false;
    if (!db_in_transaction(vault->db))
        return true;
    if (!ledger_append(vault, error))
        return false;
    unsure_write(vault, false);
    state_write(vault);
    db_commit(vault->db, NULL);
    if (secrets_failed(vault, error))
        return false;
    g_array_set_size(vault->made, 0);
    g_array_set_size(vault->erasures, 0);
    return true;
}

void vault_rollback(struct vault *vault)
{
    db_rollback(vault->db);
    forget_made(vault, 0);
    g_array_set_size(vault->erasures, 0);
    g_array_set_size(vault->touched, 0);
    g_array_set_size(vault->marks, 0);
    vault->live_marks = 0;
}

struct mark {
    guint made, erasures;
};

void vault_mark(struct vault *vault)
{
    struct mark mark = {vault->made->len, vault->erasures->len};
    g_array_append_val(vault->marks, mark);
}

/* Removes the innermost mark; true when something was written behind it. */
static bool pop_mark(struct vault *vault, struct mark *out)
{
    g_assert(vault->marks->len > 0);
    bool live = vault->live_marks == vault->marks->len;
    *out = g_array_index(vault->marks, struct mark, vault->marks->len - 1);
    g_array_set_size(vault->marks, vault->marks->len - 1);
    if (live)
        vault->live_marks--;
    return live;
}

void vault_release(struct vault *vault)
{
    struct mark mark;
    if (pop_mark(vault, &mark))
        db_release(vault->db);
}

void vault_rollback_to_mark(struct vault *vault)
{
    struct mark mark;
    if (!pop_mark(vault, &mark))
        return;
    db_rollback_to_mark(vault->db);
    forget_made(vault, mark.made);
    g_array_set_size(vault->erasures, mark.erasures);
}

/* ---- opening ---- */

static bool open_database(struct vault *vault, const struct vault_options *options, GError **error)
{
    g_autofree char *path = g_build_filename(options->data_dir, "secrets.db", NULL);
    g_autoptr(GError) failure = NULL;
    enum db_mode mode = options->read_only ? DB_READ : DB_SECRETS;
    if (!options->create && !options->read_only && !g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "%s: missing", path);
        return false;
    }
    vault->db = db_open(path, &(struct db_options){.mode = mode, .vfs = options->vfs}, &failure);
    if (vault->db != NULL && (options->read_only || db_script(vault->db, vault_schema, &failure)))
        return true;
    g_set_error_literal(error, VAULT_ERROR, code_of(failure), failure->message);
    return false;
}

static void make_key(struct vault *vault, const char *name, uint8_t key[VAULT_KEY_BYTES])
{
    uint8_t wrapped[WRAPPED_BYTES];
    randombytes_buf(key, VAULT_KEY_BYTES);
    key_wrap(vault->locked->master, name, 0, key, wrapped);
    setting_put(vault->db, name, wrapped, sizeof wrapped);
}

static bool read_key(struct vault *vault, const char *name, uint8_t key[VAULT_KEY_BYTES], GError **error)
{
    uint8_t wrapped[WRAPPED_BYTES];
    if (setting_get(vault->db, name, wrapped, sizeof wrapped) &&
        vault_unwrap(vault, name, 0, wrapped, sizeof wrapped, key))
        return true;
    if (!secrets_failed(vault, error))
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "secrets.db: %s is missing or was changed", name);
    return false;
}

/* The keys of this data directory, made at the first start in one transaction with the check of the master
 * key. */
static bool open_keys(struct vault *vault, bool begun, GError **error)
{
    struct locked *locked = vault->locked;
    if (!begun) {
        secrets_begin(vault);
        make_key(vault, "index_key", locked->index);
        make_key(vault, "ledger_key", locked->ledger);
        make_key(vault, "signing_seed", locked->seed);
        master_put_check(vault);
        state_make(vault);
    } else if (!read_key(vault, "index_key", locked->index, error) ||
               !read_key(vault, "ledger_key", locked->ledger, error) ||
               !read_key(vault, "signing_seed", locked->seed, error)) {
        return false;
    }
    outer_init(vault);
    crypto_sign_seed_keypair(vault->public_key, locked->signing, locked->seed);
    return true;
}

static bool open_all(struct vault *vault, const struct vault_options *options, GError **error)
{
    if (!open_database(vault, options, error))
        return false;
    bool begun = master_has_check(vault);
    if (secrets_failed(vault, error))
        return false;
    if (!begun && !options->create) {
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "%s/secrets.db: empty", options->data_dir);
        return false;
    }
    return master_open(vault, !begun, error) && open_keys(vault, begun, error) &&
           (!begun || state_open(vault, error)) && ledger_open(vault, !begun, error) &&
           (begun || (vault_commit(vault, error) && state_open(vault, error)));
}

struct vault *vault_open(const struct vault_options *options, GError **error)
{
    g_assert(!(options->create && options->read_only));
    g_assert(sodium_init() >= 0);
    struct vault *vault = g_new0(struct vault, 1);
    vault->keys_dir = g_strdup(options->keys_dir);
    vault->read_only = options->read_only;
    vault->older = options->older;
    vault->ledger_file = -1;
    vault->locked = sodium_malloc(sizeof *vault->locked);
    g_assert(vault->locked != NULL);
    sodium_memzero(vault->locked, sizeof *vault->locked);
    vault->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
    vault->made = g_array_new(FALSE, FALSE, sizeof(struct key_name));
    vault->erasures = g_array_new(FALSE, FALSE, sizeof(struct erasure));
    vault->touched = g_array_new(FALSE, FALSE, sizeof(int64_t));
    keys_init(vault);
    if (open_all(vault, options, error))
        return vault;
    vault_close(vault);
    return NULL;
}

void vault_close(struct vault *vault)
{
    db_close(vault->db);
    ledger_close(vault);
    keys_clear(vault);
    g_array_unref(vault->marks);
    g_array_unref(vault->made);
    g_array_unref(vault->erasures);
    g_array_unref(vault->touched);
    sodium_free(vault->locked);
    g_free(vault->keys_dir);
    g_free(vault);
}

struct db *vault_db(struct vault *vault)
{
    return vault->db;
}
