/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sample - events that are known by their number: the model that a journal is compared with.
 *
 * Shape   event n (its pos, from 1) is the same in every run: small and large bodies, with and without digest
 *         and sealed, Chinese text, negative and large integers. golden/ holds a journal of them, so they
 *         never change.
 */
#ifndef TESTS_JOURNAL_SAMPLE_H
#define TESTS_JOURNAL_SAMPLE_H

#include "journal/journal.h"

#define SAMPLE_START_US 1580288400000000 /* 2020-01-29 17:00 in Beijing */
#define SAMPLE_STEP_US  1000000

/* Events first to first + count - 1, to be appended. */
struct sample {
    struct event *events;
    size_t count;
    GPtrArray *owned;
};
struct sample sample_of(int64_t first, size_t count);
void sample_clear(struct sample *sample);
AUTO_CLEAR(sample)

/* Signs with a key that is always the same. */
struct journal_signer sample_signer(void);

/* Appends `count` more and asserts that it works; the journal holds nothing but samples. */
void sample_append(struct journal *journal, size_t count);
/* Walks all and asserts that it is samples 1 to `last`, and nothing else. */
void sample_assert_walk(struct journal *journal, int64_t last);
/* The same, but says no: a file that may be damaged. */
bool sample_walks(struct journal *journal, int64_t last);
/* Asserts that journal_verify() finds nothing and counts `last` events. */
void sample_assert_chain(const char *path, int64_t last);

/* A folder of its own for a test. */
struct place {
    char *dir, *path; /* path: journal.db in it, not there yet */
};
void place_init(struct place *place);
void place_clear(struct place *place); /* removes the folder with all files in it */
AUTO_CLEAR(place)

/* Opens for writing, signed, and asserts that it works. */
struct journal *place_open(const struct place *place, const char *vfs);
/* Puts a closed journal with `count` samples there, in batches of ten. */
void place_fill(const struct place *place, int64_t count);

#endif
