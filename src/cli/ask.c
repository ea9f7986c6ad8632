/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sub-commands that become commands of the operator: set-up by lines of JSON, erasure. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int run_erase(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    AUTO(engine) struct engine *engine = cli_engine(&cli, false);
    if (engine == NULL)
        return CLI_FAILED;
    if (!cli_ask(&cli, engine, "erase_person", json_pack("{s:s}", "person", cli.words[0]), NULL))
        return CLI_FAILED;
    printf("person %s is erased; a backup that is restored erases them again\n", cli.words[0]);
    return CLI_DONE;
}

static bool do_line(const struct cli *cli, struct engine *engine, int number, const char *line)
{
    struct problem *problem = NULL;
    g_autoptr(json_t) body = json_parse_strict(line, strlen(line), &problem);
    const char *name = body != NULL ? json_get_text(body, "command", NULL) : NULL;
    if (name == NULL) {
        cli_complain(cli, "line %d is not {\"command\": ...}", number);
        problem_free(problem);
        return false;
    }
    struct answer answer;
    if (!cli_ask(cli, engine, name, json_incref(body), &answer)) {
        cli_complain(cli, "line %d was refused; the lines before it are done", number);
        return false;
    }
    json_dumpf(answer.body, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(answer.body);
    return true;
}

int run_do(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    bool from_input = strcmp(cli.words[0], "-") == 0;
    FILE *file = from_input ? stdin : fopen(cli.words[0], "re");
    if (file == NULL)
        return cli_complain(&cli, "%s: %s", cli.words[0], g_strerror(errno));
    AUTO(engine) struct engine *engine = cli_engine(&cli, false);
    bool well = engine != NULL;
    char *line = NULL;
    size_t space = 0;
    for (int number = 1; well && getline(&line, &space, file) > 0; number++)
        if (*g_strstrip(line) != '\0')
            well = do_line(&cli, engine, number, line);
    free(line);
    if (!from_input)
        fclose(file);
    return well ? CLI_DONE : CLI_FAILED;
}
