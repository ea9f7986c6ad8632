/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * receiver - a server on the loopback that takes what the outbox sends, over TLS, and behaves as it is told.
 *
 * Shape   the authority that has signed its certificate is made anew, and lies in a file of its own.
 * Owner   the test; requests are kept until receiver_free().
 */
#ifndef TESTS_OUTBOX_RECEIVER_H
#define TESTS_OUTBOX_RECEIVER_H

#include <glib.h>
#include <stdint.h>

enum behaviour {
    RECEIVER_TAKES,
    RECEIVER_FAILS,     /* 500 */
    RECEIVER_REDIRECTS, /* 302, to /elsewhere */
    RECEIVER_IS_HUGE,   /* 200, and 8 MiB */
    RECEIVER_IS_SLOW,   /* 200, after three seconds */
    RECEIVER_SAYS       /* 200, with `says` */
};

struct received {
    char *path, *body;
    GHashTable *headers; /* in small letters */
    int64_t at_us;       /* g_get_monotonic_time() */
    int status;          /* that it was answered with */
};

struct receiver;
/* `host`: for whom the certificate is made. */
struct receiver *receiver_new(const char *dir, const char *host);
void receiver_free(struct receiver *receiver);
uint16_t receiver_port(const struct receiver *receiver);
const char *receiver_authority(const struct receiver *receiver); /* a file */
void receiver_behave(struct receiver *receiver, enum behaviour behaviour, const char *says);
/* So many have come; also those that were refused. */
guint receiver_count(struct receiver *receiver);
const struct received *receiver_get(struct receiver *receiver, guint i);
/* How many bear a text in their body. */
guint receiver_found(struct receiver *receiver, const char *text);

#endif
