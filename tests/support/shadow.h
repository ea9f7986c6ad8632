/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shadow - what a file would be after power loss: its unsynced sectors, as they were before.
 *
 * Shape   the real file always has the newest bytes, so every reader sees what is pending; the shadow holds,
 * for each sector of 512 bytes written since the last sync, its bytes on the disk, and the length that the
 *         file has on the disk. A sector survives or is lost as a whole.
 *         A name in a directory is pending, too, until shadow_settle_name().
 *         After a sync that failed, what was pending stays lost even if a later sync works, until it is
 * written anew: so Linux behaves, and whoever retries a sync is wrong. Owner   faulty_vfs, under its lock.
 */
#ifndef TESTS_SUPPORT_SHADOW_H
#define TESTS_SUPPORT_SHADOW_H

#include "base/auto.h"

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum survival {
    SURVIVES_NOTHING, /* what was not synced is gone */
    SURVIVES_SOME,    /* a random part is there: none, all, every other sector, or all up to some place */
    SURVIVES_ALL,     /* as after kill -9 */
};

struct shadow {
    char *path;
    bool on_disk;        /* the directory on the disk has this name */
    GBytes *replaced;    /* what it names there, where the live file is deleted or another one; else NULL */
    GHashTable *pending; /* sector number → struct sector */
    int64_t disk_bytes;  /* length on the disk */
};

/* A file that is there now is taken to be on the disk as it is. */
struct shadow *shadow_new(const char *path);
void shadow_free(struct shadow *shadow);

/* Before the real file changes. */
void shadow_writing(struct shadow *shadow, sqlite3_file *real, int64_t offset, int64_t bytes);
void shadow_truncating(struct shadow *shadow, sqlite3_file *real, int64_t bytes);
void shadow_deleting(struct shadow *shadow);
/* After it was made anew. */
void shadow_created(struct shadow *shadow);

void shadow_synced(struct shadow *shadow, int64_t bytes);
void shadow_sync_failed(struct shadow *shadow);
/* Its directory was synced. */
void shadow_settle_name(struct shadow *shadow);

/* Makes the real file what the disk would show. */
void shadow_lose_power(struct shadow *shadow, enum survival survival, GRand *dice);

#endif
