/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace - read traces of sheets, for callers without a connection that could be answered with 503.
 *
 * Shape   waits up to two seconds while the engine takes no more traces, before a page or a report is given out.
 * Owner   any thread but the writer's.
 */
#ifndef INTEROP_TRACE_H
#define INTEROP_TRACE_H

#include "engine/engine.h"

/* Array of struct look; false: they were not all taken, and nothing of it may be shown. */
bool sheet_trace(struct engine *engine, int64_t reader, const GArray *looks, const char *page);

#endif
