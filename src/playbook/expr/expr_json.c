/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tree as JSON, for evaluators elsewhere; changing it breaks phones that hold older trees.
 *
 *   {"op": "literal", "type": T, "value": V}
 *       V by type: bool true · number "37.3" · text, choice "fever" · choices ["fever", "cough"] · date "2020-02-03" ·
 *       datetime "2020-02-03T00:30:00Z" · duration 1209600000000, in microseconds
 *   {"op": "name", "type": T, "space": S, "name": "rule.fever_threshold"}
 *       S: entry, matter, fact, rule, builtin, participant, line (the current one), expectation
 *   {"op": "table", "type": T, "name": "table.deadline", "args": [KEY]}, so "facts.received" of a fact kept by codes
 *   {"op": "sum", "type": T, "over": {"space": S, "name": "lines"}, "args": [X]}, so "any", "all" and "count_if"; in X:
 *   {"op": "line", "type": T, "name": "quantity"}, a value of the line that is looked at
 *   {"op": OP, "type": T, "args": [...]}
 *       OP: as in the table below
 *
 * T is one of value_type_names. A name stands as its author wrote it: "temperature" in space entry is
 * "entry.temperature".
 */
#include "playbook/expr/expr_tree.h"

#include <string.h>

static const char *const op_names[NODE_OP_COUNT] = {
    [NODE_LITERAL] = "literal",
    [NODE_NAME] = "name",
    [NODE_TABLE] = "table",
    [NODE_LIST] = "list",
    [NODE_OR] = "or",
    [NODE_AND] = "and",
    [NODE_NOT] = "not",
    [NODE_EQUAL] = "=",
    [NODE_UNEQUAL] = "!=",
    [NODE_LESS] = "<",
    [NODE_LESS_EQUAL] = "<=",
    [NODE_GREATER] = ">",
    [NODE_GREATER_EQUAL] = ">=",
    [NODE_IN] = "in",
    [NODE_IS_MISSING] = "is_missing",
    [NODE_IS_EMPTY] = "is_empty",
    [NODE_ADD] = "+",
    [NODE_SUBTRACT] = "-",
    [NODE_MULTIPLY] = "*",
    [NODE_DIVIDE] = "/",
    [NODE_NEGATE] = "negate",
    [NODE_MIN] = "min",
    [NODE_MAX] = "max",
    [NODE_ABS] = "abs",
    [NODE_DAYS] = "days",
    [NODE_DAY] = "day",
    [NODE_COUNT] = "count",
    [NODE_CONTAINS] = "contains",
    [NODE_ANY_OF] = "any_of",
    [NODE_COALESCE] = "coalesce",
    [NODE_UNDER] = "under",
    [NODE_ABOVE] = "above",
    [NODE_SUM] = "sum",
    [NODE_ANY] = "any",
    [NODE_ALL] = "all",
    [NODE_COUNT_IF] = "count_if",
    [NODE_LINE] = "line",
};

static const char *const space_names[EXPR_SPACE_COUNT] = {
    [EXPR_ENTRY_FIELD] = "entry",
    [EXPR_MATTER_FIELD] = "matter",
    [EXPR_FACT] = "fact",
    [EXPR_RULE] = "rule",
    [EXPR_TABLE] = "table",
    [EXPR_BUILTIN] = "builtin",
    [EXPR_PARTICIPANT] = "participant",
    [EXPR_LINE] = "line",
    [EXPR_EXPECTATION] = "expectation",
};

/* The field of the lines, as written before the column. */
static void add_lines(json_t *json, const struct node *node)
{
    g_autofree char *name = g_strndup(node->text, (gsize)(strrchr(node->text, '.') - node->text));
    json_object_set_new(json, "over", json_pack("{s:s, s:s}", "space", space_names[node->symbol.space], "name", name));
}

static json_t *node_to_json(const struct node *node)
{
    json_t *json = json_object();
    json_object_set_new(json, "op", json_string(op_names[node->op]));
    json_object_set_new(json, "type", json_string(value_type_names[node->type]));
    if (node->op == NODE_LITERAL)
        json_object_set_new(json, "value", value_to_json(node->value));
    if (node->op == NODE_NAME)
        json_object_set_new(json, "space", json_string(space_names[node->symbol.space]));
    if (node->op == NODE_NAME || node->op == NODE_TABLE)
        json_object_set_new(json, "name", json_string(node->text));
    if (node->op == NODE_LINE)
        json_object_set_new(json, "name", json_string(node->member));
    if (node->symbol.lines != NULL && node->arg_count == 1)
        add_lines(json, node);
    if (node->arg_count == 0)
        return json;
    json_t *args = json_array();
    for (size_t i = 0; i < node->arg_count; i++)
        json_array_append_new(args, node_to_json(node->args[i]));
    json_object_set_new(json, "args", args);
    return json;
}

json_t *expr_to_json(const struct expr *expr)
{
    return node_to_json(expr->root);
}
