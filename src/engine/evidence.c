/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/evidence.h"

#include "base/datetime.h"
#include "engine/engine_area.h"
#include "engine/replay.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define ACCOUNTS_NAMED 10
#define WAY_OUT        "restore the newest backup, or go on without it: `lianfang accept-loss` records that you did"

static bool lost(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool lost(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOSS, "%s; " WAY_OUT, text);
    return false;
}

char *evidence_what(const GError *loss)
{
    const char *end = strstr(loss->message, "; " WAY_OUT);
    return end != NULL ? g_strndup(loss->message, (gsize)(end - loss->message)) : g_strdup(loss->message);
}

static bool foreign(GError **error, const char *what)
{
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_FOREIGN,
                "%s: files of two installations are mixed; put the right ones together, or restore a backup", what);
    return false;
}

/* ---- the files ---- */

static int64_t size_of(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : -1;
}

bool evidence_stranded(const char *data_dir, GError **error)
{
    bool secrets = size_of(data_dir, "secrets.db") > 0, rows = size_of(data_dir, "rows.db") > 0;
    if (size_of(data_dir, "journal.db") >= 0 || (!secrets && !rows))
        return true;
    return lost(error, "journal.db is missing, but its %s is there", secrets ? "secrets.db" : "rows.db");
}

bool evidence_file(const char *data_dir, struct vault *vault, GError **error)
{
    struct vault_state state;
    int64_t bytes = size_of(data_dir, "journal.db");
    /* An init that was interrupted: nothing has ever been written. */
    if (bytes > 0 || (vault_state(vault, &state) && state.pos == 0 && size_of(data_dir, "rows.db") <= 0))
        return true;
    return lost(error, "journal.db is %s, but its secrets.db is there", bytes < 0 ? "missing" : "empty");
}

/* ---- the journal ---- */

static bool check_ids(struct vault *vault, struct journal *journal, GError **error)
{
    struct vault_state state;
    uint8_t id[JOURNAL_ID_BYTES];
    G_STATIC_ASSERT(JOURNAL_ID_BYTES == VAULT_ID_BYTES);
    bool named = journal_installation(journal, id), bound = vault_state(vault, &state);
    if (named && bound && memcmp(id, state.installation, sizeof id) != 0)
        return foreign(error, "journal.db belongs to another installation than secrets.db");
    if ((named && bound) || journal_last_pos(journal) == 0 || journal_format(journal) == 1)
        return true; /* an init that was interrupted, or a journal that is only read */
    return foreign(error, named ? "secrets.db does not say which installation it belongs to"
                                : "journal.db does not say which installation it belongs to");
}

/* journal_open() has looked at the newest head; what is not under one yet is computed anew. */
static bool check_newest(struct journal *journal, int64_t *out_covered, GError **error)
{
    g_autoptr(GArray) heads = journal_heads(journal, 1, error);
    if (heads == NULL)
        return false;
    if (heads->len == 0 && journal_last_pos(journal) > 0)
        return foreign(error, "journal.db has events and no signed head");
    *out_covered = heads->len > 0 ? g_array_index(heads, struct journal_head, 0).pos : 0;
    return journal_check_from(journal, *out_covered + 1, error);
}

/* An orderly stop signs a head: events behind it were not written by this installation. */
static bool check_tip(struct vault *vault, struct journal *journal, int64_t covered, GError **error)
{
    struct vault_state state;
    uint8_t hash[JOURNAL_HASH_BYTES];
    int64_t last = journal_last_pos(journal);
    if (!vault_state(vault, &state))
        return true;
    if (state.loss_pending)
        return lost(error, "a loss was accepted, but this was never recorded");
    if (state.pos > last)
        return lost(error,
                    "journal.db ends with event %" G_GINT64_FORMAT ", but secrets.db knows event %" G_GINT64_FORMAT,
                    last, state.pos);
    g_autoptr(GError) failure = NULL;
    if (state.pos > 0 && !journal_hash_at(journal, state.pos, hash, &failure)) {
        memset(hash, 0, sizeof hash);
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
    }
    if (state.pos > 0 && memcmp(hash, state.hash, sizeof hash) != 0)
        return lost(error, "event %" G_GINT64_FORMAT " of journal.db is not the one that secrets.db knows", state.pos);
    if (state.closed && MAX(covered, state.pos) < last)
        return lost(error,
                    "events %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                    " of journal.db were added while the program did not run",
                    MAX(covered, state.pos) + 1, last);
    return true;
}

bool evidence_journal(struct vault *vault, struct journal *journal, GError **error)
{
    int64_t covered = 0;
    return check_ids(vault, journal, error) && check_newest(journal, &covered, error) &&
           check_tip(vault, journal, covered, error);
}

bool evidence_heads(struct vault *vault, struct journal *journal, size_t count, GError **error)
{
    uint8_t key[JOURNAL_KEY_BYTES];
    vault_public_key(vault, key);
    g_autoptr(GArray) heads = journal_heads(journal, count, error);
    for (guint i = 0; heads != NULL && i < heads->len; i++) {
        const struct journal_head *head = &g_array_index(heads, struct journal_head, i);
        if (memcmp(head->public_key, key, sizeof key) != 0) {
            g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_FOREIGN,
                        "event %" G_GINT64_FORMAT
                        ": its head is signed with another key than this installation's; put the right files together, "
                        "or restore a backup",
                        head->pos);
            return false;
        }
    }
    if (heads == NULL)
        return false;
    return heads->len > 0 || journal_last_pos(journal) == 0 ||
           foreign(error, "journal.db has events and no signed head");
}

bool evidence_accounts(struct vault *vault, GError **error)
{
    g_autoptr(GArray) damaged = vault_damaged_accounts(vault);
    if (damaged->len == 0)
        return true;
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; i < MIN(damaged->len, ACCOUNTS_NAMED); i++)
        g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", g_array_index(damaged, int64_t, i));
    return lost(error, "secrets.db: %u records of accounts were changed without the key (%s), and would be closed",
                damaged->len, ids->str);
}

/* ---- the rows ---- */

/* Whatever else another version of the program keeps there, this table is in each. */
static bool has_position(struct db *rows)
{
    int64_t there = 0;
    return db_integer(rows, &there, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'position'", "") &&
           there == 1;
}

static bool check_position(struct db *rows, struct journal *journal, GError **error)
{
    uint8_t hash[JOURNAL_HASH_BYTES], there[JOURNAL_HASH_BYTES];
    int64_t pos = position_get(rows, hash), last = journal_last_pos(journal);
    if (pos > last)
        return lost(error, "journal.db ends with event %" G_GINT64_FORMAT ", but rows.db knows event %" G_GINT64_FORMAT,
                    last, pos);
    if (pos <= 0)
        return true;
    g_autoptr(GError) failure = NULL;
    if (!journal_hash_at(journal, pos, there, &failure) && failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    return memcmp(hash, there, sizeof hash) == 0 ||
           lost(error, "event %" G_GINT64_FORMAT " of journal.db is not the one that rows.db knows", pos);
}

static bool check_rows(struct db *rows, struct journal *journal, const struct vault_state *state, GError **error)
{
    if (!has_position(rows))
        return true;
    uint8_t id[JOURNAL_ID_BYTES];
    if (state != NULL && position_installation(rows, id) && memcmp(id, state->installation, sizeof id) != 0)
        return foreign(error, "rows.db belongs to another installation than journal.db");
    if (!check_position(rows, journal, error))
        return false;
    if (state == NULL || state->commits >= position_secrets(rows))
        return true;
    g_set_error(
        error, ENGINE_ERROR, ENGINE_ERROR_FOREIGN,
        "secrets.db is older than rows.db: keys and accounts made since are not in it; put the newest one back, "
        "or restore a backup of all files");
    return false;
}

/* A damaged rows.db is no evidence and is rebuilt; one that cannot be read now may hold some. */
static bool pass_damaged(const GError *failure, GError **error)
{
    if (failure == NULL || g_error_matches(failure, DB_ERROR, DB_ERROR_CORRUPT))
        return true;
    if (error != NULL)
        *error = g_error_copy(failure);
    return false;
}

bool evidence_rows(const char *data_dir, const char *vfs, struct journal *journal, const struct vault_state *state,
                   GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, "rows.db", NULL);
    if (size_of(data_dir, "rows.db") <= 0)
        return true;
    g_autoptr(GError) failure = NULL;
    AUTO(db) struct db *rows = db_open(path, &(struct db_options){.mode = DB_READ, .vfs = vfs}, &failure);
    return rows == NULL ? pass_damaged(failure, error)
                        : check_rows(rows, journal, state, error) && pass_damaged(db_failed(rows), error);
}

/* ---- the first start ---- */

bool evidence_bind(struct vault *vault, struct journal *journal, GError **error)
{
    struct vault_state state;
    uint8_t id[JOURNAL_ID_BYTES];
    bool bound = vault_state(vault, &state);
    g_assert(bound);
    return journal_installation(journal, id) || journal_set_installation(journal, state.installation, error);
}
