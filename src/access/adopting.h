/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * adopting - hooks of command/area.h: the roles in which an actor puts a version of the playbook in force, or agrees to
 *            one that another person has proposed.
 *
 * Shape   such a role is held over the whole city.
 * Owner   the thread of the decision, or of `rows`.
 */
#ifndef ACCESS_ADOPTING_H
#define ACCESS_ADOPTING_H

#include "registry/registry.h"

const char *access_adopts_as(struct decision *decision); /* with decision->post set; NULL: none */
const char *access_agrees_as(struct decision *decision, const char *other_than);
bool access_may_adopt(const struct decision *decision, int64_t person);
/* The same for doors: a proposal of the person counts as long as this holds. */
bool access_adopts(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us);

#endif
