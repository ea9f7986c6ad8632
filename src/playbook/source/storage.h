/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storage - memory that is freed all at once: that of a playbook, and that of YAML trees.
 *
 * Shape   blocks are zeroed; adopted objects (expressions, JSON) are freed with the rest.
 * Owner   one thread while it grows.
 */
#ifndef PLAYBOOK_SOURCE_STORAGE_H
#define PLAYBOOK_SOURCE_STORAGE_H

#include "base/auto.h"

#include <glib.h>

struct storage;
struct storage *storage_new(void);
void storage_free(struct storage *storage);
AUTO_FREE(storage)

/* NULL for nothing. */
void *storage_alloc(struct storage *storage, size_t count, size_t bytes);
char *storage_copy(struct storage *storage, const char *text);
char *storage_format(struct storage *storage, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A copy of the array's elements, the array is freed. */
void *storage_take_array(struct storage *storage, GArray *array, size_t *out_count);
/* Frees `thing` with the storage; gives it back. */
void *storage_adopt(struct storage *storage, void *thing, GDestroyNotify free_thing);

#endif
