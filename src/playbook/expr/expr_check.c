/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/expr/expr_tree.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/limits.h"

#include <string.h>

struct checker {
    struct expr *expr;
    const struct expr_symbols *symbols;
    GArray *faults;
    struct node *over; /* the innermost sum, any or all; NULL outside of them */
};

static void check(struct checker *checker, struct node *node);

static const char *keep(struct checker *checker, const char *text)
{
    return text == NULL ? NULL : g_string_chunk_insert_const(checker->expr->texts, text);
}

/* "a number in °C", "a choice of list `symptom`", "a date". */
static char *describe(const struct node *node)
{
    switch ((int)node->type) {
    case VALUE_NUMBER:
        return node->unit != NULL ? g_strdup_printf("a number in %s", node->unit) : g_strdup("a number");
    case VALUE_CHOICE:
        return node->list != NULL ? g_strdup_printf("a choice of list `%s`", node->list) : g_strdup("a choice");
    case VALUE_CHOICES:
        return node->list != NULL ? g_strdup_printf("a list of `%s`", node->list) : g_strdup("a list");
    case VALUE_BOOL:
        return g_strdup("a condition");
    case VALUE_LINES:
        return g_strdup("a field of lines");
    default:
        return g_strdup_printf("a %s", value_type_names[node->type]);
    }
}

static bool both_known(const struct node *a, const struct node *b)
{
    return a->type != VALUE_MISSING && b->type != VALUE_MISSING;
}

static bool is_moment(const struct node *node)
{
    return node->type == VALUE_DATE || node->type == VALUE_DATETIME;
}

/* ---- names and codes ---- */

static bool resolve(struct checker *checker, const char *name, struct expr_symbol *out, char **suggestion)
{
    *out = (struct expr_symbol){.type = VALUE_MISSING};
    return checker->symbols->resolve(checker->symbols->context, name, out, suggestion);
}

/* A column of lines has a dot, as no code has. */
static bool resolves(struct checker *checker, const struct node *node)
{
    struct expr_symbol symbol;
    g_autofree char *suggestion = NULL;
    return node->op == NODE_NAME &&
           (strchr(node->text, '.') != NULL || resolve(checker, node->text, &symbol, &suggestion));
}

/* "lines.quantity": true when it was taken for a column, be it in the right place or not. */
static bool check_column(struct checker *checker, struct node *node)
{
    struct expr_symbol lines, column;
    g_autofree char *suggestion = NULL;
    const char *dot = strrchr(node->text, '.');
    g_autofree char *name = dot != NULL ? g_strndup(node->text, (gsize)(dot - node->text)) : NULL;
    if (name == NULL || node->op != NODE_NAME || !resolve(checker, name, &lines, &suggestion) || lines.lines == NULL ||
        !checker->symbols->find_column(lines.lines, dot + 1, &column))
        return false;
    struct node *over = checker->over;
    if (over == NULL) {
        g_autofree char *right = g_strdup_printf("sum(%s)", node->text);
        expr_fault_add(checker->faults, node->column, right,
                       "`%s` is a value of each line: it may be used only in sum(), any() and all()", node->text);
        return true;
    }
    if (over->symbol.lines != NULL && over->symbol.lines != lines.lines) {
        expr_fault_add(checker->faults, node->column, NULL, "`%s` is of other lines than those looked at", node->text);
        return true;
    }
    over->symbol = node->symbol = lines;
    over->text = node->text;
    node->op = NODE_LINE;
    node->member = dot + 1;
    node->type = column.type;
    node->unit = keep(checker, column.unit);
    node->list = keep(checker, column.list);
    checker->expr->spaces |= 1u << lines.space;
    return true;
}

static void check_name(struct checker *checker, struct node *node)
{
    g_autofree char *suggestion = NULL;
    bool table = node->op == NODE_TABLE;
    if (check_column(checker, node))
        return;
    if (!resolve(checker, node->text, &node->symbol, &suggestion)) {
        expr_fault_add(checker->faults, node->column, suggestion, "unknown name `%s`", node->text);
        return;
    }
    if (table != (node->symbol.space == EXPR_TABLE || node->symbol.key_list != NULL)) {
        g_autofree char *right = table ? g_strdup(node->text) : g_strdup_printf("%s[...]", node->text);
        expr_fault_add(checker->faults, node->column, right, "`%s` is %s", node->text,
                       table ? "not a table and has no keys" : "a table and needs a key");
        return;
    }
    node->type = node->symbol.type;
    node->unit = node->symbol.unit = keep(checker, node->symbol.unit);
    node->list = node->symbol.list = keep(checker, node->symbol.list);
    node->symbol.key_list = keep(checker, node->symbol.key_list);
    checker->expr->spaces |= 1u << node->symbol.space;
}

/* A bare word or a quoted text, where a choice may be meant. */
static bool is_codelike(const struct node *node)
{
    return node->op == NODE_NAME || (node->op == NODE_LITERAL && node->value.type == VALUE_TEXT);
}

/* Turns the node into a code of the list; or checks it as a name when the list does not have it but the name
 * exists. */
static void check_code(struct checker *checker, struct node *node, const char *list)
{
    const struct expr_symbols *symbols = checker->symbols;
    g_autofree char *suggestion = NULL;
    bool name = resolves(checker, node);
    bool known = list != NULL ? symbols->has_code(symbols->context, list, node->text, &suggestion) : !name;
    if (!known && name) {
        check(checker, node);
        return;
    }
    if (!known)
        expr_fault_add(checker->faults, node->column, suggestion, "`%s` is not in list `%s`", node->text, list);
    node->checked = true;
    node->op = NODE_LITERAL;
    node->value = (struct value){.type = VALUE_CHOICE, .text = node->text};
    node->type = known ? VALUE_CHOICE : VALUE_MISSING;
    node->list = list;
}

/* Makes [a, b] a list of codes. */
static void check_code_list(struct checker *checker, struct node *node, const char *list)
{
    json_t *codes = json_array();
    node->checked = true;
    for (size_t i = 0; i < node->arg_count; i++) {
        struct node *item = node->args[i];
        if (is_codelike(item))
            check_code(checker, item, list);
        else
            check(checker, item);
        if (item->op == NODE_LITERAL && item->value.type == VALUE_CHOICE)
            json_array_append_new(codes, json_string(item->value.text));
        else if (item->type != VALUE_MISSING)
            expr_fault_add(checker->faults, item->column, NULL, "only codes may be in this list");
    }
    node->op = NODE_LITERAL;
    node->type = VALUE_CHOICES;
    node->value = (struct value){.type = VALUE_CHOICES, .list = codes};
    node->list = list;
    node->arg_count = 0;
}

/* A bare word that is no name: perhaps a code, by the other operand. */
static bool is_open(struct checker *checker, const struct node *node)
{
    return is_codelike(node) && !node->checked && !resolves(checker, node);
}

/* `word`, an open one, beside `other`: a code when other is a choice, passed over when other is faulty itself. */
static bool check_open(struct checker *checker, struct node *word, const struct node *other)
{
    if (other->type == VALUE_CHOICE) {
        check_code(checker, word, other->list);
        return true;
    }
    if (word->op != NODE_NAME || (other->type != VALUE_MISSING && other->type != VALUE_CHOICES))
        return false;
    word->checked = true;
    if (other->type == VALUE_CHOICES) {
        g_autofree char *meant =
            g_strdup_printf("contains(%s, %s)", other->op == NODE_NAME ? other->text : "...", word->text);
        expr_fault_add(checker->faults, word->column, meant, "a list cannot be compared with a code");
    }
    return true;
}

/* Two operands that are compared or chosen from: each may give the other its list. */
static void check_pair(struct checker *checker, struct node *a, struct node *b)
{
    bool a_open = is_open(checker, a), b_open = is_open(checker, b);
    if (a_open && !b_open) {
        check(checker, b);
        if (check_open(checker, a, b))
            return;
    }
    check(checker, a);
    if (b_open && !a_open && check_open(checker, b, a))
        return;
    if (a->type == VALUE_CHOICE && is_codelike(b) && !b->checked)
        check_code(checker, b, a->list);
    else
        check(checker, b);
}

/* ---- what fits ---- */

static bool units_fit(struct checker *checker, const struct node *node, const struct node *a, const struct node *b)
{
    if (a->unit == NULL || b->unit == NULL || strcmp(a->unit, b->unit) == 0)
        return true;
    expr_fault_add(checker->faults, node->column, NULL, "the units differ: %s and %s", a->unit, b->unit);
    return false;
}

/* Choices of one list fit, and so do texts with choices of no list. */
static bool lists_fit(struct checker *checker, const struct node *node, const struct node *a, const struct node *b)
{
    if (a->list == NULL || b->list == NULL || strcmp(a->list, b->list) == 0)
        return true;
    expr_fault_add(checker->faults, node->column, NULL, "the lists differ: `%s` and `%s`", a->list, b->list);
    return false;
}

static bool is_loose_choice(const struct node *a, const struct node *b)
{
    return (a->type == VALUE_CHOICE && a->list == NULL && b->type == VALUE_TEXT) ||
           (b->type == VALUE_CHOICE && b->list == NULL && a->type == VALUE_TEXT);
}

/* "14" beside a duration, '2020-02-03' beside a date: what was meant. */
static char *meant_literal(const struct node *literal, const struct node *other)
{
    int32_t day;
    if (literal->op != NODE_LITERAL)
        return NULL;
    if (literal->type == VALUE_NUMBER && other->type == VALUE_DURATION && literal->value.number.scale == 0)
        return g_strdup_printf("%sd", literal->text);
    if (literal->type == VALUE_TEXT && is_moment(other) && date_parse(literal->text, &day))
        return g_strdup(literal->text);
    return NULL;
}

static void cannot(struct checker *checker, const struct node *node, const char *what, const struct node *a,
                   const struct node *b)
{
    g_autofree char *left = describe(a), *right = describe(b);
    g_autofree char *meant = meant_literal(a, b);
    if (meant == NULL)
        meant = meant_literal(b, a);
    if (meant == NULL && a->type == VALUE_CHOICES && b->type == VALUE_CHOICE)
        meant = g_strdup("contains(list, code)");
    expr_fault_add(checker->faults, node->column, meant, "%s cannot %s %s", left, what, right);
}

static bool is_equality(enum node_op op)
{
    return op == NODE_EQUAL || op == NODE_UNEQUAL || op == NODE_IN;
}

/* Whether the two checked operands may be compared by `node->op`. */
static void check_comparable(struct checker *checker, const struct node *node, const struct node *a,
                             const struct node *b)
{
    if (!both_known(a, b))
        return;
    if (a->type != b->type && is_moment(a) && is_moment(b)) {
        if (is_equality(node->op))
            expr_fault_add(checker->faults, node->column, "day(t)",
                           "a date is a whole day and never equals a datetime; take the datetime's day");
        return;
    }
    if (is_loose_choice(a, b) && is_equality(node->op))
        return;
    if (a->type != b->type || a->type == VALUE_CHOICES || a->type == VALUE_LINES || a->type == VALUE_LOCATION ||
        a->type == VALUE_CALL || a->type == VALUE_FILE) {
        cannot(checker, node, "be compared with", a, b);
        return;
    }
    bool ordered = a->type == VALUE_NUMBER || a->type == VALUE_DURATION || is_moment(a);
    if (!ordered && !is_equality(node->op)) {
        g_autofree char *what = describe(a);
        expr_fault_add(checker->faults, node->column, "=", "%s has no order: only = and != compare it", what);
        return;
    }
    if (units_fit(checker, node, a, b))
        lists_fit(checker, node, a, b);
}

static void need(struct checker *checker, const struct node *node, enum value_type type, const char *what,
                 const char *suggestion)
{
    if (node->type == VALUE_MISSING || node->type == type)
        return;
    g_autofree char *is = describe(node);
    expr_fault_add(checker->faults, node->column, suggestion, "%s is needed here, not %s", what, is);
}

/* ---- node by node ---- */

static void check_conditions(struct checker *checker, struct node *node)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        struct node *arg = node->args[i];
        check(checker, arg);
        bool list = arg->type == VALUE_CHOICES;
        need(checker, arg, VALUE_BOOL, "a condition", list ? "is not empty" : "is not missing");
    }
    node->type = VALUE_BOOL;
}

static void check_comparison(struct checker *checker, struct node *node)
{
    check_pair(checker, node->args[0], node->args[1]);
    check_comparable(checker, node, node->args[0], node->args[1]);
    node->type = VALUE_BOOL;
}

static void check_in(struct checker *checker, struct node *node)
{
    check(checker, node->args[0]);
    for (size_t i = 1; i < node->arg_count; i++) {
        check_pair(checker, node->args[0], node->args[i]);
        check_comparable(checker, node, node->args[0], node->args[i]);
    }
    node->type = VALUE_BOOL;
}

static void check_presence(struct checker *checker, struct node *node)
{
    struct node *arg = node->args[0];
    check(checker, arg);
    node->type = VALUE_BOOL;
    if (node->op == NODE_IS_EMPTY && arg->type != VALUE_TEXT && arg->type != VALUE_CHOICES &&
        arg->type != VALUE_LINES && arg->type != VALUE_MISSING) {
        g_autofree char *what = describe(arg);
        expr_fault_add(checker->faults, node->column, "is missing", "only lists and texts can be empty, not %s", what);
    }
}

static const struct arithmetic {
    enum node_op op;
    enum value_type left, right, result;
} arithmetics[] = {
    {NODE_ADD, VALUE_NUMBER, VALUE_NUMBER, VALUE_NUMBER},
    {NODE_ADD, VALUE_DURATION, VALUE_DURATION, VALUE_DURATION},
    {NODE_ADD, VALUE_DATE, VALUE_DURATION, VALUE_DATE},
    {NODE_ADD, VALUE_DURATION, VALUE_DATE, VALUE_DATE},
    {NODE_ADD, VALUE_DATETIME, VALUE_DURATION, VALUE_DATETIME},
    {NODE_ADD, VALUE_DURATION, VALUE_DATETIME, VALUE_DATETIME},
    {NODE_SUBTRACT, VALUE_NUMBER, VALUE_NUMBER, VALUE_NUMBER},
    {NODE_SUBTRACT, VALUE_DURATION, VALUE_DURATION, VALUE_DURATION},
    {NODE_SUBTRACT, VALUE_DATE, VALUE_DURATION, VALUE_DATE},
    {NODE_SUBTRACT, VALUE_DATETIME, VALUE_DURATION, VALUE_DATETIME},
    {NODE_SUBTRACT, VALUE_DATE, VALUE_DATE, VALUE_DURATION},
    {NODE_SUBTRACT, VALUE_DATETIME, VALUE_DATETIME, VALUE_DURATION},
    {NODE_SUBTRACT, VALUE_DATE, VALUE_DATETIME, VALUE_DURATION},
    {NODE_SUBTRACT, VALUE_DATETIME, VALUE_DATE, VALUE_DURATION},
    {NODE_MULTIPLY, VALUE_NUMBER, VALUE_NUMBER, VALUE_NUMBER},
    {NODE_MULTIPLY, VALUE_DURATION, VALUE_NUMBER, VALUE_DURATION},
    {NODE_MULTIPLY, VALUE_NUMBER, VALUE_DURATION, VALUE_DURATION},
    {NODE_DIVIDE, VALUE_NUMBER, VALUE_NUMBER, VALUE_NUMBER},
    {NODE_DIVIDE, VALUE_DURATION, VALUE_NUMBER, VALUE_DURATION},
    {NODE_DIVIDE, VALUE_DURATION, VALUE_DURATION, VALUE_NUMBER},
};

static const struct arithmetic *find_arithmetic(const struct node *node)
{
    for (size_t i = 0; i < G_N_ELEMENTS(arithmetics); i++)
        if (arithmetics[i].op == node->op && arithmetics[i].left == node->args[0]->type &&
            arithmetics[i].right == node->args[1]->type)
            return &arithmetics[i];
    return NULL;
}

/* The unit of a product or quotient; only units that divide out or stand alone can be written. */
static void check_units_of_product(struct checker *checker, struct node *node, const struct node *a,
                                   const struct node *b)
{
    bool equal = a->unit != NULL && b->unit != NULL && strcmp(a->unit, b->unit) == 0;
    if (b->unit == NULL)
        node->unit = a->unit;
    else if (node->op == NODE_MULTIPLY && a->unit == NULL && b->type == VALUE_NUMBER && a->type == VALUE_NUMBER)
        node->unit = b->unit;
    else if (node->op == NODE_MULTIPLY || !equal)
        expr_fault_add(checker->faults, node->column, NULL, "impossible unit: %s %s %s",
                       a->type == VALUE_DURATION ? "duration"
                       : a->unit != NULL         ? a->unit
                                                 : "1",
                       node->op == NODE_MULTIPLY ? "times" : "divided by", b->unit);
    if (a->type == VALUE_NUMBER && a->unit != NULL && b->type == VALUE_DURATION)
        expr_fault_add(checker->faults, node->column, NULL, "impossible unit: %s times duration", a->unit);
}

/* date + 2h */
static void check_whole_days(struct checker *checker, const struct node *node)
{
    const struct node *a = node->args[0], *b = node->args[1];
    const struct node *duration = a->type == VALUE_DURATION ? a : b;
    if (duration->op == NODE_LITERAL && duration->value.us % US_PER_DAY != 0)
        expr_fault_add(checker->faults, duration->column, NULL, "a date can be moved by whole days only, not by %s",
                       duration->text);
}

static void check_arithmetic(struct checker *checker, struct node *node)
{
    static const char *const verbs[NODE_OP_COUNT] = {
        [NODE_ADD] = "be added to",
        [NODE_SUBTRACT] = "be reduced by",
        [NODE_MULTIPLY] = "be multiplied by",
        [NODE_DIVIDE] = "be divided by",
    };
    struct node *a = node->args[0], *b = node->args[1];
    check(checker, a);
    check(checker, b);
    if (!both_known(a, b))
        return;
    const struct arithmetic *arithmetic = find_arithmetic(node);
    if (arithmetic == NULL) {
        cannot(checker, node, verbs[node->op], a, b);
        return;
    }
    node->type = arithmetic->result;
    if (node->op == NODE_MULTIPLY || node->op == NODE_DIVIDE)
        check_units_of_product(checker, node, a, b);
    else if (node->type == VALUE_NUMBER && units_fit(checker, node, a, b))
        node->unit = a->unit != NULL ? a->unit : b->unit;
    if (node->type == VALUE_DATE)
        check_whole_days(checker, node);
}

static void check_negate(struct checker *checker, struct node *node)
{
    struct node *arg = node->args[0];
    check(checker, arg);
    if (arg->type != VALUE_DURATION)
        need(checker, arg, VALUE_NUMBER, "a number or duration", NULL);
    bool fits = arg->type == VALUE_DURATION || arg->type == VALUE_NUMBER;
    node->type = fits ? arg->type : VALUE_MISSING;
    node->unit = arg->unit;
}

/* min, max, coalesce: two of one type make one of it. */
static void check_alike(struct checker *checker, struct node *node)
{
    struct node *a = node->args[0], *b = node->args[1];
    check_pair(checker, a, b);
    if (!both_known(a, b))
        return;
    bool ordered = a->type == VALUE_NUMBER || a->type == VALUE_DURATION || is_moment(a);
    if (a->type != b->type || (node->op != NODE_COALESCE && !ordered)) {
        cannot(checker, node, "stand beside", a, b);
        return;
    }
    if (!units_fit(checker, node, a, b) || !lists_fit(checker, node, a, b))
        return;
    node->type = a->type;
    node->unit = a->unit != NULL ? a->unit : b->unit;
    node->list = a->list != NULL ? a->list : b->list;
}

static void check_days(struct checker *checker, struct node *node)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        check(checker, node->args[i]);
        if (!is_moment(node->args[i]))
            need(checker, node->args[i], VALUE_DATE, "a date or datetime", NULL);
    }
    node->type = node->op == NODE_DAY ? VALUE_DATE : VALUE_NUMBER;
}

static bool is_condition(const struct node *node)
{
    return node->op >= NODE_OR && node->op <= NODE_IS_EMPTY;
}

static void check_over_lines(struct checker *checker, struct node *node);

/* The number of a list, of lines, or of lines for which a condition is true. */
static void check_count(struct checker *checker, struct node *node)
{
    if (is_condition(node->args[0])) {
        node->op = NODE_COUNT_IF;
        check_over_lines(checker, node);
        return;
    }
    check(checker, node->args[0]);
    if (node->args[0]->type != VALUE_LINES)
        need(checker, node->args[0], VALUE_CHOICES, "a list", NULL);
    node->type = VALUE_NUMBER;
}

/* sum, any, all: the argument is evaluated for each line. */
static void check_over_lines(struct checker *checker, struct node *node)
{
    struct node *arg = node->args[0], *outer = checker->over;
    checker->over = node;
    check(checker, arg);
    checker->over = outer;
    if (node->symbol.lines == NULL && checker->faults->len == 0)
        expr_fault_add(checker->faults, node->column, NULL,
                       "a column of lines has to be named here, as in lines.quantity");
    if (node->op != NODE_SUM)
        need(checker, arg, VALUE_BOOL, "a condition", NULL);
    else if (arg->type != VALUE_DURATION)
        need(checker, arg, VALUE_NUMBER, "a number or duration", NULL);
    node->type = node->op == NODE_SUM ? arg->type : node->op == NODE_COUNT_IF ? VALUE_NUMBER : VALUE_BOOL;
    node->unit = node->op == NODE_SUM ? arg->unit : NULL;
}

static void check_contains(struct checker *checker, struct node *node)
{
    struct node *list = node->args[0], *item = node->args[1];
    node->type = VALUE_BOOL;
    check(checker, list);
    need(checker, list, VALUE_CHOICES, "a list", NULL);
    if (list->type == VALUE_CHOICES && is_codelike(item))
        check_code(checker, item, list->list);
    else
        check(checker, item);
    if (list->type != VALUE_CHOICES || item->type == VALUE_MISSING)
        return;
    if (list->list != NULL || item->type != VALUE_TEXT)
        need(checker, item, VALUE_CHOICE, "a code", NULL);
    if (item->type == VALUE_CHOICE)
        lists_fit(checker, node, list, item);
}

static void check_any_of(struct checker *checker, struct node *node)
{
    struct node *list = node->args[0], *codes = node->args[1];
    node->type = VALUE_BOOL;
    check(checker, list);
    need(checker, list, VALUE_CHOICES, "a list", NULL);
    if (codes->op == NODE_LIST)
        check_code_list(checker, codes, list->list);
    else
        check(checker, codes);
    need(checker, codes, VALUE_CHOICES, "a list of codes", NULL);
    if (list->type == VALUE_CHOICES && codes->type == VALUE_CHOICES)
        lists_fit(checker, node, list, codes);
}

static void check_under(struct checker *checker, struct node *node)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        check(checker, node->args[i]);
        need(checker, node->args[i], VALUE_UNIT, "a unit", NULL);
    }
    node->type = VALUE_BOOL;
    checker->expr->asks_units = true;
}

static void check_above(struct checker *checker, struct node *node)
{
    struct node *unit = node->args[0], *type = node->args[1];
    check(checker, unit);
    need(checker, unit, VALUE_UNIT, "a unit", NULL);
    if (is_codelike(type))
        check_code(checker, type, EXPR_UNIT_TYPES);
    else
        check(checker, type);
    if (type->op != NODE_LITERAL || type->type != VALUE_CHOICE)
        need(checker, type, VALUE_TYPE_COUNT, "a type of units, such as district,", NULL);
    node->type = VALUE_UNIT;
    checker->expr->asks_units = true;
}

static void check_table(struct checker *checker, struct node *node)
{
    struct node *key = node->args[0];
    check_name(checker, node);
    const char *list = node->symbol.key_list;
    if (node->type != VALUE_MISSING && list != NULL && is_codelike(key))
        check_code(checker, key, list);
    else
        check(checker, key);
    if (node->type == VALUE_MISSING || key->type == VALUE_MISSING || (list == NULL && key->type == VALUE_TEXT))
        return;
    need(checker, key, VALUE_CHOICE, list != NULL ? "a code as key" : "a text or code as key", NULL);
    if (key->type == VALUE_CHOICE && list != NULL)
        lists_fit(checker, key, key, &(struct node){.list = list});
}

static void check_literal(struct checker *checker, struct node *node)
{
    node->type = node->value.type;
    for (size_t i = 0; i < node->arg_count; i++)
        check(checker, node->args[i]);
}

static void check_list(struct checker *checker, struct node *node)
{
    expr_fault_add(checker->faults, node->column, NULL, "a list may only follow `in` or be in any_of()");
}

static void check(struct checker *checker, struct node *node)
{
    static void (*const checks[NODE_OP_COUNT])(struct checker *, struct node *) = {
        [NODE_LITERAL] = check_literal,
        [NODE_NAME] = check_name,
        [NODE_TABLE] = check_table,
        [NODE_LIST] = check_list,
        [NODE_OR] = check_conditions,
        [NODE_AND] = check_conditions,
        [NODE_NOT] = check_conditions,
        [NODE_EQUAL] = check_comparison,
        [NODE_UNEQUAL] = check_comparison,
        [NODE_LESS] = check_comparison,
        [NODE_LESS_EQUAL] = check_comparison,
        [NODE_GREATER] = check_comparison,
        [NODE_GREATER_EQUAL] = check_comparison,
        [NODE_IN] = check_in,
        [NODE_IS_MISSING] = check_presence,
        [NODE_IS_EMPTY] = check_presence,
        [NODE_ADD] = check_arithmetic,
        [NODE_SUBTRACT] = check_arithmetic,
        [NODE_MULTIPLY] = check_arithmetic,
        [NODE_DIVIDE] = check_arithmetic,
        [NODE_NEGATE] = check_negate,
        [NODE_MIN] = check_alike,
        [NODE_MAX] = check_alike,
        [NODE_ABS] = check_negate,
        [NODE_DAYS] = check_days,
        [NODE_DAY] = check_days,
        [NODE_COUNT] = check_count,
        [NODE_CONTAINS] = check_contains,
        [NODE_ANY_OF] = check_any_of,
        [NODE_COALESCE] = check_alike,
        [NODE_UNDER] = check_under,
        [NODE_ABOVE] = check_above,
        [NODE_SUM] = check_over_lines,
        [NODE_ANY] = check_over_lines,
        [NODE_ALL] = check_over_lines,
    };
    if (node->checked)
        return;
    node->checked = true;
    checks[node->op](checker, node);
}

static void check_target(struct checker *checker, struct node *root, const struct expr_target *target)
{
    const char *suggestion = target->type == VALUE_BOOL && root->type == VALUE_CHOICES ? "is not empty" : NULL;
    struct node wanted = {.type = target->type, .unit = target->unit, .list = target->list};
    g_autofree char *what = describe(&wanted);
    need(checker, root, target->type, what, suggestion);
    if (root->type == target->type && units_fit(checker, root, root, &wanted))
        lists_fit(checker, root, root, &wanted);
}

bool expr_check(struct expr *expr, const struct expr_target *target, const struct expr_symbols *symbols, GArray *faults)
{
    struct checker checker = {expr, symbols, faults, NULL};
    struct node *root = expr->root;
    const char *list = keep(&checker, target->list);
    if (target->type == VALUE_CHOICE && list != NULL && is_codelike(root))
        check_code(&checker, root, list);
    else if (target->type == VALUE_CHOICES && list != NULL && root->op == NODE_LIST)
        check_code_list(&checker, root, list);
    else
        check(&checker, root);
    if (target->type != VALUE_MISSING)
        check_target(&checker, root, target);
    return faults->len == 0;
}
