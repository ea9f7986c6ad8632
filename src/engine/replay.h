/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay - events of the journal applied to rows.db, and the making of a whole rows.db out of them.
 *
 * Shape   a second thread reads and parses while the caller's applies. Replaying ends where a command ends, since
 *         batches hold whole commands.
 * Errors  JOURNAL_ERROR_… and DB_ERROR_…; rows.db then stands at an earlier position.
 * Owner   the caller's thread, which owns `rows`; the second thread ends before replay_run() returns.
 */
#ifndef ENGINE_REPLAY_H
#define ENGINE_REPLAY_H

#include "engine/engine.h"

struct replay {
    const struct areas *areas;
    const char *data_dir;
    int64_t first, last; /* `last` 0: the end */
    /* From the first event: what is kept everywhere in the order of the file, then stream after stream, that of the
     * root first. Gives the same rows, since an event changes no row of another stream. */
    bool by_stream;
    /* Where a file is caught up that is kept on: what settles it needs the rules, which are filled up from the journal.
     * NULL: it is built anew, and the engine counts afterwards. */
    struct rulebook *rulebook;
    struct journal *journal;
    void (*progress)(int64_t done, int64_t all, void *context); /* NULL none */
    void *context;
    int64_t events, entries; /* out */
};

/* Applies to `rows`, where no transaction is open. */
bool replay_run(struct replay *replay, struct db *rows, GError **error);

/* Makes `path` out of the journal, durable; a file of that name is replaced. */
bool rows_build(struct replay *replay, const char *path, GError **error);

/* Opens DATA/rows.db as of the journal's end: catches up, or builds it anew where it is missing, of another
 * projection or of another journal. */
void rows_mark_damaged(const char *data_dir); /* DATA/rows.db.damaged, until it has been built anew */
struct db *rows_open_current(const struct areas *areas, const char *data_dir, struct journal *journal,
                             struct rulebook *rulebook, const char *vfs, GError **error);

/* PRAGMA user_version of rows.db: which areas, schemas and projections made it. */
int32_t rows_stamp(const struct areas *areas);
bool rows_remove(const char *path, GError **error); /* with its logs; also where there is none */
/* Puts DATA/`name` in the place of DATA/rows.db. */
bool rows_switch(const char *data_dir, const char *name, GError **error);

#endif
