/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures.h"

#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define INTAKE_SECONDS 10
#define BASE_SECONDS   5
#define P99_SECONDS    60
#define GROWTH_ROUNDS  (BENCH_MATTERS_FEW / GRID_MATTERS)
#define GROWTH_TURNS   5

int64_t bench_matters(void)
{
    const char *given = g_getenv("LIANFANG_BENCH_MATTERS");
    return given != NULL ? g_ascii_strtoll(given, NULL, 10) : 1000000;
}

bool feed_next(void *context, int connection, GString *out)
{
    struct feed *feed = context;
    if (feed->next >= feed->rounds->len)
        return false;
    rig_write_round(out, &g_array_index(feed->rounds, struct round, feed->next++));
    return true;
}

bool feed_again(void *context, int connection, GString *out)
{
    struct feed *feed = context;
    if (feed->next >= feed->rounds->len)
        feed->next = 0;
    return feed_next(feed, connection, out);
}

double feed_rate(uint16_t port, struct feed *feed, double seconds)
{
    struct load_report report;
    load_run(&(struct load_options){.port = port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = seconds,
                                    .next = feed_again,
                                    .answered = look_for_refusals,
                                    .context = feed},
             &report);
    double rate = load_rate(&report);
    load_report_clear(&report);
    return rate;
}

/* One entry here, one there: no two that follow each other are neighbours. */
static bool next_scattered(void *context, int connection, GString *out)
{
    struct feed *feed = context;
    guint member = feed->next / feed->rounds->len;
    if (member >= GRID_MATTERS)
        return false;
    rig_write_single(out, &g_array_index(feed->rounds, struct round, feed->next++ % feed->rounds->len), (int)member);
    return true;
}

/* ---- what it is compared with: the same libmicrohttpd set-up answering an empty POST ---- */

static enum MHD_Result answer_empty(void *context, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *data, size_t *bytes,
                                    void **slot)
{
    static int seen;
    if (*slot == NULL) {
        *slot = &seen;
        return MHD_YES;
    }
    if (*bytes > 0) {
        *bytes = 0;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return queued;
}

static bool next_empty(void *context, int connection, GString *out)
{
    load_write_post(out, "/", NULL, "", 0);
    return true;
}

static double empty_post_rate(void)
{
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, answer_empty, NULL,
                         MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_CONNECTION_LIMIT, 2000u, MHD_OPTION_END);
    g_assert(daemon != NULL);
    struct load_report report;
    load_run(&(struct load_options){.port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = BASE_SECONDS,
                                    .next = next_empty},
             &report);
    MHD_stop_daemon(daemon);
    double rate = load_rate(&report);
    load_report_clear(&report);
    return rate;
}

/* ---- intake ---- */

static void check_report(const struct load_report *report)
{
    if (report->failures > 0)
        g_printerr("bench: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " requests failed\n", report->failures,
                   report->requests);
}

void look_for_refusals(void *context, int connection, int status, const char *head, const char *body)
{
    static bool said;
    const char *found = strstr(body, "\"problem\"");
    if ((found == NULL && status < 400) || said)
        return;
    said = true;
    g_printerr("bench: refused: %.300s\n", found != NULL ? found : body);
}

/* `entry_us` (may be NULL): the server's processor time for each. */
double intake_rate_over(const char *dir, guint rounds_most, double seconds, bool scattered, double *entry_us)
{
    g_autoptr(GArray) rounds = rig_rounds(dir, rounds_most);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report report;
    rig_serve(&server, dir);
    int64_t before_us = rig_processor_us(&server);
    load_run(&(struct load_options){.port = server.port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = seconds,
                                    .next = scattered ? next_scattered : feed_next,
                                    .answered = look_for_refusals,
                                    .context = &feed},
             &report);
    int64_t processor_us = rig_processor_us(&server) - before_us;
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    check_report(&report);
    double rate = load_rate(&report) * (scattered ? 1 : GRID_MATTERS);
    if (entry_us != NULL)
        *entry_us = (double)processor_us / MAX((double)report.requests * (scattered ? 1 : GRID_MATTERS), 1);
    load_report_clear(&report);
    return rate;
}

static double intake_rate(int64_t matters, guint rounds_most, double seconds, bool scattered, double *entry_us)
{
    g_autofree char *dir = rig_copy(matters);
    return intake_rate_over(dir, rounds_most, seconds, scattered, entry_us);
}

static double measured_entry_us;

double measured_intake_rate(void)
{
    static double rate;
    if (rate == 0)
        rate = intake_rate(BENCH_MATTERS_MANY, 20000, INTAKE_SECONDS, false, &measured_entry_us);
    return rate;
}

bool figure_intake(struct figure_line *line)
{
    double before = empty_post_rate(), entries = measured_intake_rate(), after = empty_post_rate();
    double empty = (before + after) / 2;
    double scattered_us, scattered = intake_rate(BENCH_MATTERS_MANY, 20000, INTAKE_SECONDS, true, &scattered_us);
    g_snprintf(line->value, sizeof line->value,
               "%.3f (%.0f entries/s, %.0f us of processor each, %.0f empty POST/s, scattered %.0f entries/s, %.0f us)",
               entries / empty, entries, measured_entry_us, empty, scattered, scattered_us);
    return entries / empty >= 0.10;
}

bool figure_intake_p99(struct figure_line *line)
{
    double rounds_per_second = measured_intake_rate() / GRID_MATTERS / 2;
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, (guint)(rounds_per_second * P99_SECONDS * 1.05));
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report report;
    rig_serve(&server, dir);
    load_run(&(struct load_options){.port = server.port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = P99_SECONDS,
                                    .rate = rounds_per_second,
                                    .next = feed_next,
                                    .answered = look_for_refusals,
                                    .context = &feed},
             &report);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    check_report(&report);
    double p99_ms = load_percentile(&report, 0.99) / 1000.0, p50_ms = load_percentile(&report, 0.5) / 1000.0;
    g_snprintf(line->value, sizeof line->value, "%.1f ms (p50 %.1f ms, %.0f rounds of %d a second, %.0f s)", p99_ms,
               p50_ms, rounds_per_second, GRID_MATTERS, report.seconds);
    load_report_clear(&report);
    return p99_ms <= 20;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

bool figure_intake_growth(struct figure_line *line)
{
    double few[GROWTH_TURNS], many[GROWTH_TURNS];
    for (int i = 0; i < GROWTH_TURNS; i++) { /* in turns, so that a noisy minute hits both */
        few[i] = intake_rate(BENCH_MATTERS_FEW, GROWTH_ROUNDS, 30, false, NULL);
        many[i] = intake_rate(BENCH_MATTERS_MANY, GROWTH_ROUNDS, 30, false, NULL);
    }
    qsort(few, GROWTH_TURNS, sizeof few[0], compare_doubles);
    qsort(many, GROWTH_TURNS, sizeof many[0], compare_doubles);
    double ratio = many[GROWTH_TURNS / 2] / few[GROWTH_TURNS / 2];
    g_snprintf(line->value, sizeof line->value, "%.2f (%.0f/s with %" G_GINT64_FORMAT ", %.0f/s with %d matters)",
               ratio, many[GROWTH_TURNS / 2], BENCH_MATTERS_MANY, few[GROWTH_TURNS / 2], BENCH_MATTERS_FEW);
    return ratio >= 0.65;
}

/* ---- beside what is measured ---- */

struct background {
    pthread_t thread;
    struct load_options options;
    struct load_report report;
    int niceness;
};

static void *run_background(void *context)
{
    struct background *background = context;
    if (background->niceness != 0)
        setpriority(PRIO_PROCESS, (id_t)gettid(), background->niceness);
    load_run(&background->options, &background->report);
    return NULL;
}

struct background *background_run(const struct load_options *options, int niceness)
{
    struct background *background = g_new0(struct background, 1);
    background->options = *options;
    background->niceness = niceness;
    g_assert(pthread_create(&background->thread, NULL, run_background, background) == 0);
    return background;
}

struct background *background_start(uint16_t port, struct feed *feed, double rounds_per_second, double seconds)
{
    return background_run(&(struct load_options){.port = port,
                                                 .connections = BENCH_CONNECTIONS,
                                                 .seconds = seconds,
                                                 .rate = rounds_per_second,
                                                 .next = feed_next,
                                                 .answered = look_for_refusals,
                                                 .context = feed},
                          0);
}

void background_stop(struct background *background, struct load_report *out)
{
    pthread_join(background->thread, NULL);
    *out = background->report;
    g_free(background);
}

/* ---- space ---- */

bool figure_disk(struct figure_line *line)
{
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, 5000);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report report;
    int64_t before = rig_bytes(dir);
    rig_serve(&server, dir);
    load_run(&(struct load_options){.port = server.port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = 120,
                                    .next = feed_next,
                                    .answered = look_for_refusals,
                                    .context = &feed},
             &report);
    rig_stop(&server, SIGTERM);
    int64_t entries = report.requests * GRID_MATTERS;
    double bytes = (double)(rig_bytes(dir) - before) / (double)MAX(entries, 1);
    rig_remove(dir);
    check_report(&report);
    load_report_clear(&report);
    g_snprintf(line->value, sizeof line->value, "%.0f bytes (%" G_GINT64_FORMAT " entries)", bytes, entries);
    return bytes <= 900;
}

struct watch {
    const char *dir;
    pthread_t thread;
    volatile gint stopped;
    int64_t most;
};

static void *watch_wal(void *context)
{
    struct watch *watch = context;
    while (!g_atomic_int_get(&watch->stopped)) {
        watch->most = MAX(watch->most, rig_wal_bytes(watch->dir));
        g_usleep(20000);
    }
    return NULL;
}

struct watch *watch_start(const char *dir)
{
    struct watch *watch = g_new0(struct watch, 1);
    watch->dir = dir;
    g_assert(pthread_create(&watch->thread, NULL, watch_wal, watch) == 0);
    return watch;
}

int64_t watch_stop(struct watch *watch)
{
    g_atomic_int_set(&watch->stopped, 1);
    pthread_join(watch->thread, NULL);
    int64_t most = watch->most;
    g_free(watch);
    return most;
}

bool figure_wal(struct figure_line *line)
{
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, 50000);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report report;
    rig_serve(&server, dir);
    struct watch *watch = watch_start(dir);
    load_run(&(struct load_options){.port = server.port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = 3 * INTAKE_SECONDS,
                                    .next = feed_next,
                                    .answered = look_for_refusals,
                                    .context = &feed},
             &report);
    int64_t most = watch_stop(watch);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    load_report_clear(&report);
    g_snprintf(line->value, sizeof line->value, "%.1f MiB (the largest of the three, closed loop)",
               (double)most / 1048576);
    return most <= 128 * 1048576LL;
}
