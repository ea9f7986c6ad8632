/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions: the tree as words, with labels and titles in place of names. */
#include "base/datetime.h"

#include "playbook/explain/speech.h"
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
    [NODE_ABS] = {"绝对值", "the size of "},
    [NODE_DAYS] = {"相隔天数", "the days between "},
    [NODE_DAY] = {"当日", "the day of "},
    [NODE_COUNT] = {"个数", "the number of "},
    [NODE_CONTAINS] = {"包含", "contains "},
    [NODE_ANY_OF] = {"包含其一", "contains any of "},
    [NODE_COALESCE] = {"先有者", "the first there is of "},
    [NODE_SUM] = {"各行合计", "the sum over the lines of "},
    [NODE_ANY] = {"任一行", "any line has "},
    [NODE_ALL] = {"每一行", "every line has "},
    [NODE_COUNT_IF] = {"行数", "the number of lines with "},
};

static const struct expr_words builtins[EXPR_BUILTIN_COUNT] = {
    [EXPR_NOW] = {"此刻", "now"},
    [EXPR_OBSERVED_AT] = {"所记之时", "the time that the entry tells of"},
    [EXPR_ATTEMPT] = {"未成的原因", "why it was only tried"},
    [EXPR_MATTER_STATE] = {"状态", "the state"},
    [EXPR_MATTER_OPENED_AT] = {"立案时间", "the opening"},
    [EXPR_MATTER_UNIT] = {"所在单位", "the unit"},
    [EXPR_STATE_SINCE] = {"进入本状态的时间", "the time the state was entered"},
    [EXPR_SUBJECT] = {"当事人", "the person"},
    [EXPR_PARTICIPANT_STATE] = {"该参与方的状态", "the state of the participant"},
    [EXPR_PARTICIPANT_WHO] = {"该参与方", "the participant"},
};

static const struct expr_words members[EXPECTATION_MEMBER_COUNT] = {
    [EXPECTATION_IS_OPEN] = {"在等待", " is waited for"},
    [EXPECTATION_IS_MET] = {"已完成", " has been done"},
    [EXPECTATION_IS_EXPIRED] = {"已过期未做", " has run out"},
    [EXPECTATION_DUE] = {"的期限", "'s due time"},
};

static const char *choose(const struct speech *speech, const struct expr_words *words)
{
    return speech_choose(speech, words->zh, words->en);
}

/* ---- names ---- */

static void say_field(struct speech *speech, const struct form *form, const struct node *node)
{
    if (form == NULL || (size_t)node->symbol.index >= form->field_count)
        g_string_append(speech->out, node->text);
    else
        g_string_append(speech->out, speech_text(speech, &form->fields[node->symbol.index].label));
}

static void say_rule(struct speech *speech, int index)
{
    speech->rules_named[index] = true;
    g_string_append(speech->out, speech_text(speech, &speech->playbook->rules[index].title));
}

static void say_fact(struct speech *speech, const struct fact *fact)
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
    const struct form *form = speech->form;
    g_string_append(speech->out, choose(speech, &functions_of[fact->function].before));
    speech_say(speech, "“%s”", "“%s”", speech_text(speech, &fact->entry->title));
    g_string_append(speech->out, choose(speech, &functions_of[fact->function].after));
    speech->form = &fact->entry->form;
    if (fact->member == FACT_MEMBER_AT || fact->member == FACT_MEMBER_ACTOR)
        g_string_append(speech->out, choose(speech, &parts[fact->member]));
    if (fact->member == FACT_MEMBER_FIELD && fact->value == NULL)
        g_string_append(speech->out, speech_text(speech, &fact->entry->form.fields[fact->field].label));
    if (fact->column != NULL)
        g_string_append(speech->out, speech_text(speech, &fact->column->label));
    else if (fact->value != NULL)
        speech_expr(speech, fact->value);
    if (fact->where != NULL) {
        speech_add(speech, "（限：", " (where ");
        speech_expr(speech, fact->where);
        speech_add(speech, "）", ")");
    }
    speech->form = form;
}

void speech_fact(struct speech *speech, const struct fact *fact)
{
    say_fact(speech, fact);
    if (fact->by != NULL)
        speech_say(speech, "，按%s分", ", for each %s", speech_text(speech, &fact->by->label));
}

static void say_participant(struct speech *speech, const struct node *node)
{
    bool state = g_str_has_suffix(node->text, ".state");
    g_string_append(speech->out, speech_text(speech, &speech->kind->participants[node->symbol.index].title));
    if (state)
        speech_add(speech, "的状态", " (state)");
}

static void say_name(struct speech *speech, const struct node *node)
{
    int index = node->symbol.index;
    switch (node->symbol.space) {
    case EXPR_ENTRY_FIELD:
        say_field(speech, speech->form, node);
        break;
    case EXPR_MATTER_FIELD:
        say_field(speech, &speech->kind->form, node);
        break;
    case EXPR_FACT:
        say_fact(speech, &speech->kind->facts[index]);
        break;
    case EXPR_RULE:
    case EXPR_TABLE:
        say_rule(speech, index);
        break;
    case EXPR_BUILTIN:
        if (index == EXPR_SUBJECT && speech->kind->about == ABOUT_UNIT)
            speech_add(speech, "所涉单位", "the unit it is about");
        else
            g_string_append(speech->out, choose(speech, &builtins[index]));
        break;
    case EXPR_PARTICIPANT:
        say_participant(speech, node);
        break;
    case EXPR_LINE:
        speech_add(speech, "该行的", "the line's ");
        say_field(speech, speech->line, node);
        break;
    case EXPR_EXPECTATION: {
        const struct expect *expect = kind_expect_at(speech->kind, index / EXPECTATION_MEMBER_COUNT);
        const struct expr_words *member = &members[index % EXPECTATION_MEMBER_COUNT];
        speech_say(speech, "“%s”", "“%s”", speech_text(speech, &expect->entry->title));
        g_string_append(speech->out, choose(speech, member));
        break;
    }
    case EXPR_SPACE_COUNT:
        break;
    }
}

/* ---- nodes ---- */

static void say_node(struct speech *speech, const struct node *node, bool bracket);

static void say_args(struct speech *speech, const struct node *node, size_t first)
{
    for (size_t i = first; i < node->arg_count; i++) {
        speech_comma(speech, i - first);
        say_node(speech, node->args[i], false);
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

/* A state is a code without a list: its title stands in the kind. */
static void say_side(struct speech *speech, const struct node *side, const struct node *other)
{
    const struct state *state =
        is_state(other) && side->op == NODE_LITERAL ? kind_find_state(speech->kind, side->value.text) : NULL;
    if (state != NULL)
        speech_say(speech, "“%s”", "“%s”", speech_text(speech, &state->title));
    else
        say_node(speech, side, true);
}

static void say_between(struct speech *speech, const struct node *node)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        if (i > 0)
            g_string_append(speech->out, choose(speech, &between[node->op]));
        if (node->arg_count == 2)
            say_side(speech, node->args[i], node->args[1 - i]);
        else
            say_node(speech, node->args[i], true);
    }
}

/* A truth standing alone says what it must be. */
static void say_truth(struct speech *speech, const struct node *node, bool truth)
{
    g_string_append(speech->out, "“");
    say_node(speech, node, false);
    speech_add(speech, truth ? "”为是" : "”为否", truth ? "” is yes" : "” is no");
}

static void say_not(struct speech *speech, const struct node *of)
{
    bool given = of->op == NODE_IS_MISSING, filled = of->op == NODE_IS_EMPTY;
    if (is_truth(of))
        say_truth(speech, of, false);
    else if (given || filled) {
        say_node(speech, of->args[0], true);
        speech_add(speech, given ? "已填" : "不为空", given ? " is given" : " is not empty");
    } else {
        speech_add(speech, "并非（", "not (");
        say_node(speech, of, false);
        speech_add(speech, "）", ")");
    }
}

static void say_call(struct speech *speech, const struct node *node)
{
    bool of_first = node->op == NODE_CONTAINS || node->op == NODE_ANY_OF || node->op == NODE_IN;
    if (of_first) {
        say_node(speech, node->args[0], true);
        speech_add(speech, "", " ");
    }
    g_string_append(speech->out, choose(speech, &functions[node->op]));
    speech_add(speech, "（", "(");
    say_args(speech, node, of_first ? 1 : 0);
    speech_add(speech, "）", ")");
}

static void say_logic(struct speech *speech, const struct node *node)
{
    for (size_t i = 0; i < node->arg_count; i++) {
        if (i > 0)
            g_string_append(speech->out, choose(speech, &between[node->op]));
        if (is_truth(node->args[i]))
            say_truth(speech, node->args[i], true);
        else
            say_node(speech, node->args[i], true);
    }
}

static void say_column(struct speech *speech, const struct node *node)
{
    const struct form *columns = node->symbol.lines;
    const struct field *column = &columns->fields[form_find_field(columns, node->member)];
    g_string_append(speech->out, speech_text(speech, &column->label));
}

static void say_plain(struct speech *speech, const struct node *node)
{
    switch ((int)node->op) {
    case NODE_LITERAL:
        speech_value(speech, node->value, node->unit, node->list);
        break;
    case NODE_NAME:
        say_name(speech, node);
        break;
    case NODE_LINE:
        say_column(speech, node);
        break;
    case NODE_TABLE: /* of a rule, or of a sum that is kept by the codes of a column */
        say_name(speech, node);
        if (node->symbol.space == EXPR_FACT)
            speech_add(speech, "（其中", " (of ");
        else
            speech_add(speech, "（按", " (by ");
        say_args(speech, node, 0);
        speech_add(speech, "）", ")");
        break;
    case NODE_NOT:
        say_not(speech, node->args[0]);
        break;
    case NODE_IS_MISSING:
    case NODE_IS_EMPTY:
        say_node(speech, node->args[0], true);
        speech_add(speech, node->op == NODE_IS_EMPTY ? "为空" : "未填",
                   node->op == NODE_IS_EMPTY ? " is empty" : " is missing");
        break;
    case NODE_OR:
    case NODE_AND:
        say_logic(speech, node);
        break;
    default: /* the rest is told alike */
        if (between[node->op].zh != NULL)
            say_between(speech, node);
        else
            say_call(speech, node);
    }
}

/* Brackets around what holds together less than its surroundings. */
static void say_node(struct speech *speech, const struct node *node, bool bracket)
{
    static const bool loose[NODE_OP_COUNT] = {
        [NODE_OR] = true, [NODE_AND] = true, [NODE_ADD] = true, [NODE_SUBTRACT] = true};
    bool wrapped = bracket && loose[node->op];
    if (wrapped)
        speech_add(speech, "（", "(");
    say_plain(speech, node);
    if (wrapped)
        speech_add(speech, "）", ")");
}

void speech_expr(struct speech *speech, const struct expr *expr)
{
    if (is_truth(expr->root))
        say_truth(speech, expr->root, true);
    else
        say_node(speech, expr->root, false);
}
