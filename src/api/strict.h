/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strict - refuses requests that the HTTP library lets through and no handler may get.
 *
 * Shape   checked once, before a route is found (parameters after it): all text of the address is UTF-8 without NUL, so
 *         that it may stand in JSON, in SQL and in a log; and headers say once and without ambiguity where the request
 *         ends and for which host it is, so that a proxy in front and this server never read two different requests out
 *         of the same bytes. Others are answered with 400 and the connection closed.
 * Owner   the server thread of the connection.
 */
#ifndef API_STRICT_H
#define API_STRICT_H

#include "api/request.h"

/* For MHD_OPTION_UNESCAPE_CALLBACK: as the library's own, but a NUL becomes a byte that no UTF-8 holds. */
size_t strict_unescape(void *context, struct MHD_Connection *connection, char *text);

/* False when the request has been answered. */
bool strict_check(struct request *request);

/* Every parameter of the address is one that the endpoint has, spelt so, and stands once: a filter that is mistyped
 * must not answer with everything. False when the request has been answered. */
bool strict_parameters(struct request *request);

/* A browser sends its cookie with a form of another site too: a request that changes something and has no token in its
 * header must come from this server's own pages, as far as the browser says. */
bool strict_is_cross_site(const struct request *request);

#endif
