/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heavy - reading that takes long, in threads of its own behind everything else.
 *
 * Shape   a job is one request, or one page of an export. Its connection sleeps meanwhile, so that no other request
 *         waits for it. Of the accounts that wait, the one that has read least is next; long jobs leave one thread to
 *         lists. The threads have a higher nice value than all others, so that intake goes first.
 * Limits  LIMIT_HEAVY_AT_A_TIME jobs of an account run (and so many exports), LIMIT_HEAVY_WAITING wait, and
 *         LIMIT_READING_MS_PER_MINUTE of a processor are its share: beyond, 429. A job that has waited for
 *         LIMIT_HEAVY_WAIT_US is not run any more (503). A job whose client has disconnected ends.
 * Owner   heavy_submit() from any thread; `run` and `done` are called in one of the pool's.
 */
#ifndef API_HEAVY_H
#define API_HEAVY_H

#include "api/request.h"

enum heavy_size {
    HEAVY_NO,   /* answered in the thread of its connection */
    HEAVY_LIST, /* looks at some thousand rows at most */
    HEAVY_LONG, /* may take a second */
};

struct heavy_job {
    int64_t account;
    enum heavy_size size;
    bool page;                                         /* of an export that has begun: waits beyond the limits */
    int fd;                                            /* of its client */
    void (*run)(void *context, struct reader *reader); /* NULL reader: it is not run */
    void (*done)(void *context);
    void *context;
};

struct heavy *heavy_new(struct server *server);
void heavy_free(struct heavy *heavy); /* when nothing sleeps any more */
/* Whether jobs are not run since the server ends; else since they have waited too long. */
bool heavy_is_ending(struct heavy *heavy);
void heavy_let_wait(struct heavy *heavy, int64_t most_us); /* instead of LIMIT_HEAVY_WAIT_US */
/* False with the problem to answer. */
bool heavy_submit(struct heavy *heavy, const struct heavy_job *job, struct problem **out_problem);
/* An export of an account begins, all of whose pages are taken; false: too many do, or it has read too much. */
bool heavy_begin_export(struct heavy *heavy, int64_t account, struct problem **out_problem);
void heavy_end_export(struct heavy *heavy, int64_t account);
/* Reading elsewhere counts, too. */
int64_t heavy_clock_us(void); /* what this thread has taken of a processor */
void heavy_charge(struct heavy *heavy, int64_t account, int64_t used_us);
/* In `run`: its client has disconnected, or the server ends. What it reads fails from then on. */
bool heavy_is_over(const struct reader *reader);

#endif
