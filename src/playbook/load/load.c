/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/load/load.h"

#include "base/limits.h"
#include "playbook/cases/load_test.h"
#include "playbook/check/check.h"
#include "playbook/load/load_parts.h"
#include "playbook/source/diagnostic.h"

#include <string.h>

static gint compare_diagnostics(gconstpointer a, gconstpointer b)
{
    const struct diagnostic *x = a, *y = b;
    int order = strcmp(x->file, y->file);
    if (order == 0)
        order = (x->line > y->line) - (x->line < y->line);
    if (order == 0)
        order = (x->column > y->column) - (x->column < y->column);
    return order != 0 ? order : strcmp(x->text, y->text);
}

/* A mistake that is met twice, such as a list used in two places, is reported once. */
static void sort_diagnostics(GArray *diagnostics)
{
    g_array_sort(diagnostics, compare_diagnostics);
    for (guint i = diagnostics->len; i-- > 1;)
        if (compare_diagnostics(&g_array_index(diagnostics, struct diagnostic, i),
                                &g_array_index(diagnostics, struct diagnostic, i - 1)) == 0)
            g_array_remove_index(diagnostics, i);
}

static void release(struct playbook *playbook)
{
    json_decref(playbook->tests);
    if (playbook->zone != NULL)
        g_time_zone_unref(playbook->zone);
    storage_free(playbook->storage);
    g_free(playbook);
}

static struct playbook *new_playbook(void)
{
    struct playbook *playbook = g_new0(struct playbook, 1);
    playbook->references = 1;
    playbook->storage = storage_new();
    playbook->release = release;
    return playbook;
}

static void loader_init(struct loader *loader, struct playbook *playbook, GArray *diagnostics)
{
    *loader = (struct loader){.playbook = playbook, .storage = playbook->storage, .diagnostics = diagnostics};
    loader->nodes = storage_new();
    for (int i = 0; i < PART_COUNT; i++)
        loader->roots[i] = g_ptr_array_new();
    loader->part_nodes = g_hash_table_new(NULL, NULL);
    loader->unresolved = g_hash_table_new(NULL, NULL);
    loader->truncated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void loader_clear(struct loader *loader)
{
    storage_free(loader->nodes);
    for (int i = 0; i < PART_COUNT; i++)
        g_ptr_array_unref(loader->roots[i]);
    g_hash_table_unref(loader->part_nodes);
    g_hash_table_unref(loader->unresolved);
    g_hash_table_unref(loader->truncated);
}

static void read_sources(struct loader *loader, const struct source *sources, size_t count)
{
    g_autoptr(GPtrArray) roots = g_ptr_array_new();
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += sources[i].bytes;
        if (bytes > LIMIT_PLAYBOOK_BYTES) {
            diagnostics_add(loader->diagnostics, sources[i].name, 1, 1, NULL, "the playbook is too large");
            break;
        }
        yaml_read(&sources[i], loader->nodes, roots, loader->diagnostics);
    }
    loader_sort(loader, roots, count > 0 ? sources[0].name : "playbook.yaml");
}

static struct playbook *load(const struct source *sources, size_t count, bool adopted, GArray *diagnostics)
{
    guint before = diagnostics->len;
    struct playbook *playbook = new_playbook();
    struct loader loader;
    loader_init(&loader, playbook, diagnostics);
    loader.adopted = adopted;
    read_sources(&loader, sources, count);
    loader_declare(&loader);
    load_base(&loader);
    load_unit_facts(&loader);
    load_calendars(&loader);
    load_rules(&loader);
    load_forms(&loader);
    load_participants(&loader);
    load_kinds(&loader);
    load_levels(&loader);
    load_clauses(&loader);
    load_boards(&loader);
    check_playbook(&loader);
    if (!adopted)
        load_tests(&loader);
    loader_clear(&loader);
    sort_diagnostics(diagnostics);
    if (diagnostics->len == before)
        return playbook;
    playbook_unref(playbook);
    return NULL;
}

struct playbook *playbook_load(const struct source *sources, size_t count, GArray *diagnostics)
{
    return load(sources, count, false, diagnostics);
}

struct playbook *playbook_load_adopted(const struct source *sources, size_t count, GArray *diagnostics)
{
    return load(sources, count, true, diagnostics);
}
