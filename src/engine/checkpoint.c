/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the write-ahead logs short. A passive checkpoint moves most of a log while the writer goes on; but a
 * log starts again from its beginning only when a transaction begins after all of it has been moved, which
 * under steady writing never happens by itself. So the writer is asked to stand still for the short rest.
 *
 * A checkpoint that fails for another reason than readers ends the writer: what a failed fsync has lost
 * cannot be told, but the log still holds it for the next start.
 */
#include "base/log.h"
#include "engine/attachments.h"
#include "engine/writer.h"

#include <sys/stat.h>
#include <time.h>

/* Above the journal_size_limit to which SQLite cuts a log that starts again. */
#define CHECKPOINT_BYTES (6 * 1024 * 1024 + 65536)
#define STILL_BYTES      (10 * 1024 * 1024) /* the writer stands still for a log of this length */
#define LOOK_EVERY_US    20000
#define PASSES           5
#define SHORT_PASS_US    10000 /* about what a batch takes: the writer may stand still for as long */
#define SCRUB_EVERY_US   US_PER_SECOND
#define SWEEP_EVERY_US   US_PER_HOUR
#define ALIVE_EVERY_US   (5 * US_PER_SECOND)

static const char *const wal_names[WAL_COUNT] = {
    [WAL_JOURNAL] = "journal.db", [WAL_ROWS] = "rows.db", [WAL_SECRETS] = "secrets.db"};
static const enum db_mode wal_modes[WAL_COUNT] = {
    [WAL_JOURNAL] = DB_JOURNAL, [WAL_ROWS] = DB_ROWS, [WAL_SECRETS] = DB_SECRETS};

int64_t wal_bytes(const struct engine *engine, enum wal wal)
{
    struct stat status;
    return stat(engine->wal_paths[wal], &status) == 0 ? status.st_size : 0;
}

bool wal_is_long(const struct engine *engine)
{
    for (int wal = 0; wal < WAL_COUNT; wal++)
        if (wal_bytes(engine, wal) > LIMIT_WAL_BYTES / 4 * 3)
            return true;
    return false;
}

struct log { /* one write-ahead log, for the checkpoint thread */
    struct db *db;
    int64_t moved_bytes; /* its length when all of it had been moved: nothing to do until it differs */
};

/* True when all of the log has been moved. */
static bool checkpoint(struct engine *engine, struct db *db, enum wal wal)
{
    int all = 0, moved = 0;
    int code = sqlite3_wal_checkpoint_v2(db_handle(db), NULL, SQLITE_CHECKPOINT_PASSIVE, &all, &moved);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
        writer_fail(engine, wal_names[wal], sqlite3_errmsg(db_handle(db)));
    return code == SQLITE_OK && all == moved;
}

static void sleep_us(struct engine *engine, int64_t us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + us * 1000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    pthread_cond_timedwait(&engine->moved, &engine->lock, &until);
}

/* Waits until the writer stands still; false when it has ended instead. */
static bool quiet_begin(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->quiet_wanted = true;
    pthread_cond_broadcast(&engine->work);
    while (!engine->quiet && !engine->failed && !engine->checkpoints_end)
        pthread_cond_wait(&engine->moved, &engine->lock);
    bool quiet = engine->quiet;
    pthread_mutex_unlock(&engine->lock);
    return quiet;
}

static void quiet_end(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->quiet_wanted = false;
    pthread_cond_broadcast(&engine->work);
    pthread_mutex_unlock(&engine->lock);
}

static bool is_long(const struct engine *engine, const struct log *log, enum wal wal)
{
    int64_t bytes = wal_bytes(engine, wal);
    return bytes > CHECKPOINT_BYTES && bytes != log->moved_bytes;
}

/* While the writer goes on: each pass leaves what came meanwhile, so the last ones are short. */
static void move_most(struct engine *engine, struct log *log, enum wal wal)
{
    for (int pass = 0; pass < PASSES; pass++) {
        int64_t began_us = clock_monotonic_us();
        if (checkpoint(engine, log->db, wal))
            log->moved_bytes = wal_bytes(engine, wal);
        if (clock_monotonic_us() - began_us < SHORT_PASS_US)
            return;
    }
}

static void move_rest(struct engine *engine, struct log logs[WAL_COUNT], const bool wanted[WAL_COUNT])
{
    if (quiet_begin(engine))
        for (int wal = 0; wal < WAL_COUNT; wal++)
            if (wanted[wal] && checkpoint(engine, logs[wal].db, wal))
                logs[wal].moved_bytes = wal_bytes(engine, wal);
    quiet_end(engine);
}

/* One look at all three logs. Between two appends there is mostly time enough to move all of the journal's log,
 * which then starts again without anybody waiting; rows.db's transactions follow each other at once. */
static void shorten(struct engine *engine, struct log logs[WAL_COUNT])
{
    bool still[WAL_COUNT] = {false}, any = false;
    for (int wal = 0; wal < WAL_COUNT; wal++) {
        if (!is_long(engine, &logs[wal], wal))
            continue;
        move_most(engine, &logs[wal], wal);
        still[wal] = wal_bytes(engine, wal) > STILL_BYTES;
        any = any || still[wal];
    }
    if (any)
        move_rest(engine, logs, still);
}

/* After erasures the log of secrets.db is emptied, once a second at most; while a reader holds it, it stays
 * wanted. */
static bool scrub(struct engine *engine, struct log *secrets, int64_t *last_us)
{
    pthread_mutex_lock(&engine->lock);
    bool due = engine->scrub_wanted && clock_monotonic_us() - *last_us >= SCRUB_EVERY_US;
    engine->scrub_wanted = engine->scrub_wanted && !due;
    pthread_mutex_unlock(&engine->lock);
    if (!due)
        return false;
    checkpoint(engine, secrets->db, WAL_SECRETS);
    bool empty = quiet_begin(engine) && db_checkpoint(secrets->db, true);
    quiet_end(engine);
    pthread_mutex_lock(&engine->lock);
    engine->scrub_wanted = engine->scrub_wanted || !empty;
    pthread_mutex_unlock(&engine->lock);
    *last_us = clock_monotonic_us();
    return true;
}

static bool open_all(struct engine *engine, struct log logs[WAL_COUNT])
{
    for (int wal = 0; wal < WAL_COUNT; wal++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(engine->data_dir, wal_names[wal], NULL);
        struct db_options options = {.mode = wal_modes[wal], .cache_kib = 1024, .vfs = engine->vfs[wal]};
        logs[wal].db = db_open(path, &options, &error);
        if (logs[wal].db == NULL) {
            writer_fail(engine, wal_names[wal], error->message);
            return false;
        }
        sqlite3_busy_timeout(db_handle(logs[wal].db),
                             0); /* the writer stands still meanwhile: rather try again */
    }
    return true;
}

void *checkpointer_run(void *data)
{
    struct engine *engine = data;
    struct log logs[WAL_COUNT] = {{NULL}};
    int64_t alive_us = 0, scrubbed_us = 0, swept_us = 0;
    bool open = open_all(engine, logs);
    pthread_mutex_lock(&engine->lock);
    while (open && !engine->checkpoints_end && !engine->failed) {
        pthread_mutex_unlock(&engine->lock);
        shorten(engine, logs);
        bool erased = scrub(engine, &logs[WAL_SECRETS], &scrubbed_us);
        if (erased || swept_us == 0 || clock_monotonic_us() - swept_us >= SWEEP_EVERY_US) {
            attachments_sweep(engine->data_dir, logs[WAL_ROWS].db, clock_now_us(engine->clock));
            swept_us = clock_monotonic_us();
        }
        if (clock_monotonic_us() - alive_us >= ALIVE_EVERY_US) {
            alive_write(engine->lock_file, clock_now_us(engine->clock), engine->quiet_until_us);
            alive_us = clock_monotonic_us();
        }
        pthread_mutex_lock(&engine->lock);
        if (!engine->checkpoints_end && !engine->failed)
            sleep_us(engine, LOOK_EVERY_US);
    }
    pthread_mutex_unlock(&engine->lock);
    for (int wal = 0; wal < WAL_COUNT; wal++)
        db_close(logs[wal].db);
    return NULL;
}
