/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watchers - many people at once, and who of them may see a matter.
 *
 * Shape   the predicate of access.h, asked as seldom as can be. Whether somebody's ground shows all matters of a kind
 *         is asked once a ground, kind and rules, and kept until posts, grounds, the tree or the playbook change, or
 *         one of them begins or ends in time; it holds for every unit below. Whoever may take part in a matter is
 *         asked about it each time.
 * Owner   one thread. From watchers_begin() until the snapshot ends: a round, in which the others may be called.
 */
#ifndef ACCESS_WATCHERS_H
#define ACCESS_WATCHERS_H

#include "access/access.h"

struct watchers;
struct watchers *watchers_new(struct rulebook *rulebook /* borrowed for good */);
void watchers_free(struct watchers *watchers);
void watchers_add(struct watchers *watchers, int64_t person); /* from the next round on; added twice, removed twice */
void watchers_remove(struct watchers *watchers, int64_t person);
/* After an event of this kind what is kept may be wrong: looks again in the next round. */
void watchers_note(struct watchers *watchers, const char *kind);
void watchers_forget(struct watchers *watchers); /* whatever has happened */

void watchers_begin(struct watchers *watchers, struct db *rows, int64_t at_us);
/* A number that is the same as long as posts and grounds are; 0 of somebody who is not watched. */
int64_t access_rights(struct db *rows, int64_t person, int64_t at_us);
int64_t watchers_rights(const struct watchers *watchers, int64_t person);

typedef void (*watchers_each)(void *context, int64_t person);
/* Those who may see it, each once. */
void watchers_of_matter(struct watchers *watchers, const struct matter *matter, watchers_each each, void *context);
/* Those who see all matters of its kind, with each unit from `unit` upwards of which that is so. */
void watchers_of_counts(struct watchers *watchers, const struct matter *matter, int64_t unit,
                        void (*each)(void *context, int64_t person, int64_t unit), void *context);
int64_t watchers_holder(struct watchers *watchers, int64_t post); /* of a post (negative: that person); 0 not watched */
void watchers_posts(struct watchers *watchers, void (*each)(void *context, int64_t person, int64_t post),
                    void *context);
bool watchers_may_see(struct watchers *watchers, int64_t person, const struct matter *matter);

#endif
