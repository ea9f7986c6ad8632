/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain - the bytes under an event's hash and under a head's signature.
 *
 * Shape   the bytes are described on top of sqlite.c. Every hash covers the stored hash of its predecessor in the
 *         stream, so that any event can be checked without reading the file from its start.
 * Owner   any thread; keeps nothing.
 */
#ifndef JOURNAL_CHAIN_H
#define JOURNAL_CHAIN_H

#include "journal/journal.h"

/* Once a program, before the first hash; any number of times from any thread. */
void chain_init(void);

/* Of every field of the event except its own hash and pos; `format` is the journal's. */
void chain_hash(int format, const uint8_t previous[JOURNAL_HASH_BYTES], const struct event *event,
                uint8_t out[JOURNAL_HASH_BYTES]);

/* Fills the head's public key and signature. */
void chain_sign(const struct journal_signer *signer, struct journal_head *head);
bool chain_is_signed(const struct journal_head *head);

#endif
