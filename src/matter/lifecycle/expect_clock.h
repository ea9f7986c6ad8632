/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect_clock - when a draft's expectations fall due: how long they have, in which calendar, while the clock stands,
 * and after an extension.
 *
 * Shape   what changes an open expectation in place is written as one item of `m` of the event (see rows/apply.c).
 */
#ifndef MATTER_LIFECYCLE_EXPECT_CLOCK_H
#define MATTER_LIFECYCLE_EXPECT_CLOCK_H

#include "matter/draft/entering.h"
#include "matter/view/scope.h"

/* When what begins at `since_us` is due; NEVER_US when an expression that says so is missing. Not for what recurs. */
int64_t expect_due_us(struct draft *draft, const struct expect *expect, int64_t since_us, const struct scope *scope);

/* When the rules have an open one due, extensions and pauses aside; NEVER_US for what recurs, too. Asked about the
 * moment at which the state began, so that two answers differ by form and facts alone. */
int64_t expect_nominal_due_us(struct draft *draft, const struct expectation *expectation);

/* The state `to` begins: the clock of an expectation that pauses there stands, or goes on where it is at home.
 * False: it is not expected any longer. */
bool expectation_survives(struct draft *draft, struct expectation *expectation, const struct state *to, int64_t at_us,
                          const struct scope *scope);
/* As the clock must look at it: where another system's time stands, ours may stand still and it does not matter. */
struct progress expect_progress(const struct expectation *expectation);
/* When the clock looks at it next. */
int64_t expect_next_us(const struct draft *draft, const struct expectation *expectation);
/* Writes how it stands now: due time, progress. */
void expect_write_change(struct draft *draft, struct expectation *expectation);
bool state_expects(const struct state *state, const struct expect *expect);
/* The time has not passed for what is observed then, or its clock stood before it had. */
bool expect_is_in_time(const struct expectation *expectation, int64_t observed_us);

/* An entry that extends: refuses what goes beyond `extend`; then moves the due time. */
bool extension_fits(struct draft *draft, const struct entering *entering, const struct scope *scope);
void expect_extend(struct draft *draft, const struct entering *entering);

#endif
