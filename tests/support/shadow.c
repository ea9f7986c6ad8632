/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/shadow.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512

struct sector {
    uint8_t before[SECTOR]; /* zeros beyond the end of the file */
    bool lost;              /* a sync of it has failed */
};

static int64_t bytes_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (int64_t)status.st_size : -1;
}

struct shadow *shadow_new(const char *path)
{
    struct shadow *shadow = g_new0(struct shadow, 1);
    shadow->path = g_strdup(path);
    shadow->on_disk = bytes_of(path) >= 0;
    shadow->disk_bytes = MAX(bytes_of(path), 0);
    shadow->pending = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return shadow;
}

void shadow_free(struct shadow *shadow)
{
    g_hash_table_unref(shadow->pending);
    g_clear_pointer(&shadow->replaced, g_bytes_unref);
    g_free(shadow->path);
    g_free(shadow);
}

static void remember(struct shadow *shadow, sqlite3_file *real, int64_t number)
{
    struct sector *sector = g_hash_table_lookup(shadow->pending, &number);
    if (sector == NULL) {
        sector = g_new0(struct sector, 1);
        int code = real->pMethods->xRead(real, sector->before, SECTOR, number * SECTOR);
        g_assert(code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ);
        g_hash_table_insert(shadow->pending, g_memdup2(&number, sizeof number), sector);
    }
    sector->lost = false;
}

void shadow_writing(struct shadow *shadow, sqlite3_file *real, int64_t offset, int64_t bytes)
{
    for (int64_t number = offset / SECTOR; number * SECTOR < offset + bytes; number++)
        remember(shadow, real, number);
}

void shadow_truncating(struct shadow *shadow, sqlite3_file *real, int64_t bytes)
{
    sqlite3_int64 size = 0;
    g_assert(real->pMethods->xFileSize(real, &size) == SQLITE_OK);
    if (bytes < size)
        shadow_writing(shadow, real, bytes, size - bytes);
}

void shadow_synced(struct shadow *shadow, int64_t bytes)
{
    GHashTableIter iter;
    gpointer sector;
    g_hash_table_iter_init(&iter, shadow->pending);
    while (g_hash_table_iter_next(&iter, NULL, &sector))
        if (!((struct sector *)sector)->lost)
            g_hash_table_iter_remove(&iter);
    shadow->disk_bytes = bytes;
    shadow->on_disk = true; /* as ext4, XFS and Btrfs do: the sync of a file makes its own name durable */
    g_clear_pointer(&shadow->replaced, g_bytes_unref);
}

void shadow_sync_failed(struct shadow *shadow)
{
    GHashTableIter iter;
    gpointer sector;
    g_hash_table_iter_init(&iter, shadow->pending);
    while (g_hash_table_iter_next(&iter, NULL, &sector))
        ((struct sector *)sector)->lost = true;
}

/* ---- names ---- */

/* The file as the disk has it, put together in memory. */
static GBytes *disk_content(struct shadow *shadow)
{
    g_autofree char *live = NULL;
    gsize bytes = 0;
    g_assert(g_file_get_contents(shadow->path, &live, &bytes, NULL));
    GByteArray *content = g_byte_array_new();
    g_byte_array_set_size(content, (guint)shadow->disk_bytes);
    if (content->len > 0) {
        memset(content->data, 0, content->len);
        memcpy(content->data, live, MIN(bytes, (gsize)shadow->disk_bytes));
    }
    GHashTableIter iter;
    gpointer number, sector;
    g_hash_table_iter_init(&iter, shadow->pending);
    while (g_hash_table_iter_next(&iter, &number, &sector)) {
        int64_t start = *(int64_t *)number * SECTOR;
        if (start < shadow->disk_bytes)
            memcpy(content->data + start, ((struct sector *)sector)->before,
                   (size_t)MIN(SECTOR, shadow->disk_bytes - start));
    }
    return g_byte_array_free_to_bytes(content);
}

void shadow_deleting(struct shadow *shadow)
{
    if (shadow->on_disk && shadow->replaced == NULL && bytes_of(shadow->path) >= 0)
        shadow->replaced = disk_content(shadow);
    g_hash_table_remove_all(shadow->pending);
    shadow->disk_bytes = 0;
}

void shadow_created(struct shadow *shadow)
{
    g_hash_table_remove_all(shadow->pending);
    shadow->disk_bytes = 0;
}

void shadow_settle_name(struct shadow *shadow)
{
    shadow->on_disk = bytes_of(shadow->path) >= 0;
    g_clear_pointer(&shadow->replaced, g_bytes_unref);
}

/* ---- power ---- */

struct fate { /* of a file's sectors */
    enum { LOSE_ALL, KEEP_ALL, KEEP_SOME, KEEP_FRONT, FATE_COUNT } what;
    int64_t front;
};

static struct fate cast_fate(const struct shadow *shadow, enum survival survival, GRand *dice)
{
    if (survival != SURVIVES_SOME)
        return (struct fate){survival == SURVIVES_ALL ? KEEP_ALL : LOSE_ALL, 0};
    int64_t sectors = MAX(bytes_of(shadow->path), shadow->disk_bytes) / SECTOR + 1;
    return (struct fate){(unsigned)g_rand_int_range(dice, 0, FATE_COUNT),
                         g_rand_int_range(dice, 0, (gint32)MIN(sectors + 1, G_MAXINT32))};
}

static bool survives(const struct fate *fate, int64_t number, GRand *dice)
{
    switch (fate->what) {
    case KEEP_ALL:
        return true;
    case KEEP_SOME:
        return g_rand_boolean(dice);
    case KEEP_FRONT:
        return number < fate->front;
    case LOSE_ALL:
    case FATE_COUNT:
        break;
    }
    return false;
}

static int by_number(gconstpointer a, gconstpointer b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Puts back the sectors that are lost; the file becomes as long as the disk has it, or reaches to the last
 * sector that survived beyond. */
static void put_back(struct shadow *shadow, enum survival survival, GRand *dice)
{
    int fd = open(shadow->path, O_RDWR | O_CLOEXEC);
    g_assert(fd >= 0);
    int64_t live_bytes = bytes_of(shadow->path), end = shadow->disk_bytes;
    struct fate fate = cast_fate(shadow, survival, dice);
    if (fate.what == KEEP_ALL)
        end = live_bytes;
    GList *numbers = g_list_sort(g_hash_table_get_keys(shadow->pending), by_number); /* so that a seed repeats */
    for (GList *item = numbers; item != NULL; item = item->next) {
        int64_t number = *(int64_t *)item->data;
        const struct sector *sector = g_hash_table_lookup(shadow->pending, item->data);
        bool is_there = number * SECTOR < live_bytes;
        if (!sector->lost && survives(&fate, number, dice) && is_there)
            end = MAX(end, MIN((number + 1) * SECTOR, live_bytes));
        else if (sector->lost || fate.what != KEEP_ALL)
            g_assert(pwrite(fd, sector->before, SECTOR, number * SECTOR) == SECTOR);
    }
    g_list_free(numbers);
    g_assert(ftruncate(fd, end) == 0);
    close(fd);
}

void shadow_lose_power(struct shadow *shadow, enum survival survival, GRand *dice)
{
    bool name_survives = survival == SURVIVES_ALL || (survival == SURVIVES_SOME && g_rand_boolean(dice));
    bool is_there = bytes_of(shadow->path) >= 0;
    if (!name_survives && shadow->replaced != NULL)
        g_assert(g_file_set_contents(shadow->path, g_bytes_get_data(shadow->replaced, NULL),
                                     (gssize)g_bytes_get_size(shadow->replaced), NULL));
    else if (!name_survives && !shadow->on_disk && is_there)
        g_assert(unlink(shadow->path) == 0);
    else if (is_there)
        put_back(shadow, survival, dice);
    g_hash_table_remove_all(shadow->pending);
    shadow_settle_name(shadow);
    shadow->disk_bytes = MAX(bytes_of(shadow->path), 0);
}
