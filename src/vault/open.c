/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing: the database, the master key, the keys that it wraps. */
#include "store/tables.h"
#include "vault/secrets.h"

#include <sodium.h>
#include <string.h>

/* A trigger that somebody added would run with the next write. */
static bool has_its_tables(struct vault *vault, const char *path, GError **error)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    tables_compare(vault->db, vault_schema, TABLES_ALL, findings);
    if (findings->len > 0)
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_DAMAGED, "%s: %s; restore the newest backup", path,
                    (char *)g_ptr_array_index(findings, 0));
    return findings->len == 0 && !secrets_failed(vault, error);
}

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
        return options->read_only || has_its_tables(vault, path, error);
    g_set_error_literal(error, VAULT_ERROR, secrets_error_code(failure), failure->message);
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
        g_set_error(
            error, VAULT_ERROR, VAULT_ERROR_IO,
            "%s/secrets.db is empty, or was changed: it does not say which master key it needs; restore the newest "
            "backup",
            options->data_dir);
        return false;
    }
    return master_open(vault, !begun, error) && open_keys(vault, begun, error) &&
           (!begun || state_open(vault, error)) && sums_open(vault, error) && ledger_open(vault, !begun, error) &&
           (!begun || erasures_recover(vault, error)) &&
           (begun || (vault_commit(vault, error) && state_open(vault, error)));
}

struct vault *vault_open(const struct vault_options *options, GError **error)
{
    g_assert(!(options->create && options->read_only));
    g_assert(sodium_init() >= 0);
    struct vault *vault = g_new0(struct vault, 1);
    vault->keys_dir = g_strdup(options->keys_dir);
    vault->read_only = options->read_only;
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
