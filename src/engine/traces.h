/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * traces - looks at personal data, gathered between the doors that show it and the writer that notes it.
 *
 * Shape   a sheet a reader and hour; on it each person, matter and page once, with how often. A sheet is written as one
 *         event (or a few) behind queued commands, TRACES_GATHER_US after its first look or when many wait; after
 *         TRACES_LATEST_US it goes before them.
 * Limits  LIMIT_LOOKS_WAITING; beyond it no look is taken, and the caller shows nothing.
 * Owner   any thread; its own lock, under which nothing else is locked.
 */
#ifndef ENGINE_TRACES_H
#define ENGINE_TRACES_H

#include "engine/engine.h"

#define TRACES_GATHER_US (2 * US_PER_SECOND)
#define TRACES_LATEST_US (7 * US_PER_SECOND / 2) /* 1.5 s before the five of engine_note_looks() are over */

struct traces *traces_new(void);
void traces_free(struct traces *traces);
/* All of them or, where they are too many, none. */
bool traces_add(struct traces *traces, int64_t now_us, int64_t reader, const struct look *looks, size_t count,
                const char *page);
bool traces_are_many(struct traces *traces);
/* How many wait; *out_age_us: since when the oldest does, 0 none. */
size_t traces_waiting(struct traces *traces, int64_t *out_age_us);
/* The body of the next command `trace_read`, with at most `most` looks, in *out_count; NULL: none wait. */
json_t *traces_take(struct traces *traces, size_t most, int64_t *out_reader, size_t *out_count);

#endif
