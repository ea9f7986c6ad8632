/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proof_page - what a phone shows that has read the code on a paper: whether it is genuine, in words, without a person.
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
