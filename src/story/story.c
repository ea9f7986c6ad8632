/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story/story.h"

#include "base/datetime.h"
#include "story/fixture.h"

#include <pthread.h>
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

/* ---- one story, on a thread of its own ---- */

#define STORIES_AT_ONCE 16

struct suite {
    const struct playbook *playbook;
    const struct source *sources;
    size_t source_count;
    GArray *runs; /* of struct run */
    pthread_mutex_t lock;
    pthread_cond_t ended;
    guint next; /* of runs, to be taken; under lock, as is every run's `ended` */
};

struct run {
    const json_t *test;
    GArray *failures; /* of struct story_failure */
    struct coverage *coverage;
    bool passed, ended;
    GError *error; /* the engine itself failed */
};

static const char *name_of(const json_t *test)
{
    return json_get_text(test, "test", "?");
}

/* Stops at the first step that fails: later failures would only follow from it. */
static void run_test(const struct suite *suite, struct run *run)
{
    AUTO(fixture)
    struct fixture fixture = {
        .file = json_get_text(run->test, "file", "?"),
        .test = name_of(run->test),
        .line = (int)json_get_integer(run->test, "line", 0),
        .failures = run->failures,
    };
    if (!fixture_open(&fixture, run->test, suite->sources, suite->source_count, &run->error))
        return;
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(run->test, "steps"), index, step)
    {
        if (fixture.failed)
            break;
        run_step(&fixture, step, run->coverage);
    }
    coverage_note_story(run->coverage, &fixture);
    if (fixture.failed && run->failures->len > 0)
        g_array_index(run->failures, struct story_failure, run->failures->len - 1).timeline =
            fixture_timeline(&fixture);
    if (!fixture.failed)
        fixture_replay(&fixture);
    run->passed = !fixture.failed;
}

static void run_one(const struct suite *suite, struct run *run)
{
    run->failures = g_array_new(FALSE, FALSE, sizeof(struct story_failure));
    g_array_set_clear_func(run->failures, story_failure_clear);
    run->coverage = coverage_new(suite->playbook);
    run_test(suite, run);
}

/* What a run found is written by one thread until it has ended, and only read afterwards. */
static void *run_stories(void *context)
{
    struct suite *suite = context;
    pthread_mutex_lock(&suite->lock);
    while (suite->next < suite->runs->len) {
        struct run *run = &g_array_index(suite->runs, struct run, suite->next++);
        pthread_mutex_unlock(&suite->lock);
        run_one(suite, run);
        pthread_mutex_lock(&suite->lock);
        run->ended = true;
        pthread_cond_broadcast(&suite->ended);
    }
    pthread_mutex_unlock(&suite->lock);
    return NULL;
}

static void wait_for(struct suite *suite, const struct run *run)
{
    pthread_mutex_lock(&suite->lock);
    while (!run->ended)
        pthread_cond_wait(&suite->ended, &suite->lock);
    pthread_mutex_unlock(&suite->lock);
}

static void run_clear(gpointer data)
{
    struct run *run = data;
    g_clear_pointer(&run->failures, g_array_unref);
    g_clear_pointer(&run->coverage, coverage_free);
    g_clear_error(&run->error);
}

static GArray *runs_of(const struct playbook *playbook, const char *only)
{
    GArray *runs = g_array_new(FALSE, TRUE, sizeof(struct run));
    size_t index;
    json_t *test;
    g_array_set_clear_func(runs, run_clear);
    json_array_foreach(playbook->tests, index, test)
    {
        struct run run = {.test = test};
        if (only == NULL || strcmp(only, name_of(test)) == 0)
            g_array_append_val(runs, run);
    }
    return runs;
}

static void add_run(struct story_report *report, struct run *run)
{
    for (guint i = 0; i < run->failures->len; i++)
        g_array_append_val(report->failures, g_array_index(run->failures, struct story_failure, i));
    g_array_set_clear_func(run->failures, NULL); /* the report has them */
    coverage_add(report->coverage, run->coverage);
    report->passed += run->passed;
    report->failed += !run->passed;
}

/* Takes what the runs found, in their order, each as soon as it has ended. */
static bool collect(struct suite *suite, void (*progress)(const char *, bool), struct story_report *report,
                    GError **error)
{
    for (guint i = 0; i < suite->runs->len; i++) {
        struct run *run = &g_array_index(suite->runs, struct run, i);
        wait_for(suite, run);
        if (run->error != NULL) {
            g_propagate_error(error, g_steal_pointer(&run->error));
            return false;
        }
        add_run(report, run);
        if (progress != NULL)
            progress(name_of(run->test), run->passed);
    }
    return true;
}

/* No run is begun any more, and those that were begun end. */
static void stop(struct suite *suite, const pthread_t *threads, guint thread_count)
{
    pthread_mutex_lock(&suite->lock);
    suite->next = suite->runs->len;
    pthread_mutex_unlock(&suite->lock);
    for (guint i = 0; i < thread_count; i++)
        pthread_join(threads[i], NULL);
}

/* As many at a time as there are processors: much of a story is waiting for its engine and the disk. */
bool story_run_all(const struct playbook *playbook, const struct source *sources, size_t source_count, const char *only,
                   void (*progress)(const char *, bool), struct story_report *out, GError **error)
{
    pthread_t threads[STORIES_AT_ONCE];
    guint thread_count = CLAMP(g_get_num_processors(), 1, STORIES_AT_ONCE);
    struct suite suite = {.playbook = playbook,
                          .sources = sources,
                          .source_count = source_count,
                          .runs = runs_of(playbook, only),
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .ended = PTHREAD_COND_INITIALIZER};
    *out = (struct story_report){.failures = g_array_new(FALSE, FALSE, sizeof(struct story_failure)),
                                 .coverage = coverage_new(playbook)};
    g_array_set_clear_func(out->failures, story_failure_clear);
    for (guint i = 0; i < thread_count; i++)
        if (pthread_create(&threads[i], NULL, run_stories, &suite) != 0)
            g_error("cannot start a thread for stories");
    bool well = collect(&suite, progress, out, error);
    stop(&suite, threads, thread_count);
    g_array_unref(suite.runs);
    return well;
}
