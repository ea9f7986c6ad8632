/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with an expression, as lexer, parser and checker add it up. */
#include "playbook/expr/expr_tree.h"

#include "playbook/wording/wording.h"

#include <stdarg.h>

void expr_fault_clear(struct expr_fault *fault)
{
    g_clear_pointer(&fault->text, g_free);
    g_clear_pointer(&fault->zh, g_free);
    g_clear_pointer(&fault->suggestion, g_free);
}

void expr_fault_add(GArray *faults, int column, const char *suggestion, const char *format, ...)
{
    if (faults->len >= EXPR_FAULTS_MAX)
        return;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    struct expr_fault fault = {
        .column = column,
        .text = g_strdup_vprintf(format, args),
        .zh = wording_chinese(format, again),
        .suggestion = g_strdup(suggestion),
    };
    va_end(again);
    va_end(args);
    g_array_append_val(faults, fault);
}
