/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reorganise - what the registry asks when units are merged, split or closed.
 *
 * Shape   open matters go along as they are: their rules, state and expectations stay; the clock looks at once at who
 *         answers for each. A standing matter ends with its unit; the new units get theirs from the clock.
 * Events  matters_moved (rows/catalogue.c).
 */
#ifndef MATTER_COMMANDS_REORGANISE_H
#define MATTER_COMMANDS_REORGANISE_H

#include "registry/registry.h"

extern const struct registry_matters reorganise_matters;

/* Letters to the streams of matters that are elsewhere: {from, to, m, offers} and {}. */
bool decide_move_matters(struct decision *decision);
bool decide_end_standing_matters(struct decision *decision);

#endif
