/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"

#include "base/datetime.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROTATE_BYTES (10 * 1024 * 1024)
#define KEPT         4    /* older files of each: a session that tries everything it can fills one in hours */
#define TALLIES_MAX  5000 /* distinct refusals in a minute; then the next minute begins early */

struct file {
    char *path;
    int fd;
    off_t bytes;
};

struct tally { /* of one minute; the first was written at once */
    int64_t person, count, last_us;
    const char *what, *code; /* interned: routes and problems, a few hundred words */
};

struct refusal_log {
    pthread_mutex_t lock;
    struct file sessions, strangers;
    GHashTable *tallies; /* of struct tally, owned */
    int64_t minute_us;
};

/* ---- a file ---- */

static bool open_file(struct file *file, GError **error)
{
    struct stat found;
    file->fd = open(file->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file->fd < 0 || fstat(file->fd, &found) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", file->path, g_strerror(errno));
        return false;
    }
    file->bytes = found.st_size;
    return true;
}

static void close_file(struct file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    g_free(file->path);
}

static bool reopen_file(struct file *file, GError **error)
{
    struct file again = {.path = file->path, .fd = -1};
    if (!open_file(&again, error)) {
        if (again.fd >= 0)
            close(again.fd);
        return false;
    }
    if (file->fd >= 0)
        close(file->fd);
    *file = again;
    return true;
}

/* A file that cannot be renamed goes on growing. */
static void rotate(struct file *file)
{
    for (int i = KEPT; i > 0; i--) {
        g_autofree char *from = i > 1 ? g_strdup_printf("%s.%d", file->path, i - 1) : g_strdup(file->path);
        g_autofree char *to = g_strdup_printf("%s.%d", file->path, i);
        rename(from, to);
    }
    close(file->fd);
    open_file(file, NULL);
}

/* `count` 0: the first of a minute, which stands alone. */
static void write_line(struct refusal_log *log, const struct tally *tally, int64_t at_us, int64_t count)
{
    struct file *file = tally->person != 0 ? &log->sessions : &log->strangers;
    char at[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(at_us, utc, at);
    g_autoptr(json_t) row = json_pack("{s:s, s:o, s:s, s:s}", "at", at, "person", json_id(tally->person), "what",
                                      tally->what, "code", tally->code);
    if (count > 0)
        json_object_set_new(row, "again", json_integer(count));
    char *text = json_text(row, NULL);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    free(text);
    if (file->bytes > ROTATE_BYTES)
        rotate(file);
    ssize_t written = file->fd >= 0 ? write(file->fd, line, strlen(line)) : 0;
    if (written > 0)
        file->bytes += written;
}

/* ---- minutes ---- */

static guint tally_hash(gconstpointer key)
{
    const struct tally *tally = key;
    return g_int64_hash(&tally->person) * 31 + g_direct_hash(tally->what) + g_direct_hash(tally->code);
}

static gboolean tally_equal(gconstpointer one, gconstpointer other)
{
    const struct tally *left = one, *right = other;
    return left->person == right->person && left->what == right->what && left->code == right->code;
}

static void end_minute(struct refusal_log *log)
{
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, log->tallies);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const struct tally *tally = key;
        if (tally->count > 0)
            write_line(log, tally, tally->last_us, tally->count);
    }
    g_hash_table_remove_all(log->tallies);
}

struct refusal_log *refusal_log_open(const char *data_dir, GError **error)
{
    struct refusal_log *log = g_new0(struct refusal_log, 1);
    pthread_mutex_init(&log->lock, NULL);
    log->tallies = g_hash_table_new_full(tally_hash, tally_equal, g_free, NULL);
    log->sessions = (struct file){.path = g_build_filename(data_dir, "refusals.log", NULL), .fd = -1};
    log->strangers = (struct file){.path = g_build_filename(data_dir, "refusals-strangers.log", NULL), .fd = -1};
    if (open_file(&log->sessions, error) && open_file(&log->strangers, error))
        return log;
    refusal_log_close(log);
    return NULL;
}

void refusal_log_write(struct refusal_log *log, int64_t at_us, int64_t person, const char *what, const char *code)
{
    struct tally asked = {
        .person = person, .what = g_intern_string(what), .code = g_intern_string(code), .last_us = at_us};
    pthread_mutex_lock(&log->lock);
    if (at_us - log->minute_us >= US_PER_MINUTE || at_us < log->minute_us ||
        g_hash_table_size(log->tallies) >= TALLIES_MAX) {
        end_minute(log);
        log->minute_us = at_us;
    }
    struct tally *tally = g_hash_table_lookup(log->tallies, &asked);
    if (tally != NULL) {
        tally->count++;
        tally->last_us = at_us;
    } else {
        g_hash_table_add(log->tallies, g_memdup2(&asked, sizeof asked));
        write_line(log, &asked, at_us, 0);
    }
    pthread_mutex_unlock(&log->lock);
}

bool refusal_log_reopen(struct refusal_log *log, GError **error)
{
    pthread_mutex_lock(&log->lock);
    bool well = reopen_file(&log->sessions, error) && reopen_file(&log->strangers, error);
    pthread_mutex_unlock(&log->lock);
    return well;
}

void refusal_log_close(struct refusal_log *log)
{
    end_minute(log);
    g_hash_table_unref(log->tallies);
    close_file(&log->sessions);
    close_file(&log->strangers);
    pthread_mutex_destroy(&log->lock);
    g_free(log);
}
