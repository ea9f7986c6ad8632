/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story/story.h"

#include "base/datetime.h"
#include "story/fixture.h"

#include <string.h>

static void story_failure_clear(gpointer data)
{
    struct story_failure *failure = data;
    g_free(failure->file);
    g_free(failure->test);
    g_free(failure->text);
    g_free(failure->timeline);
}

void story_report_clear(struct story_report *report)
{
    g_clear_pointer(&report->failures, g_array_unref);
    g_clear_pointer(&report->coverage, coverage_free);
}

/* An instant, or "+2h" after the step before. */
static void set_clock(struct fixture *fixture, const char *at)
{
    int64_t at_us = clock_now_us(&fixture->clock), later_us;
    if (*at == '+' && duration_parse(at + 1, &later_us))
        at_us += later_us;
    else
        datetime_parse(at, &at_us);
    clock_set(&fixture->clock, MAX(at_us, clock_now_us(&fixture->clock)));
    engine_run_clock(fixture->engine);
    engine_wait_rows(fixture->engine, engine_durable_pos(fixture->engine), 10 * US_PER_SECOND);
}

/* The entry that a step makes, whatever it calls it. */
static const char *entry_of(const json_t *step)
{
    const json_t *act = json_object_get(step, "do");
    return json_get_text(act, "enter", json_get_text(act, "round", NULL));
}

static void run_step(struct fixture *fixture, const json_t *step, struct coverage *coverage)
{
    fixture->line = (int)json_get_integer(step, "line", 0);
    set_clock(fixture, json_get_text(step, "at", ""));
    const json_t *expects = json_object_get(step, "expect");
    if (json_object_get(step, "do") != NULL) {
        step_do(fixture, step);
        step_expect_answer(fixture, expects);
        coverage_note_refusal(coverage, fixture, entry_of(step));
    }
    fixture_find_units(fixture);
    fixture_find_matters(fixture);
    size_t index;
    json_t *expect;
    json_array_foreach((json_t *)expects, index, expect) step_expect(fixture, expect);
}

/* Stops at the first step that fails: later failures would only follow from it. */
static bool run_test(const json_t *test, const struct source *sources, size_t source_count, struct story_report *report,
                     bool *out_passed, GError **error)
{
    AUTO(fixture)
    struct fixture fixture = {
        .file = json_get_text(test, "file", "?"),
        .test = json_get_text(test, "test", "?"),
        .line = (int)json_get_integer(test, "line", 0),
        .failures = report->failures,
    };
    if (!fixture_open(&fixture, test, sources, source_count, error))
        return false;
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(test, "steps"), index, step)
    {
        if (fixture.failed)
            break;
        run_step(&fixture, step, report->coverage);
    }
    coverage_note_story(report->coverage, &fixture);
    if (fixture.failed && report->failures->len > 0)
        g_array_index(report->failures, struct story_failure, report->failures->len - 1).timeline =
            fixture_timeline(&fixture);
    if (!fixture.failed)
        fixture_replay(&fixture);
    *out_passed = !fixture.failed;
    return true;
}

bool story_run_all(const struct playbook *playbook, const struct source *sources, size_t source_count, const char *only,
                   void (*progress)(const char *, bool), struct story_report *out, GError **error)
{
    *out = (struct story_report){.failures = g_array_new(FALSE, FALSE, sizeof(struct story_failure)),
                                 .coverage = coverage_new(playbook)};
    g_array_set_clear_func(out->failures, story_failure_clear);
    size_t index;
    json_t *test;
    json_array_foreach(playbook->tests, index, test)
    {
        const char *name = json_get_text(test, "test", "?");
        bool passed = false;
        if (only != NULL && strcmp(only, name) != 0)
            continue;
        if (!run_test(test, sources, source_count, out, &passed, error))
            return false;
        out->passed += passed;
        out->failed += !passed;
        if (progress != NULL)
            progress(name, passed);
    }
    return true;
}
