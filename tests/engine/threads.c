/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many senders, resends and readers at once; the thread sanitizer watches in its own build. */
#include "tiny.h"

#include "base/log.h"

#include <pthread.h>

#define PAIRS    4
#define COMMANDS 300
#define READERS  3

struct sender {
    struct tiny *tiny;
    struct uuid *ids; /* shared by the two of a pair */
    int64_t person;
    int64_t pos[COMMANDS];
    int repeated;
};

static void *send(void *data)
{
    struct sender *sender = data;
    for (int i = 0; i < COMMANDS; i++) {
        char id[UUID_TEXT_LENGTH + 1];
        uuid_format(&sender->ids[i], id);
        g_autofree char *json = g_strdup_printf("{'id': '%s', 'command': 'note', 'text': '%d', 'times': 2}", id, i);
        struct answer answer;
        g_assert_true(engine_ask(sender->tiny->engine, tiny_command(sender->tiny, sender->person, json), &answer));
        g_assert_true(engine_wait_rows(sender->tiny->engine, answer.pos, 10 * US_PER_SECOND));
        sender->pos[i] = answer.pos;
        sender->repeated += answer.repeated;
        json_decref(answer.body);
    }
    return NULL;
}

struct watcher {
    struct tiny *tiny;
    gint stop;
    int64_t seen;
};

/* A snapshot holds whole commands only and never goes back. */
static void *watch(void *data)
{
    struct watcher *watcher = data;
    GError *error = NULL;
    struct reader *reader = reader_open(watcher->tiny->data_dir, watcher->tiny->keys_dir, &error);
    g_assert_no_error(error);
    while (g_atomic_int_get(&watcher->stop) == 0) {
        int64_t notes = 0, pos = 0;
        struct engine_metrics metrics;
        g_assert_true(db_begin(reader->rows));
        db_integer(reader->rows, &notes, "SELECT count(*) FROM note", "");
        db_integer(reader->rows, &pos, "SELECT pos FROM position", "");
        g_assert_true(db_commit(reader->rows, &error));
        g_assert_cmpint(notes, ==, pos);
        g_assert_cmpint(notes % 2, ==, 0);
        g_assert_cmpint(notes, >=, watcher->seen);
        watcher->seen = notes;
        engine_metrics(watcher->tiny->engine, &metrics);
        g_assert_cmpint(metrics.events, >=, notes);
        g_assert_cmpint(engine_durable_pos(watcher->tiny->engine), >=, notes);
    }
    reader_close(reader);
    return NULL;
}

static void test_many_at_once(void)
{
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    tiny_open(&tiny);
    static struct uuid ids[PAIRS][COMMANDS];
    static struct sender senders[PAIRS * 2];
    pthread_t threads[PAIRS * 2], watching[READERS];
    struct watcher watchers[READERS];
    for (int i = 0; i < PAIRS; i++)
        for (int j = 0; j < COMMANDS; j++)
            uuid_make(TINY_START_US, &ids[i][j]);
    for (int i = 0; i < READERS; i++) {
        watchers[i] = (struct watcher){.tiny = &tiny};
        pthread_create(&watching[i], NULL, watch, &watchers[i]);
    }
    for (int i = 0; i < PAIRS * 2; i++) {
        senders[i] = (struct sender){.tiny = &tiny, .ids = ids[i / 2], .person = i / 2 + 1};
        pthread_create(&threads[i], NULL, send, &senders[i]);
    }
    for (int i = 0; i < PAIRS * 2; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < READERS; i++) {
        g_atomic_int_set(&watchers[i].stop, 1);
        pthread_join(watching[i], NULL);
    }
    for (int i = 0; i < PAIRS; i++) {
        g_assert_cmpint(senders[2 * i].repeated + senders[2 * i + 1].repeated, ==, COMMANDS);
        for (int j = 0; j < COMMANDS; j++)
            g_assert_cmpint(senders[2 * i].pos[j], ==, senders[2 * i + 1].pos[j]);
    }
    g_assert_cmpint(engine_durable_pos(tiny.engine), ==, PAIRS * COMMANDS * 2);
    tiny_close(&tiny);
    tiny_check(&tiny);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/engine/threads/many_at_once", test_many_at_once);
    return g_test_run();
}
