/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rebase - a running matter changes to the rules in force; whether it can, matter/rebase.h says.
 *
 * Shape   `matter_rebased` (`new_rules`) holds what became of it: expectations that the new rules do not make end
 *         superseded, new ones are made, kept ones keep their due time unless the new rules give another; new facts are
 *         counted from stored entries.
 */
#ifndef MATTER_COMMANDS_REBASE_H
#define MATTER_COMMANDS_REBASE_H

#include "command/decision.h"

/* Puts a matter that fits under the rules; writes its event. */
void rebase_matter(struct decision *decision, int64_t id, const struct playbook *to);

#endif
