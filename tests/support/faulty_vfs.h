/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faulty_vfs - a SQLite VFS over the system's that fails the n-th operation, is slow, or loses the power.
 *
 * Shape   databases, their rollback journals and write-ahead logs opened through it are watched; temporary
 *         files are not, nor are files opened otherwise (a lock, a ledger). Shared memory goes to the real
 *         VFS and is gone after a power loss.
 *
 *         Faults: for every n, until nothing failed any more:
 *             faulty_vfs_fail(vfs, FAULTY_SYNC, "journal.db*", n, false);
 *             ... do, close, faulty_vfs_heal(vfs), open again, compare ...
 *             if (faulty_vfs_failed(vfs) == 0)
 *                 break;
 *         A write that fails has written its first half. A sync that fails loses what it should have made
 *         durable, whatever later syncs say.
 *
 *         Power: faulty_vfs_lose_power() leaves in the real files what was synced (support/shadow.h has the
 *         model) and kills every open handle: all that it still can is to be closed. Until all of them are,
 *         nothing can be opened or deleted: the machine is off. faulty_vfs_cut() does the same by itself when
 *         the n-th operation comes. Nothing is really synced on the test machine's disk, so tests are fast.
 * Errors  what SQLite makes of them: SQLITE_IOERR_…, SQLITE_FULL, SQLITE_CANTOPEN. Misuse asserts.
 * Owner   register and free on one thread while no connection is open; all else from any thread.
 */
#ifndef TESTS_SUPPORT_FAULTY_VFS_H
#define TESTS_SUPPORT_FAULTY_VFS_H

#include "base/auto.h"
#include "support/shadow.h"

enum faulty_op {
    FAULTY_OPEN,
    FAULTY_READ,
    FAULTY_WRITE,
    FAULTY_FULL, /* a write that makes a file longer */
    FAULTY_TRUNCATE,
    FAULTY_SYNC,
    FAULTY_DELETE,
    FAULTY_OP_COUNT
};

struct faulty_vfs;

/* Registers it under `name`, which is what db_open() takes; `as_default` for code that names no VFS. */
struct faulty_vfs *faulty_vfs_register(const char *name, bool as_default);
void faulty_vfs_free(struct faulty_vfs *vfs);
AUTO_FREE(faulty_vfs)

/* The n-th operation (from 1, from now) on a file whose name without its folder fits the pattern ("*" and
 * "?") fails; with `lasting` every one after it, too. One plan at a time: a later call takes the place of an
 * earlier one. */
void faulty_vfs_fail(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t nth, bool lasting);
/* Loses the power just before the n-th operation. */
void faulty_vfs_cut(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t nth, enum survival survival,
                    uint32_t seed);
/* Each takes so long; nothing fails. */
void faulty_vfs_slow(struct faulty_vfs *vfs, enum faulty_op op, const char *pattern, int64_t us);
void faulty_vfs_heal(struct faulty_vfs *vfs);
/* How many operations failed by the last plan (a cut counts one); stays after faulty_vfs_heal(). */
int64_t faulty_vfs_failed(struct faulty_vfs *vfs);
/* How many fitted it, failed or not: beyond that there is no n-th. */
int64_t faulty_vfs_seen(struct faulty_vfs *vfs);
/* How many of them there were since registering, failed ones included. */
int64_t faulty_vfs_count(struct faulty_vfs *vfs, enum faulty_op op);

void faulty_vfs_lose_power(struct faulty_vfs *vfs, enum survival survival, uint32_t seed);

#endif
