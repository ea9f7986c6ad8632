/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * move - a matter enters a state: what was expected is withdrawn, what the new state expects is made, its end is set.
 */
#ifndef MATTER_LIFECYCLE_MOVE_H
#define MATTER_LIFECYCLE_MOVE_H

#include "matter/draft/draft.h"
#include "matter/view/scope.h"

/* The state begins at `since_us`; a final one closes the matter. Not for the state in which it is. */
void move_to(struct draft *draft, const struct state *state, int64_t since_us, const struct scope *scope);
/* An entry leads back to the state in which the matter is: it begins again. A final one does not. */
void move_again(struct draft *draft, int64_t since_us, const struct scope *scope);
/* For a new matter, or a state that begins: document, expectations, end, retention. */
void move_begin(struct draft *draft, int64_t since_us, const struct scope *scope);
/* When the state that the draft is in ends by itself; 0 not. */
int64_t move_end_of_state(struct draft *draft, const struct scope *scope);
/* Fields have changed: the state may end at another time. */
void move_refresh_end(struct draft *draft, const struct scope *scope);

struct ended_state { /* from which the clock led to the state in which the matter is */
    const struct state *state;
    int64_t since_us, end_us;
};
/* False: something else led to the state in which it is. */
bool move_find_ended(struct draft *draft, const struct scope *scope, struct ended_state *out);
/* As the form and the facts stand now, it would not have ended yet. */
bool move_goes_back(struct draft *draft, const struct ended_state *ended, const struct scope *scope);
/* What was wrong then has been corrected: where the state would not have ended yet, the matter is in it again. */
void move_back(struct draft *draft, const struct ended_state *ended, const struct scope *scope);

#endif
