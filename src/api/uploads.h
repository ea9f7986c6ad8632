/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uploads - who may send files now, and how much of the disk is left for them.
 *
 * Shape   checked before the first byte of a file: a place among those under way, the account's own places, its files
 *         and bytes within a day, and room on the disk for all that has been promised above a floor that uploads leave
 *         free, since the journal is on it, too. Kept in memory; a restart begins a new day.
 * Units   monotonic microseconds; a file lies there twice for a moment, as it came and sealed, so it is promised twice.
 * Errors  too_many_requests, upload_quota_spent, disk_nearly_full.
 * Owner   any thread.
 */
#ifndef API_UPLOADS_H
#define API_UPLOADS_H

#include "base/problem.h"

#include <stdint.h>

struct uploads;

/* `floor_bytes` of free space stay free; 0: LIMIT_FREE_BYTES. `files` of an account a day; 0: LIMIT_UPLOADS_A_DAY. */
struct uploads *uploads_new(const char *data_dir, int64_t floor_bytes, int files);
void uploads_free(struct uploads *uploads);

/* A place for a file of at most `bytes`, given back by uploads_end(); the problem else. */
struct problem *uploads_begin(struct uploads *uploads, int64_t account, int64_t bytes, int64_t now_us);
/* `came`: what was received of it. */
void uploads_end(struct uploads *uploads, int64_t account, int64_t bytes, int64_t came);

#endif
