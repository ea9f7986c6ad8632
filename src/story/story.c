/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story/story.h"

#include "base/datetime.h"
#include "story/stage.h"

#include <string.h>

static void story_failure_clear(gpointer data)
{
    struct story_failure *failure = data;
    g_free(failure->file);
    g_free(failure->test);
    g_free(failure->text);
}

void story_report_clear(struct story_report *report)
{
    g_clear_pointer(&report->failures, g_array_unref);
}

/* An instant, or "+2h" after the step before. */
static void set_clock(struct stage *stage, const char *at)
{
    int64_t at_us = clock_now_us(&stage->clock), later_us;
    if (*at == '+' && duration_parse(at + 1, &later_us))
        at_us += later_us;
    else
        datetime_parse(at, &at_us);
    clock_set(&stage->clock, MAX(at_us, clock_now_us(&stage->clock)));
    engine_run_clock(stage->engine);
    engine_wait_rows(stage->engine, engine_durable_pos(stage->engine), 10 * US_PER_SECOND);
}

static void run_step(struct stage *stage, const json_t *step)
{
    stage->line = (int)json_get_integer(step, "line", 0);
    set_clock(stage, json_get_text(step, "at", ""));
    const json_t *expects = json_object_get(step, "expect");
    if (json_object_get(step, "do") != NULL) {
        step_do(stage, step);
        step_expect_answer(stage, expects);
    }
    stage_find_matters(stage);
    size_t index;
    json_t *expect;
    json_array_foreach((json_t *)expects, index, expect) step_expect(stage, expect);
}

/* Stops at the first step that fails: what follows would only echo it. */
static bool run_test(const json_t *test, const struct source *sources, size_t source_count, GArray *failures,
                     bool *out_passed, GError **error)
{
    AUTO(stage)
    struct stage stage = {
        .file = json_get_text(test, "file", "?"),
        .test = json_get_text(test, "test", "?"),
        .line = (int)json_get_integer(test, "line", 0),
        .failures = failures,
    };
    if (!stage_open(&stage, test, sources, source_count, error))
        return false;
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(test, "steps"), index, step)
    {
        if (stage.failed)
            break;
        run_step(&stage, step);
    }
    if (!stage.failed)
        stage_replay(&stage);
    *out_passed = !stage.failed;
    return true;
}

bool story_run_all(const struct playbook *playbook, const struct source *sources, size_t source_count,
                   const char *only, void (*progress)(const char *, bool), struct story_report *out,
                   GError **error)
{
    *out = (struct story_report){.failures = g_array_new(FALSE, FALSE, sizeof(struct story_failure))};
    g_array_set_clear_func(out->failures, story_failure_clear);
    size_t index;
    json_t *test;
    json_array_foreach(playbook->tests, index, test)
    {
        const char *name = json_get_text(test, "test", "?");
        bool passed = false;
        if (only != NULL && strcmp(only, name) != 0)
            continue;
        if (!run_test(test, sources, source_count, out->failures, &passed, error))
            return false;
        out->passed += passed;
        out->failed += !passed;
        if (progress != NULL)
            progress(name, passed);
    }
    return true;
}
