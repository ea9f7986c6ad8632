/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expr - the small typed language in which a playbook says conditions, times and figures.
 *
 * Shape   parsed and type-checked once into a tree; evaluated in C; written as that tree in JSON so that a phone
 *         without a network decides the same (tests/playbook/vectors.json and crossed.json hold for both).
 * Syntax  or · and · not · = != < <= > >= · in [..] · is missing, is not missing, is empty, is not empty · + - * / ·
 *         unary - · functions min(a,b) max(a,b) abs(x) days(a,b) day(t) count(list) contains(list, code)
 *         any_of(list, [codes]) coalesce(a,b) under(unit, unit) above(unit, TYPE) · sum(x) any(c) all(c) over the
 *         lines of one field, whose columns are written lines.quantity · names with dots ·
 *         table.name[expression], facts.name[expression] of a fact kept
 *         by codes · literals 37.3, 'text',
 *         true, false, 14d 2h 30min 90s, 2020-02-03, 2020-02-03T08:30:00+08:00, bare codes of a list where one is
 *         compared with a choice. `x in [a, b]` is `x = a or x = b`; `x in list` is contains(list, x); 'It''s' holds
 *         one quote.
 * Types   date + duration → date (whole days) · datetime + duration → datetime · datetime - datetime → duration ·
 *         date - date → duration · duration * number, duration / number → duration · duration / duration → number ·
 *         number arithmetic needs equal units or one side without a unit. A date and a duration that is not of
 *         whole days: a fault for a literal, else missing.
 *         Where a choice is compared, a bare word or a quoted text is a code when the list has it, else a name.
 *         < <= > >= take numbers, dates, datetimes and durations; = and != everything but lists. A date stands for
 *         the start of its day in the zone when it meets a datetime in < <= > >= or -; = and != of the two are a
 *         fault (write day(t) = date).
 * Values  every comparison, `in`, contains and any_of with a missing operand is false, so `not (x > 3)` is true
 *         without x. and, or, not take a missing bool for false. Arithmetic and functions with a missing operand are
 *         missing; coalesce(a, b) is b when a is missing. An empty list or text is empty, and so is a missing one;
 *         only the latter is missing. days(a, b) is the number of midnights in the zone from a to b, negative when b
 *         lies before a. count(list) of a missing list is missing, not 0. Quotients are rounded half away from zero:
 *         numbers to 6 decimals, durations to microseconds; products of numbers are cut after 9 decimals. Missing
 *         is also: overflow of 64 bits, division by zero, a date or datetime outside of 1900 to 2199, a duration
 *         beyond ±2^53 microseconds.
 *         count(c) with a condition on lines counts those of which it is true.
 *         sum, any and all take each line of the one field whose columns they name: sum leaves out lines without a
 *         value and is 0 of none, any of none is false, all of none true; of a missing field they are missing or false.
 *         under(a, b): a is b or stands somewhere below it, as the tree is when it is asked; above(a, TYPE) is the
 *         nearest unit of that type, a itself or above it, missing where there is none.
 *         A duration in working days (5wd, only as a value of a rule) is passed on as it is; no comparison with it
 *         holds and arithmetic with it is missing.
 * Errors  every mistake is one struct expr_fault with column (1 is the first character, counted in characters) and
 *         a suggestion where there is one; type checking goes on after a mistake, parsing after one of spelling
 *         (full-width signs, ==, &&). Evaluation has no errors.
 * Owner   a tree is never changed after parsing: threads may share it. Evaluation allocates nothing.
 * Limits  LIMIT_EXPRESSION_CHARS, LIMIT_EXPRESSION_DEPTH
 */
#ifndef PLAYBOOK_EXPR_EXPR_H
#define PLAYBOOK_EXPR_EXPR_H

#include "base/auto.h"
#include "playbook/expr/value.h"

#include <glib.h>

struct expr;

/* The space of a name. The index is defined by the caller that resolves and evaluates. */
enum expr_space {
    EXPR_ENTRY_FIELD,  /* index in the entry's form */
    EXPR_MATTER_FIELD, /* index in the kind's form */
    EXPR_FACT,         /* index in the kind's facts */
    EXPR_RULE,         /* index in the playbook's rules; the edition is chosen by the time of the fact */
    EXPR_TABLE,        /* index in the playbook's rules, looked up with a key */
    EXPR_BUILTIN,      /* enum expr_builtin */
    EXPR_PARTICIPANT,  /* index of the kind's participant set: the only one, or lines with `state` and `who` */
    EXPR_LINE,         /* line.NAME: index in the columns of the lines of which one is current */
    EXPR_EXPECTATION,  /* place among the kind's expectations * EXPECTATION_MEMBER_COUNT + enum expectation_member */
    EXPR_SPACE_COUNT
};

enum expectation_member {
    EXPECTATION_IS_OPEN,    /* expectation.NAME.open: it is waited for */
    EXPECTATION_IS_MET,     /* .met: it has been, at least once */
    EXPECTATION_IS_EXPIRED, /* .expired: its last time has passed without */
    EXPECTATION_DUE,        /* .due: of the open one, datetime */
    EXPECTATION_MEMBER_COUNT
};

enum expr_builtin {
    EXPR_NOW,               /* now: accepted time of the command, datetime */
    EXPR_OBSERVED_AT,       /* at, entry.observed_at: datetime */
    EXPR_ATTEMPT,           /* attempt: choice, missing when the entry is none */
    EXPR_MATTER_STATE,      /* matter.state: choice */
    EXPR_MATTER_OPENED_AT,  /* matter.opened_at */
    EXPR_MATTER_UNIT,       /* matter.unit */
    EXPR_STATE_SINCE,       /* matter.state_since */
    EXPR_SUBJECT,           /* subject: person or unit */
    EXPR_PARTICIPANT_STATE, /* participant.state: choice, of the current one */
    EXPR_PARTICIPANT_WHO,   /* participant.who: unit or person, the current one */
    EXPR_BUILTIN_COUNT
};

struct expr_symbol {
    enum expr_space space;
    int index;
    enum value_type type;
    const char *unit;     /* of numbers, NULL none */
    const char *list;     /* of choices, NULL none: then every code and text goes */
    const char *key_list; /* of EXPR_TABLE: the list of its keys, NULL free texts; of a fact kept by codes, too */
    const void *lines;    /* of VALUE_LINES: its columns, which mean something to `find_column` */
};

/* The list whose codes are the names of the types of units, of which no code list can have the name. */
#define EXPR_UNIT_TYPES "unit types"

struct expr_symbols {
    /* Fills *out for a dotted name such as "temperature", "rule.fever_threshold", "facts.returns"; else false, and may
     * offer the nearest known name in *suggestion (owned by the caller). */
    bool (*resolve)(void *context, const char *name, struct expr_symbol *out, char **suggestion);
    /* Whether the list has `code`; where not, may give the nearest. */
    bool (*has_code)(void *context, const char *list, const char *code, char **suggestion);
    void *context;
    /* Fills type, unit and list of *out for a column of a symbol's `lines`; false when there is none. NULL: no symbol
     * has lines. */
    bool (*find_column)(const void *lines, const char *name, struct expr_symbol *out);
};

struct expr_fault {
    int column;
    char *text, *zh;  /* what and why, in English and in Chinese */
    char *suggestion; /* what to write instead, or NULL */
};
void expr_fault_clear(struct expr_fault *fault);

/* What the context needs: VALUE_MISSING any type; NULL any unit, any list. With a list, bare codes and lists of codes
 * are allowed alone. */
struct expr_target {
    enum value_type type;
    const char *unit, *list;
};

/* `expected`: the type that the place needs, VALUE_MISSING for any. NULL when there are faults, which are appended
 * to `faults` (GArray of struct expr_fault). */
struct expr *expr_parse(const char *text, enum value_type expected, const struct expr_symbols *symbols, GArray *faults);
struct expr *expr_parse_for(const char *text, const struct expr_target *target, const struct expr_symbols *symbols,
                            GArray *faults);
void expr_free(struct expr *expr); /* NULL is allowed */
AUTO_FREE(expr)

enum value_type expr_type(const struct expr *expr);
const char *expr_unit(const struct expr *expr); /* of a number; NULL none */
/* Bits 1 << enum expr_space of the spaces it reads, so that an evaluator opens only what is needed. */
unsigned expr_spaces(const struct expr *expr);
bool expr_asks_units(const struct expr *expr); /* where units stand */
/* Calls `visit` for each name read: which fields does a condition depend on? */
void expr_visit(const struct expr *expr, void (*visit)(void *context, const struct expr_symbol *symbol), void *context);
json_t *expr_to_json(const struct expr *expr);

/* The tree of units, as it is now. */
struct expr_units {
    bool (*is_under)(void *context, int64_t unit, int64_t above);
    int64_t (*above)(void *context, int64_t unit, const char *type); /* 0 none */
};

struct expr_scope {
    /* Never fails: VALUE_MISSING where there is none. `key` only for EXPR_TABLE. */
    struct value (*get)(void *context, enum expr_space space, int index, const struct value *key);
    void *context;
    GTimeZone *zone;                /* of days */
    const json_t *line;             /* internal: the current line */
    const struct expr_units *units; /* NULL: no unit is under another, nor above */
    void *units_context;
    bool *too_large; /* set where a figure or a sum overflowed, whose value is missing; may be NULL */
};
struct value expr_evaluate(const struct expr *expr, const struct expr_scope *scope);
bool expr_is_true(const struct expr *expr, const struct expr_scope *scope); /* NULL expr is true */

#endif
