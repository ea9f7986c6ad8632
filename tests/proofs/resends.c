/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many connections send the same commands, each in an order of its own: every id is decided once and answered alike. */
#include "served.h"
#include "town.h"
#include "traffic.h"

#include "base/log.h"
#include "bench/load.h"

#include <signal.h>
#include <string.h>

#define CONNECTIONS 32
#define COMMANDS    200

struct shared { /* a command that all send */
    char *text, *id;
    json_t *answer;     /* the first that came */
    int made, repeated; /* answers with 201, with 200 */
};

struct resends {
    struct worker *worker; /* whose session all use */
    struct shared commands[COMMANDS];
    int orders[CONNECTIONS][COMMANDS];
    int next[CONNECTIONS];
};

static bool send_next(void *context, int connection, GString *out)
{
    struct resends *resends = context;
    if (resends->next[connection] == COMMANDS)
        return false;
    const char *text = resends->commands[resends->orders[connection][resends->next[connection]++]].text;
    load_write_post(out, "/api/v1/commands", resends->worker->token, text, strlen(text));
    return true;
}

static void on_answered(void *context, int connection, int status, const char *head, const char *body)
{
    struct resends *resends = context;
    struct shared *shared = &resends->commands[resends->orders[connection][resends->next[connection] - 1]];
    g_autoptr(json_t) answer = json_loads(body, 0, NULL);
    if (status != 200 && status != 201)
        g_error("%d: %s", status, body);
    shared->made += status == 201;
    shared->repeated += status == 200;
    if (shared->answer == NULL)
        shared->answer = json_incref(answer);
    if (!json_equal(shared->answer, answer))
        g_error("%s was answered otherwise before", body);
}

static void make_commands(struct resends *resends, GRand *dice)
{
    for (int i = 0; i < COMMANDS; i++) {
        struct uuid id;
        char text[UUID_TEXT_LENGTH + 1];
        uuid_make(g_get_real_time(), &id);
        uuid_format(&id, text);
        const char *matter = g_ptr_array_index(resends->worker->matters, (guint)i % resends->worker->matters->len);
        g_autoptr(json_t) body = json_pack("{s:s, s:s}", "id", text, "command", i % 2 == 0 ? "enter" : "open_matter");
        g_autoptr(json_t) more = i % 2 == 0
                                     ? json_pack("{s:s, s:s, s:{s:f}}", "matter", matter, "entry", "check_in", "fields",
                                                 "temperature", 36.0 + i % 10 / 10.0)
                                     : json_pack("{s:s, s:o, s:{s:[s], s:s}}", "kind", "place_problem", "unit",
                                                 json_sprintf("#%" G_GINT64_FORMAT, (gint64)resends->worker->grid),
                                                 "form", "found", "rubbish", "where", "门口");
        json_object_update(body, more);
        resends->commands[i] = (struct shared){.text = json_dumps(body, JSON_COMPACT), .id = g_strdup(text)};
    }
    for (int c = 0; c < CONNECTIONS; c++)
        for (int i = 0; i < COMMANDS; i++) { /* Fisher and Yates */
            int j = g_rand_int_range(dice, 0, i + 1);
            resends->orders[c][i] = resends->orders[c][j];
            resends->orders[c][j] = i;
        }
}

static void check(struct resends *resends, const char *data_dir)
{
    g_autoptr(GHashTable) runs = journal_runs(data_dir);
    for (int i = 0; i < COMMANDS; i++) {
        struct shared *shared = &resends->commands[i];
        const struct run *run = g_hash_table_lookup(runs, shared->id);
        g_assert_nonnull(run);
        g_assert_cmpuint(run->count, ==, json_array_size(json_object_get(shared->answer, "events")));
        g_assert_cmpint(shared->made, ==, 1);
        g_assert_cmpint(shared->repeated, ==, CONNECTIONS - 1);
        free(shared->text);
        g_free(shared->id);
        json_decref(shared->answer);
    }
}

static void test_decided_once(void)
{
    static struct resends resends;
    guint32 seed = (guint32)g_test_rand_int();
    g_test_message("seed %u", seed);
    GRand *dice = g_rand_new_with_seed(seed);
    AUTO(town) struct town town;
    AUTO(traffic) struct traffic traffic;
    struct served served;
    town_init(&town, 0);
    town_open(&town);
    town_settle(&town, 2, 5, 4);
    traffic_init(&traffic, &town, 4, seed);
    town_close(&town);
    resends.worker = &traffic.workers[0];
    make_commands(&resends, dice);
    served_start(&served, town.data_dir);
    struct load_options options = {.port = served.port,
                                   .connections = CONNECTIONS,
                                   .seconds = 600,
                                   .next = send_next,
                                   .answered = on_answered,
                                   .context = &resends};
    struct load_report report;
    load_run(&options, &report);
    g_assert_cmpint(report.requests, ==, CONNECTIONS * COMMANDS);
    g_assert_cmpint(report.failures, ==, 0);
    load_report_clear(&report);
    served_stop(&served, SIGTERM);
    check(&resends, town.data_dir);
    town_check(&town);
    g_rand_free(dice);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/proofs/resends/decided_once", test_decided_once);
    return g_test_run();
}
