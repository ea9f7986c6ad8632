/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pages - a hash table from keyed hashes to ids inside secrets.db, from which an entry vanishes without a trace.
 *
 * Shape   linear hashing over pages of a fixed size, which are only ever appended or overwritten in place
 *         (schema.sql says why no index of SQLite is used). A hash may stand for many ids; the same pair stands once.
 * Owner   the thread of the connection; the caller holds a write transaction for add and remove.
 */
#ifndef VAULT_PAGES_H
#define VAULT_PAGES_H

#include "store/db.h"

#define PAGES_HASH_BYTES 16

/* Two tables of this kind, apart in the file. */
enum pages_table { PAGES_PERSONS = 1, PAGES_LOGINS = 2 };

void pages_add(struct db *db, enum pages_table table, const uint8_t hash[PAGES_HASH_BYTES], int64_t id);
void pages_remove(struct db *db, enum pages_table table, const uint8_t hash[PAGES_HASH_BYTES], int64_t id);
/* Ids (int64_t) of the hash, ascending, greater than `after`. */
GArray *pages_find(struct db *db, enum pages_table table, const uint8_t hash[PAGES_HASH_BYTES], int64_t after);

/* Every page, count and bucket is as add and remove write them, for so many entries of each table; in the caller's
 * snapshot. */
bool pages_are_whole(struct db *db, int64_t persons, int64_t logins);

#endif
