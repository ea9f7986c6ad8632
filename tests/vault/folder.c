/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "folder.h"

#include <glib/gstdio.h>
#include <string.h>

void folder_init(struct folder *folder)
{
    GError *error = NULL;
    folder->root = g_dir_make_tmp("lianfang-vault-XXXXXX", &error);
    g_assert_no_error(error);
    folder->data = g_build_filename(folder->root, "data", NULL);
    folder->keys = g_build_filename(folder->root, "keys", NULL);
    g_assert_cmpint(g_mkdir(folder->data, 0700), ==, 0);
}

static void each_file(const char *path, void (*act)(const char *path, void *context), void *context)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            each_file(child, act, context);
        act(child, context);
    }
}

static void remove_one(const char *path, void *context)
{
    g_remove(path);
}

void folder_clear(struct folder *folder)
{
    each_file(folder->root, remove_one, NULL);
    g_rmdir(folder->root);
    g_free(folder->root);
    g_free(folder->data);
    g_free(folder->keys);
}

static struct vault *open_with(const struct folder *folder, bool create, bool read_only)
{
    GError *error = NULL;
    struct vault *vault = vault_open(
        &(struct vault_options){
            .data_dir = folder->data, .keys_dir = folder->keys, .create = create, .read_only = read_only},
        &error);
    g_assert_no_error(error);
    g_assert_nonnull(vault);
    return vault;
}

struct vault *folder_vault(const struct folder *folder, bool create)
{
    return open_with(folder, create, false);
}

struct vault *folder_reader(const struct folder *folder)
{
    return open_with(folder, false, true);
}

void folder_refuses(const struct folder *folder, enum vault_error code)
{
    g_autoptr(GError) error = NULL;
    struct vault *vault =
        vault_open(&(struct vault_options){.data_dir = folder->data, .keys_dir = folder->keys}, &error);
    g_assert_null(vault);
    g_assert_error(error, VAULT_ERROR, (int)code);
    g_test_message("%s", error->message);
}

void must_commit(struct vault *vault)
{
    GError *error = NULL;
    g_assert_true(vault_commit(vault, &error));
    g_assert_no_error(error);
}

char *folder_path(const struct folder *folder, const char *name)
{
    return g_build_filename(folder->data, name, NULL);
}

char *keys_path(const struct folder *folder, const char *name)
{
    return g_build_filename(folder->keys, name, NULL);
}

GBytes *file_bytes(const char *path)
{
    char *data;
    gsize bytes;
    GError *error = NULL;
    g_file_get_contents(path, &data, &bytes, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(data, bytes);
}

void file_put(const char *path, const void *data, size_t bytes)
{
    GError *error = NULL;
    g_file_set_contents_full(path, data, (gssize)bytes, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
    g_assert_no_error(error);
}

void file_copy(const char *from, const char *to)
{
    g_autoptr(GBytes) bytes = file_bytes(from);
    file_put(to, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

struct search {
    const void *needle;
    size_t bytes;
    int found;
};

static void search_one(const char *path, void *context)
{
    struct search *search = context;
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return;
    g_autoptr(GBytes) bytes = file_bytes(path);
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    if (size > 0 && memmem(data, size, search->needle, search->bytes) != NULL)
        search->found++;
}

int folder_holds(const struct folder *folder, const void *needle, size_t bytes)
{
    struct search search = {needle, bytes, 0};
    each_file(folder->root, search_one, &search);
    return search.found;
}
