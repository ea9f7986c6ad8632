/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files.h"

#include <stdio.h>
#include <string.h>

static void clear_source(gpointer source)
{
    source_clear(source);
}

static void clear_diagnostic(gpointer diagnostic)
{
    diagnostic_clear(diagnostic);
}

GArray *cli_read_playbook(const struct cli *cli, const char *path)
{
    g_autoptr(GError) error = NULL;
    GArray *sources = playbook_read(path, &error);
    if (sources == NULL)
        cli_fail(cli, error);
    else
        g_array_set_clear_func(sources, clear_source);
    return sources;
}

const struct source *cli_first_source(const GArray *sources)
{
    return (const struct source *)(const void *)sources->data;
}

static void show(const char *given, const struct diagnostic *mistake)
{
    g_autofree char *path =
        g_file_test(given, G_FILE_TEST_IS_DIR) ? g_build_filename(given, mistake->file, NULL) : g_strdup(given);
    g_autofree char *text = diagnostic_text(mistake, cli_speaks_chinese());
    printf("%s:%d:%d: %s\n", path, mistake->line, mistake->column, text);
}

/* NULL with every mistake printed. */
struct playbook *cli_load_playbook(const struct cli *cli, const char *path, const GArray *sources)
{
    g_autoptr(GArray) diagnostics = g_array_new(FALSE, TRUE, sizeof(struct diagnostic));
    g_array_set_clear_func(diagnostics, clear_diagnostic);
    struct playbook *playbook = playbook_load(cli_first_source(sources), sources->len, diagnostics);
    for (guint i = 0; i < diagnostics->len; i++)
        show(path, &g_array_index(diagnostics, struct diagnostic, i));
    if (playbook == NULL && cli_speaks_chinese())
        cli_complain(cli, "有 %u 处错误，请改正后再检查", diagnostics->len);
    else if (playbook == NULL)
        cli_complain(cli,
                     diagnostics->len == 1 ? "%u mistake; correct it and check again"
                                           : "%u mistakes; correct them and check again",
                     diagnostics->len);
    return playbook;
}

bool cli_language(const struct cli *cli, const char *language, bool *out_english)
{
    bool english = g_strcmp0(language, "en") == 0;
    if (language != NULL && !english && strcmp(language, "zh") != 0) {
        cli_complain(cli, "--lang is zh or en, not %s", language);
        return false;
    }
    *out_english = language != NULL ? english : !cli_speaks_chinese();
    return true;
}
