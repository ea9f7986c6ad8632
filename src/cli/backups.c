/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/backups.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>

#define NAME_FORMAT  "%Y%m%dT%H%M%SZ"
#define NAME_PATTERN "????????T??????Z"
#define OPEN_FILES   16

static bool fail(const char *path, GError **error)
{
    int number = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s: %s", path, g_strerror(number));
    return false;
}

char *backups_next(const char *folder, int64_t now_us, GError **error)
{
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        fail(folder, error);
        return NULL;
    }
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
    g_autofree char *name = g_date_time_format(now, NAME_FORMAT);
    return g_build_filename(folder, name, NULL);
}

static bool is_name(const char *name)
{
    if (!g_pattern_match_simple(NAME_PATTERN, name))
        return false;
    for (const char *at = name; *at != '\0'; at++)
        if (*at != 'T' && *at != 'Z' && !g_ascii_isdigit(*at))
            return false;
    return true;
}

static int by_name_descending(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)b, *(const char *const *)a);
}

/* Names, the newest first; NULL with error. */
static GPtrArray *list(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    if (dir == NULL)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        if (is_name(name))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name_descending);
    return names;
}

static bool is_complete(const char *folder, const char *name)
{
    g_autofree char *mark = g_build_filename(folder, name, "complete", NULL);
    return g_file_test(mark, G_FILE_TEST_IS_REGULAR);
}

char *backups_newest(const char *folder)
{
    g_autoptr(GPtrArray) names = list(folder, NULL);
    for (guint i = 0; names != NULL && i < names->len; i++)
        if (is_complete(folder, g_ptr_array_index(names, i)))
            return g_build_filename(folder, g_ptr_array_index(names, i), NULL);
    return NULL;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    return remove(path);
}

/* The mark goes first: what is left of a removal that was cut short is no backup. Links are not followed. */
static bool remove_backup(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *mark = g_build_filename(path, "complete", NULL);
    if ((g_unlink(mark) != 0 && errno != ENOENT) || nftw(path, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS) != 0)
        return fail(path, error);
    return true;
}

bool backups_prune(const char *folder, const char *made, int keep, struct pruned *out, GError **error)
{
    g_assert(keep >= 1);
    g_autofree char *newest = g_path_get_basename(made);
    g_autoptr(GPtrArray) names = list(folder, error);
    int complete = 0;
    *out = (struct pruned){0};
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (strcmp(name, newest) > 0) {
            out->newer++;
            continue;
        }
        bool whole = is_complete(folder, name);
        complete += whole;
        if (complete == 0 || (whole && complete <= keep)) /* before the first whole one: perhaps under way */
            continue;
        if (!remove_backup(folder, name, error))
            return false;
        out->removed++;
    }
    return names != NULL;
}
