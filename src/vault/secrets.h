/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * secrets - what the files of this room share: the open vault, wrapping of keys, settings of secrets.db.
 *
 * Shape   unwrapped keys lie in memory from sodium_malloc() only: locked where the system allows it, wiped when freed.
 * Invariants  the first `live_marks` of `marks` have a savepoint in the database; `made`, `erasures` and `marks` are
 *         empty outside of a transaction, but for marks behind which nothing was written.
 * Owner   the thread of the vault handle.
 */
#ifndef VAULT_SECRETS_H
#define VAULT_SECRETS_H

#include "vault/vault.h"

#define WRAPPED_BYTES (24 + VAULT_KEY_BYTES + 16)
#define DIGEST_MONTHS 4 /* that are kept unwrapped */

struct locked {
    uint8_t master[VAULT_KEY_BYTES], candidate[VAULT_KEY_BYTES], moving[VAULT_KEY_BYTES];
    uint8_t index[VAULT_KEY_BYTES], ledger[VAULT_KEY_BYTES];
    uint8_t owners[VAULT_KEY_BYTES];                                 /* sums.c: derived from ledger */
    uint8_t outer_tag[VAULT_KEY_BYTES], outer_mask[VAULT_KEY_BYTES]; /* outer.c: derived from index */
    uint8_t seed[32], signing[64];                                   /* Ed25519 */
    int32_t digest_month[DIGEST_MONTHS];                             /* 0 none */
    uint8_t digest[DIGEST_MONTHS][VAULT_KEY_BYTES];
};

#define LEDGER_MAC_BYTES 16
struct ledger_position {
    int64_t number; /* of the last record; 0 none */
    uint8_t mac[LEDGER_MAC_BYTES];
};

#define SUM_BYTES 32
enum sum { SUM_OWNERS, SUM_ROWS, SUM_COUNT };
struct sums { /* what rows add up to: sums.c */
    uint8_t sum[SUM_COUNT][SUM_BYTES];
    bool moved[SUM_COUNT]; /* since it was written */
};

struct key_slot;

#define PREFETCH_KEYS 20 /* of a round of a grid worker */
struct wrapped_key {
    int64_t id; /* matter */
    uint8_t wrapped[WRAPPED_BYTES];
};

struct vault {
    struct db *db;
    char *keys_dir;
    bool read_only;
    struct locked *locked;
    uint8_t public_key[32];

    struct key_slot *slots; /* unwrapped data keys: keys.c */
    int slots_log2;
    int64_t filled_since_us; /* readers only */
    struct wrapped_key
        ahead[PREFETCH_KEYS]; /* read, not yet unwrapped: a round opens matters with neighbouring ids in turn */
    int ahead_count;
    int64_t last_miss;
    int64_t damage_told_us; /* monotonic */

    GArray *marks;    /* how long made and erasures were at each */
    guint live_marks; /* that have a savepoint, since something was written behind them */
    GArray *made;     /* of struct key_name: keys made in this transaction */
    GArray *erasures; /* of struct erasure: of this transaction, for the ledger */
    GArray *touched;  /* int64_t: persons made, indexed or erased in this transaction, even if taken back */
    int ledger_file;
    struct ledger_position ledger_end;
    int64_t replayed; /* erased again when it was opened */

    struct vault_state state;
    bool has_state, state_moved; /* since it was written */
    int64_t state_written_us;    /* monotonic */

    struct sums sums, sums_committed; /* with the rows of this transaction, and without */
    bool sums_made;                   /* durable: else this is a directory of an earlier version, or a new one */
};

struct mark { /* how long made and erasures were when it was set, and the sums */
    guint made, erasures;
    struct sums sums;
};

struct key_name {
    enum vault_owner owner;
    int64_t id;
};

/* Begins the transaction and its marks where that has not happened; before every write. */
void secrets_begin(struct vault *vault);
bool secrets_failed(struct vault *vault, GError **error);
int secrets_error_code(const GError *failure); /* a full disk, or any other */
bool folder_sync(const char *path, GError **error);

extern const char vault_schema[];

/* Settings by name; get fails where there is none of that size. */
bool setting_get(struct db *db, const char *name, void *out, size_t bytes);
void setting_put(struct db *db, const char *name, const void *value, size_t bytes);

/* What a wrapped key is for is authenticated with it. */
void key_wrap(const uint8_t master[VAULT_KEY_BYTES], const char *what, int64_t id, const uint8_t key[VAULT_KEY_BYTES],
              uint8_t out[WRAPPED_BYTES]);
/* The same for a sum, with a nonce that follows from it: the same sum is wrapped to the same bytes, and how often
 * something is committed draws no chance. key_unwrap() opens it. */
void sum_wrap(const uint8_t key[VAULT_KEY_BYTES], const char *what, const uint8_t sum[SUM_BYTES],
              uint8_t out[WRAPPED_BYTES]);
bool key_unwrap(const uint8_t master[VAULT_KEY_BYTES], const char *what, int64_t id,
                const uint8_t wrapped[WRAPPED_BYTES], uint8_t out[VAULT_KEY_BYTES]);
/* With the vault's master key; looks for a newer one where another process has rotated it. */
bool vault_unwrap(struct vault *vault, const char *what, int64_t id, const void *wrapped, size_t bytes,
                  uint8_t out[VAULT_KEY_BYTES]);

/* A key of its own for `purpose` (16 characters); it outlives master keys. */
void vault_derive(const struct vault *vault, const char *purpose, uint8_t out[VAULT_KEY_BYTES]);

/* state.c */
bool state_open(struct vault *vault, GError **error);
/* False where it was changed; `out_found` tells whether there is one. */
bool state_read(struct vault *vault, bool *out_found, struct vault_state *out);
void state_make(struct vault *vault);
void state_write(struct vault *vault); /* before a commit */
/* KEYS/installation. Reading fails where there is none, or a torn one: only its own program writes it, and then
 * again. */
char *state_id_path(const struct vault *vault);
bool state_write_id(const struct vault *vault, const char *path, GError **error);
bool state_read_id(const char *path, uint8_t out[VAULT_ID_BYTES]);

/* keys.c */
void keys_init(struct vault *vault);
void keys_clear(struct vault *vault);
const uint8_t *keys_find(struct vault *vault, enum vault_owner owner, int64_t id); /* lives until the next call */
void keys_forget(struct vault *vault, enum vault_owner owner, int64_t id);
void keys_forget_all(struct vault *vault);
/* What a row holds. */
enum vault_key_state keys_row_state(struct vault *vault, enum vault_owner owner, int64_t id, const void *wrapped,
                                    size_t bytes);
extern const char *const key_owner_names[], *const key_erased_names[]; /* by enum vault_owner */
/* The mark of an erasure in the place of the wrapped key; false when there was none. */
bool keys_erase(struct vault *vault, enum vault_owner owner, int64_t id);
/* The mark where there is no row: of what only the ledger knows, which another journal may make again. */
void keys_bury(struct vault *vault, enum vault_owner owner, int64_t id);
/* A new one, in the place of any other; in that of an erased one the ledger is told. */
void keys_make(struct vault *vault, enum vault_owner owner, int64_t id);

/* master.c */
bool master_open(struct vault *vault, bool create, GError **error);
bool master_has_check(struct vault *vault);
void master_put_check(struct vault *vault);
bool master_refresh(struct vault *vault);
/* For a rotation (rotate.c): the file, the one that systemd gives (NULL none), the check of the data. */
char *master_path(struct vault *vault);
char *master_credential_path(void);
bool master_write_file(struct vault *vault, const uint8_t key[VAULT_KEY_BYTES], GError **error);
bool master_drop_older(struct vault *vault, const char *older, GError **error);
void master_check_with(struct vault *vault, const uint8_t master[VAULT_KEY_BYTES]);

/* record.c */
void accounts_key(const struct vault *vault, uint8_t out[VAULT_KEY_BYTES]);
void accounts_erase(struct vault *vault, int64_t person); /* with its sessions */
/* Of int64_t: those that their login name does not find; how many accounts have one. */
GArray *accounts_lost(struct vault *vault, int64_t *out_logins);

/* index.c: takes out all hashes of a person, while the person's key is still there */
void index_forget(struct vault *vault, int64_t person);
/* What is sealed of a person opens, and each of its hashes leads to the person; *hashes grows by their number. */
bool index_is_whole(struct vault *vault, int64_t person, enum vault_index what, int64_t *hashes);

/* outer.c: once the keys are open */
void outer_init(struct vault *vault);

/* sums.c */
void owners_put(struct vault *vault, int64_t matter, int64_t person); /* matter_person */
void owners_remove(struct vault *vault, int64_t matter);
enum summed_table { SUMMED_INDEX = 1, SUMMED_DIGEST_KEY, SUMMED_UNSURE };
/* One row more, or one less, which is the same. `a`, `b` and the data are the row's columns. */
void sums_toggle(struct vault *vault, enum summed_table table, int64_t a, int64_t b, const void *data, size_t bytes);
void sums_write(struct vault *vault); /* before a commit */
bool sums_open(struct vault *vault, GError **error);
/* Which are what the rows add up to, within the caller's snapshot. */
struct sums_whole {
    bool owners, rows, accounts;
};
void sums_check(struct vault *vault, struct sums_whole *out);

/* unreconciled.c */
void unreconciled_touch(struct vault *vault, int64_t person);
void unreconciled_write(struct vault *vault, bool kept); /* before a commit */

/* ledger.c */
enum ledger_kind {
    LEDGER_PERSON = VAULT_PERSON,
    LEDGER_MATTER = VAULT_MATTER,
    LEDGER_PERSON_AGAIN, /* the id was given again: what was said of it before was of another one */
    LEDGER_MATTER_AGAIN,
};
struct erasure {
    enum ledger_kind kind;
    int64_t id;
};
bool ledger_open(struct vault *vault, bool create, GError **error);
/* Records that secrets.db does not know of, each given to `act`; then it does, in the open transaction. */
bool ledger_walk_ahead(struct vault *vault,
                       int64_t (*act)(struct vault *vault, const struct erasure *erasure, void *context),
                       bool *out_moved, GError **error);
void ledger_close(struct vault *vault);
bool ledger_append(struct vault *vault, GError **error);
void ledger_note_end(struct vault *vault); /* after the commit; what cannot be noted is logged */
struct ledger_counts {
    int64_t known, ahead; /* of the data; a backup's ledger goes on: restoring it erases that again */
};
/* Each record that secrets.db knows of, checked; also for a reader, who has no ledger open. */
bool ledger_each(struct vault *vault, int64_t (*act)(struct vault *vault, const struct erasure *erasure, void *context),
                 void *context, struct ledger_counts *out, GError **error);

/* erasure.c: erases again what the ledger is ahead of, commits and scrubs */
bool erasures_recover(struct vault *vault, GError **error);

#endif
