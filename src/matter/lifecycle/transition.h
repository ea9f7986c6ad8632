/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transition - a matter enters a state: the expectations of the state before are withdrawn, those of the new one made,
 * its end is set.
 *
 * Shape   each function changes the draft's view and adds to the event's body.
 * Units   since_us, end_us UTC microseconds; an end of 0 is none.
 * Owner   the draft, borrowed for the call.
 */
#ifndef MATTER_LIFECYCLE_TRANSITION_H
#define MATTER_LIFECYCLE_TRANSITION_H

#include "matter/draft/draft.h"
#include "matter/view/scope.h"

/* The state begins at `since_us`; a final one closes the matter. `state` is another one than the current. */
void transition_to(struct draft *draft, const struct state *state, int64_t since_us, const struct scope *scope);
/* The current state begins again, unless it is final. */
void transition_again(struct draft *draft, int64_t since_us, const struct scope *scope);
/* For a new matter, or a state that begins: document, expectations, end, retention. */
void transition_begin(struct draft *draft, int64_t since_us, const struct scope *scope);
/* When the current state ends by itself; 0 never. */
int64_t transition_end_us(struct draft *draft, const struct scope *scope);
/* After fields have changed: sets the end of the state anew. */
void transition_refresh_end(struct draft *draft, const struct scope *scope);

struct ended_state { /* the state before the current one, when the clock ended it */
    const struct state *state;
    int64_t since_us, end_us;
};
/* False: something else than the clock led to the current state. */
bool transition_find_ended(struct draft *draft, const struct scope *scope, struct ended_state *out);
/* By the form and the facts as they are now the state would not have ended yet. */
bool transition_is_premature(struct draft *draft, const struct ended_state *ended, const struct scope *scope);
/* After a correction: enters the ended state again where the transition is premature. */
void transition_undo(struct draft *draft, const struct ended_state *ended, const struct scope *scope);

#endif
