/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folder - a temporary folder with a data directory's vault in it, for the tests of this room.
 *
 * Shape   folder->data holds secrets.db, folder->keys the master key and the ledger.
 * Owner   the test; folder_clear() removes everything.
 */
#ifndef TESTS_VAULT_FOLDER_H
#define TESTS_VAULT_FOLDER_H

#include "vault/vault.h"

struct folder {
    char *root, *data, *keys;
};
void folder_init(struct folder *folder);
void folder_clear(struct folder *folder);
AUTO_CLEAR(folder)

/* Opens and asserts that it works. */
struct vault *folder_vault(const struct folder *folder, bool create);
struct vault *folder_reader(const struct folder *folder);
/* Asserts that it does not, with this code. */
void folder_refuses(const struct folder *folder, enum vault_error code);
void must_commit(struct vault *vault);

char *folder_path(const struct folder *folder, const char *name); /* of the data directory */
char *keys_path(const struct folder *folder, const char *name);
GBytes *file_bytes(const char *path);
void file_put(const char *path, const void *data, size_t bytes);
void file_copy(const char *from, const char *to);
/* How many files of the folder, subfolders included, hold these bytes. */
int folder_holds(const struct folder *folder, const void *needle, size_t bytes);

#endif
