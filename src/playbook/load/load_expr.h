/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_expr - expressions in a playbook: which names each context has.
 *
 * Errors  faults of an expression are reported with their position in the file; NULL then.
 * Owner   the playbook's storage.
 */
#ifndef PLAYBOOK_LOAD_LOAD_EXPR_H
#define PLAYBOOK_LOAD_LOAD_EXPR_H

#include "playbook/expr/expr.h"
#include "playbook/source/loader.h"

struct entry_def;
struct field;
struct form;
struct kind;
struct loop;

struct load_scope {
    struct loader *loader;
    const struct kind *kind;
    const struct form *own;        /* plain names, EXPR_ENTRY_FIELD; NULL none */
    const struct form *matter;     /* EXPR_MATTER_FIELD; NULL none */
    const struct form *line;       /* line.NAME, EXPR_LINE: of the lines of which one is current; NULL none */
    bool line_is_unresolved;       /* the lines could not be resolved, which has been reported: `line` is not checked */
    const struct entry_def *entry; /* for its attempts; NULL none */
    const struct loop *loop;       /* of effects, whose participant is current; NULL none */
    bool in_entry;                 /* `at` and `attempt` mean something */
    bool facts;
    bool working_days; /* the context has a calendar, or can report that it lacks one */
    bool condition;    /* a condition: must not read a person's origin */
};
struct load_scope scope_of_entry(struct loader *loader, const struct kind *kind, const struct entry_def *entry);
/* In an iteration of `loop`; NULL: outside of any. */
struct load_scope scope_of_loop(struct loader *loader, const struct kind *kind, const struct entry_def *entry,
                                const struct loop *loop);
struct load_scope scope_of_matter(struct loader *loader, const struct kind *kind);
struct expr *load_expr(struct load_scope *scope, const struct yaml_node *node, enum value_type expected);
/* `text` is the part of the scalar that begins at the character `offset`. */
struct expr *load_expr_part(struct load_scope *scope, const struct yaml_node *node, const char *text, int offset,
                            const struct expr_target *target);
/* What a field takes. */
struct expr_target field_target(const struct field *field);

#endif
