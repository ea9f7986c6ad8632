/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * golden/journal-N.db was written by the first version of format N, and golden/journal-N.txt is what it says. They
 * stay as they are, for ever: a program that reads them otherwise is wrong. Format 1 is read and verified and no
 * longer written. A new format gets a new pair, made by
 *     test-journal-golden --make golden/journal-N
 */
#include "journal/sample.h"
#include "store/db.h"

#include <string.h>

#define EVENTS 20

static char *hex(const void *bytes, size_t count)
{
    GString *text = g_string_new(bytes == NULL ? "-" : NULL);
    for (size_t i = 0; bytes != NULL && i < count; i++)
        g_string_append_printf(text, "%02x", ((const uint8_t *)bytes)[i]);
    return g_string_free(text, FALSE);
}

static void append_event(GString *text, int format, const struct event *event)
{
    g_autofree char *command = hex(event->command.bytes, sizeof event->command.bytes);
    g_autofree char *digest = hex(event->digest, JOURNAL_DIGEST_BYTES);
    g_autofree char *hash = hex(event->hash, JOURNAL_HASH_BYTES);
    g_autofree char *sealed = hex(event->sealed, event->sealed_bytes);
    const int64_t integers[] = {event->pos,  event->stream,  event->at_us, event->observed_us, event->person,
                                event->post, event->version, event->unit,  event->matter,      event->seq};
    for (size_t i = 0; i < G_N_ELEMENTS(integers) - (format == 1); i++)
        g_string_append_printf(text, "%" G_GINT64_FORMAT " ", integers[i]);
    g_string_append_printf(text, "%s %s %s %s %s ", event->kind, command, digest, hash, sealed);
    g_string_append_len(text, event->body, (gssize)event->body_bytes);
    g_string_append_c(text, '\n');
}

static void append_heads(GString *text, struct journal *journal)
{
    g_autoptr(GArray) heads = journal_heads(journal, EVENTS, NULL);
    for (guint i = 0; i < heads->len; i++) {
        const struct journal_head *head = &g_array_index(heads, struct journal_head, i);
        g_autofree char *signature = hex(head->signature, JOURNAL_SIGNATURE_BYTES);
        g_string_append_printf(text, "head %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n", head->pos, head->at_us,
                               signature);
    }
}

/* All that a journal says, a line an event, then a line a head. */
static char *text_of(const char *path)
{
    g_autoptr(GError) error = NULL;
    AUTO(journal) struct journal *journal = journal_open_reader(path, &error);
    g_assert_no_error(error);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, 1, 0);
    GString *text = g_string_new(NULL);
    struct event event;
    while (journal_next(cursor, &event, &error))
        append_event(text, journal_format(journal), &event);
    g_assert_no_error(error);
    append_heads(text, journal);
    return g_string_free(text, FALSE);
}

/* With the program of today. */
static void make(const struct place *place)
{
    place_fill(place, EVENTS);
    AUTO(journal) struct journal *journal = place_open(place, NULL);
    g_assert_true(journal_sign_head(journal, SAMPLE_START_US + 100 * SAMPLE_STEP_US, NULL));
}

static char *golden(const char *name)
{
    g_assert_nonnull(g_getenv("LIANFANG_SOURCE")); /* set by meson test */
    return g_build_filename(g_getenv("LIANFANG_SOURCE"), "tests", "journal", "golden", name, NULL);
}

static void copy(const char *from, const char *to)
{
    g_autofree char *bytes = NULL;
    gsize count;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(from, &bytes, &count, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_set_contents(to, bytes, (gssize)count, NULL));
}

static char *golden_text(const char *name)
{
    g_autofree char *path = golden(name);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static const struct {
    const char *db, *text;
} formats[] = {{"journal-1.db", "journal-1.txt"}, {"journal-2.db", "journal-2.txt"}};

static void take(const struct place *place, const char *name)
{
    g_autofree char *file = golden(name);
    copy(file, place->path); /* SQLite puts its shared memory beside a file, so not into the source tree */
}

static void says_what_it_said(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        AUTO(place) struct place place = {0};
        place_init(&place);
        take(&place, formats[i].db);
        g_autofree char *expected = golden_text(formats[i].text);
        g_autofree char *text = text_of(place.path);
        g_assert_cmpstr(text, ==, expected);
        sample_assert_chain(place.path, EVENTS);
    }
}

static void goes_on(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    take(&place, "journal-2.db");
    AUTO(journal) struct journal *journal = place_open(&place, NULL);
    sample_append(journal, 5);
    g_clear_pointer(&journal, journal_close);
    sample_assert_chain(place.path, EVENTS + 5);
}

static void format_1_is_not_written(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    take(&place, "journal-1.db");
    struct journal_signer signer = sample_signer();
    g_autoptr(GError) error = NULL;
    g_assert_null(journal_open(place.path, &signer, NULL, &error));
    g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_OLD_FORMAT);
    g_assert_nonnull(strstr(error->message, "`lianfang dump`"));
}

/* Whatever is changed in a journal of format 1 is still found. */
static void format_1_is_verified(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    take(&place, "journal-1.db");
    AUTO(db) struct db *db = db_open(place.path, &(struct db_options){.mode = DB_JOURNAL}, NULL);
    g_assert_true(
        db_script(db, "UPDATE event SET person = person + 1 WHERE pos = 7; DELETE FROM event WHERE pos = 12", NULL));
    AUTO(journal_report) struct journal_report report = {0};
    g_assert_true(journal_verify(place.path, NULL, NULL, NULL, &report, NULL));
    g_assert_cmpuint(report.findings->len, ==, 2);
    g_assert_cmpint(g_array_index(report.findings, struct journal_finding, 0).pos, ==, 7);
    g_assert_cmpstr(g_array_index(report.findings, struct journal_finding, 1).what, ==, "missing");
}

static void is_written_the_same_today(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    make(&place);
    g_autofree char *expected = golden_text("journal-2.txt");
    g_autofree char *text = text_of(place.path);
    g_assert_cmpstr(text, ==, expected);
}

static int make_golden(const char *stem)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    make(&place);
    g_autofree char *text = text_of(place.path);
    g_autofree char *db_path = g_strconcat(stem, ".db", NULL);
    g_autofree char *text_path = g_strconcat(stem, ".txt", NULL);
    copy(place.path, db_path);
    return g_file_set_contents(text_path, text, -1, NULL) ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--make") == 0)
        return make_golden(argv[2]);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/journal/golden/says_what_it_said", says_what_it_said);
    g_test_add_func("/journal/golden/goes_on", goes_on);
    g_test_add_func("/journal/golden/format_1_is_not_written", format_1_is_not_written);
    g_test_add_func("/journal/golden/format_1_is_verified", format_1_is_verified);
    g_test_add_func("/journal/golden/is_written_the_same_today", is_written_the_same_today);
    return g_test_run();
}
