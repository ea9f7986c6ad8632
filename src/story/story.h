/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * story - runs a playbook's own tests: given a made-up tree, when people act at given times, then what follows.
 *
 * Shape   each story has a data directory of its own in memory-backed or temporary storage, a real engine with an
 *         injected clock, and the playbook adopted by command, so that a story runs the same code as a server.
 *         docs/playbook.md says what a step may do and expect.
 * Errors  what a step expected and what was found instead, by file and line; GError when the engine itself fails.
 * Owner   the caller; stories run side by side, each with an engine of its own, and are told in their order.
 */
#ifndef STORY_STORY_H
#define STORY_STORY_H

#include "engine/engine.h"
#include "playbook/load/load.h"
#include "story/coverage.h"

struct story_failure {
    char *file;
    int line;
    char *test;
    char *text;     /* what was expected and what was found */
    char *timeline; /* what happened until then, a line an event; with the last failure of a story, else NULL */
};

struct story_report {
    int passed, failed;
    GArray *failures; /* of struct story_failure */
    struct coverage *coverage;
};

/* Runs every test of the playbook, or only the one named; `progress` may be NULL. */
bool story_run_all(const struct playbook *playbook, const struct source *sources, size_t source_count, const char *only,
                   void (*progress)(const char *test, bool passed), struct story_report *out, GError **error);
void story_report_clear(struct story_report *report);
AUTO_CLEAR(story_report)

#endif
