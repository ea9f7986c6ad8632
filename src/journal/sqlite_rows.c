/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of journal.db, as sqlite.c describes them: nothing of the file is trusted. */
#include "journal/sqlite.h"

#include "base/limits.h"
#include "journal/tips.h"

#include <string.h>

const char *const sqlite_event_columns[] = {
    [1] = "pos, stream, pos AS seq, command, at_us, observed_us, person, post, kind, version, unit, matter, digest, "
          "hash, body, sealed",
    [2] = "pos, stream, seq, command, at_us, observed_us, person, post, kind, version, unit, matter, digest, hash, "
          "body, sealed",
};
const char *const sqlite_head_columns[] = {
    [1] = "pos, at_us, hash, public_key, signature",
    [2] = "pos, at_us, tips, public_key, signature",
};

G_DEFINE_QUARK(journal_error, journal_error)

void sqlite_fail(sqlite3 *handle, GError **error)
{
    int code = JOURNAL_ERROR_IO;
    switch (sqlite3_errcode(handle) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_CONSTRAINT:
        code = JOURNAL_ERROR_CONFLICT;
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
        code = JOURNAL_ERROR_CORRUPT;
        break;
    }
    if (db_was_full(handle))
        code = JOURNAL_ERROR_FULL;
    g_set_error(error, JOURNAL_ERROR, code, "%s: %s (%d)", sqlite3_db_filename(handle, "main"), sqlite3_errmsg(handle),
                sqlite3_extended_errcode(handle));
}

sqlite3_stmt *sqlite_prepare(sqlite3 *handle, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        sqlite_fail(handle, error);
    return statement;
}

static bool integer(sqlite3_stmt *row, int column, int64_t *out)
{
    *out = sqlite3_column_int64(row, column);
    return sqlite3_column_type(row, column) == SQLITE_INTEGER;
}

/* The blob of a column that has exactly this length, else NULL. */
const void *sqlite_blob(sqlite3_stmt *row, int column, int bytes)
{
    if (sqlite3_column_type(row, column) != SQLITE_BLOB || sqlite3_column_bytes(row, column) != bytes)
        return NULL;
    return sqlite3_column_blob(row, column);
}

bool sqlite_copy_blob(sqlite3_stmt *row, int column, void *out, int bytes)
{
    const void *blob = sqlite_blob(row, column, bytes);
    if (blob != NULL)
        memcpy(out, blob, (size_t)bytes);
    return blob != NULL;
}

static bool kind_of(sqlite3_stmt *row, int column, const char **out)
{
    if (sqlite3_column_type(row, column) != SQLITE_TEXT)
        return false;
    *out = (const char *)sqlite3_column_text(row, column);
    size_t bytes = (size_t)sqlite3_column_bytes(row, column);
    return bytes > 0 && bytes <= LIMIT_EVENT_KIND_BYTES && strlen(*out) == bytes;
}

bool sqlite_event(sqlite3_stmt *row, struct event *out)
{
    int64_t version;
    bool good = integer(row, 0, &out->pos) && integer(row, 1, &out->stream) && integer(row, 2, &out->seq) &&
                sqlite_copy_blob(row, 3, out->command.bytes, sizeof out->command.bytes) &&
                integer(row, 4, &out->at_us) && integer(row, 5, &out->observed_us) && integer(row, 6, &out->person) &&
                integer(row, 7, &out->post) && kind_of(row, 8, &out->kind) && integer(row, 9, &version) &&
                version == (int)version && integer(row, 10, &out->unit) && integer(row, 11, &out->matter) &&
                sqlite_copy_blob(row, 13, out->hash, JOURNAL_HASH_BYTES) && sqlite3_column_type(row, 14) == SQLITE_TEXT;
    if (!good)
        return false;

    out->version = (int)version;
    out->digest = sqlite_blob(row, 12, JOURNAL_DIGEST_BYTES);
    if (out->digest == NULL && sqlite3_column_type(row, 12) != SQLITE_NULL)
        return false;
    out->body = sqlite3_column_text(row, 14);
    out->body_bytes = (size_t)sqlite3_column_bytes(row, 14);
    out->sealed = sqlite3_column_blob(row, 15); /* NULL for an empty one, too */
    out->sealed_bytes = (size_t)sqlite3_column_bytes(row, 15);
    return out->body != NULL && sqlite3_column_type(row, 15) == (out->sealed == NULL ? SQLITE_NULL : SQLITE_BLOB);
}

void journal_head_clear(struct journal_head *head)
{
    g_clear_pointer(&head->tips, g_array_unref);
}

static GArray *head_tips(int format, sqlite3_stmt *row, int64_t pos)
{
    struct journal_tip tip = {.seq = pos};
    if (format == 2)
        return sqlite3_column_type(row, 2) == SQLITE_BLOB
                   ? tips_read(sqlite3_column_blob(row, 2), (size_t)sqlite3_column_bytes(row, 2))
                   : NULL;
    if (!sqlite_copy_blob(row, 2, tip.hash, JOURNAL_HASH_BYTES))
        return NULL;
    GArray *tips = tips_new();
    g_array_append_val(tips, tip);
    return tips;
}

bool sqlite_head(int format, sqlite3_stmt *row, struct journal_head *out)
{
    *out = (struct journal_head){.format = format};
    bool good = integer(row, 0, &out->pos) && integer(row, 1, &out->at_us) &&
                sqlite_copy_blob(row, 3, out->public_key, JOURNAL_KEY_BYTES) &&
                sqlite_copy_blob(row, 4, out->signature, JOURNAL_SIGNATURE_BYTES);
    if (good)
        out->tips = head_tips(format, row, out->pos);
    return out->tips != NULL;
}

/* ---- the file ---- */

bool sqlite_integer(sqlite3 *handle, const char *sql, int64_t *out, GError **error)
{
    sqlite3_stmt *statement = sqlite_prepare(handle, sql, error);
    if (statement == NULL)
        return false;
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    if (found)
        *out = sqlite3_column_int64(statement, 0);
    else
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return found;
}

int sqlite_format(sqlite3 *handle, GError **error)
{
    int64_t id = 0, format = 0;
    if (!sqlite_integer(handle, "PRAGMA application_id", &id, error) ||
        !sqlite_integer(handle, "PRAGMA user_version", &format, error))
        return 0;
    const char *path = sqlite3_db_filename(handle, "main");
    if (id == SQLITE_APPLICATION_ID && format >= 1 && format <= JOURNAL_FORMAT)
        return (int)format;
    if (id != SQLITE_APPLICATION_ID)
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                    "%s: not a Lianfang journal; name the right data directory, or restore the newest backup", path);
    else
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_NEW_FORMAT,
                    "%s: journal format %" G_GINT64_FORMAT " comes from a newer program than this one, which reads up "
                    "to %d",
                    path, format, JOURNAL_FORMAT);
    return 0;
}
