/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a long time, and what far too much, leave behind. */
#include "figures.h"

#include <signal.h>
#include <stdlib.h>

#define SOAK_SECONDS      180
#define SOAK_SECONDS_LONG 3600
#define SPAN_SECONDS      60 /* the first and the last, which are compared */
#define SOAK_DESKS        5
#define SOAK_READS        20  /* a second */
#define SOAK_LOGINS       2   /* a second */
#define SOAK_LOGIN_PEOPLE 100 /* who enter nothing: whoever logs in often loses the oldest session */
#define SPARE_KIB         (32 * 1024)
#define SPARE_FILES       64
#define SPARE_LOG_BYTES   (16 * 1048576LL)

/* ---- soak ---- */

struct span {
    double p99_ms;
    int64_t kib, log_bytes;
    int files;
};

struct soak {
    struct rig_server server;
    struct feed feed;
    double rate; /* rounds a second */
    const char *dir;
};

static void run_span(struct soak *soak, double seconds, struct span *out)
{
    struct load_report report;
    struct watch *watch = watch_start(soak->dir);
    load_run(&(struct load_options){.port = soak->server.port,
                                    .connections = BENCH_CONNECTIONS,
                                    .seconds = seconds,
                                    .rate = soak->rate,
                                    .next = feed_again,
                                    .answered = look_for_refusals,
                                    .context = &soak->feed},
             &report);
    *out = (struct span){.p99_ms = load_percentile(&report, 0.99) / 1000.0,
                         .kib = rig_status_kib(&soak->server, "VmRSS:"),
                         .files = rig_files(&soak->server),
                         .log_bytes = watch_stop(watch)};
    load_report_clear(&report);
}

struct logins {
    const struct rig_server *server;
    double seconds;
};

static void *log_in(void *context)
{
    const struct logins *logins = context;
    struct load_report report;
    run_logins(logins->server, SOAK_LOGIN_PEOPLE, SOAK_LOGINS, logins->seconds, &report);
    load_report_clear(&report);
    return NULL;
}

static void run_spans(struct soak *soak, struct desks *desks, double seconds, struct span *first, struct span *last)
{
    struct span between;
    struct load_report reads;
    struct logins logins = {&soak->server, seconds};
    struct background *reading = desks_start(desks, soak->server.port, SOAK_READS, seconds);
    GThread *logging_in = g_thread_new("logins", log_in, &logins);
    run_span(soak, SPAN_SECONDS, first);
    run_span(soak, seconds - 2 * SPAN_SECONDS, &between);
    run_span(soak, SPAN_SECONDS, last);
    g_thread_join(logging_in);
    background_stop(reading, &reads);
    load_report_clear(&reads);
}

bool figure_soak(struct figure_line *line)
{
    double seconds = g_getenv("LIANFANG_LONG") != NULL ? SOAK_SECONDS_LONG : SOAK_SECONDS;
    struct soak soak = {.rate = measured_intake_rate() / GRID_MATTERS / 4};
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    struct desks desks;
    struct span first, last;
    desks_init(&desks, dir, SOAK_DESKS);
    g_autoptr(GArray) rounds = rig_rounds(dir, 50000);
    g_array_remove_range(rounds, 0, MIN(rounds->len / 2, SOAK_LOGIN_PEOPLE * WORKER_GRIDS));
    soak.feed.rounds = rounds;
    soak.dir = dir;
    rig_serve(&soak.server, dir);
    run_spans(&soak, &desks, seconds, &first, &last);
    rig_stop(&soak.server, SIGTERM);
    rig_remove(dir);
    desks_clear(&desks);
    double ratio = last.p99_ms / first.p99_ms;
    g_snprintf(line->value, sizeof line->value,
               "%.2f (p99 %.1f, then %.1f ms); %.0f, then %.0f MiB; %d, then %d files; logs %.1f, then %.1f MiB", ratio,
               first.p99_ms, last.p99_ms, (double)first.kib / 1024, (double)last.kib / 1024, first.files, last.files,
               (double)first.log_bytes / 1048576, (double)last.log_bytes / 1048576);
    return ratio <= 1.5 && last.kib <= first.kib + SPARE_KIB && last.files <= first.files + SPARE_FILES &&
           last.log_bytes <= first.log_bytes + SPARE_LOG_BYTES;
}

/* ---- recover ---- */

#define OVERLOAD             9
#define OVERLOAD_CONNECTIONS 400
#define CALM_SECONDS         3
#define STORM_SECONDS        5
#define AFTER_SECONDS        6
#define PROBES_PER_SECOND    100
#define PROBE_CONNECTIONS    64
#define PROBES_IN_A_ROW      20 /* whose median is normal: so is the latency */
#define NORMAL_MS            20

struct storm {
    struct feed feed;
    void (*write)(GString *out, const struct round *rounds, int count);
};

static bool storm_next(void *context, int connection, GString *out)
{
    struct storm *storm = context;
    if (storm->feed.next + WORKER_GRIDS > storm->feed.rounds->len)
        storm->feed.next = 0;
    storm->write(out, &g_array_index(storm->feed.rounds, struct round, storm->feed.next), WORKER_GRIDS);
    storm->feed.next += WORKER_GRIDS;
    return true;
}

/* One entry alone, of grids that the storm leaves alone. */
static bool probe_next(void *context, int connection, GString *out)
{
    struct feed *feed = context;
    guint n = feed->next++, workers = feed->rounds->len / WORKER_GRIDS; /* another person's each time */
    rig_write_single(out, &g_array_index(feed->rounds, struct round, n % workers * WORKER_GRIDS),
                     (int)(n / workers % GRID_MATTERS));
    return true;
}

struct outcome {
    double recovered_ms, share, storm_p99_ms, calm_p99_ms, offered; /* offered: times the capacity */
};

static int by_due(gconstpointer a, gconstpointer b)
{
    const struct load_answer *left = a, *right = b;
    return (left->due_us > right->due_us) - (left->due_us < right->due_us);
}

static int by_latency(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

/* Of the probes that were due from one time to another: the p99, and the share of those taken. */
static double p99_ms_between(const GArray *answers, int64_t from_us, int64_t to_us, double *out_share)
{
    g_autoptr(GArray) latencies = g_array_new(FALSE, FALSE, sizeof(int32_t));
    guint taken = 0;
    for (guint i = 0; i < answers->len; i++) {
        const struct load_answer *answer = &g_array_index(answers, struct load_answer, i);
        if (answer->due_us < from_us || answer->due_us >= to_us)
            continue;
        g_array_append_val(latencies, answer->latency_us);
        taken += answer->status < 300;
    }
    if (latencies->len == 0)
        return 1e9;
    g_array_sort(latencies, by_latency);
    *out_share = (double)taken / latencies->len;
    return g_array_index(latencies, int32_t, latencies->len * 99 / 100) / 1000.0;
}

static bool is_normal(const struct load_answer *probes, int32_t normal_us)
{
    int32_t latencies[PROBES_IN_A_ROW];
    for (int i = 0; i < PROBES_IN_A_ROW; i++) {
        latencies[i] = probes[i].latency_us;
        if (probes[i].status >= 300)
            return false;
    }
    qsort(latencies, PROBES_IN_A_ROW, sizeof latencies[0], by_latency);
    return latencies[PROBES_IN_A_ROW / 2] <= normal_us;
}

/* When the first of so many probes in a row was due that were answered as before, counted from `from_us`. */
static double recovered_ms(const GArray *answers, int64_t from_us, int32_t normal_us)
{
    for (guint i = 0; i + PROBES_IN_A_ROW <= answers->len; i++) {
        const struct load_answer *probes = &g_array_index(answers, struct load_answer, i);
        if (probes->due_us >= from_us && is_normal(probes, normal_us))
            return (double)(probes->due_us - from_us) / 1000;
    }
    return 1e9;
}

static void weather_storm(uint16_t port, struct storm *storm, struct feed *probes, double capacity, struct outcome *out)
{
    struct load_report probed, stormed;
    struct background *probing =
        background_run(&(struct load_options){.port = port,
                                              .connections = PROBE_CONNECTIONS,
                                              .seconds = CALM_SECONDS + STORM_SECONDS + AFTER_SECONDS,
                                              .rate = PROBES_PER_SECOND,
                                              .next = probe_next,
                                              .context = probes},
                       0);
    g_usleep(CALM_SECONDS * G_USEC_PER_SEC);
    load_run(&(struct load_options){.port = port,
                                    .connections = OVERLOAD_CONNECTIONS,
                                    .seconds = STORM_SECONDS,
                                    .rate = OVERLOAD * capacity / (WORKER_GRIDS * GRID_MATTERS),
                                    .next = storm_next,
                                    .context = storm},
             &stormed);
    background_stop(probing, &probed);
    int64_t from_us = stormed.start_us, to_us = from_us + STORM_SECONDS * G_USEC_PER_SEC;
    g_array_sort(probed.answers, by_due);
    double calm_share;
    out->calm_p99_ms = p99_ms_between(probed.answers, 0, from_us, &calm_share);
    out->storm_p99_ms = p99_ms_between(probed.answers, from_us, to_us, &out->share);
    out->recovered_ms = recovered_ms(probed.answers, to_us, (int32_t)(1000 * MAX(NORMAL_MS, 2 * out->calm_p99_ms)));
    out->offered = (double)stormed.requests * WORKER_GRIDS * GRID_MATTERS / STORM_SECONDS / capacity;
    load_report_clear(&probed);
    load_report_clear(&stormed);
}

bool figure_recover(struct figure_line *line)
{
    double capacity = measured_intake_rate();
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) all = rig_rounds(dir, (guint)(BENCH_MATTERS_MANY / GRID_MATTERS));
    g_autoptr(GArray) apart = g_array_new(FALSE, FALSE, sizeof(struct round));
    g_array_append_vals(apart, &g_array_index(all, struct round, all->len / 2), all->len / 2);
    g_array_set_size(all, all->len / 2 / WORKER_GRIDS * WORKER_GRIDS);
    struct rig_server server;
    struct feed probes = {apart, 0};
    struct storm rounds = {{all, 0}, rig_write_rounds}, entries = {{all, 0}, rig_write_entries};
    struct outcome first, second;
    rig_serve(&server, dir);
    weather_storm(server.port, &rounds, &probes, capacity, &first);
    weather_storm(server.port, &entries, &probes, capacity, &second);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    g_snprintf(line->value, sizeof line->value,
               "%.0f ms after rounds (%.1f x), %.0f ms after entries (%.1f x); singles meanwhile %.0f and %.0f %%, "
               "p99 %.0f and %.0f ms (%.0f calm)",
               first.recovered_ms, first.offered, second.recovered_ms, second.offered, first.share * 100,
               second.share * 100, first.storm_p99_ms, second.storm_p99_ms, first.calm_p99_ms);
    return first.recovered_ms <= 1000 && second.recovered_ms <= 1000 && first.share >= 0.95 && second.share >= 0.95;
}
