/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outer - how a person, a household and a post are named outside: a keyed permutation of the id inside.
 *
 * Inside, such an id is the place of the event that made it (command/ids.h): it could be counted through. Outside it is
 * neither shown nor taken: every answer, address, command, sheet and sub-command has the outer id, and an id that does
 * not open becomes VAULT_NOBODY, which no table holds, so that a malformed id, an unknown one and one of another class
 * are refused in the same words at the same place, with no branch of its own. (An answer's `pos` shows the place of the
 * event, and so the inner id of what it made; no door takes that.)
 *
 * Shape   a letter for the class (p, h, o: the office held), then 26 characters of 0-9 and a-z without i, l, o, u:
 *         128 bits, most significant first; the two bits left over are 0. One id has one text.
 * Cipher  SIV (Rogaway and Shrimpton, EUROCRYPT 2006) out of what libsodium has: tag = the first 8 bytes of
 *         BLAKE2b-128, keyed, over class and id (8 bytes, little endian); then the id XOR ChaCha20 with the tag as
 *         nonce. Opening computes the tag again: a guess is right once in 2^64. Deterministic, no table, any id from 1
 *         to INT64_MAX, well below a microsecond. Two ids share a tag once 2^32 are there, which shows no more than
 *         their difference. Rejected: a block cipher with a zero half (libsodium has AES only within GCM, and not on
 *         every machine); a 64-bit permutation without a tag (every guess is a valid id); random ids in a table
 *         (one more thing to keep, back up and read for each row).
 * Keys    derived from index_key of secrets.db: not stored by themselves, the same after a rotation of the master key,
 *         after a backup and a restore, in every data directory that was made before; another installation's ids do
 *         not open here.
 * Owner   the thread of the vault handle.
 */
#ifndef VAULT_OUTER_H
#define VAULT_OUTER_H

#include "vault/vault.h"

enum vault_class { VAULT_ID_PERSON = 1, VAULT_ID_HOUSEHOLD, VAULT_ID_POST };

#define VAULT_OUTER_ID_CHARS 27
/* An id that no row has or can get: places have 53 bits. */
#define VAULT_NOBODY ((INT64_C(1) << 60) - 1)

/* `id` is greater than 0. */
void vault_outer_id(struct vault *vault, enum vault_class class, int64_t id, char out[VAULT_OUTER_ID_CHARS + 1]);
/* VAULT_NOBODY where the text is not an id of this class. */
int64_t vault_inner_id(struct vault *vault, enum vault_class class, const char *text);

#endif
