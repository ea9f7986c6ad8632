/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace - looks at what sheets show, by whoever has no connection to answer "come again" to.
 *
 * Shape   a page that goes out, or a report, waits up to two seconds where no more looks are taken.
 * Owner   any thread but the writer's.
 */
#ifndef INTEROP_TRACE_H
#define INTEROP_TRACE_H

#include "engine/engine.h"

/* Array of struct look; false: they were not all taken, and nothing of it may be shown. */
bool sheet_trace(struct engine *engine, int64_t reader, const GArray *looks, const char *page);

#endif
