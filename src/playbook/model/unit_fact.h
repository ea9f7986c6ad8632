/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit_fact - numbers that are known of units, such as their households; their values lie in the registry.
 */
#ifndef PLAYBOOK_MODEL_UNIT_FACT_H
#define PLAYBOOK_MODEL_UNIT_FACT_H

#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNIT_FACT_MOST 100000000 /* as an amount: no sum of it overflows */

struct unit_type;

struct unit_fact {
    char *name;
    struct texts title;
    const struct unit_type **at; /* the types of unit that have it; none lies below another */
    size_t at_count;
    int most;     /* at most UNIT_FACT_MOST */
    char *source; /* where its values come from; NULL not said */
};
bool unit_fact_is_at(const struct unit_fact *fact, const char *unit_type);

#endif
