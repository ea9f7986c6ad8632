/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is changed in a journal is found, by journal_verify() and by the script in another language. */
#include "journal/sample.h"
#include "journal/tips.h"
#include "store/db.h"
#include "support/faulty_vfs.h"

#include <string.h>
#include <sys/wait.h>

#define EVENTS 24
#define ROUNDS 400 /* of random bytes; ten times as many behind --long */

static struct journal_head newest_head(const char *path)
{
    AUTO(journal) struct journal *reader = journal_open_reader(path, NULL);
    g_autoptr(GArray) heads = journal_heads(reader, 1, NULL);
    g_assert_cmpuint(heads->len, ==, 1);
    struct journal_head head = g_array_index(heads, struct journal_head, 0);
    g_array_ref(head.tips);
    return head;
}

/* A journal of EVENTS samples whose last event has a signed head. */
static struct journal_head fill(const struct place *place)
{
    place_fill(place, EVENTS);
    AUTO(journal) struct journal *journal = place_open(place, NULL);
    g_assert_true(journal_sign_head(journal, journal_last_at_us(journal), NULL));
    g_clear_pointer(&journal, journal_close);
    return newest_head(place->path);
}

static bool has_finding(const struct journal_report *report, int64_t pos, const char *what)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const struct journal_finding *finding = &g_array_index(report->findings, struct journal_finding, i);
        if (finding->pos == pos && strcmp(finding->what, what) == 0)
            return true;
    }
    return false;
}

/* ---- the script ---- */

/* As `lianfang heads` prints it, as far as the script reads it. */
static void write_head(const char *path, const struct journal_head *head)
{
    g_autoptr(GString) text = g_string_new("{\"pos\": \"24\", \"tips\": [");
    for (guint i = 0; i < head->tips->len; i++) {
        const struct journal_tip *tip = &g_array_index(head->tips, struct journal_tip, i);
        g_string_append_printf(text, "%s{\"stream\": %" G_GINT64_FORMAT ", \"seq\": %" G_GINT64_FORMAT ", \"hash\": \"",
                               i > 0 ? ", " : "", tip->stream, tip->seq);
        for (size_t byte = 0; byte < sizeof tip->hash; byte++)
            g_string_append_printf(text, "%02x", tip->hash[byte]);
        g_string_append(text, "\"}");
    }
    g_string_append(text, "]}\n");
    g_assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
}

/* Its exit code; -1 when there is no Python. What it printed in *out. */
static int run_script(const char *path, const struct journal_head *published, char **out)
{
    g_autofree char *python = g_find_program_in_path("python3");
    if (python == NULL)
        return -1;
    g_assert_nonnull(g_getenv("LIANFANG_SOURCE")); /* set by meson test */
    g_autofree char *script = g_build_filename(g_getenv("LIANFANG_SOURCE"), "tools", "verify-journal.py", NULL);
    g_autofree char *head = g_strconcat(path, "-head.json", NULL);
    if (published != NULL)
        write_head(head, published);
    char *arguments[] = {python, script, (char *)path, published == NULL ? NULL : "--head", head, NULL};
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, arguments, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, out, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void script_agrees_on_a_good_one(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal_head) struct journal_head published = fill(&place);
    g_autofree char *out = NULL;
    int code = run_script(place.path, &published, &out);
    if (code < 0) {
        g_test_skip("no python3");
        return;
    }
    g_assert_cmpint(code, ==, 0);
    g_assert_nonnull(strstr(out, "24 events, 2 heads"));
    g_assert_nonnull(strstr(out, "0 findings"));
}

static void assert_script_finds(const char *path, const struct journal_head *published, int64_t pos, const char *what)
{
    g_autofree char *out = NULL;
    int code = run_script(path, published, &out);
    if (code < 0 || (strcmp(what, "signature") == 0 && strstr(out, "signatures not checked") != NULL))
        return;
    g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT ": %s\n", pos, what);
    g_assert_cmpint(code, ==, 1);
    g_assert_nonnull(strstr(out, line));
}

/* ---- changes by SQL, as somebody with the file would make them ---- */

static void run_sql(const char *path, const char *sql)
{
    AUTO(db) struct db *db = db_open(path, &(struct db_options){.mode = DB_JOURNAL}, NULL);
    g_assert_true(db_script(db, sql, NULL));
}

#define COLUMNS_AFTER_SEQ                                                                                              \
    ", command, at_us, observed_us, person, post, kind, version, unit, matter, digest, hash, body, sealed"
#define COLUMNS_BUT_POS "stream, seq" COLUMNS_AFTER_SEQ
#define SHIFT(by, from) /* in two steps, so that no position is taken twice */                                         \
    "UPDATE event SET pos = pos + 1000 + (" by ") WHERE pos >= " from                                                  \
    "; UPDATE event SET pos = pos - 1000 WHERE pos > 1000;"
#define COPY(from, to) /* as its stream's next */                                                                      \
    "INSERT INTO event (pos, " COLUMNS_BUT_POS ") SELECT " to ", stream, "                                             \
    "(SELECT max(seq) + 1 FROM event other WHERE other.stream = event.stream)" COLUMNS_AFTER_SEQ                       \
    " FROM event WHERE pos = " from ";"
#define SHIFT_SEQ(from) /* of the odd ones */                                                                          \
    "UPDATE event SET seq = -seq WHERE stream = 4711 AND pos >= " from                                                 \
    "; UPDATE event SET seq = -seq - 1 WHERE seq < 0;"
#define REMOVE(pos) "DELETE FROM event WHERE pos = " pos ";"

/* clang-format off */
static const struct {
    const char *name, *sql;
    int64_t pos;
    const char *what;
    bool publish; /* seen only against a head kept elsewhere */
} changes[] = {
    {"missing",               REMOVE("5"), 5, "missing"},
    {"first missing",         REMOVE("1"), 1, "missing"},
    {"ten missing",           "DELETE FROM event WHERE pos BETWEEN 7 AND 16", 7, "missing"},
    {"all missing",           "DELETE FROM event", 1, "cut off"},
    {"last missing",          REMOVE("24"), 24, "cut off"},
    {"tail and heads gone",   "DELETE FROM event WHERE pos > 15; DELETE FROM head WHERE pos > 15", 16, "cut off", true},
    {"gap closed",            REMOVE("5") SHIFT("-1", "6"), 6, "missing before it"},
    {"both gaps closed",      REMOVE("5") SHIFT_SEQ("6") SHIFT("-1", "6"), 6, "hash differs"},
    {"two swapped",           "UPDATE event SET pos = 1008 WHERE pos = 8; UPDATE event SET pos = 8 WHERE pos = 10;"
                              "UPDATE event SET pos = 10 WHERE pos = 1008;", 8, "out of order"},
    {"two swapped in seq",    "UPDATE event SET seq = -4 WHERE pos = 8; UPDATE event SET seq = 4 WHERE pos = 10;"
                              "UPDATE event SET seq = 5 WHERE seq = -4;", 8, "hash differs"},
    {"one inserted",          SHIFT("1", "6") COPY("2", "6"), 6, "hash differs"},
    {"seq without a stream",  "UPDATE event SET stream = 17 WHERE pos = 7", 7, "missing before it"},
    {"stream far off",        "UPDATE event SET stream = 32768 WHERE pos = 7", 7, "unreadable"},
    {"seq zero",              "UPDATE event SET seq = 0 WHERE pos = 7", 7, "unreadable"},
    {"one added",             COPY("3", "25"), 25, "hash differs"},
    {"one added far off",     COPY("3", "4000000000000000000"), 25, "missing"},
    {"one added at the end",  COPY("3", "9223372036854775807"), 25, "missing"},
    {"one before the first",  COPY("3", "0"), 0, "out of order"},
    {"one at minus five",     COPY("3", "-5"), -5, "out of order"},
    {"kind with a tail",      "UPDATE event SET kind = kind || char(0) || 'x' WHERE pos = 9", 9, "unreadable"},
    {"no kind",               "UPDATE event SET kind = '' WHERE pos = 9", 9, "unreadable"},
    {"long kind",             "UPDATE event SET kind = printf('%.100c', 'k') WHERE pos = 9", 9, "unreadable"},
    {"sealed is empty",       "UPDATE event SET sealed = x'' WHERE pos = 9", 9, "unreadable"},
    {"sealed is gone",        "UPDATE event SET sealed = NULL WHERE pos = 8", 8, "hash differs"},
    {"digest is gone",        "UPDATE event SET digest = NULL WHERE pos = 9", 9, "hash differs"},
    {"digest is new",         "UPDATE event SET digest = zeroblob(16) WHERE pos = 8", 8, "hash differs"},
    {"digest is short",       "UPDATE event SET digest = zeroblob(15) WHERE pos = 9", 9, "unreadable"},
    {"command is short",      "UPDATE event SET command = zeroblob(8) WHERE pos = 9", 9, "unreadable"},
    {"hash is long",          "UPDATE event SET hash = zeroblob(33) WHERE pos = 9", 9, "unreadable"},
    {"body moved into kind",  "UPDATE event SET kind = kind || substr(body, 1, 1), body = substr(body, 2)"
                              " WHERE pos = 9", 9, "hash differs"},
    {"person for post",       "UPDATE event SET person = post, post = person WHERE pos = 10", 10, "hash differs"},
    {"times swapped",         "UPDATE event SET at_us = observed_us, observed_us = at_us WHERE pos = 11",
                              11, "hash differs"},
    {"head's time",           "UPDATE head SET at_us = at_us + 1 WHERE pos = 10", 10, "signature"},
    {"head's tips",           "UPDATE head SET tips = (SELECT tips FROM head WHERE pos = 24) WHERE pos = 10", 10,
                              "signature"},
    {"head's tips are gone",  "UPDATE head SET tips = x'' WHERE pos = 10", 10, "head differs"},
    {"head's tips are short", "UPDATE head SET tips = substr(tips, 1, 95) WHERE pos = 10", 10, "head differs"},
    {"head without a stream", "UPDATE head SET tips = substr(tips, 1, 48) WHERE pos = 10", 10, "signature"},
    {"head's key",            "UPDATE head SET public_key = zeroblob(32) WHERE pos = 10", 10, "signature"},
    {"head's signature",      "UPDATE head SET signature = zeroblob(64) WHERE pos = 10", 10, "signature"},
    {"another's signature",   "UPDATE head SET signature = (SELECT signature FROM head WHERE pos = 24) WHERE pos = 10",
                              10, "signature"},
};
/* clang-format on */

static void finds_changes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        AUTO(place) struct place place = {0};
        place_init(&place);
        AUTO(journal_head) struct journal_head published = fill(&place);
        run_sql(place.path, changes[i].sql);
        g_test_message("%s", changes[i].name);
        AUTO(journal_report) struct journal_report report = {0};
        g_autoptr(GError) error = NULL;
        g_assert_true(journal_verify(place.path, changes[i].publish ? &published : NULL, NULL, NULL, &report, &error));
        g_assert_no_error(error);
        g_assert_true(has_finding(&report, changes[i].pos, changes[i].what));
        assert_script_finds(place.path, changes[i].publish ? &published : NULL, changes[i].pos, changes[i].what);
    }
}

/* What lies in the file beside its rows. */
static void finds_other_tables(void)
{
    static const struct {
        const char *sql, *says;
    } cases[] = {
        {"DROP INDEX event_seq", "index event_seq: missing"},
        {"DROP INDEX event_seq; CREATE INDEX event_seq ON event (stream, seq)",
         "table event, index (stream, seq): was not made by this program"},
        {"CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM head; END",
         "trigger t: was not made by this program"},
        {"CREATE VIEW v AS SELECT pos FROM event", "view v: was not made by this program"},
        {"ALTER TABLE head ADD COLUMN a TEXT", "table head, column a TEXT 0 0: was not made by this program"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        AUTO(place) struct place place = {0};
        place_init(&place);
        AUTO(journal_head) struct journal_head published __attribute__((unused)) = fill(&place);
        run_sql(place.path, cases[i].sql);
        AUTO(journal_report) struct journal_report report = {0};
        g_assert_true(journal_verify(place.path, NULL, NULL, NULL, &report, NULL));
        g_assert_cmpuint(report.findings->len, ==, 0);
        g_assert_cmpstr(g_ptr_array_index(report.tables, 0), ==, cases[i].says);
    }
}

/* Without a published head a file that ends early looks whole, and so it must: nothing in it says otherwise. */
static void needs_published_head_for_tail(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal_head) struct journal_head published __attribute__((unused)) = fill(&place);
    run_sql(place.path, "DELETE FROM event WHERE pos > 15; DELETE FROM head WHERE pos > 15");
    sample_assert_chain(place.path, 15);
}

/* A chain made anew, with heads under another key, is whole in itself and not ours. */
static void knows_the_published_key(void)
{
    AUTO(place) struct place ours = {0}, other = {0};
    place_init(&ours);
    place_init(&other);
    AUTO(journal_head) struct journal_head published = fill(&ours);
    AUTO(journal_head) struct journal_head others __attribute__((unused)) = fill(&other);
    struct journal_head foreign = published; /* its tips are borrowed */
    foreign.public_key[0] ^= 1;
    AUTO(journal_report) struct journal_report report = {0};
    g_assert_true(journal_verify(other.path, &foreign, NULL, NULL, &report, NULL));
    g_assert_true(has_finding(&report, published.pos, "signature"));
    journal_report_clear(&report);
    g_assert_true(journal_verify(other.path, &published, NULL, NULL, &report, NULL));
    g_assert_cmpuint(report.findings->len, ==, 0);
}

/* ---- every byte of every column ---- */

struct column {
    const char *table, *name, *read, *write;
};
#define COLUMN(table, name)                                                                                            \
    {                                                                                                                  \
        table, name, "SELECT " name " FROM " table " WHERE pos = ?1",                                                  \
            "UPDATE " table " SET " name " = ?2 WHERE pos = ?1"                                                        \
    }

static const struct column columns[] = {
    COLUMN("event", "stream"),   COLUMN("event", "seq"),         COLUMN("event", "command"),
    COLUMN("event", "at_us"),    COLUMN("event", "observed_us"), COLUMN("event", "person"),
    COLUMN("event", "post"),     COLUMN("event", "kind"),        COLUMN("event", "version"),
    COLUMN("event", "unit"),     COLUMN("event", "matter"),      COLUMN("event", "digest"),
    COLUMN("event", "hash"),     COLUMN("event", "body"),        COLUMN("event", "sealed"),
    COLUMN("head", "at_us"),     COLUMN("head", "tips"),         COLUMN("head", "public_key"),
    COLUMN("head", "signature"),
};

static void write_back(sqlite3 *handle, const struct column *column, int64_t pos, int type, const uint8_t *bytes,
                       int count)
{
    sqlite3_stmt *update = NULL;
    int64_t integer = 0;
    g_assert_cmpint(sqlite3_prepare_v2(handle, column->write, -1, &update, NULL), ==, SQLITE_OK);
    sqlite3_bind_int64(update, 1, pos);
    if (type == SQLITE_INTEGER) {
        memcpy(&integer, bytes, sizeof integer);
        sqlite3_bind_int64(update, 2, integer);
    } else if (type == SQLITE_TEXT) {
        sqlite3_bind_text(update, 2, (const char *)bytes, count, SQLITE_STATIC);
    } else {
        sqlite3_bind_blob(update, 2, bytes, count, SQLITE_STATIC);
    }
    g_assert_cmpint(sqlite3_step(update), ==, SQLITE_DONE);
    sqlite3_finalize(update);
}

/* The bytes of a value; a NULL has none. */
static uint8_t *read_value(sqlite3 *handle, const struct column *column, int64_t pos, int *out_type, int *out_count)
{
    sqlite3_stmt *select = NULL;
    g_assert_cmpint(sqlite3_prepare_v2(handle, column->read, -1, &select, NULL), ==, SQLITE_OK);
    sqlite3_bind_int64(select, 1, pos);
    g_assert_cmpint(sqlite3_step(select), ==, SQLITE_ROW);
    int64_t integer = sqlite3_column_int64(select, 0);
    *out_type = sqlite3_column_type(select, 0);
    *out_count = *out_type == SQLITE_INTEGER ? (int)sizeof integer : sqlite3_column_bytes(select, 0);
    const void *bytes = *out_type == SQLITE_INTEGER ? &integer : sqlite3_column_blob(select, 0);
    uint8_t *copy = g_memdup2(bytes, (gsize)*out_count);
    sqlite3_finalize(select);
    return copy;
}

static void assert_found_at(const char *path, int64_t pos)
{
    AUTO(journal_report) struct journal_report report = {0};
    g_assert_true(journal_verify(path, NULL, NULL, NULL, &report, NULL));
    g_assert_cmpuint(report.findings->len, >=, 1);
    g_assert_cmpint(g_array_index(report.findings, struct journal_finding, 0).pos, ==, pos);
}

static int flip_column(const struct place *place, sqlite3 *handle, const struct column *column, int64_t pos)
{
    int type, count;
    g_autofree uint8_t *bytes = read_value(handle, column, pos, &type, &count);
    for (int i = 0; i < count; i++) {
        bytes[i] ^= (uint8_t)(1 << (i % 8));
        write_back(handle, column, pos, type, bytes, count);
        assert_found_at(place->path, pos);
        bytes[i] ^= (uint8_t)(1 << (i % 8));
    }
    if (count > 0)
        write_back(handle, column, pos, type, bytes, count);
    return count;
}

static void finds_every_flipped_byte(void)
{
    static const int64_t positions[] = {1, 12, EVENTS}; /* 12 has everything: digest, sealed */
    static const int64_t head_positions[] = {10, EVENTS, EVENTS};
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal_head) struct journal_head published __attribute__((unused)) = fill(&place);
    AUTO(db) struct db *db = db_open(place.path, &(struct db_options){.mode = DB_REBUILD}, NULL);
    g_assert_true(db_script(db,
                            "PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=MEMORY;"
                            "DROP INDEX event_seq", /* which no forger keeps to */
                            NULL));
    int flipped = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(positions); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(columns); j++)
            flipped += flip_column(&place, db_handle(db), &columns[j],
                                   columns[j].table[0] == 'h' ? head_positions[i] : positions[i]);
    g_test_message("%d bytes", flipped);
    g_assert_cmpint(flipped, >, 1000);
    sample_assert_chain(place.path, EVENTS); /* all was put back */
}

/* ---- random bytes of the file ---- */

static void flip_byte(const struct place *place, const char *good, gsize count, GRand *dice)
{
    g_autofree char *bytes = g_memdup2(good, count);
    bytes[g_rand_int_range(dice, 0, (gint32)count)] ^= (char)(1 << g_rand_int_range(dice, 0, 8));
    g_assert_true(g_file_set_contents_full(place->path, bytes, (gssize)count, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* Either it is found, or it is a byte that holds nothing of any event. */
static void random_bytes_are_found_or_unused(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal_head) struct journal_head published = fill(&place);
    g_autofree char *good = NULL;
    gsize count;
    g_assert_true(g_file_get_contents(place.path, &good, &count, NULL));
    GRand *dice = g_rand_new_with_seed(20200129);
    int found = 0, rounds = g_getenv("LIANFANG_LONG") != NULL ? 10 * ROUNDS : ROUNDS;
    for (int i = 0; i < rounds; i++) {
        flip_byte(&place, good, count, dice);
        AUTO(journal_report) struct journal_report report = {0};
        if (!journal_verify(place.path, &published, NULL, NULL, &report, NULL) || report.findings->len > 0) {
            found++;
            continue;
        }
        AUTO(journal) struct journal *reader = journal_open_reader(place.path, NULL);
        g_assert_nonnull(reader);
        sample_assert_walk(reader, EVENTS);
    }
    g_rand_free(dice);
    g_test_message("%d of %d found", found, rounds);
    g_assert_cmpint(found, >, rounds / 4);
}

static void remember_progress(int64_t done, int64_t all, void *context)
{
    int64_t *seen = context;
    g_assert_cmpint(done, <=, all);
    *seen = MAX(*seen, done);
}

static void report_tells_the_end(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal_head) struct journal_head published = fill(&place);
    int64_t seen = 0;
    AUTO(journal_report) struct journal_report report = {0};
    g_assert_true(journal_verify(place.path, &published, remember_progress, &seen, &report, NULL));
    g_assert_cmpint(report.last_pos, ==, EVENTS);
    g_assert_cmpuint(report.heads, ==, 2);
    const struct journal_tip *tip = tips_find(published.tips, 0); /* the even ones */
    g_assert_cmpint(tip->seq, ==, EVENTS / 2);
    g_assert_cmpmem(report.last_hash, JOURNAL_HASH_BYTES, tip->hash, JOURNAL_HASH_BYTES);
    g_assert_cmpint(seen, >=, 0); /* the other thread may have taken the only piece */
}

static void what_is_no_journal_is_an_error(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal_report) struct journal_report report = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(journal_verify(place.path, NULL, NULL, NULL, &report, &error));
    g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_IO);
    g_clear_error(&error);
    run_sql(place.path, "CREATE TABLE song (title TEXT)");
    g_assert_false(journal_verify(place.path, NULL, NULL, NULL, &report, &error));
    g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
}

int main(int argc, char **argv)
{
    /* no wait for the disk */
    AUTO(faulty_vfs) struct faulty_vfs *vfs __attribute__((unused)) = faulty_vfs_register("no sync", true);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/journal/script_agrees_on_a_good_one", script_agrees_on_a_good_one);
    g_test_add_func("/journal/finds_changes", finds_changes);
    g_test_add_func("/journal/finds_other_tables", finds_other_tables);
    g_test_add_func("/journal/needs_published_head_for_tail", needs_published_head_for_tail);
    g_test_add_func("/journal/knows_the_published_key", knows_the_published_key);
    g_test_add_func("/journal/finds_every_flipped_byte", finds_every_flipped_byte);
    g_test_add_func("/journal/random_bytes_are_found_or_unused", random_bytes_are_found_or_unused);
    g_test_add_func("/journal/report_tells_the_end", report_tells_the_end);
    g_test_add_func("/journal/what_is_no_journal_is_an_error", what_is_no_journal_is_an_error);
    return g_test_run();
}
