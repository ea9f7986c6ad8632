/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * script - a few days in a small town, step by step, with every id fixed: whoever carries it out, in pieces or whole,
 * on whatever disk, ends with the same journal.
 *
 * Shape   steps are commands of people, and moments at which the clock comes by (letters arrive then, too). They touch
 * everything that makes, uses and erases keys: rounds, a fever and its effects in a household, an arrival handed over
 * between two streams, new people, a changed phone, a post handed over, an erasure.
 * Owner   one thread.
 */
#ifndef TESTS_PROOFS_SCRIPT_H
#define TESTS_PROOFS_SCRIPT_H

#include "town.h"

struct step {
    int64_t person;
    json_t *command; /* NULL: the clock is set to at_us and comes by */
    int64_t at_us;
    bool refused; /* it must be */
};

struct script {
    struct town base; /* as it is before the first step; closed */
    GArray *steps;    /* of struct step */
};

/* Settles the base; `bulk`: so many more commands in between, of a few grid workers, refused ones and resends too. */
void script_init(struct script *script, int bulk);
void script_clear(struct script *script);
AUTO_CLEAR(script)

/* Carries out steps from `*at` on, one after another, until one fails for the disk (false, `*at` is that one) or all
 * are done. Asserts that each is otherwise accepted or refused as it should be. */
bool script_run(const struct script *script, struct town *town, guint *at);

#endif
