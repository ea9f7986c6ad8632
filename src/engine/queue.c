/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/queue.h"

#define PACE_COMMANDS 8 /* fewer fill a batch only where one of them takes long, which says nothing of the others */

struct lane {
    int64_t person;
    GQueue waiting; /* of struct queued_command, owned */
    GList turn;
};

static void lane_free(gpointer data)
{
    struct lane *lane = data;
    g_queue_clear_full(&lane->waiting, g_free);
    g_free(lane);
}

void queue_init(struct queue *queue, bool in_order)
{
    queue->in_order = in_order;
    queue->lanes = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, lane_free);
    g_queue_init(&queue->turns);
    queue->length = queue->alone = 0;
    queue->door_most = LIMIT_QUEUE_COMMANDS;
    queue->cost_us = 0;
}

void queue_clear(struct queue *queue)
{
    struct queued_command taken;
    while (queue_take(queue, &taken))
        command_free(taken.command);
    g_hash_table_unref(queue->lanes);
}

static struct lane *lane_new(struct queue *queue, int64_t person)
{
    struct lane *lane = g_new0(struct lane, 1);
    lane->person = person;
    lane->turn.data = lane;
    g_queue_init(&lane->waiting);
    g_hash_table_insert(queue->lanes, &lane->person, lane);
    g_queue_push_tail_link(&queue->turns, &lane->turn);
    return lane;
}

static bool may_enter(const struct queue *queue, const struct lane *lane, const struct command *command)
{
    size_t most = command->outside ? queue->door_most : LIMIT_QUEUE_COMMANDS;
    if (queue->length < (queue->in_order ? LIMIT_QUEUE_COMMANDS : most / 4 * 3))
        return true;
    if (queue->length >= LIMIT_QUEUE_COMMANDS || (lane != NULL && lane->waiting.length >= LIMIT_QUEUE_FEW))
        return false;
    if (command->of_batch)
        return queue->length < most / 8 * 7;
    return queue->length < most || queue->alone < most / 8;
}

bool queue_is_crowded(const struct queue *queue)
{
    return queue->length >= queue->door_most / 8 * 7;
}

void queue_note_pace(struct queue *queue, size_t count, int64_t took_us)
{
    if (count < PACE_COMMANDS)
        return;
    int64_t cost_us = MAX(took_us / (int64_t)count, 1);
    queue->cost_us = queue->cost_us == 0 ? cost_us : MAX((3 * queue->cost_us + cost_us) / 4, 1);
    queue->door_most = (size_t)CLAMP(LIMIT_QUEUE_US / queue->cost_us, LIMIT_QUEUE_LEAST, LIMIT_QUEUE_COMMANDS);
}

bool queue_put(struct queue *queue, const struct queued_command *taken)
{
    int64_t person = queue->in_order ? 0 : taken->command->person;
    struct lane *lane = g_hash_table_lookup(queue->lanes, &person);
    if (!may_enter(queue, lane, taken->command))
        return false;
    if (lane == NULL)
        lane = lane_new(queue, person);
    g_queue_push_tail(&lane->waiting, g_memdup2(taken, sizeof *taken));
    queue->length++;
    queue->alone += !taken->command->of_batch;
    return true;
}

bool queue_take(struct queue *queue, struct queued_command *out)
{
    GList *turn = g_queue_pop_head_link(&queue->turns);
    if (turn == NULL)
        return false;
    struct lane *lane = turn->data;
    g_autofree struct queued_command *taken = g_queue_pop_head(&lane->waiting);
    *out = *taken;
    queue->length--;
    queue->alone -= !taken->command->of_batch;
    if (lane->waiting.length > 0)
        g_queue_push_tail_link(&queue->turns, turn);
    else
        g_hash_table_remove(queue->lanes, &lane->person);
    return true;
}
