/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actor - whether the actor of a command may do it, and in which post.
 *
 * Shape   each function gives the right, with the post that has it, or refuses with no_right (or post_not_held). A
 *         right counts as of now; for entries alone also one of the observed time, until LIMIT_LATE_ENTRY_US after its
 *         end: a phone may deliver after its worker's last day. The operator, the clock and letters need none.
 */
#ifndef MATTER_LIFECYCLE_ACTOR_H
#define MATTER_LIFECYCLE_ACTOR_H

#include "matter/draft/draft.h"

/* The last right that a role gave at a unit, for the rows of one command. */
struct allowed {
    const struct entry_def *entry;
    int64_t unit, post;
};

/* By the entry's `by`, by an expectation of it that the post answers for or may meet. */
struct right actor_may_enter(struct draft *draft, const struct entry_def *entry);
/* Whether the actor made the entry, and holds the post in which it was made, if any. */
bool actor_is_author(struct draft *draft, const struct entry_row *row);
/* By a role of the entry at the unit, which takes part. An entry `as` a participant is allowed by this alone. */
struct right actor_acts_at(struct draft *draft, const struct entry_def *entry, int64_t unit);
/* One of the addresses; `receiver` is the unit to which the matter is offered, 0 none. */
struct right actor_is_one_of(struct draft *draft, const struct address *addresses, size_t count, int64_t receiver);

/* *out_proposes: the actor may only propose. */
struct right actor_may_open(struct decision *decision, const struct kind *kind, int64_t unit, int64_t subject,
                            bool *out_proposes);
/* By a role of the kind's `merged_by`, else by one that opens it. */
struct right actor_may_merge(struct decision *decision, const struct kind *kind, int64_t unit);
/* Whether the actor has a post above the unit; refuses nothing, gives no post. */
bool actor_is_above(struct decision *decision, int64_t unit);
/* By any post that covers the unit above `unit` (the root: itself). */
struct right actor_stands_above(struct decision *decision, int64_t unit);
/* Whether the actor may read the record of the post: the actor's own, or one within the actor's grounds; else
 * no_right. */
bool actor_oversees(struct decision *decision, const struct post *post);
/* By a role that reads the kind unmasked, at the unit of the matter; nobody whose matter it is by name alone. */
struct right actor_unmasks(struct draft *draft);
/* By any post that covers the unit. */
struct right actor_covers(struct decision *decision, int64_t unit);

#endif
