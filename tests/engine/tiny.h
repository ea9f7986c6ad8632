/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tiny - an area of notes, for tests of the engine alone: it takes the place of all others.
 *
 * Commands  note {text, times?}   as many `noted`; "refuse" is refused before the first event, "regret" after the last
 *           secret {text}         one `kept`, its text sealed under a key of its own
 *           expect {due_us}       a row that the clock's tick ends, tiny_lapses_most at a time
 *           send {text}           a letter from stream 1 to 2, where it becomes `receive`, which refuses "refuse"
 * Rows      note(id, person, text, number): number is the person's count, read by decide: it shows what was decided on.
 */
#ifndef TESTS_ENGINE_TINY_H
#define TESTS_ENGINE_TINY_H

#include "engine/engine.h"

#define TINY_LAPSES_MOST 250
#define TINY_START_US    1580428800000000LL /* 2020-01-31T00:00:00Z */

#define TINY_PROPOSER 7 /* persons who adopt, and agree to, the version TINY_WIDER, which gives more rights */
#define TINY_AGREEING 8
#define TINY_WIDER    77

extern int64_t tiny_lapses_most;
extern struct area tiny_area; /* its projection may be raised */
extern const struct area *const tiny_areas[];
extern struct event_kind tiny_events[]; /* `noted` is the first */

struct tiny { /* an engine on a folder of its own */
    char *dir, *data_dir, *keys_dir;
    struct clock clock;
    struct engine_options options;
    struct engine *engine; /* NULL while closed */
};

void tiny_init(struct tiny *tiny);
void tiny_clear(struct tiny *tiny); /* removes the folder */
AUTO_CLEAR(tiny)
void tiny_open(struct tiny *tiny);
void tiny_close(struct tiny *tiny);

/* JSON with single quotes for double ones; an id is made where there is none. */
struct command *tiny_command(struct tiny *tiny, int64_t person, const char *json);
/* The answer's pos, or 0 with the problem's code in *out_code (PROBLEM_COUNT when accepted). */
int64_t tiny_ask(struct tiny *tiny, int64_t person, const char *json, enum problem_code *out_code);
int64_t tiny_must(struct tiny *tiny, int64_t person, const char *json);

/* One integer out of rows.db as readers see it, -1 where there is none. */
int64_t tiny_rows(struct tiny *tiny, const char *sql);
/* Asserts that the journal verifies and that rows.db equals a rebuild; the engine must be closed. */
void tiny_check(struct tiny *tiny);

void folder_remove(const char *path);

#endif
