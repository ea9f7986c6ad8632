/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a caller is told: out of the events just written, or the same out of the journal when the command is a
 * resend. */
#include "base/datetime.h"
#include "base/log.h"
#include "engine/writer.h"

#include <string.h>

static json_t *event_row(const struct engine *engine, const struct event *event, const json_t *body)
{
    json_t *row = json_pack("{s:o, s:s}", "pos", json_id(event->pos), "event", event->kind);
    area_hooks.describe(engine->rows, event, body, row);
    return row;
}

static json_t *answer_body(const struct engine *engine, const struct uuid *id, int64_t last_pos,
                           int64_t at_us, json_t *rows /* taken */)
{
    char id_text[UUID_TEXT_LENGTH + 1], at[DATETIME_TEXT_MAX];
    uuid_format(id, id_text);
    datetime_format(at_us, engine->utc, at);
    return json_pack("{s:s, s:o, s:s, s:o}", "id", id_text, "pos", json_id(last_pos), "at", at, "events",
                     rows);
}

static void answer_from_batch(struct engine *engine, const struct entry *entry, struct answer *answer)
{
    const struct batch *batch = &engine->batch;
    json_t *rows = json_array();
    const struct event *event = NULL;
    for (size_t i = 0; i < entry->count; i++) {
        const struct decided_event *decided = g_ptr_array_index(batch->decided, entry->first + i);
        event = &g_array_index(batch->events, struct event, entry->first + i);
        if (!entry->taken.command->brief)
            json_array_append_new(rows, event_row(engine, event, decided->json));
    }
    answer->pos = event != NULL ? event->pos : 0; /* none: a trial */
    answer->body = answer_body(engine, &entry->taken.command->id, answer->pos,
                               event != NULL ? event->at_us : engine->last_at_us, rows);
}

/* The events are durable and the command's, since its id stands in rows; that they cannot be read is the
 * disk's fault. */
static void answer_from_journal(struct engine *engine, const struct entry *entry, struct answer *answer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) rows = json_array();
    int64_t at_us = 0, last = entry->repeats + entry->repeats_count - 1;
    AUTO(journal_cursor)
    struct journal_cursor *cursor = journal_walk(engine->journal, entry->repeats, last);
    struct event event;
    while (journal_next(cursor, &event, &error)) {
        g_autoptr(json_t) body = json_loadb(event.body, event.body_bytes, 0, NULL);
        json_array_append_new(rows, event_row(engine, &event, body));
        at_us = event.at_us;
    }
    if (error != NULL) {
        log_write(LOG_ERROR, "a resend could not be answered", "why", error->message, NULL);
        answer->problem = problem_new(PROBLEM_STORAGE_FAILED, NULL, NULL);
        return;
    }
    answer->pos = last;
    answer->repeated = true;
    answer->body = answer_body(engine, &entry->taken.command->id, last, at_us, g_steal_pointer(&rows));
}

/* Hands the answer over; what is left of it is freed. */
static void deliver(struct engine *engine, const struct taken *taken, struct answer *answer)
{
    if (taken->asking != NULL) {
        pthread_mutex_lock(&engine->lock);
        taken->asking->answer = *answer;
        taken->asking->answered = true;
        pthread_cond_broadcast(&engine->moved);
        pthread_mutex_unlock(&engine->lock);
        return;
    }
    if (taken->done != NULL)
        taken->done(taken->context, answer);
    json_decref(answer->body);
    problem_free(answer->problem);
}

static bool is_awaited(const struct taken *taken)
{
    return taken->asking != NULL || taken->done != NULL;
}

void batch_answer(struct engine *engine)
{
    for (guint i = 0; i < engine->batch.entries->len; i++) {
        struct entry *entry = &g_array_index(engine->batch.entries, struct entry, i);
        if (!is_awaited(&entry->taken))
            continue;
        struct answer answer = {.id = entry->taken.command->id, .problem = g_steal_pointer(&entry->problem)};
        if (answer.problem == NULL && entry->repeats > 0)
            answer_from_journal(engine, entry, &answer);
        else if (answer.problem == NULL)
            answer_from_batch(engine, entry, &answer);
        deliver(engine, &entry->taken, &answer);
    }
}

static void answer_failed(struct engine *engine, const struct taken *taken)
{
    struct answer answer = {.id = taken->command->id,
                            .problem = problem_new(PROBLEM_STORAGE_FAILED, NULL, NULL)};
    deliver(engine, taken, &answer);
}

void answer_all_failed(struct engine *engine)
{
    for (guint i = 0; i < engine->batch.entries->len; i++)
        answer_failed(engine, &g_array_index(engine->batch.entries, struct entry, i).taken);
    batch_empty(&engine->batch);
    struct taken taken;
    for (;;) {
        pthread_mutex_lock(&engine->lock);
        bool more = queue_take(engine->queue, &taken);
        pthread_mutex_unlock(&engine->lock);
        if (!more)
            return;
        answer_failed(engine, &taken);
        command_free(taken.command);
    }
}
