/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data directory: whether it is there, where its keys are by default, and DATA/lock, which the process holds that
 * writes. Its text is the time at which the last server was seen alive, and until when nothing lapsed there after a
 * downtime.
 */
#include "engine/evidence.h"
#include "engine/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

G_DEFINE_QUARK(lianfang_engine_error, engine_error)

bool data_is_half(const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, DATA_RESTORING, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

bool data_exists(const char *data_dir, GError **error)
{
    if (data_is_half(data_dir)) {
        g_set_error(
            error, ENGINE_ERROR, ENGINE_ERROR_DATA,
            "%s: a restore into this folder was interrupted; run `lianfang restore` into it again, or remove it",
            data_dir);
        return false;
    }
    g_autofree char *path = g_build_filename(data_dir, "journal.db", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    if (!evidence_stranded(data_dir, error))
        return false;
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA,
                "there is no data in %s; name it with --data DIR, or run `lianfang init` first", data_dir);
    return false;
}

char *keys_dir_beside(const char *data_dir)
{
    g_autofree char *whole = g_canonicalize_filename(data_dir, NULL);
    return g_strconcat(whole, ".keys", NULL);
}

int data_lock(const char *data_dir, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, "lock", NULL);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", path, g_strerror(errno));
        return -1;
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCKED,
                    "%s: the data directory is in use; stop the server or the other command first", data_dir);
        close(file);
        return -1;
    }
    return file;
}

void data_unlock(int lock_file)
{
    close(lock_file);
}

void alive_write(int lock_file, int64_t now_us, int64_t quiet_until_us)
{
    char text[48];
    int length = snprintf(text, sizeof text, "%020lld %020lld\n", (long long)now_us, (long long)quiet_until_us);
    if (pwrite(lock_file, text, (size_t)length, 0) != length)
        return; /* a full disk: the next start then grants its grace needlessly */
}

int64_t alive_read(int lock_file, int64_t *out_quiet_until_us)
{
    char text[48] = "", *end = text;
    *out_quiet_until_us = 0;
    if (pread(lock_file, text, sizeof text - 1, 0) <= 0)
        return 0;
    int64_t alive_us = strtoll(text, &end, 10);
    *out_quiet_until_us = strtoll(end, NULL, 10);
    return alive_us;
}
