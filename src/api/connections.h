/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connections - the open ones, and which of them take too long over one request.
 *
 * Shape   the HTTP library drops a silent connection; one that sends a byte now and then would keep a place for ever.
 *         Each connection has a moment by which its header, and then its whole request, must be through. When three
 *         quarters of all places are taken, a header must come within LIMIT_HURRIED_SECONDS; when nearly all are, each
 *         new connection drives out the one that has been silent longest, so that a health check always finds a place.
 * Owner   any thread; a thread of its own looks once a second.
 */
#ifndef API_CONNECTIONS_H
#define API_CONNECTIONS_H

struct connections;
struct connection;
enum connection_state {
    CONNECTION_SILENT,  /* no header yet */
    CONNECTION_SENDS,   /* its body */
    CONNECTION_WAITS,   /* for its answer, or takes it */
    CONNECTION_STREAMS, /* takes one without end: counted elsewhere, in streams.h, and not in what follows */
};

/* At most `places`, of them `of_address` from one address. A header may take `seconds` and the silence before it as
 * long again; a whole request five times that. */
struct connections *connections_new(int seconds, int places, int of_address);
void connections_free(struct connections *connections); /* when none is open any more */

/* `address` NULL: of a proxy, which has the places of all for whom it asks. */
struct connection *connection_new(struct connections *connections, int fd, const char *address);
void connection_free(struct connections *connections,
                     struct connection *connection); /* before the descriptor is closed */
void connection_move(struct connections *connections, struct connection *connection, enum connection_state state);

#endif
