/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect - expectations of one draft: made when a state begins, met by entries, withdrawn when it ends.
 *
 * Shape   changes the draft's open expectations and writes `x`, `y` and `p` of its event (see rows/apply.c). A
 *         recurring one keeps its row and slot and goes on to its next occurrence; exactly one is open.
 */
#ifndef MATTER_LIFECYCLE_EXPECT_H
#define MATTER_LIFECYCLE_EXPECT_H

#include "matter/draft/draft.h"

struct scope;

/* Those of a state that begins at `since_us`; the scope gives the times out of expressions. */
void expect_make_all(struct draft *draft, const struct state *state, int64_t since_us, const struct scope *scope);
/* One of them: for each of whom it is expected, where it is not open already. */
void expect_make_in_state(struct draft *draft, const struct expect *expect, int64_t since_us,
                          const struct scope *scope);
/* Those of the draft's state that are expected of each, for one who joins; and the end of one who leaves. */
void expect_make_for(struct draft *draft, int64_t participant, int64_t since_us, const struct scope *scope);
void expect_end_for(struct draft *draft, int64_t participant);
/* One by itself, about a participant or (0) none, answered for by whoever its address says. */
void expect_make(struct draft *draft, const struct expect *expect, int64_t since_us, int64_t participant);
/* One more: for the receiver of a hand-over. Returns its slot. */
int64_t expect_make_accepting(struct draft *draft, int64_t post, int64_t since_us);

/* What the entry of the scope meets: in time or late, or an occurrence that was given up as missed before the news of
 * it came. `goes_on`: recurring ones continue; not so when the state changes. */
void expect_meet(struct draft *draft, const struct scope *scope, bool goes_on);
/* The same of an entry that is made by the program or about nobody and no line. */
void expect_meet_all(struct draft *draft, const struct entry_def *entry, int64_t participant, int64_t observed_us);

/* The state `to` begins: ends all that are not expected in it. A hand-over outlives a change of state, unless it is
 * the last. */
void expect_leave(struct draft *draft, const struct state *to, int64_t at_us, const struct scope *scope);
/* The state begins again: what is not met by the calendar's own times is expected anew. */
void expect_restart(struct draft *draft, const struct scope *scope, int64_t at_us);
/* Ends all, or those of a name: where it is expected line by line, or of each of a set, those of the line and of the
 * participant that the entry of the scope is about. */
void expect_end_at(struct draft *draft, guint i /* in draft->view.open */, enum outcome outcome);
void expect_end_all(struct draft *draft, enum outcome outcome);
void expect_end_named(struct draft *draft, const char *name, const struct scope *scope /* NULL: all */,
                      enum outcome outcome);
/* One ends excused, a recurring one goes on; returns its item of `x`, owned. */
json_t *expect_excuse(struct draft *draft, int64_t slot);
/* Gives the open ones to whoever answers in the matter's unit now. */
void expect_reroute_all(struct draft *draft);

/* An attempt: those who have been tried often enough end. The state that follows, NULL: none does. */
const struct state *expect_try(struct draft *draft, const struct scope *scope);
/* What was met last is expected again: its clock stood while it was answered. */
void expect_reopen(struct draft *draft, const char *name, const struct scope *scope);
/* What ended superseded at that moment is expected again: its clock stood meanwhile. */
void expect_restore(struct draft *draft, int64_t ended_us, const struct scope *scope);

/* Of one participant; 0: of the matter. */
bool expectation_is_open(const struct draft *draft, const struct entry_def *entry, int64_t participant);

#endif
