/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proof_page - the page that a phone shows after reading the code on a paper: whether it is genuine, without a person.
 *
 * Shape   one HTML page; every text from outside is escaped.
 * Owner   the thread that runs the request: request.h.
 */
#ifndef API_PROOF_PAGE_H
#define API_PROOF_PAGE_H

#include "api/request.h"

/* The browser of a phone asks for a page, a program for JSON. */
bool proof_wants_page(const struct request *request);
/* `result`: genuine, ended, erased; invalid and unknown without the rest (NULL). */
void respond_proof_page(struct request *request, int status, const char *result, const char *title, const char *unit,
                        const char *date);

#endif
