/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"

#include "base/clock.h"
#include "base/limits.h"
#include "store/integers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS         5000
#define LOOK_OPERATIONS 20000 /* of SQLite's machine: a millisecond or two */

struct db {
    sqlite3 *handle;
    GHashTable *statements; /* address of the literal → sqlite3_stmt */
    GError *failed;
    bool read_only, keeps_log;
    struct db *committed; /* db_committed(); NULL until it is asked for */
    char *vfs;
    int64_t begun_us;               /* monotonic: since when a reader's snapshot may be held, 0 none is */
    char *log_path;                 /* a reader's: of the log that its snapshot holds */
    bool (*is_over)(void *context); /* NULL: its queries run to their end */
    void *context;
};

G_DEFINE_QUARK(lianfang_db_error, db_error)

/* clang-format off */
static const struct {
    int cache_kib;
    const char *pragmas;
} modes[] = {
    [DB_JOURNAL] = {2048,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
        " PRAGMA journal_size_limit=6291456;"},
    [DB_ROWS] = {65536,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0;"
        " PRAGMA journal_size_limit=6291456;"},
    [DB_SECRETS] = {8192,
        "PRAGMA secure_delete=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
        " PRAGMA journal_size_limit=0;"},
    [DB_REBUILD] = {131072, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"},
    [DB_READ] = {4096, "PRAGMA query_only=ON;"},
    [DB_SCRATCH] = {256, ""},
};
/* clang-format on */

static void finalize(gpointer statement)
{
    sqlite3_finalize(statement);
}

bool errno_is_about_room(int number)
{
    return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

static bool file_said_so(sqlite3 *handle, int which)
{
    sqlite3_file *file = NULL;
    int number = 0;
    return sqlite3_file_control(handle, "main", which, &file) == SQLITE_OK && file != NULL && file->pMethods != NULL &&
           file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK &&
           errno_is_about_room(number);
}

/* SQLite writes a transaction's last frame, the commit frame, before it syncs: without room for it there was no sync,
 * and nothing was committed. A quota or a limit of the process is reported as a write error, and only the file has its
 * errno: sqlite3_system_errno() is not set by what fails inside a COMMIT. */
bool db_was_full(sqlite3 *handle)
{
    int code = sqlite3_extended_errcode(handle);
    return (code & 0xff) == SQLITE_FULL ||
           (code == SQLITE_IOERR_WRITE &&
            (file_said_so(handle, SQLITE_FCNTL_JOURNAL_POINTER) || file_said_so(handle, SQLITE_FCNTL_FILE_POINTER)));
}

static int error_code(struct db *db)
{
    int code = sqlite3_errcode(db->handle) & 0xff;
    if (db_was_full(db->handle))
        return DB_ERROR_FULL;
    if (code == SQLITE_INTERRUPT)
        return DB_ERROR_LONG;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? DB_ERROR_CORRUPT : DB_ERROR_IO;
}

static void set_error(struct db *db, GError **error)
{
    g_set_error(error, DB_ERROR, error_code(db), "%s: %s (%d)", sqlite3_db_filename(db->handle, "main"),
                sqlite3_errmsg(db->handle), sqlite3_extended_errcode(db->handle));
}

static void remember_failure(struct db *db)
{
    if (db->failed == NULL)
        set_error(db, &db->failed);
}

/* A snapshot that is too old keeps the log from being shortened: its query ends. While the log is short, since little
 * is written, it may go on. */
static int snapshot_is_due(void *context)
{
    const struct db *db = context;
    struct stat status;
    if (db->is_over != NULL && db->is_over(db->context))
        return 1;
    if (db->begun_us == 0 || clock_monotonic_us() - db->begun_us < LIMIT_SNAPSHOT_US)
        return 0;
    return stat(db->log_path, &status) == 0 && status.st_size > LIMIT_SNAPSHOT_WAL_BYTES;
}

static void watch_snapshots(struct db *db, const char *path)
{
    db->log_path = g_strconcat(path, "-wal", NULL);
    sqlite3_progress_handler(db->handle, LOOK_OPERATIONS, snapshot_is_due, db);
}

void db_end_when(struct db *db, bool (*is_over)(void *context), void *context)
{
    g_assert(db->read_only);
    db->is_over = is_over;
    db->context = context;
}

/* An existing file is not opened: closing it again would release the locks of this process's other connections to it
 * (fcntl(2)), and another program that opens and closes the database then would delete the log that they write to. */
static bool make_private(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return true;
    if (fd < 0) {
        g_set_error(error, DB_ERROR, DB_ERROR_OPEN, "%s: %s", path, g_strerror(errno));
        return false;
    }
    close(fd);
    return true;
}

/* Statement journals of savepoints stay in memory: a command of a hundred rows touches more than the 64 KiB beyond
 * which SQLite writes them to a file, and the system calls would cost more than the rows. The engine's limits bound
 * them. */
static void set_up(void)
{
    /* too late where a test came first: slower, not wrong */
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* saves a lock at every allocation; the counts are not read */
}

struct db *db_open(const char *path, const struct db_options *options, GError **error)
{
    bool read_only = options->mode == DB_READ;
    if (!read_only && options->mode != DB_SCRATCH && options->vfs == NULL && !make_private(path, error))
        return NULL;
    struct db *db = g_new0(struct db, 1);
    db->read_only = read_only;
    db->keeps_log = options->mode == DB_ROWS;
    db->vfs = g_strdup(options->vfs);
    db->statements = g_hash_table_new_full(NULL, NULL, NULL, finalize);
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
    int flags = (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path, &db->handle, flags, options->vfs) != SQLITE_OK) {
        g_set_error(error, DB_ERROR, DB_ERROR_OPEN, "%s: %s", path, sqlite3_errmsg(db->handle));
        db_close(db);
        return NULL;
    }
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    if (read_only)
        watch_snapshots(db, path);
    int cache_kib = options->cache_kib > 0 ? options->cache_kib : modes[options->mode].cache_kib;
    g_autofree char *common =
        g_strdup_printf("PRAGMA cache_size=-%d; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;", cache_kib);
    g_assert(integers_register(db->handle) == SQLITE_OK);
    if (!db_script(db, common, error) || !db_script(db, modes[options->mode].pragmas, error)) {
        db_close(db);
        return NULL;
    }
    return db;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db_close(db->committed);
    g_hash_table_unref(db->statements);
    g_assert(sqlite3_close(db->handle) == SQLITE_OK); /* a query outlived its connection */
    g_clear_error(&db->failed);
    g_free(db->vfs);
    g_free(db->log_path);
    g_free(db);
}

sqlite3 *db_handle(struct db *db)
{
    return db->handle;
}

struct db *db_committed(struct db *db)
{
    if (db->failed != NULL || !db->keeps_log)
        return NULL;
    if (db->committed == NULL)
        db->committed = db_open(sqlite3_db_filename(db->handle, "main"),
                                &(struct db_options){.mode = DB_READ, .vfs = db->vfs}, &db->failed);
    return db->committed;
}

const GError *db_failed(const struct db *db)
{
    return db->failed;
}

void db_corrupt(struct db *db, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *what = g_strdup_vprintf(format, values);
    va_end(values);
    if (db->failed == NULL)
        g_set_error(&db->failed, DB_ERROR, DB_ERROR_CORRUPT, "%s: %s", sqlite3_db_filename(db->handle, "main"), what);
}

bool db_script(struct db *db, const char *sql, GError **error)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    set_error(db, error);
    return false;
}

/* What a file lacks that another program made, or that was changed. */
static bool is_about_file(const char *message)
{
    return g_str_has_prefix(message, "no such table: ") || g_str_has_prefix(message, "no such column: ") ||
           strstr(message, " has no column named ") != NULL ||
           g_str_has_prefix(message, "ON CONFLICT clause does not ");
}

static void remember_misfit(struct db *db)
{
    if (db->failed == NULL)
        g_set_error(&db->failed, DB_ERROR, DB_ERROR_CORRUPT, "%s: not as this program makes it: %s",
                    sqlite3_db_filename(db->handle, "main"), sqlite3_errmsg(db->handle));
}

static sqlite3_stmt *prepare(struct db *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    bool misfit = code == SQLITE_ERROR && is_about_file(sqlite3_errmsg(db->handle));
    if (code == SQLITE_ERROR && !misfit)
        g_error("SQL does not compile: %s: %s", sqlite3_errmsg(db->handle), sql);
    if (misfit)
        remember_misfit(db);
    else if (code != SQLITE_OK)
        remember_failure(db);
    return statement;
}

/* The statement of a literal, ready to bind; `owned` when the kept one is in use by an outer query. */
static sqlite3_stmt *statement_of(struct db *db, const char *sql, bool *out_owned)
{
    *out_owned = false;
    sqlite3_stmt *statement = g_hash_table_lookup(db->statements, sql);
    if (statement == NULL) {
        statement = prepare(db, sql);
        if (statement != NULL)
            g_hash_table_insert(db->statements, (gpointer)sql, statement);
    } else if (sqlite3_stmt_busy(statement)) {
        statement = prepare(db, sql);
        *out_owned = true;
    }
    return statement;
}

static void bind(sqlite3_stmt *statement, const char *types, va_list values)
{
    int index = 1;
    for (const char *type = types; *type != '\0'; type++, index++) {
        switch (*type) {
        case 'i':
            sqlite3_bind_int64(statement, index, va_arg(values, int64_t));
            break;
        case 's':
            sqlite3_bind_text(statement, index, va_arg(values, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'b': {
            const void *data = va_arg(values, const void *);
            sqlite3_bind_blob64(statement, index, data, va_arg(values, size_t), SQLITE_TRANSIENT);
            break;
        }
        case 'u': {
            const struct uuid *uuid = va_arg(values, const struct uuid *);
            if (uuid == NULL)
                sqlite3_bind_null(statement, index);
            else
                sqlite3_bind_blob(statement, index, uuid->bytes, sizeof uuid->bytes, SQLITE_TRANSIENT);
            break;
        }
        case 'a':
            integers_bind(statement, index, va_arg(values, const GArray *));
            break;
        case 'n':
            sqlite3_bind_null(statement, index);
            break;
        default:
            g_assert_not_reached();
        }
    }
    g_assert(sqlite3_bind_parameter_count(statement) <= index - 1);
}

int db_run(struct db *db, const char *sql, const char *types, ...)
{
    if (db->failed != NULL)
        return 0;
    bool owned;
    sqlite3_stmt *statement = statement_of(db, sql, &owned);
    if (statement == NULL)
        return 0;
    va_list values;
    va_start(values, types);
    bind(statement, types, values);
    va_end(values);
    int code = sqlite3_step(statement);
    int changed = 0;
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        remember_failure(db);
    else
        changed = sqlite3_changes(db->handle);
    if (owned)
        sqlite3_finalize(statement);
    else
        sqlite3_reset(statement);
    return changed;
}

int64_t db_last_rowid(struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

bool db_begin(struct db *db)
{
    db_run(db, db->read_only ? "BEGIN" : "BEGIN IMMEDIATE", "");
    if (db->read_only)
        db->begun_us = clock_monotonic_us();
    return db->failed == NULL;
}

bool db_commit(struct db *db, GError **error)
{
    db->begun_us = 0;
    db_run(db, "COMMIT", "");
    if (db->failed == NULL)
        return true;
    if (error != NULL)
        *error = g_error_copy(db->failed);
    return false;
}

void db_rollback(struct db *db)
{
    db->begun_us = 0;
    g_clear_error(&db->failed);
    if (db_in_transaction(db))
        db_run(db, "ROLLBACK", "");
}

bool db_in_transaction(struct db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

void db_mark(struct db *db)
{
    db_run(db, "SAVEPOINT command", "");
}

void db_release(struct db *db)
{
    db_run(db, "RELEASE command", "");
}

void db_rollback_to_mark(struct db *db)
{
    db_run(db, "ROLLBACK TO command", "");
    db_run(db, "RELEASE command", "");
}

struct cursor db_query(struct db *db, const char *sql, const char *types, ...)
{
    struct cursor cursor = {.db = db};
    if (db->failed != NULL)
        return cursor;
    cursor.statement = statement_of(db, sql, &cursor.owned);
    if (cursor.statement == NULL)
        return cursor;
    va_list values;
    va_start(values, types);
    bind(cursor.statement, types, values);
    va_end(values);
    return cursor;
}

struct cursor db_query_text(struct db *db, const char *sql)
{
    struct cursor cursor = {.db = db, .owned = true};
    if (db->failed == NULL)
        cursor.statement = prepare(db, sql);
    return cursor;
}

void cursor_bind_integer(struct cursor *cursor, int index, int64_t value)
{
    sqlite3_bind_int64(cursor->statement, index, value);
}

void cursor_bind_text(struct cursor *cursor, int index, const char *text)
{
    sqlite3_bind_text(cursor->statement, index, text, -1, SQLITE_TRANSIENT);
}

void cursor_bind_blob(struct cursor *cursor, int index, const void *data, size_t bytes)
{
    sqlite3_bind_blob64(cursor->statement, index, data, bytes, SQLITE_TRANSIENT);
}

bool cursor_next(struct cursor *cursor)
{
    if (cursor->statement == NULL)
        return false;
    int code = sqlite3_step(cursor->statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        remember_failure(cursor->db);
    cursor_clear(cursor);
    return false;
}

void cursor_clear(struct cursor *cursor)
{
    if (cursor->statement == NULL)
        return;
    if (cursor->owned)
        sqlite3_finalize(cursor->statement);
    else
        sqlite3_reset(cursor->statement);
    cursor->statement = NULL;
}

bool cursor_is_null(struct cursor *cursor, int column)
{
    return sqlite3_column_type(cursor->statement, column) == SQLITE_NULL;
}

int64_t cursor_integer(struct cursor *cursor, int column)
{
    return sqlite3_column_int64(cursor->statement, column);
}

const char *cursor_text(struct cursor *cursor, int column)
{
    return (const char *)sqlite3_column_text(cursor->statement, column);
}

const void *cursor_blob(struct cursor *cursor, int column, size_t *out_bytes)
{
    const void *data = sqlite3_column_blob(cursor->statement, column);
    *out_bytes = (size_t)sqlite3_column_bytes(cursor->statement, column);
    return data;
}

bool cursor_uuid(struct cursor *cursor, int column, struct uuid *out)
{
    size_t bytes;
    const void *data = cursor_blob(cursor, column, &bytes);
    if (data == NULL || bytes != sizeof out->bytes)
        return false;
    memcpy(out->bytes, data, bytes);
    return true;
}

GArray *cursor_integers(struct cursor taken)
{
    AUTO(cursor) struct cursor cursor = taken;
    GArray *integers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    while (cursor_next(&cursor)) {
        int64_t value = cursor_integer(&cursor, 0);
        g_array_append_val(integers, value);
    }
    return integers;
}

bool integers_hold(const GArray *integers, int64_t value)
{
    for (guint i = 0; i < integers->len; i++)
        if (g_array_index(integers, int64_t, i) == value)
            return true;
    return false;
}

bool db_integer(struct db *db, int64_t *out, const char *sql, const char *types, ...)
{
    if (db->failed != NULL)
        return false;
    AUTO(cursor) struct cursor cursor = {.db = db};
    cursor.statement = statement_of(db, sql, &cursor.owned);
    if (cursor.statement == NULL)
        return false;
    va_list values;
    va_start(values, types);
    bind(cursor.statement, types, values);
    va_end(values);
    if (!cursor_next(&cursor) || cursor_is_null(&cursor, 0))
        return false;
    *out = cursor_integer(&cursor, 0);
    return true;
}

bool db_checkpoint(struct db *db, bool truncate)
{
    int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    return sqlite3_wal_checkpoint_v2(db->handle, NULL, mode, NULL, NULL) == SQLITE_OK;
}

bool db_settle(struct db *db, GError **error)
{
    const char *path = sqlite3_db_filename(db->handle, "main");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!synced) {
        g_set_error(error, DB_ERROR, DB_ERROR_IO, "%s: %s", path, g_strerror(errno));
        return false;
    }
    return db_script(db, "PRAGMA locking_mode=NORMAL; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL;", error);
}
