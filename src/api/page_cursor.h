/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_cursor - where a list goes on, sealed for the viewer to whom it was given.
 *
 * Shape   base64url of nonce (24 bytes) and ciphertext: the integers, 8 bytes each, under a key out of the vault,
 *         bound to the viewer, the path and every other parameter of the query but `limit`. Equal positions have equal
 *         texts, so that an unchanged list has the same ETag.
 * Errors  a cursor of another list, filter or viewer, a changed one and an invented one are refused alike.
 * Owner   the caller of page_cursor_seal(); the key stays that of the data directory, over restarts.
 */
#ifndef API_PAGE_CURSOR_H
#define API_PAGE_CURSOR_H

#include "api/request.h"

#define PAGE_CURSOR_PARTS_MAX 4

char *page_cursor_seal(struct request *request, const int64_t *parts, size_t count);
bool page_cursor_open(struct request *request, const char *text, int64_t *parts, size_t count);

#endif
