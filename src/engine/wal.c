/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the three write-ahead logs are, as the files say. */
#include "engine/writer.h"

#include <sys/stat.h>

int64_t wal_bytes(const struct engine *engine, enum wal wal)
{
    struct stat status;
    return stat(engine->wal_paths[wal], &status) == 0 ? status.st_size : 0;
}

bool wal_is_too_long(const struct engine *engine, int64_t bytes)
{
    return bytes > engine->wal_limit / 4 * 3;
}

bool wal_is_long(const struct engine *engine)
{
    for (int wal = 0; wal < WAL_COUNT; wal++)
        if (wal_is_too_long(engine, wal_bytes(engine, wal)))
            return true;
    return false;
}
