/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check - the rules of a playbook that need all of its parts.
 *
 * Errors  reported to the loader, with position.
 */
#ifndef PLAYBOOK_CHECK_CHECK_H
#define PLAYBOOK_CHECK_CHECK_H

#include "playbook/source/loader.h"

struct expr;
struct rule;

void check_playbook(struct loader *loader);

/* A rule that the expression reads and that holds working days; NULL none, or no expression. */
const struct rule *check_counting_rule(const struct loader *loader, const struct expr *expr);

#endif
