/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions: the tree as words, with labels and titles in place of names. */
#include "base/datetime.h"

#include "playbook/explain/renderer.h"
#include "playbook/expr/expr_tree.h"
#include "playbook/model/fact_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/model.h"

#include <string.h>

struct expr_words {
    const char *zh, *en;
};

static const struct expr_words between[NODE_OP_COUNT] = {
    [NODE_OR] = {"，或", " or "},     [NODE_AND] = {"，且", " and "},        [NODE_EQUAL] = {" = ", " = "},
    [NODE_UNEQUAL] = {" ≠ ", " ≠ "},  [NODE_LESS] = {" < ", " < "},          [NODE_LESS_EQUAL] = {" ≤ ", " ≤ "},
    [NODE_GREATER] = {" > ", " > "},  [NODE_GREATER_EQUAL] = {" ≥ ", " ≥ "}, [NODE_ADD] = {" + ", " + "},
    [NODE_SUBTRACT] = {" − ", " − "}, [NODE_MULTIPLY] = {" × ", " × "},      [NODE_DIVIDE] = {" ÷ ", " ÷ "},
};

static const struct expr_words functions[NODE_OP_COUNT] = {
    [NODE_LIST] = {"", ""},
    [NODE_IN] = {"为其一", "is one of "},
    [NODE_NEGATE] = {"−", "−"},
    [NODE_MIN] = {"最小值", "the least of "},
    [NODE_MAX] = {"最大值", "the greatest of "},
    [NODE_ABS] = {"绝对值", "the absolute value of "},
    [NODE_DAYS] = {"相隔天数", "the days between "},
    [NODE_DAY] = {"当日", "the day of "},
    [NODE_COUNT] = {"个数", "the number of "},
    [NODE_CONTAINS] = {"包含", "contains "},
    [NODE_ANY_OF] = {"包含其一", "contains any of "},
    [NODE_COALESCE] = {"先有者", "the first there is of "},
    [NODE_UNDER] = {"属于", "is or is under "},
    [NODE_SUM] = {"各行合计", "the sum over the lines of "},
    [NODE_ANY] = {"任一行", "any line has "},
    [NODE_ALL] = {"每一行", "every line has "},
    [NODE_COUNT_IF] = {"行数", "the number of lines with "},
};

static const struct expr_words builtins[EXPR_BUILTIN_COUNT] = {
    [EXPR_NOW] = {"此刻", "now"},
    [EXPR_OBSERVED_AT] = {"所记时间", "the time given in the entry"},
    [EXPR_ATTEMPT] = {"未成原因", "why the attempt failed"},
    [EXPR_MATTER_STATE] = {"状态", "the state"},
    [EXPR_MATTER_OPENED_AT] = {"立项时间", "the opening"},
    [EXPR_MATTER_UNIT] = {"所在单位", "the unit"},
    [EXPR_STATE_SINCE] = {"进入本状态的时间", "the time the state was entered"},
    [EXPR_SUBJECT] = {"当事人", "the person"},
    [EXPR_PARTICIPANT_STATE] = {"该参与方的状态", "the state of the participant"},
    [EXPR_PARTICIPANT_WHO] = {"该参与方", "the participant"},
};

static const struct expr_words members[EXPECTATION_MEMBER_COUNT] = {
    [EXPECTATION_IS_OPEN] = {"在等待", " is expected"},
    [EXPECTATION_IS_MET] = {"已完成", " has been done"},
    [EXPECTATION_IS_EXPIRED] = {"已过期未做", " has lapsed"},
    [EXPECTATION_DUE] = {"的期限", "'s due time"},
};

static const char *choose(const struct renderer *renderer, const struct expr_words *words)
{
    return renderer_choose(renderer, words->zh, words->en);
}

/* ---- names ---- */

static void say_field(struct renderer *renderer, const struct form *form, const struct node *node)
{
    if (form == NULL || (size_t)node->symbol.index >= form->field_count)
        g_string_append(renderer->out, node->text);
    else
        g_string_append(renderer->out, renderer_text(renderer, &form->fields[node->symbol.index].label));
}

static void say_rule(struct renderer *renderer, int index)
{
    renderer->rules_named[index] = true;
    g_string_append(renderer->out, renderer_text(renderer, &renderer->playbook->rules[index].title));
}

static void say_fact(struct renderer *renderer, const struct fact *fact)
{
    static const struct {
        struct expr_words before, after;
    } functions_of[] = {
        [FACT_COUNT] = {{"", "the number of "}, {"的次数", ""}},
        [FACT_EXISTS] = {{"已有", "there is a "}, {"", ""}},
        [FACT_FIRST] = {{"第一次", "of the first "}, {"的", " "}},
        [FACT_LAST] = {{"最近一次", "of the last "}, {"的", " "}},
        [FACT_SUM] = {{"各次", "over all "}, {"中合计：", " the sum of "}},
        [FACT_MIN] = {{"各次", "over all "}, {"中最小：", " the least "}},
        [FACT_MAX] = {{"各次", "over all "}, {"中最大：", " the greatest "}},
    };
    static const struct expr_words parts[] = {
        [FACT_MEMBER_AT] = {"时间", "the time"}, [FACT_MEMBER_ACTOR] = {"登记人", "who made it"}};
    const struct form *form = renderer->form;
    g_string_append(renderer->out, choose(renderer, &functions_of[fact->function].before));
    renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, &fact->entry->title));
    g_string_append(renderer->out, choose(renderer, &functions_of[fact->function].after));
    renderer->form = &fact->entry->form;
    if (fact->member == FACT_MEMBER_AT || fact->member == FACT_MEMBER_ACTOR)
        g_string_append(renderer->out, choose(renderer, &parts[fact->member]));
    if (fact->member == FACT_MEMBER_FIELD && fact->value == NULL)
        g_string_append(renderer->out, renderer_text(renderer, &fact->entry->form.fields[fact->field].label));
    if (fact->column != NULL)
        g_string_append(renderer->out, renderer_text(renderer, &fact->column->label));
    else if (fact->value != NULL)
        renderer_expr(renderer, fact->value);
    if (fact->where != NULL) {
        renderer_add(renderer, "（限：", " (where ");
        renderer_expr(renderer, fact->where);
        renderer_add(renderer, "）", ")");
    }
    renderer->form = form;
}

void renderer_fact(struct renderer *renderer, const struct fact *fact)
{
    say_fact(renderer, fact);
    if (fact->by != NULL)
        renderer_printf(renderer, "，按%s分", ", for each %s", renderer_text(renderer, &fact->by->label));
}

static void say_participant(struct renderer *renderer, const struct node *node)
{
    bool state = g_str_has_suffix(node->text, ".state");
    g_string_append(renderer->out, renderer_text(renderer, &renderer->kind->participants[node->symbol.index].title));
    if (state)
        renderer_add(renderer, "的状态", " (state)");
}

static void say_name(struct renderer *renderer, const struct node *node)
{
    int index = node->symbol.index;
    switch (node->symbol.space) {
    case EXPR_ENTRY_FIELD:
        say_field(renderer, renderer->form, node);
        break;
    case EXPR_MATTER_FIELD:
        say_field(renderer, &renderer->kind->form, node);
        break;
    case EXPR_FACT:
        say_fact(renderer, &renderer->kind->facts[index]);
        break;
    case EXPR_RULE:
    case EXPR_TABLE:
        say_rule(renderer, index);
        break;
    case EXPR_BUILTIN:
        if (index == EXPR_SUBJECT && renderer->kind->about == ABOUT_UNIT)
            renderer_add(renderer, "所涉单位", "the unit it is about");
        else
            g_string_append(renderer->out, choose(renderer, &builtins[index]));
        break;
    case EXPR_PARTICIPANT:
        say_participant(renderer, node);
        break;
    case EXPR_LINE:
        renderer_add(renderer, "该行的", "the line's ");
        say_field(renderer, renderer->line, node);
        break;
    case EXPR_EXPECTATION: {
        const struct expect *expect = kind_expect_at(renderer->kind, index / EXPECTATION_MEMBER_COUNT);
        const struct expr_words *member = &members[index % EXPECTATION_MEMBER_COUNT];
        renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, &expect->entry->title));
        g_string_append(renderer->out, choose(renderer, member));
        break;
    }
    case EXPR_SPACE_COUNT:
        break;
    }
}

/* ---- nodes ---- */

static void say_node(struct renderer *renderer, const struct node *node, bool bracket);

static void say_args(struct renderer *renderer, const struct node *node, size_t first)
{
    for (size_t i = first; i < node->arg_count; i++) {
        renderer_comma(renderer, i - first);
        say_node(renderer, node->args[i], false);
    }
}

static bool is_truth(const struct node *node)
{
    return (node->op == NODE_NAME || node->op == NODE_TABLE) && node->type == VALUE_BOOL &&
           node->symbol.space != EXPR_FACT && node->symbol.space != EXPR_EXPECTATION;
}

static bool is_state(const struct node *node)
{
    return node->op == NODE_NAME && node->symbol.space == EXPR_BUILTIN && node->symbol.index == EXPR_MATTER_STATE;
}

/* A state is a code without a list: its title is the kind's. */
static void say_side(struct renderer *renderer, const struct node *side, const struct node *other)
{
    const struct state *state =
        is_state(other) && side->op == NODE_LITERAL ? kind_find_state(renderer->kind, side->value.text) : NULL;
    if (state != NULL)
        renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, &state->title));
    else
        say_node(renderer, side, true);
}

static void say_between(struct renderer *renderer, const struct node *node)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        if (i > 0)
            g_string_append(renderer->out, choose(renderer, &between[node->op]));
        if (node->arg_count == 2)
            say_side(renderer, node->args[i], node->args[1 - i]);
        else
            say_node(renderer, node->args[i], true);
    }
}

/* A bool without a comparison. */
static void say_truth(struct renderer *renderer, const struct node *node, bool truth)
{
    g_string_append(renderer->out, "“");
    say_node(renderer, node, false);
    renderer_add(renderer, truth ? "”为是" : "”为否", truth ? "” is yes" : "” is no");
}

static void say_not(struct renderer *renderer, const struct node *of)
{
    bool given = of->op == NODE_IS_MISSING, filled = of->op == NODE_IS_EMPTY;
    if (is_truth(of))
        say_truth(renderer, of, false);
    else if (given || filled) {
        say_node(renderer, of->args[0], true);
        renderer_add(renderer, given ? "已填" : "不为空", given ? " is given" : " is not empty");
    } else {
        renderer_add(renderer, "并非（", "not (");
        say_node(renderer, of, false);
        renderer_add(renderer, "）", ")");
    }
}

static void say_call(struct renderer *renderer, const struct node *node)
{
    bool of_first =
        node->op == NODE_CONTAINS || node->op == NODE_ANY_OF || node->op == NODE_IN || node->op == NODE_UNDER;
    if (of_first) {
        say_node(renderer, node->args[0], true);
        renderer_add(renderer, "", " ");
    }
    g_string_append(renderer->out, choose(renderer, &functions[node->op]));
    renderer_add(renderer, "（", "(");
    say_args(renderer, node, of_first ? 1 : 0);
    renderer_add(renderer, "）", ")");
}

static void say_logic(struct renderer *renderer, const struct node *node)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        if (i > 0)
            g_string_append(renderer->out, choose(renderer, &between[node->op]));
        if (is_truth(node->args[i]))
            say_truth(renderer, node->args[i], true);
        else
            say_node(renderer, node->args[i], true);
    }
}

static void say_column(struct renderer *renderer, const struct node *node)
{
    const struct form *columns = node->symbol.lines;
    const struct field *column = &columns->fields[form_find_field(columns, node->member)];
    g_string_append(renderer->out, renderer_text(renderer, &column->label));
}

static void say_above(struct renderer *renderer, const struct node *node)
{
    const struct unit_type *type = playbook_find_unit_type(renderer->playbook, node->args[1]->value.text);
    if (renderer->english)
        g_string_append_printf(renderer->out, "the %s of ", renderer_text(renderer, &type->title));
    say_node(renderer, node->args[0], true);
    if (!renderer->english)
        g_string_append_printf(renderer->out, "所属的%s", renderer_text(renderer, &type->title));
}

static void say_plain(struct renderer *renderer, const struct node *node)
{
    switch ((int)node->op) {
    case NODE_LITERAL:
        renderer_value(renderer, node->value, node->unit, node->list);
        break;
    case NODE_NAME:
        say_name(renderer, node);
        break;
    case NODE_LINE:
        say_column(renderer, node);
        break;
    case NODE_TABLE: /* of a rule, or of a sum kept by codes */
        say_name(renderer, node);
        if (node->symbol.space == EXPR_FACT)
            renderer_add(renderer, "（其中", " (of ");
        else
            renderer_add(renderer, "（按", " (by ");
        say_args(renderer, node, 0);
        renderer_add(renderer, "）", ")");
        break;
    case NODE_ABOVE:
        say_above(renderer, node);
        break;
    case NODE_NOT:
        say_not(renderer, node->args[0]);
        break;
    case NODE_IS_MISSING:
    case NODE_IS_EMPTY:
        say_node(renderer, node->args[0], true);
        renderer_add(renderer, node->op == NODE_IS_EMPTY ? "为空" : "未填",
                     node->op == NODE_IS_EMPTY ? " is empty" : " is missing");
        break;
    case NODE_OR:
    case NODE_AND:
        say_logic(renderer, node);
        break;
    default: /* others have one form */
        if (between[node->op].zh != NULL)
            say_between(renderer, node);
        else
            say_call(renderer, node);
    }
}

/* Brackets around what holds together less than its surroundings. */
static void say_node(struct renderer *renderer, const struct node *node, bool bracket)
{
    static const bool loose[NODE_OP_COUNT] = {
        [NODE_OR] = true, [NODE_AND] = true, [NODE_ADD] = true, [NODE_SUBTRACT] = true};
    bool wrapped = bracket && loose[node->op];
    if (wrapped)
        renderer_add(renderer, "（", "(");
    say_plain(renderer, node);
    if (wrapped)
        renderer_add(renderer, "）", ")");
}

void renderer_expr(struct renderer *renderer, const struct expr *expr)
{
    if (is_truth(expr->root))
        say_truth(renderer, expr->root, true);
    else
        say_node(renderer, expr->root, false);
}
