/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal - the append-only list of everything that was decided.
 *
 * Shape   event = (pos, stream, command, at, observed, person, post, kind, version, unit, matter, digest,
 *         body, sealed, hash); rows are never updated or deleted; every table of rows.db can be rebuilt from
 *         them. The table layout and the bytes under the hash are described on top of sqlite.c;
 *         tools/verify-journal.py checks them independently.
 * Units   pos 1, 2, 3 ... without gaps in a data directory; times UTC microseconds; body JSON as stored,
 *         sealed is ciphertext.
 * Errors  JOURNAL_ERROR_IO when the disk says no: nothing of the batch is acknowledged, and the writer must
 *         end (every later append fails). After a crash all or nothing of that batch is there.
 *         JOURNAL_ERROR_CONFLICT when another node was first: nothing was written, journal_last_pos() is the
 *         other's, decide again.
 *         JOURNAL_ERROR_FULL when there is no room: nothing was written; this writer has ended, but a new one may be
 *         opened without a new start of the program.
 *         JOURNAL_ERROR_CORRUPT when the file is not one that this program wrote.
 * Limits  LIMIT_APPEND_… a batch, LIMIT_EVENT_… an event; more is our bug.
 * Owner   one writer thread holds the journal open for writing; a batch is borrowed for the length of the
 *         call. Readers open their own with journal_open_reader().
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include "base/auto.h"
#include "base/uuid.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_HASH_BYTES        32
#define JOURNAL_DIGEST_BYTES      16
#define JOURNAL_SIGNATURE_BYTES   64
#define JOURNAL_KEY_BYTES         32
#define JOURNAL_HEAD_EVERY_EVENTS 10000                 /* a head is signed after so many events, */
#define JOURNAL_HEAD_EVERY_US     (10 * 60 * 1000000LL) /* or with the first batch after so long */

struct event {
    int64_t pos;           /* given by journal_append() */
    int64_t stream;        /* unit id of the district or of the city in whose stream it was decided */
    struct uuid command;   /* the command that it follows from; a command's events stand together */
    int64_t at_us;         /* accepted */
    int64_t observed_us;   /* when it happened out there */
    int64_t person;        /* who: person id; 0 is the clock or the operator */
    int64_t post;          /* in which post; 0 none */
    const char *kind;      /* "entered"; static or owned by the producer */
    int version;           /* of the body's shape, from 1 */
    int64_t unit;          /* 0 none */
    int64_t matter;        /* 0 none */
    const uint8_t *digest; /* of a command that came through a door, on its first event; else NULL */
    const void *body;      /* JSON object, UTF-8 */
    size_t body_bytes;
    const void *sealed; /* NULL none */
    size_t sealed_bytes;
    uint8_t hash[JOURNAL_HASH_BYTES]; /* given by journal_append() */
};

#define JOURNAL_ERROR journal_error_quark()
GQuark journal_error_quark(void);
enum journal_error { JOURNAL_ERROR_IO, JOURNAL_ERROR_CONFLICT, JOURNAL_ERROR_CORRUPT, JOURNAL_ERROR_FULL };

struct journal;

/* Signs a head; `context` belongs to the signer (the vault). */
struct journal_signer {
    void (*sign)(void *context, const void *message, size_t bytes, uint8_t out[JOURNAL_SIGNATURE_BYTES]);
    void *context;
    uint8_t public_key[JOURNAL_KEY_BYTES];
};

/* Opens or makes journal.db; `signer` (copied) may be NULL for no heads, `vfs` NULL for the system's. Checks
 * that the last event's hash fits its predecessor, that no signed head names more events than it has, and, with
 * a signer, that the newest head is of its key and names an event that is there. */
struct journal *journal_open(const char *path, const struct journal_signer *signer, const char *vfs, GError **error);
struct journal *journal_open_reader(const char *path, GError **error);
void journal_close(struct journal *journal);
static inline void journal_auto(struct journal **journal)
{
    if (*journal != NULL)
        journal_close(*journal);
}

int64_t journal_last_pos(struct journal *journal);   /* 0 when empty; for a reader: what it sees now */
int64_t journal_last_at_us(struct journal *journal); /* accepted time of the last event, 0 when empty */

void journal_last_hash(struct journal *journal, uint8_t out[JOURNAL_HASH_BYTES]); /* of the writer's */
/* The stored hash of an event; false where there is none, or *error. */
bool journal_hash_at(struct journal *journal, int64_t pos, uint8_t out[JOURNAL_HASH_BYTES], GError **error);
/* Computes the hashes of the events from `first` to the end anew. False with JOURNAL_ERROR_CORRUPT where one
 * differs. */
bool journal_check_from(struct journal *journal, int64_t first, GError **error);

/* Which installation it belongs to: stands beside the events, not under their hashes. False: none yet. */
#define JOURNAL_ID_BYTES 16
bool journal_installation(struct journal *journal, uint8_t out[JOURNAL_ID_BYTES]);
bool journal_set_installation(struct journal *journal, const uint8_t id[JOURNAL_ID_BYTES], GError **error);

/* Appends all `count` events or none, with one fsync; fills pos and hash of each (pos 0 where it fails). A
 * head is signed in the same transaction when it is due. */
bool journal_append(struct journal *journal, struct event *events, size_t count, GError **error);

/* Signs a head now (at an orderly stop). */
bool journal_sign_head(struct journal *journal, int64_t at_us, GError **error);

/* Walks events in order of pos from `first` to `last` (0: the end). What the cursor points to lives until the
 * next call. The snapshot is given back every few hundred events, so a long walk holds no write-ahead log; it
 * sees what was appended meanwhile, once no other walk of the same reader is on its way. Hashes are not
 * checked here. */
struct journal_cursor;
struct journal_cursor *journal_walk(struct journal *journal, int64_t first, int64_t last);
/* False: the end, or *error. */
bool journal_next(struct journal_cursor *cursor, struct event *out, GError **error);
void journal_cursor_free(struct journal_cursor *cursor);
AUTO_FREE(journal_cursor)

struct journal_head {
    int64_t pos, at_us;
    uint8_t hash[JOURNAL_HASH_BYTES], public_key[JOURNAL_KEY_BYTES], signature[JOURNAL_SIGNATURE_BYTES];
};
/* The newest `most` heads, newest first; returns how many. */
size_t journal_heads(struct journal *journal, struct journal_head *out, size_t most, GError **error);

/*
 * Verification reads with two threads over two connections of its own, since a hash needs only its stored
 * predecessor. It finds every change of what is stored, given a head that was published: whoever can write
 * the file can also drop its end with the heads there, or make a chain of their own and sign it with a key of
 * their own. `published` is such a head, kept elsewhere, and NULL where there is none; `progress` may be NULL
 * and is called on the caller's thread. False when the file cannot be opened or is no journal.
 */
struct journal_finding {
    int64_t pos; /* where; 0 for the file as a whole */
    /* "hash differs", "missing", "out of order", "head differs", "signature", "cut off", "unreadable" */
    const char *what;
};
struct journal_report {
    int64_t events, last_pos;
    uint8_t last_hash[JOURNAL_HASH_BYTES];
    size_t heads;
    GArray *findings; /* of struct journal_finding, by pos; at most 100 */
};
bool journal_verify(const char *path, const struct journal_head *published,
                    void (*progress)(int64_t done, int64_t all, void *context), void *context,
                    struct journal_report *out, GError **error);
void journal_report_clear(struct journal_report *report);
AUTO_CLEAR(journal_report)

#endif
