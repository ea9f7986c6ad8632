/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import - a sheet becomes units, persons, posts, shifts or matters: checked first, then written whole or not at all.
 *
 * Shape   the sheet is read twice. First every row is decided in a dry run with the actor's rights, which gives the
 *         findings. If no row is wrong, or `partial` was given, the good rows are decided again and written,
 *         LIMIT_IMPORT_CHUNK_ROWS a command, so that the writer is busy for milliseconds. A row refused now, because of
 *         a command in between, ends the import; a second import of the sheet goes on, since rows that are there
 *         already are skipped.
 * Limits  memory is constant but for 16 bytes a row (digest_set.h) and the findings that are kept.
 * Owner   one thread, with a reader of its own.
 */
#ifndef INTEROP_IMPORT_H
#define INTEROP_IMPORT_H

#include "engine/engine.h"
#include "interop/mapping.h"
#include "interop/report.h"
#include "interop/sheet.h"

struct import_options {
    struct engine *engine;
    const struct clock *clock;
    const char *what; /* kind, or units, unit_facts, persons, posts, rosters */
    int64_t person;   /* 0: the operator */
    const struct mapping *mapping;
    struct sheet_options sheet; /* override the mapping */
    int64_t at_us;              /* what codes of units mean where a row says nothing of when; 0: now */
    bool apply, partial;
    void (*progress)(int64_t done, int64_t all, void *context); /* may be NULL; rows of both readings */
    void *context;
    bool (*is_stopped)(void *context); /* NULL never */
};

/* False with GError when the data directory or the engine fails; faults of the sheet are in the report. The file
 * descriptor is borrowed. */
bool import_run(const struct import_options *options, int fd, struct report *report, GError **error);

#endif
