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

static void ask(const struct rig_server *server, const GPtrArray *tokens, const GArray *units, gint64 most,
                double *out_p50, double *out_p99)
{
    struct asking asking = {tokens, units, 0};
    struct load_report report;
    load_run(&(struct load_options){.port = server->port,
                                    .connections = 1,
                                    .seconds = 60,
                                    .requests_most = most,
                                    .next = next_board,
                                    .answered = must_be_spread,
                                    .context = &asking},
             &report);
    *out_p50 = load_percentile(&report, 0.5) / 1000.0;
    *out_p99 = load_percentile(&report, 0.99) / 1000.0;
    load_report_clear(&report);
}

/* After a round in every grid, or as many as fit in the time. */
static void board_ms(int64_t matters, double *p50s, double *p99s, guint *out_communities)
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
            ask(&server, tokens, units, asked_most[i], &p50s[i], &p99s[i]);
    }
    *out_communities = communities->len;
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
}

bool figure_boards(struct figure_line *line)
{
    double few_p50s[3], few[3], many_p50s[3], many[3];
    guint few_communities, communities;
    board_ms(BENCH_MATTERS_FEW, few_p50s, few, &few_communities);
    board_ms(BENCH_MATTERS_MANY, many_p50s, many, &communities);
    g_snprintf(line->value, sizeof line->value,
               "p99 of subdistricts %.2f ms (p50 %.2f), %.2f x those among %u communities; districts %.1f (%.1f), city "
               "of %u communities %.1f (%.1f)",
               many[0], many_p50s[0], many[0] / few[0], few_communities, many[1], many_p50s[1], communities, many[2],
               many_p50s[2]);
    return many[0] <= 5 && many[0] <= 1.5 * few[0] && many[2] <= 100;
}
