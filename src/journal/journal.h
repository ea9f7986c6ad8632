/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal - the append-only list of everything that was decided.
 *
 * Shape   event = (stream, seq, pos, command, at, observed, person, post, kind, version, unit, matter, digest, body,
 *         sealed, hash); rows are never updated or deleted; every table of rows.db can be rebuilt from them. The
 *         hash chain is one a stream, a signed head names the newest event of each. The table layout and the bytes
 *         under the hash are described on top of sqlite.c; tools/verify-journal.py checks them independently.
 * Units   stream 0 ... STREAM_MAX, seq 1, 2, 3 ... without gaps in a stream: both together name an event for good and
 *         make the ids of what it makes (command/ids.h). pos 1, 2, 3 ... without gaps in a data directory is the
 *         order in this file, and means nothing outside. Times UTC microseconds; body JSON as stored, sealed is
 *         ciphertext.
 * Errors  JOURNAL_ERROR_IO when the disk fails: nothing of the batch is acknowledged, and the writer must end (every
 *         later append fails). After a crash all or nothing of that batch is there.
 *         JOURNAL_ERROR_CONFLICT when another writer was first: nothing was written, the tips are the other's,
 *         decide again.
 *         JOURNAL_ERROR_FULL when there is no room: nothing was written; this writer has ended, but a new one may be
 *         opened without a new start of the program.
 *         JOURNAL_ERROR_CORRUPT when the file is not one that this program wrote.
 *         JOURNAL_ERROR_OLD_FORMAT when it is of a format that is only read (1: pos alone numbers events, `stream` is
 *         a unit's id): a reader walks and verifies it; such events have seq = pos. JOURNAL_ERROR_NEW_FORMAT when a
 *         newer program wrote it.
 * Limits  LIMIT_APPEND_… a batch, LIMIT_EVENT_… an event; more is our bug.
 * Owner   one writer thread holds the journal open for writing; a batch is borrowed for the length of the call. Readers
 *         open their own with journal_open_reader().
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

#define JOURNAL_FORMAT 2 /* what is written; 1 is read */
#define STREAM_MAX     32767

struct event {
    int64_t stream, seq;   /* in which it was decided, and which of that stream's it is */
    int64_t pos;           /* given by journal_append() */
    struct uuid command;   /* the command that it follows from; a command's events stand together */
    int64_t at_us;         /* accepted */
    int64_t observed_us;   /* when it happened */
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
enum journal_error {
    JOURNAL_ERROR_IO,
    JOURNAL_ERROR_CONFLICT,
    JOURNAL_ERROR_CORRUPT,
    JOURNAL_ERROR_FULL,
    JOURNAL_ERROR_OLD_FORMAT,
    JOURNAL_ERROR_NEW_FORMAT
};

struct journal;

/* Signs a head; `context` belongs to the signer (the vault). */
struct journal_signer {
    void (*sign)(void *context, const void *message, size_t bytes, uint8_t out[JOURNAL_SIGNATURE_BYTES]);
    void *context;
    uint8_t public_key[JOURNAL_KEY_BYTES];
};

/* Opens or makes journal.db; `signer` (copied) may be NULL for no heads, `vfs` NULL for the system's. Checks
 * that the hash of each stream's last event fits its predecessor, that the newest head names no event that is not
 * there, and, with a signer, that it is of its key. */
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
bool journal_hash_of(struct journal *journal, int64_t stream, int64_t seq, uint8_t out[JOURNAL_HASH_BYTES],
                     GError **error);
int journal_format(const struct journal *journal); /* of the file: 1 or 2 */
/* False, JOURNAL_ERROR_OLD_FORMAT with its `path`: it is walked and verified, and not applied. */
bool journal_must_be_current(const struct journal *journal, const char *path, GError **error);
/* Computes the hashes of the events from `first` to the end anew. False with JOURNAL_ERROR_CORRUPT where one
 * differs. */
bool journal_check_from(struct journal *journal, int64_t first, GError **error);

/* Which installation it belongs to: stands beside the events, not under their hashes. False: none yet. */
#define JOURNAL_ID_BYTES 16
bool journal_installation(struct journal *journal, uint8_t out[JOURNAL_ID_BYTES]);
bool journal_set_installation(struct journal *journal, const uint8_t id[JOURNAL_ID_BYTES], GError **error);

/* The seq of a stream's newest event, 0 none; of the writer's. */
int64_t journal_last_seq(const struct journal *journal, int64_t stream);

/* Appends all `count` events or none, with one fsync; each comes with its stream and the next seq there. Fills pos
 * and hash of each (pos 0 where it fails). A head is signed in the same transaction when it is due. */
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

/* The same, one stream alone; the cursor's events are in order of seq. */
struct journal_cursor *journal_walk_stream(struct journal *journal, int64_t stream, int64_t first);
/* The streams that have events, ascending; an array of int64_t. NULL with *error. */
GArray *journal_streams(struct journal *journal, GError **error);

struct journal_tip {
    int64_t stream, seq;
    uint8_t hash[JOURNAL_HASH_BYTES];
};
struct journal_head {
    int64_t pos, at_us; /* of the file's newest event then, which is not signed; when it was signed */
    GArray *tips;       /* of struct journal_tip, by stream; of a journal of format 1 one, {0, pos, hash} */
    int format;
    uint8_t public_key[JOURNAL_KEY_BYTES], signature[JOURNAL_SIGNATURE_BYTES];
};
void journal_head_clear(struct journal_head *head);
AUTO_CLEAR(journal_head)
/* The newest `most` heads, newest first, an array of struct journal_head that clears them; NULL with *error. */
GArray *journal_heads(struct journal *journal, size_t most, GError **error);

/*
 * Verification reads with two threads over two connections of its own, since a hash needs only its stored
 * predecessor. It finds every change of what is stored, given a head that was published: without one, a journal whose
 * end was cut off together with its heads, or that was made anew and signed with another key, is not found.
 * `published` is such a head, kept elsewhere, and NULL where there is none; `progress` may be NULL and is called on the
 * caller's thread. False when the file cannot be opened or is no journal.
 */
struct journal_finding {
    int64_t pos; /* where in the file; 0 for the file as a whole */
    /* "hash differs", "missing", "missing before it" (in its stream), "out of order", "head differs", "signature",
     * "cut off", "unreadable" */
    const char *what;
};
struct journal_report {
    int64_t events, last_pos;
    uint8_t last_hash[JOURNAL_HASH_BYTES];
    size_t heads;
    GArray *findings;  /* of struct journal_finding, by pos; at most 100 */
    GPtrArray *tables; /* of char *: a trigger that somebody added, an index that is missing; without that of
                        * streams a long journal is not walked */
};
bool journal_verify(const char *path, const struct journal_head *published,
                    void (*progress)(int64_t done, int64_t all, void *context), void *context,
                    struct journal_report *out, GError **error);
void journal_report_clear(struct journal_report *report);
AUTO_CLEAR(journal_report)

#endif
