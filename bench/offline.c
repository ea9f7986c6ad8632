/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "figures.h"

#include "base/datetime.h"
#include "engine/engine.h"
#include "matter/matter.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#define CLOCK_MATTERS             200000
#define OTHER_COMMANDS_PER_SECOND 100

/* ---- the clock ---- */

struct others { /* commands of people while the clock works */
    struct engine *engine;
    const struct clock *clock;
    volatile gint stopped;
    GArray *latencies_us;
    GMutex lock;
};

struct other {
    struct others *others;
    int64_t sent_us;
};

static void on_other(void *context, const struct answer *answer)
{
    struct other *other = context;
    int32_t latency_us = (int32_t)(g_get_monotonic_time() - other->sent_us);
    if (answer->problem != NULL)
        g_error("bench: %s", problem_texts[answer->problem->code].name);
    g_mutex_lock(&other->others->lock);
    g_array_append_val(other->others->latencies_us, latency_us);
    g_mutex_unlock(&other->others->lock);
    g_free(other);
}

static void *send_others(void *context)
{
    struct others *others = context;
    for (int n = 0; !g_atomic_int_get(&others->stopped); n++) {
        g_autofree char *name = g_strdup_printf("演并%d", n);
        struct command *command = command_new("register_person", ORIGIN_OPERATOR, 0, json_pack("{s:s}", "name", name));
        struct other *other = g_new(struct other, 1);
        struct problem *problem = NULL;
        uuid_make(clock_now_us(others->clock), &command->id);
        *other = (struct other){others, g_get_monotonic_time()};
        if (!engine_submit(others->engine, command, on_other, other, &problem))
            g_error("bench: %s", problem_texts[problem->code].name);
        g_usleep(1000000 / OTHER_COMMANDS_PER_SECOND);
    }
    return NULL;
}

/* The windows lie back to back: what lapses is missed, and its next occurrence opens, in one act. */
static int64_t count_missed(const char *dir)
{
    g_autoptr(GError) error = NULL;
    struct reader *reader = reader_open(dir, NULL, &error);
    int64_t count = 0;
    if (reader == NULL)
        g_error("bench: %s", error->message);
    db_integer(reader->rows, &count, "SELECT count(*) FROM expectation_past WHERE outcome = ?1", "i",
               (int64_t)OUTCOME_MISSED);
    reader_close(reader);
    return count;
}

bool figure_clock(struct figure_line *line)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = rig_copy(CLOCK_MATTERS);
    struct clock clock;
    clock_init_manual(&clock, g_get_real_time());
    struct engine *engine = engine_open(
        &(struct engine_options){.areas = lianfang_areas, .data_dir = dir, .clock = &clock, .grace_us = 0}, &error);
    if (engine == NULL)
        g_error("bench: %s", error->message);
    struct others others = {
        .engine = engine, .clock = &clock, .latencies_us = g_array_new(FALSE, FALSE, sizeof(int32_t))};
    pthread_t thread;
    g_mutex_init(&others.lock);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    int64_t now_us = g_get_real_time(), noon_us = day_time_us(day_of(now_us, zone), 12 * 60, zone);
    int64_t window_end_us = now_us < noon_us ? noon_us : noon_us + 12 * US_PER_HOUR;
    struct engine_metrics before, after;
    engine_metrics(engine, &before);
    clock_set(&clock, window_end_us + 1);
    int64_t from_us = g_get_monotonic_time();
    g_assert(pthread_create(&thread, NULL, send_others, &others) == 0);
    do {
        g_usleep(5000);
        engine_metrics(engine, &after);
    } while (after.lapses - before.lapses < CLOCK_MATTERS && g_get_monotonic_time() - from_us < 60 * US_PER_SECOND);
    double seconds = (double)(g_get_monotonic_time() - from_us) / 1e6;
    g_atomic_int_set(&others.stopped, 1);
    pthread_join(thread, NULL);
    engine_close(engine);
    g_array_sort(others.latencies_us, load_compare);
    double p99_ms = g_array_index(others.latencies_us, int32_t, others.latencies_us->len * 99 / 100) / 1000.0;
    int64_t missed = count_missed(dir);
    rig_remove(dir);
    g_array_unref(others.latencies_us);
    g_snprintf(line->value, sizeof line->value, "%.1f s for %" G_GINT64_FORMAT ", others' p99 %.1f ms", seconds, missed,
               p99_ms);
    return missed >= CLOCK_MATTERS && seconds <= 10 && p99_ms <= 50;
}

/* ---- rebuild and verify, over a journal that is mostly check-ins ---- */

/* A copy into which rounds have been sent. */
static char *dir_with_entries(int64_t matters, guint rounds_most)
{
    char *dir = rig_copy(matters);
    g_autoptr(GArray) rounds = rig_rounds(dir, rounds_most);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report report;
    rig_serve(&server, dir);
    background_stop(background_start(server.port, &feed, 0, 600), &report);
    rig_stop(&server, SIGTERM);
    load_report_clear(&report);
    return dir;
}

bool figure_rebuild(struct figure_line *line)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = dir_with_entries(CLOCK_MATTERS, CLOCK_MATTERS / GRID_MATTERS);
    struct rebuild_report report = {0};
    int64_t from_us = g_get_monotonic_time();
    if (!rows_rebuild(lianfang_areas, dir, false, false, NULL, NULL, &report, &error))
        g_error("bench: %s", error->message);
    double seconds = (double)(g_get_monotonic_time() - from_us) / 1e6;
    double rate = (double)report.events / seconds;
    g_snprintf(line->value, sizeof line->value,
               "%.0f/s (%" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT " of them entries)", rate, report.events,
               report.entries);
    rebuild_report_clear(&report);
    rig_remove(dir);
    return rate >= 40000;
}

static double rebuilt_in(const char *dir, bool by_stream)
{
    g_autoptr(GError) error = NULL;
    struct rebuild_report report = {0};
    int64_t from_us = g_get_monotonic_time();
    if (!rows_rebuild(lianfang_areas, dir, false, by_stream, NULL, NULL, &report, &error))
        g_error("bench: %s", error->message);
    rebuild_report_clear(&report);
    return (double)(g_get_monotonic_time() - from_us) / 1e6;
}

/* Side by side, in turns: the best of two each. */
bool figure_by_stream(struct figure_line *line)
{
    g_autofree char *dir = dir_with_entries(CLOCK_MATTERS, CLOCK_MATTERS / GRID_MATTERS);
    double whole = INFINITY, by_stream = INFINITY;
    for (int turn = 0; turn < 2; turn++) {
        whole = MIN(whole, rebuilt_in(dir, false));
        by_stream = MIN(by_stream, rebuilt_in(dir, true));
    }
    rig_remove(dir);
    g_snprintf(line->value, sizeof line->value, "%.2f (%.1f s, in the order of the file %.1f s)", whole / by_stream,
               by_stream, whole);
    return whole / by_stream >= 0.9;
}

bool figure_verify(struct figure_line *line)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = dir_with_entries(CLOCK_MATTERS, CLOCK_MATTERS / GRID_MATTERS);
    g_autofree char *path = g_build_filename(dir, "journal.db", NULL);
    double best = 0;
    int64_t events = 0;
    for (int turn = 0; turn < 3; turn++) {
        AUTO(journal_report) struct journal_report report = {0};
        int64_t from_us = g_get_monotonic_time();
        if (!journal_verify(path, NULL, NULL, NULL, &report, &error) || report.findings->len > 0)
            g_error("bench: %s", error != NULL ? error->message : "the journal does not verify");
        events = report.events;
        best = MAX(best, (double)events / ((double)(g_get_monotonic_time() - from_us) / 1e6));
    }
    rig_remove(dir);
    g_snprintf(line->value, sizeof line->value, "%.0f/s (%" G_GINT64_FORMAT " events, best of three)", best, events);
    return best >= 700000;
}
