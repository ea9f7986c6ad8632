/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/replay.h"

#include "base/log.h"
#include "engine/engine_area.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int32_t rows_stamp(const struct areas *areas)
{
    crypto_generichash_state state;
    uint8_t digest[16];
    crypto_generichash_init(&state, NULL, 0, sizeof digest);
    for (const struct area *const *area = areas->list; *area != NULL; area++) {
        g_autofree char *head = g_strdup_printf("%s %d ", (*area)->name, (*area)->projection);
        crypto_generichash_update(&state, (const uint8_t *)head, strlen(head));
        crypto_generichash_update(&state, (const uint8_t *)(*area)->schema, strlen((*area)->schema));
    }
    crypto_generichash_final(&state, digest, sizeof digest);
    return (int32_t)((digest[0] | digest[1] << 8 | digest[2] << 16 | (digest[3] & 0x7f) << 24) | 1);
}

static bool remove_file(const char *path, const char *ending, GError **error)
{
    g_autofree char *name = g_strconcat(path, ending, NULL);
    if (g_unlink(name) == 0 || errno == ENOENT)
        return true;
    g_set_error(error, DB_ERROR, DB_ERROR_IO, "%s: %s", name, g_strerror(errno));
    return false;
}

bool rows_remove(const char *path, GError **error)
{
    return remove_file(path, "", error) && remove_file(path, "-wal", error) && remove_file(path, "-shm", error) &&
           remove_file(path, "-journal", error);
}

static bool make_tables(const struct areas *areas, struct db *rows, GError **error)
{
    g_autofree char *stamp = g_strdup_printf("PRAGMA user_version=%d", rows_stamp(areas));
    for (const struct area *const *area = areas->list; *area != NULL; area++)
        if (!db_script(rows, (*area)->schema, error))
            return false;
    return db_script(rows, stamp, error);
}

/* To the installation of the journal that they are made of. */
static bool bind(struct db *rows, const char *data_dir, GError **error)
{
    uint8_t id[JOURNAL_ID_BYTES];
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    if (journal == NULL)
        return false;
    if (journal_installation(journal, id))
        position_bind(rows, id);
    return true;
}

bool rows_build(struct replay *replay, const char *path, GError **error)
{
    if (!rows_remove(path, error))
        return false;
    AUTO(db) struct db *rows = db_open(path, &(struct db_options){.mode = DB_REBUILD}, error);
    if (rows == NULL)
        return false;
    return make_tables(replay->areas, rows, error) && bind(rows, replay->data_dir, error) &&
           replay_run(replay, rows, error) && db_settle(rows, error);
}

/* The old file goes first: a crash in between leaves none, which the next start makes again. */
bool rows_switch(const char *data_dir, const char *name, GError **error)
{
    g_autofree char *new_path = g_build_filename(data_dir, name, NULL);
    g_autofree char *path = g_build_filename(data_dir, "rows.db", NULL);
    if (!rows_remove(path, error))
        return false;
    int folder = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool well = folder >= 0 && fsync(folder) == 0 && rename(new_path, path) == 0 && fsync(folder) == 0;
    if (!well)
        g_set_error(error, DB_ERROR, DB_ERROR_IO, "%s: %s", path, g_strerror(errno));
    if (folder >= 0)
        close(folder);
    return well;
}

/* 0 where there is no usable file. */
static int32_t stamp_of(struct db *rows)
{
    int64_t stamp = 0;
    db_integer(rows, &stamp, "PRAGMA user_version", "");
    return (int32_t)stamp;
}

/* Why rows.db cannot be caught up; NULL when it can. evidence.c has checked that it is not ahead of the journal. */
static const char *misfit_of(const struct areas *areas, struct db *rows)
{
    uint8_t hash[JOURNAL_HASH_BYTES];
    if (stamp_of(rows) != rows_stamp(areas))
        return "other projections";
    int64_t pos = position_get(rows, hash);
    if (pos < 0)
        return "no position";
    return NULL;
}

#define DAMAGED "rows.db.damaged"

void rows_mark_damaged(const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, DAMAGED, NULL);
    g_file_set_contents_full(path, "", 0, G_FILE_SET_CONTENTS_DURABLE, 0600, NULL); /* else the next start says so */
}

static struct db *rows_build_anew(const struct areas *areas, const char *data_dir, const char *vfs, const char *why,
                                  GError **error)
{
    log_write(LOG_INFO, "building rows.db from the journal", "why", why, NULL);
    struct replay replay = {.areas = areas, .data_dir = data_dir, .first = 1};
    g_autofree char *new_path = g_build_filename(data_dir, "rows.db.new", NULL);
    g_autofree char *path = g_build_filename(data_dir, "rows.db", NULL);
    if (!rows_build(&replay, new_path, error) || !rows_switch(data_dir, "rows.db.new", error))
        return NULL;
    remove_file(path, ".damaged", NULL);
    return db_open(path, &(struct db_options){.mode = DB_ROWS, .vfs = vfs}, error);
}

static bool catch_up(const struct areas *areas, const char *data_dir, struct db *rows, struct journal *journal,
                     struct rulebook *rulebook, GError **error)
{
    uint8_t hash[JOURNAL_HASH_BYTES];
    int64_t pos = position_get(rows, hash), last = journal_last_pos(journal);
    if (pos == last)
        return true;
    struct replay replay = {
        .areas = areas, .data_dir = data_dir, .first = pos + 1, .last = last, .rulebook = rulebook, .journal = journal};
    return replay_run(&replay, rows, error);
}

struct db *rows_open_current(const struct areas *areas, const char *data_dir, struct journal *journal,
                             struct rulebook *rulebook, const char *vfs, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, "rows.db", NULL);
    g_autofree char *damaged_path = g_build_filename(data_dir, DAMAGED, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return rows_build_anew(areas, data_dir, vfs, "missing", error);
    if (g_file_test(damaged_path, G_FILE_TEST_EXISTS))
        return rows_build_anew(areas, data_dir, vfs, "damaged", error);
    g_autoptr(GError) failed = NULL;
    struct db *rows = db_open(path, &(struct db_options){.mode = DB_ROWS, .vfs = vfs}, &failed);
    if (rows == NULL && !g_error_matches(failed, DB_ERROR, DB_ERROR_CORRUPT)) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    const char *misfit = rows != NULL ? misfit_of(areas, rows) : "damaged";
    bool damaged = rows != NULL && db_failed(rows) != NULL;
    if (misfit != NULL || damaged) {
        db_close(rows);
        return rows_build_anew(areas, data_dir, vfs, damaged ? "damaged" : misfit, error);
    }
    if (catch_up(areas, data_dir, rows, journal, rulebook, &failed))
        return rows;
    damaged = g_error_matches(db_failed(rows), DB_ERROR, DB_ERROR_CORRUPT);
    db_close(rows);
    if (damaged)
        return rows_build_anew(areas, data_dir, vfs, "damaged", error);
    g_propagate_error(error, g_steal_pointer(&failed));
    return NULL;
}
