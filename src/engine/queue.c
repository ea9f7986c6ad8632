/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/queue.h"

bool queue_put(struct queue *queue, const struct taken *taken)
{
    if (queue->length == LIMIT_QUEUE_COMMANDS)
        return false;
    queue->ring[(queue->first + queue->length++) % LIMIT_QUEUE_COMMANDS] = *taken;
    return true;
}

bool queue_take(struct queue *queue, struct taken *out)
{
    if (queue->length == 0)
        return false;
    *out = queue->ring[queue->first];
    queue->first = (queue->first + 1) % LIMIT_QUEUE_COMMANDS;
    queue->length--;
    return true;
}
