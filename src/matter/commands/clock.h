/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - the engine's command `tick`: what becomes due by time.
 *
 * Shape   clock.c finds what is due first and decides it, lapse.c the expectations.
 * Limits  LIMIT_LAPSES_PER_EVENT expectations a command.
 */
#ifndef MATTER_COMMANDS_CLOCK_H
#define MATTER_COMMANDS_CLOCK_H

#include "command/decision.h"

/* Decides on the expectations that the clock must look at by `until_us`, one page of them. */
bool lapse(struct decision *decision, int64_t until_us);

#endif
