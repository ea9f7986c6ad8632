/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a batch takes, and in which order: clock, letters, queued commands, looks to be noted. */
#include "engine/writer.h"

static bool take(struct engine *engine, struct queued_command *out)
{
    pthread_mutex_lock(&engine->lock);
    bool taken = queue_take(engine->queue, out);
    pthread_mutex_unlock(&engine->lock);
    return taken;
}

bool batch_decide(struct engine *engine, bool run_clock)
{
    struct batch *batch = &engine->batch;
    batch_empty(batch);
    batch->began_us = clock_monotonic_us();
    if (!db_in_transaction(engine->rows))
        db_begin(engine->rows);
    int half = MAX(engine->batch_commands / 2, 1);
    if (run_clock)
        half -= clock_decide(engine, half);
    letters_decide(engine, half);
    struct queued_command taken;
    while (storage_is_well(engine) && !batch_is_full(engine) && take(engine, &taken))
        batch_decide_one(engine, &taken);
    looks_decide(engine);
    return storage_is_well(engine);
}
