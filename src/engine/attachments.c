/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/attachments.h"

#include "base/limits.h"
#include "command/ids.h"
#include "engine/engine_area.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER         "attachments"
#define HASH_BYTES     32
#define UNKNOWN_KEPT_S (25 * 3600) /* the event may still come for a day; and an hour more */

static bool fail(GError **error, const char *path)
{
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s: %s", path, g_strerror(errno));
    return false;
}

static char *folder_of_stream(const char *data_dir, int64_t stream)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, stream);
    return g_build_filename(data_dir, FOLDER, number, NULL);
}

static char *folder_of(const char *data_dir, int64_t stream, const char *hash)
{
    g_autofree char *first = g_strndup(hash, 2), *folder = folder_of_stream(data_dir, stream);
    return g_build_filename(folder, first, NULL);
}

static char *path_of(const char *data_dir, int64_t stream, const char *hash)
{
    g_autofree char *folder = folder_of(data_dir, stream, hash);
    return g_build_filename(folder, hash, NULL);
}

static void hash_of(const void *data, size_t bytes, char out[ATTACHMENT_HASH_CHARS + 1])
{
    uint8_t hash[HASH_BYTES];
    crypto_generichash(hash, sizeof hash, data, bytes, NULL, 0);
    sodium_bin2hex(out, ATTACHMENT_HASH_CHARS + 1, hash, sizeof hash);
}

static bool is_hash(const char *name)
{
    return strlen(name) == ATTACHMENT_HASH_CHARS && strspn(name, "0123456789abcdef") == ATTACHMENT_HASH_CHARS;
}

static bool sync_folder(const char *path, GError **error)
{
    int folder = open(path, O_RDONLY | O_CLOEXEC);
    bool well = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return well || fail(error, path);
}

/* Complete and durable under its name, or not there. */
static bool write_file(const char *folder, const char *name, GBytes *sealed, GError **error)
{
    gsize bytes;
    const char *data = g_bytes_get_data(sealed, &bytes);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *made = g_strconcat(path, ".XXXXXX", NULL);
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return fail(error, folder);
    int file = g_mkstemp_full(made, O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(error, made);
    bool well = true;
    for (gsize at = 0; at < bytes && well;) {
        ssize_t written = write(file, data + at, bytes - at);
        well = written > 0 || (written < 0 && errno == EINTR);
        at += written > 0 ? (gsize)written : 0;
    }
    well = well && fsync(file) == 0;
    well = close(file) == 0 && well;
    if (well && rename(made, path) == 0)
        return sync_folder(folder, error);
    fail(error, path);
    unlink(made);
    return false;
}

bool attachment_put(const char *data_dir, int64_t stream, GBytes *sealed, char out_hash[ATTACHMENT_HASH_CHARS + 1],
                    GError **error)
{
    gsize bytes;
    const void *data = g_bytes_get_data(sealed, &bytes);
    char hash[ATTACHMENT_HASH_CHARS + 1];
    hash_of(data, bytes, hash);
    g_autofree char *folder = folder_of(data_dir, stream, hash), *above = folder_of_stream(data_dir, stream);
    g_autofree char *all = g_build_filename(data_dir, FOLDER, NULL);
    if (!write_file(folder, hash, sealed, error) || !sync_folder(above, error) || !sync_folder(all, error) ||
        !sync_folder(data_dir, error))
        return false;
    memcpy(out_hash, hash, sizeof hash);
    return true;
}

GBytes *attachment_get(const char *data_dir, int64_t stream, const char *hash, GError **error)
{
    char *data;
    gsize bytes;
    char found[ATTACHMENT_HASH_CHARS + 1];
    if (!is_hash(hash)) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s is not a hash", hash);
        return NULL;
    }
    g_autofree char *path = path_of(data_dir, stream, hash);
    if (g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "%s is a symbolic link, which is not followed", path);
        return NULL;
    }
    if (!g_file_get_contents(path, &data, &bytes, error))
        return NULL;
    hash_of(data, bytes, found);
    if (strcmp(found, hash) == 0)
        return g_bytes_new_take(data, bytes);
    g_free(data);
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "the content of %s does not match its name", path);
    return NULL;
}

bool attachment_is_there(const char *data_dir, int64_t stream, const char *hash)
{
    if (!is_hash(hash))
        return false;
    g_autofree char *path = path_of(data_dir, stream, hash);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

void attachment_remove(const char *data_dir, int64_t stream, const char *hash)
{
    if (!is_hash(hash))
        return;
    g_autofree char *path = path_of(data_dir, stream, hash);
    unlink(path);
}

/* ---- all of them ---- */

typedef bool file_visit(void *context, int64_t stream, const char *path, const char *name);

static bool each_in(const char *all, int64_t stream, file_visit *visit, void *context)
{
    g_autoptr(GDir) folders = g_dir_open(all, 0, NULL);
    const char *first, *name;
    bool going = true;
    while (folders != NULL && going && (first = g_dir_read_name(folders)) != NULL) {
        g_autofree char *folder = g_build_filename(all, first, NULL);
        g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
        while (files != NULL && going && (name = g_dir_read_name(files)) != NULL) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            going = visit(context, stream, path, name);
        }
    }
    return going;
}

/* Calls visit with each file's stream, path and name; false when one says so. */
static bool each(const char *data_dir, file_visit *visit, void *context)
{
    g_autofree char *all = g_build_filename(data_dir, FOLDER, NULL);
    g_autoptr(GDir) streams = g_dir_open(all, 0, NULL);
    const char *number;
    gint64 stream;
    bool going = true;
    while (streams != NULL && going && (number = g_dir_read_name(streams)) != NULL) {
        g_autofree char *folder = g_build_filename(all, number, NULL);
        if (g_ascii_string_to_signed(number, 10, 0, STREAM_MAX, &stream, NULL))
            going = each_in(folder, stream, visit, context);
    }
    return going;
}

struct sweep {
    const struct area_hooks *hooks;
    struct db *rows;
    int64_t now_us;
    int swept;
};

static bool is_young(const char *path)
{
    struct stat file;
    return stat(path, &file) != 0 || g_get_real_time() / G_USEC_PER_SEC - file.st_mtime < UNKNOWN_KEPT_S;
}

static bool sweep_one(void *context, int64_t stream, const char *path, const char *name)
{
    struct sweep *sweep = context;
    int kept = is_hash(name) ? sweep->hooks->keeps_file(sweep->rows, name, sweep->now_us) : -1;
    if (db_failed(sweep->rows) != NULL)
        return false; /* -1 may mean a failed read here */
    if (kept == 0 || (kept < 0 && !is_young(path)))
        sweep->swept += unlink(path) == 0;
    return true;
}

int attachments_sweep(const char *data_dir, const struct area_hooks *hooks, struct db *rows, int64_t now_us)
{
    struct sweep sweep = {hooks, rows, now_us, 0};
    if (hooks->keeps_file != NULL && db_failed(rows) == NULL)
        each(data_dir, sweep_one, &sweep);
    return sweep.swept;
}

static void sweep_dead(void *context, int64_t matter, const char *hash)
{
    attachment_remove(context, id_matter_stream(matter), hash);
}

int attachments_sweep_on(const char *data_dir, const struct area_hooks *hooks, struct db *rows, int64_t now_us,
                         struct sweep_mark *mark)
{
    bool first = mark->at_us == 0;
    struct sweep_mark next = {.at_us = now_us - UNKNOWN_KEPT_S * US_PER_SECOND};
    struct sweep_mark from = first ? (struct sweep_mark){INT64_MAX, next.at_us} : *mark;
    if (hooks->dead_files != NULL)
        next.erased_us = hooks->dead_files(rows, from.erased_us, from.at_us, next.at_us, sweep_dead, (char *)data_dir);
    int swept = first ? attachments_sweep(data_dir, hooks, rows, now_us) : 0;
    if (db_failed(rows) == NULL)
        *mark = next;
    return swept;
}

struct copying {
    const char *from_dir, *older_dir, *to_dir;
    int64_t linked;
    GError **error;
};

/* The file of an older backup under its name here, too, where it still is what its name says. Else it is copied, as it
 * is where the disk does not link. */
static bool link_older(struct copying *copying, int64_t stream, const char *name)
{
    if (copying->older_dir == NULL)
        return false;
    g_autoptr(GBytes) sealed = attachment_get(copying->older_dir, stream, name, NULL);
    g_autofree char *folder = folder_of(copying->to_dir, stream, name);
    g_autofree char *older = path_of(copying->older_dir, stream, name);
    g_autofree char *path = path_of(copying->to_dir, stream, name);
    if (sealed == NULL || g_mkdir_with_parents(folder, 0700) != 0 || link(older, path) != 0)
        return false;
    copying->linked++;
    return sync_folder(folder, NULL);
}

static bool copy_one(void *context, int64_t stream, const char *path, const char *name)
{
    struct copying *copying = context;
    if (!is_hash(name) || g_file_test(path, G_FILE_TEST_IS_SYMLINK) || link_older(copying, stream, name))
        return true;
    char *data;
    gsize bytes;
    GError *gone = NULL;
    if (!g_file_get_contents(path, &data, &bytes, &gone)) {
        bool erased = g_error_matches(gone, G_FILE_ERROR, G_FILE_ERROR_NOENT); /* swept meanwhile */
        if (erased)
            g_error_free(gone);
        else
            g_propagate_error(copying->error, gone);
        return erased;
    }
    g_autoptr(GBytes) sealed = g_bytes_new_take(data, bytes);
    g_autofree char *folder = folder_of(copying->to_dir, stream, name);
    return write_file(folder, name, sealed, copying->error);
}

bool attachments_copy(const char *from_dir, const char *older_dir, const char *to_dir, int64_t *out_linked,
                      GError **error)
{
    struct copying copying = {.from_dir = from_dir, .older_dir = older_dir, .to_dir = to_dir, .error = error};
    if (!each(from_dir, copy_one, &copying))
        return false;
    *out_linked = copying.linked;
    return true;
}

static bool name_one(void *context, int64_t stream, const char *path, const char *name)
{
    if (is_hash(name) && g_file_test(path, G_FILE_TEST_IS_REGULAR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        g_ptr_array_add(context, g_strdup_printf("%" G_GINT64_FORMAT "/%s\n", stream, name));
    return true;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *attachments_names(const char *data_dir)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    each(data_dir, name_one, names);
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return g_strjoinv("", (char **)names->pdata);
}

void attachments_missing(const char *data_dir, const char *names, GPtrArray *missing)
{
    for (const char *at = names; *at != '\0'; at = strchrnul(at, '\n') + 1) {
        char *slash;
        gint64 stream = g_ascii_strtoll(at, &slash, 10);
        g_autofree char *hash = *slash == '/' ? g_strndup(slash + 1, ATTACHMENT_HASH_CHARS) : g_strdup("");
        if (!attachment_is_there(data_dir, stream, hash))
            g_ptr_array_add(missing, path_of(data_dir, stream, hash));
        if (*strchrnul(at, '\n') == '\0')
            break;
    }
}

static bool remove_one(void *context, int64_t stream, const char *path, const char *name)
{
    unlink(path);
    return true;
}

void attachments_remove(const char *data_dir)
{
    g_autofree char *all = g_build_filename(data_dir, FOLDER, NULL);
    each(data_dir, remove_one, NULL);
    g_autoptr(GDir) streams = g_dir_open(all, 0, NULL);
    for (const char *stream; streams != NULL && (stream = g_dir_read_name(streams)) != NULL;) {
        g_autofree char *folder = g_build_filename(all, stream, NULL);
        g_autoptr(GDir) firsts = g_dir_open(folder, 0, NULL);
        for (const char *first; firsts != NULL && (first = g_dir_read_name(firsts)) != NULL;) {
            g_autofree char *inner = g_build_filename(folder, first, NULL);
            g_rmdir(inner);
        }
        g_rmdir(folder);
    }
    g_rmdir(all);
}

struct verifying {
    const char *data_dir;
    GPtrArray *findings;
    int64_t count;
};

static bool verify_one(void *context, int64_t stream, const char *path, const char *name)
{
    struct verifying *verifying = context;
    g_autoptr(GError) error = NULL;
    if (!is_hash(name))
        return true;
    g_autoptr(GBytes) sealed = attachment_get(verifying->data_dir, stream, name, &error);
    if (sealed == NULL)
        g_ptr_array_add(verifying->findings, g_strdup_printf("attachment: %s", error->message));
    verifying->count++;
    return true;
}

int64_t attachments_verify(const char *data_dir, GPtrArray *findings)
{
    struct verifying verifying = {data_dir, findings, 0};
    each(data_dir, verify_one, &verifying);
    return verifying.count;
}
