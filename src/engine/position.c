/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables position and command: how far the rows are, of which installation, and which commands came through a door. */
#include "engine/engine_area.h"

#include "base/clock.h"
#include "base/limits.h"

#include <string.h>

#define FORGET_EVERY 64  /* positions */
#define FORGET_MOST  128 /* more than can have come in between */

/* Ids whose time lies a day beyond what doors still take. */
static void forget_old(struct db *rows, int64_t at_us)
{
    int64_t before_us = at_us - (LIMIT_REQUEST_ID_DAYS + 1) * US_PER_DAY;
    uint64_t ms = (uint64_t)(before_us / 1000);
    uint8_t prefix[6];
    for (int i = 5; i >= 0; i--, ms >>= 8)
        prefix[i] = (uint8_t)ms;
    db_run(rows,
           "DELETE FROM command WHERE id IN (SELECT id FROM command WHERE id < ?1 ORDER BY id "
           "LIMIT " G_STRINGIFY(FORGET_MOST) ")",
           "b", prefix, sizeof prefix);
}

void command_remember(struct db *rows, const struct remembered *command)
{
    db_run(rows, "INSERT OR REPLACE INTO command (id, first, count, digest) VALUES (?1, ?2, ?3, ?4)", "uiib",
           &command->id, command->first, command->count, command->digest, sizeof command->digest);
    if (command->first / FORGET_EVERY != (command->first + command->count) / FORGET_EVERY)
        forget_old(rows, command->at_us);
}

bool command_recall(struct db *rows, const struct uuid *id, struct remembered *out)
{
    AUTO(cursor)
    struct cursor found = db_query(rows, "SELECT first, count, digest FROM command WHERE id = ?1", "u", id);
    if (!cursor_next(&found))
        return false;
    size_t bytes;
    const void *digest = cursor_blob(&found, 2, &bytes);
    if (bytes != sizeof out->digest) {
        db_corrupt(rows, "what is kept of a command has no digest");
        return false;
    }
    out->id = *id;
    out->first = cursor_integer(&found, 0);
    out->count = cursor_integer(&found, 1);
    out->at_us = 0;
    memcpy(out->digest, digest, bytes);
    return true;
}

void position_set(struct db *rows, int64_t pos, const uint8_t hash[JOURNAL_HASH_BYTES])
{
    db_run(rows, "UPDATE position SET pos = ?1, hash = ?2", "ib", pos, hash, (size_t)JOURNAL_HASH_BYTES);
}

int64_t position_get(struct db *rows, uint8_t out_hash[JOURNAL_HASH_BYTES])
{
    AUTO(cursor) struct cursor found = db_query(rows, "SELECT pos, hash FROM position", "");
    if (!cursor_next(&found))
        return -1;
    size_t bytes;
    const void *hash = cursor_blob(&found, 1, &bytes);
    if (bytes != JOURNAL_HASH_BYTES)
        return -1;
    memcpy(out_hash, hash, bytes);
    return cursor_integer(&found, 0);
}

void position_bind(struct db *rows, const uint8_t id[JOURNAL_ID_BYTES])
{
    db_run(rows, "UPDATE position SET installation = ?1", "b", id, (size_t)JOURNAL_ID_BYTES);
}

static bool has_column(struct db *rows, const char *table, const char *name)
{
    int64_t there = 0;
    return db_integer(rows, &there, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", "ss", table, name);
}

void position_note_secrets(struct db *rows, int64_t commits)
{
    db_run(rows, "UPDATE beside SET secrets = ?1", "i", commits);
}

int64_t position_secrets(struct db *rows)
{
    int64_t commits = 0;
    if (has_column(rows, "beside", "secrets"))
        db_integer(rows, &commits, "SELECT secrets FROM beside", "");
    return commits;
}

bool position_installation(struct db *rows, uint8_t out[JOURNAL_ID_BYTES])
{
    if (!has_column(rows, "position", "installation"))
        return false;
    AUTO(cursor) struct cursor found = db_query(rows, "SELECT installation FROM position", "");
    size_t bytes;
    const void *id = cursor_next(&found) ? cursor_blob(&found, 0, &bytes) : NULL;
    if (id == NULL || bytes != JOURNAL_ID_BYTES)
        return false;
    memcpy(out, id, bytes);
    return true;
}
