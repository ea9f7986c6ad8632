/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy - a database that is being written to, copied page by page of its rows.
 *
 * Shape   a page is read in a snapshot of its own, and that is given back before a byte of it is written: however slow
 *         the target, no write-ahead log of the source is held. Each table is copied up to the row that was its last
 *         when its turn came.
 * Limits  a page is COPY_PAGE_ROWS rows or COPY_PAGE_BYTES bytes, whichever comes first. Only for tables with row ids
 *         whose rows are added and never changed: of others the copy would mix rows of several moments.
 * Errors  DB_ERROR; the target is useless then.
 * Owner   the thread of both connections.
 */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include "store/db.h"

#define COPY_PAGE_ROWS  500
#define COPY_PAGE_BYTES (4 * 1024 * 1024)

/* Up to which row id a table is copied. */
struct copy_bound {
    const char *table;
    int64_t last;
};

struct copy_plan {
    const char *last;                /* names rows of no other table: copied after all others, so that whatever these
                                      * name of it is there */
    const struct copy_bound *bounds; /* ended by one without a table; NULL: all rows */
    void (*written)(int64_t rows, void *context); /* after each page, when no snapshot is held; may be NULL */
    void *context;
};

/* Into an empty target. */
bool db_copy(struct db *source, struct db *target, const struct copy_plan *plan, GError **error);

#endif
