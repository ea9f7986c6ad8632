/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sqlite - what reads the rows of journal.db: the journal itself and its verification.
 *
 * Shape   sqlite.c describes the layout. Nothing here trusts the file: SQL that does not compile is a foreign
 * file, not our bug.
 */
#ifndef JOURNAL_SQLITE_H
#define JOURNAL_SQLITE_H

#include "journal/journal.h"
#include "store/db.h"

/* Columns in the order that sqlite_event() and sqlite_head() expect. */
#define SQLITE_EVENT_COLUMNS                                                                                           \
    "pos, stream, command, at_us, observed_us, person, post, kind, version, unit, matter, digest, hash, "              \
    "body, sealed"
#define SQLITE_HEAD_COLUMNS "pos, at_us, hash, public_key, signature"

/* Refuses what is not a journal of this format. */
bool sqlite_is_journal(sqlite3 *handle, GError **error);

/* NULL when it does not compile or the disk says no. */
sqlite3_stmt *sqlite_prepare(sqlite3 *handle, const char *sql, GError **error);

/* Says what the connection says, as JOURNAL_ERROR. */
void sqlite_fail(sqlite3 *handle, GError **error);

/* The row that the statement stands on; texts and blobs are the statement's. False when a column has a type
 * or a length that this program never writes. */
bool sqlite_event(sqlite3_stmt *row, struct event *out);
bool sqlite_head(sqlite3_stmt *row, struct journal_head *out);

#endif
