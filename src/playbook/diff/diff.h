/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diff - the changes of another version of a playbook, in words for people.
 *
 * Shape   both versions become lists of described parts (diff_parts.c), in the words of explain, and are compared part
 *         by part: a part of one version only is new or gone, one with another description has changed. The old version
 *         is described with the new names, so that a new name is one change. Values that no description contains are
 *         listed by their keys, so that no change is left out. Markdown, in the order of the new version, removed parts
 *         where they were; a pure function.
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

/* `running` is an array of struct running; NULL: not counted. */
char *playbook_diff(const struct version *before, const struct version *after, const GArray *running, bool english);

#endif
