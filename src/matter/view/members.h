/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * members - the units and persons that take part in a view's matter, as rows have them; lifecycle/participants.h
 * changes them.
 *
 * Shape   numbered 1, 2, 3 ... within the matter; one that leaves keeps its number and row. `who` is a unit's id, or
 *         minus a person's, as in expectation.post. An audience has thousands of members: each is read on demand
 *         (participants_find), with its expectations, so that an entry costs what one of them does.
 * Owner   the view.
 */
#ifndef MATTER_VIEW_MEMBERS_H
#define MATTER_VIEW_MEMBERS_H

#include "matter/view/view.h"

struct participant {
    int64_t number, who;
    const struct participant_set *set;
    const char *state; /* code of the set's list, owned by the playbook; NULL none */
    bool left;
};

/* Those that are here; 0 for a kind without. */
guint participants_count(const struct matter_view *view);
struct participant *participants_at(const struct matter_view *view, guint i);

/* Loads those of the matter; none for a kind without, nor members of audiences. */
void participants_load(struct matter_view *view);
/* Loads these, too, with all expectations: costs what the whole matter does. */
void participants_load_all(struct matter_view *view);
/* Loads all again, by the sets of other rules; expectations stay. */
void participants_reread(struct matter_view *view);
/* NULL none; borrowed until the next call. */
const struct participant *participants_find(struct matter_view *view, int64_t number);
/* The only one of a set, NULL when there is none. */
const struct participant *participants_only(const struct matter_view *view, const struct participant_set *set);
bool participants_has(struct matter_view *view, const struct participant_set *set, int64_t who);
/* [{"state", "who"}] of all current ones, for expressions; owned by the view. */
const json_t *participants_lines(struct matter_view *view, const struct participant_set *set);

#endif
