/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill -9 at a random moment under load: every acknowledged command is there once, in order, the chain
 * verifies, rows equal a rebuild. A child runs the engine and reports each answer through a pipe; what the
 * pipe holds was acknowledged.
 */
#include "tiny.h"

#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SENDERS   4
#define UNDER_WAY 32 /* a sender */

struct report {
    int64_t sender, number, pos;
};

struct sender {
    struct tiny *tiny;
    int64_t id;
    int pipe;
    gint under_way;
};

struct note {
    struct sender *sender;
    int64_t number;
};

static void on_answer(void *context, const struct answer *answer)
{
    struct note *note = context;
    struct report report = {note->sender->id, note->number, answer->pos};
    g_assert_null(answer->problem);
    g_assert_cmpint(write(note->sender->pipe, &report, sizeof report), ==, sizeof report); /* atomic: below PIPE_BUF */
    g_atomic_int_dec_and_test(&note->sender->under_way);
    g_free(note);
}

static void *send(void *data)
{
    static const char *const forms[] = {"{'command': 'note', 'text': '%d', 'times': 2}",
                                        "{'command': 'secret', 'text': '%d'}", "{'command': 'send', 'text': '%d'}"};
    struct sender *sender = data;
    for (int number = 1;; number++) {
        while (g_atomic_int_get(&sender->under_way) >= UNDER_WAY)
            g_usleep(50);
        g_autofree char *json = g_strdup(forms[number % 16 == 0 ? 1 : number % 16 == 1 ? 2 : 0]);
        char *place = strstr(json, "%d");
        g_autofree char *whole = g_strdup_printf("%.*s%d%s", (int)(place - json), json, number, place + 2);
        struct note *note = g_new(struct note, 1);
        *note = (struct note){sender, number};
        struct problem *problem = NULL;
        g_atomic_int_inc(&sender->under_way);
        g_assert_true(engine_submit(sender->tiny->engine, tiny_command(sender->tiny, sender->id, whole), on_answer,
                                    note, &problem));
    }
    return NULL;
}

static void child(struct tiny *tiny, int pipe)
{
    struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    tiny_open(tiny);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.tiny = tiny, .id = i + 1, .pipe = pipe};
        pthread_create(&threads[i], NULL, send, &senders[i]);
    }
    for (;;)
        pause();
}

/* What was acknowledged, in the order of the answers; each sender's numbers begin anew in a round. */
static void check_acknowledged(struct tiny *tiny, int pipe)
{
    GError *error = NULL;
    struct report report;
    struct reader *reader = reader_open(tiny->data_dir, tiny->keys_dir, &error);
    g_assert_no_error(error);
    int64_t last_pos = 0, last_number[SENDERS + 1] = {0}, count = 0;
    while (read(pipe, &report, sizeof report) == sizeof report) {
        g_assert_cmpint(report.pos, >, last_pos);
        g_assert_cmpint(report.number, ==, last_number[report.sender] + 1);
        last_pos = report.pos;
        last_number[report.sender] = report.number;
        struct event event;
        AUTO(journal_cursor)
        struct journal_cursor *cursor = journal_walk(reader->journal, report.pos, report.pos);
        g_assert_true(journal_next(cursor, &event, &error));
        g_assert_cmpint(event.person, ==, report.sender);
        count++;
    }
    g_assert_cmpint(journal_last_pos(reader->journal), >=, last_pos);
    reader_close(reader);
    g_test_message("%" G_GINT64_FORMAT " acknowledged", count);
}

/* `number` counts a person's notes as decide saw them: without a gap, nothing was lost or done twice. */
static void check_numbers(struct tiny *tiny)
{
    g_assert_cmpint(tiny_rows(tiny,
                              "SELECT count(*) FROM (SELECT person, count(*) AS notes, max(number) AS last FROM note"
                              " WHERE number > 0 GROUP BY person) WHERE notes <> last"),
                    ==, 0);
    g_assert_cmpint(
        tiny_rows(tiny, "SELECT count(*) FROM (SELECT letter FROM received GROUP BY letter HAVING count(*) > 1)"), ==,
        0);
}

static void round_of(struct tiny *tiny, GRand *dice)
{
    int pipes[2];
    g_assert_cmpint(pipe(pipes), ==, 0);
    g_assert_cmpint(fcntl(pipes[1], F_SETPIPE_SZ, 1024 * 1024), >, 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        child(tiny, pipes[1]);
    }
    close(pipes[1]);
    g_usleep((gulong)g_rand_int_range(dice, 5000, 400000));
    g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
    g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
    tiny_open(tiny); /* catches up */
    tiny_must(tiny, 99, "{'command': 'note', 'text': 'after'}");
    while (tiny_rows(tiny, "SELECT count(*) FROM letter") > 0)
        g_usleep(1000);
    tiny_close(tiny);
    check_acknowledged(tiny, pipes[0]);
    close(pipes[0]);
    check_numbers(tiny);
    tiny_check(tiny);
}

static void test_killed_under_load(void)
{
    int rounds = g_getenv("LIANFANG_LONG") != NULL ? 300 : 6;
    uint32_t seed = (uint32_t)g_test_rand_int();
    g_test_message("seed %u", seed);
    GRand *dice = g_rand_new_with_seed(seed);
    AUTO(tiny) struct tiny tiny;
    tiny_init(&tiny);
    for (int i = 0; i < rounds; i++) {
        if (i % 20 == 19) { /* small again: rebuilding all of it for each round is what takes time */
            tiny_clear(&tiny);
            tiny_init(&tiny);
        }
        round_of(&tiny, dice);
    }
    g_rand_free(dice);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    log_set_level(LOG_ERROR);
    g_test_add_func("/engine/crash/killed_under_load", test_killed_under_load);
    return g_test_run();
}
