/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that have been opened: what the vault knows alone is queued, and the engine stands at the journal's end. */
#include "engine/evidence.h"
#include "engine/writer.h"

static void put_first(struct engine *engine, struct command *command)
{
    struct queued_command taken = {.command = command};
    uuid_make(clock_now_us(engine->clock), &command->id);
    pthread_mutex_lock(&engine->lock);
    bool queued = queue_put(engine->queue, &taken);
    pthread_mutex_unlock(&engine->lock);
    if (!queued)
        command_free(command); /* at the next start */
}

/* Between an erasure and its event, or a key and what it seals, all may have ended. What is missing comes first. */
bool engine_reconcile(struct engine *engine, const char *accept_loss, GError **error)
{
    g_autoptr(GArray) persons = vault_unreconciled(engine->vault);
    if (engine->loss != NULL && accept_loss != NULL)
        put_first(engine, loss_command(engine->loss, accept_loss));
    for (guint i = 0; i < persons->len && engine->areas->hooks.reconcile != NULL; i++) {
        struct command *command =
            engine->areas->hooks.reconcile(engine->rows, engine->vault, g_array_index(persons, int64_t, i));
        if (command != NULL)
            put_first(engine, command);
    }
    pthread_mutex_lock(&engine->lock);
    engine->scrub_wanted = engine->scrub_wanted || persons->len > 0;
    pthread_mutex_unlock(&engine->lock);
    return vault_commit(engine->vault, error);
}

void engine_stand_at_end(struct engine *engine)
{
    engine->last_pos = journal_last_pos(engine->journal);
    engine->next_pos = engine->last_pos + 1;
    for (int64_t stream = 0; stream <= STREAM_MAX; stream++)
        engine->seqs[stream] = journal_last_seq(engine->journal, stream);
    engine->last_at_us = journal_last_at_us(engine->journal);
    position_get(engine->rows, engine->last_hash);
    engine->next_due_us = engine->areas->hooks.next_due_us(engine->rows);
    engine->rows_since_us = 0;
    engine->wal_is_long = wal_is_long(engine); /* of a program that was killed: emptied before anything else */
    pthread_mutex_lock(&engine->lock);
    engine->durable_pos = engine->rows_pos = engine->last_pos;
    engine->behind_since_us = 0;
    pthread_cond_broadcast(&engine->moved);
    pthread_mutex_unlock(&engine->lock);
    g_array_set_size(engine->letters, 0);
    letters_load(engine);
}
