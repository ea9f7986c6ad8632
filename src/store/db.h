/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db - one SQLite connection with its prepared statements.
 *
 * Shape   SQL is text in the code beside the one function that runs it, or an area's schema.sql; parameters are
 *         always bound. A statement is prepared once a connection and found again by the address of its literal.
 * Types   a string of letters, one a parameter: i int64_t · s const char * (NULL is NULL) · b const void *, size_t
 *         (NULL is NULL) · u const struct uuid * · a const GArray * of int64_t, for integers(): integers.h · n nothing,
 *         binds NULL
 * Errors  a connection remembers its first failure (disk full, I/O, corruption): from then on writes are no-ops,
 *         queries give no rows and db_commit() fails with it. So code that applies an event needs no error handling,
 *         and nothing half written is ever committed. SQL for tables or columns that the file lacks fails so, too: it
 *         comes from outside; other SQL that does not compile is our bug and asserts. db_rollback()
 *         clears a remembered failure only when the roll-back itself worked.
 * Owner   the thread that opened it.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/auto.h"
#include "base/uuid.h"

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct db;

enum db_mode {
    DB_JOURNAL, /* WAL, synchronous=FULL: committed is durable */
    DB_ROWS,    /* WAL, synchronous=NORMAL: may lose the last commits at power loss, never tears */
    DB_SECRETS, /* WAL, synchronous=FULL, secure_delete */
    DB_REBUILD, /* no WAL, synchronous=OFF: a file that is not served yet; db_settle() makes it durable */
    DB_READ,    /* read-only, WAL */
    DB_SCRATCH, /* in memory, gone with the connection; the path is ":memory:" */
};

struct db_options {
    enum db_mode mode;
    int cache_kib;   /* 0: the mode's default */
    const char *vfs; /* NULL: the system's; tests inject faults here */
};

#define DB_ERROR db_error_quark()
GQuark db_error_quark(void);
enum db_error {
    DB_ERROR_OPEN,
    DB_ERROR_IO,
    DB_ERROR_CORRUPT,
    DB_ERROR_LONG, /* a reader's snapshot was held for too long while others wrote: LIMIT_SNAPSHOT_US */
    DB_ERROR_FULL, /* there is no room: nothing of the transaction was committed; earlier ones stay durable */
};
/* Whether the last failure of a connection was that there is no room. */
bool db_was_full(sqlite3 *handle);
bool errno_is_about_room(int number); /* of a disk, a quota, a limit on the length of files */

/* Makes the file with mode 0600 where it is missing (not in DB_READ). */
struct db *db_open(const char *path, const struct db_options *options, GError **error);
void db_close(struct db *db);
static inline void db_auto(struct db **db)
{
    if (*db != NULL)
        db_close(*db);
}

/* A reader's queries end, with DB_ERROR_LONG, when `is_over` says so; asked each millisecond or two while one runs. */
void db_end_when(struct db *db, bool (*is_over)(void *context), void *context);
sqlite3 *db_handle(struct db *db); /* for backup, hooks and checkpoints */
/* A reader of the same file, which sees what was committed last, while `db` is in a transaction: what was before it.
 * Whoever begins a snapshot there ends it. Owned by `db`; NULL: `db` is no DB_ROWS, or failed. */
struct db *db_committed(struct db *db);
const GError *db_failed(const struct db *db); /* NULL while all is well */
/* What was read cannot be: fails as a file does that is damaged. */
void db_corrupt(struct db *db, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Runs a schema: many statements, no parameters. */
bool db_script(struct db *db, const char *sql, GError **error);

bool db_begin(struct db *db); /* BEGIN IMMEDIATE; for a reader BEGIN: its snapshot starts with the first read, and
                                    after LIMIT_SNAPSHOT_US it may end with DB_ERROR_LONG */
bool db_commit(struct db *db, GError **error);
void db_rollback(struct db *db);
bool db_in_transaction(struct db *db);

/* Nested marks inside a transaction, for a command that may still be refused. */
void db_mark(struct db *db);
void db_release(struct db *db);
void db_rollback_to_mark(struct db *db);

/* Runs one statement that gives no rows; `sql` must be a literal. Returns the number of rows changed. */
int db_run(struct db *db, const char *sql, const char *types, ...);
int64_t db_last_rowid(struct db *db);

/* One integer of the first row; false when there is no row or it is NULL. */
bool db_integer(struct db *db, int64_t *out, const char *sql, const char *types, ...);

/*
 * A query:
 *     AUTO(cursor) struct cursor cursor = db_query(db, "SELECT a, b FROM t WHERE c = ?1", "i", c);
 *     while (cursor_next(&cursor))
 *         use(cursor_integer(&cursor, 0), cursor_text(&cursor, 1));
 * Texts and blobs live until the next cursor_next(). A query may run inside the loop of another one, also of itself.
 */
struct cursor {
    struct db *db;
    sqlite3_stmt *statement;
    bool owned; /* prepared for this query alone */
};

struct cursor db_query(struct db *db, const char *sql, const char *types, ...);
/* The same for SQL that was put together at run time from fixed pieces (filters); nothing from outside is in the text.
 * Parameters are bound by the caller with cursor_bind_…(), counted from 1. */
struct cursor db_query_text(struct db *db, const char *sql);
void cursor_bind_integer(struct cursor *cursor, int index, int64_t value);
void cursor_bind_text(struct cursor *cursor, int index, const char *text);
void cursor_bind_blob(struct cursor *cursor, int index, const void *data, size_t bytes);
bool cursor_next(struct cursor *cursor);
void cursor_clear(struct cursor *cursor);
AUTO_CLEAR(cursor)

bool cursor_is_null(struct cursor *cursor, int column);
int64_t cursor_integer(struct cursor *cursor, int column);
const char *cursor_text(struct cursor *cursor, int column); /* NULL for NULL */
const void *cursor_blob(struct cursor *cursor, int column, size_t *out_bytes);
bool cursor_uuid(struct cursor *cursor, int column, struct uuid *out);

/* The first column of all rows, an array of int64_t; the cursor is cleared. */
GArray *cursor_integers(struct cursor taken);
bool integers_hold(const GArray *integers, int64_t value); /* of such an array; it is walked */

/* Moves the write-ahead log into the file; `truncate` also empties it. False while readers hold it back. */
bool db_checkpoint(struct db *db, bool truncate);
/* Makes a DB_REBUILD file durable and turns it into WAL. */
bool db_settle(struct db *db, GError **error);

#endif
