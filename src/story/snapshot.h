/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot - one matter after a step, compared with an `expect`: expect.c, participants in expect_participants.c.
 *
 * Shape   a function for each part of an `expect`; `wanted` is that part as the playbook's test has it.
 * Errors  a difference is a failure of the step: fixture_fail().
 * Owner   the fixture, for one `expect`.
 */
#ifndef STORY_SNAPSHOT_H
#define STORY_SNAPSHOT_H

#include "story/fixture.h"

/* The matter that an `expect` is about, and its expectations. */
struct snapshot {
    struct fixture *fixture;
    struct matter matter;
    const struct kind *kind;
    GArray *expectations;
};

/* A unit, or minus a person, by its handle. */
int64_t snapshot_who(struct fixture *fixture, const char *handle);
void snapshot_participants(struct snapshot *snapshot, const json_t *wanted);
void snapshot_seen(struct snapshot *snapshot, const json_t *wanted);
void snapshot_left_out(struct snapshot *snapshot, const json_t *wanted);
void snapshot_entries(struct snapshot *snapshot, const json_t *wanted);

#endif
