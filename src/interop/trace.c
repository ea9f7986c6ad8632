/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interop/trace.h"

#include "base/limits.h"

#define TRIES   400 /* two seconds: the writer is busy, and nothing is shown without a trace */
#define WAIT_US 5000

static bool note(struct engine *engine, int64_t reader, const struct look *looks, guint count, const char *page)
{
    for (int i = 0; i < TRIES; i++) {
        AUTO(problem) struct problem *problem = NULL;
        if (engine_note_looks(engine, reader, looks, count, page, &problem))
            return true;
        if (problem->code != PROBLEM_QUEUE_FULL)
            break;
        g_usleep(WAIT_US);
    }
    return false;
}

bool sheet_trace(struct engine *engine, int64_t reader, const GArray *looks, const char *page)
{
    const struct look *all = (const struct look *)(const void *)looks->data;
    for (guint i = 0; i < looks->len; i += LIMIT_PAGE_ROWS)
        if (!note(engine, reader, all + i, MIN(looks->len - i, LIMIT_PAGE_ROWS), page))
            return false;
    return true;
}
