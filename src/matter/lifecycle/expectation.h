/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expectation - what holds for one open expectation: when the clock has to act, how an occurrence ends, what follows.
 *
 * Shape   rules on the expectation and its definition alone; no matter is needed. expect.h applies them to those of a
 *         draft, commands/lapse.c to a page of rows of many matters, of which none is loaded. Both route (route.h)
 *         and write their event; neither has a rule of its own on time, outcome or occurrence.
 */
#ifndef MATTER_LIFECYCLE_EXPECTATION_H
#define MATTER_LIFECYCLE_EXPECTATION_H

#include "matter/view/view.h"

/* Progress as the clock of the engine sees it: with another system's due time a pause of ours does not matter. */
struct progress expectation_progress(const struct expectation *expectation);
/* When it warns, is overdue, is escalated, alerts, or is missed next; NEVER_US: not at all. */
int64_t expectation_deadline_us(const struct expectation *expectation, GTimeZone *zone);
/* When the clock has to act on it next: then, or when another post may answer (`until_us`, of route_until_us()), or
 * when the claim ends. */
int64_t expectation_next_us(const struct expectation *expectation, GTimeZone *zone, int64_t until_us);

/* Whether an observation at that time is in time: before the due time, or before it while the clock was paused. */
bool expectation_is_in_time(const struct expectation *expectation, int64_t observed_us);
/* Whether the next occurrence has opened by then: this one is missed. False for what does not recur. */
bool expectation_is_over(const struct expectation *expectation, GTimeZone *zone, int64_t at_us);
/* The outcome of an occurrence that is over and that no entry has met. */
enum outcome expectation_unmet(const struct expectation *expectation);

/* When the time began after which it is due: of what comes so long after the one before, with that one's end. */
int64_t expectation_began_us(const struct expectation *expectation);
/* Begins the next occurrence of a recurring one under a number of its own; the post is left to the caller. `every_us`:
 * of expect_every_us(), for what comes so long after the one before; else it is not looked at. */
void expectation_advance(struct expectation *expectation, GTimeZone *zone, int64_t at_us, int64_t every_us,
                         int64_t number);
/* After expectation_advance() and routing: the row of `x` that says how the one before has ended. */
void expectation_ended(const struct expectation *expectation, enum outcome outcome, int64_t next_us,
                       int64_t out[ENDED_PLACES]);

/* Numbers where one event decides on a matter more than once: its row has only the first. The table is from matter to
 * its next number, which begins with that of its row; the caller counts it up, and unrefs the table. */
GHashTable *expectation_numbers(void);
int64_t *expectation_number_of(GHashTable *numbers, int64_t matter, int64_t next_expectation);

#endif
