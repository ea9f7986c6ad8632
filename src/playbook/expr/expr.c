/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/expr/expr_tree.h"

static gint by_column(gconstpointer a, gconstpointer b)
{
    return ((const struct expr_fault *)a)->column - ((const struct expr_fault *)b)->column;
}

struct expr *expr_parse_for(const char *text, const struct expr_target *target, const struct expr_symbols *symbols,
                            GArray *faults)
{
    struct expr *expr = g_new0(struct expr, 1);
    expr->texts = g_string_chunk_new(128);
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct expr_fault));
    if (expr_lex(text, expr, tokens, found) && expr_build(tokens, expr, found))
        expr_check(expr, target, symbols, found);
    if (found->len == 0)
        return expr;
    g_array_sort(found, by_column);                       /* stable */
    g_array_append_vals(faults, found->data, found->len); /* the texts move along */
    expr_free(expr);
    return NULL;
}

struct expr *expr_parse(const char *text, enum value_type expected, const struct expr_symbols *symbols, GArray *faults)
{
    return expr_parse_for(text, &(struct expr_target){.type = expected}, symbols, faults);
}

void expr_free(struct expr *expr)
{
    if (expr == NULL)
        return;
    for (struct node *node = expr->nodes, *next; node != NULL; node = next) {
        next = node->next;
        if (node->op == NODE_LITERAL && node->value.type == VALUE_CHOICES)
            json_decref((json_t *)node->value.list);
        g_free(node->args);
        g_free(node);
    }
    g_string_chunk_free(expr->texts);
    g_free(expr);
}

enum value_type expr_type(const struct expr *expr)
{
    return expr->root->type;
}

const char *expr_unit(const struct expr *expr)
{
    return expr->root->unit;
}

unsigned expr_spaces(const struct expr *expr)
{
    return expr->spaces;
}

bool expr_asks_units(const struct expr *expr)
{
    return expr->asks_units;
}

static void visit_node(const struct node *node, void (*visit)(void *context, const struct expr_symbol *symbol),
                       void *context)
{
    if (node->op == NODE_NAME || node->op == NODE_TABLE || node->op == NODE_LINE)
        visit(context, &node->symbol);
    for (size_t i = 0; i < node->arg_count; i++)
        visit_node(node->args[i], visit, context);
}

void expr_visit(const struct expr *expr, void (*visit)(void *context, const struct expr_symbol *symbol), void *context)
{
    visit_node(expr->root, visit, context);
}
