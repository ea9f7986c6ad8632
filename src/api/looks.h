/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * looks - personal data that a page shows is noted before the page is sent, or the page is not sent.
 *
 * Shape   an array of struct look is filled while the page is made, then given to engine_note_looks() as a whole.
 * Errors  where the engine takes no more, the request is answered with its problem: 503.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_LOOKS_H
#define API_LOOKS_H

#include "api/request.h"

GArray *looks_new(void); /* of struct look */
void looks_add(GArray *looks, int64_t person, int64_t matter);

/* One look; false: answered already. */
#define RESIDENT_LINK_PAGE "link/" /* and the digest of its token: a look by a link */
bool note_look(struct request *request, int64_t person, int64_t matter, const char *page);
/* The page of a list with all that it shows; false: refused. */
bool respond_looked(struct request *request, const GArray *looks, const char *page, json_t *body /* taken */);

#endif
