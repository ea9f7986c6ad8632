/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/machine.h"

#include "engine/engine.h"

#include <glib/gstdio.h>
#include <sys/statvfs.h>

static int64_t size_of(const char *dir, const char *name)
{
    GStatBuf about;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    return g_stat(path, &about) == 0 ? (int64_t)about.st_size : 0;
}

void machine_look(const char *data_dir, struct machine *out)
{
    struct statvfs disk = {0};
    bool known = statvfs(data_dir, &disk) == 0;
    *out = (struct machine){.disk_bytes = known ? (int64_t)(disk.f_blocks * disk.f_frsize) : 0,
                            .disk_free_bytes = known ? (int64_t)(disk.f_bavail * disk.f_frsize) : 0,
                            .journal_bytes = size_of(data_dir, "journal.db"),
                            .rows_bytes = size_of(data_dir, "rows.db"),
                            .secrets_bytes = size_of(data_dir, "secrets.db"),
                            .last_backup_us = data_last_backup_us(data_dir)};
}
