/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/expects.h"

#include "api/kinds.h"
#include "base/clock.h"
#include "playbook/expr/expr.h"

static json_t *shape_minutes(int minutes)
{
    char text[8];
    g_snprintf(text, sizeof text, "%02d:%02d", minutes / 60 % 100, minutes % 60);
    return json_string(text);
}

static json_t *shape_length(struct length length)
{
    if (length.working_days == 0)
        return json_pack("{s:I}", "seconds", (json_int_t)(length.us / US_PER_SECOND));
    return json_pack("{s:i}", "working_days", length.working_days);
}

static void add_since(json_t *shape, const struct expect *expect)
{
    static const char *const words[] = {
        [SINCE_STATE] = "state", [SINCE_OPENED] = "opened", [SINCE_OBSERVED] = "observed"};
    json_object_set_new(shape, "since",
                        expect->since == SINCE_EXPR ? expr_to_json(expect->since_expr)
                                                    : json_string(words[expect->since]));
}

static void add_per(json_t *shape, const struct expect *expect)
{
    static const char *const weekdays[] = {"", "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    bool weekly = expect->deadline == DEADLINE_WEEKLY;
    json_object_set_new(shape, "per",
                        json_string(weekly                               ? "week"
                                    : expect->deadline == DEADLINE_DAILY ? "day"
                                                                         : "month"));
    json_object_set_new(shape, "at", shape_minutes(expect->at_minutes));
    if (expect->deadline == DEADLINE_DAILY)
        return;
    json_t *on = json_array();
    for (int i = 1; i <= 31; i++)
        if ((expect->on >> i & 1) != 0)
            json_array_append_new(on, weekly ? json_string(weekdays[i]) : json_integer(i));
    json_object_set_new(shape, "on", on);
}

static void add_deadline(json_t *shape, const struct expect *expect)
{
    json_t *windows = json_array();
    switch (expect->deadline) {
    case DEADLINE_WITHIN:
        json_object_set_new(shape, "within",
                            shape_length((struct length){expect->within_us, expect->within_working_days}));
        add_since(shape, expect);
        break;
    case DEADLINE_TABLE:
        json_object_set_new(shape, "within", expr_to_json(expect->expr));
        add_since(shape, expect);
        break;
    case DEADLINE_WINDOWS:
        for (size_t i = 0; i < expect->window_count; i++)
            json_array_append_new(windows, json_pack("[o, o]", shape_minutes(expect->windows[i].from_minutes),
                                                     shape_minutes(expect->windows[i].to_minutes)));
        json_object_set(shape, "windows", windows);
        break;
    case DEADLINE_DAILY:
    case DEADLINE_WEEKLY:
    case DEADLINE_MONTHLY:
        add_per(shape, expect);
        break;
    case DEADLINE_EVERY:
        json_object_set_new(shape, "every",
                            expect->expr != NULL ? expr_to_json(expect->expr)
                                                 : shape_length((struct length){.us = expect->within_us}));
        break;
    case DEADLINE_AT:
        json_object_set_new(shape, "by_time", expr_to_json(expect->expr));
        break;
    }
    json_decref(windows);
}

static void add_clock(json_t *shape, const struct expect *expect)
{
    if (expect->warn_percent > 0)
        json_object_set_new(shape, "warn", json_pack("{s:i}", "percent", expect->warn_percent));
    else if (expect->warn_us > 0)
        json_object_set_new(shape, "warn", shape_length((struct length){.us = expect->warn_us}));
    if (expect->calendar != NULL || expect->calendar_rule != NULL)
        json_object_set_new(
            shape, "calendar",
            json_string(expect->calendar != NULL ? expect->calendar->name : expect->calendar_rule->name));
    if (expect->pause_in_count > 0) {
        json_t *states = json_array();
        for (size_t i = 0; i < expect->pause_in_count; i++)
            json_array_append_new(states, json_string(expect->pause_in[i]->name));
        json_object_set_new(shape, "pause_in", states);
    }
    if (expect->attempts > 0)
        json_object_set_new(shape, "attempts", json_integer(expect->attempts));
    if (expect->state_after_attempts != NULL)
        json_object_set_new(shape, "after_attempts", json_pack("{s:s}", "state", expect->state_after_attempts->name));
    if (expect->earlier_below_refused)
        json_object_set_new(shape, "earlier_below", json_string("refused"));
    if (expect->alert.every_us > 0)
        json_object_set_new(shape, "alert",
                            json_pack("{s:o, s:i, s:b}", "every",
                                      shape_length((struct length){.us = expect->alert.every_us}), "most",
                                      expect->alert.most, "phone_list", expect->alert.phone_list));
    if (expect->both_ways != NULL)
        json_object_set_new(shape, "both_ways", json_string(expect->both_ways->name));
    if (expect->sealed)
        json_object_set_new(shape, "sealed_until", json_string("both"));
    if (expect->extension.present)
        json_object_set_new(
            shape, "extend",
            json_pack("{s:i, s:o}", "most", expect->extension.most, "up_to", shape_length(expect->extension.up_to)));
}

json_t *shape_expects(const struct kind *kind, const struct state *state)
{
    json_t *shapes = json_array();
    for (size_t i = 0; i < state->expect_count; i++) {
        const struct expect *expect = &state->expects[i];
        json_t *shape = json_pack("{s:s, s:s, s:b}", "name", expect->name, "entry", expect->entry->name, "optional",
                                  expect->optional);
        add_deadline(shape, expect);
        add_clock(shape, expect);
        expect_add_rules(shape, kind, expect);
        json_array_append_new(shapes, shape);
    }
    return shapes;
}
