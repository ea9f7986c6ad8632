/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal.db - the chain in one SQLite file.
 *
 * A reader in another language needs SQLite, BLAKE2b and Ed25519, and what follows; tools/verify-journal.py
 * is one.
 *
 * File     SQLite 3 in WAL mode, UTF-8, application_id 0x4c464a31 ("LFJ1"), user_version 1: this format.
 *
 * event    one row an event, pos 1, 2, 3 ... without gaps; never updated or deleted.
 *     pos          INTEGER  the row id
 *     stream       INTEGER  id of the district or city
 *     command      BLOB     16 bytes, UUID in network order
 *     at_us        INTEGER  accepted, UTC microseconds
 *     observed_us  INTEGER  when it happened, UTC microseconds
 *     person       INTEGER  0 the clock or the operator
 *     post         INTEGER  0 none
 *     kind         TEXT     1 to 64 bytes
 *     version      INTEGER  of the body's shape
 *     unit         INTEGER  0 none
 *     matter       INTEGER  0 none
 *     digest       BLOB     16 bytes, or NULL
 *     hash         BLOB     32 bytes
 *     body         TEXT     JSON, the very bytes that were hashed
 *     sealed       BLOB     1 byte or more, or NULL
 *
 * hash     BLAKE2b with 32 bytes of digest, no key, no salt, personalisation "lianfang.event.1" (16 bytes).
 *          What is hashed, in this order:
 *     - the hash of the event before it: 32 bytes, before pos 1 all zero
 *     - pos, stream, at_us, observed_us, person, post, version, unit, matter: 8 bytes each, two's
 *       complement, little-endian
 *     - command: 16 bytes
 *     - kind, digest, body, sealed: each a length of 4 bytes, little-endian, and then its bytes; for NULL the
 *       length 0xffffffff and no bytes
 *
 * head     one row a signed head. The newest should be kept elsewhere, too: only then a cut-off tail shows.
 *     pos          INTEGER  of the event whose hash it signs
 *     at_us        INTEGER  when it was signed
 *     hash         BLOB     32 bytes, that event's
 *     public_key   BLOB     32 bytes, Ed25519
 *     signature    BLOB     64 bytes, Ed25519 (RFC 8032), over 64 bytes: "lianfang.head.1" and a zero byte,
 *                           pos and at_us (8 bytes each, as above), hash
 *
 * meta     what is told of the file as a whole, by name; a file of an older program has no such table.
 *     name         TEXT     "installation": 16 random bytes, which secrets.db and rows.db beside it bear, too
 *     value        BLOB
 *
 * Kinds are text in every row and the columns are plain: eight bytes less an event would make the file
 * unreadable by hand.
 */
#include "journal/sqlite.h"

#include "base/limits.h"
#include "journal/chain.h"

#include <string.h>

#define APPLICATION_ID 0x4c464a31
#define FORMAT         1
#define EVENT_COLUMNS  15  /* of SQLITE_EVENT_COLUMNS */
#define PAGE_EVENTS    500 /* a walk gives its snapshot back after so many: milliseconds */

/* clang-format off */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE event ("
    "  pos INTEGER PRIMARY KEY, stream INTEGER NOT NULL, command BLOB NOT NULL, at_us INTEGER NOT NULL,"
    "  observed_us INTEGER NOT NULL, person INTEGER NOT NULL, post INTEGER NOT NULL, kind TEXT NOT NULL,"
    "  version INTEGER NOT NULL, unit INTEGER NOT NULL, matter INTEGER NOT NULL, digest BLOB, hash BLOB NOT NULL,"
    "  body TEXT NOT NULL, sealed BLOB) STRICT;"
    "CREATE TABLE head ("
    "  pos INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, hash BLOB NOT NULL, public_key BLOB NOT NULL,"
    "  signature BLOB NOT NULL) STRICT;"
    "PRAGMA application_id=" G_STRINGIFY(APPLICATION_ID) ";"
    "PRAGMA user_version=" G_STRINGIFY(FORMAT) ";"
    "COMMIT;";
/* clang-format on */

struct tip {
    int64_t pos, at_us;
    uint8_t hash[JOURNAL_HASH_BYTES];
};

struct journal {
    struct db *db;
    sqlite3_stmt *insert_event, *insert_head; /* NULL for a reader */
    sqlite3_stmt *last;
    bool is_signed;
    struct journal_signer signer;
    struct tip tip;               /* the last event; for a reader what it saw last */
    int64_t head_pos, head_at_us; /* the newest head, 0 none */
    bool ended;                   /* a write has failed */
};

struct journal_cursor {
    sqlite3 *handle;
    sqlite3_stmt *page; /* NULL: did not compile, error is set */
    int64_t next, last;
    bool bound;
    GError *error;
};

G_DEFINE_QUARK(journal_error, journal_error)

/* ---- rows ---- */

void sqlite_fail(sqlite3 *handle, GError **error)
{
    int code = JOURNAL_ERROR_IO;
    switch (sqlite3_errcode(handle) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_CONSTRAINT:
        code = JOURNAL_ERROR_CONFLICT;
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
        code = JOURNAL_ERROR_CORRUPT;
        break;
    }
    if (db_was_full(handle))
        code = JOURNAL_ERROR_FULL;
    g_set_error(error, JOURNAL_ERROR, code, "%s: %s (%d)", sqlite3_db_filename(handle, "main"), sqlite3_errmsg(handle),
                sqlite3_extended_errcode(handle));
}

sqlite3_stmt *sqlite_prepare(sqlite3 *handle, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        sqlite_fail(handle, error);
    return statement;
}

static bool integer(sqlite3_stmt *row, int column, int64_t *out)
{
    *out = sqlite3_column_int64(row, column);
    return sqlite3_column_type(row, column) == SQLITE_INTEGER;
}

/* The blob of a column that has exactly this length, else NULL. */
static const void *blob_of(sqlite3_stmt *row, int column, int bytes)
{
    if (sqlite3_column_type(row, column) != SQLITE_BLOB || sqlite3_column_bytes(row, column) != bytes)
        return NULL;
    return sqlite3_column_blob(row, column);
}

static bool copy_blob(sqlite3_stmt *row, int column, void *out, int bytes)
{
    const void *blob = blob_of(row, column, bytes);
    if (blob != NULL)
        memcpy(out, blob, (size_t)bytes);
    return blob != NULL;
}

static bool kind_of(sqlite3_stmt *row, int column, const char **out)
{
    if (sqlite3_column_type(row, column) != SQLITE_TEXT)
        return false;
    *out = (const char *)sqlite3_column_text(row, column);
    size_t bytes = (size_t)sqlite3_column_bytes(row, column);
    return bytes > 0 && bytes <= LIMIT_EVENT_KIND_BYTES && strlen(*out) == bytes;
}

bool sqlite_event(sqlite3_stmt *row, struct event *out)
{
    int64_t version;
    bool good = integer(row, 0, &out->pos) && integer(row, 1, &out->stream) &&
                copy_blob(row, 2, out->command.bytes, sizeof out->command.bytes) && integer(row, 3, &out->at_us) &&
                integer(row, 4, &out->observed_us) && integer(row, 5, &out->person) && integer(row, 6, &out->post) &&
                kind_of(row, 7, &out->kind) && integer(row, 8, &version) && version == (int)version &&
                integer(row, 9, &out->unit) && integer(row, 10, &out->matter) &&
                copy_blob(row, 12, out->hash, JOURNAL_HASH_BYTES) && sqlite3_column_type(row, 13) == SQLITE_TEXT;
    if (!good)
        return false;

    out->version = (int)version;
    out->digest = blob_of(row, 11, JOURNAL_DIGEST_BYTES);
    if (out->digest == NULL && sqlite3_column_type(row, 11) != SQLITE_NULL)
        return false;
    out->body = sqlite3_column_text(row, 13);
    out->body_bytes = (size_t)sqlite3_column_bytes(row, 13);
    out->sealed = sqlite3_column_blob(row, 14); /* NULL for an empty one, too */
    out->sealed_bytes = (size_t)sqlite3_column_bytes(row, 14);
    return out->body != NULL && sqlite3_column_type(row, 14) == (out->sealed == NULL ? SQLITE_NULL : SQLITE_BLOB);
}

bool sqlite_head(sqlite3_stmt *row, struct journal_head *out)
{
    return integer(row, 0, &out->pos) && integer(row, 1, &out->at_us) &&
           copy_blob(row, 2, out->hash, JOURNAL_HASH_BYTES) && copy_blob(row, 3, out->public_key, JOURNAL_KEY_BYTES) &&
           copy_blob(row, 4, out->signature, JOURNAL_SIGNATURE_BYTES);
}

/* ---- opening ---- */

static bool pragma(sqlite3 *handle, const char *sql, int64_t *out, GError **error)
{
    sqlite3_stmt *statement = sqlite_prepare(handle, sql, error);
    if (statement == NULL)
        return false;
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    if (found)
        *out = sqlite3_column_int64(statement, 0);
    else
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return found;
}

bool sqlite_is_journal(sqlite3 *handle, GError **error)
{
    int64_t id = 0, format = 0;
    if (!pragma(handle, "PRAGMA application_id", &id, error) || !pragma(handle, "PRAGMA user_version", &format, error))
        return false;
    const char *path = sqlite3_db_filename(handle, "main");
    if (id != APPLICATION_ID)
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                    "%s: not a journal of Lianfang; name the right data directory, or restore the newest backup", path);
    else if (format != FORMAT)
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                    "%s: journal format %" G_GINT64_FORMAT ", this program reads %d; install the program that wrote it",
                    path, format, FORMAT);
    return id == APPLICATION_ID && format == FORMAT;
}

static bool make_tables(struct db *db, GError **error)
{
    int64_t tables = 0;
    if (!pragma(db_handle(db), "SELECT count(*) FROM sqlite_schema", &tables, error))
        return false;
    if (tables > 0 || db_script(db, schema, NULL))
        return true;
    sqlite_fail(db_handle(db), error);
    return false;
}

static struct db *open_db(const char *path, const struct db_options *options, GError **error)
{
    g_autoptr(GError) said = NULL;
    struct db *db = db_open(path, options, &said);
    if (db != NULL)
        return db;
    int code = g_error_matches(said, DB_ERROR, DB_ERROR_CORRUPT) ? JOURNAL_ERROR_CORRUPT
               : g_error_matches(said, DB_ERROR, DB_ERROR_FULL)  ? JOURNAL_ERROR_FULL
                                                                 : JOURNAL_ERROR_IO;
    g_set_error_literal(error, JOURNAL_ERROR, code, said->message);
    return NULL;
}

static bool corrupt(struct journal *journal, int64_t pos, const char *what, GError **error)
{
    g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "%s: event %" G_GINT64_FORMAT ": %s",
                sqlite3_db_filename(db_handle(journal->db), "main"), pos, what);
    return false;
}

#define TIP_SQL                                                                                                        \
    "SELECT " SQLITE_EVENT_COLUMNS ", (SELECT before.hash FROM event before WHERE before.pos = event.pos - 1)"         \
    " FROM event ORDER BY pos DESC LIMIT 1"

/* What is wrong with the last row, NULL when nothing. */
static const char *fault_of_last(sqlite3_stmt *row, struct tip *out)
{
    struct event event;
    uint8_t previous[JOURNAL_HASH_BYTES], hash[JOURNAL_HASH_BYTES];
    memcpy(previous, chain_start, sizeof previous);
    if (!sqlite_event(row, &event))
        return "it is unreadable";
    if (event.pos != 1 && !copy_blob(row, EVENT_COLUMNS, previous, sizeof previous))
        return "the one before it is missing";
    chain_hash(previous, &event, hash);
    if (memcmp(hash, event.hash, sizeof hash) != 0)
        return "its hash differs";
    *out = (struct tip){.pos = event.pos, .at_us = event.at_us};
    memcpy(out->hash, event.hash, sizeof out->hash);
    return NULL;
}

static bool load_tip(struct journal *journal, GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    sqlite3_stmt *statement = sqlite_prepare(handle, TIP_SQL, error);
    if (statement == NULL)
        return false;
    struct tip tip = {0};
    memcpy(tip.hash, chain_start, sizeof tip.hash);
    const char *fault = NULL;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW && (fault = fault_of_last(statement, &tip)) != NULL)
        corrupt(journal, sqlite3_column_int64(statement, 0), fault, error);
    else if (code != SQLITE_ROW && code != SQLITE_DONE)
        sqlite_fail(handle, error);
    else
        journal->tip = tip;
    sqlite3_finalize(statement);
    return fault == NULL && (code == SQLITE_ROW || code == SQLITE_DONE);
}

/* A signed head that the events do not reach is a tail that was cut off. */
static bool load_head(struct journal *journal, GError **error)
{
    struct journal_head head = {0};
    g_autoptr(GError) said = NULL;
    size_t heads = journal_heads(journal, &head, 1, &said);
    if (said != NULL) {
        g_propagate_error(error, g_steal_pointer(&said));
        return false;
    }
    if (heads > 0 && head.pos > journal->tip.pos)
        return corrupt(journal, journal->tip.pos + 1, "missing, although a signed head names it", error);
    uint8_t hash[JOURNAL_HASH_BYTES];
    if (heads > 0 && !journal_hash_at(journal, head.pos, hash, error))
        return error != NULL && *error != NULL ? false : corrupt(journal, head.pos, "missing", error);
    if (heads > 0 && memcmp(head.hash, hash, sizeof hash) != 0)
        return corrupt(journal, head.pos, "its signed head differs", error);
    if (heads > 0 && journal->is_signed && memcmp(head.public_key, journal->signer.public_key, JOURNAL_KEY_BYTES) != 0)
        return corrupt(journal, head.pos, "its head is signed with another key than this installation's", error);
    if (heads > 0 && journal->is_signed && !chain_is_signed(&head))
        return corrupt(journal, head.pos, "the signature of its head does not fit", error);
    journal->head_pos = head.pos;
    journal->head_at_us = head.at_us;
    return true;
}

static bool prepare_writer(struct journal *journal, GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    journal->insert_event = sqlite_prepare(handle,
                                           "INSERT INTO event (" SQLITE_EVENT_COLUMNS
                                           ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)",
                                           error);
    if (journal->insert_event == NULL)
        return false;
    journal->insert_head =
        sqlite_prepare(handle, "INSERT INTO head (" SQLITE_HEAD_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5)", error);
    return journal->insert_head != NULL;
}

static struct journal *journal_new(struct db *db)
{
    struct journal *journal = g_new0(struct journal, 1);
    journal->db = db;
    return journal;
}

static bool prepare_last(struct journal *journal, GError **error)
{
    journal->last =
        sqlite_prepare(db_handle(journal->db), "SELECT pos, at_us FROM event ORDER BY pos DESC LIMIT 1", error);
    return journal->last != NULL;
}

struct journal *journal_open(const char *path, const struct journal_signer *signer, const char *vfs, GError **error)
{
    chain_init();
    struct db *db = open_db(path, &(struct db_options){.mode = DB_JOURNAL, .vfs = vfs}, error);
    if (db == NULL)
        return NULL;
    AUTO(journal) struct journal *journal = journal_new(db);
    if (signer != NULL) {
        journal->is_signed = true;
        journal->signer = *signer;
    }
    if (!make_tables(db, error) || !sqlite_is_journal(db_handle(db), error) || !prepare_writer(journal, error) ||
        !prepare_last(journal, error) || !load_tip(journal, error) || !load_head(journal, error))
        return NULL;
    return g_steal_pointer(&journal);
}

struct journal *journal_open_reader(const char *path, GError **error)
{
    struct db *db = open_db(path, &(struct db_options){.mode = DB_READ}, error);
    if (db == NULL)
        return NULL;
    AUTO(journal) struct journal *journal = journal_new(db);
    if (!sqlite_is_journal(db_handle(db), error) || !prepare_last(journal, error))
        return NULL;
    return g_steal_pointer(&journal);
}

void journal_close(struct journal *journal)
{
    sqlite3_finalize(journal->insert_event);
    sqlite3_finalize(journal->insert_head);
    sqlite3_finalize(journal->last);
    db_close(journal->db);
    g_free(journal);
}

static bool is_writer(const struct journal *journal)
{
    return journal->insert_event != NULL;
}

/* A reader that cannot read now keeps what it saw last; the next walk says why. */
static void look_again(struct journal *journal)
{
    if (sqlite3_step(journal->last) == SQLITE_ROW) {
        journal->tip.pos = sqlite3_column_int64(journal->last, 0);
        journal->tip.at_us = sqlite3_column_int64(journal->last, 1);
    }
    sqlite3_reset(journal->last);
}

int64_t journal_last_pos(struct journal *journal)
{
    if (!is_writer(journal))
        look_again(journal);
    return journal->tip.pos;
}

int64_t journal_last_at_us(struct journal *journal)
{
    if (!is_writer(journal))
        look_again(journal);
    return journal->tip.at_us;
}

void journal_last_hash(struct journal *journal, uint8_t out[JOURNAL_HASH_BYTES])
{
    g_assert(is_writer(journal));
    memcpy(out, journal->tip.hash, JOURNAL_HASH_BYTES);
}

bool journal_hash_at(struct journal *journal, int64_t pos, uint8_t out[JOURNAL_HASH_BYTES], GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    sqlite3_stmt *statement = sqlite_prepare(handle, "SELECT hash FROM event WHERE pos = ?1", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, pos);
    int code = sqlite3_step(statement);
    bool found = code == SQLITE_ROW && copy_blob(statement, 0, out, JOURNAL_HASH_BYTES);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return found;
}

/* ---- the installation ---- */

bool journal_installation(struct journal *journal, uint8_t out[JOURNAL_ID_BYTES])
{
    sqlite3 *handle = db_handle(journal->db);
    int64_t there = 0;
    if (!pragma(handle, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'", &there, NULL) ||
        there == 0)
        return false;
    sqlite3_stmt *statement = sqlite_prepare(handle, "SELECT value FROM meta WHERE name = 'installation'", NULL);
    bool found =
        statement != NULL && sqlite3_step(statement) == SQLITE_ROW && copy_blob(statement, 0, out, JOURNAL_ID_BYTES);
    sqlite3_finalize(statement);
    return found;
}

static bool put_id(struct db *db, const uint8_t id[JOURNAL_ID_BYTES])
{
    if (!db_script(db, "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT", NULL))
        return false;
    sqlite3_stmt *insert =
        sqlite_prepare(db_handle(db), "INSERT OR REPLACE INTO meta (name, value) VALUES ('installation', ?1)", NULL);
    if (insert == NULL)
        return false;
    sqlite3_bind_blob(insert, 1, id, JOURNAL_ID_BYTES, SQLITE_STATIC);
    bool well = sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_finalize(insert);
    return well;
}

bool journal_set_installation(struct journal *journal, const uint8_t id[JOURNAL_ID_BYTES], GError **error)
{
    g_assert(is_writer(journal));
    if (db_begin(journal->db) && put_id(journal->db, id) && db_commit(journal->db, NULL))
        return true;
    sqlite_fail(db_handle(journal->db), error);
    db_rollback(journal->db);
    return false;
}

/* ---- appending ---- */

/* Nothing of what is bound needs a copy: it lives until the step is done. */
static void bind_blob(sqlite3_stmt *statement, int index, const void *data, size_t bytes)
{
    sqlite3_bind_blob64(statement, index, data, bytes, SQLITE_STATIC);
}

static bool step_once(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    return sqlite3_reset(statement) == SQLITE_OK && code == SQLITE_DONE;
}

static bool insert_event(struct journal *journal, const struct event *event)
{
    sqlite3_stmt *insert = journal->insert_event;
    sqlite3_bind_int64(insert, 1, event->pos);
    sqlite3_bind_int64(insert, 2, event->stream);
    bind_blob(insert, 3, event->command.bytes, sizeof event->command.bytes);
    sqlite3_bind_int64(insert, 4, event->at_us);
    sqlite3_bind_int64(insert, 5, event->observed_us);
    sqlite3_bind_int64(insert, 6, event->person);
    sqlite3_bind_int64(insert, 7, event->post);
    sqlite3_bind_text(insert, 8, event->kind, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 9, event->version);
    sqlite3_bind_int64(insert, 10, event->unit);
    sqlite3_bind_int64(insert, 11, event->matter);
    bind_blob(insert, 12, event->digest, JOURNAL_DIGEST_BYTES);
    bind_blob(insert, 13, event->hash, sizeof event->hash);
    sqlite3_bind_text64(insert, 14, event->body, event->body_bytes, SQLITE_STATIC, SQLITE_UTF8);
    bind_blob(insert, 15, event->sealed, event->sealed_bytes);
    return step_once(insert);
}

static bool insert_head(struct journal *journal, const struct tip *tip, int64_t at_us)
{
    struct journal_head head = {.pos = tip->pos, .at_us = at_us};
    memcpy(head.hash, tip->hash, sizeof head.hash);
    chain_sign(&journal->signer, &head);

    sqlite3_stmt *insert = journal->insert_head;
    sqlite3_bind_int64(insert, 1, head.pos);
    sqlite3_bind_int64(insert, 2, head.at_us);
    bind_blob(insert, 3, head.hash, sizeof head.hash);
    bind_blob(insert, 4, head.public_key, sizeof head.public_key);
    bind_blob(insert, 5, head.signature, sizeof head.signature);
    return step_once(insert);
}

static void assert_in_limits(const struct event *events, size_t count)
{
    g_assert(count > 0 && count <= LIMIT_APPEND_EVENTS);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const struct event *event = &events[i];
        size_t kind_bytes = strlen(event->kind);
        g_assert(kind_bytes > 0 && kind_bytes <= LIMIT_EVENT_KIND_BYTES);
        g_assert(event->body != NULL && event->body_bytes <= LIMIT_EVENT_BODY_BYTES);
        g_assert(event->sealed_bytes <= LIMIT_EVENT_SEALED_BYTES);
        g_assert((event->sealed == NULL) == (event->sealed_bytes == 0));
        bytes += event->body_bytes + event->sealed_bytes;
    }
    g_assert(bytes <= LIMIT_APPEND_BYTES);
}

static bool insert_batch(struct journal *journal, struct event *events, size_t count, struct tip *tip)
{
    for (size_t i = 0; i < count; i++) {
        struct event *event = &events[i];
        event->pos = tip->pos + 1;
        chain_hash(tip->hash, event, event->hash);
        if (!insert_event(journal, event))
            return false;
        tip->pos = event->pos;
        tip->at_us = event->at_us;
        memcpy(tip->hash, event->hash, sizeof tip->hash);
    }
    return true;
}

/* Rolls back and says why. Whoever was second may decide again; every other failure ends the writer. */
static bool fail(struct journal *journal, GError **error)
{
    g_autoptr(GError) said = NULL;
    sqlite_fail(db_handle(journal->db), &said);
    db_rollback(journal->db);
    journal->ended = !g_error_matches(said, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT) || !load_tip(journal, NULL) ||
                     !load_head(journal, NULL);
    g_propagate_error(error, g_steal_pointer(&said));
    return false;
}

static bool may_write(struct journal *journal, GError **error)
{
    g_assert(is_writer(journal));
    if (journal->ended)
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_IO, "%s: an earlier write failed",
                    sqlite3_db_filename(db_handle(journal->db), "main"));
    return !journal->ended;
}

static bool head_is_due(const struct journal *journal, const struct tip *tip)
{
    return journal->is_signed && (journal->head_pos == 0 || tip->pos - journal->head_pos >= JOURNAL_HEAD_EVERY_EVENTS ||
                                  tip->at_us - journal->head_at_us >= JOURNAL_HEAD_EVERY_US);
}

static void note_head(struct journal *journal, int64_t pos, int64_t at_us)
{
    journal->head_pos = pos;
    journal->head_at_us = at_us;
}

bool journal_append(struct journal *journal, struct event *events, size_t count, GError **error)
{
    assert_in_limits(events, count);
    if (!may_write(journal, error))
        return false;

    struct tip tip = journal->tip;
    bool has_head = false;
    bool written = db_begin(journal->db) && insert_batch(journal, events, count, &tip);
    if (written && head_is_due(journal, &tip)) {
        has_head = true;
        written = insert_head(journal, &tip, tip.at_us);
    }
    if (!written || !db_commit(journal->db, NULL)) {
        for (size_t i = 0; i < count; i++)
            events[i].pos = 0;
        return fail(journal, error);
    }
    journal->tip = tip;
    if (has_head)
        note_head(journal, tip.pos, tip.at_us);
    return true;
}

bool journal_sign_head(struct journal *journal, int64_t at_us, GError **error)
{
    if (!may_write(journal, error))
        return false;
    if (!journal->is_signed || journal->head_pos == journal->tip.pos)
        return true; /* nothing to say, or said already */
    if (!db_begin(journal->db) || !insert_head(journal, &journal->tip, at_us) || !db_commit(journal->db, NULL))
        return fail(journal, error);
    note_head(journal, journal->tip.pos, at_us);
    return true;
}

/* ---- reading ---- */

struct journal_cursor *journal_walk(struct journal *journal, int64_t first, int64_t last)
{
    struct journal_cursor *cursor = g_new0(struct journal_cursor, 1);
    cursor->handle = db_handle(journal->db);
    cursor->next = MAX(first, 1);
    cursor->last = last == 0 ? INT64_MAX : last;
    cursor->page = sqlite_prepare(cursor->handle,
                                  "SELECT " SQLITE_EVENT_COLUMNS " FROM event WHERE pos BETWEEN ?1 AND ?2 ORDER BY pos"
                                  " LIMIT " G_STRINGIFY(PAGE_EVENTS),
                                  &cursor->error);
    return cursor;
}

void journal_cursor_free(struct journal_cursor *cursor)
{
    sqlite3_finalize(cursor->page);
    g_clear_error(&cursor->error);
    g_free(cursor);
}

/* Stands on the next row: SQLITE_ROW, SQLITE_DONE at the end, else an error of the connection. */
static int step_page(struct journal_cursor *cursor)
{
    int code = cursor->bound ? sqlite3_step(cursor->page) : SQLITE_DONE;
    if (code != SQLITE_DONE)
        return code;
    if (cursor->next > cursor->last)
        return SQLITE_DONE;
    sqlite3_reset(cursor->page);
    sqlite3_bind_int64(cursor->page, 1, cursor->next);
    sqlite3_bind_int64(cursor->page, 2, cursor->last);
    cursor->bound = true;
    code = sqlite3_step(cursor->page);
    if (code == SQLITE_DONE)
        sqlite3_reset(cursor->page); /* at the end, too, the snapshot goes back */
    return code;
}

bool journal_next(struct journal_cursor *cursor, struct event *out, GError **error)
{
    if (cursor->error != NULL) {
        g_propagate_error(error, g_error_copy(cursor->error));
        return false;
    }
    int code = step_page(cursor);
    if (code == SQLITE_DONE)
        return false;
    struct event event;
    if (code != SQLITE_ROW) {
        sqlite_fail(cursor->handle, &cursor->error);
    } else if (!sqlite_event(cursor->page, &event) || event.pos != cursor->next) {
        g_set_error(&cursor->error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "%s: event %" G_GINT64_FORMAT " is %s",
                    sqlite3_db_filename(cursor->handle, "main"), cursor->next,
                    sqlite3_column_int64(cursor->page, 0) == cursor->next ? "unreadable" : "missing");
    } else {
        cursor->next = event.pos + 1;
        *out = event;
        return true;
    }
    sqlite3_reset(cursor->page);
    g_propagate_error(error, g_error_copy(cursor->error));
    return false;
}

size_t journal_heads(struct journal *journal, struct journal_head *out, size_t most, GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    sqlite3_stmt *statement =
        sqlite_prepare(handle, "SELECT " SQLITE_HEAD_COLUMNS " FROM head ORDER BY pos DESC LIMIT ?1", error);
    if (statement == NULL)
        return 0;
    sqlite3_bind_int64(statement, 1, (int64_t)most);
    size_t count = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && count < most) {
        if (!sqlite_head(statement, &out[count])) {
            corrupt(journal, sqlite3_column_int64(statement, 0), "its head is unreadable", error);
            break;
        }
        count++;
    }
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return count;
}
