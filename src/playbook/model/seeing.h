/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seeing - which roles see the matters of a kind.
 */
#ifndef PLAYBOOK_MODEL_SEEING_H
#define PLAYBOOK_MODEL_SEEING_H

#include "playbook/model/model.h"

#define SEEING_ROLES_MAX 64 /* roles that a kind names; beyond it a playbook has one role a person */

struct role_names {
    const char *names[SEEING_ROLES_MAX + 1]; /* NULL-terminated */
    size_t count;
};

/* All that act in it, those named by seen_by, and those who supervise everything; borrowed from the playbook. */
void roles_seeing(const struct playbook *playbook, const struct kind *kind, struct role_names *out);
/* Each once. */
void role_names_add(struct role_names *roles, const struct role *role /* NULL: nothing */);
void role_names_add_all(struct role_names *roles, const struct role *const *more, size_t count);
bool roles_have(const struct role_names *roles, const char *name);

#endif
