/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seeing - which roles see the matters of a kind.
 */
#ifndef PLAYBOOK_MODEL_SEEING_H
#define PLAYBOOK_MODEL_SEEING_H

#include "base/limits.h"
#include "playbook/model/model.h"

struct role_names {
    const char *names[LIMIT_PLAYBOOK_PARTS + 1]; /* as many as a playbook can have; NULL-terminated */
    size_t count;
};

/* Roles that act in it, those of seen_by, and those that supervise everything; borrowed from the playbook. */
void roles_seeing(const struct playbook *playbook, const struct kind *kind, struct role_names *out);
void role_names_init(struct role_names *roles); /* none */
/* Each once. */
void role_names_add(struct role_names *roles, const struct role *role /* NULL: nothing */);
void role_names_add_all(struct role_names *roles, const struct role *const *more, size_t count);
bool roles_have(const struct role_names *roles, const char *name);

#endif
