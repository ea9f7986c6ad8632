/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal.db - the chain in one SQLite file.
 *
 * A reader in another language needs SQLite, BLAKE2b and Ed25519, and what follows; tools/verify-journal.py
 * is one.
 *
 * File     SQLite 3 in WAL mode, UTF-8, application_id 0x4c464a31 ("LFJ1"), user_version 2: this format.
 *
 * event    one row an event; never updated or deleted. Two numbers: where in this file, and which of its stream.
 *     pos          INTEGER  the row id: 1, 2, 3 ... without gaps, the order in this file
 *     stream       INTEGER  0 to 32767
 *     seq          INTEGER  1, 2, 3 ... without gaps in the stream; (stream, seq) is unique
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
 * hash     BLAKE2b with 32 bytes of digest, no key, no salt, personalisation "lianfang.event.2" (16 bytes).
 *          What is hashed, in this order; pos is not:
 *     - the hash of the event before it in the stream: 32 bytes, before seq 1 all zero
 *     - seq, stream, at_us, observed_us, person, post, version, unit, matter: 8 bytes each, two's
 *       complement, little-endian
 *     - command: 16 bytes
 *     - kind, digest, body, sealed: each a length of 4 bytes, little-endian, and then its bytes; for NULL the
 *       length 0xffffffff and no bytes
 *
 * head     one row a signed head. The newest should be kept elsewhere, too: only then a cut-off tail shows.
 *     pos          INTEGER  of the file's newest event when it was signed
 *     at_us        INTEGER  when it was signed
 *     tips         BLOB     the newest event of each stream that has any, by stream: stream, seq (8 bytes each, as
 *                           above), hash
 *     public_key   BLOB     32 bytes, Ed25519
 *     signature    BLOB     64 bytes, Ed25519 (RFC 8032), over "lianfang.head.2" and a zero byte, at_us (8 bytes), tips
 *
 * meta     what concerns the file as a whole, by name.
 *     name         TEXT     "installation": 16 random bytes, which secrets.db and rows.db beside it bear, too
 *     value        BLOB
 *
 * Format 1, of before 29 November 2026, is read and no longer written. It has no seq: one chain goes through the
 * file, pos stands under the hash in its place, stream is the id of the district or city, and personalisation and title
 * end in 1. A head has `hash` in place of tips, that of the event pos, and signs pos, at_us, hash. It may have no meta.
 *
 * Kinds are text in every row and the columns are plain: eight bytes less an event would make the file
 * unreadable by hand.
 */
#include "journal/sqlite.h"

#include "base/limits.h"
#include "journal/chain.h"
#include "journal/ops.h"
#include "journal/tips.h"
#include "store/tables.h"

#include <string.h>

#define EVENT_COLUMNS 16
#define PAGE_EVENTS   500 /* a walk gives its snapshot back after so many: milliseconds */

/* clang-format off */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE event ("
    "  pos INTEGER PRIMARY KEY, stream INTEGER NOT NULL, seq INTEGER NOT NULL, command BLOB NOT NULL,"
    "  at_us INTEGER NOT NULL,"
    "  observed_us INTEGER NOT NULL, person INTEGER NOT NULL, post INTEGER NOT NULL, kind TEXT NOT NULL,"
    "  version INTEGER NOT NULL, unit INTEGER NOT NULL, matter INTEGER NOT NULL, digest BLOB, hash BLOB NOT NULL,"
    "  body TEXT NOT NULL, sealed BLOB) STRICT;"
    "CREATE UNIQUE INDEX event_seq ON event (stream, seq);"
    "CREATE TABLE head ("
    "  pos INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, tips BLOB NOT NULL, public_key BLOB NOT NULL,"
    "  signature BLOB NOT NULL) STRICT;"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;"
    "PRAGMA application_id=" G_STRINGIFY(SQLITE_APPLICATION_ID) ";"
    "PRAGMA user_version=" G_STRINGIFY(JOURNAL_FORMAT) ";"
    "COMMIT;";
/* clang-format on */

struct tip {
    int64_t pos, at_us;
    uint8_t hash[JOURNAL_HASH_BYTES];
};

struct sqlite_journal {
    struct journal base;
    struct db *db;
    int format;
    sqlite3_stmt *insert_event, *insert_head; /* NULL for a reader */
    sqlite3_stmt *last;
    bool is_signed;
    struct journal_signer signer;
    struct tip tip;               /* the last event; for a reader what it saw last */
    GArray *tips;                 /* of struct journal_tip; NULL for a reader */
    int64_t head_pos, head_at_us; /* the newest head, 0 none */
    bool ended;                   /* a write has failed */
};

struct sqlite_cursor {
    struct journal_cursor base;
    sqlite3 *handle;
    sqlite3_stmt *page; /* NULL: did not compile, error is set */
    int64_t stream;     /* -1: all, by pos */
    int64_t next, last; /* pos, or seq of the stream */
    bool bound;
    GError *error;
};

static const struct journal_ops sqlite_ops;

/* ---- opening ---- */

/* Format 1 had no deployments: it is read, and nothing is added to it. */
static bool take_format(struct sqlite_journal *journal, GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    journal->format = sqlite_format(handle, error);
    return journal->format != 0 && journal_must_be_current(&journal->base, sqlite3_db_filename(handle, "main"), error);
}

static bool make_tables(struct db *db, GError **error)
{
    int64_t tables = 0;
    if (!sqlite_integer(db_handle(db), "SELECT count(*) FROM sqlite_schema", &tables, error))
        return false;
    if (tables > 0 || db_script(db, schema, NULL))
        return true;
    sqlite_fail(db_handle(db), error);
    return false;
}

void sqlite_tables(struct db *db, GPtrArray *findings)
{
    tables_compare(db, schema, TABLES_ALL, findings);
}

/* Without its index two rows could have the same stream and seq; a trigger would run with the next append. */
static bool has_its_tables(struct sqlite_journal *journal, GError **error)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    sqlite_tables(journal->db, findings);
    if (findings->len > 0)
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "%s: %s",
                    sqlite3_db_filename(db_handle(journal->db), "main"), (char *)g_ptr_array_index(findings, 0));
    return findings->len == 0;
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

static bool corrupt(struct sqlite_journal *journal, int64_t pos, const char *what, GError **error)
{
    g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "%s: event %" G_GINT64_FORMAT ": %s",
                sqlite3_db_filename(db_handle(journal->db), "main"), pos, what);
    return false;
}

static sqlite3_stmt *prepare_events(struct sqlite_journal *journal, const char *rest, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SELECT %s FROM event %s", sqlite_event_columns[journal->format], rest);
    return sqlite_prepare(db_handle(journal->db), sql, error);
}

/* What is wrong with the row of a stream's last event, NULL when nothing. */
static const char *fault_of_last(struct sqlite_journal *journal, sqlite3_stmt *row, sqlite3_stmt *before,
                                 struct event *out)
{
    uint8_t previous[JOURNAL_HASH_BYTES], hash[JOURNAL_HASH_BYTES];
    memcpy(previous, chain_start, sizeof previous);
    if (!sqlite_event(row, out) || out->stream < 0 || out->stream > STREAM_MAX)
        return "it is unreadable";
    sqlite3_bind_int64(before, 1, out->stream);
    sqlite3_bind_int64(before, 2, out->seq - 1);
    bool has_previous =
        out->seq == 1 || (sqlite3_step(before) == SQLITE_ROW && sqlite_copy_blob(before, 0, previous, sizeof previous));
    sqlite3_reset(before);
    if (!has_previous)
        return "the one before it in its stream is missing";
    chain_hash(journal->format, previous, out, hash);
    return memcmp(hash, out->hash, sizeof hash) == 0 ? NULL : "its hash differs";
}

static bool take_tips(struct sqlite_journal *journal, sqlite3_stmt *last, sqlite3_stmt *before, GError **error)
{
    int64_t stream = -1;
    sqlite3_bind_int64(last, 1, stream);
    int code;
    while ((code = sqlite3_step(last)) == SQLITE_ROW) {
        struct event event;
        const char *fault = fault_of_last(journal, last, before, &event);
        if (fault != NULL)
            return corrupt(journal, sqlite3_column_int64(last, 0), fault, error);
        struct journal_tip *tip = tips_at(journal->tips, event.stream);
        tip->seq = event.seq;
        memcpy(tip->hash, event.hash, sizeof tip->hash);
        if (event.pos > journal->tip.pos) {
            journal->tip = (struct tip){.pos = event.pos, .at_us = event.at_us};
            memcpy(journal->tip.hash, event.hash, sizeof journal->tip.hash);
        }
        sqlite3_reset(last);
        sqlite3_bind_int64(last, 1, event.stream);
    }
    if (code != SQLITE_DONE)
        sqlite_fail(db_handle(journal->db), error);
    return code == SQLITE_DONE;
}

#define LAST_OF_NEXT_STREAM                                                                                            \
    "WHERE (stream, seq) = (SELECT stream, max(seq) FROM event WHERE stream = (SELECT min(stream) FROM event "         \
    "WHERE stream > ?1))"

/* The newest event of each stream, and of the file. */
static bool load_tips(struct sqlite_journal *journal, GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    sqlite3_stmt *last = prepare_events(journal, LAST_OF_NEXT_STREAM, error);
    sqlite3_stmt *before =
        last == NULL ? NULL : sqlite_prepare(handle, "SELECT hash FROM event WHERE stream = ?1 AND seq = ?2", error);
    g_array_set_size(journal->tips, 0);
    journal->tip = (struct tip){0};
    memcpy(journal->tip.hash, chain_start, sizeof journal->tip.hash);
    bool loaded = before != NULL && take_tips(journal, last, before, error);
    sqlite3_finalize(last);
    sqlite3_finalize(before);
    return loaded;
}

/* What is wrong with the head of a journal whose tips are known; NULL nothing. */
static const char *fault_of_head(struct sqlite_journal *journal, const struct journal_head *head)
{
    sqlite3_stmt *statement =
        sqlite_prepare(db_handle(journal->db), "SELECT hash FROM event WHERE stream = ?1 AND seq = ?2", NULL);
    const char *fault = statement == NULL ? "unreadable" : NULL;
    for (guint i = 0; i < head->tips->len && fault == NULL; i++) {
        const struct journal_tip *tip = &g_array_index(head->tips, struct journal_tip, i);
        sqlite3_bind_int64(statement, 1, tip->stream);
        sqlite3_bind_int64(statement, 2, tip->seq);
        const void *hash = sqlite3_step(statement) == SQLITE_ROW ? sqlite_blob(statement, 0, JOURNAL_HASH_BYTES) : NULL;
        if (hash == NULL)
            fault = "missing, although a signed head names it";
        else if (memcmp(tip->hash, hash, JOURNAL_HASH_BYTES) != 0)
            fault = "its signed head differs";
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return fault;
}

/* A signed head behind the last event means that the tail was cut off. */
static bool load_head(struct sqlite_journal *journal, GError **error)
{
    g_autoptr(GArray) heads = journal_heads(&journal->base, 1, error);
    if (heads == NULL)
        return false;
    journal->head_pos = journal->head_at_us = 0;
    if (heads->len == 0)
        return true;
    const struct journal_head *head = &g_array_index(heads, struct journal_head, 0);
    if (head->pos > journal->tip.pos)
        return corrupt(journal, journal->tip.pos + 1, "missing, although a signed head names it", error);
    const char *fault = fault_of_head(journal, head);
    if (fault == NULL && journal->is_signed &&
        memcmp(head->public_key, journal->signer.public_key, JOURNAL_KEY_BYTES) != 0)
        fault = "its head is signed with another key than this installation's";
    if (fault == NULL && journal->is_signed && !chain_is_signed(head))
        fault = "the signature of its head is not valid";
    if (fault != NULL)
        return corrupt(journal, head->pos, fault, error);
    journal->head_pos = head->pos;
    journal->head_at_us = head->at_us;
    return true;
}

static bool prepare_writer(struct sqlite_journal *journal, GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    g_autofree char *event =
        g_strdup_printf("INSERT INTO event (%s) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
                        sqlite_event_columns[JOURNAL_FORMAT]);
    g_autofree char *head =
        g_strdup_printf("INSERT INTO head (%s) VALUES (?1, ?2, ?3, ?4, ?5)", sqlite_head_columns[JOURNAL_FORMAT]);
    journal->insert_event = sqlite_prepare(handle, event, error);
    if (journal->insert_event == NULL)
        return false;
    journal->insert_head = sqlite_prepare(handle, head, error);
    journal->tips = tips_new();
    return journal->insert_head != NULL;
}

static void close_journal(struct journal *base)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    sqlite3_finalize(journal->insert_event);
    sqlite3_finalize(journal->insert_head);
    sqlite3_finalize(journal->last);
    g_clear_pointer(&journal->tips, g_array_unref);
    db_close(journal->db);
    g_free(journal);
}

static void sqlite_journal_auto(struct sqlite_journal **journal)
{
    if (*journal != NULL)
        close_journal(&(*journal)->base);
}

static struct sqlite_journal *journal_new(struct db *db)
{
    struct sqlite_journal *journal = g_new0(struct sqlite_journal, 1);
    journal->base.ops = &sqlite_ops;
    journal->db = db;
    return journal;
}

static bool prepare_last(struct sqlite_journal *journal, GError **error)
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
    AUTO(sqlite_journal) struct sqlite_journal *journal = journal_new(db);
    if (signer != NULL) {
        journal->is_signed = true;
        journal->signer = *signer;
    }
    if (!make_tables(db, error) || !take_format(journal, error) || !has_its_tables(journal, error) ||
        !prepare_writer(journal, error) || !prepare_last(journal, error) || !load_tips(journal, error) ||
        !load_head(journal, error))
        return NULL;
    return &g_steal_pointer(&journal)->base;
}

struct journal *journal_open_reader(const char *path, GError **error)
{
    struct db *db = open_db(path, &(struct db_options){.mode = DB_READ}, error);
    if (db == NULL)
        return NULL;
    AUTO(sqlite_journal) struct sqlite_journal *journal = journal_new(db);
    journal->format = sqlite_format(db_handle(db), error);
    if (journal->format == 0 || !prepare_last(journal, error))
        return NULL;
    return &g_steal_pointer(&journal)->base;
}

static bool is_writer(const struct sqlite_journal *journal)
{
    return journal->insert_event != NULL;
}

/* A reader that cannot read now keeps what it saw last; the next walk says why. */
static void look_again(struct sqlite_journal *journal)
{
    if (sqlite3_step(journal->last) == SQLITE_ROW) {
        journal->tip.pos = sqlite3_column_int64(journal->last, 0);
        journal->tip.at_us = sqlite3_column_int64(journal->last, 1);
    }
    sqlite3_reset(journal->last);
}

static int64_t last_pos(struct journal *base)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    if (!is_writer(journal))
        look_again(journal);
    return journal->tip.pos;
}

static int64_t last_at_us(struct journal *base)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    if (!is_writer(journal))
        look_again(journal);
    return journal->tip.at_us;
}

static int64_t last_seq(const struct journal *base, int64_t stream)
{
    const struct sqlite_journal *journal = (const struct sqlite_journal *)base;
    const struct journal_tip *tip = tips_find(journal->tips, stream);
    return tip != NULL ? tip->seq : 0;
}

static void last_hash(struct journal *base, uint8_t out[JOURNAL_HASH_BYTES])
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    g_assert(is_writer(journal));
    memcpy(out, journal->tip.hash, JOURNAL_HASH_BYTES);
}

static bool read_hash(struct sqlite_journal *journal, const char *where, int64_t a, int64_t b,
                      uint8_t out[JOURNAL_HASH_BYTES], GError **error)
{
    sqlite3 *handle = db_handle(journal->db);
    g_autofree char *sql = g_strdup_printf("SELECT hash FROM event WHERE %s", where);
    sqlite3_stmt *statement = sqlite_prepare(handle, sql, error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, a);
    sqlite3_bind_int64(statement, 2, b);
    int code = sqlite3_step(statement);
    bool found = code == SQLITE_ROW && sqlite_copy_blob(statement, 0, out, JOURNAL_HASH_BYTES);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return found;
}

static bool hash_at(struct journal *base, int64_t pos, uint8_t out[JOURNAL_HASH_BYTES], GError **error)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    return read_hash(journal, "pos = ?1 AND ?2 = 0", pos, 0, out, error);
}

static bool hash_of(struct journal *base, int64_t stream, int64_t seq, uint8_t out[JOURNAL_HASH_BYTES], GError **error)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    return read_hash(journal, journal->format == 1 ? "?1 = 0 AND pos = ?2" : "stream = ?1 AND seq = ?2", stream, seq,
                     out, error);
}

static int format_of(const struct journal *base)
{
    const struct sqlite_journal *journal = (const struct sqlite_journal *)base;
    return journal->format;
}

/* ---- the installation ---- */

static bool read_installation(struct journal *base, uint8_t out[JOURNAL_ID_BYTES])
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    sqlite3 *handle = db_handle(journal->db);
    int64_t there = 0;
    if (!sqlite_integer(handle, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'", &there,
                        NULL) ||
        there == 0)
        return false;
    sqlite3_stmt *statement = sqlite_prepare(handle, "SELECT value FROM meta WHERE name = 'installation'", NULL);
    bool found = statement != NULL && sqlite3_step(statement) == SQLITE_ROW &&
                 sqlite_copy_blob(statement, 0, out, JOURNAL_ID_BYTES);
    sqlite3_finalize(statement);
    return found;
}

static bool put_id(struct db *db, const uint8_t id[JOURNAL_ID_BYTES])
{
    sqlite3_stmt *insert =
        sqlite_prepare(db_handle(db), "INSERT OR REPLACE INTO meta (name, value) VALUES ('installation', ?1)", NULL);
    if (insert == NULL)
        return false;
    sqlite3_bind_blob(insert, 1, id, JOURNAL_ID_BYTES, SQLITE_STATIC);
    bool well = sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_finalize(insert);
    return well;
}

static bool write_installation(struct journal *base, const uint8_t id[JOURNAL_ID_BYTES], GError **error)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
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

static bool insert_event(struct sqlite_journal *journal, const struct event *event)
{
    sqlite3_stmt *insert = journal->insert_event;
    sqlite3_bind_int64(insert, 1, event->pos);
    sqlite3_bind_int64(insert, 2, event->stream);
    sqlite3_bind_int64(insert, 3, event->seq);
    bind_blob(insert, 4, event->command.bytes, sizeof event->command.bytes);
    sqlite3_bind_int64(insert, 5, event->at_us);
    sqlite3_bind_int64(insert, 6, event->observed_us);
    sqlite3_bind_int64(insert, 7, event->person);
    sqlite3_bind_int64(insert, 8, event->post);
    sqlite3_bind_text(insert, 9, event->kind, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 10, event->version);
    sqlite3_bind_int64(insert, 11, event->unit);
    sqlite3_bind_int64(insert, 12, event->matter);
    bind_blob(insert, 13, event->digest, JOURNAL_DIGEST_BYTES);
    bind_blob(insert, 14, event->hash, sizeof event->hash);
    sqlite3_bind_text64(insert, 15, event->body, event->body_bytes, SQLITE_STATIC, SQLITE_UTF8);
    bind_blob(insert, 16, event->sealed, event->sealed_bytes);
    return step_once(insert);
}

static bool insert_head(struct sqlite_journal *journal, int64_t pos, int64_t at_us)
{
    AUTO(journal_head)
    struct journal_head head = {
        .pos = pos, .at_us = at_us, .tips = g_array_ref(journal->tips), .format = JOURNAL_FORMAT};
    chain_sign(&journal->signer, &head);

    g_autoptr(GByteArray) tips = tips_write(head.tips);
    sqlite3_stmt *insert = journal->insert_head;
    sqlite3_bind_int64(insert, 1, head.pos);
    sqlite3_bind_int64(insert, 2, head.at_us);
    bind_blob(insert, 3, tips->data, tips->len);
    bind_blob(insert, 4, head.public_key, sizeof head.public_key);
    bind_blob(insert, 5, head.signature, sizeof head.signature);
    return step_once(insert);
}

static bool insert_batch(struct sqlite_journal *journal, struct event *events, size_t count, struct tip *tip)
{
    for (size_t i = 0; i < count; i++) {
        struct event *event = &events[i];
        struct journal_tip *before = tips_at(journal->tips, event->stream);
        g_assert(event->seq == before->seq + 1);
        event->pos = tip->pos + 1;
        chain_hash(JOURNAL_FORMAT, before->hash, event, event->hash);
        if (!insert_event(journal, event))
            return false;
        before->seq = event->seq;
        memcpy(before->hash, event->hash, sizeof before->hash);
        tip->pos = event->pos;
        tip->at_us = event->at_us;
        memcpy(tip->hash, event->hash, sizeof tip->hash);
    }
    return true;
}

/* Rolls back and says why. After a conflict the caller may decide again; every other failure ends the writer. */
static bool fail(struct sqlite_journal *journal, GError **error)
{
    g_autoptr(GError) said = NULL;
    sqlite_fail(db_handle(journal->db), &said);
    db_rollback(journal->db);
    journal->ended = !g_error_matches(said, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT) || !load_tips(journal, NULL) ||
                     !load_head(journal, NULL);
    g_propagate_error(error, g_steal_pointer(&said));
    return false;
}

static bool may_write(struct sqlite_journal *journal, GError **error)
{
    g_assert(is_writer(journal));
    if (journal->ended)
        g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_IO, "%s: an earlier write failed",
                    sqlite3_db_filename(db_handle(journal->db), "main"));
    return !journal->ended;
}

static bool head_is_due(const struct sqlite_journal *journal, const struct tip *tip)
{
    return journal->is_signed && (journal->head_pos == 0 || tip->pos - journal->head_pos >= JOURNAL_HEAD_EVERY_EVENTS ||
                                  tip->at_us - journal->head_at_us >= JOURNAL_HEAD_EVERY_US);
}

static void note_head(struct sqlite_journal *journal, int64_t pos, int64_t at_us)
{
    journal->head_pos = pos;
    journal->head_at_us = at_us;
}

static bool append(struct journal *base, struct event *events, size_t count, GError **error)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    if (!may_write(journal, error))
        return false;

    struct tip tip = journal->tip;
    bool has_head = false;
    bool written = db_begin(journal->db) && insert_batch(journal, events, count, &tip);
    if (written && head_is_due(journal, &tip)) {
        has_head = true;
        written = insert_head(journal, tip.pos, tip.at_us);
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

static bool sign_head(struct journal *base, int64_t at_us, GError **error)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    if (!may_write(journal, error))
        return false;
    if (!journal->is_signed || journal->head_pos == journal->tip.pos)
        return true; /* nothing to say, or said already */
    if (!db_begin(journal->db) || !insert_head(journal, journal->tip.pos, at_us) || !db_commit(journal->db, NULL))
        return fail(journal, error);
    note_head(journal, journal->tip.pos, at_us);
    return true;
}

/* ---- reading ---- */

static struct journal_cursor *cursor_new(struct sqlite_journal *journal, int64_t stream, int64_t first, int64_t last,
                                         const char *where)
{
    struct sqlite_cursor *cursor = g_new0(struct sqlite_cursor, 1);
    cursor->base.ops = &sqlite_ops;
    cursor->handle = db_handle(journal->db);
    cursor->stream = stream;
    cursor->next = MAX(first, 1);
    cursor->last = last == 0 ? INT64_MAX : last;
    cursor->page = prepare_events(journal, where, &cursor->error);
    return &cursor->base;
}

static struct journal_cursor *walk_all(struct journal *base, int64_t first, int64_t last)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    return cursor_new(journal, -1, first, last,
                      "WHERE pos BETWEEN ?1 AND ?2 ORDER BY pos LIMIT " G_STRINGIFY(PAGE_EVENTS));
}

static struct journal_cursor *walk_stream(struct journal *base, int64_t stream, int64_t first)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    g_assert(journal->format == JOURNAL_FORMAT && stream >= 0);
    return cursor_new(journal, stream, first, 0,
                      "WHERE stream = ?3 AND seq BETWEEN ?1 AND ?2 ORDER BY seq LIMIT " G_STRINGIFY(PAGE_EVENTS));
}

static GArray *read_streams(struct journal *base, GError **error)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    sqlite3 *handle = db_handle(journal->db);
    sqlite3_stmt *statement = sqlite_prepare(handle, "SELECT min(stream) FROM event WHERE stream > ?1", error);
    if (statement == NULL)
        return NULL;
    g_autoptr(GArray) streams = g_array_new(FALSE, FALSE, sizeof(int64_t));
    sqlite3_bind_int64(statement, 1, -1);
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_INTEGER) {
        int64_t stream = sqlite3_column_int64(statement, 0);
        g_array_append_val(streams, stream);
        sqlite3_reset(statement);
        sqlite3_bind_int64(statement, 1, stream);
    }
    if (code != SQLITE_ROW)
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? g_steal_pointer(&streams) : NULL;
}

static void free_cursor(struct journal_cursor *base)
{
    struct sqlite_cursor *cursor = (struct sqlite_cursor *)base;
    sqlite3_finalize(cursor->page);
    g_clear_error(&cursor->error);
    g_free(cursor);
}

/* Stands on the next row: SQLITE_ROW, SQLITE_DONE at the end, else an error of the connection. */
static int step_page(struct sqlite_cursor *cursor)
{
    int code = cursor->bound ? sqlite3_step(cursor->page) : SQLITE_DONE;
    if (code != SQLITE_DONE)
        return code;
    if (cursor->next > cursor->last)
        return SQLITE_DONE;
    sqlite3_reset(cursor->page);
    sqlite3_bind_int64(cursor->page, 1, cursor->next);
    sqlite3_bind_int64(cursor->page, 2, cursor->last);
    if (cursor->stream >= 0)
        sqlite3_bind_int64(cursor->page, 3, cursor->stream);
    cursor->bound = true;
    code = sqlite3_step(cursor->page);
    if (code == SQLITE_DONE)
        sqlite3_reset(cursor->page); /* at the end, too, the snapshot goes back */
    return code;
}

static bool next_event(struct journal_cursor *base, struct event *out, GError **error)
{
    struct sqlite_cursor *cursor = (struct sqlite_cursor *)base;
    if (cursor->error != NULL) {
        g_propagate_error(error, g_error_copy(cursor->error));
        return false;
    }
    int code = step_page(cursor);
    if (code == SQLITE_DONE)
        return false;
    struct event event;
    int number = cursor->stream < 0 ? 0 : 2; /* the column */
    if (code != SQLITE_ROW) {
        sqlite_fail(cursor->handle, &cursor->error);
    } else if (!sqlite_event(cursor->page, &event) || sqlite3_column_int64(cursor->page, number) != cursor->next) {
        g_set_error(&cursor->error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "%s: event %" G_GINT64_FORMAT " is %s",
                    sqlite3_db_filename(cursor->handle, "main"), cursor->next,
                    sqlite3_column_int64(cursor->page, number) == cursor->next ? "unreadable" : "missing");
    } else {
        cursor->next++;
        *out = event;
        return true;
    }
    sqlite3_reset(cursor->page);
    g_propagate_error(error, g_error_copy(cursor->error));
    return false;
}

static void head_clear(gpointer head)
{
    journal_head_clear(head);
}

static GArray *read_heads(struct journal *base, size_t most, GError **error)
{
    struct sqlite_journal *journal = (struct sqlite_journal *)base;
    sqlite3 *handle = db_handle(journal->db);
    g_autofree char *sql =
        g_strdup_printf("SELECT %s FROM head ORDER BY pos DESC LIMIT ?1", sqlite_head_columns[journal->format]);
    sqlite3_stmt *statement = sqlite_prepare(handle, sql, error);
    if (statement == NULL)
        return NULL;
    g_autoptr(GArray) heads = g_array_new(FALSE, FALSE, sizeof(struct journal_head));
    g_array_set_clear_func(heads, head_clear);
    sqlite3_bind_int64(statement, 1, (int64_t)most);
    struct journal_head head;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && sqlite_head(journal->format, statement, &head))
        g_array_append_val(heads, head);
    if (code == SQLITE_ROW)
        corrupt(journal, sqlite3_column_int64(statement, 0), "its head is unreadable", error);
    else if (code != SQLITE_DONE)
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? g_steal_pointer(&heads) : NULL;
}

static const struct journal_ops sqlite_ops = {
    .close = close_journal,
    .last_pos = last_pos,
    .last_at_us = last_at_us,
    .last_seq = last_seq,
    .last_hash = last_hash,
    .hash_at = hash_at,
    .hash_of = hash_of,
    .format = format_of,
    .installation = read_installation,
    .set_installation = write_installation,
    .append = append,
    .sign_head = sign_head,
    .walk = walk_all,
    .walk_stream = walk_stream,
    .next = next_event,
    .cursor_free = free_cursor,
    .streams = read_streams,
    .heads = read_heads,
};
