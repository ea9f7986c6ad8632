/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * adopting - hooks of command/area.h: the roles in which somebody puts a version of the playbook in force, or agrees to
 * one that somebody else has proposed. Such a role is held over the whole city.
 */
#ifndef ACCESS_ADOPTING_H
#define ACCESS_ADOPTING_H

#include "registry/registry.h"

const char *access_adopts_as(struct decision *decision); /* with decision->post set; NULL: none */
const char *access_agrees_as(struct decision *decision, const char *other_than);
bool access_may_adopt(const struct decision *decision, int64_t person);
/* The same for doors: what they have proposed counts as long as this holds. */
bool access_adopts(struct db *rows, const struct playbook *playbook, int64_t person, int64_t at_us);

#endif
