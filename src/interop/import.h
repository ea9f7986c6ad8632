/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import - a sheet becomes units, persons, posts or matters: looked at first, then done whole or not at all.
 *
 * Shape   every row is decided on trial, with the rights of whoever imports, so that the dry run says what the real
 *         one would. Only when no row is wrong, or `partial` was asked for, the sheet is read again and its good
 *         rows are done, LIMIT_IMPORT_BITE_ROWS together, so that others who use the program wait for milliseconds.
 *         Should one be refused then all the same, because somebody else was faster, the import ends and says so;
 *         the same sheet goes on from there, since what is there already is left alone.
 * Limits  memory does not grow with the sheet but for 16 bytes a row (seen.h) and the findings that are kept.
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
    const char *what; /* kind, or units, persons, posts */
    int64_t person;   /* 0: the operator */
    const struct mapping *mapping;
    struct sheet_options sheet; /* before what the mapping says */
    bool apply, partial;
    void (*progress)(int64_t done, int64_t all, void *context); /* NULL nobody asks; rows of both readings */
    void *context;
    bool (*is_stopped)(void *context); /* NULL never */
};

/* False with GError when the data directory or the engine fails; what is wrong with the sheet is in the report. The
 * file descriptor is borrowed. */
bool import_run(const struct import_options *options, int fd, struct report *report, GError **error);

#endif
