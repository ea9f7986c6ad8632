/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to commands: made from the events just written, or from the journal when the command is a resend. */
#include "base/datetime.h"
#include "base/log.h"
#include "engine/writer.h"

#include <string.h>

/* `matter`: its public id, NULL not known here. */
static json_t *event_row(const struct engine *engine, const struct event *event, const json_t *body,
                         const struct uuid *matter)
{
    char pos[PLACE_TEXT_MAX];
    place_format(event_place(event), pos);
    json_t *row = json_pack("{s:s, s:s}", "pos", pos, "event", event->kind);
    if (engine->areas->hooks.describe != NULL)
        engine->areas->hooks.describe(engine->rows, engine->vault, event, body, matter, row);
    return row;
}

/* Of an event besides the first, which is the command's own. */
static bool is_told(const struct engine *engine, const struct command *command, const struct event *event,
                    const json_t *body)
{
    return engine->areas->hooks.tells == NULL ||
           engine->areas->hooks.tells(engine->rows, engine->rulebook, command->person, event->at_us, event, body);
}

/* What the first event that makes something has made, as it is named outside; NULL none. */
static json_t *made_of(json_t *rows)
{
    size_t i;
    json_t *row, *made = NULL;
    json_array_foreach(rows, i, row)
    {
        made = made != NULL ? made : json_incref(json_object_get(row, "made"));
        json_object_del(row, "made");
    }
    return made;
}

/* `last`: of its events, 0 none. */
static json_t *answer_body(const struct engine *engine, const struct uuid *id, int64_t last, int64_t at_us,
                           json_t *rows /* taken */)
{
    char id_text[UUID_TEXT_LENGTH + 1], at[DATETIME_TEXT_MAX], pos[PLACE_TEXT_MAX];
    uuid_format(id, id_text);
    datetime_format(at_us, engine->utc, at);
    place_format(last, pos);
    return json_pack("{s:s, s:s, s:i, s:s, s:o*, s:o}", "id", id_text, "pos", pos, "stream", (int)id_place_stream(last),
                     "at", at, "made", made_of(rows), "events", rows);
}

/* Of what the first event says that it made, or the event itself. */
static int64_t id_made(const struct event *event, const json_t *body)
{
    return json_get_integer(body, "id", event_place(event));
}

static void answer_from_batch(struct engine *engine, const struct batch_item *entry, struct answer *answer)
{
    const struct batch *batch = &engine->batch;
    json_t *rows = json_array();
    const struct event *event = NULL;
    for (size_t i = 0; i < entry->count; i++) {
        const struct decided_event *decided = g_ptr_array_index(batch->decided, entry->first + i);
        event = &g_array_index(batch->events, struct event, entry->first + i);
        answer->made = answer->made != 0 ? answer->made : id_made(event, decided->json);
        if (!entry->taken.command->omit_events &&
            (i == 0 || is_told(engine, entry->taken.command, event, decided->json)))
            json_array_append_new(rows, event_row(engine, event, decided->json, &decided->matter));
    }
    answer->pos = event != NULL ? event->pos : 0; /* none: a dry run */
    answer->body = answer_body(engine, &entry->taken.command->id, event != NULL ? event_place(event) : 0,
                               event != NULL ? event->at_us : engine->last_at_us, rows);
}

/* The events are durable, since the command's id stands in rows: where they cannot be read, the disk has failed. */
static void answer_from_journal(struct engine *engine, const struct batch_item *entry, struct answer *answer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) rows = json_array();
    int64_t at_us = 0, place = 0, last = entry->repeats + entry->repeats_count - 1;
    AUTO(journal_cursor)
    struct journal_cursor *cursor = journal_walk(engine->journal, entry->repeats, last);
    struct event event;
    while (journal_next(cursor, &event, &error)) {
        g_autoptr(json_t) body = json_loadb(event.body, event.body_bytes, 0, NULL);
        if (place == 0 || is_told(engine, entry->taken.command, &event, body))
            json_array_append_new(rows, event_row(engine, &event, body, NULL));
        answer->made = answer->made != 0 ? answer->made : id_made(&event, body);
        at_us = event.at_us;
        place = event_place(&event);
    }
    if (error != NULL) {
        log_write(LOG_ERROR, "a repeated request could not be answered", "why", error->message, NULL);
        answer->problem = problem_new(PROBLEM_STORAGE_FAILED, NULL, NULL);
        return;
    }
    answer->pos = last;
    answer->repeated = true;
    answer->body = answer_body(engine, &entry->taken.command->id, place, at_us, g_steal_pointer(&rows));
}

/* Hands the answer over; what is left of it is freed. */
static void deliver(struct engine *engine, const struct queued_command *taken, struct answer *answer)
{
    if (taken->waiter != NULL) {
        pthread_mutex_lock(&engine->lock);
        taken->waiter->answer = *answer;
        taken->waiter->answered = true;
        pthread_cond_broadcast(&engine->moved);
        pthread_mutex_unlock(&engine->lock);
        return;
    }
    if (taken->done != NULL)
        taken->done(taken->context, answer);
    json_decref(answer->body);
    problem_free(answer->problem);
}

bool taken_is_awaited(const struct queued_command *taken)
{
    return taken->waiter != NULL || taken->done != NULL;
}

static void tell_durable(const struct queued_command *taken, const struct answer *answer)
{
    char id[UUID_TEXT_LENGTH + 1], request[24], pos[24];
    uuid_format(&answer->id, id);
    g_snprintf(request, sizeof request, "%" G_GINT64_FORMAT, taken->command->request);
    g_snprintf(pos, sizeof pos, "%" G_GINT64_FORMAT, answer->pos);
    log_write(LOG_DEBUG, "command durable", "request", request, "command", id, "pos", pos, NULL);
}

void batch_answer(struct engine *engine)
{
    for (guint i = 0; i < engine->batch.entries->len; i++) {
        struct batch_item *entry = &g_array_index(engine->batch.entries, struct batch_item, i);
        if (!taken_is_awaited(&entry->taken))
            continue;
        struct answer answer = {.id = entry->taken.command->id, .problem = g_steal_pointer(&entry->problem)};
        if (answer.problem == NULL && entry->repeats > 0)
            answer_from_journal(engine, entry, &answer);
        else if (answer.problem == NULL)
            answer_from_batch(engine, entry, &answer);
        if (answer.problem == NULL && log_is_on(LOG_DEBUG))
            tell_durable(&entry->taken, &answer);
        deliver(engine, &entry->taken, &answer);
    }
}

static void refuse(struct engine *engine, const struct queued_command *taken, enum problem_code code)
{
    struct answer answer = {.id = taken->command->id, .problem = problem_new(code, NULL, NULL)};
    deliver(engine, taken, &answer);
}

static bool take(struct engine *engine, struct queued_command *out)
{
    pthread_mutex_lock(&engine->lock);
    bool taken = queue_take(engine->queue, out);
    pthread_mutex_unlock(&engine->lock);
    return taken;
}

static void refuse_and_free(struct engine *engine, const struct queued_command *taken, enum problem_code code)
{
    refuse(engine, taken, code);
    command_free(taken->command);
}

void answer_queue(struct engine *engine, enum problem_code code)
{
    struct queued_command taken;
    g_autoptr(GArray) ours = g_array_new(FALSE, FALSE, sizeof taken);
    while (take(engine, &taken)) {
        if (taken_is_awaited(&taken))
            refuse_and_free(engine, &taken, code);
        else
            g_array_append_val(ours, taken);
    }
    pthread_mutex_lock(&engine->lock);
    for (guint i = 0; i < ours->len; i++)
        if (!queue_put(engine->queue, &g_array_index(ours, struct queued_command, i)))
            command_free(g_array_index(ours, struct queued_command, i).command); /* at the next start */
    engine->waiting_us = 0;
    pthread_mutex_unlock(&engine->lock);
}

void answer_batch(struct engine *engine, enum problem_code code)
{
    for (guint i = 0; i < engine->batch.entries->len; i++) {
        const struct queued_command *taken = &g_array_index(engine->batch.entries, struct batch_item, i).taken;
        if (taken_is_awaited(taken))
            refuse(engine, taken, code);
    }
    batch_empty(&engine->batch);
}

void answer_all_failed(struct engine *engine)
{
    answer_batch(engine, PROBLEM_STORAGE_FAILED);
    struct queued_command taken;
    while (take(engine, &taken))
        refuse_and_free(engine, &taken, PROBLEM_STORAGE_FAILED);
}
