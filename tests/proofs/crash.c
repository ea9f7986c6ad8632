/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real program is killed at random moments under load over HTTP: every acknowledged command is there once, in
 * order, and answered as before; what had no answer is there wholly or not at all; the chain verifies, rows equal a
 * rebuild and kept indicators a recount. Told to stop instead, it answers or refuses all that it took.
 */
#include "served.h"
#include "traffic.h"

#include "base/log.h"

#include <signal.h>
#include <sys/wait.h>

#define GRIDS          20
#define HOUSEHOLDS     5
#define HOUSEHOLD_SIZE 4

/* The load runs from the start of the server until the signal. */
static int serve_until(struct town *town, struct traffic *traffic, GRand *dice, int signal)
{
    struct served served;
    served_start(&served, town->data_dir);
    traffic_start(traffic, served.port);
    g_usleep((gulong)g_rand_int_range(dice, 20000, 600000));
    int status = served_stop(&served, signal);
    traffic_wait(traffic);
    return status;
}

/* Everybody sends again what they sent. */
static void serve_again(struct town *town, struct traffic *traffic, GHashTable *there)
{
    struct served served;
    served_start(&served, town->data_dir);
    traffic_resend(traffic, served.port, there);
    served_stop(&served, SIGTERM);
}

/* What was not committed is caught up first. */
static void must_count(const struct town *town)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *out = NULL, *err = NULL;
    int status = 0;
    const char *const argv[] = {g_getenv("LIANFANG_PROGRAM"), "recount", "--compare", "--data", town->data_dir, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error);
    g_assert_no_error(error);
    if (!g_spawn_check_wait_status(status, NULL))
        g_error("indicators: %s%s", out, err);
}

static void round_of(struct town *town, struct traffic *traffic, GRand *dice, int signal)
{
    traffic_forget(traffic);
    int status = serve_until(town, traffic, dice, signal);
    g_assert_true(signal == SIGTERM ? WIFEXITED(status) : WIFSIGNALED(status));
    int64_t events = town_check(town);
    must_count(town);
    int64_t acknowledged = traffic_acknowledged(traffic);
    g_autoptr(GHashTable) there = journal_runs(town->data_dir);
    traffic_check(traffic, there);
    if (signal == SIGTERM)
        traffic_check_none_untold(traffic, there);
    serve_again(town, traffic, there);
    int64_t after = town_check(town);
    g_autoptr(GHashTable) then = journal_runs(town->data_dir);
    traffic_check(traffic, then);
    g_test_message("%" G_GINT64_FORMAT " acknowledged, %" G_GINT64_FORMAT " events, then %" G_GINT64_FORMAT,
                   acknowledged, events, after);
}

static void test_rounds(int signal, int rounds)
{
    guint32 seed = (guint32)g_test_rand_int();
    g_test_message("seed %u", seed);
    GRand *dice = g_rand_new_with_seed(seed);
    for (int done = 0; done < rounds;) {
        AUTO(town) struct town town;
        AUTO(traffic) struct traffic traffic;
        town_init(&town, 0);
        town_open(&town);
        town_settle(&town, GRIDS, HOUSEHOLDS, HOUSEHOLD_SIZE);
        traffic_init(&traffic, &town, HOUSEHOLD_SIZE, seed);
        town_close(&town);
        /* Anew now and then: a journal that grows is what makes checking slow. */
        for (int i = 0; i < 10 && done < rounds; i++, done++)
            round_of(&town, &traffic, dice, signal);
    }
    g_rand_free(dice);
}

static void test_killed(void)
{
    test_rounds(SIGKILL, proofs_are_long() ? 300 : 3);
}

static void test_stopped(void)
{
    test_rounds(SIGTERM, proofs_are_long() ? 100 : 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/proofs/crash/killed", test_killed);
    g_test_add_func("/proofs/crash/stopped", test_stopped);
    return g_test_run();
}
