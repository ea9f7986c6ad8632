/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/datetime.h"
#include "base/log.h"
#include "cli/files.h"
#include "playbook/explain/explain.h"
#include "story/story.h"

#include <stdio.h>
#include <string.h>

int run_playbook_check(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    g_autoptr(GArray) sources = cli_read_playbook(&cli, cli.words[0]);
    if (sources == NULL)
        return CLI_FAILED;
    AUTO(playbook) struct playbook *playbook = cli_load_playbook(&cli, cli.words[0], sources);
    if (playbook == NULL)
        return CLI_FAILED;
    printf(cli_speaks_chinese() ? "%s 第 %d 版：%zu 种事项，%zu 种角色，没有错误\n"
                                : "%s version %d: %zu kinds, %zu roles, no mistakes\n",
           playbook->name, playbook->version, playbook->kind_count, playbook->role_count);
    return CLI_DONE;
}

int run_playbook_explain(const struct cli_command *command, int argc, char **argv)
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
    g_autoptr(GArray) sources = cli_read_playbook(&cli, cli.words[0]);
    if (sources == NULL)
        return CLI_FAILED;
    AUTO(playbook) struct playbook *playbook = cli_load_playbook(&cli, cli.words[0], sources);
    if (playbook == NULL)
        return CLI_FAILED;
    const struct kind *kind = playbook_find_kind(playbook, cli.words[1]);
    if (kind == NULL)
        return cli_complain(&cli, "%s has no kind %s", playbook->name, cli.words[1]);
    g_autofree char *text = explain_kind(playbook, kind, english);
    fputs(text, stdout);
    return CLI_DONE;
}

int run_playbook_adopt(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    g_autoptr(GArray) sources = cli_read_playbook(&cli, cli.words[0]);
    if (sources == NULL)
        return CLI_FAILED;
    AUTO(playbook) struct playbook *playbook = cli_load_playbook(&cli, cli.words[0], sources);
    if (playbook == NULL)
        return CLI_FAILED;
    AUTO(engine) struct engine *engine = cli_engine(&cli, false);
    if (engine == NULL)
        return CLI_FAILED;
    json_t *files = json_array();
    for (guint i = 0; i < sources->len; i++) {
        const struct source *source = &cli_first_source(sources)[i];
        json_array_append_new(files,
                              json_pack("{s:s, s:s%}", "name", source->name, "text", source->text, source->bytes));
    }
    if (!cli_ask(&cli, engine, "adopt_playbook", json_pack("{s:o}", "files", files), NULL))
        return CLI_FAILED;
    printf("%s version %d is in force\n", playbook->name, playbook->version);
    return CLI_DONE;
}

int run_playbook_list(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    struct reader *reader = reader_open(cli.data_dir, cli.keys_dir, &error);
    if (reader == NULL)
        return cli_fail(&cli, error);
    g_autoptr(GArray) versions = playbook_versions(reader->rows, INT64_MAX, INT_MAX);
    for (guint i = 0; i < versions->len; i++) {
        const struct playbook_version *one = &g_array_index(versions, struct playbook_version, i);
        char at[DATETIME_TEXT_MAX];
        datetime_format(one->adopted_us, zone, at);
        printf("%s version %d, in force since %s, id %" G_GINT64_FORMAT "\n", one->name, (int)one->version, at,
               one->id);
    }
    reader_close(reader);
    return CLI_DONE;
}

static void show_story(const char *test, bool passed)
{
    printf("%s %s\n", passed ? "ok" : "not ok", test);
}

static void show_failures(const struct story_report *report)
{
    for (guint i = 0; i < report->failures->len; i++) {
        const struct story_failure *failure = &g_array_index(report->failures, struct story_failure, i);
        printf("%s:%d: %s: %s\n", failure->file, failure->line, failure->test, failure->text);
        if (failure->timeline != NULL)
            printf("  what happened:\n%s", failure->timeline);
    }
}

/* Every point that no story visits, and how many of how many are visited; true when all that must be are. */
static bool show_coverage(const struct coverage *coverage)
{
    int visited[POINT_SORT_COUNT], all[POINT_SORT_COUNT];
    for (guint i = 0; i < coverage->points->len; i++) {
        const struct point *point = &g_array_index(coverage->points, struct point, i);
        if (!point->visited)
            printf("# no story visits the %s %s\n", point_sort_names[point->sort], point->name);
    }
    printf("# visited:");
    for (int sort = 0; sort < POINT_SORT_COUNT; sort++) {
        coverage_count(coverage, sort, &visited[sort], &all[sort]);
        printf("%s %d of %d %ss", sort > 0 ? "," : "", visited[sort], all[sort], point_sort_names[sort]);
    }
    printf("\n");
    return visited[POINT_TRANSITION] == all[POINT_TRANSITION] && visited[POINT_REFUSAL] == all[POINT_REFUSAL];
}

int run_playbook_test(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *only = NULL;
    gboolean require = FALSE;
    const GOptionEntry own[] = {{"only", 0, 0, G_OPTION_ARG_STRING, &only, "one test by its name", "TEST"},
                                {"require-coverage", 0, 0, G_OPTION_ARG_NONE, &require,
                                 "fail unless every transition and every refusal is visited by a test", NULL},
                                {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    log_set_level(LOG_WARNING); /* without the line about building rows.db, one a story */
    g_autoptr(GArray) sources = cli_read_playbook(&cli, cli.words[0]);
    if (sources == NULL)
        return CLI_FAILED;
    AUTO(playbook) struct playbook *playbook = cli_load_playbook(&cli, cli.words[0], sources);
    if (playbook == NULL)
        return CLI_FAILED;
    g_autoptr(GError) error = NULL;
    AUTO(story_report) struct story_report report = {0};
    if (!story_run_all(playbook, cli_first_source(sources), sources->len, only, show_story, &report, &error))
        return cli_fail(&cli, error);
    show_failures(&report);
    bool covered = only != NULL || show_coverage(report.coverage);
    if (require && !covered)
        printf("not ok every transition and every refusal is visited\n");
    printf("%d passed, %d failed\n", report.passed, report.failed + (require && !covered));
    return report.failed > 0 || (require && !covered) ? CLI_FAILED : CLI_DONE;
}
