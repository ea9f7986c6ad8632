/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock - what becomes due by itself; lapse.c has the expectations, clock.c the rest.
 */
#ifndef MATTER_COMMANDS_CLOCK_H
#define MATTER_COMMANDS_CLOCK_H

#include "command/decision.h"

/* What an item of `expectations_lapsed` says. */
enum lapse {
    LAPSE_WARNED,   /* [0, matter, slot, next, shown, post?] */
    LAPSE_OVERDUE,  /* [1, matter, slot, next, post?] */
    LAPSE_RAISED,   /* [2, matter, slot, next, step, to post, shown] */
    LAPSE_ENDED,    /* [3, matter, slot, outcome, number, opens, due, next, post]: and goes on */
    LAPSE_REROUTED, /* [4, matter, slot, next, post?] */
    LAPSE_ALERTED,  /* [5, matter, slot, next, how many so far, post?] */
    LAPSE_RINGING,  /* [6, matter, slot, next, post?]: in the phone list */
};

/* Decides on the expectations that the clock must look at by `until_us`, one page of them. */
bool lapse(struct decision *decision, int64_t until_us);

#endif
