/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted: facts of a matter, figures of a report, indicators. */
#include "playbook/explain/explain_parts.h"

#include "playbook/model/entry_def.h"
#include "playbook/model/flow.h"
#include "playbook/model/indicator_def.h"
#include "playbook/model/kind.h"
#include "playbook/model/participant_set.h"
#include "playbook/model/role.h"

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

static void say_term(struct renderer *renderer, const struct term *term)
{
    static const struct count_words counted[TERM_COUNT] = {
        [TERM_OPENED] = {"立项数", "matters opened"}, [TERM_CLOSED] = {"办结数", "matters closed"},
        [TERM_OPEN] = {"未结数", "matters open"},     [TERM_IN_STATE] = {"处于该状态的数量：", "matters in "},
        [TERM_ENTRIES] = {"登记数：", "entries of "}, [TERM_MET] = {"按时完成数：", "done in time: "},
        [TERM_LATE] = {"迟完成数：", "done late: "},  [TERM_MISSED] = {"漏报数：", "missed: "},
        [TERM_EXCUSED] = {"免责数：", "excused: "},   [TERM_DUE] = {"到期数：", "due: "},
    };
    choose(renderer, &counted[term->what]);
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

void explain_indicator(struct renderer *renderer, const struct indicator *indicator)
{
    renderer_printf(renderer, "- **%s**：", "- **%s**: ", renderer_text(renderer, &indicator->title));
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
