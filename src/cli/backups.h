/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backups - a folder of backups, each in a folder named by when it was made (UTC, 20260131T040000Z).
 *
 * Shape   only what bears such a name is looked at or removed; whatever else lies in the folder stays.
 * Errors  those of the system, as G_FILE_ERROR.
 */
#ifndef CLI_BACKUPS_H
#define CLI_BACKUPS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Makes the folder where there is none; the path of a backup made now, which is not there yet. NULL with error. */
char *backups_next(const char *folder, int64_t now_us, GError **error);
/* The path of the newest complete one; NULL where there is none. */
char *backups_newest(const char *folder);
struct pruned {
    int removed, newer;
};
/* Of `made`, the path of one that was just made, and those older than it removes all but the newest `keep` that are
 * complete, and what was cut short. `keep` is at least 1: `made` always stays. Names of a later time, of a clock that
 * was ahead, are counted and left alone. */
bool backups_prune(const char *folder, const char *made, int keep, struct pruned *out, GError **error);

#endif
