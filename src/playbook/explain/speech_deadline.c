/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By when: the deadline of an expectation. */
#include "playbook/explain/speech.h"

#include "playbook/model/flow.h"
#include "playbook/model/model.h"

static void say_since(struct speech *speech, const struct expect *expect)
{
    switch (expect->since) {
    case SINCE_STATE:
        speech_add(speech, "进入本状态", "entering this state");
        break;
    case SINCE_OPENED:
        speech_add(speech, "立案", "the opening");
        break;
    case SINCE_OBSERVED:
        speech_add(speech, "上一登记所记之时", "the time that the entry before tells of");
        break;
    case SINCE_EXPR:
        speech_expr(speech, expect->since_expr);
        break;
    }
}

static void say_within(struct speech *speech, const struct expect *expect)
{
    speech_add(speech, "", "within ");
    if (!speech->english) {
        say_since(speech, expect);
        g_string_append(speech->out, "后 ");
    }
    if (expect->deadline == DEADLINE_TABLE)
        speech_expr(speech, expect->expr);
    else if (expect->within_working_days > 0)
        speech_working_days(speech, expect->within_working_days);
    else
        speech_length(speech, expect->within_us);
    speech_add(speech, "内", " of ");
    if (speech->english)
        say_since(speech, expect);
}

static void say_time(struct speech *speech, int minutes)
{
    g_string_append_printf(speech->out, "%02d:%02d", minutes / 60, minutes % 60);
}

static void say_days(struct speech *speech, const struct expect *expect)
{
    static const struct {
        const char *zh, *en;
    } weekdays[8] = {{NULL, NULL},       {"一", "Monday"}, {"二", "Tuesday"},  {"三", "Wednesday"},
                     {"四", "Thursday"}, {"五", "Friday"}, {"六", "Saturday"}, {"日", "Sunday"}};
    bool weekly = expect->deadline == DEADLINE_WEEKLY;
    size_t count = 0;
    speech_add(speech, weekly ? "每周" : "每月 ", weekly ? "every " : "on day ");
    for (int day = 1; day <= (weekly ? 7 : 31); day++) {
        if ((expect->on & (1U << day)) == 0)
            continue;
        speech_comma(speech, count++);
        if (weekly)
            g_string_append(speech->out, speech_choose(speech, weekdays[day].zh, weekdays[day].en));
        else
            g_string_append_printf(speech->out, "%d", day);
    }
    speech_add(speech, weekly ? " " : " 日 ", weekly ? " by " : " of the month by ");
    say_time(speech, expect->at_minutes);
    speech_add(speech, " 前", "");
}

static void say_windows(struct speech *speech, const struct expect *expect)
{
    speech_add(speech, "每日 ", "daily ");
    for (size_t i = 0; i < expect->window_count; i++) {
        speech_comma(speech, i);
        say_time(speech, expect->windows[i].from_minutes);
        g_string_append(speech->out, "–");
        say_time(speech, expect->windows[i].to_minutes);
    }
}

static void say_calendar(struct speech *speech, const struct expect *expect)
{
    if (expect->calendar_rule != NULL)
        speech->rules_named[expect->calendar_rule - speech->playbook->rules] = true;
    const struct texts *title = expect->calendar != NULL        ? &expect->calendar->title
                                : expect->calendar_rule != NULL ? &expect->calendar_rule->title
                                                                : NULL;
    if (title != NULL)
        speech_say(speech, "（按%s）", " (in the calendar “%s”)", speech_text(speech, title));
}

void speech_deadline(struct speech *speech, const struct expect *expect)
{
    switch (expect->deadline) {
    case DEADLINE_WITHIN:
    case DEADLINE_TABLE:
        say_within(speech, expect);
        break;
    case DEADLINE_WINDOWS:
        say_windows(speech, expect);
        break;
    case DEADLINE_DAILY:
        speech_add(speech, "每日 ", "daily by ");
        say_time(speech, expect->at_minutes);
        speech_add(speech, " 前", "");
        break;
    case DEADLINE_WEEKLY:
    case DEADLINE_MONTHLY:
        say_days(speech, expect);
        break;
    case DEADLINE_EVERY:
        speech_add(speech, "每隔 ", "every ");
        speech_length(speech, expect->within_us);
        break;
    case DEADLINE_AT:
        speech_add(speech, "不晚于", "by ");
        speech_expr(speech, expect->expr);
        break;
    }
    say_calendar(speech, expect);
}
