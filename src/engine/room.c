/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A full disk. Nothing of the batch was written: it is undone and its commands are refused (disk_full). When there is
 * room again the three files are opened as at a start, which brings rows.db to the end of the journal and reconciles
 * what only the vault has. Meanwhile readers go on with what rows.db shows.
 */
#include "base/log.h"
#include "engine/writer.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_US 250000

/* By allocating a file: statvfs() leaves out quotas. */
static bool has_room(const struct engine *engine)
{
    g_autofree char *path = g_build_filename(engine->data_dir, ".room-XXXXXX", NULL);
    int file = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    unlink(path);
    int why = posix_fallocate(file, 0, LIMIT_ROOM_BYTES);
    close(file);
    return !errno_is_about_room(why);
}

/* For LOOK_EVERY_US at least, and for as long as the checkpoint thread wants it still; false when there is no more to
 * wait for. */
static bool pause_still(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    writer_enter(engine, WRITER_FULL);
    int64_t until_us = clock_monotonic_us() + LOOK_EVERY_US;
    while (!engine->stopping && !writer_has_failed(engine) &&
           (engine->pause_requested || clock_monotonic_us() < until_us)) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        int64_t nanoseconds = until.tv_nsec + LOOK_EVERY_US * 1000LL;
        until.tv_sec += nanoseconds / 1000000000;
        until.tv_nsec = nanoseconds % 1000000000;
        pthread_cond_timedwait(&engine->work, &engine->lock, &until);
    }
    bool on = !engine->stopping && !writer_has_failed(engine);
    if (on)
        writer_enter(engine, WRITER_OPENS);
    pthread_mutex_unlock(&engine->lock);
    return on;
}

static void enter(struct engine *engine, enum writer_state state)
{
    pthread_mutex_lock(&engine->lock);
    writer_enter(engine, state);
    pthread_mutex_unlock(&engine->lock);
}

/* No client sends looks at personal data again: they go back into the queue. */
static void keep_looks(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    for (guint i = 0; i < engine->batch.entries->len && engine->areas->hooks.trace != NULL; i++) {
        struct batch_item *entry = &g_array_index(engine->batch.entries, struct batch_item, i);
        if (!taken_is_awaited(&entry->taken) && strcmp(entry->taken.command->name, engine->areas->hooks.trace) == 0 &&
            queue_put(engine->queue, &entry->taken))
            entry->taken.command = NULL; /* the queue's */
    }
    pthread_mutex_unlock(&engine->lock);
}

bool room_wait(struct engine *engine)
{
    log_write(LOG_ERROR, "the disk is full; commands are refused until there is space", NULL);
    db_rollback(engine->rows);
    vault_rollback(engine->vault);
    enter(engine, WRITER_FULL);
    keep_looks(engine);
    answer_batch(engine, PROBLEM_DISK_FULL);
    answer_queue(engine, PROBLEM_DISK_FULL);
    while (pause_still(engine)) {
        g_autoptr(GError) error = NULL;
        if (!has_room(engine))
            continue;
        if (engine_reopen(engine, &error)) {
            enter(engine, WRITER_WORKS);
            log_write(LOG_INFO, "there is space again; commands are accepted", NULL);
            return true;
        }
        if (!is_about_room(error)) {
            writer_fail(engine, "opening after a full disk", error->message);
            return false;
        }
    }
    return false;
}
