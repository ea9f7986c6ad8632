/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resident - links of residents: given, listed and ended by staff; used by whoever holds one, without a session.
 *
 * Shape   handlers of endpoints.c. A holder sends `Authorization: Link TOKEN`, and no address has the token. The link
 *         names one matter; its subject is the viewer of the request, who has no account and no post there, and no
 *         other address takes a link.
 * Limits  LIMIT_LINK_PER_MINUTE requests of a link, beside those of its address.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_RESIDENT_H
#define API_RESIDENT_H

#include "api/request.h"

/* Staff. */
void get_resident_links(struct request *request);
void post_resident_link(struct request *request);

/* The holder. */
void get_resident(struct request *request);
void get_resident_document(struct request *request);
void post_resident_entry(struct request *request);

#endif
