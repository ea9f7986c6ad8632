/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actor - may whoever gives the command do this, and in which post?
 *
 * Shape   each function gives the right, with the post by which it is held, or refuses with no_right (or
 *         post_not_held). A right held now counts. For entries, and for nothing else, so does one held when the fact
 *         was observed, until LIMIT_LATE_ENTRY_US after its end: a phone may deliver after its worker's last day. The
 *         operator, the clock and letters need none.
 */
#ifndef MATTER_LIFECYCLE_ACTOR_H
#define MATTER_LIFECYCLE_ACTOR_H

#include "matter/draft/draft.h"

/* The last right that a role gave at a unit, for the rows of one command. */
struct allowed {
    const struct entry_def *entry;
    int64_t unit, post;
};

/* By the entry's `by`, whoever answers or may meet an expectation of it, and who was given such an expectation. */
struct right actor_may_enter(struct draft *draft, const struct entry_def *entry);
/* Whoever may make it, and whoever made it: in the post in which they did, if that was in one. */
struct right actor_may_correct(struct draft *draft, const struct entry_def *entry, int64_t person, int64_t post);
/* By a role of the entry at the unit, which takes part. An entry `as` a participant is allowed by this alone. */
struct right actor_acts_at(struct draft *draft, const struct entry_def *entry, int64_t unit);
/* One of the addresses; `receiver` is the unit to which the matter is offered, 0 none. */
struct right actor_is_one_of(struct draft *draft, const struct address *addresses, size_t count, int64_t receiver);

/* *out_proposes: they may only propose. */
struct right actor_may_open(struct decision *decision, const struct kind *kind, int64_t unit, int64_t subject,
                            bool *out_proposes);
/* By a role of the kind's `merged_by`, else by one that opens it. */
struct right actor_may_merge(struct decision *decision, const struct kind *kind, int64_t unit);
/* Whether the actor stands above the unit; nothing is refused, no post is given. */
bool actor_is_above(struct decision *decision, int64_t unit);
/* Holds any post covering the unit above `unit` (the root: itself). */
struct right actor_stands_above(struct decision *decision, int64_t unit);
/* A post whose record they may read: their own, or one within their grounds; else no_right. */
bool actor_oversees(struct decision *decision, const struct post *post);
/* Holds any post covering the unit. */
struct right actor_covers(struct decision *decision, int64_t unit);

#endif
