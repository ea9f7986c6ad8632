/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect - expectations of one draft: made when a state begins, met by entries, withdrawn when it ends.
 *
 * Shape   changes the draft's open expectations and writes `x`, `y` and `p` of its event (rows/catalogue.c).
 * Invariants  a recurring expectation keeps its row and slot over all occurrences; exactly one of them is open.
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
/* Makes one, of a participant or (0) none, routed by its address. */
void expect_make(struct draft *draft, const struct expect *expect, int64_t since_us, int64_t participant);
/* Makes the one for the receiver of a hand-over. Returns its slot. */
int64_t expect_make_accepting(struct draft *draft, int64_t post, int64_t since_us);

/* What the entry of the scope meets: in time or late, or an occurrence that was given up as missed before the news of
 * it came. `advances`: recurring ones continue; not so when the state changes. */
void expect_meet(struct draft *draft, const struct scope *scope, bool advances);
/* The same for an entry made by the program, or one without participant and line. */
void expect_meet_all(struct draft *draft, const struct entry_def *entry, int64_t participant, int64_t observed_us);

/* Before a change to the state `to`: ends all that `to` does not expect. A hand-over's stays open, unless the state is
 * final. */
void expect_leave(struct draft *draft, const struct state *to, int64_t at_us, const struct scope *scope);
/* The state begins again: makes all anew but those of the calendar's own times. */
void expect_restart(struct draft *draft, const struct scope *scope, int64_t at_us);
/* Ends all, or those of a name: for one by line or by participant, only those of the line or the participant in
 * `scope`. */
void expect_end_at(struct draft *draft, guint i /* in draft->view.open */, enum outcome outcome);
void expect_end_all(struct draft *draft, enum outcome outcome);
void expect_end_named(struct draft *draft, const char *name, const struct scope *scope /* NULL: all */,
                      enum outcome outcome);
/* Ends one as excused, or begins the next occurrence of a recurring one; returns its item of `x`, owned. */
json_t *expect_excuse(struct draft *draft, int64_t slot);
/* Routes it, or all open ones, again: by the matter's current unit and fields. */
void expect_reroute(struct draft *draft, struct expectation *expectation);
void expect_reroute_all(struct draft *draft);

/* After an attempt: ends those with enough attempts. The state that follows; NULL none. */
const struct state *expect_try(struct draft *draft, const struct scope *scope);
/* What was met last is expected again: its clock stood while it was answered. */
void expect_reopen(struct draft *draft, const char *name, const struct scope *scope);
/* Makes again what ended as superseded at that time: its clock was paused in between. */
void expect_restore(struct draft *draft, int64_t ended_us, const struct scope *scope);

/* By its number, also of an audience; NULL: none is open. Borrowed until the next change. */
struct expectation *expect_find_open(struct draft *draft, int64_t number);
/* Of one participant; 0: of the matter. */
bool expectation_is_open(const struct draft *draft, const struct entry_def *entry, int64_t participant);

#endif
