/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attachments - the folder DATA/attachments: sealed bytes of files, each named by the hash of what lies in it.
 *
 * Shape   attachments/STREAM/ab/abcd…: BLAKE2b-256 of the sealed bytes, hexadecimal, below its first two digits, and
 *         these below the stream of its matter (command/ids.h): so what belongs to a stream lies together. A file is
 *         written once, durable before the event that names it, and never changed; it is sealed under its matter's
 *         key. Rows say which matter it belongs to (hook keeps_file); a file that no row names is swept.
 * Errors  ENGINE_ERROR_DATA.
 * Owner   any thread.
 */
#ifndef ENGINE_ATTACHMENTS_H
#define ENGINE_ATTACHMENTS_H

#include "engine/engine.h"

#define ATTACHMENT_HASH_CHARS 64

bool attachment_put(const char *data_dir, int64_t stream, GBytes *sealed, char out_hash[ATTACHMENT_HASH_CHARS + 1],
                    GError **error);
/* NULL when there is none, or when it is not what its name says. */
GBytes *attachment_get(const char *data_dir, int64_t stream, const char *hash, GError **error);

/* Of a file whose event the rules refused. */
void attachment_remove(const char *data_dir, int64_t stream, const char *hash);

/* Deletes what is to be kept no more; how many. Nothing while rows cannot be read. Walks the whole folder. */
int attachments_sweep(const char *data_dir, const struct area_hooks *hooks, struct db *rows, int64_t now_us);
/* The same, step by step: `mark` says up to where rows have been read. The first call (all zeros) walks the folder,
 * later ones read only rows newer than the mark. */
struct sweep_mark {
    int64_t erased_us, at_us;
};
int attachments_sweep_on(const char *data_dir, const struct area_hooks *hooks, struct db *rows, int64_t now_us,
                         struct sweep_mark *mark);
/* All of them into another data directory or backup. What an older backup (`older_dir`, NULL none) has as its name says
 * becomes a second name of the same bytes, where the disk can do that: *out_linked so many. */
bool attachments_copy(const char *from_dir, const char *older_dir, const char *to_dir, int64_t *out_linked,
                      GError **error);
bool attachment_is_there(const char *data_dir, int64_t stream, const char *hash);
/* "STREAM/HASH\n" of each, sorted; links are none. The caller frees. */
char *attachments_names(const char *data_dir);
/* The path (char *) of each of these names that is not there. */
void attachments_missing(const char *data_dir, const char *names, GPtrArray *missing);
/* All of them, and the folder. */
void attachments_remove(const char *data_dir);
/* Each is what its name says, or a finding (char *) is added. The number of files. */
int64_t attachments_verify(const char *data_dir, GPtrArray *findings);

#endif
