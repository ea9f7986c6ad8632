/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What indicators cost: each entry, each answer, and a recount of them all. */
#include "figures.h"

#include "base/clock.h"

#include <signal.h>
#include <stdlib.h>

#define TALLY_SECONDS 8
#define TALLY_TURNS   3
#define ASKED         2000
#define ASK_RATE      200
#define DESKS         8

static const char *const names[] = {
    "people_observed", "check_ins",      "check_ins_of_week", "check_ins_frozen", "reached",
    "tried",           "while_observed", "check_ins_in_time", "in_time_of_week",  "in_time_of_month",
    "late_of_due",     "missed_of_due",  "check_ins_due"};

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

bool figure_tally(struct figure_line *line)
{
    double ratios[TALLY_TURNS], without = 0, with = 0, without_us = 0, with_us = 0;
    for (int i = 0; i < TALLY_TURNS; i++) {
        g_autofree char *plain = rig_copy_counting(BENCH_MATTERS_MANY, RIG_INDICATORS_NONE);
        without = intake_rate_over(plain, 20000, TALLY_SECONDS, false, &without_us);
        g_autofree char *counted = rig_copy_counting(BENCH_MATTERS_MANY, RIG_INDICATORS_MANY);
        with = intake_rate_over(counted, 20000, TALLY_SECONDS, false, &with_us);
        ratios[i] = with / without;
    }
    qsort(ratios, TALLY_TURNS, sizeof ratios[0], by_size);
    g_snprintf(line->value, sizeof line->value,
               "%.2f (%.2f to %.2f; last %.0f entries/s, %.0f us of processor each, of %.0f, %.0f us without)",
               ratios[TALLY_TURNS / 2], ratios[0], ratios[TALLY_TURNS - 1], with, with_us, without, without_us);
    return ratios[TALLY_TURNS / 2] >= 0.85;
}

/* ---- answers ---- */

struct asking {
    GPtrArray *tokens;
    GArray *units; /* of int64_t: what is at the floor or above */
    guint next;
    int64_t sent_us;
    GArray *took_us; /* of int32_t */
};

static bool next_indicator(void *context, int connection, GString *out)
{
    struct asking *asking = context;
    guint i = asking->next++;
    if (i >= ASKED)
        return false;
    g_autofree char *path =
        g_strdup_printf("/api/v1/indicators/%s?unit=%%23%" G_GINT64_FORMAT, names[i % G_N_ELEMENTS(names)],
                        g_array_index(asking->units, int64_t, i * 7919u % asking->units->len));
    load_write_get(out, path, asking->tokens->pdata[i % asking->tokens->len]);
    asking->sent_us = g_get_monotonic_time();
    return true;
}

static void note_answer(void *context, int connection, int status, const char *head, const char *body)
{
    struct asking *asking = context;
    int32_t us = (int32_t)(g_get_monotonic_time() - asking->sent_us);
    if (status != 200)
        g_error("bench: an indicator was answered with %d: %.200s", status, body);
    g_array_append_val(asking->took_us, us);
}

/* After a round in every grid, or as many as fit in the time. */
static void answer_ms(int64_t matters, double *out_p50, double *out_p99)
{
    static const char *const types[] = {"city", "district", "subdistrict", "community"};
    g_autofree char *dir = rig_copy_counting(matters, RIG_INDICATORS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, 5000);
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(GArray) some = rig_units(dir, types[i]);
        g_array_append_vals(units, some->data, some->len);
    }
    struct asking asking = {
        .tokens = rig_desks(dir, DESKS), .units = units, .took_us = g_array_new(FALSE, FALSE, sizeof(int32_t))};
    struct rig_server server;
    struct feed feed = {rounds, 0};
    struct load_report report;
    rig_serve(&server, dir);
    feed_rate(server.port, &feed, TALLY_SECONDS);
    load_run(&(struct load_options){.port = server.port,
                                    .connections = 1,
                                    .seconds = 60,
                                    .rate = ASK_RATE,
                                    .next = next_indicator,
                                    .answered = note_answer,
                                    .context = &asking},
             &report);
    load_report_clear(&report);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    g_array_sort(asking.took_us, load_compare);
    g_assert(asking.took_us->len > 0);
    *out_p50 = g_array_index(asking.took_us, int32_t, asking.took_us->len / 2) / 1000.0;
    *out_p99 = g_array_index(asking.took_us, int32_t, asking.took_us->len * 99 / 100) / 1000.0;
    g_array_unref(asking.took_us);
    g_ptr_array_unref(asking.tokens);
}

bool figure_indicators(struct figure_line *line)
{
    double few_p50, few, many_p50, many;
    answer_ms(BENCH_MATTERS_FEW, &few_p50, &few);
    answer_ms(BENCH_MATTERS_MANY, &many_p50, &many);
    g_snprintf(line->value, sizeof line->value,
               "p99 %.2f ms (p50 %.2f) with %" G_GINT64_FORMAT " matters, %.2f (%.2f) with %d: %.2f x", many, many_p50,
               BENCH_MATTERS_MANY, few, few_p50, BENCH_MATTERS_FEW, many / few);
    return many <= 5 && many <= 1.5 * few;
}

/* ---- all of them ---- */

static bool recount(const char *dir, double *out_seconds)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    int64_t began_us = clock_monotonic_us();
    char *const argv[] = {(char *)g_getenv("LIANFANG_PROGRAM"), "recount", "--compare", "--data", (char *)dir, NULL};
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error))
        g_error("bench: %s", error->message);
    *out_seconds = (double)(clock_monotonic_us() - began_us) / US_PER_SECOND;
    return g_spawn_check_wait_status(status, NULL);
}

bool figure_recount(struct figure_line *line)
{
    g_autofree char *dir = rig_copy_counting(BENCH_MATTERS_MANY, RIG_INDICATORS_MANY);
    g_autoptr(GArray) rounds = rig_rounds(dir, 20000);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    double seconds;
    rig_serve(&server, dir);
    feed_rate(server.port, &feed, TALLY_SECONDS);
    rig_stop(&server, SIGTERM);
    bool equal = recount(dir, &seconds);
    rig_remove(dir);
    double most = 120.0 * (double)BENCH_MATTERS_MANY / 2000000;
    g_snprintf(line->value, sizeof line->value, "%.1f s, %s (%" G_GINT64_FORMAT " matters; at most %.1f s for so many)",
               seconds, equal ? "equal" : "it differs", BENCH_MATTERS_MANY, most);
    return equal && seconds <= most;
}
