/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The operators are defined in expr.h. Types were checked when parsing, but a stored value may be older than the rule
 * that reads it: a value of another type counts as missing.
 */
#include "playbook/expr/expr_tree.h"

#include "base/clock.h"
#include "base/datetime.h"

#include <string.h>

#define QUOTIENT_DECIMALS 6
#define DURATION_US_MAX   (INT64_C(1) << 53) /* what a browser's numbers hold exactly */
#define DAY_FIRST         (-25567)           /* 1900-01-01 */
#define DAY_LAST          84005              /* 2199-12-31 */

/* Products of a duration and a number do not fit into 64 bits; ISO C has no wider type, GCC and Clang do. */
__extension__ typedef __int128 wide;

static const struct value missing = {.type = VALUE_MISSING};

static struct value evaluate(const struct node *node, const struct expr_scope *scope);

static struct value truth(bool is)
{
    return (struct value){.type = VALUE_BOOL, .truth = is};
}

static struct value date(int64_t day)
{
    return day < DAY_FIRST || day > DAY_LAST ? missing : (struct value){.type = VALUE_DATE, .day = (int32_t)day};
}

static struct value datetime(int64_t us)
{
    return us < DAY_FIRST * US_PER_DAY || us >= (DAY_LAST + 1) * US_PER_DAY
               ? missing
               : (struct value){.type = VALUE_DATETIME, .us = us};
}

static struct value duration(int64_t us)
{
    return us < -DURATION_US_MAX || us > DURATION_US_MAX ? missing : (struct value){.type = VALUE_DURATION, .us = us};
}

static bool is_true(struct value value)
{
    return value.type == VALUE_BOOL && value.truth;
}

/* ---- comparison ---- */

static int sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* A date as the start of its day, a datetime as it is. */
static int64_t instant(struct value value, const struct expr_scope *scope)
{
    return value.type == VALUE_DATE ? day_time_us(value.day, 0, scope->zone) : value.us;
}

static bool is_moment(struct value value)
{
    return value.type == VALUE_DATE || value.type == VALUE_DATETIME;
}

static bool is_text(struct value value)
{
    return value.type == VALUE_TEXT || value.type == VALUE_CHOICE;
}

/* How long they are is known only where there is a calendar: no comparison holds, no sum is known. */
static bool counts_working_days(struct value value)
{
    return value.type == VALUE_DURATION && value.working_days != 0;
}

/* Negative, zero or positive as a lies before b; false when they cannot be compared. */
static bool compare(struct value a, struct value b, const struct expr_scope *scope, int *out)
{
    if (is_moment(a) && is_moment(b) && a.type != b.type) {
        *out = sign(instant(a, scope), instant(b, scope));
        return true;
    }
    if (is_text(a) && is_text(b)) {
        *out = strcmp(a.text, b.text);
        return true;
    }
    if (a.type != b.type || counts_working_days(a) || counts_working_days(b))
        return false;
    switch (a.type) {
    case VALUE_BOOL:
        *out = a.truth - b.truth;
        return true;
    case VALUE_NUMBER:
        *out = decimal_compare(a.number, b.number);
        return true;
    case VALUE_DATE:
        *out = sign(a.day, b.day);
        return true;
    case VALUE_DATETIME:
    case VALUE_DURATION:
        *out = sign(a.us, b.us);
        return true;
    case VALUE_UNIT:
    case VALUE_PERSON:
        *out = sign(a.id, b.id);
        return true;
    case VALUE_MISSING:
    case VALUE_TEXT:
    case VALUE_CHOICE:
    case VALUE_CHOICES:
    case VALUE_LINES:
    case VALUE_LOCATION:
    case VALUE_CALL:
    case VALUE_FILE:
    case VALUE_TYPE_COUNT:
        break;
    }
    return false;
}

static bool holds(enum node_op op, int order)
{
    switch ((int)op) {
    case NODE_EQUAL:
        return order == 0;
    case NODE_UNEQUAL:
        return order != 0;
    case NODE_LESS:
        return order < 0;
    case NODE_LESS_EQUAL:
        return order <= 0;
    case NODE_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static struct value evaluate_comparison(const struct node *node, const struct expr_scope *scope)
{
    int order;
    struct value a = evaluate(node->args[0], scope), b = evaluate(node->args[1], scope);
    return truth(compare(a, b, scope, &order) && holds(node->op, order));
}

static struct value evaluate_in(const struct node *node, const struct expr_scope *scope)
{
    int order;
    struct value wanted = evaluate(node->args[0], scope);
    for (size_t i = 1; i < node->arg_count; i++)
        if (compare(wanted, evaluate(node->args[i], scope), scope, &order) && order == 0)
            return truth(true);
    return truth(false);
}

/* ---- conditions ---- */

static struct value evaluate_or(const struct node *node, const struct expr_scope *scope)
{
    for (size_t i = 0; i < node->arg_count; i++)
        if (is_true(evaluate(node->args[i], scope)))
            return truth(true);
    return truth(false);
}

static struct value evaluate_and(const struct node *node, const struct expr_scope *scope)
{
    for (size_t i = 0; i < node->arg_count; i++)
        if (!is_true(evaluate(node->args[i], scope)))
            return truth(false);
    return truth(true);
}

static struct value evaluate_not(const struct node *node, const struct expr_scope *scope)
{
    return truth(!is_true(evaluate(node->args[0], scope)));
}

static struct value evaluate_is_missing(const struct node *node, const struct expr_scope *scope)
{
    return truth(evaluate(node->args[0], scope).type == VALUE_MISSING);
}

static struct value evaluate_is_empty(const struct node *node, const struct expr_scope *scope)
{
    struct value value = evaluate(node->args[0], scope);
    return truth(value.type == VALUE_MISSING || (is_text(value) && *value.text == '\0') ||
                 ((value.type == VALUE_CHOICES || value.type == VALUE_LINES) && json_array_size(value.list) == 0));
}

/* ---- arithmetic ---- */

static struct value evaluate_numbers(enum node_op op, struct decimal a, struct decimal b)
{
    struct value result = {.type = VALUE_NUMBER};
    bool done;
    if (op == NODE_ADD)
        done = decimal_add(a, b, &result.number);
    else if (op == NODE_SUBTRACT)
        done = decimal_subtract(a, b, &result.number);
    else if (op == NODE_MULTIPLY)
        done = decimal_multiply(a, b, &result.number);
    else
        done = decimal_divide(a, b, QUOTIENT_DECIMALS, &result.number);
    return done ? result : missing;
}

/* Reports an overflow, so that a rule which compares with a limit does not take it for missing. */
static struct value told(struct value result, const struct expr_scope *scope)
{
    if (result.type == VALUE_MISSING && scope->too_large != NULL)
        *scope->too_large = true;
    return result;
}

/* The quotient rounded half away from zero. */
static struct value divide_duration(wide top, wide bottom)
{
    if (bottom == 0)
        return missing;
    if (bottom < 0) {
        top = -top;
        bottom = -bottom;
    }
    wide us = (top + (top < 0 ? -(bottom / 2) : bottom / 2)) / bottom;
    return us < -DURATION_US_MAX || us > DURATION_US_MAX ? missing : duration((int64_t)us);
}

static struct value scale_duration(enum node_op op, int64_t us, struct decimal by)
{
    wide power = 1;
    for (int i = 0; i < by.scale; i++)
        power *= 10;
    if (op == NODE_MULTIPLY)
        return divide_duration((wide)us * by.digits, power);
    return divide_duration(us * power, by.digits);
}

static struct value evaluate_durations(enum node_op op, int64_t a, int64_t b)
{
    if (op == NODE_ADD || op == NODE_SUBTRACT)
        return duration(op == NODE_ADD ? a + b : a - b);
    return evaluate_numbers(NODE_DIVIDE, decimal_from_integer(a), decimal_from_integer(b));
}

/* A date or datetime and a duration. */
static struct value move(struct value moment, int64_t us)
{
    if (moment.type == VALUE_DATETIME)
        return datetime(moment.us + us);
    return us % US_PER_DAY == 0 ? date(moment.day + us / US_PER_DAY) : missing;
}

static struct value evaluate_arithmetic(const struct node *node, const struct expr_scope *scope)
{
    struct value a = evaluate(node->args[0], scope), b = evaluate(node->args[1], scope);
    enum node_op op = node->op;
    if (counts_working_days(a) || counts_working_days(b))
        return missing;
    if (a.type == VALUE_NUMBER && b.type == VALUE_NUMBER)
        return op == NODE_DIVIDE ? evaluate_numbers(op, a.number, b.number)
                                 : told(evaluate_numbers(op, a.number, b.number), scope);
    if (a.type == VALUE_DURATION && b.type == VALUE_DURATION)
        return evaluate_durations(op, a.us, b.us);
    if (a.type == VALUE_DURATION && b.type == VALUE_NUMBER)
        return scale_duration(op, a.us, b.number);
    if (a.type == VALUE_NUMBER && b.type == VALUE_DURATION)
        return scale_duration(op, b.us, a.number);
    if (is_moment(a) && b.type == VALUE_DURATION)
        return move(a, op == NODE_ADD ? b.us : -b.us);
    if (a.type == VALUE_DURATION && is_moment(b))
        return move(b, a.us);
    if (a.type == VALUE_DATE && b.type == VALUE_DATE)
        return duration((a.day - b.day) * US_PER_DAY);
    if (is_moment(a) && is_moment(b))
        return duration(instant(a, scope) - instant(b, scope));
    return missing;
}

static struct value evaluate_negate(const struct node *node, const struct expr_scope *scope)
{
    struct value value = evaluate(node->args[0], scope);
    if (value.type == VALUE_NUMBER)
        return evaluate_numbers(NODE_SUBTRACT, decimal_from_integer(0), value.number);
    return value.type == VALUE_DURATION && !counts_working_days(value) ? duration(-value.us) : missing;
}

static struct value evaluate_abs(const struct node *node, const struct expr_scope *scope)
{
    struct value value = evaluate(node->args[0], scope);
    bool negative = value.type == VALUE_NUMBER ? value.number.digits < 0 : value.us < 0;
    return negative ? evaluate_negate(node, scope) : value;
}

static struct value evaluate_extreme(const struct node *node, const struct expr_scope *scope)
{
    int order;
    struct value a = evaluate(node->args[0], scope), b = evaluate(node->args[1], scope);
    if (!compare(a, b, scope, &order))
        return missing;
    return (node->op == NODE_MIN) == (order <= 0) ? a : b;
}

/* ---- other functions ---- */

static bool day_in_zone(struct value value, const struct expr_scope *scope, int32_t *out_day)
{
    if (!is_moment(value))
        return false;
    *out_day = value.type == VALUE_DATE ? value.day : day_of(value.us, scope->zone);
    return true;
}

static struct value evaluate_days(const struct node *node, const struct expr_scope *scope)
{
    int32_t from, to;
    if (!day_in_zone(evaluate(node->args[0], scope), scope, &from) ||
        !day_in_zone(evaluate(node->args[1], scope), scope, &to))
        return missing;
    return (struct value){.type = VALUE_NUMBER, .number = decimal_from_integer((int64_t)to - from)};
}

static struct value evaluate_day(const struct node *node, const struct expr_scope *scope)
{
    int32_t day;
    return day_in_zone(evaluate(node->args[0], scope), scope, &day) ? date(day) : missing;
}

static struct value evaluate_count(const struct node *node, const struct expr_scope *scope)
{
    struct value list = evaluate(node->args[0], scope);
    if (list.type != VALUE_CHOICES && list.type != VALUE_LINES)
        return missing;
    size_t count = json_array_size(list.list);
    return (struct value){.type = VALUE_NUMBER, .number = decimal_from_integer((int64_t)count)};
}

static bool list_has(const json_t *list, const char *code)
{
    size_t i;
    const json_t *item;
    json_array_foreach((json_t *)list, i, item) if (g_strcmp0(json_string_value(item), code) == 0) return true;
    return false;
}

static struct value evaluate_contains(const struct node *node, const struct expr_scope *scope)
{
    struct value list = evaluate(node->args[0], scope), code = evaluate(node->args[1], scope);
    return truth(list.type == VALUE_CHOICES && is_text(code) && list_has(list.list, code.text));
}

static struct value evaluate_any_of(const struct node *node, const struct expr_scope *scope)
{
    size_t i;
    const json_t *item;
    struct value list = evaluate(node->args[0], scope), codes = evaluate(node->args[1], scope);
    if (list.type != VALUE_CHOICES || codes.type != VALUE_CHOICES)
        return truth(false);
    json_array_foreach((json_t *)codes.list, i,
                       item) if (json_is_string(item) &&
                                 list_has(list.list, json_string_value(item))) return truth(true);
    return truth(false);
}

static struct value evaluate_coalesce(const struct node *node, const struct expr_scope *scope)
{
    struct value first = evaluate(node->args[0], scope);
    return first.type != VALUE_MISSING ? first : evaluate(node->args[1], scope);
}

static struct value evaluate_under(const struct node *node, const struct expr_scope *scope)
{
    struct value unit = evaluate(node->args[0], scope), above = evaluate(node->args[1], scope);
    if (unit.type != VALUE_UNIT || above.type != VALUE_UNIT)
        return truth(false);
    return truth(unit.id == above.id ||
                 (scope->units != NULL && scope->units->is_under(scope->units_context, unit.id, above.id)));
}

static struct value evaluate_above(const struct node *node, const struct expr_scope *scope)
{
    struct value unit = evaluate(node->args[0], scope);
    const char *type = node->args[1]->value.text;
    int64_t above =
        unit.type == VALUE_UNIT && scope->units != NULL ? scope->units->above(scope->units_context, unit.id, type) : 0;
    return above != 0 ? (struct value){.type = VALUE_UNIT, .id = above} : missing;
}

static struct value evaluate_literal(const struct node *node, const struct expr_scope *scope)
{
    return node->value;
}

static struct value evaluate_name(const struct node *node, const struct expr_scope *scope)
{
    return scope->get(scope->context, node->symbol.space, node->symbol.index, NULL);
}

static struct value evaluate_table(const struct node *node, const struct expr_scope *scope)
{
    struct value key = evaluate(node->args[0], scope);
    return is_text(key) ? scope->get(scope->context, node->symbol.space, node->symbol.index, &key) : missing;
}

/* ---- lines ---- */

static struct value evaluate_line(const struct node *node, const struct expr_scope *scope)
{
    const json_t *stored = json_object_get(scope->line, node->member);
    return stored != NULL ? value_of_stored(node->type, stored) : missing;
}

static struct value add_up(struct value sum, struct value next)
{
    if (sum.type == VALUE_MISSING || counts_working_days(next))
        return missing;
    return next.type == VALUE_NUMBER ? evaluate_numbers(NODE_ADD, sum.number, next.number) : duration(sum.us + next.us);
}

static struct value evaluate_over_lines(const struct node *node, const struct expr_scope *scope)
{
    struct value lines = scope->get(scope->context, node->symbol.space, node->symbol.index, NULL);
    bool sums = node->op == NODE_SUM || node->op == NODE_COUNT_IF;
    struct value sum = {.type = node->type};
    struct value one = {.type = VALUE_NUMBER, .number = decimal_from_integer(1)};
    size_t i;
    const json_t *line;
    if (lines.type != VALUE_LINES)
        return sums ? missing : truth(false);
    json_array_foreach((json_t *)lines.list, i, line)
    {
        struct expr_scope there = *scope;
        there.line = line;
        struct value value = evaluate(node->args[0], &there);
        if (!sums && is_true(value) == (node->op == NODE_ANY))
            return truth(node->op == NODE_ANY);
        if (node->op == NODE_COUNT_IF)
            sum = is_true(value) ? add_up(sum, one) : sum;
        else if (sums && value.type == node->type)
            sum = counts_working_days(value) || sum.type == VALUE_MISSING ? missing : told(add_up(sum, value), scope);
    }
    return sums ? sum : truth(node->op == NODE_ALL);
}

static struct value evaluate(const struct node *node, const struct expr_scope *scope)
{
    static struct value (*const evaluators[NODE_OP_COUNT])(const struct node *, const struct expr_scope *) = {
        [NODE_LITERAL] = evaluate_literal,
        [NODE_NAME] = evaluate_name,
        [NODE_TABLE] = evaluate_table,
        [NODE_OR] = evaluate_or,
        [NODE_AND] = evaluate_and,
        [NODE_NOT] = evaluate_not,
        [NODE_EQUAL] = evaluate_comparison,
        [NODE_UNEQUAL] = evaluate_comparison,
        [NODE_LESS] = evaluate_comparison,
        [NODE_LESS_EQUAL] = evaluate_comparison,
        [NODE_GREATER] = evaluate_comparison,
        [NODE_GREATER_EQUAL] = evaluate_comparison,
        [NODE_IN] = evaluate_in,
        [NODE_IS_MISSING] = evaluate_is_missing,
        [NODE_IS_EMPTY] = evaluate_is_empty,
        [NODE_ADD] = evaluate_arithmetic,
        [NODE_SUBTRACT] = evaluate_arithmetic,
        [NODE_MULTIPLY] = evaluate_arithmetic,
        [NODE_DIVIDE] = evaluate_arithmetic,
        [NODE_NEGATE] = evaluate_negate,
        [NODE_MIN] = evaluate_extreme,
        [NODE_MAX] = evaluate_extreme,
        [NODE_ABS] = evaluate_abs,
        [NODE_DAYS] = evaluate_days,
        [NODE_DAY] = evaluate_day,
        [NODE_COUNT] = evaluate_count,
        [NODE_CONTAINS] = evaluate_contains,
        [NODE_ANY_OF] = evaluate_any_of,
        [NODE_COALESCE] = evaluate_coalesce,
        [NODE_UNDER] = evaluate_under,
        [NODE_ABOVE] = evaluate_above,
        [NODE_SUM] = evaluate_over_lines,
        [NODE_ANY] = evaluate_over_lines,
        [NODE_ALL] = evaluate_over_lines,
        [NODE_COUNT_IF] = evaluate_over_lines,
        [NODE_LINE] = evaluate_line,
    };
    return evaluators[node->op](node, scope);
}

struct value expr_evaluate(const struct expr *expr, const struct expr_scope *scope)
{
    return evaluate(expr->root, scope);
}

bool expr_is_true(const struct expr *expr, const struct expr_scope *scope)
{
    return expr == NULL || is_true(evaluate(expr->root, scope));
}
