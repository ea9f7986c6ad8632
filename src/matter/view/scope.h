/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scope - what the names of an expression mean for one matter and one entry.
 *
 * Shape   entry fields, the matter's form and facts, rules and tables, built-ins. The form and the sealed facts
 *         are opened only when a name of theirs is read. Rules are those of the time of the fact, held between
 *         a week before its arrival and its arrival.
 * Owner   borrows all that it names; values that it gives live as long as the view and the fields.
 */
#ifndef MATTER_VIEW_SCOPE_H
#define MATTER_VIEW_SCOPE_H

#include "matter/view/view.h"
#include "playbook/expr/expr.h"

struct scope {
    struct expr_scope expr;
    struct matter_view *view;
    const struct entry_def *entry; /* NULL: no entry in sight */
    const json_t *fields;          /* stored fields of the entry */
    const char *attempt;
    int64_t observed_us;
    int32_t rule_day;
    int64_t participant; /* the current one; 0 none */
    int64_t line_number; /* of the current line, from 1; 0 none */
    const struct form *columns;
    const json_t *line;
};

/* The same, to be changed: what one iteration of a loop makes current. */
void scope_copy(struct scope *scope, const struct scope *from);
void scope_init(struct scope *scope, struct matter_view *view, const struct entry_def *entry, const json_t *fields,
                const char *attempt, int64_t observed_us);
/* The fact arrived then, not now: what is counted is judged by the rules that judged it when it came. */
void scope_arrived(struct scope *scope, int64_t at_us);
/* Whom and what the entry is about: participant and line. */
void scope_of(struct scope *scope, int64_t participant, const struct field *lines, int64_t line);
/* The same with another current line. */
void scope_at_line(struct scope *out, const struct scope *scope, const struct field *lines, int64_t line);
/* How many lines the field of the matter's form has. */
int64_t scope_lines(struct matter_view *view, const struct field *lines);

#endif
