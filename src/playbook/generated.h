/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generated - the states and entries that a playbook gets without writing them: of `proposed_by`, of
 * `handover`, and of a standing kind that has expectations but no states.
 *
 * Shape   generate_states() and generate_entries() name them while declaring, in the room behind those that
 * were written; the fill_ functions complete them once roles, lists and states are known.
 */
#ifndef PLAYBOOK_GENERATED_H
#define PLAYBOOK_GENERATED_H

#include "playbook/loader.h"

void generate_states(struct loader *loader, struct kind *kind, const struct yaml_node *root);
void generate_entries(struct loader *loader, struct kind *kind, const struct yaml_node *root);
/* Forms, so that facts and expressions may read them. */
void fill_generated_forms(struct loader *loader, struct kind *kind, const struct yaml_node *root);
/* Who, where and what follows. */
void fill_generated(struct loader *loader, struct kind *kind, const struct yaml_node *root);
bool is_generated_state(const struct kind *kind, const struct state *state);
bool is_generated_entry(const struct kind *kind, const struct entry_def *entry);

#endif
