/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_flow - the states of a kind: what is expected in each, and the transitions between them as a diagram.
 */
#ifndef PLAYBOOK_EXPLAIN_EXPLAIN_FLOW_H
#define PLAYBOOK_EXPLAIN_EXPLAIN_FLOW_H

#include "playbook/explain/renderer.h"

void explain_states(struct renderer *renderer);
/* Mermaid: a transition for each entry, number of attempts or time that may lead to a state. Of conditions only those
 * on the state itself are considered. */
void explain_diagram(struct renderer *renderer);

#endif
