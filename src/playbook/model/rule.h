/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rule - values that a playbook gives names to, in dated editions.
 *
 * Units   from_day: days since 1970 in the playbook's zone; an edition holds until the next one begins.
 */
#ifndef PLAYBOOK_MODEL_RULE_H
#define PLAYBOOK_MODEL_RULE_H

#include "playbook/expr/value.h"
#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A rule or a table: dated editions, chosen by the time of the fact. */
struct rule_value {
    char *key;          /* of a table; NULL for a plain rule */
    struct value value; /* texts and lists owned by the playbook */
};
struct rule_edition {
    int32_t from_day;
    char *source; /* document and article, or "unverified" */
    struct rule_value *values;
    size_t value_count;
};
struct rule {
    char *name;
    struct texts title;
    enum value_type type; /* of the values */
    char *unit;
    const struct code_list *list; /* of choice values */
    bool table;
    const struct code_list *key_list; /* of a table's keys; NULL free texts such as division codes */
    struct rule_edition *editions;    /* by from_day ascending */
    size_t edition_count;
};

/* The edition in force on a day; NULL before the first. A table's value by key; VALUE_MISSING for an unknown one. */
const struct rule_edition *rule_edition_on(const struct rule *rule, int32_t day);
struct value rule_value_on(const struct rule *rule, int32_t day, const char *key);

#endif
