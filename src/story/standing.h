/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standing - how one matter stands after a step, for what is expected of it: expect.c, and of who takes part
 *            expect_participants.c.
 */
#ifndef STORY_STANDING_H
#define STORY_STANDING_H

#include "story/stage.h"

/* What stands in the matter that an `expect` is about. */
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
