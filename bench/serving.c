/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TODO_SECONDS      20
#define TODO_RATE         100
#define LOGIN_SECONDS     15
#define LOGIN_CONNECTIONS 8
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

static gint compare_int32(gconstpointer a, gconstpointer b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
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
    g_array_sort(readers.took_us, compare_int32);
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

static bool next_login(void *context, int connection, GString *out)
{
    guint *next = context;
    g_autofree char *body =
        g_strdup_printf("{\"login\":\"worker%u\",\"password\":\"bench-password-1\"}", (*next)++ % 500);
    load_write_post(out, "/api/v1/session", NULL, body, strlen(body));
    return true;
}

void run_logins(const struct rig_server *server, double rate, double seconds, struct load_report *out)
{
    static guint next;
    load_run(&(struct load_options){.port = server->port,
                                    .connections = LOGIN_CONNECTIONS,
                                    .seconds = seconds,
                                    .rate = rate,
                                    .next = next_login,
                                    .context = &next},
             out);
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
    run_logins(&server, 0, LOGIN_SECONDS, &logins);
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
    run_logins(&server, 0, LOGIN_SECONDS, &logins);
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
