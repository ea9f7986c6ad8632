/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted: facts of a matter, figures of a report, indicators. */
#include "playbook/explain/explain_parts.h"

#include "playbook/model/clause.h"
#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/form_def.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/role.h"
#include "playbook/model/unit_fact.h"

struct count_words {
    const char *zh, *en;
};

static void choose(struct renderer *renderer, const struct count_words *words)
{
    renderer_add(renderer, words->zh, words->en);
}

void explain_fact(struct renderer *renderer, const struct fact *fact)
{
    g_string_append(renderer->out, "- ");
    renderer_fact(renderer, fact);
    renderer_end_line(renderer);
}

void explain_figure(struct renderer *renderer, const struct figure *figure)
{
    static const struct count_words counted[] = {
        [FIGURE_OPENED] = {"当日立项的", "opened that day: "},
        [FIGURE_OPEN] = {"未结的", "open now: "},
        [FIGURE_IN_STATE] = {"处于某状态的", "in a state: "},
        [FIGURE_ENTERED] = {"当日登记的", "entered that day: "},
        [FIGURE_MET] = {"按时完成的", "done in time: "},
        [FIGURE_MISSED] = {"漏报的", "missed: "},
        [FIGURE_OVERDUE] = {"逾期的", "overdue: "},
    };
    renderer_printf(renderer, "- **%s**：", "- **%s**: ", renderer_text(renderer, &figure->title));
    choose(renderer, &counted[figure->what]);
    renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, &figure->kind->title));
    const struct texts *part = figure->state != NULL    ? &figure->state->title
                               : figure->entry != NULL  ? &figure->entry->title
                               : figure->expect != NULL ? &figure->expect->entry->title
                                                        : NULL;
    if (part != NULL)
        renderer_printf(renderer, "（“%s”）", " (“%s”)", renderer_text(renderer, part));
    renderer_end_line(renderer);
}

/* The field, before the entry that has it. */
static void say_amount(struct renderer *renderer, const struct term *term)
{
    const struct amount *amount = &term->amount;
    if (amount->lines != NULL)
        renderer_printf(renderer, "“%s”各行的", "“%s”: ", renderer_text(renderer, &amount->lines->label));
    if (amount->of_matter && term->entry != NULL)
        renderer_add(renderer, "该事项的", "the matter's ");
    renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, &amount->field->label));
    if (term->entry != NULL)
        renderer_add(renderer, "，据登记", ", by entries of ");
}

static void say_unit_fact(struct renderer *renderer, const struct unit_fact *fact)
{
    renderer_printf(renderer, "单位数据“%s”之和", "the sum of the units' “%s”", renderer_text(renderer, &fact->title));
}

static void say_term(struct renderer *renderer, const struct term *term)
{
    static const struct count_words counted[TERM_COUNT] = {
        [TERM_OPENED] = {"立项数", "matters opened"}, [TERM_CLOSED] = {"办结数", "matters closed"},
        [TERM_OPEN] = {"未结数", "matters open"},     [TERM_IN_STATE] = {"处于该状态的数量：", "matters in "},
        [TERM_ENTRIES] = {"登记数：", "entries of "}, [TERM_MET] = {"按时完成数：", "done in time: "},
        [TERM_LATE] = {"迟完成数：", "done late: "},  [TERM_MISSED] = {"漏报数：", "missed: "},
        [TERM_EXCUSED] = {"免责数：", "excused: "},   [TERM_DUE] = {"到期数：", "due: "},
        [TERM_SUM] = {"合计：", "the sum of "},       [TERM_LAST] = {"最近一次所报之和：", "the sum of the latest "},
    };
    if (term->what == TERM_UNIT_FACT) {
        say_unit_fact(renderer, term->fact);
        return;
    }
    choose(renderer, &counted[term->what]);
    if (term->amount.field != NULL)
        say_amount(renderer, term);
    const struct texts *part = term->state != NULL    ? &term->state->title
                               : term->entry != NULL  ? &term->entry->title
                               : term->expect != NULL ? &term->expect->entry->title
                                                      : NULL;
    if (part != NULL)
        renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, part));
    if (term->where == NULL)
        return;
    const struct form *outer = renderer->form;
    renderer->form = term->entry != NULL ? &term->entry->form : outer;
    renderer_add(renderer, "（限：", " (where ");
    renderer_expr(renderer, term->where);
    renderer_add(renderer, "）", ")");
    renderer->form = outer;
}

static void say_window(struct renderer *renderer, const struct indicator *indicator)
{
    static const struct count_words windows[] = {
        [WINDOW_DAY] = {"按日", "a day"},
        [WINDOW_WEEK] = {"按周（自周一）", "a week, from Monday"},
        [WINDOW_MONTH] = {"按月", "a month"},
        [WINDOW_MONTH_19] = {"按月，自十九日至次月十八日", "a month, from the 19th to the 18th"},
    };
    static const struct count_words dates[] = {
        [ON_OPENED] = {"；按立项之日计", "; dated by the opening"},
        [ON_CLOSED] = {"；按办结之日计", "; dated by the closing"},
        [ON_OBSERVED] = {"；按所记之日计：", "; dated by the time given in "},
        [ON_ACCEPTED] = {"；按登记之日计：", "; dated by the making of "},
    };
    renderer_add(renderer, "  - 时段：", "  - For ");
    choose(renderer, &windows[indicator->window]);
    if (indicator->on != ON_OWN)
        choose(renderer, &dates[indicator->on]);
    if (indicator->on_entry != NULL)
        renderer_printf(renderer, "“%s”", "“%s”", renderer_text(renderer, &indicator->on_entry->title));
    if (indicator->freeze_us > 0) {
        renderer_add(renderer, "；时段结束满 ", "; what arrives ");
        renderer_length(renderer, indicator->freeze_us);
        renderer_add(renderer, "后到的不再计", " after its end no longer counts");
    }
    renderer_end_line(renderer);
}

static void say_credit(struct renderer *renderer, const struct indicator *indicator)
{
    renderer_add(renderer, "  - 计入：", "  - Counts at ");
    for (size_t i = 0; i < indicator->credit_count; i++) {
        int field = indicator->credits[i].field;
        renderer_comma(renderer, i);
        if (indicator->credits[i].set != NULL)
            renderer_printf(renderer, "“%s”中的单位", "the participant unit of “%s”",
                            renderer_text(renderer, &indicator->credits[i].set->title));
        else if (field < 0)
            renderer_add(renderer, "所在单位", "the unit of the matter");
        else
            renderer_printf(renderer, "“%s”所填单位", "the unit in “%s”",
                            renderer_text(renderer, &indicator->kind->form.fields[field].label));
    }
    renderer_add(renderer, "及其上级", " and above");
    if (indicator->coverage != NULL)
        renderer_printf(renderer, "；注明有数的%s有几个", "; shows how many units of the type %s have figures",
                        renderer_text(renderer, &indicator->coverage->title));
    renderer_end_line(renderer);
}

static void say_hidden(struct renderer *renderer, const struct indicator *indicator)
{
    for (size_t i = 0; i < indicator->told_to_count; i++)
        renderer_printf(renderer, "  - 也告知“%s”，虽看不到这些事项\n",
                        "  - Also told to “%s”, who may see none of the matters\n",
                        renderer_text(renderer, &indicator->told_to[i]->title));
    if (indicator->floor != NULL)
        renderer_printf(renderer, "  - %s以下不显示\n", "  - Not shown below the %s\n",
                        renderer_text(renderer, &indicator->floor->title));
    if (indicator->min_bottom > 0)
        renderer_printf(renderer, "  - 分母不足 %d 时不显示\n", "  - Not shown for fewer than %d\n",
                        indicator->min_bottom);
    if (indicator->smallest_cell > 0)
        renderer_printf(renderer, "  - 不足 %d 的人数不显示，由差可推出的也不显示\n",
                        "  - Figures below %d are hidden, and figures from which they could be derived\n",
                        indicator->smallest_cell);
}

static void say_overdue(struct renderer *renderer, const struct indicator_level *level)
{
    renderer_add(renderer, "逾期数：", "overdue: ");
    for (size_t i = 0; i < level->expect_count; i++) {
        const struct clause_expect *expect = &level->expects[i];
        struct expect accepting;
        const struct expect *def = expect_find(expect->kind, expect->name, &accepting);
        renderer_comma(renderer, i);
        renderer_printf(renderer, "“%s”的“%s”", "“%s” · “%s”", renderer_text(renderer, &expect->kind->title),
                        def != NULL && def->entry != NULL ? renderer_text(renderer, &def->entry->title) : expect->name);
    }
}

static void say_level(struct renderer *renderer, const struct indicator_level *level)
{
    static const struct count_words counted[] = {
        [LEVEL_POSTS_REQUIRED] = {"必设岗位数", "posts required"},
        [LEVEL_POSTS_HELD] = {"必设岗位在岗数", "posts required and held"},
        [LEVEL_POSTS_EMPTY] = {"必设岗位空缺数", "posts required and empty"},
        [LEVEL_UNITS] = {"单位数", "units"},
    };
    if (level->what == LEVEL_OVERDUE) {
        say_overdue(renderer, level);
        return;
    }
    if (level->what == LEVEL_UNIT_FACT) {
        say_unit_fact(renderer, level->fact);
        return;
    }
    choose(renderer, &counted[level->what]);
    if (level->role != NULL)
        renderer_printf(renderer, "，角色“%s”", ", role “%s”", renderer_text(renderer, &level->role->title));
    if (level->type != NULL)
        renderer_printf(renderer, "，单位类型“%s”", ", type “%s”", renderer_text(renderer, &level->type->title));
    if (level->longer_us > 0) {
        renderer_add(renderer, "，空缺已满 ", ", for at least ");
        renderer_length(renderer, level->longer_us);
    }
}

static void explain_level(struct renderer *renderer, const struct indicator *indicator)
{
    say_level(renderer, &indicator->level_top);
    if (indicator->ratio) {
        renderer_add(renderer, "，除以", ", of ");
        say_level(renderer, &indicator->level_bottom);
    }
    renderer_end_line(renderer);
    if (indicator_is_dated(indicator))
        renderer_add(renderer, "  - 按日，计入本单位及其下级\n", "  - As of a day, at the unit and below\n");
    else
        renderer_add(renderer, "  - 此刻，计入本单位及其下级\n", "  - Now, at the unit and below\n");
    say_hidden(renderer, indicator);
}

void explain_indicator(struct renderer *renderer, const struct indicator *indicator)
{
    renderer_printf(renderer, "- **%s**：", "- **%s**: ", renderer_text(renderer, &indicator->title));
    if (indicator->kind == NULL) {
        explain_level(renderer, indicator);
        return;
    }
    say_term(renderer, &indicator->top);
    if (indicator->ratio) {
        renderer_add(renderer, "，除以", ", of ");
        say_term(renderer, &indicator->bottom);
    }
    renderer_end_line(renderer);
    say_window(renderer, indicator);
    say_credit(renderer, indicator);
    say_hidden(renderer, indicator);
}
