/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mark - what makes a folder a whole backup: the file `complete`, written last.
 *
 * Shape   lines of a word and a value: `lianfang-backup 2`, installation, pos and hash of the last event, the hashes
 *         (BLAKE2b, 32 bytes) of journal.db, secrets.db and `attachments.list` as files, and `mac` over all lines
 *         before it, under a key of the vault. What was cut short has none; what was changed, exchanged or shortened
 *         later does not fit it. The list names each attachment, a line "STREAM/HASH"; marks of version 1 have none.
 * Errors  ENGINE_ERROR_DATA.
 * Owner   any thread; the vault is borrowed.
 */
#ifndef ENGINE_MARK_H
#define ENGINE_MARK_H

#include "engine/engine.h"
#include "vault/vault.h"

struct mark_tip {
    int64_t pos;
    uint8_t hash[JOURNAL_HASH_BYTES];
};

bool mark_is_there(const char *dir);
/* Before any file of a marked folder is opened: no log of SQLite lies beside one. */
bool mark_has_no_logs(const char *dir, GError **error);
/* Of what lies in the folder now; durable. */
bool mark_write(const char *dir, struct vault *vault, GError **error);
/* That the folder is as it was marked, but for its attachments; the mark may lack nothing. */
bool mark_check(const char *dir, struct vault *vault, struct mark_tip *out, GError **error);
/* The path (char *) of each attachment that a marked folder lacks. */
bool mark_missing(const char *dir, GPtrArray *missing, GError **error);

#endif
