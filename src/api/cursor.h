/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cursor - where a list goes on, sealed for whoever was given it.
 *
 * Shape   base64url of nonce (24 bytes) and ciphertext: the integers, 8 bytes each, under a key out of the vault,
 *         bound to the viewer, the path and every other parameter of the query but `limit`. Two pages that say the
 *         same have the same text, so that a list asked for again is known by its tag.
 * Errors  what does not open is refused alike: of another list, filter or viewer, changed, or made up.
 * Owner   the caller of cursor_seal(); the key stays that of the data directory, over restarts.
 */
#ifndef API_CURSOR_H
#define API_CURSOR_H

#include "api/request.h"

#define CURSOR_PARTS_MAX 4

char *cursor_seal(struct request *request, const int64_t *parts, size_t count);
bool cursor_open(struct request *request, const char *text, int64_t *parts, size_t count);

#endif
