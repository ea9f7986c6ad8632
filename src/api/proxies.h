/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proxies - reverse proxies that are believed when they say for whom they ask.
 *
 * Shape   addresses and networks with commas between: "127.0.0.1, 10.1.0.0/16, 2001:db8::/32". X-Forwarded-For is read
 *         from its end, over further proxies of the list: the first address that is none of them is the client's. What
 *         stands before it the client may have written. Where something that is no address comes first, the proxy that
 *         passed it on counts.
 * Errors  PROXIES_ERROR_TEXT.
 * Limits  PROXIES_MOST networks, PROXIES_HOPS addresses of a request.
 * Owner   any thread; never changed once made.
 */
#ifndef API_PROXIES_H
#define API_PROXIES_H

#include "base/auto.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

#define PROXIES_MOST 64
#define PROXIES_HOPS 16

#define PROXIES_ERROR proxies_error_quark()
GQuark proxies_error_quark(void);
enum proxies_error { PROXIES_ERROR_TEXT };

struct proxies;
struct proxies *proxies_parse(const char *text, GError **error);
void proxies_free(struct proxies *proxies);
AUTO_FREE(proxies)

/* Whether the connection is one of theirs; never where `proxies` is NULL. */
bool proxies_hold(const struct proxies *proxies, const struct sockaddr *from);

/* Of a connection of theirs, with all of X-Forwarded-For, several with commas between (NULL none). */
void proxies_client(const struct proxies *proxies, const struct sockaddr *from, const char *forwarded,
                    struct sockaddr_storage *out);

#endif
