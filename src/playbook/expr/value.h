/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * value - the value of a field or of an expression.
 *
 * Shape   a tagged union. VALUE_MISSING is a value like any other: it makes a comparison false, never an error.
 * Units   dates are days since 1970, datetimes and durations microseconds (a duration may also hold working days),
 *         numbers decimals.
 * Owner   texts and lists are borrowed from the maker of the value.
 */
#ifndef PLAYBOOK_EXPR_VALUE_H
#define PLAYBOOK_EXPR_VALUE_H

#include "base/decimal.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum value_type {
    VALUE_MISSING,
    VALUE_BOOL,
    VALUE_NUMBER,  /* decimal; an integer is one of scale 0 */
    VALUE_TEXT,    /* also phone, id_number, division, address */
    VALUE_CHOICE,  /* a code of a list */
    VALUE_CHOICES, /* JSON array of codes */
    VALUE_DATE,
    VALUE_DATETIME,
    VALUE_DURATION,
    VALUE_UNIT,     /* unit id */
    VALUE_PERSON,   /* person id */
    VALUE_LINES,    /* JSON array of objects: the lines of a field */
    VALUE_LOCATION, /* JSON object, as VALUE_CALL: expressions can test only whether it is missing */
    VALUE_CALL,
    VALUE_FILE,
    VALUE_TYPE_COUNT
};

struct value {
    enum value_type type;
    union {
        bool truth;
        struct decimal number;
        const char *text;
        const json_t *list;
        int32_t day;
        struct {
            int64_t us;
            int32_t working_days; /* of a duration, with `us`: only a deadline with a calendar can count them */
        };
        int64_t id;
    };
};

extern const char *const value_type_names[VALUE_TYPE_COUNT];

/* The JSON of stored forms and expression trees: numbers, dates and datetimes (in UTC) as text, durations and ids as
 * integers, working days as "5wd", lists copied; null for missing. */
json_t *value_to_json(struct value value);
/* The reverse, of a stored form: missing for a value of another type. Borrowed from `stored`. */
struct value value_of_stored(enum value_type type, const json_t *stored);

#endif
