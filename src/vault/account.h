/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account - who may log in: names, password hashes and sessions, in secrets.db only; nothing of it enters the
 * journal.
 *
 * Shape   an account belongs to one person of the registry; what it may do comes from that person's posts. A
 *         session is a random token of 32 bytes; the database holds its hash.
 * Units   times UTC microseconds.
 * Errors  struct problem for what was asked (taken name, weak password); GError VAULT_ERROR_… when it opens; later
 *         failures of the disk as false.
 * Owner   account_store has a connection and lock of its own and may be called from any thread; hashing a password
 *         takes about 15 ms and 19 MiB, so only the login thread of access/ calls account_hash() and
 *         account_verify_hash().
 */
#ifndef VAULT_ACCOUNT_H
#define VAULT_ACCOUNT_H

#include "base/problem.h"
#include "vault/vault.h"

#define ACCOUNT_HASH_MAX       128
#define SESSION_TOKEN_TEXT_MAX 48 /* base64url of 32 bytes */

struct account_store;
/* Each record is authenticated with a key of the vault; one that was changed without it is not found. */
struct account_store *account_store_open_keyed(const char *data_dir, const char *keys_dir, const char *vfs,
                                               GError **error);
struct account_store *account_store_open(const char *data_dir, const char *vfs, GError **error); /* keys in DATA.keys */
void account_store_close(struct account_store *store);

struct account {
    int64_t id, person;
    char *login;
    char hash[ACCOUNT_HASH_MAX];
    bool closed, must_change;
    int failures; /* in a row */
    int64_t locked_until_us;
    int64_t created_us, last_login_us;
};
void account_clear(struct account *account);
AUTO_CLEAR(account)

bool account_find(struct account_store *store, const char *login, struct account *out);
bool account_get(struct account_store *store, int64_t id, struct account *out);
/* The newest one. */
bool account_of_person(struct account_store *store, int64_t person, struct account *out);
/* Accounts by id after `after`, at most `most`; an array of struct account, cleared by the array. */
GArray *account_list(struct account_store *store, int64_t after, int most);
/* Logins are compared without case; a person has one account that is open. Problems: login_name_taken, has_account,
 * text_empty, text_too_long, invalid_utf8, storage_failed. */
bool account_create(struct account_store *store, int64_t person, const char *login, const char *hash, bool must_change,
                    int64_t now_us, int64_t *out_id, struct problem **out_problem);
bool account_is_open_for(struct account_store *store, int64_t person); /* the person has one that is not closed */
bool account_may_be_made(struct account_store *store, int64_t person, const char *login,
                         struct problem **out_problem); /* the same problems, before anything is written */
/* Also unlocks. False when there is no such account, or the disk fails. */
bool account_set_hash(struct account_store *store, int64_t id, const char *hash, bool must_change);
bool account_set_closed(struct account_store *store, int64_t id, bool closed); /* closing ends its sessions */

/* Under which failed logins of a name are counted, whether an account has it or not. */
#define ACCOUNT_LOGIN_HASH_BYTES 16
void account_login_hash(const struct account_store *store, const char *login, uint8_t out[ACCOUNT_LOGIN_HASH_BYTES]);

/* A device that has logged in is known (device.c): what it keeps, and whether what was sent is of this account. */
#define DEVICE_TEXT_MAX 96
void device_make(struct account_store *store, int64_t account, int64_t now_us, char out[DEVICE_TEXT_MAX]);
bool device_is_of(struct account_store *store, const char *text, int64_t account, int64_t now_us, int64_t *out_device);

/* Opens what a device has kept for the account, also where its PIN was forgotten; made of the setting login_key, so
 * that it is the same at each log-in, and stored nowhere. */
#define STORE_KEY_BYTES    32
#define STORE_KEY_TEXT_MAX 44 /* base64url */
void device_store_key(const struct account_store *store, int64_t account, char out[STORE_KEY_TEXT_MAX]);

/* Of the old password when it is changed; logging in counts elsewhere (access/guesses.h). Back-off: from the fifth
 * failure in a row the account is locked for 30 s, doubling to one hour. */
void account_note_failure(struct account_store *store, int64_t id, int64_t now_us);
void account_note_login(struct account_store *store, int64_t id, int64_t now_us);

/* Length, common words and shapes; weak_password, text_too_long or invalid_utf8 when refused. */
bool account_password_allowed(const char *password, const char *login, struct problem **out_problem);
/* Argon2id, 19 MiB, t=2; false when there is no memory. */
bool account_hash(const char *password, char out[ACCOUNT_HASH_MAX]);
/* NOT_TRIED: there was no memory for it, which must not count as a failure. */
enum verdict { PASSWORD_WRONG, PASSWORD_RIGHT, PASSWORD_NOT_TRIED };
enum verdict account_try(const char *hash, const char *password);
bool account_verify_hash(const char *hash, const char *password); /* whether it is right, as far as is known */
/* A hash of zeros, which no password has, as costly to try as a real one. */
extern const char account_nobody[ACCOUNT_HASH_MAX];
/* Takes as long as a real verification; for a login name that does not exist. False: without memory, as above. */
bool account_verify_nobody(const char *password);

struct session {
    int64_t id, account, person;
    int64_t created_us, expires_us;
    bool must_change; /* the password was set by another person; changing it ends the session */
};
/* An account has at most LIMIT_SESSIONS_PER_ACCOUNT; the oldest ends. out->id is 0 when the disk failed. */
void session_create(struct account_store *store, int64_t account, int64_t now_us, int64_t expires_us,
                    char out_token[SESSION_TOKEN_TEXT_MAX], struct session *out);
/* Found, not ended, not expired, its account not closed. A cache in front keeps this off the disk for live
 * sessions. */
bool session_find(struct account_store *store, const char *token, int64_t now_us, struct session *out);
void session_end(struct account_store *store, const char *token);
void session_end_all(struct account_store *store, int64_t account);
void session_expire(struct account_store *store, int64_t now_us); /* deletes what has run out */

#endif
