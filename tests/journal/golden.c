/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * golden/journal-1.db was written by the first version of format 1, and golden/journal-1.txt is what it says.
 * Both stay as they are, for ever: a program that reads them otherwise is wrong. A new format gets a new pair,
 * made by
 *     test-journal-golden --make golden/journal-N
 */
#include "journal/sample.h"

#include <string.h>

#define EVENTS 20

static char *hex(const void *bytes, size_t count)
{
    GString *text = g_string_new(bytes == NULL ? "-" : NULL);
    for (size_t i = 0; bytes != NULL && i < count; i++)
        g_string_append_printf(text, "%02x", ((const uint8_t *)bytes)[i]);
    return g_string_free(text, FALSE);
}

static void append_event(GString *text, const struct event *event)
{
    g_autofree char *command = hex(event->command.bytes, sizeof event->command.bytes);
    g_autofree char *digest = hex(event->digest, JOURNAL_DIGEST_BYTES);
    g_autofree char *hash = hex(event->hash, JOURNAL_HASH_BYTES);
    g_autofree char *sealed = hex(event->sealed, event->sealed_bytes);
    const int64_t integers[] = {event->pos,  event->stream,  event->at_us, event->observed_us, event->person,
                                event->post, event->version, event->unit,  event->matter};
    for (size_t i = 0; i < G_N_ELEMENTS(integers); i++)
        g_string_append_printf(text, "%" G_GINT64_FORMAT " ", integers[i]);
    g_string_append_printf(text, "%s %s %s %s %s ", event->kind, command, digest, hash, sealed);
    g_string_append_len(text, event->body, (gssize)event->body_bytes);
    g_string_append_c(text, '\n');
}

static void append_heads(GString *text, struct journal *journal)
{
    struct journal_head heads[EVENTS];
    size_t count = journal_heads(journal, heads, EVENTS, NULL);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *signature = hex(heads[i].signature, JOURNAL_SIGNATURE_BYTES);
        g_string_append_printf(text, "head %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n", heads[i].pos,
                               heads[i].at_us, signature);
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
        append_event(text, &event);
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

static char *golden_text(void)
{
    g_autofree char *path = golden("journal-1.txt");
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void says_what_it_said(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    g_autofree char *file = golden("journal-1.db");
    copy(file, place.path); /* SQLite puts its shared memory beside a file, so not into the source tree */
    g_autofree char *expected = golden_text();
    g_autofree char *text = text_of(place.path);
    g_assert_cmpstr(text, ==, expected);
    sample_assert_chain(place.path, EVENTS);
}

static void goes_on(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    g_autofree char *file = golden("journal-1.db");
    copy(file, place.path);
    AUTO(journal) struct journal *journal = place_open(&place, NULL);
    sample_append(journal, 5);
    g_clear_pointer(&journal, journal_close);
    sample_assert_chain(place.path, EVENTS + 5);
}

static void is_written_the_same_today(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    make(&place);
    g_autofree char *expected = golden_text();
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
    g_test_add_func("/journal/golden/is_written_the_same_today", is_written_the_same_today);
    return g_test_run();
}
