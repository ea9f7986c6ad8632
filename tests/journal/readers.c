/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers, a verification and checkpoints beside the writer: each sees a whole beginning of the chain. */
#include "journal/sample.h"
#include "store/db.h"

#include <pthread.h>
#include <stdatomic.h>

#define BATCHES 150
#define BATCH   20
#define READERS 2

struct scene {
    struct place place;
    _Atomic int64_t durable; /* last position that was acknowledged */
    _Atomic bool ended;
};

static void *read_along(void *data)
{
    struct scene *scene = data;
    AUTO(journal) struct journal *reader = journal_open_reader(scene->place.path, NULL);
    g_assert_nonnull(reader);
    int64_t next = 1;
    for (bool ended = false; !ended;) {
        ended = scene->ended;
        int64_t durable = scene->durable;
        g_assert_cmpint(journal_last_pos(reader), >=, durable);
        g_autoptr(GError) error = NULL;
        AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(reader, next, 0);
        struct event event;
        while (journal_next(cursor, &event, &error)) {
            AUTO(sample) struct sample sample = sample_of(next, 1);
            g_assert_cmpint(event.pos, ==, next++);
            g_assert_cmpmem(event.body, event.body_bytes, sample.events[0].body, sample.events[0].body_bytes);
        }
        g_assert_no_error(error);
        g_assert_cmpint(next, >, durable); /* what was acknowledged is seen at once */
    }
    g_assert_cmpint(next, ==, BATCHES * BATCH + 1);
    return NULL;
}

static void *verify_along(void *data)
{
    struct scene *scene = data;
    for (bool ended = false; !ended;) {
        ended = scene->ended;
        AUTO(journal_report) struct journal_report report = {0};
        g_assert_true(journal_verify(scene->place.path, NULL, NULL, NULL, &report, NULL));
        g_assert_cmpuint(report.findings->len, ==, 0);
        g_assert_cmpint(report.events, ==, report.last_pos);
    }
    return NULL;
}

static void *checkpoint_along(void *data)
{
    struct scene *scene = data;
    AUTO(db) struct db *db = db_open(scene->place.path, &(struct db_options){.mode = DB_JOURNAL}, NULL);
    g_assert_nonnull(db);
    while (!scene->ended) {
        db_checkpoint(db, true);
        g_usleep(2000);
    }
    return NULL;
}

static void whole_beside_the_writer(void)
{
    struct scene scene = {0};
    place_init(&scene.place);
    AUTO(journal) struct journal *journal = place_open(&scene.place, NULL);
    pthread_t threads[READERS + 2];
    for (int i = 0; i < READERS; i++)
        g_assert_cmpint(pthread_create(&threads[i], NULL, read_along, &scene), ==, 0);
    g_assert_cmpint(pthread_create(&threads[READERS], NULL, verify_along, &scene), ==, 0);
    g_assert_cmpint(pthread_create(&threads[READERS + 1], NULL, checkpoint_along, &scene), ==, 0);
    for (int i = 0; i < BATCHES; i++) {
        sample_append(journal, BATCH);
        scene.durable = journal_last_pos(journal);
    }
    scene.ended = true;
    for (int i = 0; i < READERS + 2; i++)
        pthread_join(threads[i], NULL);
    g_clear_pointer(&journal, journal_close);
    place_clear(&scene.place);
}

/* A walk that came to its end, its cursor still there, does not keep the log from being emptied. */
static void walk_gives_its_snapshot_back(void)
{
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = place_open(&place, NULL);
    sample_append(journal, 1200);
    AUTO(journal) struct journal *reader = journal_open_reader(place.path, NULL);
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(reader, 1, 0);
    struct event event;
    while (journal_next(cursor, &event, NULL))
        ;
    g_assert_cmpint(event.pos, ==, 1200);
    AUTO(db) struct db *db = db_open(place.path, &(struct db_options){.mode = DB_JOURNAL}, NULL);
    g_assert_true(db_checkpoint(db, true));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/journal/whole_beside_the_writer", whole_beside_the_writer);
    g_test_add_func("/journal/walk_gives_its_snapshot_back", walk_gives_its_snapshot_back);
    return g_test_run();
}
