/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/uploads.h"

#include "base/clock.h"
#include "base/limits.h"

#include <glib.h>
#include <pthread.h>
#include <sys/statvfs.h>

#define COPIES       2    /* as it came, and sealed */
#define FORGET_ABOVE 1000 /* accounts whose day is over are forgotten when there are so many */

struct sender {
    int64_t since_us; /* its day */
    int under_way;
    int64_t files, bytes; /* of its day */
};

struct uploads {
    pthread_mutex_t lock;
    char *data_dir;
    int64_t floor_bytes, files_a_day;
    GHashTable *senders; /* account → struct sender */
    int under_way;
    int64_t promised_bytes;
};

struct uploads *uploads_new(const char *data_dir, int64_t floor_bytes, int files)
{
    struct uploads *uploads = g_new0(struct uploads, 1);
    pthread_mutex_init(&uploads->lock, NULL);
    uploads->data_dir = g_strdup(data_dir);
    uploads->floor_bytes = floor_bytes > 0 ? floor_bytes : LIMIT_FREE_BYTES;
    uploads->files_a_day = files > 0 ? files : LIMIT_UPLOADS_A_DAY;
    uploads->senders = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return uploads;
}

void uploads_free(struct uploads *uploads)
{
    if (uploads == NULL)
        return;
    g_hash_table_unref(uploads->senders);
    g_free(uploads->data_dir);
    pthread_mutex_destroy(&uploads->lock);
    g_free(uploads);
}

static gboolean is_over(gpointer account, gpointer value, gpointer now_us)
{
    const struct sender *sender = value;
    return sender->under_way == 0 && *(int64_t *)now_us - sender->since_us >= US_PER_DAY;
}

static struct sender *sender_of(struct uploads *uploads, int64_t account, int64_t now_us)
{
    struct sender *sender = g_hash_table_lookup(uploads->senders, &account);
    if (sender == NULL) {
        if (g_hash_table_size(uploads->senders) >= FORGET_ABOVE)
            g_hash_table_foreach_remove(uploads->senders, is_over, &now_us);
        int64_t *key = g_new(int64_t, 1);
        *key = account;
        sender = g_new0(struct sender, 1);
        sender->since_us = now_us;
        g_hash_table_insert(uploads->senders, key, sender);
    } else if (now_us - sender->since_us >= US_PER_DAY) {
        *sender = (struct sender){.since_us = now_us, .under_way = sender->under_way};
    }
    return sender;
}

static struct problem *wait_for(enum problem_code code, int64_t wait_us)
{
    g_autofree char *seconds = g_strdup_printf("%d", (int)(wait_us / US_PER_SECOND) + 1);
    return problem_new(code, NULL, seconds, NULL);
}

/* Where statvfs() fails, the disk counts as having room: a write will report it. */
static bool has_room(const struct uploads *uploads, int64_t bytes)
{
    struct statvfs disk;
    if (statvfs(uploads->data_dir, &disk) != 0)
        return true;
    guint64 free_bytes = (guint64)disk.f_bavail * disk.f_frsize;
    return free_bytes / 2 > G_MAXINT64 / 2 ||
           (int64_t)free_bytes - uploads->promised_bytes - COPIES * bytes >= uploads->floor_bytes;
}

static struct problem *look(const struct uploads *uploads, const struct sender *sender, int64_t bytes, int64_t now_us)
{
    if (sender->files >= uploads->files_a_day || sender->bytes + bytes > LIMIT_UPLOAD_BYTES_A_DAY)
        return wait_for(PROBLEM_UPLOAD_QUOTA_SPENT, sender->since_us + US_PER_DAY - now_us);
    if (sender->under_way >= LIMIT_UPLOADS_OF_ACCOUNT || uploads->under_way >= LIMIT_UPLOADS_AT_ONCE)
        return wait_for(PROBLEM_TOO_MANY_REQUESTS, 0);
    return has_room(uploads, bytes) ? NULL : problem_new(PROBLEM_DISK_NEARLY_FULL, NULL, NULL);
}

struct problem *uploads_begin(struct uploads *uploads, int64_t account, int64_t bytes, int64_t now_us)
{
    pthread_mutex_lock(&uploads->lock);
    struct sender *sender = sender_of(uploads, account, now_us);
    struct problem *problem = look(uploads, sender, bytes, now_us);
    if (problem == NULL) {
        sender->under_way++;
        sender->files++;
        sender->bytes += bytes;
        uploads->under_way++;
        uploads->promised_bytes += COPIES * bytes;
    }
    pthread_mutex_unlock(&uploads->lock);
    return problem;
}

void uploads_end(struct uploads *uploads, int64_t account, int64_t bytes, int64_t came)
{
    pthread_mutex_lock(&uploads->lock);
    struct sender *sender = g_hash_table_lookup(uploads->senders, &account);
    g_assert(sender != NULL && sender->under_way > 0);
    sender->under_way--;
    sender->bytes = MAX(0, sender->bytes - (bytes - came)); /* a day may have begun meanwhile */
    uploads->under_way--;
    uploads->promised_bytes -= COPIES * bytes;
    pthread_mutex_unlock(&uploads->lock);
}
