/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * submit - commands through the door: one a request, or a phone's queue in one batch.
 *
 * Shape   an accepted command answers 201 with its events, 200 when it is the repetition of one; a batch answers 200
 *         with one row an item, in their order, each with its own status; items are decided in their order.
 * Limits  LIMIT_BATCH_ITEMS items a batch.
 * Owner   the thread that runs the request (request.h); it sleeps until the engine has answered.
 */
#ifndef API_SUBMIT_H
#define API_SUBMIT_H

#include "api/request.h"

void submit_command_route(struct request *request); /* rows of the table with a `command` */
void post_command(struct request *request);         /* POST /commands: the command names itself */
void post_batch(struct request *request);

/* One command of the request's person, as /commands takes it. The members of `told` (NULL none) stand in the answer
 * where it is accepted, or was before. Both are taken. */
void submit_telling(struct request *request, json_t *body, json_t *told);

/* A command of the program's own about a file that is stored already; the request waits for its answer: 201 with
 * `made`, or its problem, and then the file (`hash` in `made`, below `stream`) is removed. Both are taken. */
void submit_file(struct request *request, struct command *command, json_t *made, int64_t stream);
/* A command of the program's own, whose answer is not waited for. */
void submit_seen(struct request *request, const struct uuid *matter);

#endif
