/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * makers - who has made what a fact about an actor tells of.
 *
 * Shape   a fact such as `last(fix).actor` is by observed time, which whoever enters may set back, and keeps to whoever
 *         made the entry, whatever others have made of it since. Whoever must not look at their own work is therefore
 *         each of: the actor of the fact; whoever made the entry that was accepted last (of `first`: first); who has
 *         corrected one of these two.
 * Owner   the draft.
 */
#ifndef MATTER_LIFECYCLE_MAKERS_H
#define MATTER_LIFECYCLE_MAKERS_H

#include "matter/draft/draft.h"

struct entering;
struct scope;

/* Appends ids of persons (int64_t); `index` is that of a fact of the kind. */
void makers_add(struct draft *draft, int index, GArray *persons);
/* The entry that the command makes, which no row has yet. */
void makers_note(struct draft *draft, const struct entering *entering, const struct scope *scope);
bool makers_are_new(const struct draft *draft, int fact); /* makers_note() has noted somebody */

#endif
