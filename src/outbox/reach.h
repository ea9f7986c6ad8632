/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reach - which addresses the outbox connects to: public ones, and networks that the operator names.
 *
 * Shape   asked of the address that is about to be connected to, after names were resolved, so that no name leads into
 *         the office's own network. An IPv4 address within an IPv6 one (mapped, NAT64, 6to4) is judged as itself.
 * Source  IANA special-purpose address registries, RFC 6890 and its updates.
 * Owner   any thread, once parsed.
 */
#ifndef OUTBOX_REACH_H
#define OUTBOX_REACH_H

#include <gio/gio.h>
#include <stdbool.h>
#include <sys/socket.h>

/* "10.1.0.0/16, 127.0.0.1": array of GInetAddressMask; NULL with the part that is none in *out_wrong (owned). */
GPtrArray *reach_parse(const char *text, char **out_wrong);
/* `allowed` may be NULL: none. */
bool reach_allows(const GPtrArray *allowed, const struct sockaddr *address, size_t bytes);
bool reach_allows_text(const GPtrArray *allowed, const char *address); /* "127.0.0.1"; false for what is none */

#endif
