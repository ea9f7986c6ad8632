/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route - from an address of the playbook to the post that answers.
 *
 * Shape   a post's id; 0 none, a gap that posts above can see; -person for the subject itself. A router caches the last
 *         answers, since the rows of a household round and of a lapse are neighbours.
 *         An expectation is routed when it is made. When an entry or an excuse begins its next occurrence, the post
 *         that holds the role stays (route_again()); when the clock does, since the one before was missed, it is routed
 *         anew. During an occurrence the clock routes only what nobody answers for and whose post has ended.
 * Owner   a router lives for one command: posts may change after it.
 */
#ifndef MATTER_LIFECYCLE_ROUTE_H
#define MATTER_LIFECYCLE_ROUTE_H

#include "matter/draft/draft.h"

#define ROUTER_MEMORY 64 /* units of one grid worker, or of one page of the clock */

struct router {
    struct {
        const struct role *role;
        int64_t unit;
        struct route route;
    } known[ROUTER_MEMORY];
    size_t count, next;
    struct { /* the last post that held its role; 0 none yet */
        const struct role *role;
        int64_t post;
    } held;
    struct { /* the last answer of route_next_us(); NULL none yet */
        const struct expect *expect;
        int64_t unit, post, us;
    } until;
};

/* After a change of posts in the same command. */
void router_forget(struct router *router);
/* The post of a role for a unit now, none: all zero; `router` may be NULL. */
struct route route_role(struct decision *decision, struct router *router, const struct role *role, int64_t unit);
/* The unit at which an address looks; `receiver` is the unit to which the matter is offered. 0 none. */
int64_t route_place(struct draft *draft, const struct address *address, int64_t receiver);
/* `receiver` may also be the current participant: a unit, or minus a person. */
int64_t route_address(struct draft *draft, const struct address *address, int64_t receiver);
/* Of an expectation, of or about a participant; also where the address is that of the receiver of a hand-over. */
int64_t route_about(struct draft *draft, const struct address *address, int64_t participant /* number; 0 none */);
/* The same to whoever is to make the entry: not to a person who may not (exclusion.h). NULL: no entry of the kind. */
int64_t route_to_enter(struct draft *draft, const struct address *address, int64_t participant,
                       const struct entry_def *entry);
/* The post that answers for an expectation. Without a holder of the role up to the root it is the post to which it
 * would escalate first: the level above answers until the gap is filled. `route` gives the post of one address, by what
 * the caller has loaded of the matter. */
int64_t route_first(const struct expect *expect, int64_t (*route)(void *context, const struct address *address),
                    void *context);
int64_t route_expectation(struct draft *draft, const struct expect *expect, int64_t participant /* number */);

/* When another post may answer for an expectation at the unit: this post ends, or has ended, or the shift that it was
 * lent ends, or, where it only stands in for the role, the next one of the role begins. NEVER_US: none is known. */
int64_t route_until_us(const struct decision *decision, const struct expect *expect, int64_t unit, int64_t post);
/* The same of an open expectation of the draft. */
int64_t route_next_us(const struct draft *draft, const struct expectation *expectation);

/* Whether a post may take an open expectation: it answers already, or is a colleague of the post that does, where a
 * role is to answer. */
bool route_may_claim(struct draft *draft, const struct expectation *expectation, int64_t post);

/* The post that decides the pending offer: of the accepting role at the receiver, the one that resolves the address, or
 * one above both where an offer may not be refused any more. */
int64_t route_accepting(struct draft *draft);

/* Whether who answers must not, by now. */
bool route_is_excluded(struct draft *draft, const struct expectation *expectation);
/* Keeps the post while it is held and its role has no duty hours, unless it has taken what was asked of a colleague;
 * else routes again. */
int64_t route_again(struct draft *draft, const struct expectation *expectation);

#endif
