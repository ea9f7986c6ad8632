/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a phone keeps: the whole of it, and what differs after one entry. A worker here has five grids of twenty. */
#include "figures.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 40

enum turn { TURN_PLAIN, TURN_PACKED, TURN_ENTRY, TURN_DELTA, TURN_COUNT };

struct phones {
    const GArray *rounds;
    guint worker;
    enum turn turn;
    int64_t sent_us;
    char *have;                       /* digests of what the worker has */
    GArray *whole_us;                 /* of int32_t: from the request to the whole answer, packed */
    int64_t rows, bytes, delta_bytes; /* sums; bytes as they went over the network */
};

static void write_packed(GString *out, const char *path, const char *token)
{
    g_string_append_printf(
        out, "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nAccept-Encoding: gzip\r\n\r\n", path,
        token);
}

static bool next_turn(void *context, int connection, GString *out)
{
    struct phones *phones = context;
    const struct round *round = &g_array_index(phones->rounds, struct round, phones->worker * WORKER_GRIDS);
    g_autofree char *delta = g_strdup_printf("/api/v1/snapshot?have=%s", phones->have != NULL ? phones->have : "");
    if (phones->turn == TURN_PLAIN)
        load_write_get(out, "/api/v1/snapshot", round->token);
    else if (phones->turn == TURN_PACKED)
        write_packed(out, "/api/v1/snapshot", round->token);
    else if (phones->turn == TURN_ENTRY)
        rig_write_single(out, round, 0);
    else
        write_packed(out, delta, round->token);
    phones->sent_us = g_get_monotonic_time();
    return phones->worker < WORKERS;
}

static char *digests_of(const char *body, int64_t *out_rows)
{
    g_autoptr(GString) all = g_string_new(NULL);
    size_t i;
    json_t *row, *snapshot = json_loads(body, 0, NULL);
    json_array_foreach(json_object_get(snapshot, "data"), i, row)
        g_string_append_printf(all, "%s%s", i > 0 ? "," : "", json_string_value(json_object_get(row, "digest")));
    *out_rows += (int64_t)json_array_size(json_object_get(snapshot, "data"));
    json_decref(snapshot);
    return g_strdup(all->str);
}

static int64_t length_of(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");
    return at != NULL ? strtoll(at + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

static void on_turn(void *context, int connection, int status, const char *head, const char *body)
{
    struct phones *phones = context;
    if (status >= 400)
        g_error("bench: a snapshot or its entry was answered %d", status);
    if (phones->turn == TURN_PLAIN) {
        g_free(phones->have);
        phones->have = digests_of(body, &phones->rows);
    } else if (phones->turn == TURN_PACKED) {
        int32_t us = (int32_t)(g_get_monotonic_time() - phones->sent_us);
        g_array_append_val(phones->whole_us, us);
        phones->bytes += length_of(head);
    } else if (phones->turn == TURN_DELTA) {
        phones->delta_bytes += length_of(head);
        phones->worker++;
    }
    phones->turn = (phones->turn + 1) % TURN_COUNT;
}

/* Each of the workers in turn; the caller frees what *out holds. */
static void run_phones(int64_t matters, struct phones *out)
{
    g_autofree char *dir = rig_copy(matters);
    g_autoptr(GArray) rounds = rig_rounds(dir, WORKERS * WORKER_GRIDS);
    struct rig_server server;
    struct load_report report;
    *out = (struct phones){.rounds = rounds, .whole_us = g_array_new(FALSE, FALSE, sizeof(int32_t))};
    rig_serve(&server, dir);
    load_run(&(struct load_options){.port = server.port,
                                    .connections = 1,
                                    .seconds = 60,
                                    .next = next_turn,
                                    .answered = on_turn,
                                    .context = out},
             &report);
    load_report_clear(&report);
    rig_stop(&server, SIGTERM);
    rig_remove(dir);
    g_array_sort(out->whole_us, load_compare);
}

static double median_ms(const struct phones *phones)
{
    return phones->whole_us->len > 0
               ? (double)g_array_index(phones->whole_us, int32_t, phones->whole_us->len / 2) / 1000
               : 1e9;
}

bool figure_snapshot(struct figure_line *line)
{
    struct phones few, many;
    run_phones(BENCH_MATTERS_FEW, &few);
    run_phones(BENCH_MATTERS_MANY, &many);
    double few_ms = median_ms(&few), many_ms = median_ms(&many);
    double kib = (double)many.bytes / MAX(1, many.worker) / 1024;
    double delta_kib = (double)many.delta_bytes / MAX(1, many.worker) / 1024;
    g_snprintf(line->value, sizeof line->value,
               "%.1f ms, %.1f KiB of %.0f matters, %.1f KiB after an entry; %.1f ms with %d matters", many_ms, kib,
               (double)many.rows / MAX(1, many.worker), delta_kib, few_ms, BENCH_MATTERS_FEW);
    bool ok = many.worker == WORKERS && many_ms <= 50 && kib <= 300 && delta_kib <= 2 && many_ms <= 1.5 * few_ms;
    for (size_t i = 0; i < 2; i++) {
        struct phones *phones = i == 0 ? &few : &many;
        g_array_unref(phones->whole_us);
        g_free(phones->have);
    }
    return ok;
}
