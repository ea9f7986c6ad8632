/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/imports.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/log.h"

#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define WAIT_SECONDS    5                    /* before a refused import may be tried again */
#define REST_WAIT_US    (10 * US_PER_SECOND) /* for the last rows of a sheet */
#define IMPORT_NICENESS 8                    /* reading a sheet yields to intake */

enum job_status { JOB_RUNNING, JOB_DONE, JOB_STOPPED, JOB_FAILED };

struct import_run {
    struct imports *imports;
    struct import_job job;
    char id[UUID_TEXT_LENGTH + 1];
    int64_t started_us;
    pthread_t thread;
    _Atomic int64_t done, all;
    _Atomic bool stopping;
    enum job_status status; /* `lock` guards it and the report */
    struct report report;
};

struct imports {
    struct engine *engine;
    const struct clock *clock;
    pthread_mutex_t lock;
    _Atomic bool stopping;
    GQueue jobs; /* of struct import_run, oldest first */
};

struct imports *imports_new(struct engine *engine, const struct clock *clock)
{
    struct imports *imports = g_new0(struct imports, 1);
    imports->engine = engine;
    imports->clock = clock;
    pthread_mutex_init(&imports->lock, NULL);
    g_queue_init(&imports->jobs);
    return imports;
}

static void running_free(struct import_run *running)
{
    pthread_join(running->thread, NULL);
    report_clear(&running->report);
    g_free(running->job.what);
    g_free(running->job.worksheet);
    mapping_free(running->job.mapping);
    g_free(running);
}

void imports_free(struct imports *imports)
{
    if (imports == NULL)
        return;
    imports->stopping = true;
    struct import_run *running;
    while ((running = g_queue_pop_head(&imports->jobs)) != NULL)
        running_free(running);
    pthread_mutex_destroy(&imports->lock);
    g_free(imports);
}

static void on_progress(int64_t done, int64_t all, void *context)
{
    struct import_run *running = context;
    running->done = done;
    running->all = all;
}

static bool is_stopped(void *context)
{
    const struct import_run *running = context;
    return running->stopping || running->imports->stopping;
}

static void *run(void *context)
{
    struct import_run *running = context;
    struct imports *imports = running->imports;
    g_autoptr(GError) error = NULL;
    struct report report;
    setpriority(PRIO_PROCESS, (id_t)gettid(), IMPORT_NICENESS);
    const struct import_options options = {
        .engine = imports->engine,
        .clock = imports->clock,
        .what = running->job.what,
        .person = running->job.person,
        .mapping = running->job.mapping,
        .sheet = {.charset = running->job.charset, .worksheet = running->job.worksheet},
        .apply = running->job.apply,
        .at_us = running->job.at_us,
        .partial = running->job.partial,
        .progress = on_progress,
        .context = running,
        .is_stopped = is_stopped};
    report_init(&report);
    bool well = import_run(&options, running->job.fd, &report, &error);
    close(running->job.fd);
    engine_wait_rows(imports->engine, engine_durable_pos(imports->engine), REST_WAIT_US); /* what it did is shown */
    if (!well)
        log_write(LOG_ERROR, "an import failed", "why", error->message, NULL);
    pthread_mutex_lock(&imports->lock);
    running->report = report;
    running->status = !well ? JOB_FAILED : running->stopping ? JOB_STOPPED : JOB_DONE;
    pthread_mutex_unlock(&imports->lock);
    return NULL;
}

/* ---- starting ---- */

static void job_drop(struct import_job *job)
{
    close(job->fd);
    g_free(job->what);
    g_free(job->worksheet);
    mapping_free(job->mapping);
}

/* NULL: one more may run. One a person, so that no person takes all places. */
static const char *why_not(struct imports *imports, int64_t person, enum problem_code *out_code)
{
    guint count = 0;
    *out_code = PROBLEM_QUEUE_FULL;
    for (GList *at = imports->jobs.head; at != NULL; at = at->next) {
        const struct import_run *running = at->data;
        count += running->status == JOB_RUNNING;
        if (running->status == JOB_RUNNING && running->job.person == person)
            *out_code = PROBLEM_TOO_MANY_REQUESTS;
    }
    bool may = count < IMPORTS_AT_A_TIME && !imports->stopping && *out_code == PROBLEM_QUEUE_FULL;
    return may ? NULL : G_STRINGIFY(WAIT_SECONDS);
}

/* The oldest that is over makes room. */
static struct import_run *take_oldest(struct imports *imports)
{
    for (GList *at = imports->jobs.head; at != NULL && imports->jobs.length >= LIMIT_IMPORT_JOBS; at = at->next) {
        struct import_run *running = at->data;
        if (running->status == JOB_RUNNING)
            continue;
        g_queue_delete_link(&imports->jobs, at);
        return running;
    }
    return NULL;
}

char *imports_start(struct imports *imports, struct import_job *job, struct problem **out_problem)
{
    struct uuid id;
    struct import_run *old = NULL, *running = g_new0(struct import_run, 1);
    running->started_us = clock_now_us(imports->clock);
    uuid_make(running->started_us, &id);
    running->imports = imports;
    running->job = *job;
    uuid_format(&id, running->id);
    pthread_mutex_lock(&imports->lock);
    enum problem_code code;
    const char *wait = why_not(imports, job->person, &code);
    bool started = wait == NULL && pthread_create(&running->thread, NULL, run, running) == 0;
    char *shown = g_strdup(running->id);
    if (started) {
        old = take_oldest(imports);
        g_queue_push_tail(&imports->jobs, running);
    }
    pthread_mutex_unlock(&imports->lock);
    if (old != NULL)
        running_free(old);
    if (started)
        return shown;
    job_drop(job);
    g_free(running);
    g_free(shown);
    *out_problem = problem_new(code, NULL, wait, NULL);
    return NULL;
}

/* ---- asking ---- */

static struct import_run *find(struct imports *imports, const char *id, int64_t person)
{
    for (GList *at = imports->jobs.head; at != NULL; at = at->next) {
        struct import_run *running = at->data;
        if (running->job.person == person && strcmp(running->id, id) == 0)
            return running;
    }
    return NULL;
}

void imports_stop(struct imports *imports, const char *id, int64_t person)
{
    pthread_mutex_lock(&imports->lock);
    struct import_run *running = find(imports, id, person);
    if (running != NULL && running->status == JOB_RUNNING)
        running->stopping = true;
    pthread_mutex_unlock(&imports->lock);
}

static json_t *shape_run(const struct import_run *running)
{
    static const char *const statuses[] = {
        [JOB_RUNNING] = "running", [JOB_DONE] = "done", [JOB_STOPPED] = "stopped", [JOB_FAILED] = "failed"};
    return json_pack("{s:s, s:s, s:b, s:s, s:I, s:I}", "id", running->id, "what", running->job.what, "dry_run",
                     !running->job.apply, "status", statuses[running->status], "done", (json_int_t)running->done, "all",
                     (json_int_t)running->all);
}

json_t *imports_list(struct imports *imports, int64_t person, GTimeZone *zone)
{
    json_t *rows = json_array();
    char at[DATETIME_TEXT_MAX];
    pthread_mutex_lock(&imports->lock);
    for (GList *one = imports->jobs.tail; one != NULL; one = one->prev) {
        const struct import_run *running = one->data;
        if (running->job.person != person)
            continue;
        json_t *row = shape_run(running);
        datetime_format(running->started_us, zone, at);
        json_object_set_new(row, "started_at", json_string(at));
        if (running->status != JOB_RUNNING)
            json_object_set_new(row, "result",
                                json_pack("{s:I, s:I, s:I, s:I, s:I}", "rows", (json_int_t)running->report.rows, "good",
                                          (json_int_t)running->report.good, "there", (json_int_t)running->report.there,
                                          "wrong", (json_int_t)running->report.wrong, "made",
                                          (json_int_t)running->report.made));
        json_array_append_new(rows, row);
    }
    pthread_mutex_unlock(&imports->lock);
    return rows;
}

json_t *imports_json(struct imports *imports, const char *id, int64_t person, bool chinese, guint from)
{
    json_t *json = NULL;
    pthread_mutex_lock(&imports->lock);
    const struct import_run *running = find(imports, id, person);
    if (running != NULL) {
        json = shape_run(running);
        if (running->status != JOB_RUNNING)
            json_object_set_new(json, "report", report_json(&running->report, chinese, from));
    }
    pthread_mutex_unlock(&imports->lock);
    return json;
}

char *imports_csv(struct imports *imports, const char *id, int64_t person, bool chinese)
{
    pthread_mutex_lock(&imports->lock);
    const struct import_run *running = find(imports, id, person);
    char *text = running != NULL && running->status != JOB_RUNNING ? report_csv(&running->report, chinese) : NULL;
    pthread_mutex_unlock(&imports->lock);
    return text;
}
