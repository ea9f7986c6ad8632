/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench - the figures that the project promises, each measured beside what it is compared with, in one run.
 *
 *     bench [--long] [NAME...]  one line each: name value goal ok|short; exit 1 when one is short. Those that take long
 *                               are measured only when they are named. --long: soak takes an hour
 *
 * Check-ins come as grid workers send them: POST /api/v1/batch with five household rounds of four
 * neighbouring matters, 64 connections. Grids are taken evenly from the whole city, each once a run, so that
 * every reading meets its expectation and the next one is set.
 */
#include "figures.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *goal;
    bool (*measure)(struct figure_line *line);
    bool takes_long;
} figures[] = {
    {"intake", ">= 0.10", figure_intake},
    {"intake_p99", "<= 20 ms", figure_intake_p99},
    {"intake_growth", ">= 0.65", figure_intake_growth},
    {"todo", "<= 2 ms, <= 1.5 x", figure_todo},
    {"snapshot", "<= 50 ms, 300 KiB, 2 KiB", figure_snapshot},
    {"lists", "p99 <= 20 ms a page", figure_lists},
    {"late", "p99 <= 20 ms", figure_late},
    {"tally", ">= 0.85", figure_tally},
    {"indicators", "p99 <= 5 ms, <= 1.5 x", figure_indicators},
    {"boards", "p99 <= 5 ms, <= 1.5 x, <= 100 ms", figure_boards},
    {"recount", "<= 120 s, equal", figure_recount},
    {"clock", "<= 10 s, p99 <= 50 ms", figure_clock},
    {"rebuild", ">= 40000/s", figure_rebuild},
    {"by_stream", ">= 0.90", figure_by_stream},
    {"verify", ">= 700000/s", figure_verify},
    {"start", "<= 1 s", figure_start},
    {"memory", "<= 256 MiB", figure_memory},
    {"disk", "<= 900 bytes", figure_disk},
    {"wal", "<= 128 MiB", figure_wal},
    {"login", ">= 40/s", figure_login},
    {"readers", ">= 0.80, p99 <= 50 ms", figure_readers},
    {"live", "<= 1.2 s, <= 128 MiB, >= 0.90", figure_live},
    {"soak", "<= 1.5 x, no growth", figure_soak},
    {"recover", "<= 1 s, >= 95 %", figure_recover},
    {"import", "<= 8 s", figure_import},
    {"export", "<= 0.4 s", figure_export},
    {"xlsx", "<= 15 s, <= 3 s, <= 256 MiB", figure_xlsx},
    {"import_million", "<= 256 MiB", figure_import_million, .takes_long = true},
};

static bool is_wanted(size_t figure, int argc, char **argv)
{
    int names = 0;
    for (int i = 1; i < argc; i++) {
        names += strcmp(argv[i], "--long") != 0;
        if (strcmp(argv[i], figures[figure].name) == 0)
            return true;
    }
    return names == 0 && !figures[figure].takes_long;
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++)
        if (strcmp(figures[i].name, name) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    bool all_ok = sodium_init() >= 0;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--long") == 0) {
            g_setenv("LIANFANG_LONG", "1", TRUE);
        } else if (!is_known(argv[i])) {
            fprintf(stderr, "bench: there is no figure %s\n", argv[i]);
            return 2;
        }
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
        if (!is_wanted(i, argc, argv))
            continue;
        struct figure_line line = {{0}};
        bool ok = figures[i].measure(&line);
        printf("%-14s %-84s %-22s %s\n", figures[i].name, line.value, figures[i].goal, ok ? "ok" : "short");
        fflush(stdout);
        all_ok = all_ok && ok;
    }
    return all_ok ? 0 : 1;
}
