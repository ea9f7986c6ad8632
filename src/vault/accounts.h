/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * accounts - what account.c and session.c share: the connection behind its lock, and an account's row.
 *
 * Owner   whoever holds store->lock.
 */
#ifndef VAULT_ACCOUNTS_H
#define VAULT_ACCOUNTS_H

#include "vault/account.h"

#include <pthread.h>

#define LOGIN_KEY_BYTES 32
#define LOGIN_BYTES_MAX 128 /* LIMIT_LOGIN_CHARS of four bytes */

struct account_store {
    pthread_mutex_t lock;
    struct db *db;
    uint8_t login_key[LOGIN_KEY_BYTES];
};

enum { RECORD_CLOSED = 1, RECORD_MUST_CHANGE = 2 };

/* A row of table account, as it lies in the file (little endian). */
struct record {
    int64_t person; /* 0 erased */
    int64_t created_us, last_login_us, locked_until_us;
    int32_t failures, flags;
    char login[LOGIN_BYTES_MAX], hash[ACCOUNT_HASH_MAX];
};

bool record_read(struct db *db, int64_t id, struct record *out); /* false: no such account, or erased */

/* Between them the lock is held. What is not durable is lost at a power failure only, and cheap. write_end()
 * commits; when the disk said no it logs that, rolls back and returns false. */
void store_read_begin(struct account_store *store);
void store_read_end(struct account_store *store);
void store_write_begin(struct account_store *store, bool durable);
bool store_write_end(struct account_store *store);

#endif
