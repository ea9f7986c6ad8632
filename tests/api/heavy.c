/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heavy reading: whose turn it is, how much of it, and that it ends with its client. */
#include "rig.h"

#include "api/heavy.h"
#include "base/limits.h"

#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <unistd.h>

static struct rig *rig;

struct order { /* jobs wait at a gate and say when they ran */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool open;
    int running, done;
    GString *ran;
};

struct job {
    struct order *order;
    int64_t account;
    int ends[2];
};

static void wait_at_gate(void *context, struct reader *reader)
{
    struct job *job = context;
    struct order *order = job->order;
    g_assert_nonnull(reader);
    pthread_mutex_lock(&order->lock);
    order->running++;
    g_string_append_printf(order->ran, "%d", (int)job->account);
    pthread_cond_broadcast(&order->changed);
    while (!order->open)
        pthread_cond_wait(&order->changed, &order->lock);
    pthread_mutex_unlock(&order->lock);
    struct timespec began, now; /* so that the account has read something */
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - began.tv_sec) * 1000000000L + now.tv_nsec - began.tv_nsec < 200000);
}

static void end(void *context)
{
    struct job *job = context;
    struct order *order = job->order;
    pthread_mutex_lock(&order->lock);
    order->done++;
    pthread_cond_broadcast(&order->changed);
    pthread_mutex_unlock(&order->lock);
    close(job->ends[0]);
    close(job->ends[1]);
    g_free(job);
}

static void wait_for(struct order *order, const int *count, int wanted)
{
    pthread_mutex_lock(&order->lock);
    while (*count < wanted)
        pthread_cond_wait(&order->changed, &order->lock);
    pthread_mutex_unlock(&order->lock);
}

static enum problem_code submit(struct order *order, int64_t account, bool page)
{
    struct problem *problem = NULL;
    struct job *job = g_new0(struct job, 1);
    job->order = order;
    job->account = account;
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, job->ends), ==, 0);
    const struct heavy_job asked = {.account = account,
                                    .size = HEAVY_LIST,
                                    .page = page,
                                    .fd = job->ends[0],
                                    .run = wait_at_gate,
                                    .done = end,
                                    .context = job};
    if (heavy_submit(rig->server->heavy, &asked, &problem))
        return PROBLEM_COUNT;
    enum problem_code code = problem->code;
    problem_free(problem);
    close(job->ends[0]);
    close(job->ends[1]);
    g_free(job);
    return code;
}

static void order_init(struct order *order)
{
    *order = (struct order){.ran = g_string_new("")};
    pthread_mutex_init(&order->lock, NULL);
    pthread_cond_init(&order->changed, NULL);
}

static void order_end(struct order *order, int jobs)
{
    pthread_mutex_lock(&order->lock);
    order->open = true;
    pthread_cond_broadcast(&order->changed);
    pthread_mutex_unlock(&order->lock);
    wait_for(order, &order->done, jobs);
    pthread_mutex_lock(&order->lock); /* whoever was the last has let go */
    pthread_mutex_unlock(&order->lock);
    pthread_mutex_destroy(&order->lock);
    pthread_cond_destroy(&order->changed);
    g_string_free(order->ran, TRUE);
}

/* One account has two threads at most and a short queue; a page of an export that has begun is not turned away. */
static void few_of_one_account(void)
{
    struct order order;
    order_init(&order);
    for (int i = 0; i < LIMIT_HEAVY_AT_A_TIME; i++)
        g_assert_cmpint(submit(&order, 1, false), ==, PROBLEM_COUNT);
    wait_for(&order, &order.running, LIMIT_HEAVY_AT_A_TIME);
    for (int i = 0; i < LIMIT_HEAVY_WAITING; i++)
        g_assert_cmpint(submit(&order, 1, false), ==, PROBLEM_COUNT);
    g_assert_cmpint(submit(&order, 1, false), ==, PROBLEM_TOO_MANY_REQUESTS);
    g_assert_cmpint(submit(&order, 1, true), ==, PROBLEM_COUNT);
    g_assert_cmpint(submit(&order, 2, false), ==, PROBLEM_COUNT);
    pthread_mutex_lock(&order.lock);
    int of_the_first = 0;
    for (const char *at = order.ran->str; *at != '\0'; at++)
        of_the_first += *at == '1';
    pthread_mutex_unlock(&order.lock);
    g_assert_cmpint(of_the_first, ==, LIMIT_HEAVY_AT_A_TIME);
    order_end(&order, LIMIT_HEAVY_AT_A_TIME + LIMIT_HEAVY_WAITING + 2);
}

/* Whoever has read least is next: one who comes late waits for none of those that wait before. */
static void in_turn(void)
{
    struct order order;
    order_init(&order);
    for (int account = 11; account <= 12; account++)
        for (int i = 0; i < LIMIT_HEAVY_AT_A_TIME; i++)
            g_assert_cmpint(submit(&order, account, false), ==, PROBLEM_COUNT); /* all threads, for a while */
    int jobs = 2 * LIMIT_HEAVY_AT_A_TIME + 1;
    for (int i = 0; i < LIMIT_HEAVY_WAITING; i++) /* those that have not begun wait, too: some may be refused */
        jobs += submit(&order, 11, false) == PROBLEM_COUNT;
    g_assert_cmpint(submit(&order, 3, false), ==, PROBLEM_COUNT);
    pthread_mutex_lock(&order.lock);
    order.open = true;
    pthread_cond_broadcast(&order.changed);
    pthread_mutex_unlock(&order.lock);
    wait_for(&order, &order.done, jobs);
    const char *late = strchr(order.ran->str, '3');
    g_test_message("%s", order.ran->str);
    g_assert_nonnull(late);
    g_assert_cmpuint(strlen(late), >=, 2 * strlen("11")); /* some of the first account came behind */
    order_end(&order, 0);
}

static void note_whether_it_ran(void *context, struct reader *reader)
{
    g_atomic_int_set((gint *)context, reader != NULL ? 1 : 2);
}

static void do_nothing(void *context)
{
}

/* All threads are taken; what has waited too long behind them is told so, a page of an export is read. */
static void waits_no_longer_than_that(void)
{
    struct order order;
    struct problem *problem = NULL;
    gint late = 0, page = 0;
    order_init(&order);
    heavy_let_wait(rig->server->heavy, 0);
    int jobs = 2 * LIMIT_HEAVY_AT_A_TIME;
    for (int i = 0; i < jobs; i++)
        g_assert_cmpint(submit(&order, 41 + i / LIMIT_HEAVY_AT_A_TIME, true), ==, PROBLEM_COUNT);
    const int threads = (int)CLAMP(g_get_num_processors(), 2, 4);
    wait_for(&order, &order.running, threads);
    struct heavy_job job = {
        .account = 45, .size = HEAVY_LIST, .fd = -1, .run = note_whether_it_ran, .done = do_nothing, .context = &late};
    g_assert_true(heavy_submit(rig->server->heavy, &job, &problem));
    job.page = true;
    job.context = &page;
    g_assert_true(heavy_submit(rig->server->heavy, &job, &problem));
    order_end(&order, jobs);
    while (g_atomic_int_get(&page) == 0)
        g_usleep(1000);
    g_assert_cmpint(g_atomic_int_get(&late), ==, 2);
    g_assert_cmpint(g_atomic_int_get(&page), ==, 1);
    heavy_let_wait(rig->server->heavy, LIMIT_HEAVY_WAIT_US);
}

struct endless {
    int ends[2];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool began, over, ended;
};

static void count_without_end(void *context, struct reader *reader)
{
    struct endless *endless = context;
    int64_t count = 0;
    pthread_mutex_lock(&endless->lock);
    endless->began = true;
    pthread_cond_broadcast(&endless->changed);
    pthread_mutex_unlock(&endless->lock);
    db_begin(reader->rows);
    bool counted =
        db_integer(reader->rows, &count,
                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", "");
    endless->over = heavy_is_over(reader) && !counted;
    db_rollback(reader->rows);
}

static void end_endless(void *context)
{
    struct endless *endless = context;
    pthread_mutex_lock(&endless->lock);
    endless->ended = true;
    pthread_cond_broadcast(&endless->changed);
    pthread_mutex_unlock(&endless->lock);
}

static void ends_with_its_client(void)
{
    struct endless endless = {.began = false};
    struct problem *problem = NULL;
    pthread_mutex_init(&endless.lock, NULL);
    pthread_cond_init(&endless.changed, NULL);
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, endless.ends), ==, 0);
    const struct heavy_job job = {.account = 21,
                                  .size = HEAVY_LONG,
                                  .fd = endless.ends[0],
                                  .run = count_without_end,
                                  .done = end_endless,
                                  .context = &endless};
    g_assert_true(heavy_submit(rig->server->heavy, &job, &problem));
    pthread_mutex_lock(&endless.lock);
    while (!endless.began)
        pthread_cond_wait(&endless.changed, &endless.lock);
    close(endless.ends[1]);
    while (!endless.ended)
        pthread_cond_wait(&endless.changed, &endless.lock);
    pthread_mutex_unlock(&endless.lock);
    g_assert_true(endless.over);
    close(endless.ends[0]);
    /* The same thread goes on reading for others. */
    AUTO(reply) struct reply reply = rig_get(rig, "wang", "/api/v1/matters");
    reply_is(&reply, 200, NULL);
}

static void exports_of_one_account(void)
{
    struct problem *problem = NULL;
    for (int i = 0; i < LIMIT_HEAVY_AT_A_TIME; i++)
        g_assert_true(heavy_begin_export(rig->server->heavy, 31, &problem));
    g_assert_false(heavy_begin_export(rig->server->heavy, 31, &problem));
    g_assert_cmpint(problem->code, ==, PROBLEM_TOO_MANY_REQUESTS);
    problem_free(problem);
    heavy_end_export(rig->server->heavy, 31);
    g_assert_true(heavy_begin_export(rig->server->heavy, 31, &problem));
    for (int i = 0; i < LIMIT_HEAVY_AT_A_TIME; i++)
        heavy_end_export(rig->server->heavy, 31);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rig = rig_new();
    g_test_add_func("/heavy/few-of-one-account", few_of_one_account);
    g_test_add_func("/heavy/in-turn", in_turn);
    g_test_add_func("/heavy/waits-no-longer-than-that", waits_no_longer_than_that);
    g_test_add_func("/heavy/ends-with-its-client", ends_with_its_client);
    g_test_add_func("/heavy/exports-of-one-account", exports_of_one_account);
    int failed = g_test_run();
    rig_free(rig);
    return failed;
}
