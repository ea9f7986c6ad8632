/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence - whether journal.db, secrets.db and rows.db are of one installation, and whether the journal still has
 * everything that the other two know of.
 *
 * Shape   asked before anything is written over. The journal is synced first, so neither secrets.db nor rows.db can
 *         be ahead of it unless the journal has lost something; that it is ahead of them is nothing but a crash.
 * Errors  ENGINE_ERROR_LOSS where the operator may go on without what is missing (`lianfang accept-loss`);
 *         ENGINE_ERROR_FOREIGN where the files do not belong together: nothing but the right file helps.
 * Owner   the thread that opens the engine, before its writer runs; `lianfang verify` and backups with handles of their
 *         own.
 */
#ifndef ENGINE_EVIDENCE_H
#define ENGINE_EVIDENCE_H

#include "engine/engine.h"
#include "vault/vault.h"

/* Before journal.db is opened: a file that is missing or empty although there were events. */
bool evidence_file(const char *data_dir, struct vault *vault, GError **error);
/* The same where there is no vault yet: a journal that is missing beside what belongs to it. */
bool evidence_stranded(const char *data_dir, GError **error);

/* The ids, the newest head, the events behind it, and what the vault knows of the journal. */
bool evidence_journal(struct vault *vault, struct journal *journal, GError **error);
/* Every head of a journal that has been verified is of the vault's key. */
bool evidence_heads(struct vault *vault, struct journal *journal, size_t count, GError **error);
/* Records of accounts whose MAC does not fit: changed without the key. */
bool evidence_accounts(struct vault *vault, GError **error);
/* What rows.db knows of it; where there is none, or a damaged one, nothing. And of secrets.db: `state` (NULL: not
 * asked) is of the same installation, and no older than the rows. */
bool evidence_rows(const char *data_dir, const char *vfs, struct journal *journal, const struct vault_state *state,
                   GError **error);

/* What a LOSS says, without the ways out; the caller frees. */
char *evidence_what(const GError *loss);

/* Gives the vault and the journal the same id, at the first start. */
bool evidence_bind(struct vault *vault, struct journal *journal, GError **error);

/* The operator goes on without what is missing: marks the vault, renames files that are ahead of the journal to
 * NAME.lost-TIME, marks keys that no event made as unreconciled. */
bool loss_accept(const char *data_dir, struct vault *vault, struct journal *journal, const char *vfs_rows,
                 int64_t now_us, GError **error);
/* Before a journal that is missing or empty is made anew: its log, which would vanish, is kept. */
bool loss_keep_log(const char *data_dir, int64_t now_us, GError **error);
/* What the first batch then begins with: decided by decide_accept_loss(). */
struct command *loss_command(const char *what, const char *reason);

#endif
