/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sending - requests on their way, many at a time in one thread.
 *
 * Shape   HTTPS alone, TLS 1.2 or newer, the certificate always checked; no redirect is followed, no proxy used, no
 *         cookie, user or file of this machine sent. The address is judged (reach.h) when it is connected to. An answer
 *         beyond its limit, or that takes too long, ends the request.
 * Errors  a code a request: "status_503", "timed_out", "certificate", "address_refused" ...; NULL: it was delivered.
 * Limits  LIMIT_OUTBOX_ANSWER_BYTES of a head and of a body.
 * Owner   one thread; sendings_wake() any. curl_global_init() has run.
 */
#ifndef OUTBOX_SENDING_H
#define OUTBOX_SENDING_H

#include "outbox/destination.h"
#include "outbox/message.h"

#define SENDING_WHY_MAX 40

struct sendings;
struct sendings *sendings_new(void);
void sendings_free(struct sendings *sendings); /* what is on its way is cut off */
void sendings_wake(struct sendings *sendings);

/* `phone` NULL: a destination that needs none. Signed with the time of `at_us`. False: no request could be made. */
bool sendings_begin(struct sendings *sendings, const struct destination *to, int64_t delivery, const struct uuid *uuid,
                    const struct alert_message *message, const char *phone, int64_t at_us);
bool sendings_has(const struct sendings *sendings, int64_t delivery);
int sendings_count(const struct sendings *sendings, const struct destination *to);

/* Goes on for at most `most_ms`, until something has ended, or until sendings_wake(). */
void sendings_run(struct sendings *sendings, int most_ms);
/* Tells what has ended. */
void sendings_ended(struct sendings *sendings,
                    void (*each)(void *context, const struct destination *to, int64_t delivery, const char *why),
                    void *context);

#endif
