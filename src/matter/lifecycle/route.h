/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * route - who answers: from an address of the playbook to a post.
 *
 * Shape   a post's id; 0 nobody, which is a gap that everybody above can see; -person when the subject answers
 *         for themselves. A router remembers the last answers, since the rows of a round and of a lapse are
 *         neighbours.
 * Owner   a router lives for one command: posts may change after it.
 */
#ifndef MATTER_LIFECYCLE_ROUTE_H
#define MATTER_LIFECYCLE_ROUTE_H

#include "matter/draft/draft.h"

#define ROUTER_MEMORY 64 /* units of one grid worker, or of one page of the clock */

struct router {
    struct {
        const struct role *role;
        int64_t unit, post;
    } known[ROUTER_MEMORY];
    size_t count, next;
};

/* Posts have changed meanwhile. */
void router_forget(struct router *router);
/* The post of a role for a unit now; `router` may be NULL. */
int64_t route_role(struct decision *decision, struct router *router, const struct role *role, int64_t unit);
/* The unit at which an address looks; `receiver` is the unit to which the matter is offered. 0 none. */
int64_t route_place(struct draft *draft, const struct address *address, int64_t receiver);
/* `receiver` is also the current participant: a unit, or minus a person. */
int64_t route_address(struct draft *draft, const struct address *address, int64_t receiver);
/* Who answers for an expectation. Where nobody has the role, not even above, it goes to whoever would hear of it first
 * if it were late: the level above answers until the gap is filled. */
int64_t route_expectation(struct draft *draft, const struct expect *expect, int64_t participant /* number */);

/* When somebody else may answer for what is expected at the unit: the post ends, or has ended; where it only answers
 * for want of anybody in the role, the next one begins. NEVER_US: as far as is known, never. */
int64_t route_until_us(const struct decision *decision, const struct expect *expect, int64_t unit, int64_t post);

/* Of the offer that is pending: whoever has the accepting role at the receiver, looks for the address, or stands above
 * both where nobody may refuse any more. */
int64_t route_accepting(struct draft *draft);

/* Whoever answered goes on doing so while their post of this role holds and the role keeps no duty hours; else routed
 * anew. */
int64_t route_again(struct draft *draft, const struct expectation *expectation);

#endif
