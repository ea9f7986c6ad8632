/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places - where the parts of a playbook stand in its files.
 *
 * Shape   a part is named by its path: "kind:arrival/states/open/expects/check_in", "roles/grid_worker". Items of a
 *         list go by their `name`, else `entry`, `from` or `id`. What the loader makes by itself stands nowhere: it is
 *         found where what it belongs to stands.
 */
#ifndef PLAYBOOK_DIFF_PLACES_H
#define PLAYBOOK_DIFF_PLACES_H

#include "playbook/source/source.h"

struct places;
struct yaml_node;
struct place {
    const char *file; /* NULL: nowhere */
    int line;
    const struct yaml_node *node; /* its value, NULL when only what it belongs to was found */
};

/* Of sources that have been loaded without a mistake; they are borrowed. */
struct places *places_new(const struct source *sources, size_t count);
void places_free(struct places *places);
struct place places_find(const struct places *places, const char *path);

/* Which of the keys of two mappings hold something else, with commas between; NULL: none. Keys in `but`
 * (NULL-terminated) are passed by. One value is not the same as a list of one, though both may mean the same. */
char *places_differ(const struct place *a, const struct place *b, const char *const *but);

#endif
