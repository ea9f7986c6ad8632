/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a new version of a playbook changes, and how many running matters it concerns. */
#include "access/access.h"
#include "cli/files.h"
#include "matter/matter.h"
#include "playbook/diff/diff.h"

#include <stdio.h>

/* One version of the two: its files and its model. */
struct side {
    GArray *sources;
    struct playbook *playbook;
};

static bool read_side(const struct cli *cli, const char *path, struct side *out, struct version *version)
{
    out->sources = cli_read_playbook(cli, path);
    out->playbook = out->sources != NULL ? cli_load_playbook(cli, path, out->sources) : NULL;
    if (out->playbook == NULL)
        return false;
    *version = (struct version){.playbook = out->playbook,
                                .sources = cli_first_source(out->sources),
                                .source_count = out->sources->len,
                                .path = path,
                                .folder = g_file_test(path, G_FILE_TEST_IS_DIR)};
    return true;
}

static void side_clear(struct side *side)
{
    if (side->playbook != NULL)
        playbook_unref(side->playbook);
    g_clear_pointer(&side->sources, g_array_unref);
}
AUTO_CLEAR(side)

static void clear_running(gpointer running)
{
    running_clear(running);
}

static void name_running(struct db *rows, struct running *running)
{
    char text[UUID_TEXT_LENGTH + 1];
    g_autoptr(GArray) matters = matter_open_in_state(rows, running->kind, running->state, RUNNING_IDS_MOST);
    for (guint i = 0; i < matters->len; i++) {
        uuid_format(&g_array_index(matters, struct uuid, i), text);
        g_ptr_array_add(running->ids, g_strdup(text));
    }
}

static void add_running(void *counts, const char *kind, const char *state, int64_t count)
{
    struct running running = {.kind = g_strdup(kind),
                              .state = g_strdup(state),
                              .count = count,
                              .ids = g_ptr_array_new_with_free_func(g_free)};
    g_array_append_val((GArray *)counts, running);
}

/* Open matters by kind and state; NULL when the data cannot be read, which is said. */
static GArray *count_running(const struct cli *cli)
{
    g_autoptr(GError) error = NULL;
    struct reader *reader = reader_open(cli->data_dir, cli->keys_dir, &error);
    if (reader == NULL) {
        cli_fail(cli, error);
        return NULL;
    }
    GArray *counts = g_array_new(FALSE, FALSE, sizeof(struct running));
    g_array_set_clear_func(counts, clear_running);
    matter_count_open(reader->rows, add_running, counts);
    for (guint i = 0; i < counts->len; i++)
        name_running(reader->rows, &g_array_index(counts, struct running, i));
    reader_close(reader);
    return counts;
}

static void tell_widening(const struct playbook *before, const struct playbook *after, bool english)
{
    g_autoptr(GPtrArray) widens = access_widens(before, after);
    if (widens->len == 0)
        return;
    fputs(english ? "\n## Gives more rights\n\nOnly the operator can adopt it, on the server.\n\n"
                  : "\n## 扩大权限\n\n只能由运维在服务器上启用。\n\n",
          stdout);
    for (guint i = 0; i < widens->len; i++)
        printf("- `%s`\n", (const char *)g_ptr_array_index(widens, i));
}

int run_playbook_diff(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *language = NULL;
    const GOptionEntry own[] = {
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, "the language; the terminal's if left out", "zh|en"}, {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    bool english;
    if (!cli_language(&cli, language, &english))
        return CLI_USAGE;
    AUTO(side) struct side old = {0};
    AUTO(side) struct side new = {0};
    struct version before, after;
    if (!read_side(&cli, cli.words[0], &old, &before) || !read_side(&cli, cli.words[1], &new, &after))
        return CLI_FAILED;
    g_autoptr(GArray) running = cli.data_given ? count_running(&cli) : NULL;
    if (cli.data_given && running == NULL)
        return CLI_FAILED;
    g_autofree char *text = playbook_diff(&before, &after, running, english);
    fputs(text, stdout);
    tell_widening(old.playbook, new.playbook, english);
    return CLI_DONE;
}
