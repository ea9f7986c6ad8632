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

struct refusal_log {
    pthread_mutex_t lock;
    char *path;
    int fd;
    off_t bytes;
};

static bool open_file(struct refusal_log *log, GError **error)
{
    struct stat found;
    log->fd = open(log->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log->fd < 0 || fstat(log->fd, &found) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", log->path,
                    g_strerror(errno));
        return false;
    }
    log->bytes = found.st_size;
    return true;
}

struct refusal_log *refusal_log_open(const char *data_dir, GError **error)
{
    struct refusal_log *log = g_new0(struct refusal_log, 1);
    pthread_mutex_init(&log->lock, NULL);
    log->path = g_build_filename(data_dir, "refusals.log", NULL);
    if (open_file(log, error))
        return log;
    refusal_log_close(log);
    return NULL;
}

static void rotate(struct refusal_log *log)
{
    g_autofree char *older = g_strconcat(log->path, ".1", NULL);
    close(log->fd);
    rename(log->path, older); /* if it cannot be, the file only grows on */
    open_file(log, NULL);
}

void refusal_log_write(struct refusal_log *log, int64_t at_us, int64_t person, const char *what,
                       const char *code)
{
    char at[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    datetime_format(at_us, utc, at);
    g_autoptr(json_t) row =
        json_pack("{s:s, s:o, s:s, s:s}", "at", at, "person", json_id(person), "what", what, "code", code);
    char *text = json_text(row, NULL);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    free(text);
    pthread_mutex_lock(&log->lock);
    if (log->bytes > ROTATE_BYTES)
        rotate(log);
    ssize_t written = log->fd >= 0 ? write(log->fd, line, strlen(line)) : 0;
    if (written > 0)
        log->bytes += written;
    pthread_mutex_unlock(&log->lock);
}

void refusal_log_close(struct refusal_log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    pthread_mutex_destroy(&log->lock);
    g_free(log->path);
    g_free(log);
}
