/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The settings of secrets.db (the tables stand in schema.sql):
 *   check         zeros wrapped by the master key: shows whether it is the right one
 *   index_key     of the blind indexes, wrapped
 *   ledger_key    of the erasure ledger, wrapped; it outlives master keys, so that the ledger does too
 *   signing_seed  of journal heads (Ed25519), wrapped
 *   links_void: link_token.c
 *   ledger, state, login_key, owners: ledger.c, state.c, account.c, owners.c
 * Other keys are derived from ledger_key: BLAKE2b of 32 bytes keyed with it, no message, the purpose as
 * personalisation.
 */
#include "vault/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK(lianfang_vault_error, vault_error)

/* ---- settings ---- */

bool setting_get(struct db *db, const char *name, void *out, size_t bytes)
{
    AUTO(cursor) struct cursor cursor = db_query(db, "SELECT value FROM setting WHERE name = ?1", "s", name);
    if (!cursor_next(&cursor))
        return false;
    size_t stored;
    const void *value = cursor_blob(&cursor, 0, &stored);
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

/* ---- transactions ---- */

void secrets_begin(struct vault *vault)
{
    g_assert(!vault->read_only);
    if (!db_in_transaction(vault->db))
        db_begin(vault->db);
    for (; vault->live_marks < vault->marks->len; vault->live_marks++)
        db_mark(vault->db);
}

bool folder_sync(const char *path, GError **error)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = folder >= 0 && fsync(folder) == 0;
    if (!synced)
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "%s: %s", path, g_strerror(errno));
    if (folder >= 0)
        close(folder);
    return synced;
}

int secrets_error_code(const GError *failure)
{
    return g_error_matches(failure, DB_ERROR, DB_ERROR_FULL) ? VAULT_ERROR_FULL : VAULT_ERROR_IO;
}

bool secrets_failed(struct vault *vault, GError **error)
{
    const GError *failed = db_failed(vault->db);
    if (failed == NULL)
        return false;
    g_set_error_literal(error, VAULT_ERROR, secrets_error_code(failed), failed->message);
    return true;
}

bool vault_scrub(struct vault *vault, GError **error)
{
    g_assert(!db_in_transaction(vault->db));
    if (db_checkpoint(vault->db, true))
        return true;
    if (!secrets_failed(vault, error))
        g_set_error(error, VAULT_ERROR, VAULT_ERROR_IO, "secrets.db: its log cannot be emptied: %s",
                    sqlite3_errmsg(db_handle(vault->db)));
    return false;
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

struct db *vault_db(struct vault *vault)
{
    return vault->db;
}
