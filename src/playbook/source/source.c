/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playbook/source/source.h"

#include "base/limits.h"

#include <stdbool.h>
#include <string.h>

#define FOLDER_DEPTH_MAX 8 /* a loop of links ends here */

void source_clear(struct source *source)
{
    g_clear_pointer(&source->name, g_free);
    g_clear_pointer(&source->text, g_free);
}

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
