/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a failed write means: a full disk is waited for (room.c), anything else ends the writer for good. */
#include "base/log.h"
#include "engine/replay.h"
#include "engine/writer.h"

bool is_about_room(const GError *error)
{
    return g_error_matches(error, DB_ERROR, DB_ERROR_FULL) ||
           g_error_matches(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL) ||
           g_error_matches(error, VAULT_ERROR, VAULT_ERROR_FULL);
}

void rows_suspect(const struct engine *engine)
{
    if (engine->rows == NULL || !g_error_matches(db_failed(engine->rows), DB_ERROR, DB_ERROR_CORRUPT))
        return;
    log_write(LOG_ERROR, "rows.db is damaged; the next start builds it from the journal", "why",
              db_failed(engine->rows)->message, NULL);
    rows_mark_damaged(engine->data_dir);
}

void writer_fail(struct engine *engine, const char *what, const char *why)
{
    log_write(LOG_ERROR, "storage failed; nothing more is accepted until the program is restarted", "what", what, "why",
              why, NULL);
    pthread_mutex_lock(&engine->lock);
    writer_enter(engine, WRITER_FAILED);
    pthread_mutex_unlock(&engine->lock);
}
