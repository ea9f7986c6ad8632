/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pump - puts many commands through an engine without waiting for each, and keeps what they made.
 *
 * Shape   pump_put() waits only while too many are under way; pump_wait() until all are answered.
 * Errors  the first refusal is kept with its sentence, counted are all; a rehearsal may expect some.
 * Owner   one thread; *out_made and *out_refused of a command live until pump_wait() returns.
 */
#ifndef REHEARSAL_PUMP_H
#define REHEARSAL_PUMP_H

#include "engine/engine.h"

struct pump;

struct pump *pump_new(struct engine *engine, const struct clock *clock);
void pump_free(struct pump *pump);
AUTO_FREE(pump)

/* As a person through a door, or as the operator (person 0). `out_made`, filled with the id of what it made
 * (0 refused), and `out_id`, the command's id, may be NULL. */
void pump_put(struct pump *pump, const char *name, int64_t person, json_t *body /* taken */, int64_t *out_made,
              struct uuid *out_id);
void pump_wait(struct pump *pump);
int64_t pump_accepted(const struct pump *pump);
int64_t pump_refused(const struct pump *pump);
const char *pump_first_refusal(const struct pump *pump); /* "appoint: unknown_role: ..."; NULL none */

#endif
