/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact_def - a value that a matter aggregates from its entries, so that expressions need not read them.
 */
#ifndef PLAYBOOK_MODEL_FACT_DEF_H
#define PLAYBOOK_MODEL_FACT_DEF_H

#include "playbook/expr/value.h"

#include <stdbool.h>

struct entry_def;
struct expr;
struct field;

/* L6: kept incrementally in the matter, so that expressions read fields only. */
enum fact_function {
    FACT_COUNT,  /* count(entry)  → number */
    FACT_EXISTS, /* exists(entry) → bool */
    FACT_FIRST,  /* first(entry).at or .field */
    FACT_LAST,   /* last(entry).at, .actor or .field */
    FACT_SUM,    /* sum(entry.field), sum(entry.lines.column): of numbers; 0 when there is nothing to add */
    FACT_MIN,    /* min(entry.field), max(entry.field) */
    FACT_MAX,
};
enum fact_member { FACT_MEMBER_NONE, FACT_MEMBER_AT, FACT_MEMBER_ACTOR, FACT_MEMBER_FIELD };
struct fact {
    char *name;
    enum fact_function function;
    const struct entry_def *entry;
    enum fact_member member;
    int field;                       /* index in the entry's form with FACT_MEMBER_FIELD, and of the lines with `by` */
    const struct field *by, *column; /* sum(ENTRY.LINES.COLUMN by KEY): a sum a code; NULL one sum */
    struct expr *value;              /* of sum, min, max: a number in the scope of the entry */
    const char *unit;                /* of that number; NULL none */
    struct expr *where;              /* NULL; in the scope of the entry */
    enum value_type type;
    bool sealed; /* holds a value of a sealed field */
};

#endif
