/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect_clock - due times of a draft's expectations: their length, their calendar, pauses and extensions.
 *
 * Shape   a change of an open expectation in place is written as one item of `m` of the event (rows/catalogue.c).
 */
#ifndef MATTER_LIFECYCLE_EXPECT_CLOCK_H
#define MATTER_LIFECYCLE_EXPECT_CLOCK_H

#include "matter/draft/entering.h"
#include "matter/view/scope.h"

/* When an expectation that begins at `since_us` is due; NEVER_US when its expression is missing. Not for recurring
 * ones. */
int64_t expect_due_us(struct draft *draft, const struct expect *expect, int64_t since_us, const struct scope *scope);

/* When the rules have an open one due, extensions and pauses aside; NEVER_US for what recurs, too. Asked about the
 * moment at which the state began, so that two answers differ by form and facts alone. */
int64_t expect_nominal_due_us(struct draft *draft, const struct expectation *expectation);
/* How long after `at_us` what comes so long after the one before is due; NEVER_US: not at all. */
int64_t expect_every_us(struct draft *draft, const struct expectation *expectation, int64_t at_us);

/* In the state `to` the clock of the expectation pauses, or runs on. False: `to` does not expect it. */
bool expectation_survives(struct draft *draft, struct expectation *expectation, const struct state *to, int64_t at_us,
                          const struct scope *scope);
/* expectation_next_us(), with what the registry says of its post. */
int64_t expect_next_us(const struct draft *draft, const struct expectation *expectation);
/* Writes due time and progress as they are now. */
void expect_write_change(struct draft *draft, struct expectation *expectation);
bool state_expects(const struct state *state, const struct expect *expect);

/* An entry that extends: refuses what goes beyond `extend`; then moves the due time. */
bool extension_fits(struct draft *draft, const struct entering *entering, const struct scope *scope);
void expect_extend(struct draft *draft, const struct entering *entering);

#endif
