/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The writer's thread: one batch after the other, from decision to answer. Its states (writer.h):
 *
 *            a pause is asked for, or a log is too long       for LIMIT_HELD_US, commands wait
 *     WORKS ------------------------------------------> STILL --------------------------------> HELD
 *       ^                                                 |                                       |
 *       +------------- neither any more, or a stop -------+---------------------------------------+
 *
 *            a write finds no room                 LOOK_EVERY_US later the disk has room
 *     WORKS -----------------------------> FULL ----------------------------------------> OPENS
 *       ^                                   ^                                               |
 *       |                                   +---------------- no room after all -----------+
 *       +-------------------------------------- the files are opened anew ------------------+
 *
 *     any state --- a write, a sync or a checkpoint fails otherwise ---> FAILED
 *
 * STILL, HELD and FULL have nothing open in the logs. Commands are taken in WORKS and STILL. The thread ends at a stop
 * in WORKS, when it has finished what was taken, in FULL at once, and in FAILED.
 */
#include "base/log.h"
#include "engine/writer.h"

#include <errno.h>
#include <time.h>

#define ROWS_IDLE_US    500     /* so long the writer waits for more before it commits rows.db */
#define SYSTEM_SLEEP_US 1000000 /* the system's clock may be set meanwhile */
#define STILL_US        20000
#define LONG_PASS_US    100000 /* of a checkpoint */
#define CONFLICTS_MOST  100    /* in a row; so many mean a second writer that never pauses */
#define MANUAL_SLEEP_US 10000  /* setting a manual clock does not signal `work` */

enum wake { WAKE_WORK, WAKE_ROWS, WAKE_QUIET, WAKE_GIVE_UP, WAKE_STOP };

/* Without news until then: true when the time is over. `lock` is held. */
static bool sleep_us(struct engine *engine, int64_t us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + us * 1000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    return pthread_cond_timedwait(&engine->work, &engine->lock, &until) == ETIMEDOUT;
}

static int64_t idle_us(const struct engine *engine)
{
    bool manual = engine->clock->manual_us > 0;
    if (engine->no_clock || engine->next_due_us == INT64_MAX || clock_is_held(engine->clock))
        return SYSTEM_SLEEP_US;
    if (manual)
        return MANUAL_SLEEP_US;
    int64_t due_us = MAX(engine->next_due_us, engine->quiet_until_us) - clock_now_us(engine->clock);
    return CLAMP(due_us, 1, SYSTEM_SLEEP_US);
}

/* What was taken is finished before a stop; what the engine does by itself can wait for the next start. */
static bool has_work(const struct engine *engine)
{
    if (engine->queue->length > 0 || engine->clock_runs_wanted > engine->clock_runs_done || looks_are_due(engine))
        return true;
    return !engine->stopping && (engine->letters->len > 0 || (!engine->no_clock && clock_is_due(engine)));
}

static enum wake wait_for_work(struct engine *engine)
{
    enum wake wake;
    pthread_mutex_lock(&engine->lock);
    for (;;) {
        bool open = db_in_transaction(engine->rows);
        watch_look(engine);
        if (writer_has_failed(engine)) {
            wake = WAKE_STOP;
            break;
        }
        if (engine->giving_up && engine->waiting_us != 0) {
            wake = WAKE_GIVE_UP;
            break;
        }
        if (engine->pause_requested || (engine->wal_is_long && !engine->stopping)) {
            wake = WAKE_QUIET;
            break;
        }
        if (has_work(engine)) {
            wake = WAKE_WORK;
            break;
        }
        if (engine->stopping) {
            wake = WAKE_STOP;
            break;
        }
        if (sleep_us(engine, open ? ROWS_IDLE_US : idle_us(engine)) && open) {
            wake = WAKE_ROWS;
            break;
        }
    }
    pthread_mutex_unlock(&engine->lock);
    return wake;
}

/* Makes what was applied visible to readers. */
static bool rows_commit(struct engine *engine)
{
    g_autoptr(GError) error = NULL;
    if (!db_in_transaction(engine->rows))
        return true;
    int64_t pos = engine->last_pos;
    areas_settle(engine->areas, engine->rows, engine->rulebook, clock_now_us(engine->clock));
    struct vault_state state;
    if (engine->rows_since_us != 0)
        position_set(engine->rows, pos, engine->last_hash);
    if (vault_state(engine->vault, &state)) /* committed before the journal was, and so before these rows */
        position_note_secrets(engine->rows, state.commits);
    if (!db_commit(engine->rows, &error)) {
        if (is_about_room(error)) /* the journal has it all: rows follow when there is room */
            return room_wait(engine);
        rows_suspect(engine);
        writer_fail(engine, "rows.db", error->message);
        return false;
    }
    engine->rows_since_us = 0;
    engine->wal_is_long = wal_is_long(engine);
    pthread_mutex_lock(&engine->lock);
    engine->rows_pos = pos;
    engine->behind_since_us = 0;
    pthread_cond_broadcast(&engine->moved);
    pthread_mutex_unlock(&engine->lock);
    return true;
}

static bool rows_are_due(const struct engine *engine)
{
    return engine->rows_since_us != 0 && clock_monotonic_us() - engine->rows_since_us >= LIMIT_ROWS_COMMIT_US;
}

static int64_t lapses_in(const struct engine *engine, const struct batch_item *entry)
{
    int64_t lapses = 0;
    for (size_t i = 0; i < entry->count && engine->areas->hooks.lapses != NULL; i++)
        lapses += engine->areas->hooks.lapses(g_ptr_array_index(engine->batch.decided, entry->first + i));
    return lapses;
}

/* `lock` is held. */
static void note_answers(struct engine *engine)
{
    for (guint i = 0; i < engine->batch.entries->len; i++)
        if (taken_is_awaited(&g_array_index(engine->batch.entries, struct batch_item, i).taken)) {
            engine->waiting_us = engine->queue->length > 0 ? clock_monotonic_us() : 0;
            return;
        }
    if (engine->queue->length == 0)
        engine->waiting_us = 0;
}

static void count(struct engine *engine)
{
    const struct batch *batch = &engine->batch;
    struct engine_metrics *metrics = &engine->metrics;
    int64_t late_us = clock_now_us(engine->clock) - engine->next_due_us;
    bool erased = false;
    for (guint i = 0; i < batch->decided->len && !erased; i++)
        erased = ((const struct decided_event *)g_ptr_array_index(batch->decided, i))->erases;
    pthread_mutex_lock(&engine->lock);
    engine->durable_pos = engine->last_pos;
    if (engine->behind_since_us == 0 && engine->durable_pos > engine->rows_pos)
        engine->behind_since_us = clock_monotonic_us();
    engine->scrub_wanted = engine->scrub_wanted || erased;
    metrics->batches++;
    metrics->events += batch->events->len;
    metrics->letters += batch->letters->len;
    metrics->clock_late_us = engine->next_due_us != INT64_MAX ? MAX(late_us, 0) : 0;
    for (guint i = 0; i < batch->entries->len; i++) {
        const struct batch_item *entry = &g_array_index(batch->entries, struct batch_item, i);
        metrics->commands++;
        metrics->refused += entry->problem != NULL;
        if (entry->taken.command->origin == ORIGIN_CLOCK && entry->problem == NULL)
            metrics->lapses += lapses_in(engine, entry);
    }
    pthread_mutex_unlock(&engine->lock);
}

static const GError *failure_of(const struct engine *engine, const GError *error)
{
    if (error != NULL)
        return error;
    return db_failed(engine->rows) != NULL ? db_failed(engine->rows) : db_failed(vault_db(engine->vault));
}

/* What could not be written is undone; without room the client sends it again when there is some. */
static bool undo(struct engine *engine, const GError *failure)
{
    bool room = is_about_room(failure);
    rows_suspect(engine);
    if (!room)
        writer_fail(engine, "batch", failure != NULL ? failure->message : "unknown");
    batch_undo(engine);
    return room && room_wait(engine);
}

static bool write_batch(struct engine *engine, GError **error)
{
    g_autoptr(GError) said = NULL;
    bool written = batch_write(engine, &said);
    for (int tries = 0; !written && tries < CONFLICTS_MOST; tries++) {
        if (!g_error_matches(said, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT))
            break;
        g_clear_error(&said);
        written = engine_decide_again(engine, &said) && batch_write(engine, &said);
    }
    if (!written && said != NULL)
        g_propagate_error(error, g_steal_pointer(&said));
    return written;
}

/* One batch from decision to answer; false when storage failed, or had no room until the program stops. */
static bool work(struct engine *engine, bool run_clock)
{
    g_autoptr(GError) error = NULL;
    bool decided = batch_decide(engine, run_clock), full = batch_is_full(engine);
    if (!decided || !write_batch(engine, &error))
        return undo(engine, failure_of(engine, error));
    if (engine->batch.events->len > 0)
        engine->next_due_us = engine->areas->hooks.next_due_us(engine->rows);
    count(engine);
    batch_answer(engine);
    size_t count_full = full ? engine->batch.entries->len : 0;
    pthread_mutex_lock(&engine->lock);
    note_answers(engine);
    pthread_mutex_unlock(&engine->lock);
    batch_empty(&engine->batch);
    if (rows_are_due(engine) && !rows_commit(engine))
        return false;
    pthread_mutex_lock(&engine->lock);
    queue_note_pace(engine->queue, count_full, clock_monotonic_us() - engine->batch.began_us);
    pthread_mutex_unlock(&engine->lock);
    return true;
}

/* engine_run_clock(): everything due at the clock's time and the letters that follow, visible to readers at
 * the end. */
static bool run_clock(struct engine *engine)
{
    int64_t wanted, before = engine->last_pos;
    pthread_mutex_lock(&engine->lock);
    wanted = engine->clock_runs_wanted;
    pthread_mutex_unlock(&engine->lock);
    int64_t age_us;
    while (clock_is_due(engine) || engine->letters->len > 0 || traces_waiting(engine->traces, &age_us) > 0)
        if (!work(engine, true))
            return false;
    if (!rows_commit(engine))
        return false;
    pthread_mutex_lock(&engine->lock);
    engine->clock_runs_done = wanted;
    engine->clock_events = engine->last_pos - before;
    pthread_cond_broadcast(&engine->moved);
    pthread_mutex_unlock(&engine->lock);
    return true;
}

/* Refuses the commands that wait; the log says it once. */
static void refuse_while_held(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool news = engine->state != WRITER_HELD;
    writer_enter(engine, WRITER_HELD);
    pthread_mutex_unlock(&engine->lock);
    if (news)
        log_write(LOG_ERROR,
                  "a program holds an old snapshot of the data and the write-ahead log has reached its limit; "
                  "commands are refused until that program ends",
                  NULL);
    answer_queue(engine, PROBLEM_LOG_HELD);
}

/* A pass that moves nothing ends at once; one that lasts has pages to move, and a slow disk. `lock` is held. */
static bool pages_move(const struct engine *engine, int64_t now_us)
{
    return engine->moving_since_us != 0 && now_us - engine->moving_since_us >= LONG_PASS_US;
}

/* Whether nothing has been moved for longer than a reader of this program keeps its snapshot. `lock` is held. */
static bool log_is_held(const struct engine *engine, int64_t since_us)
{
    int64_t now_us = clock_monotonic_us();
    return !pages_move(engine, now_us) && now_us - MAX(since_us, engine->moved_us) >= LIMIT_HELD_US;
}

/* Stands still with nothing open: for the checkpoint thread, and while a log is too long. That thread empties what is
 * too long as soon as no snapshot holds it. Our own readers give theirs back within a second; what lasts longer is
 * another program's, and cannot be ended from here. */
static bool pause_for_checkpoint(struct engine *engine)
{
    if (!rows_commit(engine))
        return false;
    int64_t since_us = clock_monotonic_us();
    pthread_mutex_lock(&engine->lock);
    writer_enter(engine, WRITER_STILL);
    while (!writer_has_failed(engine) && (engine->pause_requested || (engine->wal_is_long && !engine->stopping))) {
        sleep_us(engine, STILL_US);
        engine->wal_is_long = wal_is_long(engine);
        if (!engine->wal_is_long || !log_is_held(engine, since_us))
            continue;
        pthread_mutex_unlock(&engine->lock);
        refuse_while_held(engine);
        pthread_mutex_lock(&engine->lock);
    }
    bool was_held = engine->state == WRITER_HELD;
    engine->wal_is_long = false;
    writer_enter(engine, WRITER_WORKS);
    engine->metrics.paused_us += clock_monotonic_us() - since_us;
    pthread_mutex_unlock(&engine->lock);
    if (was_held)
        log_write(LOG_INFO, "the logs are short again; commands are accepted", NULL);
    return true;
}

/* What the engine does by itself: not any more while it stops. */
static void read_flags(struct engine *engine, bool *out_clock, bool *out_clock_run)
{
    pthread_mutex_lock(&engine->lock);
    *out_clock = !engine->no_clock && !engine->stopping;
    *out_clock_run = engine->clock_runs_wanted > engine->clock_runs_done;
    pthread_mutex_unlock(&engine->lock);
}

static bool act(struct engine *engine, enum wake wake)
{
    bool clock, clock_run;
    switch (wake) {
    case WAKE_WORK:
        read_flags(engine, &clock, &clock_run);
        return work(engine, clock) && (!clock_run || run_clock(engine));
    case WAKE_ROWS:
        return rows_commit(engine);
    case WAKE_QUIET:
        return pause_for_checkpoint(engine);
    case WAKE_GIVE_UP:
        answer_queue(engine, PROBLEM_SHUTTING_DOWN);
        return true;
    case WAKE_STOP:
        break;
    }
    g_assert_not_reached();
}

static bool has_failed(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool failed = writer_has_failed(engine);
    pthread_mutex_unlock(&engine->lock);
    return failed;
}

void *writer_run(void *data)
{
    struct engine *engine = data;
    for (enum wake wake = wait_for_work(engine); wake != WAKE_STOP; wake = wait_for_work(engine))
        if (!act(engine, wake))
            break;
    if (!has_failed(engine))
        rows_commit(engine); /* what finds no room follows at the next start */
    if (!has_failed(engine))
        return NULL;
    db_rollback(engine->rows);
    vault_rollback(engine->vault);
    answer_all_failed(engine);
    return NULL;
}
