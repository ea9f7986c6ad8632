/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diff - what another version of a playbook changes, as a person would tell it.
 *
 * Shape   both versions are told part by part (diff_parts.c), in the words of explain, and the tellings are set side by
 *         side: what one has alone is new or gone, what is told another way has changed. The old version is told with
 *         the new names, so that a new name is one change and not one wherever it stands. What no words tell is named
 *         by its keys, so that nothing changes unseen.
 *         Markdown, in the order of the new version, what is gone where it stood; pure, so equal input gives equal
 *         output.
 */
#ifndef PLAYBOOK_DIFF_DIFF_H
#define PLAYBOOK_DIFF_DIFF_H

#include "playbook/source/source.h"

#include <stdbool.h>
#include <stdint.h>

struct playbook;

struct version {
    const struct playbook *playbook;
    const struct source *sources;
    size_t source_count;
    const char *path; /* as it was given: a folder, in which the sources lie, or one file */
    bool folder;
};

/* Open matters in a state of a kind. */
struct running {
    char *kind, *state;
    int64_t count;
    GPtrArray *ids; /* of the first RUNNING_IDS_MOST, by opening */
};
#define RUNNING_IDS_MOST 10
void running_clear(struct running *running);

/* `running` is an array of struct running; NULL: nobody has counted. */
char *playbook_diff(const struct version *before, const struct version *after, const GArray *running, bool english);

#endif
