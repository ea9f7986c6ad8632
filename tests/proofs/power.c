/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The power goes at a random moment, and with it what was not synced: what was acknowledged is there and is answered
 * as before, the chain verifies, the vault opens whatever the journal holds, rows catch up.
 */
#include "script.h"
#include "transcript.h"

#include "base/log.h"
#include "support/faulty_vfs.h"

#define VFS   "faulty-power"
#define BURST 240

static void open_on(struct town *town, const struct script *script)
{
    town_copy(&script->base, town);
    town->options.vfs_journal = town->options.vfs_rows = town->options.vfs_secrets = VFS;
    town_open(town);
}

struct cut {
    enum faulty_op op;
    gint32 most; /* before the n-th such operation, n up to this */
};
static const struct cut cuts[] = {{FAULTY_WRITE, 700}, {FAULTY_SYNC, 60}};
static const enum survival survivals[] = {SURVIVES_NOTHING, SURVIVES_SOME};

static void plan_cut(struct faulty_vfs *vfs, int i)
{
    const struct cut *cut = &cuts[i % 2];
    int64_t nth = g_test_rand_int_range(1, cut->most);
    faulty_vfs_cut(vfs, cut->op, "*", nth, survivals[i / 2 % 2], (uint32_t)g_test_rand_int());
}

/* ---- one command after another ---- */

static void lose_power_in_days(struct script *script, const struct transcript *expected, int i)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register(VFS, false);
    AUTO(town) struct town town;
    AUTO(transcript) struct transcript transcript;
    guint at = 0;
    open_on(&town, script);
    plan_cut(vfs, i);
    bool done = script_run(script, &town, &at);
    g_assert_true(done || !engine_is_well(town.engine));
    town_close(&town);
    faulty_vfs_heal(vfs);
    town_open(&town);
    g_assert_true(script_run(script, &town, &at));
    town_close(&town);
    town_check(&town);
    transcript_read(&transcript, town.data_dir, town.keys_dir);
    transcript_assert_equal(expected, &transcript);
}

static void test_days(void)
{
    AUTO(script) struct script script;
    AUTO(transcript) struct transcript expected;
    script_init(&script, 0);
    {
        AUTO(town) struct town town;
        guint at = 0;
        town_copy(&script.base, &town);
        town_open(&town);
        g_assert_true(script_run(&script, &town, &at));
        town_close(&town);
        transcript_read(&expected, town.data_dir, town.keys_dir);
    }
    int rounds = proofs_are_long() ? 400 : 24;
    for (int i = 0; i < rounds; i++)
        lose_power_in_days(&script, &expected, i);
}

/* ---- many at once ---- */

struct told { /* one command of the burst and what its sender was told */
    const struct step *step;
    json_t *answer; /* NULL: refused or none */
    gint *left;
};

static void on_answer(void *context, const struct answer *answer)
{
    struct told *told = context;
    told->answer = json_incref(answer->body);
    g_atomic_int_dec_and_test(told->left);
}

/* All of the days' commands without waiting, so that batches are long; some are refused since nobody waits for the
 * letters. */
static void send_all(struct town *town, struct told *told, guint count)
{
    gint left = 0;
    for (guint i = 0; i < count; i++) {
        if (told[i].step->command == NULL)
            continue;
        told[i].left = &left;
        g_atomic_int_inc(&left);
        if (!town_submit(town, told[i].step->person, json_deep_copy(told[i].step->command), on_answer, &told[i]))
            g_atomic_int_dec_and_test(&left);
        if (i % 16 == 0)
            g_usleep(500);
    }
    while (g_atomic_int_get(&left) > 0)
        g_usleep(500);
}

/* What was acknowledged is answered as before, without an event. */
static int ask_again(struct town *town, const struct told *told, guint count)
{
    int64_t last_pos = engine_durable_pos(town->engine);
    int acknowledged = 0;
    for (guint i = 0; i < count; i++) {
        if (told[i].answer == NULL || told[i].step->person == 0)
            continue; /* the operator's are not remembered */
        struct answer answer;
        town_answer(town, told[i].step->person, json_deep_copy(told[i].step->command), &answer);
        g_assert_null(answer.problem);
        g_assert_true(answer.repeated);
        g_assert_true(json_equal(answer.body, told[i].answer));
        g_assert_cmpint(answer.pos, <=, last_pos);
        json_decref(answer.body);
        acknowledged++;
    }
    return acknowledged;
}

static int lose_power_in_burst(const struct script *script, int i)
{
    AUTO(faulty_vfs) struct faulty_vfs *vfs = faulty_vfs_register(VFS, false);
    AUTO(town) struct town town;
    AUTO(transcript) struct transcript transcript;
    guint count = script->steps->len;
    g_autofree struct told *told = g_new0(struct told, count);
    for (guint k = 0; k < count; k++)
        told[k].step = &g_array_index(script->steps, struct step, k);
    open_on(&town, script);
    plan_cut(vfs, i);
    send_all(&town, told, count);
    town_close(&town);
    faulty_vfs_heal(vfs);
    town_open(&town);
    int acknowledged = ask_again(&town, told, count);
    town_close(&town);
    town_check(&town);
    transcript_read(&transcript, town.data_dir, town.keys_dir);
    for (guint k = 0; k < count; k++)
        json_decref(told[k].answer);
    return acknowledged;
}

static void test_burst(void)
{
    AUTO(script) struct script script;
    script_init(&script, BURST);
    int rounds = proofs_are_long() ? 400 : 24, acknowledged = 0;
    for (int i = 0; i < rounds; i++)
        acknowledged += lose_power_in_burst(&script, i);
    g_test_message("%d acknowledged", acknowledged);
    g_assert_cmpint(acknowledged, >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level((enum log_level)(LOG_ERROR + 1)); /* each loss is told, and they are meant */
    g_test_add_func("/proofs/power/days", test_days);
    g_test_add_func("/proofs/power/burst", test_burst);
    return g_test_run();
}
