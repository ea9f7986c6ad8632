/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proof - a short text on a printed document that shows who issued it and that it is unchanged.
 *
 * Shape   a token is base64url without padding of: version (1 byte, 1), the matter's UUID (16), place of the event that
 *         issued it (8), day since 1970-01-01 (4), BLAKE2b of the frozen text (32), length of the document's name (1),
 *         the name; then the Ed25519 signature (64) of "lianfang proof\n" and all of these. Integers are little
 *         endian. The key is the one that signs the journal's heads, so its public half is known elsewhere already.
 *         The text itself is not in it: a token without the paper reveals nothing.
 * Owner   any thread.
 */
#ifndef MATTER_PROOF_H
#define MATTER_PROOF_H

#include "matter/matter.h"

#define PROOF_NAME_MAX       48
#define PROOF_KEY_BYTES      32
#define PROOF_TOKEN_TEXT_MAX 240 /* base64 of 1 + 16 + 8 + 4 + 32 + 1 + 47 + 64 bytes, and a NUL */

struct proof {
    struct uuid matter;
    char name[PROOF_NAME_MAX];
    int64_t place;
    int32_t day;
    uint8_t digest[sizeof((struct issued *)0)->digest];
};

void proof_sign(struct vault *vault, const struct proof *proof, char out[PROOF_TOKEN_TEXT_MAX]);
/* False: cut, changed, or signed with another key. */
bool proof_read(const char *token, const uint8_t public_key[PROOF_KEY_BYTES], struct proof *out);

#endif
