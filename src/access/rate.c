/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"

#include <math.h>
#include <pthread.h>

#define BUCKETS_MAX   20000         /* about 2 MiB; when full, new keys share one bucket */
#define LOOK_AGAIN_US US_PER_SECOND /* for full buckets, which can be dropped */

struct bucket {
    double tokens;
    int64_t at_us;
};

struct rate_limiter {
    pthread_mutex_t lock;
    GHashTable *buckets;
    struct bucket shared; /* of keys for which the table has no room: none of the others is dropped for them */
    int64_t looked_us;
    double per_us, burst;
};

struct rate_limiter *rate_limiter_new(int per_minute, int burst)
{
    g_assert(per_minute > 0 && burst > 0);
    struct rate_limiter *limiter = g_new0(struct rate_limiter, 1);
    pthread_mutex_init(&limiter->lock, NULL);
    limiter->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    limiter->per_us = per_minute / (double)US_PER_MINUTE;
    limiter->burst = burst;
    limiter->shared.tokens = burst;
    return limiter;
}

void rate_limiter_free(struct rate_limiter *limiter)
{
    g_hash_table_unref(limiter->buckets);
    pthread_mutex_destroy(&limiter->lock);
    g_free(limiter);
}

static gboolean is_full_again(gpointer key, gpointer value, gpointer context)
{
    const struct rate_limiter *limiter = context;
    const struct bucket *bucket = value;
    return bucket->tokens + (double)(limiter->looked_us - bucket->at_us) * limiter->per_us >= limiter->burst;
}

static bool has_place(struct rate_limiter *limiter, int64_t now_us)
{
    if (g_hash_table_size(limiter->buckets) < BUCKETS_MAX)
        return true;
    if (now_us - limiter->looked_us >= LOOK_AGAIN_US) {
        limiter->looked_us = now_us;
        g_hash_table_foreach_remove(limiter->buckets, is_full_again, limiter);
    }
    return g_hash_table_size(limiter->buckets) < BUCKETS_MAX;
}

static struct bucket *bucket_of(struct rate_limiter *limiter, const char *key, int64_t now_us)
{
    struct bucket *bucket = g_hash_table_lookup(limiter->buckets, key);
    if (bucket != NULL)
        return bucket;
    if (!has_place(limiter, now_us))
        return &limiter->shared;
    bucket = g_new(struct bucket, 1);
    *bucket = (struct bucket){limiter->burst, now_us};
    g_hash_table_insert(limiter->buckets, g_strdup(key), bucket);
    return bucket;
}

static struct bucket *filled_bucket(struct rate_limiter *limiter, const char *key, int64_t now_us)
{
    struct bucket *bucket = bucket_of(limiter, key, now_us);
    bucket->tokens = MIN(limiter->burst, bucket->tokens + (double)(now_us - bucket->at_us) * limiter->per_us);
    bucket->at_us = now_us;
    return bucket;
}

bool rate_limiter_take_many(struct rate_limiter *limiter, const char *key, double tokens, int64_t monotonic_us,
                            int *out_wait_seconds)
{
    pthread_mutex_lock(&limiter->lock);
    struct bucket *bucket = filled_bucket(limiter, key, monotonic_us);
    double wanted = MIN(tokens, limiter->burst);
    bool taken = bucket->tokens >= wanted;
    if (taken)
        bucket->tokens -= wanted;
    else
        *out_wait_seconds = (int)ceil((wanted - bucket->tokens) / limiter->per_us / (double)US_PER_SECOND);
    pthread_mutex_unlock(&limiter->lock);
    return taken;
}

bool rate_limiter_take(struct rate_limiter *limiter, const char *key, int64_t monotonic_us, int *out_wait_seconds)
{
    return rate_limiter_take_many(limiter, key, 1, monotonic_us, out_wait_seconds);
}

void rate_limiter_charge(struct rate_limiter *limiter, const char *key, double tokens, int64_t monotonic_us)
{
    pthread_mutex_lock(&limiter->lock);
    struct bucket *bucket = filled_bucket(limiter, key, monotonic_us);
    bucket->tokens = MAX(bucket->tokens - tokens, -limiter->burst);
    pthread_mutex_unlock(&limiter->lock);
}
