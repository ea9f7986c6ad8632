/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * documents - issued documents as JSON or PDF, and whether a paper is genuine.
 *
 * Shape   handlers of endpoints.c, and the answer that issued.c uses.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_DOCUMENTS_H
#define API_DOCUMENTS_H

#include "api/request.h"

/* ?language= goes before the Accept-Language header, which a link cannot set. False when the request is answered. */
bool documents_take_language(struct request *request);
/* As ?format= or the Accept header asks. The caller has checked that the viewer may read it. */
void respond_issued(struct request *request, const struct playbook *playbook, const struct matter *matter,
                    const char *name, const struct issued *issued);
/* The letter that the holder of a post shows at a visit; its `proof` is of the day of the request. */
void get_post_letter(struct request *request);
/* Open without a session: says nothing that is not on the paper, and nothing about a person. */
void get_proof(struct request *request);

#endif
