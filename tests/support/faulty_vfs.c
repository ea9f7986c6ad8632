/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/faulty_vfs.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct plan {
    bool is_on, lasting, is_cut;
    enum faulty_op op;
    char *pattern;
    int64_t nth, seen, failed;
    int64_t slow_us; /* it only takes so long */
    enum survival survival;
    uint32_t seed;
};

struct faulty_vfs {
    sqlite3_vfs base; /* first: SQLite hands us a pointer to it */
    sqlite3_vfs *real;
    char *name;
    pthread_mutex_t lock; /* over all below, and over a change of a file with its shadow */
    GHashTable *shadows;  /* path → struct shadow */
    struct plan plan;
    int64_t counts[FAULTY_OP_COUNT];
    _Atomic unsigned epoch; /* counts the losses of power; read without the lock */
    int open_files, dead_files;
};

struct faulty_file {
    sqlite3_file base;
    struct faulty_vfs *vfs;
    struct shadow *shadow;
    unsigned epoch;
    bool syncs_directory; /* as unix VFS: a new journal's first sync covers the directory */
    sqlite3_file *real;   /* behind this struct */
};

/* clang-format off */
static const int codes[FAULTY_OP_COUNT] = {
    [FAULTY_OPEN] = SQLITE_CANTOPEN,
    [FAULTY_READ] = SQLITE_IOERR_READ,
    [FAULTY_WRITE] = SQLITE_IOERR_WRITE,
    [FAULTY_FULL] = SQLITE_FULL,
    [FAULTY_TRUNCATE] = SQLITE_IOERR_TRUNCATE,
    [FAULTY_SYNC] = SQLITE_IOERR_FSYNC,
    [FAULTY_DELETE] = SQLITE_IOERR_DELETE,
};
/* clang-format on */

/* ---- plans, under the lock ---- */

static void lose_power(struct faulty_vfs *vfs, enum survival survival, uint32_t seed)
{
    GRand *dice = g_rand_new_with_seed(seed);
    GList *paths = g_list_sort(g_hash_table_get_keys(vfs->shadows), (GCompareFunc)strcmp); /* a seed repeats */
    for (GList *item = paths; item != NULL; item = item->next) {
        struct shadow *shadow = g_hash_table_lookup(vfs->shadows, item->data);
        shadow_lose_power(shadow, survival, dice);
        g_autofree char *memory = g_strconcat(shadow->path, "-shm", NULL);
        g_unlink(memory);
    }
    g_list_free(paths);
    g_rand_free(dice);
    vfs->epoch++;
    vfs->dead_files = vfs->open_files;
}

/* Counts the operation; SQLITE_OK, or what it shall fail with. */
static int meet(struct faulty_vfs *vfs, enum faulty_op op, const char *path)
{
    struct plan *plan = &vfs->plan;
    vfs->counts[op]++;
    if (!plan->is_on || plan->op != op)
        return SQLITE_OK;
    g_autofree char *name = g_path_get_basename(path);
    if (!g_pattern_match_simple(plan->pattern, name))
        return SQLITE_OK;
    plan->seen++;
    if (plan->slow_us > 0) {
        g_usleep((gulong)plan->slow_us);
        return SQLITE_OK;
    }
    if (plan->seen != plan->nth && !(plan->lasting && plan->seen > plan->nth))
        return SQLITE_OK;
    plan->failed++;
    if (plan->is_cut)
        lose_power(vfs, plan->survival, plan->seed);
    return codes[op];
}

static bool is_dead(const struct faulty_file *file)
{
    return file->epoch != file->vfs->epoch;
}

static int meet_file(struct faulty_file *file, enum faulty_op op)
{
    if (is_dead(file))
        return codes[op];
    return file->shadow == NULL ? SQLITE_OK : meet(file->vfs, op, file->shadow->path);
}

/* ---- a file ---- */

static struct faulty_file *file_of(sqlite3_file *base)
{
    return (struct faulty_file *)base;
}

static int file_close(sqlite3_file *base)
{
    struct faulty_file *file = file_of(base);
    int code = file->real->pMethods->xClose(file->real);
    pthread_mutex_lock(&file->vfs->lock);
    file->vfs->open_files--;
    if (is_dead(file))
        file->vfs->dead_files--;
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static int file_read(sqlite3_file *base, void *out, int bytes, sqlite3_int64 offset)
{
    struct faulty_file *file = file_of(base);
    pthread_mutex_lock(&file->vfs->lock);
    int code = meet_file(file, FAULTY_READ);
    pthread_mutex_unlock(&file->vfs->lock);
    return code != SQLITE_OK ? code : file->real->pMethods->xRead(file->real, out, bytes, offset);
}

static int write_watched(struct faulty_file *file, const void *data, int bytes, sqlite3_int64 offset)
{
    if (file->shadow != NULL && bytes > 0)
        shadow_writing(file->shadow, file->real, offset, bytes);
    return file->real->pMethods->xWrite(file->real, data, bytes, offset);
}

static int file_write(sqlite3_file *base, const void *data, int bytes, sqlite3_int64 offset)
{
    struct faulty_file *file = file_of(base);
    sqlite3_int64 size = 0;
    pthread_mutex_lock(&file->vfs->lock);
    int code = meet_file(file, FAULTY_WRITE);
    if (code == SQLITE_OK)
        code = file->real->pMethods->xFileSize(file->real, &size);
    if (code == SQLITE_OK && offset + bytes > size)
        code = meet_file(file, FAULTY_FULL);
    if (code == SQLITE_OK)
        code = write_watched(file, data, bytes, offset);
    else if (!is_dead(file))
        write_watched(file, data, bytes / 2, offset);
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 bytes)
{
    struct faulty_file *file = file_of(base);
    pthread_mutex_lock(&file->vfs->lock);
    int code = meet_file(file, FAULTY_TRUNCATE);
    if (code == SQLITE_OK && file->shadow != NULL)
        shadow_truncating(file->shadow, file->real, bytes);
    if (code == SQLITE_OK)
        code = file->real->pMethods->xTruncate(file->real, bytes);
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static void settle_directory(struct faulty_vfs *vfs, const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    GHashTableIter iter;
    gpointer shadow;
    g_hash_table_iter_init(&iter, vfs->shadows);
    while (g_hash_table_iter_next(&iter, NULL, &shadow)) {
        g_autofree char *other = g_path_get_dirname(((struct shadow *)shadow)->path);
        if (g_str_equal(directory, other))
            shadow_settle_name(shadow);
    }
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct faulty_file *file = file_of(base);
    sqlite3_int64 size = 0;
    pthread_mutex_lock(&file->vfs->lock);
    int code = meet_file(file, FAULTY_SYNC);
    if (code == SQLITE_OK)
        code = file->real->pMethods->xFileSize(file->real, &size);
    if (file->shadow == NULL || is_dead(file)) {
        pthread_mutex_unlock(&file->vfs->lock);
        return code;
    }
    if (code != SQLITE_OK) {
        shadow_sync_failed(file->shadow);
    } else {
        shadow_synced(file->shadow, size);
        if (file->syncs_directory)
            settle_directory(file->vfs, file->shadow->path);
        file->syncs_directory = false;
    }
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *out)
{
    struct faulty_file *file = file_of(base);
    return is_dead(file) ? SQLITE_IOERR_FSTAT : file->real->pMethods->xFileSize(file->real, out);
}

static int file_lock(sqlite3_file *base, int level)
{
    struct faulty_file *file = file_of(base);
    return is_dead(file) ? SQLITE_IOERR_LOCK : file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *base, int level)
{
    struct faulty_file *file = file_of(base);
    return file->real->pMethods->xUnlock(file->real, level);
}

static int file_check_reserved_lock(sqlite3_file *base, int *out)
{
    struct faulty_file *file = file_of(base);
    return is_dead(file) ? SQLITE_IOERR_CHECKRESERVEDLOCK : file->real->pMethods->xCheckReservedLock(file->real, out);
}

static int file_control(sqlite3_file *base, int op, void *argument)
{
    struct faulty_file *file = file_of(base);
    return file->real->pMethods->xFileControl(file->real, op, argument);
}

static int file_sector_size(sqlite3_file *base)
{
    struct faulty_file *file = file_of(base);
    return file->real->pMethods->xSectorSize(file->real);
}

static int file_characteristics(sqlite3_file *base)
{
    struct faulty_file *file = file_of(base);
    return file->real->pMethods->xDeviceCharacteristics(file->real);
}

static int file_memory_map(sqlite3_file *base, int region, int bytes, int extend, void volatile **out)
{
    struct faulty_file *file = file_of(base);
    return is_dead(file) ? SQLITE_IOERR_SHMMAP : file->real->pMethods->xShmMap(file->real, region, bytes, extend, out);
}

static int file_memory_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct faulty_file *file = file_of(base);
    if (is_dead(file) && (flags & SQLITE_SHM_LOCK) != 0)
        return SQLITE_IOERR_SHMLOCK;
    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void file_memory_barrier(sqlite3_file *base)
{
    struct faulty_file *file = file_of(base);
    file->real->pMethods->xShmBarrier(file->real);
}

static int file_memory_unmap(sqlite3_file *base, int delete)
{
    struct faulty_file *file = file_of(base);
    return file->real->pMethods->xShmUnmap(file->real, delete &&!is_dead(file));
}

static int file_fetch(sqlite3_file *base, sqlite3_int64 offset, int bytes, void **out)
{
    struct faulty_file *file = file_of(base);
    return file->real->pMethods->xFetch(file->real, offset, bytes, out);
}

static int file_unfetch(sqlite3_file *base, sqlite3_int64 offset, void *page)
{
    struct faulty_file *file = file_of(base);
    return file->real->pMethods->xUnfetch(file->real, offset, page);
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_memory_map,
    .xShmLock = file_memory_lock,
    .xShmBarrier = file_memory_barrier,
    .xShmUnmap = file_memory_unmap,
    .xFetch = file_fetch,
    .xUnfetch = file_unfetch,
};

/* ---- the VFS ---- */

static struct shadow *shadow_of(struct faulty_vfs *vfs, const char *path)
{
    struct shadow *shadow = g_hash_table_lookup(vfs->shadows, path);
    if (shadow == NULL) {
        shadow = shadow_new(path);
        g_hash_table_insert(vfs->shadows, shadow->path, shadow);
    }
    return shadow;
}

static int open_real(struct faulty_vfs *vfs, struct faulty_file *file, const char *path, int flags, int *out_flags)
{
    file->real = (sqlite3_file *)(file + 1);
    int code = vfs->real->xOpen(vfs->real, path, file->real, flags, out_flags);
    if (code != SQLITE_OK)
        return code;
    g_assert(file->real->pMethods->iVersion >= 3);
    file->base.pMethods = &methods;
    file->epoch = vfs->epoch;
    vfs->open_files++;
    return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *out, int flags, int *out_flags)
{
    struct faulty_vfs *vfs = (struct faulty_vfs *)base;
    struct faulty_file *file = file_of(out);
    bool is_watched = path != NULL && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    memset(file, 0, sizeof *file);
    file->vfs = vfs;

    pthread_mutex_lock(&vfs->lock);
    int code = vfs->dead_files > 0 ? SQLITE_CANTOPEN : SQLITE_OK;
    if (code == SQLITE_OK && is_watched)
        code = meet(vfs, FAULTY_OPEN, path);
    bool is_new = is_watched && !g_file_test(path, G_FILE_TEST_EXISTS);
    if (code == SQLITE_OK && is_watched)
        file->shadow = shadow_of(vfs, path);
    if (code == SQLITE_OK)
        code = open_real(vfs, file, path, flags, out_flags);
    if (code == SQLITE_OK && is_new) {
        shadow_created(file->shadow);
        file->syncs_directory = (flags & SQLITE_OPEN_MAIN_DB) == 0;
    }
    pthread_mutex_unlock(&vfs->lock);
    return code;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int sync_directory)
{
    struct faulty_vfs *vfs = (struct faulty_vfs *)base;
    pthread_mutex_lock(&vfs->lock);
    int code = vfs->dead_files > 0 ? codes[FAULTY_DELETE] : meet(vfs, FAULTY_DELETE, path);
    if (code == SQLITE_OK) {
        shadow_deleting(shadow_of(vfs, path));
        code = vfs->real->xDelete(vfs->real, path, 0);
    }
    if (code == SQLITE_OK && sync_directory)
        settle_directory(vfs, path);
    pthread_mutex_unlock(&vfs->lock);
    return code;
}

struct faulty_vfs *faulty_vfs_register(const char *name, bool as_default)
{
    g_assert(sqlite3_vfs_find(name) == NULL);
    struct faulty_vfs *vfs = g_new0(struct faulty_vfs, 1);
    vfs->real = sqlite3_vfs_find("unix");
    g_assert(vfs->real != NULL);
    pthread_mutex_init(&vfs->lock, NULL);
    vfs->shadows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)shadow_free);
    vfs->name = g_strdup(name);
    /* The rest of its functions do not look at the VFS that they are called with. */
    vfs->base = *vfs->real;
    vfs->base.pNext = NULL;
    vfs->base.zName = vfs->name;
    vfs->base.szOsFile = (int)sizeof(struct faulty_file) + vfs->real->szOsFile;
    vfs->base.xOpen = vfs_open;
    vfs->base.xDelete = vfs_delete;
    g_assert(sqlite3_vfs_register(&vfs->base, as_default) == SQLITE_OK);
    return vfs;
}

void faulty_vfs_free(struct faulty_vfs *vfs)
{
    g_assert(vfs->open_files == 0);
    sqlite3_vfs_unregister(&vfs->base);
    g_hash_table_unref(vfs->shadows);
    pthread_mutex_destroy(&vfs->lock);
    g_free(vfs->plan.pattern);
    g_free(vfs->name);
    g_free(vfs);
}

static void set_plan(struct faulty_vfs *vfs, const struct plan *plan)
{
    g_assert(plan->nth > 0);
    pthread_mutex_lock(&vfs->lock);
    g_free(vfs->plan.pattern);
    vfs->plan = *plan;
    vfs->plan.is_on = true;
    vfs->plan.pattern = g_strdup(plan->pattern);
    pthread_mutex_unlock(&vfs->lock);
}

void faulty_vfs_fail(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t nth, bool lasting)
{
    set_plan(vfs, &(struct plan){.op = op, .pattern = (char *)pattern, .nth = nth, .lasting = lasting});
}

void faulty_vfs_cut(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t nth, enum survival survival,
                    uint32_t seed)
{
    set_plan(vfs,
             &(struct plan){
                 .op = op, .pattern = (char *)pattern, .nth = nth, .is_cut = true, .survival = survival, .seed = seed});
}

void faulty_vfs_slow(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t us)
{
    set_plan(vfs, &(struct plan){.op = op, .pattern = (char *)pattern, .nth = 1, .slow_us = us});
}

void faulty_vfs_heal(struct faulty_vfs *vfs)
{
    pthread_mutex_lock(&vfs->lock);
    vfs->plan.is_on = false;
    pthread_mutex_unlock(&vfs->lock);
}

int64_t faulty_vfs_failed(struct faulty_vfs *vfs)
{
    pthread_mutex_lock(&vfs->lock);
    int64_t failed = vfs->plan.failed;
    pthread_mutex_unlock(&vfs->lock);
    return failed;
}

int64_t faulty_vfs_seen(struct faulty_vfs *vfs)
{
    pthread_mutex_lock(&vfs->lock);
    int64_t seen = vfs->plan.seen;
    pthread_mutex_unlock(&vfs->lock);
    return seen;
}

int64_t faulty_vfs_count(struct faulty_vfs *vfs, enum faulty_op op)
{
    pthread_mutex_lock(&vfs->lock);
    int64_t count = vfs->counts[op];
    pthread_mutex_unlock(&vfs->lock);
    return count;
}

void faulty_vfs_lose_power(struct faulty_vfs *vfs, enum survival survival, uint32_t seed)
{
    pthread_mutex_lock(&vfs->lock);
    lose_power(vfs, survival, seed);
    pthread_mutex_unlock(&vfs->lock);
}
