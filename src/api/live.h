/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live - tells open pages what they may read anew: GET /events.
 *
 * Shape   a thread of its own reads, many times a second, the journal's events behind those that it has told, and
 *         asks of each matter that they changed whom it concerns (access/watchers.h): once a matter, not once a page.
 *         The writer knows nothing of it and never waits for it. What it has read stays for those who come back with
 *         a Last-Event-ID; who was away for longer is told to read all anew.
 * Limits  at most a tenth of a processor: rounds that take long come less often. LIMIT_STREAM_BACK_EVENTS.
 * Owner   the server; streams_end() comes before it waits for answers.
 */
#ifndef API_LIVE_H
#define API_LIVE_H

#include "api/request.h"

struct live;
/* `back_events`: 0 LIMIT_STREAM_BACK_EVENTS. */
struct live *live_new(struct server *server, int back_events);
void live_free(struct live *live); /* after streams_end() */

void get_events(struct request *request);

#endif
