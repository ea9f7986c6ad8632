/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * submitter - puts many commands through an engine without waiting for each, and keeps what they made.
 *
 * Shape   submitter_put() waits only while too many are under way; submitter_wait() until all are answered.
 * Errors  the first refusal is kept with its sentence, counted are all; a rehearsal may expect some.
 * Owner   one thread; *out_made and *out_refused of a command live until submitter_wait() returns.
 */
#ifndef REHEARSAL_SUBMITTER_H
#define REHEARSAL_SUBMITTER_H

#include "engine/engine.h"
#include "rehearsal/book.h"

struct submitter;

struct submitter *submitter_new(struct engine *engine, const struct clock *clock);
void submitter_free(struct submitter *submitter);
AUTO_FREE(submitter)
/* What is accepted from now on is written down in `book` before submitter_wait() returns. */
void submitter_keep(struct submitter *submitter, struct book *book);

/* As a person through a door, or as the operator (person 0). `out_made`, filled with the id of what it made
 * (0 refused), and `out_id`, the command's id, may be NULL. */
void submitter_put(struct submitter *submitter, const char *name, int64_t person, json_t *body /* taken */,
                   int64_t *out_made, struct uuid *out_id);
void submitter_wait(struct submitter *submitter);
int64_t submitter_accepted(const struct submitter *submitter);
int64_t submitter_refused(const struct submitter *submitter);
char *submitter_refusals(const struct submitter *submitter);            /* a line each, with how often; new */
const char *submitter_first_refusal(const struct submitter *submitter); /* "appoint: unknown_role: ..."; NULL none */

#endif
