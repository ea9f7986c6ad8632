/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standing - one matter after a step, compared with what is expected of it: expect.c, and for its participants
 *            expect_participants.c.
 *
 * Shape   a function for each part of an `expect`; `wanted` is that part as the playbook's test has it.
 * Errors  what differs is a failure of the step: stage_fail().
 * Owner   the stage, for one `expect`.
 */
#ifndef STORY_STANDING_H
#define STORY_STANDING_H

#include "story/stage.h"

/* The matter that an `expect` is about, and its expectations. */
struct standing {
    struct stage *stage;
    struct matter matter;
    const struct kind *kind;
    GArray *expectations;
};

/* A unit, or minus a person, by its handle. */
int64_t standing_who(struct stage *stage, const char *handle);
void standing_participants(struct standing *standing, const json_t *wanted);
void standing_seen(struct standing *standing, const json_t *wanted);
void standing_left_out(struct standing *standing, const json_t *wanted);
void standing_entries(struct standing *standing, const json_t *wanted);

#endif
