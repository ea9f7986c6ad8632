/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writer - the engine from within: what its writer thread owns and what it shares.
 *
 * Shape   writer.c loops: wait, batch_decide(), batch_write(), batch_answer(), let rows follow. What is decided next
 *         sees what was decided before, since events are applied to the open transaction of rows.db at once.
 * Owner   "the writer's" is touched by the writer thread only (by engine_open() and engine_close() before and after it
 *         runs); "shared" is guarded by `lock`, which the writer never holds while it decides or writes.
 */
#ifndef ENGINE_WRITER_H
#define ENGINE_WRITER_H

#include "engine/engine_area.h"
#include "engine/queue.h"
#include "engine/traces.h"

#include <pthread.h>

/* One command of a batch. At most one is set of `problem`, `repeats` and `count`; of a refused letter `problem` and
 * `count`, since the refusal is an event; of a dry run none. */
struct batch_item {
    struct queued_command taken;
    struct problem *problem; /* refused */
    size_t first, count;     /* its events in the batch */
    int64_t repeats;         /* first pos of the command that it repeats, 0 none */
    int64_t repeats_count;
};

/* `events` and `decided` are parallel; an item has `count` of them from `first` on, in the order of the items. Until
 * the batch is written, next_pos is last_pos + 1 + events->len. */
struct batch {
    GArray *entries;    /* of struct batch_item */
    GPtrArray *decided; /* of struct decided_event: owns what the events point to */
    GArray *events;     /* of struct event, as the journal takes them */
    GArray *letters;    /* int64_t: positions of letters sent in it */
    size_t bytes;
    int64_t began_us; /* monotonic */
};

enum writer_state { /* drawn on top of writer.c */
                    WRITER_WORKS,
                    WRITER_STILL,  /* nothing is open: the checkpoint thread may restart the logs */
                    WRITER_HELD,   /* the same for long, because another program holds a log: commands are refused */
                    WRITER_FULL,   /* the disk has no room, nothing is open, commands are refused */
                    WRITER_OPENS,  /* the same, while the files are opened anew */
                    WRITER_FAILED, /* storage failed; for good */
};

enum wal { WAL_JOURNAL, WAL_ROWS, WAL_SECRETS, WAL_COUNT };

/*
 * Invariants  shared: rows_pos <= durable_pos, and behind_since_us is set while they differ. Between two batches:
 *         durable_pos is last_pos; the open transaction of rows.db holds the events behind rows_pos, and rows_since_us
 *         is 0 exactly when there are none.
 */
struct engine {
    /* since opening */
    struct areas *areas;
    char *data_dir, *keys_dir;
    struct clock *clock;
    bool no_clock;
    int64_t grace_us; /* -1: the playbook's */
    int batch_commands;
    int64_t wal_limit;
    int lock_file;
    GTimeZone *utc;
    struct rulebook *rulebook;
    struct traces *traces; /* has a lock of its own */
    char *vfs[WAL_COUNT];
    char *wal_paths[WAL_COUNT];
    _Atomic int64_t quiet_until_us; /* after downtime nothing lapses before */
    char *loss;                     /* accepted when it was opened; NULL none */

    /* the writer's */
    struct db *rows;
    struct vault *vault;
    struct journal *journal;
    struct batch batch;
    GArray *letters;              /* int64_t: in transit, to be decided here */
    int64_t last_pos;             /* of the newest event that the journal has; its hash is last_hash */
    int64_t next_pos, last_at_us; /* those of the batch included */
    int64_t seqs[STREAM_MAX + 1]; /* by stream: the newest event's, those of the batch included */
    int64_t next_due_us;          /* of the clock, as rows say */
    int64_t rows_since_us;        /* monotonic: since when rows.db lags, 0 not at all */
    bool wal_is_long;             /* as of the last commit: see wal_is_long() */
    uint8_t last_hash[JOURNAL_HASH_BYTES];
    bool held;                       /* as of the last look at the machine's clock */
    int64_t watched_us;              /* now less the machine's running time, as of then */
    int64_t looked_us, held_told_us; /* monotonic */

    /* shared */
    pthread_mutex_t lock;
    pthread_cond_t work;  /* the writer has something to do */
    pthread_cond_t moved; /* rows moved, an answer was given, the clock ran, the state is another one */
    struct queue *queue;
    enum writer_state state; /* changed by writer_enter() */
    /* asked of the writer */
    bool stopping;        /* what was taken is finished */
    bool giving_up;       /* what waits is turned away: the program must end */
    bool pause_requested; /* the checkpoint thread: to stand still between two batches */
    int64_t waiting_us;   /* monotonic: since when commands wait and none was answered, 0 none waits */
    int64_t durable_pos, rows_pos;
    int64_t behind_since_us; /* since when the latter does not show the former; 0 it does */
    int64_t clock_runs_wanted, clock_runs_done, clock_events;
    int long_reads;       /* under way */
    bool long_reads_held; /* none begins: the checkpoint thread waits for the others' end */
    /* monotonic: since when the checkpoint thread moves pages, 0 it does not; when it last had moved some */
    int64_t moving_since_us, moved_us;
    bool checkpoints_end;
    bool scrub_wanted; /* keys were deleted: secrets.db's log is to be emptied */
    struct engine_metrics metrics;

    pthread_t writer, checkpointer;
};

/* ---- failure.c ---- */
void writer_fail(struct engine *engine, const char *what, const char *why); /* any thread, without the lock */
/* Before its connection forgets: a rows.db that is damaged is built anew at the next start. */
void rows_suspect(const struct engine *engine);
bool is_about_room(const GError *error); /* any of the three files': there is none, and nothing was written */

/* ---- wal.c ---- */
int64_t wal_bytes(const struct engine *engine, enum wal wal);
bool wal_is_too_long(const struct engine *engine, int64_t bytes);
bool wal_is_long(const struct engine *engine); /* some log nears LIMIT_WAL_BYTES: the writer stands still */

/* ---- writer.c ---- */
void *writer_run(void *engine);

/* ---- files.c ---- */
/* Queues what is missing between an erasure and its event, or a key and what it seals. */
bool engine_reconcile(struct engine *engine, const char *accept_loss, GError **error);
void engine_stand_at_end(struct engine *engine); /* decides next what follows the journal's last event */

/* ---- reopen.c ---- */
bool engine_reopen(struct engine *engine, GError **error); /* at the journal's end, also after another writer */
/* Another writer was first: what the batch holds is undone, and decided again behind what the other wrote. */
bool engine_decide_again(struct engine *engine, GError **error);

/* ---- state.c ---- */
/* The caller holds `lock`. FAILED is never left. */
void writer_enter(struct engine *engine, enum writer_state state);
bool writer_has_failed(const struct engine *engine);
bool writer_is_still(const struct engine *engine);   /* nothing is open in the logs */
bool writer_lacks_room(const struct engine *engine); /* commands are refused until there is some */

/* ---- room.c ---- */
/* The batch is undone and answered: waits until there is room, opens the files anew. False when storage failed or the
 * program stops first: what is in memory then stands behind no file, and nothing more is decided or committed. */
bool room_wait(struct engine *engine);

/* ---- adopt.c ---- */
/* The playbook that was adopted by the event at this place. */
struct playbook *adopted_load(struct journal *journal, int64_t place, GError **error);

/* ---- batch.c ---- */
void batch_init(struct batch *batch);
void batch_clear(struct batch *batch);
void batch_empty(struct batch *batch);
/* Decides one command as the next of the batch. */
struct batch_item *batch_decide_one(struct engine *engine, const struct queued_command *taken);
bool batch_is_full(const struct engine *engine);
bool storage_is_well(const struct engine *engine);
/* Makes it durable: vault, then journal. */
bool batch_write(struct engine *engine, GError **error);
void batch_undo(struct engine *engine); /* after a failure: nothing of it remains */

/* ---- intake.c ---- */
/* Takes what waits, at most half of it clock and letters; false when storage failed. */
bool batch_decide(struct engine *engine, bool run_clock);

/* ---- answer.c ---- */
void batch_answer(struct engine *engine);
void answer_batch(struct engine *engine, enum problem_code code); /* refused, all of it */
void answer_all_failed(struct engine *engine);                    /* batch and queue: storage_failed */
bool taken_is_awaited(const struct queued_command *taken);
void answer_queue(struct engine *engine, enum problem_code code); /* refuses what a caller waits for; the rest stays */

/* ---- tick.c ---- */
bool clock_is_due(const struct engine *engine);
int clock_decide(struct engine *engine, int most); /* how many commands it ran */

/* ---- look.c ---- */
bool looks_are_due(const struct engine *engine);
void looks_decide(struct engine *engine); /* those due, behind queued commands */

/* ---- watch.c ---- */
void watch_begin(struct engine *engine, bool accept); /* while it opens: the last time of the journal is known */
void watch_look(struct engine *engine);               /* the writer's, under `lock`, each time that it waits */

/* ---- letters.c ---- */
void letters_load(struct engine *engine);
int letters_decide(struct engine *engine, int most);

/* ---- checkpoint.c ---- */
void *checkpointer_run(void *engine);

/* ---- data_dir.c ---- */
/* A restore into it has begun and not ended: this file is there. */
#define DATA_RESTORING "restoring"
bool data_is_half(const char *data_dir);
int data_lock(const char *data_dir, GError **error); /* the open file, -1 with ENGINE_ERROR_LOCKED */
void data_unlock(int lock_file);
void alive_write(int lock_file, int64_t now_us, int64_t quiet_until_us);
/* When the last server was seen alive, 0 unknown, and the end of its grace after a downtime, 0 none. */
int64_t alive_read(int lock_file, int64_t *out_quiet_until_us);

/* ---- backup.c ---- */
void backup_sweep(const char *data_dir);

/* ---- adopt.c ---- */
bool rulebook_fill(struct rulebook *rulebook, struct db *rows, struct journal *journal, GError **error);

#endif
