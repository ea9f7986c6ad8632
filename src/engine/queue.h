/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue - the commands that wait for the writer, each with the callback for its answer.
 *
 * Shape   a lane a person, in the order of sending; the writer takes one command from each lane in turn, so that a
 *         single command does not wait for the batches of other persons. In order (tests): one lane for all, so that
 *         the order of decisions does not depend on when the writer takes them.
 * Limits  LIMIT_QUEUE_COMMANDS, and of what comes through a door as many as take LIMIT_QUEUE_US at the writer's pace,
 *         so that an overload leaves no long wait behind. The last quarter is for lanes with fewer than LIMIT_QUEUE_FEW
 *         commands, the last half of it for commands that are not part of a batch; the latter are counted by `alone`,
 *         so that batches queued before the pace fell do not use up their places. Beyond it a door answers 503.
 * Invariants  a lane is in `lanes` and in `turns` exactly while it has commands; `length` is the sum over all lanes,
 *         `alone` at most that.
 * Owner   the engine's lock guards it.
 */
#ifndef ENGINE_QUEUE_H
#define ENGINE_QUEUE_H

#include "base/limits.h"
#include "engine/engine.h"

#define CONTENT_BYTES 32

struct sync_waiter { /* engine_ask() waits here, on `moved` */
    struct answer answer;
    bool answered;
};

struct queued_command { /* a command that the engine has taken over */
    struct command *command;
    engine_done done; /* NULL: no caller waits (clock, letters) */
    void *context;
    struct sync_waiter *waiter;
    uint8_t content[CONTENT_BYTES]; /* hash of what was sent, made on the caller's thread */
};

struct queue {
    GHashTable *lanes; /* person → struct lane, owned */
    GQueue turns;      /* of struct lane: the next one first */
    size_t length;
    size_t alone;     /* of them, not in a batch */
    size_t door_most; /* see queue_note_pace() */
    int64_t cost_us;  /* of one command; 0 not known yet */
    bool in_order;
};

void queue_init(struct queue *queue, bool in_order);
void queue_clear(struct queue *queue);                                   /* frees the commands that are left */
bool queue_put(struct queue *queue, const struct queued_command *taken); /* false: full */
bool queue_take(struct queue *queue, struct queued_command *out);        /* false: empty */
bool queue_is_crowded(const struct queue *queue);                        /* for batches: none of one would be taken */
/* So many commands, a full batch, were decided and written in this time. */
void queue_note_pace(struct queue *queue, size_t count, int64_t took_us);

#endif
