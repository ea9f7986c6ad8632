/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * traffic - grid workers who send commands over HTTP, a connection each, and keep what they were told.
 *
 * Shape   a worker sends rounds, reports, new persons and, now and then, what must be refused; most in batches, some
 * alone. The next request goes out when the last was answered, so what has no answer is at most the last of each.
 * Owner   traffic_start() runs a thread of its own until traffic_wait().
 */
#ifndef TESTS_PROOFS_TRAFFIC_H
#define TESTS_PROOFS_TRAFFIC_H

#include "town.h"

struct sent {
    char *id;
    json_t *body;
    guint events;   /* so many make it whole; 0: it is to be refused */
    int status;     /* of the answer; 0 none came */
    json_t *answer; /* accepted */
};

struct worker {
    int64_t person, grid;
    char *token;
    GPtrArray *matters;         /* of char *: UUIDs of who is under observation, by household */
    GPtrArray *residents;       /* as outside */
    GArray *sent;               /* of struct sent, in the order of sending */
    guint flying, first_flying; /* of the request under way */
    bool alone;                 /* it is a single command */
    bool turned_away;           /* the server stops or its queue is full: no more is sent, so that the order stands */
};

struct traffic {
    struct worker *workers;
    int count, household_size;
    guint32 next_person; /* made up: nobody else has this number */
    GRand *dice;
    uint16_t port;
    gint begun; /* all connections are there */
    GThread *thread;
};

/* A worker with a session for each grid of a town that is open. */
void traffic_init(struct traffic *traffic, struct town *town, int household_size, guint32 seed);
void traffic_clear(struct traffic *traffic);
AUTO_CLEAR(traffic)
void traffic_forget(struct traffic *traffic); /* what was sent */

void traffic_start(struct traffic *traffic, uint16_t port); /* until the server is gone */
void traffic_wait(struct traffic *traffic);
int64_t traffic_acknowledged(const struct traffic *traffic);

/* Sends all of it again, in order, to a server that is up: what was accepted or refused is answered as before; what
 * had no answer is answered as what was there (200) or is new (201). `there` says, by id, what the journal held. */
struct run {
    int64_t first, last; /* pos of the first event, place of the last */
    guint count;
};
void traffic_resend(struct traffic *traffic, uint16_t port, GHashTable *there);

/* Where the events of each command stand, char * → struct run *; asserts that they stand together, once. */
GHashTable *journal_runs(const char *data_dir);
/* Against the journal: what was accepted is there at the place that the answer names, what was refused is not, what had
 * no answer is there wholly or not at all, all in the order of sending. */
void traffic_check(const struct traffic *traffic, GHashTable *runs);
/* Besides: whatever had no answer is not there. */
void traffic_check_none_untold(const struct traffic *traffic, GHashTable *runs);

#endif
