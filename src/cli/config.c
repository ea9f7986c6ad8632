/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/config.h"

#include "base/nearest.h"
#include "outbox/destination.h"

#include <stdbool.h>
#include <string.h>

#define NAME   "config"
#define OPTION "--" NAME

G_DEFINE_QUARK(lianfang_config_error, config_error)

const char *config_path(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (g_str_has_prefix(argv[i], OPTION "="))
            return argv[i] + strlen(OPTION "=");
        if (strcmp(argv[i], OPTION) == 0 && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}

/* Not OPTION itself: a file names no other one. */
static const GOptionEntry *find(const GOptionEntry *entries, const char *key)
{
    for (; entries != NULL && entries->long_name != NULL; entries++)
        if (strcmp(entries->long_name, key) == 0 && strcmp(key, NAME) != 0)
            return entries;
    return NULL;
}

static void add_names(GPtrArray *names, const GOptionEntry *entries)
{
    for (; entries != NULL && entries->long_name != NULL; entries++)
        if (*entries->long_name != '\0')
            g_ptr_array_add(names, (gpointer)entries->long_name);
}

struct config_group {
    const char *path, *group;
    GKeyFile *file;
    const GOptionEntry *entries, *common;
    GPtrArray *arguments; /* owned texts */
};

static bool fail_key(const struct config_group *reading, const char *key, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    add_names(names, reading->entries);
    add_names(names, reading->common);
    const char *nearest = nearest_name(key, (const char *const *)names->pdata, names->len);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s: [%s] %s: no such option%s%s%s", reading->path,
                reading->group, key, nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "?" : "");
    return false;
}

static bool read_key(struct config_group *reading, const char *key, GError **error)
{
    const GOptionEntry *entry = find(reading->entries, key);
    entry = entry != NULL ? entry : find(reading->common, key);
    if (entry == NULL)
        return fail_key(reading, key, error);
    g_autofree char *value = g_key_file_get_string(reading->file, reading->group, key, NULL);
    bool is_switch = entry->arg == G_OPTION_ARG_NONE;
    if (value == NULL || (is_switch && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s: [%s] %s: %s", reading->path, reading->group, key,
                    is_switch ? "is true or false" : "its value is not UTF-8, or has a wrong escape");
        return false;
    }
    if (!is_switch)
        g_ptr_array_add(reading->arguments, g_strdup_printf("--%s=%s", key, value));
    else if (strcmp(value, "true") == 0)
        g_ptr_array_add(reading->arguments, g_strdup_printf("--%s", key));
    return true;
}

static bool read_group(struct config_group *reading, GError **error)
{
    if (!g_key_file_has_group(reading->file, reading->group))
        return true;
    g_auto(GStrv) keys = g_key_file_get_keys(reading->file, reading->group, NULL, NULL);
    bool well = true;
    for (size_t i = 0; keys[i] != NULL && well; i++)
        well = read_key(reading, keys[i], error);
    return well;
}

static bool load(GKeyFile *file, const char *path, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why))
        return true;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_READ, "%s: %s", path, why->message);
    return false;
}

bool config_check_groups(const char *path, const char *const *commands, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!load(file, path, error))
        return false;
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (size_t i = 0; groups[i] != NULL; i++) {
        if (strcmp(groups[i], "all") == 0 || g_str_has_prefix(groups[i], DESTINATION_GROUP) ||
            g_strv_contains(commands, groups[i]))
            continue;
        const char *nearest = nearest_name(groups[i], commands, g_strv_length((char **)commands));
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s: [%s]: no such sub-command%s%s%s", path, groups[i],
                    nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                    nearest != NULL ? "?" : "");
        return false;
    }
    return true;
}

char **config_arguments(const char *path, const char *command, const GOptionEntry *entries, const GOptionEntry *common,
                        GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!load(file, path, error))
        return NULL;
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    struct config_group all = {path, "all", file, NULL, common, arguments};
    struct config_group own = {path, command, file, entries, common, arguments};
    if (!read_group(&all, error) || !read_group(&own, error))
        return NULL;
    g_ptr_array_add(arguments, NULL);
    return (char **)g_ptr_array_steal(arguments, NULL);
}
