/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words - a problem's sentence as clients and reports of sheets have it.
 *
 * Shape   roles, types, kinds, states, participants and identity documents by their titles in the language of the
 *         sentence, not by the names that a playbook has for them; another matter by a member of the answer, not by its
 *         id in the sentence.
 * Owner   the caller frees the sentence; any thread.
 */
#ifndef INTEROP_WORDS_H
#define INTEROP_WORDS_H

#include "base/problem.h"
#include "playbook/model/model.h"

/* `playbook` in force, NULL none. The caller frees. */
char *words_sentence(const struct problem *problem, const struct playbook *playbook, bool chinese);
/* The id of the matter that the problem is about beside the one asked for, where the actor sees it; NULL none. */
const char *words_matter(const struct problem *problem);
/* The outer id of the person who is registered already; NULL none. */
const char *words_person(const struct problem *problem);

#endif
