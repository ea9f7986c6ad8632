/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figures - one function a row of bench's table: measures, writes what it found, says whether that is enough.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include "load.h"
#include "rig.h"

struct figure_line {
    char value[300];
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
double feed_rate(uint16_t port, struct feed *feed, double seconds); /* rounds a second in a closed loop */
bool feed_again(void *feed, int connection, GString *out); /* from the beginning when all have been handed out */
/* Every item of a batch must have been accepted: a refused reading is no intake. */
void look_for_refusals(void *context, int connection, int status, const char *head, const char *body);
/* A thread that sends rounds at a steady rate until feed_stop(), beside what is measured. */
struct background;
struct background *background_start(uint16_t port, struct feed *feed, double rounds_per_second, double seconds);
/* Any load; `niceness` of its thread: of clients that are elsewhere in truth. `options` are borrowed until the end. */
struct background *background_run(const struct load_options *options, int niceness);
void background_stop(struct background *background, struct load_report *out);
/* The longest write-ahead log from start to stop. */
struct watch *watch_start(const char *dir);
int64_t watch_stop(struct watch *watch);
/* Entries a second over the data in `dir`, which is removed: one closed loop of at most `rounds_most` rounds. */
double intake_rate_over(const char *dir, guint rounds_most, double seconds, bool scattered, double *entry_us);
double measured_intake_rate(void); /* entries a second of a short closed loop; measured once a run */

bool figure_intake(struct figure_line *line);
bool figure_intake_p99(struct figure_line *line);
bool figure_intake_growth(struct figure_line *line);
bool figure_disk(struct figure_line *line);
bool figure_wal(struct figure_line *line);

/* ---- serving.c ---- */
/* As the first `workers` of the city, in turns: after some ten times each ends the oldest session of its account. */
void run_logins(const struct rig_server *server, guint workers, double rate, double seconds, struct load_report *out);
bool figure_todo(struct figure_line *line);
bool figure_late(struct figure_line *line);
bool figure_start(struct figure_line *line);
bool figure_memory(struct figure_line *line);
bool figure_login(struct figure_line *line);

/* ---- boards.c ---- */
bool figure_boards(struct figure_line *line);

/* ---- tally.c ---- */
bool figure_tally(struct figure_line *line);
bool figure_indicators(struct figure_line *line);
bool figure_recount(struct figure_line *line);

/* ---- lists.c ---- */
bool figure_lists(struct figure_line *line);

/* ---- snapshot.c ---- */
bool figure_snapshot(struct figure_line *line);

/* ---- readers.c ---- */
struct desks { /* people who read all that is heavy, over the whole city */
    GPtrArray *tokens;
    GArray *districts, *subdistricts;
    guint next;
    int64_t answered, refused; /* refused: 429 and 503 */
};
void desks_init(struct desks *desks, const char *dir, guint count);
void desks_clear(struct desks *desks);
bool desks_next(void *desks, int connection, GString *out);
void desks_answered(void *desks, int connection, int status, const char *head, const char *body);
/* A thread that reads until then, at most at that rate; background_stop() ends it. `desks` are borrowed. */
struct background *desks_start(struct desks *desks, uint16_t port, double reads_per_second, double seconds);
bool figure_readers(struct figure_line *line);

/* ---- live.c ---- */
bool figure_live(struct figure_line *line);

/* ---- endurance.c ---- */
bool figure_soak(struct figure_line *line);
bool figure_recover(struct figure_line *line);

/* ---- offline.c ---- */
bool figure_clock(struct figure_line *line);
bool figure_rebuild(struct figure_line *line);
bool figure_by_stream(struct figure_line *line);
bool figure_verify(struct figure_line *line);

/* ---- sheets.c ---- */
bool figure_import(struct figure_line *line);
bool figure_xlsx(struct figure_line *line);
bool figure_import_million(struct figure_line *line);
bool figure_export(struct figure_line *line);

#endif
