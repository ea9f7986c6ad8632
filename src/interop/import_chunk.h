/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_chunk - some rows of a sheet as one command, and the queue of such commands to the engine.
 *
 * Shape   chunks are answered in the order in which they were put; a few are under way at a time.
 * Owner   the import's thread; answers arrive on the writer's.
 */
#ifndef INTEROP_IMPORT_CHUNK_H
#define INTEROP_IMPORT_CHUNK_H

#include "engine/engine.h"

struct import_chunk_row {
    int64_t row;
    json_t *commands;
    char *cells; /* their texts, for findings */
    guint cell_count;
    const char *unit; /* borrowed from the commands, "" none */
    bool refused;
};

struct import_chunk {
    GArray *rows;            /* of struct import_chunk_row */
    GPtrArray *above;        /* of json_t, commands of earlier rows that are parents of these, in a dry run */
    struct problem *problem; /* NULL: done, or could be */
    bool answered;
};

struct import_queue;
struct import_queue *import_queue_new(struct engine *engine, const struct clock *clock, int64_t person, bool dry_run);
void import_queue_free(struct import_queue *import_queue); /* waits for chunks under way */
AUTO_FREE(import_queue)

struct import_chunk *import_chunk_new(void);
void import_chunk_free(struct import_chunk *chunk);
AUTO_FREE(import_chunk)
/* Moves the rows from one number to another, the last one not, out of a chunk into a new one; refused ones are left. */
struct import_chunk *import_chunk_split(struct import_chunk *chunk, guint from, guint to);
/* "rows[12][0].form.age", as a problem names it: the row, the command, and the rest of the field; false when it names
 * no row. */
bool import_chunk_parse_path(const char *field, size_t *out_row, size_t *out_command, const char **out_rest);
/* Moves the rows of another stream than the first's into a new chunk, since a command is decided in one stream; other
 * faults are found when they are decided. NULL: all are of one. */
struct import_chunk *import_chunk_take_elsewhere(struct import_chunk *chunk);
/* "" when the row has no such cell. */
const char *import_chunk_cell(const struct import_chunk_row *row, guint column);

/* Puts a chunk (taken), waiting while the engine is full; false when the engine has stopped. */
bool import_queue_put(struct import_queue *import_queue, struct import_chunk *chunk);
int import_queue_under_way(const struct import_queue *import_queue);
bool import_queue_is_answered(struct import_queue *import_queue); /* the oldest one */
/* The oldest, answered; the caller frees. NULL: none is under way. */
struct import_chunk *import_queue_take(struct import_queue *import_queue);

#endif
