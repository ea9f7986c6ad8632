/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sqlite - what reads the rows of journal.db: the journal itself and its verification.
 *
 * Shape   sqlite.c describes the layout. Nothing here trusts the file: SQL that does not compile means a foreign file,
 *         not our bug.
 * Errors  JOURNAL_ERROR_….
 * Owner   the thread of the connection.
 */
#ifndef JOURNAL_SQLITE_H
#define JOURNAL_SQLITE_H

#include "journal/journal.h"
#include "store/db.h"

#define SQLITE_APPLICATION_ID 0x4c464a31

/* Columns in the order that sqlite_event() and sqlite_head() expect, by format. */
extern const char *const sqlite_event_columns[], *const sqlite_head_columns[];

/* Its format; 0 with *error for what is not a journal of a format that is read. */
int sqlite_format(sqlite3 *handle, GError **error);

/* NULL when it does not compile or the disk fails. */
sqlite3_stmt *sqlite_prepare(sqlite3 *handle, const char *sql, GError **error);

/* Says what the connection says, as JOURNAL_ERROR. */
void sqlite_fail(sqlite3 *handle, GError **error);

/* How the tables of a file of the newest format differ from what this program makes, a sentence each. */
void sqlite_tables(struct db *db, GPtrArray *findings);

/* The first column of the first row, 0 for NULL; false with *error where there is none. */
bool sqlite_integer(sqlite3 *handle, const char *sql, int64_t *out, GError **error);
/* The blob of a column that has exactly this length, else NULL. */
const void *sqlite_blob(sqlite3_stmt *row, int column, int bytes);
bool sqlite_copy_blob(sqlite3_stmt *row, int column, void *out, int bytes);

/* The row that the statement stands on; texts and blobs are the statement's. False when a column has a type
 * or a length that this program never writes. */
bool sqlite_event(sqlite3_stmt *row, struct event *out);
/* `out` is to be cleared where it is true. */
bool sqlite_head(int format, sqlite3_stmt *row, struct journal_head *out);

#endif
