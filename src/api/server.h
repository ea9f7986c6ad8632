/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server - HTTP and JSON over libmicrohttpd: the door for web pages, phones and other programs.
 *
 * Shape   endpoints.c has one table of all addresses; a handler answers from a reader's snapshot, a command
 *         goes through the engine and its connection sleeps until the batch is durable.
 * Owner   server_start() runs its own threads, each with its own reader; server_stop() answers what was taken,
 *         refuses the rest with shutting_down and ends them, before the engine is closed.
 */
#ifndef API_SERVER_H
#define API_SERVER_H

#include "access/access.h"
#include "engine/engine.h"

#include <gio/gio.h>
#include <glib.h>
#include <stdint.h>

struct server;
struct outbox;

struct server_options {
    struct engine *engine;
    const struct clock *clock;
    const char *address;                   /* to listen on; NULL 127.0.0.1 */
    uint16_t port;                         /* 0: any free one, see server_port() */
    const char *tls_certificate, *tls_key; /* PEM files; NULL plain HTTP */
    const char *trusted_proxies;           /* proxies.h; NULL none */
    bool behind_tls;                       /* a proxy in front speaks TLS, as https in public_url says: for cookies */
    int64_t free_bytes;                    /* of the disk, which no upload touches; 0 the default */
    int uploads_a_day;                     /* of one account; 0 the default */
    int connections;                       /* at most; 0 the default */
    struct stream_options {
        int most, of_account, beat_seconds, unread_seconds, back_events; /* LIMIT_STREAM…; 0 the default */
    } streams;
    const char *public_url;    /* its address from outside, for QR codes; NULL: these hold the token alone */
    struct outbox *outbox;     /* of which /metrics tells; lives longer; NULL none */
    const char *demo_accounts; /* the text of a file that demo.h tells; NULL: no address shows it */
    int threads;               /* 0: one a processor, at most 8 */
    int requests_per_minute;   /* per account and per address before a login; 0 the default */
    GResource *pages;          /* the web application, borrowed: webpages.h; NULL none */
    int request_seconds;       /* that a header, or a body, may take; 0 the default */
};

#define SERVER_ERROR server_error_quark()
GQuark server_error_quark(void);
enum server_error { SERVER_ERROR_LISTEN, SERVER_ERROR_TLS, SERVER_ERROR_DATA };

struct server *server_start(const struct server_options *options, GError **error);
/* Certificate and key, from the same files; false with error when they stay as they are. Any thread. */
bool server_read_certificate_again(struct server *server, GError **error);
/* The logs of refusals, by their names; false with error when they stay as they are. Any thread. */
bool server_open_logs_again(struct server *server, GError **error);
uint16_t server_port(const struct server *server);
void server_stop(struct server *server);

#endif
