/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/source/storage.h"

#include <stdarg.h>
#include <string.h>

struct adopted {
    void *thing;
    GDestroyNotify free_thing;
};

struct storage {
    GStringChunk *texts;
    GPtrArray *blocks;
    GArray *adopted;
};

struct storage *storage_new(void)
{
    struct storage *storage = g_new0(struct storage, 1);
    storage->texts = g_string_chunk_new(4096);
    storage->blocks = g_ptr_array_new_with_free_func(g_free);
    storage->adopted = g_array_new(FALSE, FALSE, sizeof(struct adopted));
    return storage;
}

void storage_free(struct storage *storage)
{
    for (guint i = 0; i < storage->adopted->len; i++) {
        struct adopted *adopted = &g_array_index(storage->adopted, struct adopted, i);
        adopted->free_thing(adopted->thing);
    }
    g_array_unref(storage->adopted);
    g_ptr_array_unref(storage->blocks);
    g_string_chunk_free(storage->texts);
    g_free(storage);
}

void *storage_alloc(struct storage *storage, size_t count, size_t bytes)
{
    if (count == 0)
        return NULL;
    void *block = g_malloc0_n(count, bytes);
    g_ptr_array_add(storage->blocks, block);
    return block;
}

char *storage_copy(struct storage *storage, const char *text)
{
    return g_string_chunk_insert(storage->texts, text);
}

char *storage_format(struct storage *storage, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return storage_copy(storage, text);
}

void *storage_take_array(struct storage *storage, GArray *array, size_t *out_count)
{
    size_t bytes = g_array_get_element_size(array);
    void *block = storage_alloc(storage, array->len, bytes);
    if (block != NULL)
        memcpy(block, array->data, array->len * bytes);
    *out_count = array->len;
    g_array_unref(array);
    return block;
}

void *storage_adopt(struct storage *storage, void *thing, GDestroyNotify free_thing)
{
    struct adopted adopted = {thing, free_thing};
    g_array_append_val(storage->adopted, adopted);
    return thing;
}
