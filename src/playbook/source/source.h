/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source - the files of a playbook, as bytes.
 *
 * Shape   files are read in byte order of their names, which are relative to the folder.
 * Errors  GError when a file cannot be read, or when they are larger than a playbook may be.
 * Limits  LIMIT_PLAYBOOK_BYTES
 * Owner   the caller: source_clear() is the clear function of the array.
 */
#ifndef PLAYBOOK_SOURCE_SOURCE_H
#define PLAYBOOK_SOURCE_SOURCE_H

#include <glib.h>
#include <stddef.h>

struct source { /* one file, as bytes: adoption stores exactly these in the journal */
    char *name; /* "kinds/arrival.yaml" */
    char *text;
    size_t bytes;
};

void source_clear(struct source *source);

/* Reads a folder (recursively, *.yaml) or a file into an array of struct source. */
GArray *playbook_read(const char *path, GError **error);

#endif
