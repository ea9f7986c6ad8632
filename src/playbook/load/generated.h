/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generated - the states and entries that the loader adds: for `proposed_by`, for `handover`, for a standing kind that
 * has expectations but no states; and those of the clock (generated_clock.c): for `extend`, `review` and `second`.
 *
 * Shape   generate_states() and generate_entries() declare them after the written ones; the fill_ functions complete
 *         them once roles, lists and states are known.
 */
#ifndef PLAYBOOK_LOAD_GENERATED_H
#define PLAYBOOK_LOAD_GENERATED_H

#include "playbook/source/loader.h"

struct kind;

void generate_states(struct loader *loader, struct kind *kind, const struct yaml_node *root);
void generate_entries(struct loader *loader, struct kind *kind, const struct yaml_node *root);
/* How many entries `handover` makes, while declaring. */
size_t count_handover_entries(const struct yaml_node *root);
/* Forms, so that facts and expressions may read them. */
void fill_generated_forms(struct loader *loader, struct kind *kind, const struct yaml_node *root);
/* Who, where and what follows. */
void fill_generated(struct loader *loader, struct kind *kind, const struct yaml_node *root);
/* ---- those of the clock, after all others ---- */
size_t count_clock_entries(struct loader *loader, const struct kind *kind, const struct yaml_node *entries);
void generate_clock_entries(struct loader *loader, struct kind *kind, size_t first, const struct yaml_node *entries);
void fill_clock_forms(struct loader *loader, struct kind *kind);
void fill_clock_entries(struct loader *loader, struct kind *kind);
void fill_seconds(struct loader *loader, struct kind *kind); /* once entries are known */

#endif
