/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a board costs, with its spread: of each subdistrict, of districts and of the city. */
#include "figures.h"

#include <signal.h>

#define FILL_SECONDS 8
#define DESKS        8

static const char *const types[] = {"subdistrict", "district", "city"};
static const gint64 asked_most[] = {1000, 200, 50};

struct asking {
    const GPtrArray *tokens;
    const GArray *units;
    guint next;
};

static bool next_board(void *context, int connection, GString *out)
{
    struct asking *asking = context;
    guint i = asking->next++;
    g_autofree char *path = g_strdup_printf("/api/v1/boards/in_place?unit=%%23%" G_GINT64_FORMAT,
                                            g_array_index(asking->units, int64_t, i % asking->units->len));
    load_write_get(out, path, asking->tokens->pdata[i % asking->tokens->len]);
    return true;
}

static void must_be_spread(void *context, int connection, int status, const char *head, const char *body)
{
    if (status != 200 || g_strstr_len(body, -1, "\"spread\":null") != NULL)
        g_error("bench: a board was answered with %d: %.200s", status, body);
}

struct took { /* milliseconds */
    double p50, p99, processor;
};

static struct took ask(const struct rig_server *server, const GPtrArray *tokens, const GArray *units, gint64 most)
{
    struct asking asking = {tokens, units, 0};
    struct load_report report;
    int64_t before_us = rig_processor_us(server);
    load_run(&(struct load_options){.port = server->port,
                                    .connections = 1,
                                    .seconds = 60,
                                    .requests_most = most,
                                    .next = next_board,
                                    .answered = must_be_spread,
                                    .context = &asking},
             &report);
    struct took took = {load_percentile(&report, 0.5) / 1000.0, load_percentile(&report, 0.99) / 1000.0,
                        (double)(rig_processor_us(server) - before_us) / 1000.0 / (double)report.requests};
    load_report_clear(&report);
    return took;
}

/* After a round in every grid, or as many as fit in the time. */
static void board_ms(int64_t matters, struct took *took, guint *out_communities)
{
    g_autofree char *dir = rig_copy_counting(matters, RIG_INDICATORS_BOARDS);
    g_autoptr(GArray) rounds = rig_rounds(dir, 5000), communities = rig_units(dir, "community");
    g_autoptr(GPtrArray) tokens = rig_desks(dir, DESKS);
    struct rig_server server;
    struct feed feed = {rounds, 0};
    rig_serve(&server, dir);
    feed_rate(server.port, &feed, FILL_SECONDS);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(GArray) units = rig_units(dir, types[i]);
        for (int turn = 0; turn < 2; turn++) /* in the first one the file is read, and the rounds are done with */
            took[i] = ask(&server, tokens, units, asked_most[i]);
    }
    *out_communities = communities->len;
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
}

bool figure_boards(struct figure_line *line)
{
    struct took few[G_N_ELEMENTS(types)], many[G_N_ELEMENTS(types)];
    guint few_communities, communities;
    board_ms(BENCH_MATTERS_FEW, few, &few_communities);
    board_ms(BENCH_MATTERS_MANY, many, &communities);
    g_snprintf(line->value, sizeof line->value,
               "p99 of subdistricts %.2f ms (p50 %.2f, processor %.2f), %.2f x those among %u communities; districts "
               "%.1f (%.1f, %.1f), city of %u communities %.1f (%.1f, %.1f)",
               many[0].p99, many[0].p50, many[0].processor, many[0].p99 / few[0].p99, few_communities, many[1].p99,
               many[1].p50, many[1].processor, communities, many[2].p99, many[2].p50, many[2].processor);
    return many[0].p99 <= 5 && many[0].p99 <= 1.5 * few[0].p99 && many[2].p99 <= 100;
}
