/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * role - types of units, the roles in them, and the posts that must be held.
 */
#ifndef PLAYBOOK_MODEL_ROLE_H
#define PLAYBOOK_MODEL_ROLE_H

#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>

struct unit_type {
    char *name;
    struct texts title;
    const struct unit_type **under; /* the types that it may be under; none: the root */
    size_t under_count;
    bool stream;       /* commands below it are decided in its own stream */
    bool organisation; /* attached to a place, not part of the tree of places */
};

/* Whether it is that type, or one that it may stand under, at whatever height. */
bool unit_type_is_at_or_above(const struct unit_type *above, const struct unit_type *type);

struct role {
    char *name;
    struct texts title;
    const struct unit_type **grounds; /* the types that it may cover */
    size_t ground_count;
    bool duty_hours; /* on duty by a roster; else always */
    /* `may:` [persons, registry, accounts, playbook, audit] */
    bool registers_people, keeps_registry, keeps_accounts, adopts, supervises;
};

struct required_post { /* every unit of the type must have so many posts of the role: each lack is a gap */
    const struct unit_type *unit_type;
    const struct role *role;
    int count;
    int64_t since_us; /* given with playbook->adopted_us: since when at least so many have been required */
};

#endif
