/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_token - the token of a resident's link, and the digest by which it is known here.
 *
 * Shape   the token is a keyed hash of the id of the command that gives the link: sending the command again, when its
 *         answer was lost, answers the same token, and it is stored nowhere. Rows and journal hold the digest alone.
 *         128 bits, base64url.
 * Keys    derived from index_key of secrets.db, as those of outer.h are.
 * Owner   the thread of the vault handle.
 */
#ifndef VAULT_LINK_TOKEN_H
#define VAULT_LINK_TOKEN_H

#include "base/uuid.h"
#include "vault/vault.h"

#define LINK_TOKEN_CHARS  22
#define LINK_DIGEST_CHARS 32 /* hexadecimal */

void vault_link_token(struct vault *vault, const struct uuid *command, char out[LINK_TOKEN_CHARS + 1]);
/* What ended links since a backup is not in it: a restore lets none go on that was given by then. */
void vault_void_links(struct vault *vault, int64_t until_us);
bool vault_link_is_void(struct vault *vault, int64_t given_us);
/* False: the text is no token. */
bool vault_link_digest(const char *token, char out[LINK_DIGEST_CHARS + 1]);

#endif
