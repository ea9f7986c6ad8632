/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sub-commands about sheets: units, their facts, persons, posts, rosters and matters in, matters out, divisions in. */
#include "base/datetime.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "interop/export.h"
#include "interop/import.h"
#include "interop/xlsx_write.h"
#include "vault/account.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DIVISION_ROWS 500 /* a command; each is durable by itself and running it again changes nothing */
#define COPY_BYTES    65536
#define NOON          (12 * 60) /* the time meant by "on 3 February" */

/* ---- files ---- */

/* Standard input is read twice, so it goes through a file without a name. -1: said. */
static int copy_input(const struct cli *cli)
{
    g_autofree char *buffer = g_malloc(COPY_BYTES);
    FILE *file = tmpfile();
    int copy = file != NULL ? dup(fileno(file)) : -1;
    size_t bytes;
    bool well = copy >= 0;
    while (well && (bytes = fread(buffer, 1, COPY_BYTES, stdin)) > 0)
        well = fwrite(buffer, 1, bytes, file) == bytes;
    well = well && fflush(file) == 0;
    if (file != NULL)
        fclose(file);
    if (well)
        return copy;
    cli_complain(cli, "standard input: %s", g_strerror(errno));
    if (copy >= 0)
        close(copy);
    return -1;
}

static int open_input(const struct cli *cli, const char *path)
{
    if (strcmp(path, "-") == 0)
        return copy_input(cli);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        cli_complain(cli, "%s: %s", path, g_strerror(errno));
    return fd;
}

static struct mapping *read_mapping(const struct cli *cli, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    AUTO(problem) struct problem *problem = NULL;
    gsize bytes;
    if (path == NULL)
        return mapping_new();
    if (!g_file_get_contents(path, &text, &bytes, &error)) {
        cli_fail(cli, error);
        return NULL;
    }
    struct mapping *mapping = mapping_parse(path, text, bytes, &problem);
    if (mapping == NULL)
        cli_refused(cli, problem);
    return mapping;
}

/* ---- import ---- */

struct sheet_wanted { /* what `import` is asked for */
    char *mapping, *encoding, *delimiter, *findings, *worksheet, *at;
    gint header, notes;
    gboolean apply, partial, json;
};

static bool read_options(const struct cli *cli, const struct sheet_wanted *wanted, struct import_options *out)
{
    if (wanted->encoding != NULL) {
        out->sheet.charset = charset_find(wanted->encoding);
        if (out->sheet.charset == CHARSET_UNKNOWN) {
            cli_complain(cli, "--encoding takes utf-8 or gb18030");
            return false;
        }
    }
    if (wanted->delimiter != NULL) {
        out->sheet.delimiter = strcmp(wanted->delimiter, "tab") == 0 ? '\t' : *wanted->delimiter;
        if (strcmp(wanted->delimiter, "tab") != 0 && strcmp(wanted->delimiter, ",") != 0 &&
            strcmp(wanted->delimiter, ";") != 0) {
            cli_complain(cli, "--delimiter takes , ; or tab");
            return false;
        }
    }
    out->sheet.worksheet = wanted->worksheet;
    out->apply = wanted->apply;
    out->partial = wanted->partial;
    return true;
}

/* False: it is neither a day nor a time. */
static bool read_at(struct engine *engine, const char *text, int64_t *out_us)
{
    const struct playbook *playbook = rulebook_current(engine_rulebook(engine));
    int32_t day;
    if (text == NULL || datetime_parse(text, out_us))
        return true;
    if (playbook == NULL || !date_parse(text, &day))
        return false;
    *out_us = day_time_us(day, NOON, playbook->zone);
    return true;
}

static void print_report(const struct report *report, const struct sheet_wanted *wanted)
{
    if (wanted->json) {
        g_autoptr(json_t) json = report_json(report, cli_speaks_chinese(), 0);
        json_dumpf(json, stdout, JSON_COMPACT);
        putchar('\n');
        return;
    }
    g_autofree char *text = report_text(report, cli_speaks_chinese());
    fputs(text, stdout);
}

/* Readable by its owner only: it holds rows of the sheet. */
static bool write_findings(const struct cli *cli, const struct report *report, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (path == NULL)
        return true;
    g_autofree char *text = report_csv(report, cli_speaks_chinese());
    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        return true;
    cli_fail(cli, error);
    return false;
}

static int import(const struct cli *cli, const struct sheet_wanted *wanted, const struct import_options *options,
                  int fd)
{
    g_autoptr(GError) error = NULL;
    AUTO(report) struct report report;
    report_init(&report);
    bool ran = import_run(options, fd, &report, &error);
    cli_progress_end();
    print_report(&report, wanted);
    if (!write_findings(cli, &report, wanted->findings))
        return CLI_FAILED;
    if (!ran)
        return cli_fail(cli, error);
    if (report.refused)
        return cli_complain(cli, "the sheet cannot be read this way; nothing was changed");
    if (report.wrong > 0 && report.made == 0)
        return cli_complain(cli, wanted->partial && !wanted->apply ? "some rows are wrong; --apply would leave them out"
                                                                   : "some rows are wrong; nothing was changed");
    if (options->apply && !report.applied)
        return cli_complain(cli, "refused partway: what is done stays; import the same sheet again to continue");
    if (!options->apply)
        fprintf(stderr, "nothing was changed; --apply imports it\n");
    return CLI_DONE;
}

static int import_with(const struct cli *cli, const struct sheet_wanted *wanted)
{
    struct clock clock;
    char counted[] = "rows";
    AUTO(mapping) struct mapping *mapping = read_mapping(cli, wanted->mapping);
    if (mapping == NULL)
        return CLI_FAILED;
    if (wanted->header > 0)
        mapping->header = wanted->header;
    if (wanted->notes >= 0)
        mapping->notes = wanted->notes;
    struct import_options options = {
        .clock = &clock, .what = cli->words[0], .mapping = mapping, .progress = cli_progress, .context = counted};
    clock_init_system(&clock);
    if (!read_options(cli, wanted, &options))
        return CLI_USAGE;
    int fd = open_input(cli, cli->words[1]);
    if (fd < 0)
        return CLI_FAILED;
    AUTO(engine) struct engine *engine = cli_engine(cli, false);
    options.engine = engine;
    bool timed = engine == NULL || read_at(engine, wanted->at, &options.at_us);
    int status = engine == NULL ? CLI_FAILED
                 : !timed       ? cli_complain(cli, "--at takes a day such as 2020-01-28, or a time")
                                : import(cli, wanted, &options, fd);
    close(fd);
    return status;
}

int run_import(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct sheet_wanted wanted = {.notes = -1};
    const GOptionEntry own[] = {
        {"apply", 0, 0, G_OPTION_ARG_NONE, &wanted.apply, "import; without it the sheet is only checked", NULL},
        {"partial", 0, 0, G_OPTION_ARG_NONE, &wanted.partial, "import the correct rows although others are wrong",
         NULL},
        {"mapping", 0, 0, G_OPTION_ARG_FILENAME, &wanted.mapping, "how the sheet is to be read", "FILE"},
        {"encoding", 0, 0, G_OPTION_ARG_STRING, &wanted.encoding, "utf-8 or gb18030 (detected)", "NAME"},
        {"delimiter", 0, 0, G_OPTION_ARG_STRING, &wanted.delimiter, ", ; or tab (detected)", "CHARACTER"},
        {"worksheet", 0, 0, G_OPTION_ARG_STRING, &wanted.worksheet, "which one of a workbook (detected)", "NAME"},
        {"at", 0, 0, G_OPTION_ARG_STRING, &wanted.at, "what codes of units mean in rows that say nothing of when (now)",
         "DATE"},
        {"header", 0, 0, G_OPTION_ARG_INT, &wanted.header, "the row of the header (detected)", "ROW"},
        {"notes", 0, 0, G_OPTION_ARG_INT, &wanted.notes, "rows of explanations under it (detected)", "ROWS"},
        {"findings", 0, 0, G_OPTION_ARG_FILENAME, &wanted.findings, "write the findings, with their rows, as CSV",
         "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &wanted.json, "the report as JSON", NULL},
        {NULL}};
    bool parsed = cli_parse(&cli, command, own, argc, argv);
    int status = parsed ? import_with(&cli, &wanted) : CLI_USAGE;
    g_free(wanted.mapping);
    g_free(wanted.findings);
    g_free(wanted.encoding);
    g_free(wanted.worksheet);
    g_free(wanted.at);
    g_free(wanted.delimiter);
    return status;
}

/* ---- export ---- */

struct shown { /* what `export` is asked for */
    char *as, *headers, *encoding, *under, *state, *to, *entries, *last;
    gboolean open;
};

/* The person behind a login; 0, said, when there is none. */
static int64_t person_of(const struct cli *cli, const char *login)
{
    g_autoptr(GError) error = NULL;
    AUTO(account) struct account account = {0};
    int64_t person = 0;
    if (login == NULL) {
        cli_complain(cli, "say with --as LOGIN who reads it: the read trace records the name");
        return 0;
    }
    struct account_store *store = account_store_open_keyed(cli->data_dir, cli->keys_dir, NULL, &error);
    if (store == NULL) {
        cli_fail(cli, error);
        return 0;
    }
    if (account_find(store, login, &account))
        person = account.person;
    else
        cli_complain(cli, "there is no account %s", login);
    account_store_close(store);
    return person;
}

static bool read_words(const struct cli *cli, const struct shown *shown, struct export_options *out)
{
    static const char *const words[] = {[WORDS_CODES] = "names", [WORDS_ZH] = "zh", [WORDS_EN] = "en"};
    out->charset = CHARSET_UTF8;
    out->words = WORDS_CODES;
    for (size_t i = 0; shown->headers != NULL && i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], shown->headers) == 0)
            out->words = (enum cell_words)i;
    if (shown->headers != NULL && strcmp(words[out->words], shown->headers) != 0) {
        cli_complain(cli, "--headers takes names, zh or en");
        return false;
    }
    if (shown->encoding != NULL)
        out->charset = charset_find(shown->encoding);
    if (out->charset == CHARSET_UNKNOWN)
        cli_complain(cli, "--encoding takes utf-8 or gb18030");
    return out->charset != CHARSET_UNKNOWN;
}

static bool write_pages(const struct cli *cli, struct export *export, struct reader *reader, FILE *file)
{
    g_autoptr(GString) page = g_string_new(NULL);
    char counted[] = "matters";
    bool well = true;
    while (well && export_next(export, reader, page)) {
        well = fwrite(page->str, 1, page->len, file) == page->len;
        cli_progress(export_rows(export), 0, counted);
    }
    cli_progress_end();
    if (!well || fflush(file) != 0)
        cli_complain(cli, "%s", g_strerror(errno));
    else if (export_failed(export))
        cli_complain(cli, "a page could not be read, or its read trace could not be written");
    else
        return true;
    return false;
}

/* A workbook is written by its path, into the file that has been made for it. */
static bool write_workbook(const struct cli *cli, struct export *export, struct reader *reader, const char *path,
                           enum cell_words words)
{
    g_autoptr(GString) page = g_string_new(NULL);
    g_autoptr(GPtrArray) columns = export_columns(export);
    char counted[] = "matters";
    AUTO(xlsx_writer)
    struct xlsx_writer *writer = xlsx_writer_new(path, cli->data_dir, export_playbook(export), columns, words);
    bool well = writer != NULL;
    while (well && export_next(export, reader, page)) {
        well = xlsx_writer_add(writer, page->str, page->len);
        cli_progress(export_rows(export), 0, counted);
    }
    cli_progress_end();
    if (!well || !xlsx_writer_close(writer))
        cli_complain(cli, "%s: the workbook could not be written", path);
    else if (export_failed(export))
        cli_complain(cli, "a page could not be read, or its read trace could not be written");
    else
        return true;
    return false;
}

static bool is_workbook(const char *path)
{
    return path != NULL && g_str_has_suffix(path, ".xlsx");
}

/* Personal data: readable by its owner only, and never written over an existing file. */
static FILE *file_for(const struct cli *cli, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL)
        cli_complain(cli, "%s: %s", path, g_strerror(errno));
    return file;
}

static int export_with(const struct cli *cli, const struct shown *shown, struct export_options *options)
{
    g_autoptr(GError) error = NULL;
    AUTO(problem) struct problem *problem = NULL;
    struct reader *reader = reader_open(cli->data_dir, cli->keys_dir, &error);
    if (reader == NULL)
        return cli_fail(cli, error);
    AUTO(export) struct export *export = NULL;
    bool well = true;
    if (shown->under != NULL &&
        !registry_unit_by_text(reader->rows, shown->under, clock_now_us(options->clock), &options->filter.under)) {
        cli_complain(cli, "there is no unit %s", shown->under);
        well = false;
    }
    if (well && (export = export_new(options, reader, &problem)) == NULL)
        cli_refused(cli, problem);
    FILE *file = export == NULL ? NULL : shown->to != NULL ? file_for(cli, shown->to) : stdout;
    if (file != NULL && options->bare)
        well = write_workbook(cli, export, reader, shown->to, options->words);
    else
        well = file != NULL && write_pages(cli, export, reader, file);
    if (file != NULL && file != stdout)
        well = fclose(file) == 0 && well;
    reader_close(reader);
    return well ? CLI_DONE : CLI_FAILED;
}

static int export_as(const struct cli *cli, const struct shown *shown)
{
    struct clock clock;
    clock_init_system(&clock);
    struct export_options options = {.clock = &clock,
                                     .what = cli->words[0],
                                     .filter = {.open = shown->open ? 1 : -1, .state = shown->state},
                                     .entries = shown->entries,
                                     .last = shown->last,
                                     .bare = is_workbook(shown->to)};
    if (!read_words(cli, shown, &options))
        return CLI_USAGE;
    AUTO(engine) struct engine *engine = cli_engine(cli, false);
    options.engine = engine;
    options.person = engine != NULL ? person_of(cli, shown->as) : 0;
    return options.person != 0 ? export_with(cli, shown, &options) : CLI_FAILED;
}

int run_export(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct shown shown = {NULL};
    const GOptionEntry own[] = {
        {"as", 0, 0, G_OPTION_ARG_STRING, &shown.as, "the account whose rights and masks apply", "LOGIN"},
        {"headers", 0, 0, G_OPTION_ARG_STRING, &shown.headers, "names, which an import accepts, zh or en", "WORDS"},
        {"encoding", 0, 0, G_OPTION_ARG_STRING, &shown.encoding, "utf-8 (with a byte order mark) or gb18030", "NAME"},
        {"under", 0, 0, G_OPTION_ARG_STRING, &shown.under, "below this unit", "CODE"},
        {"state", 0, 0, G_OPTION_ARG_STRING, &shown.state, "in this state", "NAME"},
        {"open", 0, 0, G_OPTION_ARG_NONE, &shown.open, "not closed yet", NULL},
        {"entries", 0, 0, G_OPTION_ARG_STRING, &shown.entries, "a row for each entry of this name", "NAME"},
        {"last", 0, 0, G_OPTION_ARG_STRING, &shown.last, "the last entry of each name in columns", "NAME,NAME"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &shown.to,
         "a new file instead of standard output; a workbook if it ends in .xlsx", "FILE"},
        {NULL}};
    int status = cli_parse(&cli, command, own, argc, argv) ? export_as(&cli, &shown) : CLI_USAGE;
    char *owned[] = {shown.as,    shown.headers, shown.encoding, shown.under,
                     shown.state, shown.to,      shown.entries,  shown.last};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    return status;
}

/* ---- divisions ---- */

struct divisions {
    GPtrArray *names; /* of char *: the header */
    json_t *rows;
    GArray *numbers; /* of int64_t: which row of the sheet */
};

static bool take_division(const struct cli *cli, struct divisions *divisions, const struct sheet_row *row)
{
    if (row->problem != NULL) {
        cli_complain(cli, "%s: row %" G_GINT64_FORMAT, cli->words[0], row->number);
        cli_refused(cli, row->problem);
        return false;
    }
    if (row->blank)
        return true;
    if (divisions->names->len == 0) {
        for (guint i = 0; i < row->count; i++)
            g_ptr_array_add(divisions->names, cell_trim(g_strdup(row->cells[i])));
        return true;
    }
    if (row->count != divisions->names->len) {
        cli_complain(cli, "%s: row %" G_GINT64_FORMAT " has %u cells, the header %u", cli->words[0], row->number,
                     row->count, divisions->names->len);
        return false;
    }
    json_t *object = json_object();
    for (guint i = 0; i < row->count; i++)
        if (*row->cells[i] != '\0')
            json_object_set_new(object, g_ptr_array_index(divisions->names, i), json_string(row->cells[i]));
    json_array_append_new(divisions->rows, object);
    g_array_append_val(divisions->numbers, row->number);
    return true;
}

static bool read_divisions(const struct cli *cli, int fd, struct divisions *out)
{
    AUTO(problem) struct problem *problem = NULL;
    AUTO(sheet)
    struct sheet *sheet = sheet_open(fd, &(struct sheet_options){.charset = CHARSET_UNKNOWN}, &problem);
    struct sheet_row row;
    if (sheet == NULL) {
        cli_refused(cli, problem);
        return false;
    }
    while (sheet_next(sheet, &row))
        if (!take_division(cli, out, &row))
            return false;
    return true;
}

static json_t *slice(const json_t *rows, size_t first)
{
    json_t *part = json_array();
    for (size_t i = first; i < json_array_size(rows) && i < first + DIVISION_ROWS; i++)
        json_array_append(part, json_array_get(rows, i));
    return part;
}

static bool import_divisions(const struct cli *cli, struct engine *engine, const struct divisions *divisions,
                             const char *date)
{
    char counted[] = "divisions";
    size_t count = json_array_size(divisions->rows);
    for (size_t first = 0; first < count; first += DIVISION_ROWS) {
        json_t *body = json_pack("{s:s, s:o}", "date", date, "rows", slice(divisions->rows, first));
        if (!cli_ask(cli, engine, "import_divisions", body, NULL)) {
            cli_complain(cli, "row 0 is row %" G_GINT64_FORMAT " of the sheet; correct it and run it again",
                         g_array_index(divisions->numbers, int64_t, first));
            return false;
        }
        cli_progress((int64_t)MIN(first + DIVISION_ROWS, count), (int64_t)count, counted);
    }
    cli_progress_end();
    return true;
}

static int divisions_from(const struct cli *cli, const char *date, int fd)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(json_t) rows = json_array();
    struct divisions divisions = {names, rows, numbers};
    if (!read_divisions(cli, fd, &divisions))
        return CLI_FAILED;
    AUTO(engine) struct engine *engine = cli_engine(cli, false);
    if (engine == NULL || !import_divisions(cli, engine, &divisions, date))
        return CLI_FAILED;
    printf("%zu divisions as of %s\n", json_array_size(rows), date);
    return CLI_DONE;
}

int run_import_divisions(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *date = NULL;
    const GOptionEntry own[] = {
        {"date", 0, 0, G_OPTION_ARG_STRING, &date, "the day from which they are valid, such as 2023-06-30", "DATE"},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    if (date == NULL)
        return cli_complain(&cli, "say with --date from which day the divisions are valid");
    int fd = open_input(&cli, cli.words[0]);
    if (fd < 0)
        return CLI_FAILED;
    int status = divisions_from(&cli, date, fd);
    close(fd);
    return status;
}
