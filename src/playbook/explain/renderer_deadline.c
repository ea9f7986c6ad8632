/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By when: the deadline of an expectation. */
#include "playbook/explain/renderer.h"

#include "playbook/model/deadline.h"
#include "playbook/model/flow.h"
#include "playbook/model/model.h"

static void say_since(struct renderer *renderer, const struct expect *expect)
{
    switch (expect->since) {
    case SINCE_STATE:
        renderer_add(renderer, "进入本状态", "entering this state");
        break;
    case SINCE_OPENED:
        renderer_add(renderer, "立项", "the opening");
        break;
    case SINCE_OBSERVED:
        renderer_add(renderer, "上一登记所记之时", "the time given in the previous entry");
        break;
    case SINCE_EXPR:
        renderer_expr(renderer, expect->since_expr);
        break;
    }
}

static void say_within(struct renderer *renderer, const struct expect *expect)
{
    renderer_add(renderer, "", "within ");
    if (!renderer->english) {
        say_since(renderer, expect);
        g_string_append(renderer->out, "后 ");
    }
    if (expect->deadline == DEADLINE_TABLE)
        renderer_expr(renderer, expect->expr);
    else if (expect->within_working_days > 0)
        renderer_working_days(renderer, expect->within_working_days);
    else
        renderer_length(renderer, expect->within_us);
    renderer_add(renderer, "内", " of ");
    if (renderer->english)
        say_since(renderer, expect);
}

static void say_time(struct renderer *renderer, int minutes)
{
    g_string_append_printf(renderer->out, "%02d:%02d", minutes / 60, minutes % 60);
}

static void say_days(struct renderer *renderer, const struct expect *expect)
{
    static const struct {
        const char *zh, *en;
    } weekdays[8] = {{NULL, NULL},       {"一", "Monday"}, {"二", "Tuesday"},  {"三", "Wednesday"},
                     {"四", "Thursday"}, {"五", "Friday"}, {"六", "Saturday"}, {"日", "Sunday"}};
    bool weekly = expect->deadline == DEADLINE_WEEKLY;
    size_t count = 0;
    renderer_add(renderer, weekly ? "每周" : "每月 ", weekly ? "every " : "on day ");
    for (int day = 1; day <= (weekly ? 7 : 31); day++) {
        if ((expect->on & (1U << day)) == 0)
            continue;
        renderer_comma(renderer, count++);
        if (weekly)
            g_string_append(renderer->out, renderer_choose(renderer, weekdays[day].zh, weekdays[day].en));
        else
            g_string_append_printf(renderer->out, "%d", day);
    }
    renderer_add(renderer, weekly ? " " : " 日 ", weekly ? " by " : " of the month by ");
    say_time(renderer, expect->at_minutes);
    renderer_add(renderer, " 前", "");
}

static void say_windows(struct renderer *renderer, const struct expect *expect)
{
    renderer_add(renderer, "每日 ", "daily ");
    for (size_t i = 0; i < expect->window_count; i++) {
        renderer_comma(renderer, i);
        say_time(renderer, expect->windows[i].from_minutes);
        g_string_append(renderer->out, "–");
        if (window_is_over_midnight(expect->windows[i]))
            renderer_add(renderer, "次日 ", "");
        say_time(renderer, expect->windows[i].to_minutes);
        if (window_is_over_midnight(expect->windows[i]))
            renderer_add(renderer, "", " of the next day");
    }
}

static void say_calendar(struct renderer *renderer, const struct expect *expect)
{
    if (expect->calendar_rule != NULL)
        renderer->rules_named[expect->calendar_rule - renderer->playbook->rules] = true;
    const struct texts *title = expect->calendar != NULL        ? &expect->calendar->title
                                : expect->calendar_rule != NULL ? &expect->calendar_rule->title
                                                                : NULL;
    if (title != NULL)
        renderer_printf(renderer, "（按%s）", " (in the calendar “%s”)", renderer_text(renderer, title));
}

void renderer_deadline(struct renderer *renderer, const struct expect *expect)
{
    switch (expect->deadline) {
    case DEADLINE_WITHIN:
    case DEADLINE_TABLE:
        say_within(renderer, expect);
        break;
    case DEADLINE_WINDOWS:
        say_windows(renderer, expect);
        break;
    case DEADLINE_DAILY:
        renderer_add(renderer, "每日 ", "daily by ");
        say_time(renderer, expect->at_minutes);
        renderer_add(renderer, " 前", "");
        break;
    case DEADLINE_WEEKLY:
    case DEADLINE_MONTHLY:
        say_days(renderer, expect);
        break;
    case DEADLINE_EVERY:
        renderer_add(renderer, "每隔 ", "every ");
        if (expect->expr != NULL)
            renderer_expr(renderer, expect->expr);
        else
            renderer_length(renderer, expect->within_us);
        break;
    case DEADLINE_AT:
        renderer_add(renderer, "不晚于", "by ");
        renderer_expr(renderer, expect->expr);
        break;
    }
    say_calendar(renderer, expect);
}
