/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rulebook - all playbook versions that were ever adopted and are still needed, and which one is in force.
 *
 * Shape   version id = pos of its playbook_adopted event; a matter names the one it was opened under.
 * Owner   any thread takes a reference (rulebook_current(), rulebook_get()); the writer adds. A lock inside; versions
 *         themselves never change.
 */
#ifndef PLAYBOOK_MODEL_RULEBOOK_H
#define PLAYBOOK_MODEL_RULEBOOK_H

#include "playbook/model/model.h"

struct rulebook;
struct rulebook *rulebook_new(void);
void rulebook_free(struct rulebook *rulebook);
/* Takes the caller's reference; playbook->id must be set and be greater than all before; adopted_us, too. Dates
 * the posts that are required. */
void rulebook_add(struct rulebook *rulebook, struct playbook *playbook);
/* Takes the newest away again: an adoption in a batch that was not written. */
void rulebook_remove(struct rulebook *rulebook, int64_t id);
/* Borrowed: playbooks live as long as the rulebook. NULL none. */
const struct playbook *rulebook_current(struct rulebook *rulebook);
const struct playbook *rulebook_get(struct rulebook *rulebook, int64_t id);
/* The version adopted before the one of that id; NULL: it was the first. */
const struct playbook *rulebook_before(struct rulebook *rulebook, int64_t id);

#endif
