/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/way_out.h"

#include "base/characters.h"
#include "base/datetime.h"
#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The arguments with those of the file of --config in front of them; owned, with borrowed texts behind the first
 * `*out_owned` of its own. NULL with error. */
static char **with_config(const char *command, const GOptionEntry *own, const GOptionEntry *common, int *argc,
                          char **argv, char ***out_owned, GError **error)
{
    const char *path = config_path(*argc, argv);
    *out_owned = path != NULL ? config_arguments(path, command, own, common, error) : g_new0(char *, 1);
    if (*out_owned == NULL)
        return NULL;
    int count = (int)g_strv_length(*out_owned);
    char **all = g_new0(char *, *argc + count + 1);
    all[0] = argv[0];
    memcpy(all + 1, *out_owned, (size_t)count * sizeof *all);
    memcpy(all + 1 + count, argv + 1, (size_t)(*argc - 1) * sizeof *all);
    *argc += count;
    return all;
}

bool cli_parse(struct cli *cli, const struct cli_command *command, const GOptionEntry *own, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_strdup_printf("lianfang %s", command->name);
    g_auto(GStrv) of_config = NULL;
    *cli = (struct cli){.command = command};
    GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &cli->data_dir, "the data directory (./data)", "DIR"},
        {"keys", 0, 0, G_OPTION_ARG_FILENAME, &cli->keys_dir,
         "the keys directory (the data directory's name with .keys)", "DIR"},
        {"now", 0, 0, G_OPTION_ARG_STRING, &cli->now,
         "run as if it were this time; for rehearsals on an empty directory", "TIME"},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &cli->config, "a file with options: [serve] and lines like port=8080",
         "FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &cli->words, NULL, command->words},
        {NULL},
    };
    g_set_prgname(program);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(context, command->about);
    if (own != NULL)
        g_option_context_add_main_entries(context, own, NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autofree char **all = with_config(command->name, own, entries, &argc, argv, &of_config, &error);
    char **left = all; /* what the parser takes out of it */
    bool parsed = all != NULL && g_option_context_parse(context, &argc, &left, &error);
    if (!parsed || (int)(cli->words != NULL ? g_strv_length(cli->words) : 0) != command->word_count) {
        fprintf(stderr, "%s: %s; see %s --help\n", program, parsed ? "wrong number of arguments" : error->message,
                program);
        cli_clear(cli);
        return false;
    }
    cli->data_given = cli->data_dir != NULL;
    if (cli->data_dir == NULL)
        cli->data_dir = g_strdup("data");
    if (cli->keys_dir == NULL)
        cli->keys_dir = keys_dir_beside(cli->data_dir);
    return true;
}

void cli_clear(struct cli *cli)
{
    g_clear_pointer(&cli->data_dir, g_free);
    g_clear_pointer(&cli->keys_dir, g_free);
    g_clear_pointer(&cli->now, g_free);
    g_clear_pointer(&cli->config, g_free);
    g_clear_pointer(&cli->words, g_strfreev);
}

int cli_complain(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    cli_progress_end();
    g_autofree char *shown = characters_shown(text, LIMIT_SHOWN_SENTENCE_CHARS * 4);
    fprintf(stderr, "lianfang %s: %s\n", cli->command->name, shown);
    return CLI_FAILED;
}

int cli_fail(const struct cli *cli, const GError *error)
{
    const char *way_out = cli_way_out(error);
    return way_out != NULL ? cli_complain(cli, "%s; %s", error->message, way_out)
                           : cli_complain(cli, "%s", error->message);
}

bool cli_speaks_chinese(void)
{
    const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *language = g_getenv(names[i]);
        if (language != NULL && *language != '\0')
            return g_str_has_prefix(language, "zh");
    }
    return false;
}

int cli_refused(const struct cli *cli, const struct problem *problem)
{
    for (; problem != NULL; problem = problem->next) {
        g_autofree char *sentence = problem_sentence(problem, cli_speaks_chinese());
        if (problem->field != NULL && problem->code != PROBLEM_PLAYBOOK_MISTAKE)
            cli_complain(cli, "%s: %s (%s)", problem->field, sentence, problem_texts[problem->code].name);
        else
            cli_complain(cli, "%s (%s)", sentence, problem_texts[problem->code].name);
    }
    return CLI_FAILED;
}

static bool progress_is_shown;

void cli_progress(int64_t done, int64_t all, void *context)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (all > 0)
        fprintf(stderr, "\r%s %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, (const char *)context, done, all);
    else
        fprintf(stderr, "\r%s %" G_GINT64_FORMAT, (const char *)context, done);
    progress_is_shown = true;
}

void cli_progress_end(void)
{
    if (progress_is_shown)
        fputc('\n', stderr);
    progress_is_shown = false;
}

static struct clock engine_clock;

int64_t cli_now_us(void)
{
    return clock_now_us(&engine_clock);
}

/* What is written at a time that has not come yet would hold up every server after it: time never goes back. */
bool cli_clock(const struct cli *cli, struct clock *clock)
{
    int64_t now_us;
    if (cli->now == NULL) {
        clock_init_system(clock);
        return true;
    }
    if (!datetime_parse(cli->now, &now_us) || now_us <= 0) {
        cli_complain(cli, "--now takes a time such as 2020-02-03T08:00:00+08:00");
        return false;
    }
    if (now_us > g_get_real_time()) {
        cli_complain(cli, "--now is for rehearsals of days that have passed; %s is still to come", cli->now);
        return false;
    }
    clock_init_manual(clock, now_us);
    return true;
}

/* An event written now would carry this machine's clock, and the next server would have to go on from there. */
static struct engine *complain_of_clock(const struct cli *cli, const struct clock *clock)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    char machine[DATETIME_TEXT_MAX], seen[DATETIME_TEXT_MAX];
    datetime_format(clock_machine_us(clock), utc, machine);
    datetime_format(clock_now_us(clock), utc, seen);
    cli_complain(cli,
                 "this machine's clock says %s, the newest time in the data is %s: set the clock, or run `lianfang "
                 "clock accept` if it is right",
                 machine, seen);
    return NULL;
}

struct engine *cli_engine(const struct cli *cli, bool create)
{
    g_autoptr(GError) error = NULL;
    if (!cli_clock(cli, &engine_clock))
        return NULL;
    struct engine_options options = {.areas = lianfang_areas,
                                     .data_dir = cli->data_dir,
                                     .keys_dir = cli->keys_dir,
                                     .clock = &engine_clock,
                                     .create = create,
                                     .no_clock = true,
                                     .grace_us = -1};
    AUTO(engine) struct engine *engine = engine_open(&options, &error);
    if (engine == NULL) {
        cli_fail(cli, error);
        return NULL;
    }
    return clock_is_held(&engine_clock) ? complain_of_clock(cli, &engine_clock) : g_steal_pointer(&engine);
}

bool cli_ask(const struct cli *cli, struct engine *engine, const char *name, json_t *body, struct answer *out)
{
    struct answer answer;
    struct command *command = command_new(name, ORIGIN_OPERATOR, 0, body);
    command->outside = true;
    bool accepted = engine_ask(engine, command, &answer);
    if (!accepted)
        cli_refused(cli, answer.problem);
    problem_free(g_steal_pointer(&answer.problem));
    if (out != NULL)
        *out = answer;
    else
        json_decref(answer.body);
    return accepted;
}
