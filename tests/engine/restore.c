/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A backup restored to a moment: the journal ends there with a whole command, in every stream, says what was left out,
 * verifies, and goes on. */
#include "tiny.h"

#include "base/log.h"

#include <glib/gstdio.h>
#include <string.h>

/* What is in the backup: a command a minute, of three events each. */
#define COMMANDS 10
#define EVENTS   (3 * COMMANDS)

struct moment {
    struct tiny tiny;
    char *backup, *target;
};

static void moment_init(struct moment *moment)
{
    tiny_init(&moment->tiny);
    moment->backup = g_build_filename(moment->tiny.dir, "backup", NULL);
    moment->target = g_build_filename(moment->tiny.dir, "restored", NULL);
    tiny_open(&moment->tiny);
}

static void moment_clear(struct moment *moment)
{
    g_free(moment->backup);
    g_free(moment->target);
    tiny_clear(&moment->tiny);
}
AUTO_CLEAR(moment)

static void back_up(struct moment *moment)
{
    GError *error = NULL;
    data_backup_keyed(moment->tiny.data_dir, moment->tiny.keys_dir, moment->backup, &error);
    g_assert_no_error(error);
    tiny_close(&moment->tiny);
}

static int64_t minute_us(int64_t minute)
{
    return TINY_START_US + minute * US_PER_MINUTE;
}

static void work(struct moment *moment)
{
    for (int i = 0; i < COMMANDS; i++) {
        clock_set(&moment->tiny.clock, minute_us(i));
        tiny_must(&moment->tiny, 1, "{'command': 'note', 'text': 'note', 'times': 3}");
        if (i == COMMANDS / 2) { /* with an orderly stop between */
            tiny_close(&moment->tiny);
            tiny_open(&moment->tiny);
        }
    }
    back_up(moment);
}

static bool restore(const struct moment *moment, int64_t until_us, int64_t until_pos, struct restored *out,
                    GError **error)
{
    struct restoring restoring = {.areas = tiny_areas,
                                  .backup_dir = moment->backup,
                                  .data_dir = moment->target,
                                  .keys_dir = moment->tiny.keys_dir,
                                  .until_us = until_us,
                                  .until_pos = until_pos};
    return data_restore_until(&restoring, out, error);
}

/* The tiny engine goes on in what was restored. */
static void go_on(struct moment *moment)
{
    moment->tiny.options.data_dir = moment->target;
    g_free(moment->tiny.data_dir);
    moment->tiny.data_dir = g_strdup(moment->target);
}

static void must_verify(const struct moment *moment)
{
    GError *error = NULL;
    struct vault_counts counts;
    AUTO(journal_report) struct journal_report report = {0};
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_build_filename(moment->target, "journal.db", NULL);
    g_assert_true(journal_verify(path, NULL, NULL, NULL, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(report.findings->len, ==, 0);
    g_assert_true(data_verify(moment->target, moment->tiny.keys_dir, report.heads, findings, &counts, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(findings->len, ==, 0);
}

/* The event behind the cut. */
static void must_say(const struct moment *moment, int64_t pos, const char *what, const char *reason)
{
    GError *error = NULL;
    struct event event;
    g_autofree char *path = g_build_filename(moment->target, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(journal_last_pos(journal), ==, pos);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, pos, pos);
    g_assert_true(journal_next(cursor, &event, &error));
    g_assert_cmpstr(event.kind, ==, "loss_accepted");
    g_autoptr(json_t) body = json_loadb(event.body, event.body_bytes, 0, NULL);
    g_assert_cmpstr(json_get_text(body, "what", ""), ==, what);
    g_assert_cmpstr(json_get_text(body, "reason", ""), ==, reason);
}

/* ---- where it ends ---- */

static const struct row {
    const char *name;
    int64_t until_us, until_pos;
    int64_t pos; /* 0: refused */
    const char *says;
} rows[] = {
    {"the moment itself", TINY_START_US + 4 * US_PER_MINUTE, 0, 15, NULL},
    {"a microsecond before", TINY_START_US + 4 * US_PER_MINUTE - 1, 0, 12, NULL},
    {"between two", TINY_START_US + 4 * US_PER_MINUTE + 1, 0, 15, NULL},
    {"the first command", TINY_START_US, 0, 3, NULL},
    {"before the first", TINY_START_US - 1, 0, 0,
     "nothing had been written by then: its first command is of 2020-01-31T00:00:00Z"},
    {"the newest", TINY_START_US + 9 * US_PER_MINUTE, 0, EVENTS, NULL},
    {"after the newest", TINY_START_US + US_PER_DAY, 0, EVENTS, NULL},
    {"an event that ends a command", 0, 6, 6, NULL},
    {"in the middle of a command", 0, 8, 6, NULL},
    {"the first of a command", 0, 7, 6, NULL},
    {"in the first command", 0, 2, 0, "nothing had been written by then"},
    {"the last event", 0, EVENTS, EVENTS, NULL},
    {"behind it", 0, EVENTS + 1, 0, "ends with event 30"},
};

static void try_row(struct moment *moment, const struct row *row)
{
    struct restored restored;
    GError *error = NULL;
    bool done = restore(moment, row->until_us, row->until_pos, &restored, &error);
    if (row->pos == 0) {
        g_assert_false(done);
        g_assert_nonnull(strstr(error->message, row->says));
        g_assert_false(g_file_test(moment->target, G_FILE_TEST_EXISTS));
        g_clear_error(&error);
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpint(restored.pos, ==, row->pos);
    g_assert_cmpint(restored.at_us, ==, minute_us(row->pos / 3 - 1));
    g_assert_cmpint(restored.left_out, ==, EVENTS - row->pos);
    g_assert_cmpint(restored.left_first_us, ==, row->pos < EVENTS ? minute_us(row->pos / 3) : 0);
    g_assert_cmpint(restored.left_last_us, ==, row->pos < EVENTS ? minute_us(COMMANDS - 1) : 0);
    must_verify(moment);
}

static void test_moments(void)
{
    AUTO(moment) struct moment moment;
    moment_init(&moment);
    work(&moment);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        try_row(&moment, &rows[i]);
        folder_remove(moment.target);
    }
}

/* ---- how it goes on ---- */

static void test_goes_on(void)
{
    AUTO(moment) struct moment moment;
    struct restored restored;
    GError *error = NULL;
    moment_init(&moment);
    work(&moment);
    g_assert_true(restore(&moment, minute_us(4) + 1, 0, &restored, &error));
    must_say(&moment, 16, "15 events of 2020-01-31T00:05:00Z to 2020-01-31T00:09:00Z were left out",
             "lianfang restore --until 2020-01-31T00:04:00.000001Z");
    g_assert_false(restore(&moment, minute_us(4), 0, &restored, &error)); /* never over other data */
    g_assert_nonnull(strstr(error->message, "not empty"));
    g_clear_error(&error);
    go_on(&moment);
    tiny_open(&moment.tiny);
    g_assert_cmpint(tiny_rows(&moment.tiny, "SELECT count(*) FROM note"), ==, 15);
    tiny_must(&moment.tiny, 1, "{'command': 'note', 'text': 'another', 'times': 3}");
    g_assert_cmpint(tiny_rows(&moment.tiny, "SELECT max(number) FROM note"), ==, 18); /* decided on what is there */
    tiny_close(&moment.tiny);
    tiny_check(&moment.tiny);
    must_verify(&moment);
}

/* What was under way between two streams at the moment arrives. */
static void test_letters(void)
{
    AUTO(moment) struct moment moment;
    struct restored restored;
    GError *error = NULL;
    moment_init(&moment);
    int64_t sent = tiny_must(&moment.tiny, 1, "{'command': 'send', 'text': 'far'}");
    engine_run_clock(moment.tiny.engine);
    g_assert_cmpint(tiny_rows(&moment.tiny, "SELECT count(*) FROM received"), ==, 1);
    back_up(&moment);
    g_assert_true(restore(&moment, 0, sent, &restored, &error));
    g_assert_no_error(error);
    g_assert_cmpint(restored.left_out, >, 0);
    must_verify(&moment);
    go_on(&moment);
    tiny_open(&moment.tiny);
    engine_run_clock(moment.tiny.engine);
    g_assert_cmpint(tiny_rows(&moment.tiny, "SELECT count(*) FROM received"), ==, 1);
    g_assert_cmpint(tiny_rows(&moment.tiny, "SELECT count(*) FROM letter"), ==, 0);
    tiny_close(&moment.tiny);
    tiny_check(&moment.tiny);
}

/* A whole restore writes nothing of its own. */
static void test_whole(void)
{
    AUTO(moment) struct moment moment;
    struct restored restored;
    GError *error = NULL;
    moment_init(&moment);
    work(&moment);
    g_assert_true(restore(&moment, 0, 0, &restored, &error));
    g_assert_cmpint(restored.left_out, ==, 0);
    g_autofree char *path = g_build_filename(moment.target, "journal.db", NULL);
    AUTO(journal) struct journal *journal = journal_open_reader(path, &error);
    g_assert_cmpint(journal_last_pos(journal), ==, EVENTS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/engine/restore/moments", test_moments);
    g_test_add_func("/engine/restore/goes-on", test_goes_on);
    g_test_add_func("/engine/restore/letters", test_letters);
    g_test_add_func("/engine/restore/whole", test_whole);
    return g_test_run();
}
