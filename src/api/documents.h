/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * documents - what was issued, as JSON or on paper, and whether a paper is one of ours.
 */
#ifndef API_DOCUMENTS_H
#define API_DOCUMENTS_H

#include "api/request.h"

/* As ?format= or the Accept header asks. Whoever calls has seen to it that they may read it. */
void respond_issued(struct request *request, const struct playbook *playbook, const struct matter *matter,
                    const char *name, const struct issued *issued);
/* Who holds a post, for whom they visit; `proof` in it is of the day on which it was asked for. */
void get_post_letter(struct request *request);
/* Open to everybody who holds the paper: says nothing that is not on it, and nothing about a person. */
void get_proof(struct request *request);

#endif
