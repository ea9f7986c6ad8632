/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue_index - a kind of event with its members by their names in the body.
 *
 * Shape   kind->members and kind->also in one hash table; built once, then read by any thread.
 * Owner   struct known_event (area.h).
 */
#ifndef COMMAND_CATALOGUE_INDEX_H
#define COMMAND_CATALOGUE_INDEX_H

#include "command/catalogue.h"

struct catalogue_index {
    const struct event_kind *kind;
    GHashTable *members; /* disk → struct event_member */
    size_t own, always;  /* how many of kind->members there are, and how many of them are in every body */
};

const struct event_member *catalogue_member(const struct catalogue_index *index, const char *disk); /* may be NULL */
/* The sort of a row; NULL: none has this number. */
const struct event_row *catalogue_row(const struct event_member *member, const json_t *row);

#endif
