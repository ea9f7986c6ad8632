/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two threads take pieces of the chain in turn, each over its own connection. The caller's thread is one of
 * them, so that progress is reported there, and it does all of the work where a second thread or connection
 * cannot be had.
 */
#include "journal/chain.h"
#include "journal/sqlite.h"
#include "journal/tips.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define PIECE_EVENTS 8192            /* a snapshot is held for milliseconds; both threads end at about the same time */
#define FINDINGS_MAX 100             /* a journal with more needs a backup, not a list */
#define WALK_MOST    100000          /* without the index of streams: each look-up reads the whole table */
#define POS_MAX      (INT64_MAX / 2) /* only forged rows have more; so that sums do not overflow */
#define HASH_SQL     "SELECT hash, pos FROM event WHERE stream = ?1 AND seq = ?2"
#define HASH_SQL_1   "SELECT hash, pos FROM event WHERE ?1 = 0 AND pos = ?2" /* one chain */
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
    int format;
    GArray *tips;     /* of struct journal_tip: what was read last of each stream in this piece */
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
    g_clear_pointer(&worker->tips, g_array_unref);
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
    worker->format = sqlite_format(handle, error);
    if (worker->format == 0)
        return false;
    g_autofree char *rows = g_strdup_printf("SELECT %s FROM event WHERE pos BETWEEN ?1 AND ?2 ORDER BY pos",
                                            sqlite_event_columns[worker->format]);
    worker->rows = sqlite_prepare(handle, rows, error);
    worker->hash =
        worker->rows == NULL ? NULL : sqlite_prepare(handle, worker->format == 1 ? HASH_SQL_1 : HASH_SQL, error);
    worker->after = worker->hash == NULL ? NULL : sqlite_prepare(handle, AFTER_SQL, error);
    return worker->after != NULL;
}

/* The stored hash of a stream's event, and where it stands; false where there is none that could be one. */
static bool stored_hash(struct verify_thread *worker, int64_t stream, int64_t seq, uint8_t out[JOURNAL_HASH_BYTES],
                        int64_t *out_pos)
{
    sqlite3_bind_int64(worker->hash, 1, stream);
    sqlite3_bind_int64(worker->hash, 2, seq);
    bool found = sqlite3_step(worker->hash) == SQLITE_ROW && sqlite_copy_blob(worker->hash, 0, out, JOURNAL_HASH_BYTES);
    *out_pos = found ? sqlite3_column_int64(worker->hash, 1) : 0;
    sqlite3_reset(worker->hash);
    return found;
}

static bool is_there(struct verify_thread *worker, int64_t pos)
{
    sqlite3_bind_int64(worker->after, 1, pos - 1);
    bool there = sqlite3_step(worker->after) == SQLITE_ROW && sqlite3_column_int64(worker->after, 0) == pos;
    sqlite3_reset(worker->after);
    return there;
}

/* How far a piece has been read. */
struct verify_part {
    int64_t first, next;
};

/* A gap that began in an earlier piece was found there. */
static void find_gap(struct verify_thread *worker, const struct verify_part *piece)
{
    if (piece->next > piece->first || piece->first == 1 || is_there(worker, piece->first - 1))
        find(worker, piece->next, "missing");
}

/* The hash of the event before it in its stream, in *out; false where there is none, which is a finding. */
static bool hash_before(struct verify_thread *worker, const struct event *event, struct journal_tip *tip,
                        const uint8_t **out)
{
    int64_t pos;
    *out = tip->hash;
    if (tip->seq == event->seq - 1)
        return true;
    memcpy(tip->hash, chain_start, sizeof tip->hash);
    if (event->seq == 1)
        return true;
    if (!stored_hash(worker, tip->stream, event->seq - 1, tip->hash, &pos)) {
        if (worker->format > 1) /* in format 1 the gap itself is a finding */
            find(worker, event->pos, "missing before it");
        return false;
    }
    if (pos > event->pos)
        find(worker, event->pos, "out of order");
    return true;
}

static void check_row(struct verify_thread *worker, struct verify_part *piece)
{
    struct event event;
    uint8_t hash[JOURNAL_HASH_BYTES];
    int64_t pos = sqlite3_column_int64(worker->rows, 0);
    worker->events++;
    if (pos < piece->next) {
        find(worker, pos, "out of order");
        return;
    }
    if (pos > piece->next)
        find_gap(worker, piece);
    piece->next = pos + 1;
    if (!sqlite_event(worker->rows, &event) || event.seq < 1 ||
        (worker->format > 1 && (event.stream < 0 || event.stream > STREAM_MAX))) {
        find(worker, pos, "unreadable");
        return;
    }
    const uint8_t *before;
    struct journal_tip *tip = tips_at(worker->tips, worker->format == 1 ? 0 : event.stream);
    if (hash_before(worker, &event, tip, &before)) {
        chain_hash(worker->format, before, &event, hash);
        if (memcmp(hash, event.hash, sizeof hash) != 0)
            find(worker, pos, "hash differs");
    }
    tip->seq = event.seq;
    memcpy(tip->hash, event.hash, sizeof tip->hash);
}

/* Skips the pieces before the next event: a single forged pos far off must not take a year. */
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
    struct verify_part piece = {first, first};
    g_array_set_size(worker->tips, 0);
    sqlite3_bind_int64(worker->rows, 1, first);
    sqlite3_bind_int64(worker->rows, 2, last);
    int code;
    while ((code = sqlite3_step(worker->rows)) == SQLITE_ROW)
        check_row(worker, &piece);
    sqlite3_reset(worker->rows);
    if (code != SQLITE_DONE)
        find(worker, piece.next, "unreadable");
    else if (piece.next <= last)
        find_gap(worker, &piece);
    if (piece.next == first)
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

/* Its predecessor's hash in tip->hash; false with *error where it has none. */
static bool find_before(struct journal *journal, const struct event *event, struct journal_tip *tip, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (tip->seq == event->seq - 1 || journal_hash_of(journal, tip->stream, event->seq - 1, tip->hash, &failure))
        return true;
    if (failure == NULL)
        g_set_error(&failure, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                    "event %" G_GINT64_FORMAT ": the one before it in its stream is missing", event->pos);
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

bool journal_check_from(struct journal *journal, int64_t first, GError **error)
{
    uint8_t hash[JOURNAL_HASH_BYTES];
    int format = journal_format(journal);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GArray) tips = tips_new();
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, first, 0);
    struct event event;
    while (journal_next(cursor, &event, &failure)) {
        struct journal_tip *tip = tips_at(tips, format == 1 ? 0 : event.stream);
        if (!find_before(journal, &event, tip, error))
            return false;
        chain_hash(format, tip->hash, &event, hash);
        if (memcmp(hash, event.hash, sizeof hash) != 0) {
            g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "event %" G_GINT64_FORMAT ": its hash differs",
                        event.pos);
            return false;
        }
        tip->seq = event.seq;
        memcpy(tip->hash, hash, sizeof tip->hash);
    }
    if (failure == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
}

/* ---- the file as a whole ---- */

/* The newest seq of a stream, 0 none. */
static int64_t last_seq(struct verify_thread *worker, int64_t stream)
{
    int64_t seq = 0;
    g_autofree char *sql = worker->format == 1
                               ? g_strdup("SELECT max(pos) FROM event")
                               : g_strdup_printf("SELECT max(seq) FROM event WHERE stream = %" G_GINT64_FORMAT, stream);
    sqlite_integer(db_handle(worker->db), sql, &seq, NULL);
    return seq;
}

/* A head may be newer than what was read of the chain; then its events are there as well. */
static void check_head(struct verify_thread *worker, const struct journal_head *head)
{
    bool cut_off = false, differs = false;
    if (!chain_is_signed(head))
        find(worker, head->pos, "signature");
    for (guint i = 0; i < head->tips->len; i++) {
        const struct journal_tip *tip = &g_array_index(head->tips, struct journal_tip, i);
        uint8_t hash[JOURNAL_HASH_BYTES];
        int64_t pos;
        bool is_there = stored_hash(worker, tip->stream, tip->seq, hash, &pos);
        if (!is_there && tip->seq > last_seq(worker, tip->stream))
            cut_off = true;
        else if (!is_there || memcmp(hash, tip->hash, sizeof hash) != 0)
            differs = true;
    }
    if (cut_off)
        find(worker, MIN(worker->verification->last_pos + 1, head->pos), "cut off");
    if (differs)
        find(worker, head->pos, "head differs");
}

/* Every stored head; one under another key than the published one's is not ours. */
static bool check_heads(struct verify_thread *worker, const struct journal_head *published, size_t *out_count,
                        GError **error)
{
    sqlite3 *handle = db_handle(worker->db);
    g_autofree char *sql = g_strdup_printf("SELECT %s FROM head ORDER BY pos", sqlite_head_columns[worker->format]);
    sqlite3_stmt *statement = sqlite_prepare(handle, sql, error);
    if (statement == NULL)
        return false;
    size_t count = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        AUTO(journal_head) struct journal_head head;
        count++;
        if (!sqlite_head(worker->format, statement, &head)) {
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
    if (published != NULL && published->format == worker->format)
        check_head(worker, published);
    else if (published != NULL)
        find(worker, published->pos, "head differs");
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

static void read_last_hash(struct verify_thread *worker, int64_t pos, uint8_t out[JOURNAL_HASH_BYTES])
{
    sqlite3_stmt *statement = sqlite_prepare(db_handle(worker->db), "SELECT hash FROM event WHERE pos = ?1", NULL);
    memcpy(out, chain_start, JOURNAL_HASH_BYTES);
    if (statement == NULL)
        return;
    sqlite3_bind_int64(statement, 1, pos);
    if (sqlite3_step(statement) == SQLITE_ROW)
        sqlite_copy_blob(statement, 0, out, JOURNAL_HASH_BYTES);
    sqlite3_finalize(statement);
}

static bool has_index(const struct verify_thread *worker)
{
    int64_t found = 0;
    return worker->format == 1 ||
           db_integer(worker->db, &found, "SELECT 1 FROM pragma_index_info('event_seq') WHERE name = 'stream'", "");
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
    mine.tips = tips_new();
    beside.tips = tips_new();

    struct journal_report report = {0};
    int64_t first = 1;
    if (!worker_open(&mine, error) ||
        !sqlite_integer(db_handle(mine.db), "SELECT max(pos) FROM event", &report.last_pos, error) ||
        !sqlite_integer(db_handle(mine.db), "SELECT coalesce(min(pos), 1) FROM event", &first, error))
        return false;
    verification.last_pos = MIN(report.last_pos, POS_MAX);
    if (first < 1)
        find(&mine, first, "out of order");
    if (report.last_pos > POS_MAX)
        find(&mine, POS_MAX, "out of order");

    report.tables = g_ptr_array_new_with_free_func(g_free);
    if (mine.format > 1)
        sqlite_tables(mine.db, report.tables);
    if (!has_index(&mine) && verification.last_pos > WALK_MOST) {
        report.findings = g_array_ref(mine.findings);
        *out = report;
        return true;
    }

    pthread_t thread;
    bool has_thread = pthread_create(&thread, NULL, work_beside, &beside) == 0;
    work(&mine, progress, context);
    if (has_thread)
        pthread_join(thread, NULL);

    if (!check_heads(&mine, published, &report.heads, error)) {
        g_ptr_array_unref(report.tables);
        return false;
    }
    read_last_hash(&mine, report.last_pos, report.last_hash);
    report.events = mine.events + beside.events;
    report.findings = merge(mine.findings, beside.findings);
    *out = report;
    return true;
}

void journal_report_clear(struct journal_report *report)
{
    g_clear_pointer(&report->findings, g_array_unref);
    g_clear_pointer(&report->tables, g_ptr_array_unref);
}
