/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli - the command line: one sub-command, one function; main.c has their table.
 *
 * Shape   every sub-command takes --data DIR (default ./data) and --keys DIR (default DIR.keys). Results go to standard
 *         output, progress and the one line of an error to standard error.
 * Errors  exit status 0 done, 1 failed, 2 called wrongly; of `serve` also 74, the storage failed, and 75, stopped
 *         although the disk did not answer. "Said" below: one line has been printed to standard error.
 * Owner   the main thread.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "engine/engine.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_STORAGE = 74, CLI_STUCK = 75 };

struct cli_command {
    const char *name;  /* "playbook check" */
    const char *words; /* "PATH", "" */
    const char *about;
    int word_count; /* exactly so many after the name */
    int (*run)(const struct cli_command *command, int argc, char **argv);
};

struct cli {
    const struct cli_command *command;
    char *data_dir, *keys_dir;
    bool data_given; /* else data_dir is the default */
    char *now;       /* --now: the time to be taken for now, NULL the system's */
    char *config;    /* the file of --config, NULL none */
    char **words;    /* NULL-terminated */
};
/* Reads options and words; `own` (ended by {NULL}) may be NULL. False when it was called wrongly, which it
 * has said. */
bool cli_parse(struct cli *cli, const struct cli_command *command, const GOptionEntry *own, int argc, char **argv);
void cli_clear(struct cli *cli);
AUTO_CLEAR(cli)

/* Both print one line to standard error and return CLI_FAILED. */
int cli_fail(const struct cli *cli, const GError *error);
int cli_complain(const struct cli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);
int cli_refused(const struct cli *cli, const struct problem *problem); /* one line a problem */
bool cli_speaks_chinese(void);                                         /* by LC_ALL, LC_MESSAGES, LANG */

/* `context` is a text that says what is counted. Prints where standard error is a terminal. */
void cli_progress(int64_t done, int64_t all, void *context);
void cli_progress_end(void);

/* The system's, or one that stands at --now; false, said: that is no time that has passed. */
bool cli_clock(const struct cli *cli, struct clock *clock);
/* The engine for set-up and import: locks the data directory, leaves the clock alone. NULL, said. */
struct engine *cli_engine(const struct cli *cli, bool create);
int64_t cli_now_us(void); /* of the engine that cli_engine() opened */
/* Asks as the operator; false when refused, said. `body` is taken; out may be NULL. */
bool cli_ask(const struct cli *cli, struct engine *engine, const char *name, json_t *body, struct answer *out);

const char *cli_commit(void); /* of the sources; "no commit" where they came without git */
int run_version(const struct cli_command *command, int argc, char **argv);
int run_init(const struct cli_command *command, int argc, char **argv);
int run_clock_accept(const struct cli_command *command, int argc, char **argv);
int run_serve(const struct cli_command *command, int argc, char **argv);
int run_outbox(const struct cli_command *command, int argc, char **argv);
int run_outbox_resend(const struct cli_command *command, int argc, char **argv);
int run_verify(const struct cli_command *command, int argc, char **argv);
int run_heads(const struct cli_command *command, int argc, char **argv);
int run_events(const struct cli_command *command, int argc, char **argv);
int run_dump(const struct cli_command *command, int argc, char **argv);
int run_trace(const struct cli_command *command, int argc, char **argv);
int run_proof(const struct cli_command *command, int argc, char **argv);
int run_backup(const struct cli_command *command, int argc, char **argv);
int run_accept_loss(const struct cli_command *command, int argc, char **argv);
int run_restore(const struct cli_command *command, int argc, char **argv);
int run_recount(const struct cli_command *command, int argc, char **argv);
int run_rebuild(const struct cli_command *command, int argc, char **argv);
int run_rotate_key(const struct cli_command *command, int argc, char **argv);
int run_erase(const struct cli_command *command, int argc, char **argv);
int run_do(const struct cli_command *command, int argc, char **argv);
int run_rehearse(const struct cli_command *command, int argc, char **argv);
int run_export(const struct cli_command *command, int argc, char **argv);
int run_import(const struct cli_command *command, int argc, char **argv);
int run_import_divisions(const struct cli_command *command, int argc, char **argv);
int run_account_list(const struct cli_command *command, int argc, char **argv);
int run_account_create_missing(const struct cli_command *command, int argc, char **argv);
int run_account_create(const struct cli_command *command, int argc, char **argv);
int run_account_password(const struct cli_command *command, int argc, char **argv);
int run_account_close(const struct cli_command *command, int argc, char **argv);
int run_playbook_new(const struct cli_command *command, int argc, char **argv);
int run_playbook_check(const struct cli_command *command, int argc, char **argv);
int run_playbook_explain(const struct cli_command *command, int argc, char **argv);
int run_playbook_diff(const struct cli_command *command, int argc, char **argv);
int run_playbook_adopt(const struct cli_command *command, int argc, char **argv);
int run_playbook_rebase(const struct cli_command *command, int argc, char **argv);
int run_playbook_list(const struct cli_command *command, int argc, char **argv);
int run_playbook_test(const struct cli_command *command, int argc, char **argv);

#endif
