/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine - what whoever watches over the server wants to know of its disk: room, sizes, the last backup.
 *
 * Shape   looked up when asked; what cannot be found out is 0.
 * Owner   any thread.
 */
#ifndef API_MACHINE_H
#define API_MACHINE_H

#include <stdint.h>

struct machine {
    int64_t disk_bytes, disk_free_bytes; /* of the file system of the data directory; free for this user */
    int64_t journal_bytes, rows_bytes, secrets_bytes;
    int64_t last_backup_us; /* 0: none that verified */
};

void machine_look(const char *data_dir, struct machine *out);

#endif
