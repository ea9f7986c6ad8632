/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * looks - what a page shows of people is noted before it goes out, or it does not go out.
 *
 * Errors  where the engine takes no more (engine_note_looks()), the request is answered with that: 503.
 */
#ifndef API_LOOKS_H
#define API_LOOKS_H

#include "api/request.h"

GArray *looks_new(void); /* of struct look */
void looks_add(GArray *looks, int64_t person, int64_t matter);

/* One look; false: answered already. */
bool note_look(struct request *request, int64_t person, int64_t matter, const char *page);
/* The page of a list with all that it shows. */
void respond_looked(struct request *request, const GArray *looks, const char *page, json_t *body /* taken */);

#endif
