/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form_def - the fields of a matter or an entry.
 *
 * Shape   form/ has the check, the stored form and the mask of each type.
 */
#ifndef PLAYBOOK_MODEL_FORM_DEF_H
#define PLAYBOOK_MODEL_FORM_DEF_H

#include "base/decimal.h"
#include "playbook/model/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expr;
struct form;
struct kind;
struct role;

enum field_type {
    FIELD_TEXT,
    FIELD_INTEGER,
    FIELD_DECIMAL,
    FIELD_BOOL,
    FIELD_DATE,
    FIELD_DATETIME,
    FIELD_CHOICE,
    FIELD_CHOICES,
    FIELD_UNIT,
    FIELD_DIVISION,
    FIELD_PERSON,
    FIELD_PHONE,
    FIELD_ID_NUMBER,
    FIELD_ADDRESS,
    FIELD_LONG_TEXT,
    FIELD_DURATION,
    FIELD_MATTER,
    FIELD_LINES,
    FIELD_LOCATION,
    FIELD_CALL_PROOF,
    FIELD_FILE,
    FIELD_REFS, /* lines, each an entry or an expectation of a matter, with its data of when it was named */
    FIELD_URL,
    FIELD_TYPE_COUNT
};

/* Why and how often a kind may ask for a concept of another one; 0 once. */
struct ask_again {
    bool present;
    struct texts why;
    int64_t every_us;
};

struct field {
    char *name;
    struct texts label, hint;
    enum field_type type;
    bool required;
    bool required_unless_attempt; /* required, but for an attempt, which may not have it */
    struct expr *required_when;   /* NULL; fields of its own form (a matter's form too) are EXPR_ENTRY_FIELD in it */
    bool clear;                   /* not sealed although the kind is about a person (by exception, with clear_reason) */
    char *clear_reason;
    bool words;    /* added by the program, its content unknown to the playbook: sealed in every kind */
    bool personal; /* masked unless a role unmasks; implied by types: see field_types */
    const struct role **visible_to; /* only these and the subject; none: all who see the matter */
    size_t visible_to_count;
    char *unit; /* of numbers, "°C" */
    bool has_min, has_max;
    struct decimal min, max;      /* of numbers; how many lines */
    int decimals;                 /* of decimals, default 1 */
    int max_chars;                /* of texts */
    const struct code_list *list; /* of choices; codes given in place make a list named kind.field */
    struct form *lines;           /* of FIELD_LINES: the fields of one line; else NULL */
    const struct kind *kind;      /* of FIELD_MATTER: the kind that it must be; NULL any */
    const struct state **states;  /* of FIELD_MATTER: of that kind, in one of which it must be; none: any */
    size_t state_count;
    char *concept; /* NULL; "person.residence" */
    struct ask_again ask_again;
    bool list_column; /* `list:` can be filtered by it, so rows have it in the clear */
};

struct form {
    struct field *fields;
    size_t field_count;
};

/* -1 none */
int form_find_field(const struct form *form, const char *name);

#endif
