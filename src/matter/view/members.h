/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * members - the units and persons that take part in a view's matter, as rows have them; lifecycle/participants.h has
 * what changes them.
 *
 * Shape   numbered 1, 2, 3 ... within the matter; who leaves keeps the number and the row. `who` is a unit's id, or
 *         minus a person's, as in expectation.post.
 *         An audience has thousands of members; of a kind that has one, each is read when somebody asks for it
 *         (participants_find), with what is expected of it, so that the cost of an entry is that of one of them.
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

/* Reads those of the view's matter; nothing for a kind without, nor the members of audiences. */
void participants_load(struct matter_view *view);
/* And these too, with what is expected of all: costs what the whole matter does. */
void participants_load_all(struct matter_view *view);
/* All of them again, with the sets of other rules; what is expected stays as it is here. */
void participants_reread(struct matter_view *view);
/* NULL none; good until the next that is asked for. */
const struct participant *participants_find(struct matter_view *view, int64_t number);
/* The only one of a set, NULL when there is none. */
const struct participant *participants_only(const struct matter_view *view, const struct participant_set *set);
bool participants_has(struct matter_view *view, const struct participant_set *set, int64_t who);
/* [{"state", "who"}] of all that take part now, for expressions; owned by the view. */
const json_t *participants_lines(struct matter_view *view, const struct participant_set *set);

#endif
