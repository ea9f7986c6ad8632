/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backup - what making a backup and restoring one share: copies of databases between two folders.
 *
 * Errors  ENGINE_ERROR_DATA, and those of what is read.
 * Owner   any thread.
 */
#ifndef ENGINE_BACKUP_H
#define ENGINE_BACKUP_H

#include "engine/engine.h"

/* Makes the folder where there is none; one that is not empty is refused. */
bool backup_make_dir(const char *path, GError **error);

/* Copies into an empty database; `path` is named in errors. */
typedef bool (*copier)(struct db *source, struct db *target, const char *path, void *context, GError **error);
bool backup_copy_pages(struct db *source, struct db *target, const char *path, void *context /* none */,
                       GError **error);
/* The copy is complete and durable under its name, or not there. */
bool backup_copy_database(const char *source_dir, const char *target_dir, const char *name, copier copy, void *context,
                          GError **error);

/* The copy as it lies there: the chain, the heads, and everything under a key. */
bool backup_verify(const char *dir, const char *keys_dir, GError **error);

#endif
