/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at personal data become commands of the same batches, behind those of the queue until they are late. */
#include "base/log.h"
#include "engine/writer.h"

bool engine_note_looks(struct engine *engine, int64_t reader, const struct look *looks, size_t count, const char *page,
                       struct problem **out_problem)
{
    enum problem_code code = PROBLEM_COUNT;
    if (count == 0)
        return true;
    pthread_mutex_lock(&engine->lock);
    if (writer_has_failed(engine))
        code = PROBLEM_STORAGE_FAILED;
    else if (engine->stopping)
        code = PROBLEM_SHUTTING_DOWN;
    else if (!traces_add(engine->traces, clock_now_us(engine->clock), reader, looks, count, page))
        code = PROBLEM_QUEUE_FULL;
    else if (traces_are_many(engine->traces))
        pthread_cond_signal(&engine->work);
    pthread_mutex_unlock(&engine->lock);
    if (code != PROBLEM_COUNT)
        *out_problem = problem_new(code, NULL, NULL);
    return code == PROBLEM_COUNT;
}

/* `lock` is held, or the writer asks. */
bool looks_are_due(const struct engine *engine)
{
    int64_t age_us;
    size_t waiting = traces_waiting(engine->traces, &age_us);
    return waiting > 0 && (age_us >= TRACES_GATHER_US || traces_are_many(engine->traces) || engine->stopping ||
                           engine->clock_runs_wanted > engine->clock_runs_done);
}

static size_t note_some(struct engine *engine, size_t most)
{
    size_t count = 0;
    int64_t reader = 0;
    json_t *body = traces_take(engine->traces, MIN(most, LIMIT_LOOKS_PER_EVENT), &reader, &count);
    if (body == NULL)
        return 0;
    struct queued_command taken = {.command = command_new(engine->areas->hooks.trace, ORIGIN_PROGRAM, reader, body)};
    uuid_make(clock_now_us(engine->clock), &taken.command->id);
    const struct batch_item *entry = batch_decide_one(engine, &taken);
    if (entry->problem != NULL)
        log_write(LOG_ERROR, "read traces could not be recorded", "code", problem_texts[entry->problem->code].name,
                  NULL);
    return count;
}

/* As many as go with a batch; all when the queue is empty or the oldest look is late. */
static size_t looks_of_batch(struct engine *engine)
{
    int64_t age_us;
    traces_waiting(engine->traces, &age_us);
    pthread_mutex_lock(&engine->lock);
    bool alone = engine->queue->length == 0;
    pthread_mutex_unlock(&engine->lock);
    return alone || age_us >= TRACES_LATEST_US ? LIMIT_LOOKS_WAITING : LIMIT_BATCH_LOOKS;
}

void looks_decide(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool due = looks_are_due(engine);
    pthread_mutex_unlock(&engine->lock);
    if (!due || db_failed(engine->rows) != NULL)
        return;
    size_t most = looks_of_batch(engine), noted;
    int64_t until_us = clock_monotonic_us() + LIMIT_BATCH_US;
    do {
        noted = note_some(engine, most);
        most -= noted;
    } while (noted > 0 && most > 0 && db_failed(engine->rows) == NULL && clock_monotonic_us() < until_us);
}
