/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/sample.h"
#include "store/db.h"

#include <string.h>
#include <sys/stat.h>

static void comes_back_as_it_went(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = place_open(&place, NULL);
    g_assert_cmpint(journal_last_pos(journal), ==, 0);
    g_assert_cmpint(journal_last_at_us(journal), ==, 0);
    sample_assert_walk(journal, 0);
    sample_append(journal, 1);
    sample_append(journal, 30);
    sample_append(journal, 1200); /* a walk takes several pages */
    sample_assert_walk(journal, 1231);
    g_clear_pointer(&journal, journal_close);

    journal = place_open(&place, NULL);
    sample_assert_walk(journal, 1231);
    sample_append(journal, 5);
    AUTO(journal) struct journal *reader = journal_open_reader(place.path, NULL);
    sample_assert_walk(reader, 1236);
    sample_assert_chain(place.path, 1236);
}

static void is_private(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    place_fill(&place, 3);
    struct stat status;
    g_assert_cmpint(stat(place.path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
}

static void walks_a_part(void)
{
    static const struct {
        int64_t first, last, from, to; /* to 0: nothing */
    } rows[] = {
        {1, 0, 1, 20},   {0, 0, 1, 20},  {7, 0, 7, 20}, {7, 7, 7, 7},     {5, 9, 5, 9},
        {20, 0, 20, 20}, {21, 0, 21, 0}, {9, 5, 9, 0},  {15, 99, 15, 20},
    };
    AUTO(place) struct place place = {0};
    place_init(&place);
    place_fill(&place, 20);
    AUTO(journal) struct journal *reader = journal_open_reader(place.path, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        AUTO(journal_cursor)
        struct journal_cursor *cursor = journal_walk(reader, rows[i].first, rows[i].last);
        struct event event;
        int64_t pos = rows[i].from;
        while (journal_next(cursor, &event, &error))
            g_assert_cmpint(event.pos, ==, pos++);
        g_assert_no_error(error);
        g_assert_cmpint(pos, ==, MAX(rows[i].to + 1, rows[i].from));
        g_assert_false(journal_next(cursor, &event, &error));
    }
}

/* Two cursors do not disturb each other, and one at the end goes on when something was appended. */
static void walks_on(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = place_open(&place, NULL);
    sample_append(journal, 4);
    AUTO(journal) struct journal *reader = journal_open_reader(place.path, NULL);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(reader, 3, 0);
    AUTO(journal_cursor) struct journal_cursor *other = journal_walk(reader, 1, 0);
    struct event event;
    g_assert_true(journal_next(cursor, &event, NULL) && event.pos == 3);
    g_assert_true(journal_next(other, &event, NULL) && event.pos == 1);
    g_assert_true(journal_next(cursor, &event, NULL) && event.pos == 4);
    g_assert_true(journal_next(other, &event, NULL) && event.pos == 2);
    g_clear_pointer(&other, journal_cursor_free);
    g_assert_false(journal_next(cursor, &event, NULL));
    sample_append(journal, 1);
    g_assert_true(journal_next(cursor, &event, NULL) && event.pos == 5);
}

static guint head_count(struct journal *journal)
{
    g_autoptr(GArray) heads = journal_heads(journal, 5, NULL);
    return heads->len;
}

static int64_t newest_head_pos(struct journal *journal)
{
    g_autoptr(GArray) heads = journal_heads(journal, 1, NULL);
    return g_array_index(heads, struct journal_head, 0).pos;
}

static void heads_are_signed_when_due(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = place_open(&place, NULL);
    g_assert_cmpuint(head_count(journal), ==, 0);
    sample_append(journal, 10); /* the first batch */
    sample_append(journal, 10);
    g_assert_cmpuint(head_count(journal), ==, 1);
    g_assert_cmpint(newest_head_pos(journal), ==, 10);
    sample_append(journal, 590); /* ten minutes after event 10, at a second each */
    g_assert_cmpuint(head_count(journal), ==, 2);
    g_assert_cmpint(newest_head_pos(journal), ==, 610);
    g_autoptr(GArray) due = journal_heads(journal, 1, NULL);
    g_assert_cmpint(g_array_index(due, struct journal_head, 0).at_us, ==, journal_last_at_us(journal));
    sample_append(journal, 1);

    g_assert_true(journal_sign_head(journal, SAMPLE_START_US, NULL)); /* at a stop */
    g_assert_true(journal_sign_head(journal, SAMPLE_START_US, NULL)); /* said already */
    g_autoptr(GArray) heads = journal_heads(journal, 2, NULL);
    g_assert_cmpuint(heads->len, ==, 2);
    const struct journal_head *newest = &g_array_index(heads, struct journal_head, 0);
    g_assert_cmpint(newest->pos, ==, 611);
    g_assert_cmpint(newest[1].pos, ==, 610);
    g_assert_cmpuint(newest->tips->len, ==, 2); /* of both streams: 305 and 306 events */
    g_assert_cmpint(g_array_index(newest->tips, struct journal_tip, 0).seq, ==, 305);
    g_assert_cmpint(g_array_index(newest->tips, struct journal_tip, 1).seq, ==, 306);
    struct journal_signer signer = sample_signer();
    g_assert_cmpmem(newest->public_key, JOURNAL_KEY_BYTES, signer.public_key, JOURNAL_KEY_BYTES);
    sample_assert_chain(place.path, 611);
}

/* Also after so many events within one second. */
static void heads_are_signed_by_count(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = place_open(&place, NULL);
    static struct event events[JOURNAL_HEAD_EVERY_EVENTS];
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
        events[i] = (struct event){
            .seq = 1 + (int64_t)i, .at_us = SAMPLE_START_US, .kind = "k", .version = 1, .body = "{}", .body_bytes = 2};
    g_assert_true(journal_append(journal, events, 1, NULL));
    g_assert_true(journal_append(journal, events + 1, JOURNAL_HEAD_EVERY_EVENTS - 1, NULL));
    events[0].seq = JOURNAL_HEAD_EVERY_EVENTS + 1;
    g_assert_cmpuint(head_count(journal), ==, 1);
    g_assert_true(journal_append(journal, events, 1, NULL));
    g_assert_cmpuint(head_count(journal), ==, 2);
    g_assert_cmpint(newest_head_pos(journal), ==, JOURNAL_HEAD_EVERY_EVENTS + 1);
}

static void needs_no_signer(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = journal_open(place.path, NULL, NULL, NULL);
    sample_append(journal, 5);
    g_assert_true(journal_sign_head(journal, SAMPLE_START_US, NULL));
    g_assert_cmpuint(head_count(journal), ==, 0);
    sample_assert_chain(place.path, 5);
}

/* Who comes second is told so, sees what the other wrote, and may then go on. */
static void second_writer_conflicts(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *first = place_open(&place, NULL);
    AUTO(journal) struct journal *second = place_open(&place, NULL);
    sample_append(first, 3);

    g_autoptr(GError) error = NULL;
    AUTO(sample) struct sample sample = sample_of(1, 4);
    g_assert_false(journal_append(second, sample.events, sample.count, &error));
    g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT);
    for (size_t i = 0; i < sample.count; i++)
        g_assert_cmpint(sample.events[i].pos, ==, 0);
    g_assert_cmpint(journal_last_pos(second), ==, 3);
    sample_append(second, 2);
    sample_assert_walk(second, 5);
    sample_assert_chain(place.path, 5);
}

/* ---- files that are refused ---- */

static void make_text(const char *path)
{
    g_assert_true(
        g_file_set_contents(path, "This is a letter, and a long enough one to be no empty file.\n", -1, NULL));
}

static void run_sql(const char *path, const char *sql)
{
    AUTO(db) struct db *db = db_open(path, &(struct db_options){.mode = DB_JOURNAL}, NULL);
    g_assert_true(db_script(db, sql, NULL));
}

static void make_other(const char *path)
{
    run_sql(path, "CREATE TABLE song (title TEXT)");
}

static void make_newer(const char *path)
{
    run_sql(path, "PRAGMA user_version=3");
}

static void cut_file(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize count;
    g_assert_true(g_file_get_contents(path, &bytes, &count, NULL));
    g_assert_true(g_file_set_contents(path, bytes, (gssize)count / 2, NULL));
}

static void change_last(const char *path)
{
    run_sql(path, "UPDATE event SET unit = unit + 1 WHERE pos = (SELECT max(pos) FROM event)");
}

static void drop_one_before(const char *path)
{
    run_sql(path, "DELETE FROM event WHERE pos = (SELECT max(pos) - 2 FROM event)");
}

static void drop_end(const char *path)
{
    run_sql(path, "DELETE FROM event WHERE pos >= 40");
}

static void drop_column(const char *path)
{
    run_sql(path, "ALTER TABLE event DROP COLUMN matter");
}

static void add_trigger(const char *path)
{
    run_sql(path, "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM head; END");
}

static void drop_heads(const char *path)
{
    run_sql(path, "DROP TABLE head");
}

static void drop_index(const char *path)
{
    run_sql(path, "DROP INDEX event_seq");
}

static void refuses(void)
{
    static const struct {
        const char *name;
        void (*spoil)(const char *path);
        bool on_journal;
        const char *says;
        int code; /* 0: corrupt */
    } rows[] = {
        {"a text", make_text, false, "not a database"},
        {"another database", make_other, false, "not a Lianfang journal"},
        {"a newer format", make_newer, true, "journal format 3", JOURNAL_ERROR_NEW_FORMAT},
        {"half a file", cut_file, true, "malformed"},
        {"the last event changed", change_last, true, "event 60: its hash differs"},
        {"the one before the last missing", drop_one_before, true,
         "event 60: the one before it in its stream is missing"},
        {"the tail missing", drop_end, true, "event 40: missing, although a signed head names it"},
        {"a column missing", drop_column, true, "matter"},
        {"no index of streams", drop_index, true, "index event_seq: missing"},
        {"a trigger", add_trigger, true, "trigger t: was not made by this program"},
        {"no table of heads", drop_heads, true, "table head: missing"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AUTO(place) struct place place = {0};
        place_init(&place);
        if (rows[i].on_journal) {
            place_fill(&place, 60);
            AUTO(journal) struct journal *journal = place_open(&place, NULL);
            g_assert_true(journal_sign_head(journal, journal_last_at_us(journal), NULL));
        }
        rows[i].spoil(place.path);
        g_autoptr(GError) error = NULL;
        g_test_message("%s", rows[i].name);
        g_assert_null(journal_open(place.path, NULL, NULL, &error));
        int code = rows[i].code != 0 ? rows[i].code : JOURNAL_ERROR_CORRUPT;
        g_assert_error(error, JOURNAL_ERROR, code);
        g_assert_nonnull(strstr(error->message, rows[i].says));
    }
}

static void reader_refuses_what_is_not_there(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    g_autoptr(GError) error = NULL;
    g_assert_null(journal_open_reader(place.path, &error));
    g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_IO);
    g_assert_false(g_file_test(place.path, G_FILE_TEST_EXISTS));
}

/* A walk over a gap stops there and says so. */
static void walk_stops_at_gap(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    place_fill(&place, 20);
    run_sql(place.path, "DELETE FROM event WHERE pos = 8");
    AUTO(journal) struct journal *reader = journal_open_reader(place.path, NULL);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(reader, 1, 0);
    g_autoptr(GError) error = NULL;
    struct event event;
    int64_t last = 0;
    while (journal_next(cursor, &event, &error))
        last = event.pos;
    g_assert_cmpint(last, ==, 7);
    g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
    g_assert_nonnull(strstr(error->message, "event 8 is missing"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/journal/comes_back_as_it_went", comes_back_as_it_went);
    g_test_add_func("/journal/is_private", is_private);
    g_test_add_func("/journal/walks_a_part", walks_a_part);
    g_test_add_func("/journal/walks_on", walks_on);
    g_test_add_func("/journal/heads_are_signed_when_due", heads_are_signed_when_due);
    g_test_add_func("/journal/heads_are_signed_by_count", heads_are_signed_by_count);
    g_test_add_func("/journal/needs_no_signer", needs_no_signer);
    g_test_add_func("/journal/second_writer_conflicts", second_writer_conflicts);
    g_test_add_func("/journal/refuses", refuses);
    g_test_add_func("/journal/reader_refuses_what_is_not_there", reader_refuses_what_is_not_there);
    g_test_add_func("/journal/walk_stops_at_gap", walk_stops_at_gap);
    return g_test_run();
}
