/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain - a kind in words for people, so that the authors of the notice can check it.
 *
 * Shape   a pure function from the playbook to Markdown, in one of the two languages: the subject of a kind, who acts
 *         in it, its fields, its states, its entries, who sees it, how long it is kept, the rules that it names,
 *         and a state diagram in Mermaid at the end.
 */
#ifndef PLAYBOOK_EXPLAIN_EXPLAIN_H
#define PLAYBOOK_EXPLAIN_EXPLAIN_H

#include <stdbool.h>

struct kind;
struct playbook;

/* The kind must be one of the playbook. */
char *explain_kind(const struct playbook *playbook, const struct kind *kind, bool english);

#endif
