/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rig - data directories of a given size, kept between runs, and a server of its own process over them.
 *
 * Shape   a grid has 20 matters (5 households of 4), a grid worker 5 grids, a community 4 grids. Directories
 * lie below $LIANFANG_BENCH_DIR (default /var/tmp/lianfang-bench) and are made once; measurements run on
 * copies. Owner   one thread.
 */
#ifndef BENCH_RIG_H
#define BENCH_RIG_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/uuid.h"

#define HOUSEHOLD_SIZE  4
#define GRID_HOUSEHOLDS 5
#define GRID_MATTERS    (HOUSEHOLD_SIZE * GRID_HOUSEHOLDS)
#define WORKER_GRIDS    5
#define COMMUNITY_GRIDS 4

/* A copy of a data directory of so many matters, made when there is none yet. The caller frees the path and
 * calls rig_remove(). */
char *rig_copy(int64_t matters);
/* The same with other indicators: those of playbook.yaml, none, those of indicators.yaml, or these with boards.yaml. */
enum rig_indicators { RIG_INDICATORS_FEW, RIG_INDICATORS_NONE, RIG_INDICATORS_MANY, RIG_INDICATORS_BOARDS };
char *rig_copy_counting(int64_t matters, enum rig_indicators indicators);
/* The same of a city without people: so many communities with their grids, and nothing open. */
char *rig_copy_of_communities(guint communities);
void rig_remove(const char *dir);
int64_t rig_bytes(const char *dir); /* of all files below */

struct rig_server {
    char *dir;
    GPid pid;
    uint16_t port;
    int64_t start_us; /* from exec to the first answer */
};
void rig_serve(struct rig_server *server, const char *dir);                 /* `dir` is borrowed */
void rig_stop(struct rig_server *server, int signal);                       /* and waits for its end */
int64_t rig_status_kib(const struct rig_server *server, const char *field); /* "VmRSS", "VmHWM" of /proc */
int64_t rig_processor_us(const struct rig_server *server);                  /* of all its threads since it started */
int rig_files(const struct rig_server *server);                             /* open descriptors */
int64_t rig_wal_bytes(const char *dir);                                     /* the largest write-ahead log now */

/* Sessions of so many people who may see the whole city, one account each. Before the server is started. */
GPtrArray *rig_desks(const char *dir, guint count); /* of char * */
/* The same, each over the next of these units (NULL: over the city). */
GPtrArray *rig_desks_over(const char *dir, guint count, const GArray *units);
GArray *rig_units(const char *dir, const char *type); /* of int64_t */

/* Rounds of a grid, in the order of its households: a worker's session and the matters. */
struct round {
    char *token; /* of the grid's worker; shared between its grids */
    struct uuid matters[GRID_MATTERS];
};
/* `count` grids spread evenly over all; sessions are made for their workers. Before the server is started. */
GArray *rig_rounds(const char *dir, guint count); /* of struct round */

/* Writes POST /api/v1/batch: the round's households, every reading normal. */
void rig_write_round(GString *out, const struct round *round);
void rig_write_rounds(GString *out, const struct round *rounds, int count); /* of one worker */
/* The same, all matters of `count` rounds of one worker, each by itself: what it costs without neighbours. */
void rig_write_entries(GString *out, const struct round *rounds, int count);
/* Writes the entry of one matter alone, as somebody at one door sends it. */
void rig_write_single(GString *out, const struct round *round, int member);

#endif
