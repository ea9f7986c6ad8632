/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"

#include "access/guesses.h"
#include "base/limits.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define QUEUE_MAX          256                  /* about 5 s of hashing; beyond it the door says 429 */
#define ADDRESS_PER_MINUTE 120                  /* enough for an office behind one address, not for guessing */
#define CACHE_MAX          20000                /* live sessions in memory */
#define CACHE_US           (30 * US_PER_SECOND) /* a session ended by another program is gone after this */

struct work {
    char *login, *password, *old_password, *address, *device;
    int64_t account; /* of a change */
    login_done done;
    void *context;
};

struct cached {
    struct session session;
    int64_t read_us;
};

struct login_service {
    struct account_store *store;
    const struct clock *clock;
    struct rate_limiter *addresses;
    struct guesses *guesses; /* the login thread's */
    pthread_t thread;
    pthread_mutex_t lock; /* guards queue and stopping */
    pthread_cond_t filled;
    GQueue queue;
    bool stopping;
    pthread_mutex_t cache_lock; /* guards the two below */
    GHashTable *cache;          /* token → struct cached */
    int64_t endings;            /* sessions ended so far: what was read before one of them is not kept */
};

static void secret_free(char *text)
{
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    g_free(text);
}

static void work_free(struct work *work)
{
    secret_free(work->password);
    secret_free(work->old_password);
    g_free(work->login);
    g_free(work->address);
    g_free(work->device);
    g_free(work);
}

static void refuse(const struct work *work, struct problem *problem)
{
    AUTO(problem) struct problem *owned = problem;
    work->done(work->context, NULL, NULL, false, owned);
}

static bool must_wait(const struct work *work, int64_t wait_us)
{
    if (wait_us <= 0)
        return false;
    g_autofree char *seconds = g_strdup_printf("%d", (int)(wait_us / US_PER_SECOND) + 1);
    refuse(work, problem_new(PROBLEM_ACCOUNT_LOCKED, NULL, seconds, NULL));
    return true;
}

/* Under what this attempt is counted; `name` has room for that of a device. */
static struct guess guess_of(struct login_service *service, const struct work *work, int64_t account, int64_t now_us,
                             char name[24])
{
    struct guess guess = {.place = work->address};
    int64_t device;
    account_login_hash(service->store, work->login, guess.login);
    if (work->device != NULL && device_is_of(service->store, work->device, account, now_us, &device)) {
        g_snprintf(name, 24, "%" G_GINT64_MODIFIER "x", device);
        guess.place = name;
        guess.known = true;
    }
    return guess;
}

/* Neither the answer nor its time distinguishes an unknown login name from a wrong password. */
static enum verdict try_password(const struct account *account, const char *password)
{
    if (account->id != 0)
        return account_try(account->hash, password);
    return account_verify_nobody(password) ? PASSWORD_WRONG : PASSWORD_NOT_TRIED;
}

static void log_in(struct login_service *service, const struct work *work)
{
    AUTO(account) struct account account = {0};
    char name[24];
    int64_t now_us = clock_now_us(service->clock);
    account_find(service->store, work->login, &account);
    struct guess guess = guess_of(service, work, account.id, now_us, name);
    if (must_wait(work, guesses_wait_us(service->guesses, &guess, now_us)))
        return;
    enum verdict verdict = try_password(&account, work->password);
    if (verdict == PASSWORD_NOT_TRIED) {
        refuse(work, problem_new(PROBLEM_OUT_OF_MEMORY, NULL, NULL));
        return;
    }
    if (verdict == PASSWORD_WRONG) {
        guesses_wrong(service->guesses, &guess, now_us);
        refuse(work, problem_new(PROBLEM_WRONG_CREDENTIALS, NULL, NULL));
        return;
    }
    guesses_right(service->guesses, &guess);
    if (account.closed) { /* said only after the right password */
        refuse(work, problem_new(PROBLEM_ACCOUNT_CLOSED, NULL, NULL));
        return;
    }
    account_note_login(service->store, account.id, now_us);
    char token[SESSION_TOKEN_TEXT_MAX];
    struct session session;
    session_create(service->store, account.id, now_us, now_us + LIMIT_SESSION_HOURS * US_PER_HOUR, token, &session);
    if (session.id != 0)
        work->done(work->context, token, &session, account.must_change, NULL);
    else
        refuse(work, problem_new(PROBLEM_STORAGE_FAILED, NULL, NULL));
    sodium_memzero(token, sizeof token);
}

static void change_password(struct login_service *service, const struct work *work)
{
    AUTO(account) struct account account = {0};
    if (!account_get(service->store, work->account, &account)) {
        refuse(work, problem_new(PROBLEM_NOT_FOUND, NULL, "", NULL));
        return;
    }
    bool own = work->old_password != NULL;
    if (own && must_wait(work, account.locked_until_us - clock_now_us(service->clock)))
        return;
    enum verdict verdict = own ? account_try(account.hash, work->old_password) : PASSWORD_RIGHT;
    if (verdict == PASSWORD_NOT_TRIED) {
        refuse(work, problem_new(PROBLEM_OUT_OF_MEMORY, NULL, NULL));
        return;
    }
    if (verdict == PASSWORD_WRONG) {
        account_note_failure(service->store, account.id, clock_now_us(service->clock));
        refuse(work, problem_new(PROBLEM_WRONG_CREDENTIALS, "old_password", NULL));
        return;
    }
    if (own && strcmp(work->password, work->old_password) == 0) {
        refuse(work, problem_new(PROBLEM_SAME_PASSWORD, "new_password", NULL));
        return;
    }
    struct problem *problem = NULL;
    char hash[ACCOUNT_HASH_MAX];
    if (!account_password_allowed(work->password, account.login, &problem)) {
        refuse(work, problem);
        return;
    }
    if (!account_hash(work->password, hash)) {
        refuse(work, problem_new(PROBLEM_OUT_OF_MEMORY, NULL, NULL));
        return;
    }
    if (!account_set_hash(service->store, account.id, hash, !own)) {
        refuse(work, problem_new(PROBLEM_STORAGE_FAILED, NULL, NULL));
        return;
    }
    uint8_t login[ACCOUNT_LOGIN_HASH_BYTES];
    account_login_hash(service->store, account.login, login);
    if (!own)
        guesses_forget(service->guesses, login);
    session_end_all(service->store, account.id);
    login_forget_account(service, account.id);
    work->done(work->context, NULL, NULL, !own, NULL);
}

static struct work *next_work(struct login_service *service)
{
    pthread_mutex_lock(&service->lock);
    while (g_queue_is_empty(&service->queue) && !service->stopping)
        pthread_cond_wait(&service->filled, &service->lock);
    struct work *work = g_queue_pop_head(&service->queue);
    pthread_mutex_unlock(&service->lock);
    return work;
}

static void *run(void *context)
{
    struct login_service *service = context;
    for (struct work *work = next_work(service); work != NULL; work = next_work(service)) {
        if (work->account != 0)
            change_password(service, work);
        else
            log_in(service, work);
        work_free(work);
    }
    return NULL;
}

struct login_service *login_service_new(struct account_store *store, const struct clock *clock, int per_minute)
{
    struct login_service *service = g_new0(struct login_service, 1);
    service->store = store;
    service->clock = clock;
    if (per_minute == 0)
        per_minute = ADDRESS_PER_MINUTE;
    service->addresses = rate_limiter_new(per_minute, per_minute);
    service->guesses = guesses_new();
    service->cache = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    pthread_mutex_init(&service->lock, NULL);
    pthread_mutex_init(&service->cache_lock, NULL);
    pthread_cond_init(&service->filled, NULL);
    g_queue_init(&service->queue);
    g_assert(pthread_create(&service->thread, NULL, run, service) == 0);
    return service;
}

void login_service_free(struct login_service *service)
{
    pthread_mutex_lock(&service->lock);
    service->stopping = true;
    pthread_cond_signal(&service->filled);
    pthread_mutex_unlock(&service->lock);
    pthread_join(service->thread, NULL); /* what was taken is answered first */
    rate_limiter_free(service->addresses);
    guesses_free(service->guesses);
    g_hash_table_unref(service->cache);
    pthread_mutex_destroy(&service->lock);
    pthread_mutex_destroy(&service->cache_lock);
    pthread_cond_destroy(&service->filled);
    g_free(service);
}

static bool enqueue(struct login_service *service, struct work *work)
{
    pthread_mutex_lock(&service->lock);
    bool taken = !service->stopping && g_queue_get_length(&service->queue) < QUEUE_MAX;
    if (taken) {
        g_queue_push_tail(&service->queue, work);
        pthread_cond_signal(&service->filled);
    }
    pthread_mutex_unlock(&service->lock);
    if (!taken)
        work_free(work);
    return taken;
}

bool login_submit(struct login_service *service, const char *login, const char *password, const char *address,
                  const char *device, login_done done, void *context)
{
    int wait_seconds;
    if (!rate_limiter_take(service->addresses, address, clock_monotonic_us(), &wait_seconds))
        return false;
    struct work *work = g_new0(struct work, 1);
    *work = (struct work){.login = g_strdup(login),
                          .password = g_strdup(password),
                          .address = g_strdup(address),
                          .device = g_strdup(device),
                          .done = done,
                          .context = context};
    return enqueue(service, work);
}

void login_device(struct login_service *service, int64_t account, char out[DEVICE_TEXT_MAX])
{
    device_make(service->store, account, clock_now_us(service->clock), out);
}

void login_store_key(struct login_service *service, int64_t account, char out[STORE_KEY_TEXT_MAX])
{
    device_store_key(service->store, account, out);
}

bool login_change_password(struct login_service *service, int64_t account, const char *old_password,
                           const char *new_password, login_done done, void *context)
{
    struct work *work = g_new0(struct work, 1);
    *work = (struct work){.account = account,
                          .old_password = g_strdup(old_password),
                          .password = g_strdup(new_password),
                          .done = done,
                          .context = context};
    return enqueue(service, work);
}

/* ---- sessions ---- */

static bool find_cached(struct login_service *service, const char *token, int64_t monotonic_us, struct session *out,
                        int64_t *out_endings)
{
    pthread_mutex_lock(&service->cache_lock);
    *out_endings = service->endings;
    const struct cached *cached = g_hash_table_lookup(service->cache, token);
    bool fresh = cached != NULL && monotonic_us - cached->read_us < CACHE_US;
    if (fresh)
        *out = cached->session;
    pthread_mutex_unlock(&service->cache_lock);
    return fresh;
}

static void keep_cached(struct login_service *service, const char *token, int64_t monotonic_us,
                        const struct session *session, int64_t endings)
{
    pthread_mutex_lock(&service->cache_lock);
    if (g_hash_table_size(service->cache) >= CACHE_MAX)
        g_hash_table_remove_all(service->cache);
    if (endings == service->endings) {
        struct cached *cached = g_new(struct cached, 1);
        *cached = (struct cached){*session, monotonic_us};
        g_hash_table_replace(service->cache, g_strdup(token), cached);
    }
    pthread_mutex_unlock(&service->cache_lock);
}

bool login_session(struct login_service *service, const char *token, struct session *out)
{
    int64_t now_us = clock_now_us(service->clock), monotonic_us = clock_monotonic_us();
    int64_t endings;
    struct session session;
    if (!find_cached(service, token, monotonic_us, &session, &endings)) {
        if (!session_find(service->store, token, now_us, &session))
            return false;
        keep_cached(service, token, monotonic_us, &session, endings);
    }
    if (session.expires_us <= now_us)
        return false;
    *out = session;
    return true;
}

void login_logout(struct login_service *service, const char *token)
{
    session_end(service->store, token);
    pthread_mutex_lock(&service->cache_lock);
    service->endings++;
    g_hash_table_remove(service->cache, token);
    pthread_mutex_unlock(&service->cache_lock);
}

static gboolean is_of_account(gpointer token, gpointer cached, gpointer account)
{
    return ((struct cached *)cached)->session.account == *(int64_t *)account;
}

void login_forget_account(struct login_service *service, int64_t account)
{
    pthread_mutex_lock(&service->cache_lock);
    service->endings++;
    g_hash_table_foreach_remove(service->cache, is_of_account, &account);
    pthread_mutex_unlock(&service->cache_lock);
}
