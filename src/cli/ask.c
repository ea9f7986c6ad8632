/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sub-commands that become commands of the operator: import, set-up by lines of JSON, erasure. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMPORT_ROWS 500 /* a command; each is durable by itself and running it again changes nothing */

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
    printf("person %s is erased; backups forget them when they are restored\n", cli.words[0]);
    return CLI_DONE;
}

static bool do_line(const struct cli *cli, struct engine *engine, int number, const char *line)
{
    struct problem *problem = NULL;
    g_autoptr(json_t) body = json_parse_strict(line, strlen(line), &problem);
    const char *name = body != NULL ? json_get_text(body, "command", NULL) : NULL;
    if (name == NULL) {
        cli_complain(cli, "line %d is no {\"command\": ...}", number);
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

/* ---- divisions ---- */

/* Fields of one line of RFC 4180; NULL when a quote does not end. */
static GPtrArray *csv_fields(const char *line)
{
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        g_autoptr(GString) field = g_string_new(NULL);
        bool quoted = *line == '"';
        line += quoted;
        for (; *line != '\0' && (quoted || *line != ','); line++) {
            if (quoted && *line == '"' && *++line != '"') {
                quoted = false;
                line--;
                continue;
            }
            g_string_append_c(field, *line);
        }
        if (quoted)
            return NULL;
        g_ptr_array_add(fields, g_strdup(field->str));
        if (*line++ != ',')
            return g_steal_pointer(&fields);
    }
}

static json_t *csv_row(const GPtrArray *names, const char *line)
{
    g_autoptr(GPtrArray) fields = csv_fields(line);
    if (fields == NULL || fields->len != names->len)
        return NULL;
    g_autoptr(json_t) row = json_object();
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i), *value = g_ptr_array_index(fields, i);
        if (*value != '\0' && json_object_set_new(row, name, json_string(value)) != 0)
            return NULL; /* no UTF-8 */
    }
    return g_steal_pointer(&row);
}

/* An array of objects named after the first line; NULL with the number of the line that is wrong. */
static json_t *csv_read(char *text, int *out_line)
{
    g_auto(GStrv) lines = g_strsplit(g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text, "\n", -1);
    g_autoptr(json_t) rows = json_array();
    g_autoptr(GPtrArray) names = NULL;
    for (int i = 0; lines[i] != NULL; i++) {
        g_strchomp(lines[i]);
        *out_line = i + 1;
        if (*lines[i] == '\0')
            continue;
        if (names == NULL) {
            names = csv_fields(lines[i]);
            if (names == NULL)
                return NULL;
            continue;
        }
        json_t *row = csv_row(names, lines[i]);
        if (row == NULL)
            return NULL;
        json_array_append_new(rows, row);
    }
    return g_steal_pointer(&rows);
}

static json_t *slice(const json_t *rows, size_t first)
{
    json_t *part = json_array();
    for (size_t i = first; i < json_array_size(rows) && i < first + IMPORT_ROWS; i++)
        json_array_append(part, json_array_get(rows, i));
    return part;
}

static bool import(const struct cli *cli, struct engine *engine, const json_t *rows, const char *date)
{
    char counted[] = "divisions";
    for (size_t first = 0; first < json_array_size(rows); first += IMPORT_ROWS) {
        json_t *body = json_pack("{s:s, s:o}", "date", date, "rows", slice(rows, first));
        if (!cli_ask(cli, engine, "import_divisions", body, NULL)) {
            cli_complain(cli,
                         "rows are counted from 0 at line %zu of the file; put it right and run it again",
                         first + 2);
            return false;
        }
        cli_progress((int64_t)MIN(first + IMPORT_ROWS, json_array_size(rows)), (int64_t)json_array_size(rows),
                     counted);
    }
    cli_progress_end();
    return true;
}

int run_import_divisions(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *date = NULL, *text = NULL;
    const GOptionEntry own[] = {
        {"date", 0, 0, G_OPTION_ARG_STRING, &date, "the day from which they are so, 2023-06-30", "DATE"},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    int line = 0;
    if (date == NULL)
        return cli_complain(&cli, "say with --date from which day the divisions are so");
    if (!g_file_get_contents(cli.words[0], &text, NULL, &error))
        return cli_fail(&cli, error);
    g_autoptr(json_t) rows = csv_read(text, &line);
    if (rows == NULL)
        return cli_complain(&cli, "%s:%d: not a line of CSV with as many fields as the first", cli.words[0],
                            line);
    AUTO(engine) struct engine *engine = cli_engine(&cli, false);
    if (engine == NULL || !import(&cli, engine, rows, date))
        return CLI_FAILED;
    printf("%zu divisions as of %s\n", json_array_size(rows), date);
    return CLI_DONE;
}
