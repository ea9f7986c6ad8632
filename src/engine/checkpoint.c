/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the write-ahead logs short. A passive checkpoint moves most of a log while the writer goes on; but a
 * log starts again from its beginning only when a transaction begins after all of it has been moved and while no
 * reader uses it, which under steady reading and writing never happens by itself. So the writer is asked to stand
 * still: for the short rest to be moved, and until the readers that use the log have ended (later ones read the
 * database file). The longer the log, the longer the wait: a moment at first, at half of the limit more than the
 * second within which every reader of this program ends its snapshot. From three quarters on the writer stands still
 * by itself until the log has been emptied; a next transaction is never waited for.
 *
 * A checkpoint that fails for another reason than readers or a full disk ends the writer: what a failed fsync has lost
 * is unknown, but the log still holds it for the next start.
 */
#include "base/log.h"
#include "engine/attachments.h"
#include "engine/writer.h"

#include <time.h>

/* Above the journal_size_limit to which SQLite cuts a log that starts again. */
#define CHECKPOINT_BYTES  (6 * 1024 * 1024 + 65536)
#define STILL_BYTES       (10 * 1024 * 1024) /* the writer stands still for a log of this length */
#define LOOK_EVERY_US     20000
#define PASSES            5
#define STILL_AGAIN_BYTES (4 * 1024 * 1024) /* it has grown by so much since the writer stood still in vain */
#define VAIN_SHARE        10                /* at most a tenth of the time goes into standing still in vain */
#define STILL_LOOK_US     1000
#define SHORT_PASS_US     10000 /* about what a batch takes: the writer may stand still for as long */
#define SCRUB_EVERY_US    US_PER_SECOND
#define SWEEP_EVERY_US    US_PER_HOUR
#define ALIVE_EVERY_US    (5 * US_PER_SECOND)

static const char *const wal_names[WAL_COUNT] = {
    [WAL_JOURNAL] = "journal.db", [WAL_ROWS] = "rows.db", [WAL_SECRETS] = "secrets.db"};
static const enum db_mode wal_modes[WAL_COUNT] = {
    [WAL_JOURNAL] = DB_JOURNAL, [WAL_ROWS] = DB_ROWS, [WAL_SECRETS] = DB_SECRETS};

struct log { /* one write-ahead log, for the checkpoint thread */
    struct db *db;
    int moved_frames;    /* as of the last pass */
    int64_t moved_bytes; /* its length when all of it had been moved: nothing to do until it differs */
    bool is_free;        /* the last pass moved all that stood in it at its beginning: no reader needs older pages */
    int64_t vain_bytes;  /* its length when the writer last stood still for it in vain, 0 not; */
    int64_t again_us;    /* and until when it does not stand still for it again */
};

static void note_moving(struct engine *engine, bool begins, bool moved)
{
    int64_t now_us = clock_monotonic_us();
    pthread_mutex_lock(&engine->lock);
    engine->moving_since_us = begins ? now_us : 0;
    if (moved)
        engine->moved_us = now_us;
    pthread_mutex_unlock(&engine->lock);
}

/* False when readers hold it back, or when the disk has no room: the writer's next write reports that. */
static bool checkpoint(struct engine *engine, struct log *log, enum wal wal, int mode)
{
    int all = 0, moved = 0;
    note_moving(engine, true, false);
    int code = sqlite3_wal_checkpoint_v2(db_handle(log->db), NULL, mode, &all, &moved);
    note_moving(engine, false, moved >= 0 && moved != log->moved_frames);
    log->moved_frames = moved >= 0 ? moved : log->moved_frames;
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY && !db_was_full(db_handle(log->db)))
        writer_fail(engine, wal_names[wal], sqlite3_errmsg(db_handle(log->db)));
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
static bool still_begin(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->pause_requested = true;
    pthread_cond_broadcast(&engine->work);
    while (!writer_is_still(engine) && !writer_has_failed(engine) && !engine->checkpoints_end)
        pthread_cond_wait(&engine->moved, &engine->lock);
    bool still = writer_is_still(engine);
    pthread_mutex_unlock(&engine->lock);
    return still;
}

static void still_end(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->pause_requested = false;
    pthread_cond_broadcast(&engine->work);
    pthread_mutex_unlock(&engine->lock);
}

static bool is_long(const struct engine *engine, const struct log *log, enum wal wal)
{
    int64_t bytes = wal_bytes(engine, wal);
    return bytes > CHECKPOINT_BYTES && (bytes != log->moved_bytes || wal_is_too_long(engine, bytes));
}

/* While the writer goes on: each pass leaves what came meanwhile, so the last ones are short. */
static void move_most(struct engine *engine, struct log *log, enum wal wal)
{
    for (int pass = 0; pass < PASSES; pass++) {
        int64_t began_us = clock_monotonic_us();
        log->is_free = checkpoint(engine, log, wal, SQLITE_CHECKPOINT_PASSIVE);
        if (log->is_free)
            log->moved_bytes = wal_bytes(engine, wal);
        if (clock_monotonic_us() - began_us < SHORT_PASS_US)
            return;
    }
}

static bool wants_rest(const struct engine *engine, struct log *log, enum wal wal)
{
    int64_t bytes = wal_bytes(engine, wal);
    if (bytes < log->vain_bytes)
        log->vain_bytes = 0; /* it has started again */
    if (bytes <= STILL_BYTES)
        return false;
    bool hope = log->is_free && clock_monotonic_us() >= log->again_us;
    return wal_is_too_long(engine, bytes) || hope || log->vain_bytes == 0 ||
           bytes - log->vain_bytes >= STILL_AGAIN_BYTES;
}

static int64_t patience_us(const struct engine *engine, int64_t bytes)
{
    if (bytes > engine->wal_limit / 2)
        return LIMIT_SNAPSHOT_US + LIMIT_SNAPSHOT_US / 2;
    return bytes > engine->wal_limit / 4 ? 200000 : 20000;
}

/* Moves all of it and sees to it that it starts again, from a file cut to nothing when it has grown large. A file that
 * stays long is cut by the next commit. */
static bool restart(struct engine *engine, struct log *log, enum wal wal)
{
    bool large = wal_bytes(engine, wal) > engine->wal_limit / 4;
    int mode = large ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
    if (!checkpoint(engine, log, wal, mode))
        return false;
    log->moved_bytes = wal_bytes(engine, wal);
    log->vain_bytes = 0;
    return true;
}

static bool has_ended(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool ended = writer_has_failed(engine) || engine->checkpoints_end;
    pthread_mutex_unlock(&engine->lock);
    return ended;
}

static void restart_all(struct engine *engine, struct log logs[WAL_COUNT], bool wanted[WAL_COUNT])
{
    int64_t longest = 0, since_us = clock_monotonic_us();
    for (int wal = 0; wal < WAL_COUNT; wal++)
        longest = wanted[wal] ? MAX(longest, wal_bytes(engine, wal)) : longest;
    for (;;) {
        bool left = false;
        for (int wal = 0; wal < WAL_COUNT; wal++) {
            wanted[wal] = wanted[wal] && !restart(engine, &logs[wal], wal);
            left = left || wanted[wal];
        }
        if (!left || clock_monotonic_us() - since_us >= patience_us(engine, longest) || has_ended(engine))
            break;
        g_usleep(STILL_LOOK_US);
    }
    for (int wal = 0; wal < WAL_COUNT; wal++)
        if (wanted[wal]) {
            logs[wal].vain_bytes = wal_bytes(engine, wal);
            logs[wal].again_us = clock_monotonic_us() + VAIN_SHARE * (clock_monotonic_us() - since_us);
        }
}

/* `lock` is held. */
static bool goes_on(const struct engine *engine)
{
    return !writer_has_failed(engine) && !engine->checkpoints_end;
}

void engine_long_read_begin(struct engine *engine)
{
    int64_t until_us = clock_monotonic_us() + LIMIT_SNAPSHOT_US;
    pthread_mutex_lock(&engine->lock);
    while (engine->long_reads_held && goes_on(engine) && clock_monotonic_us() < until_us)
        sleep_us(engine, LOOK_EVERY_US);
    engine->long_reads++;
    pthread_mutex_unlock(&engine->lock);
}

void engine_long_read_end(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->long_reads--;
    if (engine->long_reads_held)
        pthread_cond_broadcast(&engine->moved);
    pthread_mutex_unlock(&engine->lock);
}

/* The writer goes on meanwhile. */
static void hold_long_reads(struct engine *engine)
{
    int64_t until_us = clock_monotonic_us() + LIMIT_SNAPSHOT_US;
    pthread_mutex_lock(&engine->lock);
    engine->long_reads_held = true;
    while (engine->long_reads > 0 && goes_on(engine) && clock_monotonic_us() < until_us)
        sleep_us(engine, LOOK_EVERY_US);
    pthread_mutex_unlock(&engine->lock);
}

static void free_long_reads(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->long_reads_held = false;
    pthread_cond_broadcast(&engine->moved);
    pthread_mutex_unlock(&engine->lock);
}

static void move_rest(struct engine *engine, struct log logs[WAL_COUNT], bool wanted[WAL_COUNT])
{
    hold_long_reads(engine);
    for (int wal = 0; wal < WAL_COUNT; wal++)
        if (wanted[wal]) /* what came meanwhile */
            move_most(engine, &logs[wal], (enum wal)wal);
    if (still_begin(engine))
        restart_all(engine, logs, wanted);
    still_end(engine);
    free_long_reads(engine);
}

/* One look at all three logs. Between two appends there is mostly time enough to move all of the journal's log,
 * which then starts again without a pause; rows.db's transactions follow each other at once. */
static void shorten(struct engine *engine, struct log logs[WAL_COUNT])
{
    bool still[WAL_COUNT] = {false}, any = false;
    for (int wal = 0; wal < WAL_COUNT; wal++) {
        if (!is_long(engine, &logs[wal], wal))
            continue;
        move_most(engine, &logs[wal], wal);
        still[wal] = wants_rest(engine, &logs[wal], wal);
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
    checkpoint(engine, secrets, WAL_SECRETS, SQLITE_CHECKPOINT_PASSIVE);
    bool empty = still_begin(engine) && db_checkpoint(secrets->db, true);
    still_end(engine);
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
        sqlite3_busy_timeout(db_handle(logs[wal].db), 0); /* the writer is paused: try again instead */
    }
    return true;
}

void *checkpointer_run(void *data)
{
    struct engine *engine = data;
    struct log logs[WAL_COUNT] = {0};
    int64_t alive_us = 0, scrubbed_us = 0, swept_us = 0;
    struct sweep_mark swept = {0};
    bool open = open_all(engine, logs);
    pthread_mutex_lock(&engine->lock);
    while (open && goes_on(engine)) {
        pthread_mutex_unlock(&engine->lock);
        shorten(engine, logs);
        bool erased = scrub(engine, &logs[WAL_SECRETS], &scrubbed_us);
        bool sweep_is_due = erased || swept_us == 0 || clock_monotonic_us() - swept_us >= SWEEP_EVERY_US;
        if (sweep_is_due && !clock_is_held(engine->clock)) {
            attachments_sweep_on(engine->data_dir, &engine->areas->hooks, logs[WAL_ROWS].db,
                                 clock_now_us(engine->clock), &swept);
            swept_us = clock_monotonic_us();
        } else if (sweep_is_due) {
            swept_us = 0; /* as soon as the clock is believed again */
        }
        if (clock_monotonic_us() - alive_us >= ALIVE_EVERY_US) {
            alive_write(engine->lock_file, clock_now_us(engine->clock), engine->quiet_until_us);
            alive_us = clock_monotonic_us();
        }
        pthread_mutex_lock(&engine->lock);
        if (goes_on(engine))
            sleep_us(engine, LOOK_EVERY_US);
    }
    pthread_mutex_unlock(&engine->lock);
    for (int wal = 0; wal < WAL_COUNT; wal++)
        db_close(logs[wal].db);
    return NULL;
}
