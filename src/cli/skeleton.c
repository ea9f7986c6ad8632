/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lianfang playbook new`: a playbook of one kind whose stories pass, to be changed into what a notice says. */
#include "cli/files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define NAME_MOST 48

extern const char skeleton_playbook[], skeleton_kind[], skeleton_story[]; /* out of skeleton/ */

static const struct {
    const char *folder, *file, *text;
} parts[] = {
    {NULL, "playbook.yaml", skeleton_playbook},
    {"kinds", "visit.yaml", skeleton_kind},
    {"tests", "visit.yaml", skeleton_story},
};

static bool is_name(const char *name)
{
    return *name != '\0' && strlen(name) <= NAME_MOST && g_ascii_islower(*name) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(name);
}

static bool write_part(const char *folder, size_t i, const char *name, GError **error)
{
    g_autofree char *within = g_build_filename(folder, parts[i].folder, NULL);
    g_autofree char *path = g_build_filename(within, parts[i].file, NULL);
    g_autofree char *line = g_strconcat("\nplaybook: ", name, "\n", NULL);
    g_autoptr(GString) text = g_string_new(parts[i].text);
    g_string_replace(text, "\nplaybook: skeleton\n", line, 1);
    if (g_mkdir_with_parents(within, 0755) != 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", within, g_strerror(errno));
        return false;
    }
    return g_file_set_contents(path, text->str, (gssize)text->len, error);
}

/* Of what could not be written whole, nothing stays. */
static void remove_parts(const char *folder)
{
    for (size_t i = G_N_ELEMENTS(parts); i > 0; i--) {
        g_autofree char *within = g_build_filename(folder, parts[i - 1].folder, NULL);
        g_autofree char *path = g_build_filename(within, parts[i - 1].file, NULL);
        g_unlink(path);
        g_rmdir(within);
    }
}

int run_playbook_new(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autoptr(GError) error = NULL;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    const char *folder = cli.words[0];
    g_autofree char *name = g_path_get_basename(folder);
    if (!is_name(name))
        return cli_complain(&cli, "a playbook has the name of its folder: small letters, digits, - and _, at most %d",
                            NAME_MOST);
    if (g_file_test(folder, G_FILE_TEST_EXISTS))
        return cli_complain(&cli, "%s is there already; nothing was written", folder);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!write_part(folder, i, name, &error)) {
            remove_parts(folder);
            return cli_complain(&cli, "nothing was written: %s", error->message);
        }
    printf(cli_speaks_chinese() ? "%s：一类事项、三个故事。改成通知所说的，然后：\n"
                                : "%s: one kind and three stories. Change them into what the notice says, then:\n",
           folder);
    printf("  lianfang playbook check %s\n  lianfang playbook test %s\n", folder, folder);
    return CLI_DONE;
}
