/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/replay.h"

#include "base/limits.h"
#include "engine/engine_area.h"
#include "engine/writer.h"

#include <pthread.h>
#include <string.h>

#define CHUNK_EVENTS        512
#define CHUNKS              4    /* read ahead of the applying thread */
#define COMMIT_EVERY_EVENTS 8192 /* a log of one transaction stays far below LIMIT_WAL_BYTES */

struct chunk {
    struct event events[CHUNK_EVENTS];
    json_t *bodies[CHUNK_EVENTS]; /* NULL: no area of the part has the event */
    size_t count;
    GStringChunk *bytes; /* what the events point to */
};

#define ALL_STREAMS -1

/* Which areas the events are for: in the order of the file all, or those that are kept everywhere; of a stream all
 * others. */
enum replay_part { PART_ALL, PART_EVERYWHERE, PART_OF_STREAM };

struct journal_reading {
    const struct areas *areas;
    enum replay_part part;
    char *path;
    int64_t stream; /* or ALL_STREAMS */
    int64_t first, last;
    pthread_mutex_t lock;
    pthread_cond_t turned;
    struct chunk chunks[CHUNKS];
    size_t filled, used; /* chunks so far; the reader is at most CHUNKS ahead */
    bool ended, stop;
    GError *error;
};

static void chunk_empty(struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++)
        json_decref(chunk->bodies[i]);
    chunk->count = 0;
    g_string_chunk_clear(chunk->bytes);
}

static const void *copied(struct chunk *chunk, const void *data, size_t bytes)
{
    return data != NULL ? g_string_chunk_insert_len(chunk->bytes, data, (gssize)bytes) : NULL;
}

static bool chunk_add(struct chunk *chunk, const struct event *event, bool wanted, GError **error)
{
    json_error_t wrong;
    json_t *body = wanted ? json_loadb(event->body, event->body_bytes, 0, &wrong) : NULL;
    if (wanted && body == NULL) {
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "event %" G_GINT64_FORMAT ": %s", event->pos,
                    wrong.text);
        return false;
    }
    struct event *copy = &chunk->events[chunk->count];
    *copy = *event;
    copy->kind = g_intern_string(event->kind);
    copy->digest = copied(chunk, event->digest, JOURNAL_DIGEST_BYTES);
    copy->body = copied(chunk, event->body, event->body_bytes);
    copy->sealed = copied(chunk, event->sealed, event->sealed_bytes);
    chunk->bodies[chunk->count++] = body;
    return true;
}

/* The next free chunk; NULL when the applying thread has given up. */
static struct chunk *free_chunk(struct journal_reading *reading)
{
    pthread_mutex_lock(&reading->lock);
    while (reading->filled - reading->used == CHUNKS && !reading->stop)
        pthread_cond_wait(&reading->turned, &reading->lock);
    struct chunk *chunk = reading->stop ? NULL : &reading->chunks[reading->filled % CHUNKS];
    pthread_mutex_unlock(&reading->lock);
    return chunk;
}

static void chunk_filled(struct journal_reading *reading)
{
    pthread_mutex_lock(&reading->lock);
    reading->filled++;
    pthread_cond_broadcast(&reading->turned);
    pthread_mutex_unlock(&reading->lock);
}

static void read_all(struct journal_reading *reading, struct journal *journal, GError **error)
{
    AUTO(journal_cursor)
    struct journal_cursor *cursor = reading->stream == ALL_STREAMS
                                        ? journal_walk(journal, reading->first, reading->last)
                                        : journal_walk_stream(journal, reading->stream, 1);
    struct event event;
    struct chunk *chunk = free_chunk(reading);
    while (chunk != NULL && journal_next(cursor, &event, error)) {
        if (reading->last != 0 && event.pos > reading->last) /* of a stream */
            break;
        bool wanted =
            reading->part == PART_ALL || event_concerns(reading->areas, event.kind, reading->part == PART_EVERYWHERE);
        if (!wanted && reading->part == PART_EVERYWHERE)
            continue; /* the pass of its stream counts it */
        if (!chunk_add(chunk, &event, wanted, error))
            break;
        if (chunk->count == CHUNK_EVENTS) {
            chunk_filled(reading);
            chunk = free_chunk(reading);
        }
    }
    if (chunk != NULL && chunk->count > 0)
        chunk_filled(reading);
}

static void *reading_run(void *data)
{
    struct journal_reading *reading = data;
    GError *error = NULL;
    AUTO(journal) struct journal *journal = journal_open_reader(reading->path, &error);
    if (journal != NULL && journal_must_be_current(journal, reading->path, &error))
        read_all(reading, journal, &error);
    pthread_mutex_lock(&reading->lock);
    reading->error = error;
    reading->ended = true;
    pthread_cond_broadcast(&reading->turned);
    pthread_mutex_unlock(&reading->lock);
    return NULL;
}

/* NULL at the end. */
static struct chunk *next_chunk(struct journal_reading *reading)
{
    pthread_mutex_lock(&reading->lock);
    while (reading->filled == reading->used && !reading->ended)
        pthread_cond_wait(&reading->turned, &reading->lock);
    struct chunk *chunk = reading->filled > reading->used ? &reading->chunks[reading->used % CHUNKS] : NULL;
    pthread_mutex_unlock(&reading->lock);
    return chunk;
}

static void chunk_used(struct journal_reading *reading, struct chunk *chunk)
{
    chunk_empty(chunk);
    pthread_mutex_lock(&reading->lock);
    reading->used++;
    pthread_cond_broadcast(&reading->turned);
    pthread_mutex_unlock(&reading->lock);
}

/* Where the applying thread stands. */
struct applying {
    const struct areas *areas;
    const struct replay *replay;
    struct db *rows;
    enum replay_part part;
    struct remembered command; /* the one whose events are being applied; count 0: not remembered */
    struct uuid current;
    int64_t since_commit, pos, at_us;
    uint8_t hash[JOURNAL_HASH_BYTES];
};

static void end_command(struct applying *applying)
{
    if (applying->command.count > 0)
        command_remember(applying->rows, &applying->command);
    applying->command.count = 0;
}

static bool commit(struct applying *applying, GError **error)
{
    const struct replay *replay = applying->replay;
    if (replay->rulebook != NULL && !rulebook_fill(replay->rulebook, applying->rows, replay->journal, error))
        return false;
    areas_settle(applying->areas, applying->rows, replay->rulebook, applying->at_us);
    if (applying->pos > 0)
        position_set(applying->rows, applying->pos, applying->hash);
    applying->since_commit = 0;
    return db_commit(applying->rows, error);
}

static void begin_command(struct applying *applying, const struct event *event)
{
    applying->current = event->command;
    if (event->digest == NULL || applying->part == PART_EVERYWHERE)
        return;
    applying->command = (struct remembered){.id = event->command, .first = event->pos, .at_us = event->at_us};
    memcpy(applying->command.digest, event->digest, sizeof applying->command.digest);
}

static bool apply(struct applying *applying, const struct event *event, const json_t *body, GError **error)
{
    if (applying->pos == 0 || !uuid_equal(&applying->current, &event->command)) {
        end_command(applying);
        if (applying->since_commit >= COMMIT_EVERY_EVENTS && (!commit(applying, error) || !db_begin(applying->rows)))
            return false;
        begin_command(applying, event);
    }
    if (!event_is_known(applying->areas, event)) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                    "event %" G_GINT64_FORMAT " (%s, version %d) comes from a newer program; install that version",
                    event->pos, event->kind, event->version);
        return false;
    }
    if (applying->part == PART_ALL)
        event_apply(applying->areas, applying->rows, event, body);
    else if (body != NULL)
        event_apply_part(applying->areas, applying->rows, event, body, applying->part == PART_EVERYWHERE);
    if (uuid_equal(&applying->command.id, &event->command))
        applying->command.count++;
    applying->pos = event->pos;
    applying->at_us = event->at_us;
    memcpy(applying->hash, event->hash, sizeof applying->hash);
    applying->since_commit++;
    return true;
}

static bool apply_chunk(struct replay *replay, struct applying *applying, const struct chunk *chunk, GError **error)
{
    for (size_t i = 0; i < chunk->count; i++) {
        if (!apply(applying, &chunk->events[i], chunk->bodies[i], error))
            return false;
        replay->entries += applying->part != PART_EVERYWHERE && strcmp(chunk->events[i].kind, "entered") == 0;
        replay->events += applying->part != PART_EVERYWHERE;
    }
    if (replay->progress != NULL)
        replay->progress(replay->events, replay->last > 0 ? replay->last - replay->first + 1 : 0, replay->context);
    return true;
}

static bool apply_all(struct replay *replay, struct journal_reading *reading, enum replay_part part, struct db *rows,
                      GError **error)
{
    struct applying applying = {.areas = replay->areas, .replay = replay, .rows = rows, .part = part};
    db_begin(rows);
    bool well = true;
    for (struct chunk *chunk = next_chunk(reading); chunk != NULL && well; chunk = next_chunk(reading)) {
        well = apply_chunk(replay, &applying, chunk, error);
        chunk_used(reading, chunk);
    }
    end_command(&applying);
    if (well)
        well = commit(&applying, error);
    if (!well)
        db_rollback(rows);
    return well;
}

static bool run(struct replay *replay, int64_t stream, enum replay_part part, struct db *rows, GError **error)
{
    struct journal_reading reading = {
        .areas = replay->areas, .part = part, .stream = stream, .first = replay->first, .last = replay->last};
    reading.path = g_build_filename(replay->data_dir, "journal.db", NULL);
    pthread_mutex_init(&reading.lock, NULL);
    pthread_cond_init(&reading.turned, NULL);
    for (size_t i = 0; i < CHUNKS; i++)
        reading.chunks[i].bytes = g_string_chunk_new(65536);
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, reading_run, &reading);
    g_assert(failed == 0);
    bool well = apply_all(replay, &reading, part, rows, error);
    pthread_mutex_lock(&reading.lock);
    reading.stop = true;
    pthread_cond_broadcast(&reading.turned);
    pthread_mutex_unlock(&reading.lock);
    pthread_join(thread, NULL);
    if (well && reading.error != NULL) {
        g_propagate_error(error, g_steal_pointer(&reading.error));
        well = false;
    }
    g_clear_error(&reading.error);
    for (size_t i = 0; i < CHUNKS; i++) {
        chunk_empty(&reading.chunks[i]);
        g_string_chunk_free(reading.chunks[i].bytes);
    }
    pthread_cond_destroy(&reading.turned);
    pthread_mutex_destroy(&reading.lock);
    g_free(reading.path);
    return well;
}

/* The streams, and the event at which all of them end. */
static GArray *streams_of(const struct replay *replay, int64_t *out_pos, uint8_t out_hash[JOURNAL_HASH_BYTES],
                          GError **error)
{
    g_autofree char *path = g_build_filename(replay->data_dir, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, error);
    if (journal == NULL || !journal_must_be_current(journal, path, error))
        return NULL;
    *out_pos = replay->last != 0 ? replay->last : journal_last_pos(journal);
    return *out_pos == 0 || journal_hash_at(journal, *out_pos, out_hash, error) ? journal_streams(journal, error)
                                                                                : NULL;
}

/* What each pass ends at is an event of its own. */
static bool run_by_stream(struct replay *replay, struct db *rows, GError **error)
{
    int64_t pos;
    uint8_t hash[JOURNAL_HASH_BYTES] = {0};
    g_autoptr(GArray) streams = streams_of(replay, &pos, hash, error);
    if (streams == NULL || !run(replay, ALL_STREAMS, PART_EVERYWHERE, rows, error))
        return false;
    for (guint i = 0; i < streams->len; i++)
        if (!run(replay, g_array_index(streams, int64_t, i), PART_OF_STREAM, rows, error))
            return false;
    db_begin(rows);
    if (pos > 0)
        position_set(rows, pos, hash);
    return db_commit(rows, error);
}

bool replay_run(struct replay *replay, struct db *rows, GError **error)
{
    return replay->by_stream ? run_by_stream(replay, rows, error) : run(replay, ALL_STREAMS, PART_ALL, rows, error);
}
