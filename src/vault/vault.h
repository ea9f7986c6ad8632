/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vault - keys, sealing, blind indexes, accounts and sessions: secrets.db, the second truth, and the one that can be
 * deleted from.
 *
 * Shape   every matter about a person, and every person, has a data key of its own, wrapped by the master key.
 *         What is sealed with it lies in the journal and in rows.db and is unreadable once the key is erased.
 *         Blind indexes are keyed hashes: exact ones of ID numbers and phones, and of the bigrams of names.
 * Files   secrets.db in the data directory; the keys directory, outside of it, holds `master.key` (32 bytes, mode
 *         0600; the older one as master.key.1 while a rotation runs) and `erasures` (the ledger, with `erasures.end`:
 *         what must stay erased when a backup is restored). With systemd, $CREDENTIALS_DIRECTORY/master.key takes
 *         the place of the former.
 * Errors  GError VAULT_ERROR; a key that does not open is not an error but `false`: vault_key_state() says whether it
 *         was erased or damaged. Since a read may fail too, a caller that decides by such a `false` checks
 *         vault_commit() or db_failed(vault_db()).
 * Owner   a vault handle belongs to one thread; the writer's may write, readers open their own. Unwrapped keys are
 *         cached in the handle, in locked memory, a bounded number; a reader's for at most a second, so that long an
 *         erased key may still open something there.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "base/auto.h"
#include "base/uuid.h"
#include "store/db.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VAULT_KEY_BYTES     32
#define VAULT_SEAL_OVERHEAD 40 /* nonce 24 (XChaCha20) + authenticator 16 */
#define VAULT_DIGEST_BYTES  16

#define VAULT_ERROR vault_error_quark()
GQuark vault_error_quark(void);
enum vault_error {
    VAULT_ERROR_MASTER_KEY, /* missing, wrong size, readable by others, or not the one of this data */
    VAULT_ERROR_IO,
    VAULT_ERROR_FULL,    /* there is no room: nothing was written */
    VAULT_ERROR_LEDGER,  /* missing, changed, or older than the data directory says */
    VAULT_ERROR_DAMAGED, /* something in secrets.db was changed without the key */
};

struct vault;

enum vault_owner { VAULT_PERSON = 1, VAULT_MATTER = 2 };

struct vault_options {
    const char *data_dir, *keys_dir;
    bool create; /* make a master key and ledger where there are none (first start only) */
    bool read_only;
    const char *vfs; /* of secrets.db; NULL: the system's */
};
struct vault *vault_open(const struct vault_options *options, GError **error);
void vault_close(struct vault *vault);
static inline void vault_auto(struct vault **vault)
{
    if (*vault != NULL)
        vault_close(*vault);
}
struct db *vault_db(struct vault *vault); /* for checkpoints and backup */

/* One transaction around a batch of the writer; begun by the first write. vault_commit() before the journal is
 * appended: a key must be durable before what it seals. It costs nothing when nothing was written, and fails when any
 * read or write since the last one failed. Marks nest as in db.h, cost nothing when nothing is written behind
 * them, and need no open transaction; all are gone after vault_rollback(), none may be open at vault_commit(). */
bool vault_commit(struct vault *vault, GError **error);
void vault_rollback(struct vault *vault);
void vault_mark(struct vault *vault);
void vault_release(struct vault *vault);
void vault_rollback_to_mark(struct vault *vault);

/* What the vault knows of the journal, authenticated with a key of its own (state.c). It may lag. */
#define VAULT_ID_BYTES 16
struct vault_state {
    uint8_t installation[VAULT_ID_BYTES];
    int64_t pos;       /* of an event that was durable, 0 none */
    uint8_t hash[32];  /* that event's */
    bool closed;       /* an orderly stop: the journal ended there */
    bool loss_pending; /* the operator accepted a loss, and no event says so yet */
    bool has_owners;   /* it says what matter_person adds up to (sums.c) */
    bool has_sums;     /* and other tables */
    int64_t commits;   /* of this secrets.db: rows.db knows a number that was durable, so an older file is noticed */
};
/* False of a read-only one beside a journal of format 1: it was not authenticated then. */
bool vault_state(struct vault *vault, struct vault_state *out);
/* This event is durable: goes along with the next commit; vault_keep_tip() makes one where the last is 10 s ago. */
void vault_note_tip(struct vault *vault, int64_t pos, const uint8_t hash[32]);
void vault_keep_tip(struct vault *vault);
/* At an orderly stop, with the tip; at a start, that it goes on. And that a loss was accepted. Each commits. */
bool vault_state_closed(struct vault *vault, bool closed, GError **error);
bool vault_loss_pending(struct vault *vault, GError **error);

/* Authenticates what lies outside of secrets.db; `purpose` has 16 characters. */
#define VAULT_MAC_BYTES 16
void vault_mac(const struct vault *vault, const char *purpose, const void *data, size_t bytes,
               uint8_t out[VAULT_MAC_BYTES]);

/* A reader's: one snapshot for what is read between, for a moment. Each key read by itself would take and give back
 * the file's locks. False: some read failed, and what was taken for erased may not be. */
void vault_read_begin(struct vault *vault);
bool vault_read_end(struct vault *vault, GError **error);

/* Keys. `person` is the subject of the data (0 unknown yet); it may be set later with vault_key_person(). A person's
 * own key always belongs to that person. A key made again takes the place of the former. */
void vault_key_new(struct vault *vault, enum vault_owner owner, int64_t id, int64_t person);
void vault_key_person(struct vault *vault, enum vault_owner owner, int64_t id, int64_t person);
bool vault_has_key(struct vault *vault, enum vault_owner owner, int64_t id);
/* Why something does not open. Only an erasure leaves the authenticated mark of one; a row that was changed, zeroed or
 * deleted without the key is damage, which is logged when it is found. */
enum vault_key_state { VAULT_KEY_OPENS, VAULT_KEY_ERASED, VAULT_KEY_DAMAGED };
enum vault_key_state vault_key_state(struct vault *vault, enum vault_owner owner, int64_t id);

/* Seals and opens under the owner's key. The owner and `context` (a short constant such as "form", "entry") are
 * authenticated with it, so a blob moved to another matter or place does not open. seal returns NULL when there is
 * no key; open returns NULL when there is no key or the bytes were changed. The caller frees with g_bytes_unref(). */
GBytes *vault_seal(struct vault *vault, enum vault_owner owner, int64_t id, const char *context, const void *data,
                   size_t bytes);
GBytes *vault_unseal(struct vault *vault, enum vault_owner owner, int64_t id, const char *context, const void *sealed,
                     size_t bytes);

/* A keyed digest of a command's content, for telling a resend from a reuse. Its key belongs to the id's month and is
 * deleted two months later, so that no digest outlives what it can be used for. */
void vault_digest(struct vault *vault, const struct uuid *command, const void *data, size_t bytes,
                  uint8_t out[VAULT_DIGEST_BYTES]);

/* A keyed digest of a row of a sheet, the same for as long as the vault lives: an id made of it does not reveal the row
 * without the vault. */
void vault_row_digest(struct vault *vault, const void *data, size_t bytes, uint8_t out[VAULT_DIGEST_BYTES]);

/* A key for one purpose of the program's, the same for as long as the vault lives; of no use for any other. */
void vault_subkey(struct vault *vault, const char *purpose, uint8_t out[VAULT_KEY_BYTES]);

/* Signing of journal heads: matches struct journal_signer. */
void vault_sign(void *vault, const void *message, size_t bytes, uint8_t out[64]);
void vault_public_key(struct vault *vault, uint8_t out[32]);

/* Blind indexes, one a field (`what`). Values are normalised here: ID numbers upper case, phones as in
 * base/identity.h (one that cannot exist is not indexed), names without blanks, dots and case. Setting replaces
 * what the person had of that kind; NULL takes it out. The person needs a key; without one nothing is indexed. */
enum vault_index { VAULT_INDEX_ID_NUMBER = 1, VAULT_INDEX_PHONE = 2, VAULT_INDEX_NAME = 3 };
void vault_index_set(struct vault *vault, int64_t person, enum vault_index what, const char *value);
/* Person ids (int64_t), ascending, at most `most`, greater than `after`; never NULL. ID number and phone: exact.
 * Name: persons whose name holds every bigram of `value` (two characters suffice; one finds nothing); the caller
 * opens the names and checks. */
GArray *vault_index_find(struct vault *vault, enum vault_index what, const char *value, int64_t after, int most);

/* A key is durable before what it seals, and an erasure before its event: when all ends in between, the vault is ahead
 * of the journal, and after a restore by much. Persons (int64_t) for whom that may be so; the engine, when it opens,
 * compares each with the journal and calls vault_mark_reconciled() for those that fit. */
GArray *vault_unreconciled(struct vault *vault);
void vault_mark_reconciled(struct vault *vault, int64_t person);
/* Everybody: beside a restored journal, or after a loss. */
void vault_mark_unreconciled(struct vault *vault);
/* Takes back a person whom the journal does not know: key, indexes and account. No erasure, the ledger does not name
 * it. */
void vault_person_undo(struct vault *vault, int64_t person);

/* Retention deletes one matter's key; erasure all keys, indexes and the account of a person. Both are noted in the
 * ledger, which vault_commit() syncs before the transaction commits. */
void vault_erase_matter(struct vault *vault, int64_t matter);
void vault_erase_person(struct vault *vault, int64_t person);
/* Outside of a transaction, after erasures were committed: leaves no byte of them in secrets.db and its log.
 * Fails, and may be tried again, while another connection holds an old snapshot for longer than five seconds. */
bool vault_scrub(struct vault *vault, GError **error);
/* Everything in secrets.db that can be checked without the journal: wrapped keys, records of accounts, what is indexed,
 * the ledger. Appends a line (char *) for each thing that is not as this vault wrote it, ids only, at most
 * VAULT_FINDINGS_MOST. False when the disk fails. */
#define VAULT_FINDINGS_MOST 100
struct vault_counts {
    int64_t keys, erased, accounts, persons_indexed, erasures;
    int64_t erasures_ahead; /* in the ledger and not in secrets.db: of a backup; restoring it does them again */
};
bool vault_verify(struct vault *vault, GPtrArray *findings, struct vault_counts *out, GError **error);

/* Accounts (int64_t, at most VAULT_FINDINGS_MOST) whose record was changed without the key; and their end: closed for
 * good, in a transaction that the caller commits. */
GArray *vault_damaged_accounts(struct vault *vault);
void vault_close_damaged_accounts(struct vault *vault);
/* Beside a journal that ends earlier than it did: closes the accounts made at `since_us` or later, which it knows
 * nothing of; in a transaction that the caller commits. How many were closed. */
int64_t vault_close_accounts_since(struct vault *vault, int64_t since_us);
void vault_end_sessions(struct vault *vault); /* all; the caller commits */

/* After a restore: opening the vault for writing has repeated the erasures of the ledger that this secrets.db does not
 * know of; this checks the whole ledger and counts the keys that went. */
bool vault_replay_erasures(struct vault *vault, int64_t *out_count, GError **error);

/* A new master key; every data key is wrapped anew, in one transaction; the old file is deleted at the end.
 * Outside of a transaction; works again after a crash in the middle (master.c). Backups made before need the old
 * key. Refused where systemd gives the key. */
bool vault_rotate_master_key(struct vault *vault, GError **error);

#endif
