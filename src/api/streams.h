/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * streams - the open GET /events: who listens, what each has yet to be told, and when it ends.
 *
 * Shape   a stream sleeps (its connection is suspended and takes no thread) until there is something to send: hints
 *         at most once a second, a comment every LIMIT_STREAM_BEAT_SECONDS. It ends with its session, when its client
 *         has gone or reads nothing for LIMIT_STREAM_UNREAD_SECONDS, and with the server. `place` is how far it has
 *         been told; what comes meanwhile is a set (hints.h), so a slow client costs no more than a quick one.
 * Limits  LIMIT_STREAMS of all (503), LIMIT_STREAMS_OF_ACCOUNT (429).
 * Owner   streams_open() from the threads of connections, all others from the one thread of live.c; a lock inside.
 */
#ifndef API_STREAMS_H
#define API_STREAMS_H

#include "api/hints.h"
#include "api/request.h"

struct streams;
struct streams *streams_new(struct server *server, const struct stream_options *options);
bool streams_take_key(struct streams *streams, GError **error); /* out of the vault, before any is opened */
void streams_free(struct streams *streams);                     /* when none is open any more */
void streams_end(struct streams *streams);                      /* all of them, and none begins any more; any thread */
int streams_count(struct streams *streams);                     /* any thread */

/* What an id stands for; false: none that this person was given. */
bool streams_place(struct streams *streams, int64_t person, const char *id, struct hint_place *out);
/* Answers the request with a stream that has been told all up to `place`; `reload`: it is told so first. */
void streams_open(struct request *request, const struct hint_place *place, bool reload);

/* Sleeps until there are streams, and then as long as this. False: they have ended. */
bool streams_wait(struct streams *streams, int64_t us);
/* Those that have come and gone since the last call; who has come is told from now on. */
void streams_take(struct streams *streams, void (*come)(void *context, int64_t person),
                  void (*gone)(void *context, int64_t person), void *context);
int64_t streams_least(struct streams *streams); /* the least position of a place; INT64_MAX none */
/* Everybody has been told up to `pos`, under rights as `rights` says. Who was told less than up to `floor`, or under
 * other rights, does not know what has changed, and is told to read all anew. */
void streams_advance(struct streams *streams, int64_t floor, int64_t pos,
                     int64_t (*rights)(void *context, int64_t person), void *context);

/* To the streams of a person whose position is below `pos`. */
void streams_matter(struct streams *streams, int64_t person, int64_t pos, const struct matter *matter);
void streams_hint(struct streams *streams, int64_t person, int64_t pos, enum hint_sort sort, int64_t id);
void streams_reload(struct streams *streams); /* all */

/* Sends what is due, ends what is over. */
void streams_send(struct streams *streams, struct vault *vault);

#endif
