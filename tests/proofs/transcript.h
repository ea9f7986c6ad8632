/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript - what a journal says, in the clear: one line an event, with every sealed part opened by the vault.
 *
 * Shape   position, stream, kind, version, command, times, person, post, unit, matter, the body's bytes, then what
 * was sealed. Digests, nonces and hashes are left out: they differ where nothing that matters does, and so may the
 * command of an erasure. Two journals with equal lines say the same.
 * Owner   one thread; the data directory may be open.
 */
#ifndef TESTS_PROOFS_TRANSCRIPT_H
#define TESTS_PROOFS_TRANSCRIPT_H

#include "engine/engine.h"

struct transcript {
    GPtrArray *lines; /* of char * */
    int64_t sealed;   /* parts, of persons and matters that are not erased: all of them opened */
    int64_t erased;   /* parts whose owner has been erased, which no key opens */
};

/* Asserts that every sealed part opens unless the journal itself says that its owner was erased. */
void transcript_read(struct transcript *out, const char *data_dir, const char *keys_dir);
void transcript_clear(struct transcript *transcript);
AUTO_CLEAR(transcript)

/* Shows the first line that differs. */
void transcript_assert_equal(const struct transcript *one, const struct transcript *other);

#endif
