/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * accounts - what account.c and session.c share: the connection behind its lock, and an account's row.
 *
 * Shape   a row is a struct record with an authenticator under record_key; a login leads to it by its hash (pages.h).
 * Owner   the thread that holds store->lock.
 */
#ifndef VAULT_ACCOUNTS_H
#define VAULT_ACCOUNTS_H

#include "vault/account.h"
#include "vault/pages.h"

#include <pthread.h>

#define LOGIN_KEY_BYTES 32
#define LOGIN_BYTES_MAX 128 /* LIMIT_LOGIN_CHARS of four bytes */

struct account_store {
    pthread_mutex_t lock;
    struct db *db;
    uint8_t login_key[LOGIN_KEY_BYTES];
    uint8_t record_key[VAULT_KEY_BYTES]; /* of the records' authenticators */
};

enum { RECORD_CLOSED = 1, RECORD_MUST_CHANGE = 2 };

/* A row of table account, as it lies in the file (little endian). */
struct record {
    int64_t person; /* 0 erased */
    int64_t created_us, last_login_us, locked_until_us;
    int32_t failures, flags;
    char login[LOGIN_BYTES_MAX], hash[ACCOUNT_HASH_MAX];
};

enum record_state { RECORD_GOOD, RECORD_NONE, RECORD_DAMAGED }; /* none: no such account, or erased */
enum record_state record_look(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, struct record *out);
/* False: there is none, or it was changed without the key, which is logged. */
bool record_read(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, struct record *out);

/* The row and its authenticator; the authenticator alone. */
void record_write(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, const struct record *record);
void record_mac_write(struct db *db, const uint8_t key[VAULT_KEY_BYTES], int64_t id, const struct record *record);

/* accounts_sum.c, in the transaction that writes the row; `person` 0 is the row of the account itself. */
void accounts_sum_toggle(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES], int64_t person, int64_t account);
void accounts_sum_make(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES]);
bool accounts_sum_is_there(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES]);
bool accounts_sum_fits(struct db *db, const uint8_t record_key[VAULT_KEY_BYTES]);

/* As logins are compared: NFKC, case folded; the caller frees. NULL when it is not UTF-8. */
char *login_normal(const char *login);
/* By which a login is found (pages.c); of what is no UTF-8 a hash that no login has. */
void login_hash(const uint8_t key[LOGIN_KEY_BYTES], const char *login, uint8_t out[PAGES_HASH_BYTES]);
bool login_leads_to(struct db *db, const uint8_t key[LOGIN_KEY_BYTES], const char *login, int64_t id);

/* Between them the lock is held. What is not durable is lost at a power failure only, and cheap. write_end()
 * commits; when the disk fails it logs that, rolls back and returns false. */
void store_read_begin(struct account_store *store);
void store_read_end(struct account_store *store);
void store_write_begin(struct account_store *store, bool durable);
bool store_write_end(struct account_store *store);

#endif
