/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two threads take pieces of the chain in turn, each over its own connection. The caller's thread is one of
 * them, so that progress is told there, and it does all of the work where a second thread or connection
 * cannot be had.
 */
#include "journal/chain.h"
#include "journal/sqlite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define PIECE_EVENTS 8192            /* a snapshot is held for milliseconds; both threads end at about the same time */
#define FINDINGS_MAX 100             /* who has more needs a backup, not a list */
#define POS_MAX      (INT64_MAX / 2) /* only a forger gets beyond; so that sums do not overflow */
#define ROWS_SQL     "SELECT " SQLITE_EVENT_COLUMNS " FROM event WHERE pos BETWEEN ?1 AND ?2 ORDER BY pos"
#define HASH_SQL     "SELECT hash FROM event WHERE pos = ?1"
#define AFTER_SQL    "SELECT pos FROM event WHERE pos > ?1 ORDER BY pos LIMIT 1"

struct verification {
    const char *path;
    int64_t last_pos;
    _Atomic int64_t next_piece, done;
};

struct verify_thread {
    struct verification *verification;
    struct db *db;
    sqlite3_stmt *rows, *hash, *after;
    GArray *findings; /* of struct journal_finding */
    int64_t events;
};

/* ---- a worker ---- */

static void find(struct verify_thread *worker, int64_t pos, const char *what)
{
    struct journal_finding finding = {.pos = pos, .what = what};
    if (worker->findings->len < FINDINGS_MAX)
        g_array_append_val(worker->findings, finding);
}

static void verify_thread_clear(struct verify_thread *worker)
{
    sqlite3_finalize(worker->rows);
    sqlite3_finalize(worker->hash);
    sqlite3_finalize(worker->after);
    g_clear_pointer(&worker->db, db_close);
    g_clear_pointer(&worker->findings, g_array_unref);
}
AUTO_CLEAR(verify_thread)

static bool worker_open(struct verify_thread *worker, GError **error)
{
    g_autoptr(GError) said = NULL;
    worker->db = db_open(worker->verification->path, &(struct db_options){.mode = DB_READ}, &said);
    if (worker->db == NULL) {
        bool corrupt = g_error_matches(said, DB_ERROR, DB_ERROR_CORRUPT);
        g_set_error_literal(error, JOURNAL_ERROR, corrupt ? JOURNAL_ERROR_CORRUPT : JOURNAL_ERROR_IO, said->message);
        return false;
    }
    sqlite3 *handle = db_handle(worker->db);
    if (!sqlite_is_journal(handle, error))
        return false;
    worker->rows = sqlite_prepare(handle, ROWS_SQL, error);
    worker->hash = worker->rows == NULL ? NULL : sqlite_prepare(handle, HASH_SQL, error);
    worker->after = worker->hash == NULL ? NULL : sqlite_prepare(handle, AFTER_SQL, error);
    return worker->after != NULL;
}

/* The stored hash of an event; false where there is none that could be one. */
static bool stored_hash(struct verify_thread *worker, int64_t pos, uint8_t out[JOURNAL_HASH_BYTES])
{
    sqlite3_bind_int64(worker->hash, 1, pos);
    bool found = sqlite3_step(worker->hash) == SQLITE_ROW && sqlite3_column_type(worker->hash, 0) == SQLITE_BLOB &&
                 sqlite3_column_bytes(worker->hash, 0) == JOURNAL_HASH_BYTES;
    if (found)
        memcpy(out, sqlite3_column_blob(worker->hash, 0), JOURNAL_HASH_BYTES);
    sqlite3_reset(worker->hash);
    return found;
}

/* What the next event is checked against. */
struct chain_link {
    int64_t first, next;
    bool known; /* whether the hash before it is */
    uint8_t hash[JOURNAL_HASH_BYTES];
};

/* A gap that began in an earlier piece was found there. */
static void find_gap(struct verify_thread *worker, const struct chain_link *link)
{
    if (link->next > link->first || link->known)
        find(worker, link->next, "missing");
}

static void check_row(struct verify_thread *worker, struct chain_link *link)
{
    struct event event;
    uint8_t hash[JOURNAL_HASH_BYTES];
    int64_t pos = sqlite3_column_int64(worker->rows, 0);
    worker->events++;
    if (pos < link->next) {
        find(worker, pos, "out of order");
        link->known = false;
        return;
    }
    if (pos > link->next) {
        find_gap(worker, link);
        link->known = false;
    }
    link->next = pos + 1;
    if (!sqlite_event(worker->rows, &event)) {
        find(worker, pos, "unreadable");
        link->known = false;
        return;
    }
    if (link->known) {
        chain_hash(link->hash, &event, hash);
        if (memcmp(hash, event.hash, sizeof hash) != 0)
            find(worker, pos, "hash differs");
    }
    link->known = true;
    memcpy(link->hash, event.hash, sizeof link->hash);
}

/* Nobody takes the pieces before the next event: a single forged one far off must not cost a year. */
static void skip_gap(struct verify_thread *worker, int64_t last)
{
    struct verification *verification = worker->verification;
    int64_t next_pos = verification->last_pos + PIECE_EVENTS; /* none left */
    sqlite3_bind_int64(worker->after, 1, last);
    int code = sqlite3_step(worker->after);
    if (code == SQLITE_ROW)
        next_pos = MIN(sqlite3_column_int64(worker->after, 0), next_pos);
    sqlite3_reset(worker->after);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        find(worker, last + 1, "unreadable");
    int64_t piece = (next_pos - 1) / PIECE_EVENTS;
    int64_t next = atomic_load(&verification->next_piece);
    while (next < piece && !atomic_compare_exchange_weak(&verification->next_piece, &next, piece))
        ;
}

static void check_piece(struct verify_thread *worker, int64_t first, int64_t last)
{
    struct chain_link link = {.first = first, .next = first, .known = first == 1};
    if (first == 1)
        memcpy(link.hash, chain_start, sizeof link.hash);
    else
        link.known = stored_hash(worker, first - 1, link.hash);
    sqlite3_bind_int64(worker->rows, 1, first);
    sqlite3_bind_int64(worker->rows, 2, last);
    int code;
    while ((code = sqlite3_step(worker->rows)) == SQLITE_ROW)
        check_row(worker, &link);
    sqlite3_reset(worker->rows);
    if (code != SQLITE_DONE)
        find(worker, link.next, "unreadable");
    else if (link.next <= last)
        find_gap(worker, &link);
    if (link.next == first)
        skip_gap(worker, last);
}

/* Takes pieces until none is left or the list is full: what follows lies behind what it holds. */
static void work(struct verify_thread *worker, void (*progress)(int64_t, int64_t, void *), void *context)
{
    struct verification *verification = worker->verification;
    while (worker->findings->len < FINDINGS_MAX) {
        int64_t first = atomic_fetch_add(&verification->next_piece, 1) * PIECE_EVENTS + 1;
        if (first > verification->last_pos)
            return;
        int64_t last = MIN(first + PIECE_EVENTS - 1, verification->last_pos);
        check_piece(worker, first, last);
        int64_t count = last - first + 1;
        int64_t done = atomic_fetch_add(&verification->done, count) + count;
        if (progress != NULL)
            progress(done, verification->last_pos, context);
    }
}

static void *work_beside(void *data)
{
    struct verify_thread *worker = data;
    if (worker_open(worker, NULL))
        work(worker, NULL, NULL);
    return NULL;
}

/* ---- the newest part alone ---- */

bool journal_check_from(struct journal *journal, int64_t first, GError **error)
{
    uint8_t previous[JOURNAL_HASH_BYTES], hash[JOURNAL_HASH_BYTES];
    g_autoptr(GError) failure = NULL;
    memcpy(previous, chain_start, sizeof previous);
    if (first > 1 && !journal_hash_at(journal, first - 1, previous, &failure)) {
        if (failure == NULL)
            g_set_error(&failure, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " is missing",
                        first - 1);
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, first, 0);
    struct event event;
    while (journal_next(cursor, &event, &failure)) {
        chain_hash(previous, &event, hash);
        if (memcmp(hash, event.hash, sizeof hash) != 0) {
            g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "event %" G_GINT64_FORMAT ": its hash differs",
                        event.pos);
            return false;
        }
        memcpy(previous, hash, sizeof previous);
    }
    if (failure == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

/* ---- the file as a whole ---- */

static bool read_integer(sqlite3 *handle, const char *sql, int64_t *out, GError **error)
{
    sqlite3_stmt *statement = sqlite_prepare(handle, sql, error);
    if (statement == NULL)
        return false;
    bool read = sqlite3_step(statement) == SQLITE_ROW;
    if (read)
        *out = sqlite3_column_int64(statement, 0); /* 0 for NULL */
    else
        sqlite_fail(handle, error);
    sqlite3_finalize(statement);
    return read;
}

/* A head may be newer than what was read of the chain; then its event is there as well. */
static void check_head(struct verify_thread *worker, const struct journal_head *head)
{
    uint8_t hash[JOURNAL_HASH_BYTES];
    int64_t last_pos = worker->verification->last_pos;
    if (!chain_is_signed(head))
        find(worker, head->pos, "signature");
    bool is_there = stored_hash(worker, head->pos, hash);
    if (!is_there && head->pos > last_pos)
        find(worker, last_pos + 1, "cut off");
    else if (!is_there || memcmp(hash, head->hash, sizeof hash) != 0)
        find(worker, head->pos, "head differs");
}

/* Every stored head; one under another key than the published one's is not ours. */
static bool check_heads(struct verify_thread *worker, const struct journal_head *published, size_t *out_count,
                        GError **error)
{
    sqlite3 *handle = db_handle(worker->db);
    sqlite3_stmt *statement = sqlite_prepare(handle, "SELECT " SQLITE_HEAD_COLUMNS " FROM head ORDER BY pos", error);
    if (statement == NULL)
        return false;
    size_t count = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct journal_head head;
        count++;
        if (!sqlite_head(statement, &head)) {
            find(worker, sqlite3_column_int64(statement, 0), "head differs");
            continue;
        }
        check_head(worker, &head);
        if (published != NULL && memcmp(head.public_key, published->public_key, JOURNAL_KEY_BYTES) != 0)
            find(worker, head.pos, "signature");
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE)
        find(worker, 0, "unreadable");
    if (published != NULL)
        check_head(worker, published);
    *out_count = count;
    return true;
}

static int by_pos(const void *a, const void *b)
{
    const struct journal_finding *left = a, *right = b;
    if (left->pos != right->pos)
        return left->pos < right->pos ? -1 : 1;
    return strcmp(left->what, right->what);
}

/* All of both, sorted, each said once. */
static GArray *merge(GArray *mine, const GArray *beside)
{
    GArray *all = g_array_ref(mine);
    if (beside->len > 0)
        g_array_append_vals(all, beside->data, beside->len);
    g_array_sort(all, by_pos);
    for (guint i = all->len; i > 1; i--)
        if (by_pos(&g_array_index(all, struct journal_finding, i - 1),
                   &g_array_index(all, struct journal_finding, i - 2)) == 0)
            g_array_remove_index(all, i - 1);
    if (all->len > FINDINGS_MAX)
        g_array_set_size(all, FINDINGS_MAX);
    return all;
}

bool journal_verify(const char *path, const struct journal_head *published,
                    void (*progress)(int64_t done, int64_t all, void *context), void *context,
                    struct journal_report *out, GError **error)
{
    chain_init();
    struct verification verification = {.path = path};
    AUTO(verify_thread) struct verify_thread mine = {.verification = &verification};
    AUTO(verify_thread) struct verify_thread beside = {.verification = &verification};
    mine.findings = g_array_new(FALSE, FALSE, sizeof(struct journal_finding));
    beside.findings = g_array_new(FALSE, FALSE, sizeof(struct journal_finding));

    struct journal_report report = {0};
    int64_t first = 1;
    if (!worker_open(&mine, error) ||
        !read_integer(db_handle(mine.db), "SELECT max(pos) FROM event", &report.last_pos, error) ||
        !read_integer(db_handle(mine.db), "SELECT coalesce(min(pos), 1) FROM event", &first, error))
        return false;
    verification.last_pos = MIN(report.last_pos, POS_MAX);
    if (first < 1)
        find(&mine, first, "out of order");
    if (report.last_pos > POS_MAX)
        find(&mine, POS_MAX, "out of order");

    pthread_t thread;
    bool has_thread = pthread_create(&thread, NULL, work_beside, &beside) == 0;
    work(&mine, progress, context);
    if (has_thread)
        pthread_join(thread, NULL);

    if (!check_heads(&mine, published, &report.heads, error))
        return false;
    memcpy(report.last_hash, chain_start, sizeof report.last_hash);
    stored_hash(&mine, report.last_pos, report.last_hash);
    report.events = mine.events + beside.events;
    report.findings = merge(mine.findings, beside.findings);
    *out = report;
    return true;
}

void journal_report_clear(struct journal_report *report)
{
    g_clear_pointer(&report->findings, g_array_unref);
}
