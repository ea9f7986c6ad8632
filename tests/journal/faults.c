/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk says no, or the power goes, at every operation that there is. Afterwards the journal opens, holds what was
 * acknowledged and at most the one batch that was on its way, whole, and takes more.
 */
#include "journal/sample.h"
#include "store/db.h"
#include "support/faulty_vfs.h"

#define BATCHES 6
#define OPS_MAX 2000 /* far more than the work below has */
#define SEEDS   8    /* of what survives a power cut; ten times as many behind --long */

struct outcome {
    int64_t acknowledged, on_its_way; /* last positions */
};

static bool append_batch(struct journal *journal, struct outcome *outcome, GError **error)
{
    AUTO(sample) struct sample sample = sample_of(outcome->acknowledged + 1, 7);
    outcome->on_its_way = outcome->acknowledged + 7;
    if (!journal_append(journal, sample.events, sample.count, error)) {
        for (size_t i = 0; i < sample.count; i++)
            g_assert_cmpint(sample.events[i].pos, ==, 0);
        return false;
    }
    outcome->acknowledged = outcome->on_its_way;
    return true;
}

static bool checkpoint(const struct place *place)
{
    AUTO(db)
    struct db *db = db_open(place->path, &(struct db_options){.mode = DB_JOURNAL, .vfs = "faulty"}, NULL);
    return db != NULL && db_checkpoint(db, true);
}

/* A failed write ends the writer, also when the disk is well again. */
static void assert_ended(struct journal *journal)
{
    g_autoptr(GError) error = NULL;
    AUTO(sample) struct sample sample = sample_of(journal_last_pos(journal) + 1, 1);
    g_assert_false(journal_append(journal, sample.events, 1, &error));
    g_assert_error(error, JOURNAL_ERROR, JOURNAL_ERROR_IO);
    g_assert_false(journal_sign_head(journal, SAMPLE_START_US, NULL));
}

static void assert_says_why(const GError *error)
{
    g_assert_true(g_error_matches(error, JOURNAL_ERROR, JOURNAL_ERROR_IO) ||
                  g_error_matches(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL));
}

/* What a program does with a journal, until something fails. */
static void work(const struct place *place, struct outcome *outcome)
{
    g_autoptr(GError) error = NULL;
    struct journal_signer signer = sample_signer();
    AUTO(journal) struct journal *journal = journal_open(place->path, &signer, "faulty", &error);
    if (journal == NULL) {
        g_assert_nonnull(error);
        return;
    }
    for (int i = 0; i < BATCHES; i++) {
        if (!append_batch(journal, outcome, &error)) {
            assert_says_why(error);
            g_assert_cmpint(journal_last_pos(journal), ==, outcome->acknowledged);
            assert_ended(journal);
            return;
        }
        if (i == 2)
            checkpoint(place); /* may fail; what is acknowledged is in the log */
    }
    if (!journal_sign_head(journal, journal_last_at_us(journal), &error))
        assert_says_why(error);
}

static void assert_recovers(const struct place *place, const struct outcome *outcome)
{
    AUTO(journal) struct journal *journal = place_open(place, "faulty");
    int64_t last = journal_last_pos(journal);
    g_assert_true(last == outcome->acknowledged || last == outcome->on_its_way);
    sample_assert_walk(journal, last);
    sample_append(journal, 3);
    g_clear_pointer(&journal, journal_close);
    sample_assert_chain(place->path, last + 3);
}

/* Returns whether the operation came at all. */
static bool one_fault(enum faulty_op op, int64_t nth, bool lasting)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register("faulty", true);
    AUTO(place) struct place place = {0};
    place_init(&place);
    struct outcome outcome = {0};
    faulty_vfs_fail(vfs, op, "journal.db*", nth, lasting);
    work(&place, &outcome);
    faulty_vfs_heal(vfs);
    assert_recovers(&place, &outcome);
    return faulty_vfs_failed(vfs) > 0;
}

static const struct {
    const char *name;
    enum faulty_op op;
    int least; /* so often it must have come; a shim that never fails proves nothing */
} ops[] = {
    {"open", FAULTY_OPEN, 3},     {"read", FAULTY_READ, 10},        {"write", FAULTY_WRITE, 30},
    {"full", FAULTY_FULL, 20},    {"truncate", FAULTY_TRUNCATE, 1}, {"sync", FAULTY_SYNC, 10},
    {"delete", FAULTY_DELETE, 1},
};

static void every_fault(gconstpointer data)
{
    bool lasting = GPOINTER_TO_INT(data) != 0;
    for (size_t i = 0; i < G_N_ELEMENTS(ops); i++) {
        int64_t nth = 1;
        while (nth < OPS_MAX && one_fault(ops[i].op, nth, lasting))
            nth++;
        g_test_message("%s: %d", ops[i].name, (int)nth - 1);
        g_assert_cmpint(nth, >, ops[i].least);
        g_assert_cmpint(nth, <, OPS_MAX);
    }
}

static bool one_cut(enum faulty_op op, int64_t nth, enum survival survival, uint32_t seed)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register("faulty", true);
    AUTO(place) struct place place = {0};
    place_init(&place);
    struct outcome outcome = {0};
    faulty_vfs_cut(vfs, op, "journal.db*", nth, survival, seed);
    work(&place, &outcome);
    faulty_vfs_heal(vfs);
    assert_recovers(&place, &outcome);
    return faulty_vfs_failed(vfs) > 0;
}

/* With the log at every place: just made, after a checkpoint, at the close. */
static void every_power_cut(gconstpointer data)
{
    enum survival survival = (enum survival)GPOINTER_TO_INT(data);
    uint32_t seeds = survival != SURVIVES_SOME ? 1 : g_getenv("LIANFANG_LONG") != NULL ? 10 * SEEDS : SEEDS;
    static const enum faulty_op at[] = {FAULTY_WRITE, FAULTY_SYNC, FAULTY_TRUNCATE, FAULTY_DELETE};
    for (uint32_t seed = 0; seed < seeds; seed++) {
        for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
            int64_t nth = 1;
            while (nth < OPS_MAX && one_cut(at[i], nth, survival, seed * 1000 + (uint32_t)nth))
                nth++;
            g_assert_cmpint(nth, <, OPS_MAX);
        }
    }
}

/* The work is done and the power goes: nothing acknowledged is missing. */
static void acknowledged_survives(void)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register("faulty", true);
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = place_open(&place, "faulty");
    for (int round = 0; round < 20; round++) {
        sample_append(journal, 1);
        if (round % 6 == 5)
            g_assert_true(checkpoint(&place));
        faulty_vfs_lose_power(vfs, SURVIVES_NOTHING, 0);
        g_clear_pointer(&journal, journal_close);
        journal = place_open(&place, "faulty");
        sample_assert_walk(journal, round + 1);
    }
}

/* One sync a batch, once the log is there. */
static void one_sync_a_batch(void)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register("faulty", true);
    AUTO(place) struct place place = {0};
    place_init(&place);
    AUTO(journal) struct journal *journal = place_open(&place, "faulty");
    sample_append(journal, 1);
    int64_t before = faulty_vfs_count(vfs, FAULTY_SYNC);
    for (int i = 0; i < 10; i++)
        sample_append(journal, 20);
    g_assert_cmpint(faulty_vfs_count(vfs, FAULTY_SYNC) - before, ==, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/journal/every_fault/once", GINT_TO_POINTER(0), every_fault);
    g_test_add_data_func("/journal/every_fault/lasting", GINT_TO_POINTER(1), every_fault);
    g_test_add_data_func("/journal/every_power_cut/nothing", GINT_TO_POINTER(SURVIVES_NOTHING), every_power_cut);
    g_test_add_data_func("/journal/every_power_cut/some", GINT_TO_POINTER(SURVIVES_SOME), every_power_cut);
    g_test_add_data_func("/journal/every_power_cut/all", GINT_TO_POINTER(SURVIVES_ALL), every_power_cut);
    g_test_add_func("/journal/acknowledged_survives", acknowledged_survives);
    g_test_add_func("/journal/one_sync_a_batch", one_sync_a_batch);
    return g_test_run();
}
