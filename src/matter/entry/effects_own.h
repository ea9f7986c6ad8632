/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effects_own - what follows from an entry in its own matter, besides the state: fields, expectations that end or come
 * again, holds, documents, participants.
 *
 * Shape   goes into the matter's own event.
 */
#ifndef MATTER_ENTRY_EFFECTS_OWN_H
#define MATTER_ENTRY_EFFECTS_OWN_H

#include "matter/draft/scope.h"

/* What an effect sets: fields of `form` out of expressions in the scope of the entry that has it. A new reference. */
json_t *effects_fields(const struct effect *effect, const struct form *form, const struct scope *scope);
/* Those in the matter itself, except reopen. False: refused. */
bool effects_own(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count);
/* reopen: after the state that follows has begun. */
void effects_reopen(struct draft *draft, const struct scope *scope, const struct effect *effects, size_t count);

#endif
