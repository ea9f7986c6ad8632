/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check - what of a playbook can only be judged once everything has been read.
 *
 * Errors  reported to the loader, where the thing stands that is judged.
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
