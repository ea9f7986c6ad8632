/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures.h"

#include "matter/tally.h"
#include "store/db.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TODO_SECONDS      20
#define TODO_RATE         100
#define LOGIN_SECONDS     15
#define LOGIN_CONNECTIONS 8
#define LOGIN_WORKERS     500
#define TODO_CONNECTIONS  4

/* ---- the to-do list while intake runs at half rate ---- */

struct readers {
    const GArray *rounds;
    guint next;
    int64_t sent_us[TODO_CONNECTIONS];
    GArray *took_us; /* of int32_t: from the request to the whole answer */
};

static bool next_todo(void *context, int connection, GString *out)
{
    struct readers *readers = context;
    const struct round *round =
        &g_array_index(readers->rounds, struct round, readers->next++ * 7919 % readers->rounds->len);
    load_write_get(out, "/api/v1/tasks?limit=50", round->token);
    readers->sent_us[connection] = g_get_monotonic_time();
    return true;
}

static void note_time(void *context, int connection, int status, const char *head, const char *body)
{
    struct readers *readers = context;
    if (status != 200)
        g_error("bench: to-do list answered %d", status);
    int32_t us = (int32_t)(g_get_monotonic_time() - readers->sent_us[connection]);
    g_array_append_val(readers->took_us, us);
}

static double todo_p99_ms(int64_t matters, double rounds_per_second)
{
    g_autofree char *dir = rig_copy(matters);
    g_autoptr(GArray) rounds = rig_rounds(dir, 20000);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct readers readers = {.rounds = rounds, .took_us = g_array_new(FALSE, FALSE, sizeof(int32_t))};
    struct load_report intake, report;
    rig_serve(&server, dir);
    struct background *background = background_start(server.port, &feed, rounds_per_second, TODO_SECONDS);
    load_run(&(struct load_options){.port = server.port,
                                    .connections = TODO_CONNECTIONS,
                                    .seconds = TODO_SECONDS,
                                    .rate = TODO_RATE,
                                    .next = next_todo,
                                    .answered = note_time,
                                    .context = &readers},
             &report);
    background_stop(background, &intake);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    g_array_sort(readers.took_us, load_compare);
    double p99_ms = readers.took_us->len > 0
                        ? g_array_index(readers.took_us, int32_t, readers.took_us->len * 99 / 100) / 1000.0
                        : 1e9;
    g_array_unref(readers.took_us);
    load_report_clear(&intake);
    load_report_clear(&report);
    return p99_ms;
}

bool figure_todo(struct figure_line *line)
{
    /* With few matters the rounds run out early; the same rate in both, as far as they last. */
    double rate = measured_intake_rate() / GRID_MATTERS / 2;
    double few = todo_p99_ms(BENCH_MATTERS_FEW, rate), many = todo_p99_ms(BENCH_MATTERS_MANY, rate);
    g_snprintf(line->value, sizeof line->value, "%.2f ms with %" G_GINT64_FORMAT ", %.2f ms with %d matters", many,
               BENCH_MATTERS_MANY, few, BENCH_MATTERS_FEW);
    return many <= 2 && many <= 1.5 * few;
}

/* ---- what is late, to the city and to a district ---- */

#define LATE_SECONDS     10
#define LATE_RATE        20
#define LATE_CONNECTIONS 2
#define LATE_OPEN        200000 /* expectations that are left open, the others are taken out of the rows */

struct late_reader {
    const char *path, *token;
    int64_t sent_us[LATE_CONNECTIONS];
    GArray *took_us;
};

static bool next_late(void *context, int connection, GString *out)
{
    struct late_reader *reader = context;
    load_write_get(out, reader->path, reader->token);
    reader->sent_us[connection] = g_get_monotonic_time();
    return true;
}

static void note_late(void *context, int connection, int status, const char *head, const char *body)
{
    struct late_reader *reader = context;
    if (status != 200 || strstr(body, "\"due_at\"") == NULL)
        g_error("bench: what is late answered %d: %.200s", status, body);
    int32_t us = (int32_t)(g_get_monotonic_time() - reader->sent_us[connection]);
    g_array_append_val(reader->took_us, us);
}

/* In the rows alone: their clock would take hours to come there. One in `share` is late. */
static void make_late(const char *dir, int share)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, "rows.db", NULL);
    struct db *rows = db_open(path, &(struct db_options){.mode = DB_ROWS}, &error);
    if (rows == NULL)
        g_error("bench: %s", error->message);
    db_begin(rows);
    db_run(rows,
           "DELETE FROM expectation WHERE matter > (SELECT max(matter) FROM (SELECT matter FROM expectation ORDER BY "
           "matter LIMIT ?1))",
           "i", (int64_t)LATE_OPEN);
    db_run(rows, "UPDATE expectation SET overdue = 1 WHERE matter % ?1 = 0", "i", (int64_t)share);
    matter_counts_settle(rows);
    if (!db_commit(rows, &error))
        g_error("bench: %s", error->message);
    db_close(rows);
}

static double late_p99_ms(const struct rig_server *server, const char *token, int64_t unit, const char *query)
{
    g_autofree char *path =
        g_strdup_printf("/api/v1/expectations?under=%%23%" G_GINT64_FORMAT "&limit=50%s", unit, query);
    struct late_reader reader = {.path = path, .token = token, .took_us = g_array_new(FALSE, FALSE, sizeof(int32_t))};
    struct load_report report;
    load_run(&(struct load_options){.port = server->port,
                                    .connections = LATE_CONNECTIONS,
                                    .seconds = LATE_SECONDS,
                                    .rate = LATE_RATE,
                                    .next = next_late,
                                    .answered = note_late,
                                    .context = &reader},
             &report);
    load_report_clear(&report);
    g_array_sort(reader.took_us, load_compare);
    double p99_ms =
        reader.took_us->len > 0 ? g_array_index(reader.took_us, int32_t, reader.took_us->len * 99 / 100) / 1000.0 : 1e9;
    g_array_unref(reader.took_us);
    return p99_ms;
}

bool figure_late(struct figure_line *line)
{
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GPtrArray) tokens = rig_desks(dir, 4); /* reading is rationed by account */
    g_autoptr(GArray) districts = rig_units(dir, "district");
    struct rig_server server;
    make_late(dir, 10);
    rig_serve(&server, dir);
    const char *const *desk = (const char *const *)tokens->pdata;
    int64_t district = g_array_index(districts, int64_t, 0);
    double city = late_p99_ms(&server, desk[0], REGISTRY_ROOT, "");
    double part = late_p99_ms(&server, desk[1], district, "");
    double posts = late_p99_ms(&server, desk[2], REGISTRY_ROOT, "&by=post");
    double below = late_p99_ms(&server, desk[3], REGISTRY_ROOT, "&by=unit");
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    g_snprintf(line->value, sizeof line->value, "%.1f ms city, %.1f district; by post %.1f, by unit %.1f", city, part,
               posts, below);
    return city <= 20 && part <= 20;
}

/* ---- start ---- */

bool figure_start(struct figure_line *line)
{
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, 5000);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report report;
    rig_serve(&server, dir);
    double orderly_ms = (double)server.start_us / 1000;
    struct background *background = background_start(server.port, &feed, 0, 3);
    g_usleep(2000000);
    rig_stop(&server, SIGKILL); /* in the middle of it */
    background_stop(background, &report);
    load_report_clear(&report);
    rig_serve(&server, dir);
    double killed_ms = (double)server.start_us / 1000;
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    g_snprintf(line->value, sizeof line->value, "%.0f ms, %.0f ms after kill -9", orderly_ms, killed_ms);
    return orderly_ms <= 1000 && killed_ms <= 1000;
}

/* ---- logging in ---- */

struct login_feed {
    guint next, workers;
};

static bool next_login(void *context, int connection, GString *out)
{
    struct login_feed *feed = context;
    g_autofree char *body =
        g_strdup_printf("{\"login\":\"worker%u\",\"password\":\"bench-password-1\"}", feed->next++ % feed->workers);
    load_write_post(out, "/api/v1/session", NULL, body, strlen(body));
    return true;
}

void run_logins(const struct rig_server *server, guint workers, double rate, double seconds, struct load_report *out)
{
    static guint next;
    struct login_feed feed = {next, workers};
    load_run(&(struct load_options){.port = server->port,
                                    .connections = LOGIN_CONNECTIONS,
                                    .seconds = seconds,
                                    .rate = rate,
                                    .next = next_login,
                                    .context = &feed},
             out);
    next = feed.next;
}

bool figure_memory(struct figure_line *line)
{
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, 20000);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report intake, logins;
    rig_serve(&server, dir);
    struct background *background = background_start(server.port, &feed, 0, LOGIN_SECONDS);
    run_logins(&server, LOGIN_WORKERS, 0, LOGIN_SECONDS, &logins);
    background_stop(background, &intake);
    double mib = (double)rig_status_kib(&server, "VmHWM:") / 1024;
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    g_snprintf(line->value, sizeof line->value,
               "%.0f MiB at its highest (%" G_GINT64_FORMAT " rounds, %" G_GINT64_FORMAT " logins)", mib,
               intake.requests, logins.requests);
    load_report_clear(&intake);
    load_report_clear(&logins);
    return mib <= 256;
}

bool figure_login(struct figure_line *line)
{
    double rate = measured_intake_rate() / GRID_MATTERS / 2;
    g_autofree char *dir = rig_copy(BENCH_MATTERS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, 20000);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report alone, with, logins;
    rig_serve(&server, dir);
    background_stop(background_start(server.port, &feed, rate, LOGIN_SECONDS), &alone);
    feed.next = 0; /* a small city has no more */
    struct background *background = background_start(server.port, &feed, rate, LOGIN_SECONDS);
    run_logins(&server, LOGIN_WORKERS, 0, LOGIN_SECONDS, &logins);
    background_stop(background, &with);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    double per_second = load_rate(&logins);
    double before_ms = load_percentile(&alone, 0.99) / 1000.0, beside_ms = load_percentile(&with, 0.99) / 1000.0;
    g_snprintf(line->value, sizeof line->value, "%.0f/s beside intake, whose p99 is %.1f ms (%.1f ms alone)",
               per_second, beside_ms, before_ms);
    load_report_clear(&alone);
    load_report_clear(&with);
    load_report_clear(&logins);
    return per_second >= 40 && beside_ms <= 20;
}
