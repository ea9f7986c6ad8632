/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * harness - decides commands on a rows.db in a temporary folder, without engine, journal or thread: for tests of one
 * area.
 *
 * Shape   given: harness_new(areas), harness_adopt(yaml); when: harness_ask(json); then: look at the answer or at
 *         harness->rows. Time stands still until harness->now_us is set. Every accepted command's events are kept in
 *         harness->events.
 * Owner   the test; harness_free() removes the folder.
 */
#ifndef TESTS_SUPPORT_HARNESS_H
#define TESTS_SUPPORT_HARNESS_H

#include "command/decision.h"

struct harness {
    char *dir;
    struct db *rows;
    struct vault *vault;
    struct rulebook *rulebook;
    struct areas *areas;
    int64_t now_us, next_pos;
    int64_t *seqs;           /* by stream */
    GPtrArray *events;       /* of struct harness_event */
    struct problem *problem; /* of the last refused command */
    struct uuid last_id;
};

struct harness_event {
    struct event event; /* kind, body, sealed are copies; command as in the decision */
    json_t *body;
};

struct harness *harness_new(const struct area *const *areas);
void harness_free(struct harness *harness);
AUTO_FREE(harness)

/* Loads the YAML text as one file, asserts that it has no mistakes, and puts it in force. */
void harness_adopt(struct harness *harness, const char *yaml);

/* The command's body as JSON with single quotes for double ones; "id" is made when absent. person 0 with
 * ORIGIN_OPERATOR.
 * True when accepted, and letters that it wrote have arrived; else harness->problem says why. */
bool harness_ask(struct harness *harness, enum origin origin, int64_t person, const char *json);
/* Asserts that it is accepted; returns the id of what the first event made, or the event's. */
int64_t harness_must(struct harness *harness, enum origin origin, int64_t person, const char *json);
/* Asserts that it is refused with this code (and field, unless NULL) and that no row of any table has changed. */
void harness_refused(struct harness *harness, enum origin origin, int64_t person, const char *json,
                     enum problem_code code, const char *field);
const struct harness_event *harness_last_event(struct harness *harness, const char *kind); /* NULL none */

/* A digest of every row of every table, for "nothing has changed" and "a replay gives equal rows". */
char *harness_rows_digest(struct db *rows);
/* Applies all kept events to a fresh rows.db and asserts that it equals the live one. */
void harness_replay(struct harness *harness);

#endif
