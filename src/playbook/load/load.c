/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/load/load.h"

#include "base/limits.h"
#include "playbook/source/loader.h"

#include <string.h>

void diagnostic_clear(struct diagnostic *diagnostic)
{
    g_clear_pointer(&diagnostic->file, g_free);
    g_clear_pointer(&diagnostic->text, g_free);
    g_clear_pointer(&diagnostic->suggestion, g_free);
}

void source_clear(struct source *source)
{
    g_clear_pointer(&source->name, g_free);
    g_clear_pointer(&source->text, g_free);
}

void diagnostics_print(FILE *out, const GArray *diagnostics)
{
    for (guint i = 0; i < diagnostics->len; i++) {
        const struct diagnostic *d = &g_array_index(diagnostics, struct diagnostic, i);
        fprintf(out, "%s:%d:%d: %s", d->file, d->line, d->column, d->text);
        if (d->suggestion != NULL)
            fprintf(out, "; did you mean %s?", d->suggestion);
        fputc('\n', out);
    }
}

/* ---- files ---- */

#define FOLDER_DEPTH_MAX 8 /* a loop of links ends here */

static bool read_file(GArray *sources, const char *path, const char *name, size_t *bytes, GError **error)
{
    struct source source = {0};
    gsize length;
    if (!g_file_get_contents(path, &source.text, &length, error))
        return false;
    source.name = g_strdup(name);
    source.bytes = length;
    *bytes += length;
    g_array_append_val(sources, source);
    if (*bytes <= LIMIT_PLAYBOOK_BYTES)
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: a playbook has at most %d bytes", path,
                LIMIT_PLAYBOOK_BYTES);
    return false;
}

static bool read_folder(GArray *sources, const char *path, const char *prefix, int depth, size_t *bytes, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    if (dir == NULL)
        return false;
    for (const char *entry; (entry = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *full = g_build_filename(path, entry, NULL);
        g_autofree char *name = g_strdup_printf("%s%s%s", prefix, *prefix != '\0' ? "/" : "", entry);
        if (*entry == '.')
            continue;
        bool folder = g_file_test(full, G_FILE_TEST_IS_DIR);
        if (folder && depth < FOLDER_DEPTH_MAX && !read_folder(sources, full, name, depth + 1, bytes, error))
            return false;
        if (!folder && g_str_has_suffix(entry, ".yaml") && !read_file(sources, full, name, bytes, error))
            return false;
    }
    return true;
}

static gint compare_sources(gconstpointer a, gconstpointer b)
{
    return strcmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

GArray *playbook_read(const char *path, GError **error)
{
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(struct source));
    g_array_set_clear_func(sources, (GDestroyNotify)source_clear);
    size_t bytes = 0;
    g_autofree char *name = g_path_get_basename(path);
    bool read = g_file_test(path, G_FILE_TEST_IS_DIR) ? read_folder(sources, path, "", 0, &bytes, error)
                                                      : read_file(sources, path, name, &bytes, error);
    if (!read)
        return NULL;
    g_array_sort(sources, compare_sources);
    return g_steal_pointer(&sources);
}

/* ---- loading ---- */

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
    json_decref(playbook->clauses);
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
    loader->places = g_hash_table_new(NULL, NULL);
    loader->doubts = g_hash_table_new(NULL, NULL);
    loader->cut_off = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void loader_clear(struct loader *loader)
{
    storage_free(loader->nodes);
    for (int i = 0; i < PART_COUNT; i++)
        g_ptr_array_unref(loader->roots[i]);
    g_hash_table_unref(loader->places);
    g_hash_table_unref(loader->doubts);
    g_hash_table_unref(loader->cut_off);
}

static void read_sources(struct loader *loader, const struct source *sources, size_t count)
{
    g_autoptr(GPtrArray) roots = g_ptr_array_new();
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += sources[i].bytes;
        if (bytes > LIMIT_PLAYBOOK_BYTES) {
            diagnostics_add(loader->diagnostics, sources[i].name, 1, 1, "the playbook is too large", NULL);
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
    load_calendars(&loader);
    load_rules(&loader);
    load_forms(&loader);
    load_participants(&loader);
    load_kinds(&loader);
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
