/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/heavy.h"

#include "base/limits.h"
#include "base/log.h"

#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 4
#define NICENESS    8 /* a sixth of the share of other threads on a busy processor */

struct waiting_job {
    struct heavy_job job;
    int64_t since_us;
};

struct share { /* of one account, while it waits or reads */
    int64_t account, used_us;
    int running, exports;
    GQueue waiting; /* of struct waiting_job, owned */
};

struct worker {
    struct heavy *heavy;
    pthread_t thread;
    struct reader *reader;
    const struct heavy_job *job;
    bool over;
};

struct heavy {
    struct server *server;
    pthread_mutex_t lock;
    pthread_cond_t work;
    GHashTable *shares; /* account → struct share */
    guint waiting;
    int long_running, thread_count;
    int64_t most_us; /* that a job waits */
    bool ending;
    struct rate_limiter *times; /* a token is a millisecond of a processor */
    struct worker workers[THREADS_MAX];
};

static _Thread_local struct worker *current;

/* ---- the next account ---- */

static void share_free(gpointer data)
{
    struct share *share = data;
    g_queue_clear_full(&share->waiting, g_free);
    g_free(share);
}

/* A new account starts with the least that any other has read: idle time gives no credit. */
static struct share *share_of(struct heavy *heavy, int64_t account)
{
    struct share *share = g_hash_table_lookup(heavy->shares, &account);
    if (share != NULL)
        return share;
    share = g_new0(struct share, 1);
    share->account = account;
    g_queue_init(&share->waiting);
    GHashTableIter iter;
    gpointer other;
    int64_t least_us = INT64_MAX;
    g_hash_table_iter_init(&iter, heavy->shares);
    while (g_hash_table_iter_next(&iter, NULL, &other))
        least_us = MIN(least_us, ((const struct share *)other)->used_us);
    share->used_us = least_us != INT64_MAX ? least_us : 0;
    g_hash_table_insert(heavy->shares, &share->account, share);
    return share;
}

static bool may_run(const struct heavy *heavy, const struct share *share)
{
    const struct waiting_job *first = g_queue_peek_head((GQueue *)&share->waiting);
    return first != NULL && share->running < LIMIT_HEAVY_AT_A_TIME &&
           (first->job.size != HEAVY_LONG || heavy->long_running < MAX(heavy->thread_count - 1, 1));
}

static struct share *next_share(struct heavy *heavy)
{
    GHashTableIter iter;
    gpointer value;
    struct share *next = NULL;
    g_hash_table_iter_init(&iter, heavy->shares);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct share *share = value;
        if (may_run(heavy, share) && (next == NULL || share->used_us < next->used_us))
            next = share;
    }
    return next;
}

/* The first of an account has waited longest. */
static struct share *share_kept_waiting(struct heavy *heavy)
{
    GHashTableIter iter;
    int64_t now_us = clock_monotonic_us();
    g_hash_table_iter_init(&iter, heavy->shares);
    for (gpointer value; g_hash_table_iter_next(&iter, NULL, &value);) {
        const struct waiting_job *first = g_queue_peek_head(&((struct share *)value)->waiting);
        if (first != NULL && !first->job.page && now_us - first->since_us > heavy->most_us)
            return value;
    }
    return NULL;
}

/* ---- running ---- */

static bool is_gone(int fd)
{
    struct pollfd client = {.fd = fd, .events = POLLRDHUP};
    return poll(&client, 1, 0) > 0 && (client.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static bool read_flags(void *context)
{
    struct worker *worker = context;
    worker->over = worker->over || is_gone(worker->job->fd);
    return worker->over;
}

bool heavy_is_over(const struct reader *reader)
{
    return current != NULL && current->reader == reader && read_flags(current);
}

static struct reader *reader_of(struct worker *worker)
{
    struct engine *engine = worker->heavy->server->engine;
    g_autoptr(GError) error = NULL;
    if (worker->reader != NULL)
        return worker->reader;
    worker->reader = reader_open(engine_data_dir(engine), engine_keys_dir(engine), &error);
    if (worker->reader == NULL)
        log_write(LOG_ERROR, "no reader", "why", error->message, NULL);
    else
        db_end_when(worker->reader->rows, read_flags, worker);
    return worker->reader;
}

int64_t heavy_clock_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * US_PER_SECOND + used.tv_nsec / 1000;
}

static int64_t run_job(struct worker *worker, const struct heavy_job *job, bool ending)
{
    worker->job = job;
    worker->over = false;
    engine_long_read_begin(worker->heavy->server->engine);
    int64_t from_us = heavy_clock_us();
    job->run(job->context, ending ? NULL : reader_of(worker));
    engine_long_read_end(worker->heavy->server->engine);
    int64_t used_us = heavy_clock_us() - from_us;
    worker->job = NULL;
    job->done(job->context);
    return used_us;
}

void heavy_charge(struct heavy *heavy, int64_t account, int64_t used_us)
{
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, account);
    rate_limiter_charge(heavy->times, key, (double)used_us / 1000, clock_monotonic_us());
}

static void drop_idle(struct heavy *heavy, const struct share *share)
{
    if (share->running == 0 && share->exports == 0 && share->waiting.length == 0)
        g_hash_table_remove(heavy->shares, &share->account);
}

static void end_job(struct heavy *heavy, struct share *share, const struct heavy_job *job, int64_t used_us)
{
    share->running--;
    share->used_us += used_us;
    heavy->long_running -= job->size == HEAVY_LONG;
    drop_idle(heavy, share);
    pthread_cond_broadcast(&heavy->work);
}

/* `lock` is held, but not while the job is told. */
static void drop_job(struct heavy *heavy, struct share *share)
{
    g_autofree struct waiting_job *dropped = g_queue_pop_head(&share->waiting);
    const struct heavy_job *job = &dropped->job;
    heavy->waiting--;
    drop_idle(heavy, share);
    pthread_mutex_unlock(&heavy->lock);
    job->run(job->context, NULL);
    job->done(job->context);
    pthread_mutex_lock(&heavy->lock);
}

/* `lock` is held, but not while the job runs. */
static void take_job(struct worker *worker, struct share *share)
{
    struct heavy *heavy = worker->heavy;
    g_autofree struct waiting_job *taken = g_queue_pop_head(&share->waiting);
    const struct heavy_job *job = &taken->job;
    bool ending = heavy->ending;
    heavy->waiting--;
    heavy->long_running += job->size == HEAVY_LONG;
    share->running++;
    pthread_mutex_unlock(&heavy->lock);
    int64_t used_us = run_job(worker, job, ending);
    heavy_charge(heavy, job->account, used_us);
    pthread_mutex_lock(&heavy->lock);
    end_job(heavy, share, job, used_us);
}

static void *work(void *context)
{
    struct worker *worker = current = context;
    struct heavy *heavy = worker->heavy;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    pthread_mutex_lock(&heavy->lock);
    for (;;) {
        struct share *late = share_kept_waiting(heavy), *share = late == NULL ? next_share(heavy) : NULL;
        if (late != NULL)
            drop_job(heavy, late);
        else if (share != NULL)
            take_job(worker, share);
        else if (heavy->ending)
            break;
        else
            pthread_cond_wait(&heavy->work, &heavy->lock);
    }
    pthread_mutex_unlock(&heavy->lock);
    if (worker->reader != NULL)
        reader_close(worker->reader);
    return NULL;
}

/* ---- from outside ---- */

struct heavy *heavy_new(struct server *server)
{
    struct heavy *heavy = g_new0(struct heavy, 1);
    heavy->server = server;
    pthread_mutex_init(&heavy->lock, NULL);
    pthread_cond_init(&heavy->work, NULL);
    heavy->shares = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, share_free);
    heavy->times = rate_limiter_new(LIMIT_READING_MS_PER_MINUTE, LIMIT_READING_MS_BURST);
    heavy->most_us = LIMIT_HEAVY_WAIT_US;
    heavy->thread_count = (int)CLAMP(g_get_num_processors(), 2, THREADS_MAX);
    for (int i = 0; i < heavy->thread_count; i++) {
        heavy->workers[i].heavy = heavy;
        int failed = pthread_create(&heavy->workers[i].thread, NULL, work, &heavy->workers[i]);
        g_assert(failed == 0);
    }
    return heavy;
}

void heavy_free(struct heavy *heavy)
{
    if (heavy == NULL)
        return;
    pthread_mutex_lock(&heavy->lock);
    heavy->ending = true;
    pthread_cond_broadcast(&heavy->work);
    pthread_mutex_unlock(&heavy->lock);
    for (int i = 0; i < heavy->thread_count; i++)
        pthread_join(heavy->workers[i].thread, NULL);
    g_hash_table_unref(heavy->shares);
    rate_limiter_free(heavy->times);
    pthread_cond_destroy(&heavy->work);
    pthread_mutex_destroy(&heavy->lock);
    g_free(heavy);
}

bool heavy_is_ending(struct heavy *heavy)
{
    pthread_mutex_lock(&heavy->lock);
    bool ending = heavy->ending;
    pthread_mutex_unlock(&heavy->lock);
    return ending;
}

void heavy_let_wait(struct heavy *heavy, int64_t most_us)
{
    pthread_mutex_lock(&heavy->lock);
    heavy->most_us = most_us;
    pthread_mutex_unlock(&heavy->lock);
}

static struct problem *too_many(int wait_seconds)
{
    g_autofree char *wait = g_strdup_printf("%d", MAX(1, wait_seconds));
    return problem_new(PROBLEM_TOO_MANY_REQUESTS, NULL, wait, NULL);
}

static bool has_time(struct heavy *heavy, int64_t account, struct problem **out_problem)
{
    int wait_seconds = 1;
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, account);
    if (rate_limiter_take(heavy->times, key, clock_monotonic_us(), &wait_seconds))
        return true;
    *out_problem = too_many(wait_seconds);
    return false;
}

static struct problem *no_room(const struct heavy *heavy, const struct share *share, const struct heavy_job *job)
{
    if (job->page)
        return NULL;
    if (heavy->waiting >= LIMIT_HEAVY_WAITING_ALL)
        return problem_new(PROBLEM_QUEUE_FULL, NULL, NULL);
    return share->waiting.length >= LIMIT_HEAVY_WAITING ? too_many(1) : NULL;
}

bool heavy_submit(struct heavy *heavy, const struct heavy_job *job, struct problem **out_problem)
{
    if (!job->page && !has_time(heavy, job->account, out_problem))
        return false;
    pthread_mutex_lock(&heavy->lock);
    struct share *share = share_of(heavy, job->account);
    struct problem *problem = no_room(heavy, share, job);
    if (problem == NULL) {
        const struct waiting_job waiting = {*job, clock_monotonic_us()};
        g_queue_push_tail(&share->waiting, g_memdup2(&waiting, sizeof waiting));
        heavy->waiting++;
        pthread_cond_signal(&heavy->work);
    }
    drop_idle(heavy, share);
    pthread_mutex_unlock(&heavy->lock);
    if (problem != NULL)
        *out_problem = problem;
    return problem == NULL;
}

bool heavy_begin_export(struct heavy *heavy, int64_t account, struct problem **out_problem)
{
    if (!has_time(heavy, account, out_problem))
        return false;
    pthread_mutex_lock(&heavy->lock);
    struct share *share = share_of(heavy, account);
    bool room = share->exports < LIMIT_HEAVY_AT_A_TIME;
    share->exports += room;
    pthread_mutex_unlock(&heavy->lock);
    if (!room)
        *out_problem = too_many(1);
    return room;
}

void heavy_end_export(struct heavy *heavy, int64_t account)
{
    pthread_mutex_lock(&heavy->lock);
    struct share *share = share_of(heavy, account);
    share->exports--;
    drop_idle(heavy, share);
    pthread_mutex_unlock(&heavy->lock);
}
