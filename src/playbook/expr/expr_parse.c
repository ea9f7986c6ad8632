/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operator precedence after Vaughan Pratt, "Top down operator precedence" (1973). */
#include "playbook/expr/expr_tree.h"

#include "base/limits.h"
#include "base/nearest.h"

struct parser {
    const struct token *at;
    struct expr *expr;
    GArray *faults;
    int depth;
};

enum power { POWER_OR = 1, POWER_AND, POWER_NOT, POWER_COMPARE, POWER_SUM, POWER_PRODUCT, POWER_UNARY };

static const struct infix {
    enum token_type token;
    enum power power;
    enum node_op op;
} infixes[] = {
    {TOKEN_OR, POWER_OR, NODE_OR},
    {TOKEN_AND, POWER_AND, NODE_AND},
    {TOKEN_EQUAL, POWER_COMPARE, NODE_EQUAL},
    {TOKEN_UNEQUAL, POWER_COMPARE, NODE_UNEQUAL},
    {TOKEN_LESS, POWER_COMPARE, NODE_LESS},
    {TOKEN_LESS_EQUAL, POWER_COMPARE, NODE_LESS_EQUAL},
    {TOKEN_GREATER, POWER_COMPARE, NODE_GREATER},
    {TOKEN_GREATER_EQUAL, POWER_COMPARE, NODE_GREATER_EQUAL},
    {TOKEN_IN, POWER_COMPARE, NODE_IN},
    {TOKEN_NOT, POWER_COMPARE, NODE_IN}, /* not in */
    {TOKEN_IS, POWER_COMPARE, NODE_IS_MISSING},
    {TOKEN_PLUS, POWER_SUM, NODE_ADD},
    {TOKEN_MINUS, POWER_SUM, NODE_SUBTRACT},
    {TOKEN_STAR, POWER_PRODUCT, NODE_MULTIPLY},
    {TOKEN_SLASH, POWER_PRODUCT, NODE_DIVIDE},
};

static const struct function {
    const char *name;
    enum node_op op;
    size_t arg_count;
} functions[] = {
    {"min", NODE_MIN, 2},           {"max", NODE_MAX, 2},       {"abs", NODE_ABS, 1},
    {"days", NODE_DAYS, 2},         {"day", NODE_DAY, 1},       {"count", NODE_COUNT, 1},
    {"contains", NODE_CONTAINS, 2}, {"any_of", NODE_ANY_OF, 2}, {"coalesce", NODE_COALESCE, 2},
    {"sum", NODE_SUM, 1},           {"any", NODE_ANY, 1},       {"all", NODE_ALL, 1},
    {"under", NODE_UNDER, 2},       {"above", NODE_ABOVE, 2},
};

static struct node *parse(struct parser *parser, enum power least);

struct node *node_new(struct expr *expr, enum node_op op, int column)
{
    struct node *node = g_new0(struct node, 1);
    *node = (struct node){.op = op, .column = column, .depth = 1, .next = expr->nodes};
    expr->nodes = node;
    return node;
}

void node_add(struct node *node, struct node *arg)
{
    node->args = g_renew(struct node *, node->args, node->arg_count + 1);
    node->args[node->arg_count++] = arg;
    node->depth = MAX(node->depth, arg->depth + 1);
}

static struct node *fail(struct parser *parser, const char *expected, const char *suggestion)
{
    if (parser->at->type == TOKEN_END)
        expr_fault_add(parser->faults, parser->at->column, suggestion, "%s is expected at the end", expected);
    else
        expr_fault_add(parser->faults, parser->at->column, suggestion, "%s is expected, not `%s`", expected,
                       parser->at->text);
    return NULL;
}

static struct node *too_deep(struct parser *parser)
{
    expr_fault_add(parser->faults, parser->at->column, NULL, "the expression is nested deeper than %d levels",
                   LIMIT_EXPRESSION_DEPTH);
    return NULL;
}

static bool accept(struct parser *parser, enum token_type type)
{
    if (parser->at->type != type)
        return false;
    parser->at++;
    return true;
}

/* Values between commas up to `close`; at least one. */
static bool parse_values(struct parser *parser, struct node *node, enum token_type close, const char *expected)
{
    do {
        struct node *value = parse(parser, POWER_OR);
        if (value == NULL)
            return false;
        node_add(node, value);
    } while (accept(parser, TOKEN_COMMA));
    if (!accept(parser, close)) {
        fail(parser, expected, NULL);
        return false;
    }
    return true;
}

static struct node *parse_call(struct parser *parser, const struct token *name)
{
    const char *names[G_N_ELEMENTS(functions)];
    const struct function *function = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
        names[i] = functions[i].name;
        if (g_str_equal(functions[i].name, name->text))
            function = &functions[i];
    }
    struct node *node = node_new(parser->expr, function != NULL ? function->op : NODE_LITERAL, name->column);
    if (!accept(parser, TOKEN_CLOSE) && !parse_values(parser, node, TOKEN_CLOSE, "`)` or `,`"))
        return NULL;
    if (function == NULL) {
        expr_fault_add(parser->faults, name->column, nearest_name(name->text, names, G_N_ELEMENTS(names)),
                       "there is no function `%s`", name->text);
    } else if (node->arg_count != function->arg_count) {
        node->op = NODE_LITERAL; /* a value of no type: its items are still checked */
        expr_fault_add(parser->faults, name->column, NULL, "%s() takes %zu value%s, not %zu", name->text,
                       function->arg_count, function->arg_count == 1 ? "" : "s", node->arg_count);
    }
    return node;
}

static struct node *parse_name(struct parser *parser)
{
    const struct token *name = parser->at++;
    if (accept(parser, TOKEN_OPEN))
        return parse_call(parser, name);
    bool table = accept(parser, TOKEN_OPEN_LIST);
    struct node *node = node_new(parser->expr, table ? NODE_TABLE : NODE_NAME, name->column);
    node->text = name->text;
    if (!table)
        return node;
    struct node *key = parse(parser, POWER_OR);
    if (key == NULL)
        return NULL;
    node_add(node, key);
    return accept(parser, TOKEN_CLOSE_LIST) ? node : fail(parser, "`]`", NULL);
}

static struct node *parse_literal(struct parser *parser)
{
    struct node *node = node_new(parser->expr, NODE_LITERAL, parser->at->column);
    node->text = parser->at->text;
    node->value = parser->at->value;
    parser->at++;
    return node;
}

static struct node *parse_list(struct parser *parser)
{
    struct node *node = node_new(parser->expr, NODE_LIST, parser->at->column);
    parser->at++;
    if (parser->at->type == TOKEN_CLOSE_LIST) {
        expr_fault_add(parser->faults, parser->at->column, NULL, "the list is empty");
        parser->at++;
        return node;
    }
    return parse_values(parser, node, TOKEN_CLOSE_LIST, "`]` or `,`") ? node : NULL;
}

static struct node *parse_operand_of(struct parser *parser, enum node_op op, enum power power)
{
    struct node *node = node_new(parser->expr, op, parser->at->column);
    parser->at++;
    struct node *operand = parse(parser, power);
    if (operand == NULL)
        return NULL;
    node_add(node, operand);
    return node;
}

static struct node *parse_prefix(struct parser *parser)
{
    struct node *inner;
    switch ((int)parser->at->type) {
    case TOKEN_LITERAL:
        return parse_literal(parser);
    case TOKEN_NAME:
        return parse_name(parser);
    case TOKEN_OPEN_LIST:
        return parse_list(parser);
    case TOKEN_NOT:
        return parse_operand_of(parser, NODE_NOT, POWER_NOT);
    case TOKEN_MINUS:
        return parse_operand_of(parser, NODE_NEGATE, POWER_UNARY);
    case TOKEN_OPEN:
        parser->at++;
        inner = parse(parser, POWER_OR);
        return inner == NULL || accept(parser, TOKEN_CLOSE) ? inner : fail(parser, "`)`", NULL);
    case TOKEN_MISSING:
    case TOKEN_EMPTY:
        expr_fault_add(parser->faults, parser->at->column,
                       parser->at->type == TOKEN_MISSING ? "is missing" : "is empty",
                       "`%s` is not a value and may only follow `is`", parser->at->text);
        return NULL;
    default:
        return fail(parser, "a value", NULL);
    }
}

static const struct infix *infix_at(const struct parser *parser)
{
    /* `not` between two operands is `not in` alone. */
    if (parser->at->type == TOKEN_NOT && parser->at[1].type != TOKEN_IN)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(infixes); i++)
        if (infixes[i].token == parser->at->type)
            return &infixes[i];
    return NULL;
}

static struct node *negated(struct parser *parser, struct node *node, bool negate)
{
    if (!negate)
        return node;
    struct node *outer = node_new(parser->expr, NODE_NOT, node->column);
    node_add(outer, node);
    return outer;
}

/* Behind `left is`. */
static struct node *parse_is(struct parser *parser, struct node *left)
{
    bool negate = accept(parser, TOKEN_NOT);
    bool missing = parser->at->type == TOKEN_MISSING;
    if (!missing && parser->at->type != TOKEN_EMPTY)
        return fail(parser, "`missing` or `empty`", negate ? "!=" : "=");
    parser->at++;
    struct node *node = node_new(parser->expr, missing ? NODE_IS_MISSING : NODE_IS_EMPTY, left->column);
    node_add(node, left);
    return negated(parser, node, negate);
}

/* Behind `left in`: a list in brackets makes an IN, anything else is a list by name. */
static struct node *parse_in(struct parser *parser, struct node *left, bool negate, int column)
{
    struct node *right = parse(parser, POWER_SUM);
    if (right == NULL)
        return NULL;
    bool in_place = right->op == NODE_LIST;
    struct node *node = node_new(parser->expr, in_place ? NODE_IN : NODE_CONTAINS, column);
    node_add(node, in_place ? left : right);
    if (!in_place)
        node_add(node, left);
    for (size_t i = 0; in_place && i < right->arg_count; i++)
        node_add(node, right->args[i]);
    return negated(parser, node, negate);
}

static struct node *parse_binary(struct parser *parser, struct node *left, const struct infix *infix, int column)
{
    struct node *right = parse(parser, infix->power + 1);
    if (right == NULL)
        return NULL;
    bool chain = (infix->op == NODE_OR || infix->op == NODE_AND) && left->op == infix->op;
    struct node *node = chain ? left : node_new(parser->expr, infix->op, column);
    if (!chain)
        node_add(node, left);
    node_add(node, right);
    return node;
}

static struct node *parse_infix(struct parser *parser, struct node *left, const struct infix *infix)
{
    int column = parser->at->column;
    bool negate = accept(parser, TOKEN_NOT);
    parser->at++;
    struct node *node = infix->op == NODE_IN           ? parse_in(parser, left, negate, column)
                        : infix->op == NODE_IS_MISSING ? parse_is(parser, left)
                                                       : parse_binary(parser, left, infix, column);
    if (node == NULL || infix->power != POWER_COMPARE)
        return node;
    const struct infix *next = infix_at(parser);
    if (next == NULL || next->power != POWER_COMPARE)
        return node;
    expr_fault_add(parser->faults, parser->at->column, "a < b and b < c", "comparisons cannot be chained");
    return NULL;
}

static struct node *parse(struct parser *parser, enum power least)
{
    if (++parser->depth > LIMIT_EXPRESSION_DEPTH)
        return too_deep(parser);
    struct node *left = parse_prefix(parser);
    const struct infix *infix;
    while (left != NULL && (infix = infix_at(parser)) != NULL && infix->power >= least) {
        left = parse_infix(parser, left, infix);
        if (left != NULL && left->depth > LIMIT_EXPRESSION_DEPTH)
            left = too_deep(parser);
    }
    parser->depth--;
    return left;
}

bool expr_build(const GArray *tokens, struct expr *expr, GArray *faults)
{
    struct parser parser = {.at = (const struct token *)(void *)tokens->data, .expr = expr, .faults = faults};
    if (parser.at->type == TOKEN_END) {
        expr_fault_add(faults, 1, NULL, "an expression is expected");
        return false;
    }
    expr->root = parse(&parser, POWER_OR);
    if (expr->root != NULL && parser.at->type != TOKEN_END) {
        fail(&parser, "an operator or the end", NULL);
        expr->root = NULL;
    }
    return expr->root != NULL;
}
