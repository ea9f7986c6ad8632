/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine - the one writer: takes commands, decides them, makes them durable, answers.
 *
 * Shape   one thread. For each command: decide → events → applied to rows.db's open transaction. For a batch: vault
 *         commit if keys were made, one append to journal.db with one fsync, then every caller is answered. rows.db
 *         commits when the queue is empty or after 25 ms. The clock (expectations, retention) and letters run as
 *         commands of the same batches, at most half of each. Checkpoints run in a thread of their own.
 * Files   DATA/journal.db rows.db secrets.db lock refusals*.log; keys_dir beside it (default DATA.keys).
 * Errors  ENGINE_ERROR_…; a failed write or fsync ends the writer: every caller gets storage_failed, and nothing is
 *         accepted until the program is started again. A full disk does not: see room.c.
 * Owner   engine_submit() from any thread; `done` is called on the writer thread and must be short.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/clock.h"
#include "command/decision.h"

struct engine;

struct engine_options {
    const char *data_dir, *keys_dir; /* keys_dir NULL: data_dir with ".keys" */
    /* In the order in which they apply an event, engine_area among them; NULL-terminated; borrowed for good. */
    const struct area *const *areas;
    struct clock *clock; /* guarded by the engine: see watch.c */
    bool accept_clock;   /* the machine's clock is right, however long ago the newest event is */
    bool create;         /* make the data directory where there is none */
    bool no_clock;       /* the clock runs only in engine_run_clock() */
    int64_t grace_us;    /* -1: the playbook's */
    const char *vfs_journal, *vfs_rows, *vfs_secrets; /* NULL: the system's; tests */
    int batch_commands;                               /* 0: LIMIT_BATCH_COMMANDS; tests */
    bool in_order;           /* one queue for all persons: tests and rehearsals, which do the same each time */
    const char *accept_loss; /* why the operator goes on where events are missing; NULL: refuses to open */
    const char *loss;        /* what is missing then, by whoever took it away; NULL: what is found */
    int64_t wal_bytes;       /* 0: LIMIT_WAL_BYTES; tests */
};

bool data_exists(const char *data_dir, GError **error);
char *keys_dir_beside(const char *data_dir); /* the default of keys_dir; the caller frees */

#define ENGINE_ERROR engine_error_quark()
GQuark engine_error_quark(void);
enum engine_error {
    ENGINE_ERROR_LOCKED,
    ENGINE_ERROR_DATA,
    ENGINE_ERROR_NO_PLAYBOOK, /* at the place in the journal that rows name */
    ENGINE_ERROR_FAILED,
    ENGINE_ERROR_LOSS,    /* events are missing that something else knows of: evidence.h */
    ENGINE_ERROR_FOREIGN, /* files of two installations, or changed by another program without the key */
};

struct engine *engine_open(const struct engine_options *options, GError **error);
const char *engine_loss(struct engine *engine); /* what was missing and is accepted; NULL nothing */
/* Finishes what was taken, commits rows, signs a head, closes. */
void engine_close(struct engine *engine);
static inline void engine_auto(struct engine **engine)
{
    if (*engine != NULL)
        engine_close(*engine);
}

struct answer {
    struct uuid id;
    int64_t pos;  /* of the last event in this file; 0 when refused */
    int64_t made; /* accepted: the id of the unit, person, post ... that the first event made, if it made one */
    json_t *body; /* accepted: {"id","pos","stream","at","made"?,"events":[{"pos","event","matter"?,"version"?,"state"?,
                      ...}]}; borrowed */
    bool repeated;           /* answered as before */
    struct problem *problem; /* borrowed; NULL when accepted */
};
typedef void (*engine_done)(void *context, const struct answer *answer);

/* Takes the command. False (and the command stays the caller's) when the queue is full or the engine is
 * stopping: *out_problem. */
bool engine_submit(struct engine *engine, struct command *command, engine_done done, void *context,
                   struct problem **out_problem);
/* So many commands wait that none of a batch would be taken: the caller need not read it. */
bool engine_is_crowded(struct engine *engine);
/* The same as engine_submit() and waits: for the command line and tests. The answer's body and problem become the
 * caller's. */
bool engine_ask(struct engine *engine, struct command *command, struct answer *out);

/* Records that personal data will be shown to `reader`; called before it is shown. Written with others within five
 * seconds, one row a reader, person and hour, behind the commands in the queue. False: too many wait, or the engine
 * takes nothing more; then nothing may be shown, see *out_problem. */
struct look {
    int64_t person, matter; /* matter 0: the person's record in the registry */
};
bool engine_note_looks(struct engine *engine, int64_t reader, const struct look *looks, size_t count, const char *page,
                       struct problem **out_problem);

/* With no_clock: runs everything due at the clock's time; returns the number of events written. Looks are written,
 * however young. */
int64_t engine_run_clock(struct engine *engine);

/* Around a read that may hold a snapshot for long, in any thread. While a log is to start again no new one begins (for
 * LIMIT_SNAPSHOT_US at most), and those that run are waited for before the writer is paused. */
void engine_long_read_begin(struct engine *engine);
void engine_long_read_end(struct engine *engine);

/* Waits until rows.db shows `pos`, at most `most_us`. */
bool engine_wait_rows(struct engine *engine, int64_t pos, int64_t most_us);
int64_t engine_durable_pos(struct engine *engine);
int64_t engine_rows_pos(struct engine *engine);
int64_t engine_last_at_us(struct engine *engine);  /* when the newest event was decided; 0 none */
int64_t engine_rows_age_us(struct engine *engine); /* for how long rows have lagged behind it; 0 not at all */
bool engine_is_well(struct engine *engine);
/* Why it does not serve as it should: a set of 1 << enum engine_cause; 0 all is well. */
enum engine_cause {
    ENGINE_CAUSE_STORAGE,  /* a write or fsync failed */
    ENGINE_CAUSE_LOG_HELD, /* another program's snapshot holds a log that has reached its limit */
    ENGINE_CAUSE_DISK_FULL,
    ENGINE_CAUSE_STALLED, /* commands wait and none was answered for LIMIT_STALL_US */
    ENGINE_CAUSE_COUNT
};
extern const char *const engine_cause_names[ENGINE_CAUSE_COUNT];
unsigned engine_causes(struct engine *engine);
/* Refuses the commands that wait and all later ones (shutting_down): before a stop that must be quick. */
void engine_give_up(struct engine *engine);
/* How far the machine's clock is from the time that is believed; 0: it is believed, and the clock runs. */
int64_t engine_clock_off_us(struct engine *engine);
const struct areas *engine_areas(struct engine *engine);
struct rulebook *engine_rulebook(struct engine *engine);
const char *engine_data_dir(struct engine *engine);
const char *engine_keys_dir(struct engine *engine);

struct engine_metrics { /* since start */
    int64_t commands, refused, events, batches, lapses, letters, queue_length, clock_late_us;
    int64_t journal_wal_bytes, rows_wal_bytes, secrets_wal_bytes;
    int64_t paused_us;   /* that the writer stood still for checkpoints */
    int64_t clock_holds; /* how often the machine's clock was not believed */
};
void engine_metrics(struct engine *engine, struct engine_metrics *out);

/* A reader's own connections; one a thread; keys_dir as in the options. Hold a snapshot for less than a
 * second. */
struct reader {
    struct db *rows;
    struct vault *vault;
    struct journal *journal;
};
struct reader *reader_open(const char *data_dir, const char *keys_dir, GError **error);
void reader_close(struct reader *reader);

/* The engine's own area: adopt_playbook, letters, remembered commands. */
extern const struct area engine_area;

/* ---- adopt.c ---- */
struct playbook_version {
    int64_t id, adopted_us, version;
    char *name;
};
void playbook_version_clear(struct playbook_version *version);
AUTO_CLEAR(playbook_version)
/* Of struct playbook_version, the newest first, before the id `before`; its owner is the caller. */
GArray *playbook_versions(struct db *rows, int64_t before, int most);

/* ---- watch.c ---- the operator says that it is `at_us`: read by the serving process, or at the next start. */
bool clock_note_accepted(const char *data_dir, int64_t at_us, GError **error);

/* ---- rebuild.c ---- */
struct rebuild_report {
    int64_t events, entries;
    GPtrArray *differences; /* of char *: "table matter: row 17 differs in column state" */
};
/* Makes a new rows.db out of the journal and switches (the engine must not be running), or only compares. */
bool rows_rebuild(const struct area *const *areas, const char *data_dir, bool compare, bool by_stream,
                  void (*progress)(int64_t done, int64_t all, void *context), void *context, struct rebuild_report *out,
                  GError **error);
void rebuild_report_clear(struct rebuild_report *report);

/* ---- data_verify.c ---- */
/* Beyond the chain, which journal_verify() checks (and counts the heads of): keys, accounts, indexes, the ledger, and
 * whether the files fit together. A line (char *) a finding, ids only. False when the vault does not open. */
bool data_verify(const char *data_dir, const char *keys_dir, size_t heads, GPtrArray *findings,
                 struct vault_counts *out, GError **error);

/* ---- backup.c ---- online: a consistent copy (journal first, then secrets, so that no sealed byte lacks its
 * key), verified, and marked as complete under a key of the vault at last. Restoring checks the mark and verifies
 * before it copies, replays the erasure ledger, and refuses without either. */
bool data_backup_keyed(const char *data_dir, const char *keys_dir, const char *target_dir, GError **error);
bool data_backup(const char *data_dir, const char *target_dir, GError **error); /* keys in DATA.keys */
/* The same; attachments that lie in an older backup (NULL none) share their bytes with it: *out_linked so many. */
bool data_backup_beside(const char *data_dir, const char *keys_dir, const char *older_dir, const char *target_dir,
                        int64_t *out_linked, GError **error);
/* DATA/last-backup: when the newest backup that verified was made, for whoever watches; 0 none. */
bool data_note_backup(const char *data_dir, int64_t at_us, GError **error);
int64_t data_last_backup_us(const char *data_dir);
bool data_restore(const struct area *const *areas, const char *backup_dir, const char *data_dir, const char *keys_dir,
                  int64_t *out_erased, GError **error);

/* ---- restore.c ---- the same to a moment of the past: the journal ends with the last whole command that was decided
 * at or before it. What was erased later stays erased, accounts made later are closed, everybody has to log in again;
 * `loss_accepted` says what was left out. Refuses a moment before the first event. */
struct restoring {
    const struct area *const *areas;
    const char *backup_dir, *data_dir, *keys_dir;
    int64_t until_us, until_pos; /* at most one of them; 0: all of it */
    GPtrArray *missing;          /* goes on without attachments that are missing; their paths (char *). NULL: refuses */
};
struct restored {
    int64_t erased;                                /* keys erased again */
    int64_t pos, at_us;                            /* of the last event of the backup that is there; 0 it has none */
    int64_t left_out, left_first_us, left_last_us; /* events */
    int64_t accounts_closed;
};
bool data_restore_until(const struct restoring *restoring, struct restored *out, GError **error);
/* Of the newest playbook in a backup, the caller's; NULL where there is none, or with *error. */
GTimeZone *backup_zone(const char *backup_dir, GError **error);

#endif
