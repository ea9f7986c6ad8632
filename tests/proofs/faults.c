/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The n-th write, sync, allocation or truncation fails, or every read from the n-th on, in each of the three files: an
 * error to the caller, no half command, nothing more until the program is started again; then the days go on where they
 * stopped and end with the very journal of a disk that never failed.
 */
#include "script.h"
#include "transcript.h"

#include "base/log.h"
#include "support/faulty_vfs.h"

#define VFS     "faulty-proofs"
#define SAMPLES 7

struct faults {
    struct faulty_vfs *vfs;
    struct script script;
    struct transcript expected;
};

static void open_on(struct town *town, const struct script *script)
{
    town_copy(&script->base, town);
    town->options.vfs_journal = town->options.vfs_rows = town->options.vfs_secrets = VFS;
    town_open(town);
}

static void compare(const struct faults *faults, const struct town *town)
{
    AUTO(transcript) struct transcript transcript;
    town_check(town);
    transcript_read(&transcript, town->data_dir, town->keys_dir);
    transcript_assert_equal(&faults->expected, &transcript);
}

/* How many such operations there are from the first step to the end. */
static int64_t count(struct faults *faults, enum faulty_op op, const char *pattern)
{
    AUTO(town) struct town town;
    guint at = 0;
    open_on(&town, &faults->script);
    faulty_vfs_fail(faults->vfs, op, pattern, INT64_MAX, false);
    g_assert_true(script_run(&faults->script, &town, &at));
    town_close(&town);
    faulty_vfs_heal(faults->vfs);
    compare(faults, &town);
    return faulty_vfs_seen(faults->vfs);
}

static void fail_one(struct faults *faults, enum faulty_op op, const char *pattern, int64_t nth)
{
    AUTO(town) struct town town;
    guint at = 0;
    open_on(&town, &faults->script);
    faulty_vfs_fail(faults->vfs, op, pattern, nth, op == FAULTY_FULL || op == FAULTY_READ);
    bool done = script_run(&faults->script, &town, &at);
    g_assert_true(done || engine_causes(town.engine) != 0);
    if (op != FAULTY_TRUNCATE && op != FAULTY_FULL && faulty_vfs_failed(faults->vfs) > 0 &&
        g_str_has_prefix(pattern, "journal"))
        g_assert_false(engine_is_well(town.engine));
    town_close(&town);
    faulty_vfs_heal(faults->vfs);
    town_open(&town);
    g_assert_true(script_run(&faults->script, &town, &at));
    town_close(&town);
    compare(faults, &town);
}

static void every_n(const char *pattern)
{
    static const enum faulty_op ops[] = {FAULTY_WRITE, FAULTY_SYNC, FAULTY_FULL, FAULTY_TRUNCATE, FAULTY_READ};
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register(VFS, false);
    struct faults faults = {.vfs = vfs};
    script_init(&faults.script, 0);
    AUTO(town) struct town town;
    guint at = 0;
    open_on(&town, &faults.script);
    g_assert_true(script_run(&faults.script, &town, &at));
    town_close(&town);
    transcript_read(&faults.expected, town.data_dir, town.keys_dir);
    for (size_t i = 0; i < G_N_ELEMENTS(ops); i++) {
        int64_t all = count(&faults, ops[i], pattern);
        int64_t tried = proofs_are_long() ? all : MIN(all, SAMPLES);
        for (int64_t k = 0; k < tried; k++) {
            int64_t from = k * all / tried, to = (k + 1) * all / tried;
            fail_one(&faults, ops[i], pattern, 1 + from + g_test_rand_int_range(0, (gint32)(to - from)));
        }
        g_test_message("%s, operation %d: %d of %d", pattern, ops[i], (int)tried, (int)all);
    }
    transcript_clear(&faults.expected);
    script_clear(&faults.script);
}

static void test_journal(void)
{
    every_n("journal.db*");
}

static void test_rows(void)
{
    every_n("rows.db*");
}

static void test_secrets(void)
{
    every_n("secrets.db*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level((enum log_level)(LOG_ERROR + 1)); /* each failure is told, and they are meant */
    g_test_add_func("/proofs/faults/journal", test_journal);
    g_test_add_func("/proofs/faults/rows", test_rows);
    g_test_add_func("/proofs/faults/secrets", test_secrets);
    return g_test_run();
}
