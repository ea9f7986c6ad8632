/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expr_tree - the tree behind struct expr, shared by lexer, parser, checker, evaluator and JSON writer.
 *
 * Shape   text → tokens (expr_lex.c) → untyped tree (expr_parse.c) → types, codes and units (expr_check.c) → values
 *         (expr_eval.c) or JSON (expr_json.c).
 * Owner   expr->nodes has all nodes, expr->texts all texts, so that an incomplete tree is freed like a complete one.
 */
#ifndef PLAYBOOK_EXPR_EXPR_TREE_H
#define PLAYBOOK_EXPR_EXPR_TREE_H

#include "playbook/expr/expr.h"

enum node_op {
    NODE_LITERAL,
    NODE_NAME,
    NODE_TABLE, /* args: the key */
    NODE_LIST,  /* [a, b]: gone after the check */
    NODE_OR,    /* two or more args, as NODE_AND */
    NODE_AND,
    NODE_NOT,
    NODE_EQUAL,
    NODE_UNEQUAL,
    NODE_LESS,
    NODE_LESS_EQUAL,
    NODE_GREATER,
    NODE_GREATER_EQUAL,
    NODE_IN, /* args: x and the items */
    NODE_IS_MISSING,
    NODE_IS_EMPTY,
    NODE_ADD,
    NODE_SUBTRACT,
    NODE_MULTIPLY,
    NODE_DIVIDE,
    NODE_NEGATE,
    NODE_MIN,
    NODE_MAX,
    NODE_ABS,
    NODE_DAYS,
    NODE_DAY,
    NODE_COUNT,
    NODE_CONTAINS, /* args: list, code */
    NODE_ANY_OF,   /* args: list, list */
    NODE_COALESCE,
    NODE_UNDER, /* args: unit, unit */
    NODE_ABOVE, /* args: unit, a literal with the type's name */
    NODE_SUM,   /* over the lines of a field, as ANY and ALL; symbol: the field */
    NODE_ANY,
    NODE_ALL,
    NODE_COUNT_IF,
    NODE_LINE, /* a column of the current line; symbol: the field */
    NODE_OP_COUNT
};

struct node {
    enum node_op op;
    enum value_type type; /* VALUE_MISSING: not checked yet, or a fault has been reported */
    bool checked;
    int column;
    int depth;
    const char *unit, *list;
    const char *text; /* as written: names and literals */
    struct value value;
    struct expr_symbol symbol;
    const char *member; /* LINE: the name of the column, in `text` */
    struct node **args;
    size_t arg_count;
    struct node *next; /* in expr->nodes */
};

struct expr {
    struct node *root;
    struct node *nodes;
    GStringChunk *texts;
    unsigned spaces;
    bool asks_units;
};

enum token_type {
    TOKEN_END,
    TOKEN_LITERAL,
    TOKEN_NAME,
    TOKEN_OR,
    TOKEN_AND,
    TOKEN_NOT,
    TOKEN_IN,
    TOKEN_IS,
    TOKEN_MISSING,
    TOKEN_EMPTY,
    TOKEN_EQUAL,
    TOKEN_UNEQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_LIST,
    TOKEN_CLOSE_LIST,
    TOKEN_COMMA,
};

struct token {
    enum token_type type;
    int column;
    const char *text; /* in expr->texts */
    struct value value;
};

/* Further faults of one expression are dropped. */
#define EXPR_FAULTS_MAX 20

void expr_fault_add(GArray *faults, int column, const char *suggestion, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* All tokens up to TOKEN_END; false when there is a fault that the parser cannot go on after. */
bool expr_lex(const char *text, struct expr *expr, GArray *tokens, GArray *faults);
/* Fills expr->root; false when there is a fault. */
bool expr_build(const GArray *tokens, struct expr *expr, GArray *faults);
/* Types, codes and units of every node; false when there is a fault. */
bool expr_check(struct expr *expr, const struct expr_target *target, const struct expr_symbols *symbols,
                GArray *faults);

struct node *node_new(struct expr *expr, enum node_op op, int column);
void node_add(struct node *node, struct node *arg);

#endif
