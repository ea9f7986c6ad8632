/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The same commands, cut into batches of any size, make the same journal to the last byte of its chain, and the same
 * rows. Chance is made up here, the same in every run, so that keys and nonces are too.
 */
#include "script.h"
#include "transcript.h"

#include "base/log.h"
#include "support/harness.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define BULK 400

/* ---- chance ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t drawn;

static const char *name(void)
{
    return "the same in every run";
}

static void draw(void *const out, const size_t bytes)
{
    uint8_t seed[randombytes_SEEDBYTES] = {0};
    pthread_mutex_lock(&lock);
    drawn++;
    memcpy(seed, &drawn, sizeof drawn);
    pthread_mutex_unlock(&lock);
    randombytes_buf_deterministic(out, bytes, seed);
}

static uint32_t draw_integer(void)
{
    uint32_t integer;
    draw(&integer, sizeof integer);
    return integer;
}

static struct randombytes_implementation chance = {.implementation_name = name, .random = draw_integer, .buf = draw};

/* ---- runs ---- */

struct outcome {
    struct transcript transcript;
    uint8_t hash[JOURNAL_HASH_BYTES]; /* of the chain: every byte is under it */
    char *digest;                     /* of the rows */
    int64_t batches, letters, lapses;
};

static void outcome_clear(struct outcome *outcome)
{
    transcript_clear(&outcome->transcript);
    g_free(outcome->digest);
}

static void on_answer(void *context, const struct answer *answer)
{
    g_atomic_int_dec_and_test((gint *)context);
}

static void wait_for_all(gint *left)
{
    while (g_atomic_int_get(left) > 0)
        g_usleep(200);
}

/* As fast as they go, but for the moments at which the clock comes by. */
static void carry_out(const struct script *script, struct town *town)
{
    gint left = 0;
    for (guint i = 0; i < script->steps->len; i++) {
        const struct step *step = &g_array_index(script->steps, struct step, i);
        if (step->command != NULL) {
            g_atomic_int_inc(&left);
            g_assert_true(town_submit(town, step->person, json_deep_copy(step->command), on_answer, &left));
            continue;
        }
        wait_for_all(&left);
        clock_set(&town->clock, MAX(step->at_us, clock_now_us(&town->clock)));
        engine_run_clock(town->engine);
    }
    wait_for_all(&left);
}

static void look(struct town *town, struct outcome *out)
{
    GError *error = NULL;
    g_autofree char *path = g_build_filename(town->data_dir, "journal.db", NULL);
    g_autofree char *rows_path = g_build_filename(town->data_dir, "rows.db", NULL);
    AUTO(journal_report) struct journal_report report = {0};
    town_check(town);
    g_assert_true(journal_verify(path, NULL, NULL, NULL, &report, &error));
    memcpy(out->hash, report.last_hash, sizeof out->hash);
    AUTO(db) struct db *rows = db_open(rows_path, &(struct db_options){.mode = DB_READ}, &error);
    g_assert_no_error(error);
    out->digest = harness_rows_digest(rows);
    transcript_read(&out->transcript, town->data_dir, town->keys_dir);
}

static void run(const struct script *script, int batch_commands, struct outcome *out)
{
    AUTO(town) struct town town;
    struct engine_metrics metrics;
    town_copy(&script->base, &town);
    town.options.batch_commands = batch_commands;
    town.options.in_order = true; /* else turns between people hang on what happens to wait */
    drawn = 0;
    town_open(&town);
    carry_out(script, &town);
    engine_metrics(town.engine, &metrics);
    town_close(&town);
    *out = (struct outcome){.batches = metrics.batches, .letters = metrics.letters, .lapses = metrics.lapses};
    look(&town, out);
}

static void test_any_size(void)
{
    static const int sizes[] = {1, 2, 7, 256};
    struct outcome outcomes[G_N_ELEMENTS(sizes)];
    AUTO(script) struct script script;
    script_init(&script, BULK);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        run(&script, sizes[i], &outcomes[i]);
        g_test_message("at most %d: %d batches of %u events", sizes[i], (int)outcomes[i].batches,
                       outcomes[i].transcript.lines->len);
        transcript_assert_equal(&outcomes[0].transcript, &outcomes[i].transcript);
        g_assert_cmpmem(outcomes[0].hash, sizeof outcomes[0].hash, outcomes[i].hash, sizeof outcomes[i].hash);
        g_assert_cmpstr(outcomes[0].digest, ==, outcomes[i].digest);
    }
    g_assert_cmpint(outcomes[0].letters, >, 0);
    g_assert_cmpint(outcomes[0].lapses, >, 0);
    g_assert_cmpint(outcomes[3].batches, <, outcomes[0].batches);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        outcome_clear(&outcomes[i]);
}

int main(int argc, char **argv)
{
    randombytes_set_implementation(&chance);
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/proofs/batches/any_size", test_any_size);
    return g_test_run();
}
