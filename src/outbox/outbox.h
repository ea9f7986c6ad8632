/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox - delivers alerts outside: webhooks, SMS gateways, WeCom robots.
 *
 * Shape   a thread of its own follows the journal behind the rows, puts what the clock has raised (matter/raised.h)
 *         into DATA/outbox.db for each destination, and sends what is due. At least once: what the receiver took and
 *         this program could not note before it died is sent again, under the same id. The writer knows nothing of it
 *         and never waits for it; a destination that does not answer is asked less and less often, and holds up none
 *         of the others. What was seen or done in the meantime is not sent.
 * Errors  a file that cannot be opened or written is said in the log and tried again.
 * Limits  LIMIT_OUTBOX_…; when so many wait the journal keeps what comes after.
 * Owner   outbox_start() runs the thread; outbox_stop() ends it before the engine is closed, without waiting for
 *         answers.
 */
#ifndef OUTBOX_OUTBOX_H
#define OUTBOX_OUTBOX_H

#include "engine/engine.h"
#include "outbox/deliveries.h"

struct outbox;
struct outbox_options {
    struct engine *engine;
    const struct clock *clock;
    const GPtrArray *destinations; /* destination.h; lives as long */
    const char *public_url;        /* where messages lead; NULL nowhere */
    int64_t backoff_us;            /* after the first failure; 0 the default */
};
struct outbox *outbox_start(const struct outbox_options *options);
void outbox_stop(struct outbox *outbox);
/* Where no destination is configured any more: those that were are forgotten, with what waits for them. */
void outbox_forget(const char *data_dir);

/* For how long it has not been able to go on, as its file or the rows cannot be opened or written; 0 it goes on. Any
 * thread. */
int64_t outbox_standing_us(const struct outbox *outbox);
/* Of each destination, as it was within the last second; any thread. */
void outbox_counts(struct outbox *outbox,
                   void (*each)(void *context, const char *name, const struct delivery_counts *counts), void *context);

#endif
