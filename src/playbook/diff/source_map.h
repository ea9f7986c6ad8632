/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source_map - from the path of a part of a playbook to its file and line.
 *
 * Shape   a path is "kind:arrival/states/open/expects/check_in" or "roles/grid_worker": the document, then a key or an
 *         item a step. Items of a list go by their `name`, else `entry`, `from` or `id`. A part that the loader
 *         generated has no position of its own: that of the nearest part above it is found.
 * Owner   the caller; sources are borrowed, positions point into the map.
 */
#ifndef PLAYBOOK_DIFF_SOURCE_MAP_H
#define PLAYBOOK_DIFF_SOURCE_MAP_H

#include "playbook/source/source.h"

struct source_map;
struct yaml_node;
struct source_position {
    const char *file; /* NULL: not found */
    int line;
    const struct yaml_node *node; /* its value; NULL when a part above it was found */
};

/* Of sources that have been loaded without a mistake. */
struct source_map *source_map_new(const struct source *sources, size_t count);
void source_map_free(struct source_map *map);
struct source_position source_map_find(const struct source_map *map, const char *path);

/* The keys of two mappings whose values differ, which the caller frees; NULL none. Keys in `except` (NULL-terminated)
 * are skipped. A value and a list of that one value differ, though both may mean the same. */
char **source_map_changed_keys(const struct source_position *a, const struct source_position *b,
                               const char *const *except);

#endif
