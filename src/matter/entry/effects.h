/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effects - what an entry causes in its own matter, besides the state.
 *
 * Shape   a row for each type of effect, with the phase in which it is carried out; an effect runs once for each
 *         iteration of its loop. Units and posts are effects_registry.h, other matters cascade.h.
 * Errors  those of the functions that the rows name.
 */
#ifndef MATTER_ENTRY_EFFECTS_H
#define MATTER_ENTRY_EFFECTS_H

#include "matter/draft/draft.h"
#include "matter/entry/loop.h"

enum effect_phase {
    EFFECTS_ONCE,        /* units and posts: never for a correction, which makes no second one */
    EFFECTS_OWN,         /* the matter itself */
    EFFECTS_AFTER_STATE, /* once the state that follows has begun */
};
/* One effect in one iteration: the arguments of a row's function. */
struct turn {
    struct draft *draft;
    const struct scope *scope;
    const struct effect *effect;
    const struct iteration *iteration;
};

/* Those of the phase, in the order in which they are written. False: refused. */
bool effects_run(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count,
                 enum effect_phase phase);
/* Of a correction that leads where the entry had led, or of one whose state is over: only what the fields of the form
 * hold is computed anew. */
bool effects_set_anew(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count);
/* What an effect sets: fields of `form` out of expressions in the scope of the entry that has it. A new reference. */
json_t *effects_fields(const struct effect *effect, const struct form *form, const struct scope *scope);

#endif
