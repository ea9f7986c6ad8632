/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figures - one function a row of bench's table: measures, writes what it found, says whether that is enough.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include "load.h"
#include "rig.h"

struct figure_line {
    char value[160];
};

#define BENCH_CONNECTIONS  64
#define BENCH_MATTERS_MANY bench_matters()
#define BENCH_MATTERS_FEW  10000

int64_t bench_matters(void); /* 1,000,000, or $LIANFANG_BENCH_MATTERS for a quick look */

/* ---- shared: intake.c ---- */
struct feed { /* hands out rounds, each once, to whoever asks next */
    const GArray *rounds;
    guint next;
};
bool feed_next(void *feed, int connection, GString *out);
/* A thread that sends rounds at a steady rate until feed_stop(), beside what is measured. */
struct background;
struct background *background_start(uint16_t port, struct feed *feed, double rounds_per_second,
                                    double seconds);
void background_stop(struct background *background, struct load_report *out);
double measured_intake_rate(void); /* entries a second of a short closed loop; measured once a run */

bool figure_intake(struct figure_line *line);
bool figure_intake_p99(struct figure_line *line);
bool figure_intake_growth(struct figure_line *line);
bool figure_disk(struct figure_line *line);
bool figure_wal(struct figure_line *line);

/* ---- serving.c ---- */
bool figure_todo(struct figure_line *line);
bool figure_start(struct figure_line *line);
bool figure_memory(struct figure_line *line);
bool figure_login(struct figure_line *line);

/* ---- offline.c ---- */
bool figure_clock(struct figure_line *line);
bool figure_rebuild(struct figure_line *line);
bool figure_verify(struct figure_line *line);

/* ---- sheets.c ---- */
bool figure_import(struct figure_line *line);
bool figure_import_million(struct figure_line *line);
bool figure_export(struct figure_line *line);

#endif
