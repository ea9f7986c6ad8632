/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - what becomes due by itself; lapse.c has the expectations, clock.c the rest.
 */
#ifndef MATTER_COMMANDS_CLOCK_H
#define MATTER_COMMANDS_CLOCK_H

#include "command/decision.h"

/* Decides on the expectations that the clock must look at by `until_us`, one page of them. */
bool lapse(struct decision *decision, int64_t until_us);

#endif
