/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_flow - the states of a kind: what is expected in each, and the ways between them as a diagram.
 */
#ifndef PLAYBOOK_EXPLAIN_EXPLAIN_FLOW_H
#define PLAYBOOK_EXPLAIN_EXPLAIN_FLOW_H

#include "playbook/explain/renderer.h"

void explain_states(struct renderer *renderer);
/* Mermaid: a way wherever an entry, enough attempts or the time may lead. Conditions on anything but the state itself
 * are not weighed. */
void explain_diagram(struct renderer *renderer);

#endif
