/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal in words, for debugging: `dump`, the events of a range or of a matter; `trace`, those of one command and
 * the SQL by which they are applied to rows. Members have the words of the catalogue, sealed parts are shown by their
 * length; ids are the inner ones. Both read beside a running server.
 */
#include "areas/areas.h"
#include "base/datetime.h"
#include "cli/cli.h"
#include "matter/matter.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NO_SUCH_COMMAND "this command wrote no event: it was refused, or belongs to another data directory"

/* A member a line; of a list of rows, a row a line. */
static void print_body(const json_t *words)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)words, name, value)
    {
        bool are_rows = json_is_object(json_array_get(value, 0));
        for (size_t i = 0; i < (are_rows ? json_array_size(value) : 1); i++) {
            char *text = json_dumps(are_rows ? json_array_get(value, i) : value, JSON_ENCODE_ANY);
            printf("    %s: %s\n", name, text);
            free(text); /* jansson's allocation */
        }
    }
}

static void print_event(const struct areas *areas, const struct event *event, GTimeZone *zone)
{
    char at[DATETIME_TEXT_MAX], observed[DATETIME_TEXT_MAX], command[UUID_TEXT_LENGTH + 1], place[PLACE_TEXT_MAX];
    datetime_format(event->at_us, zone, at);
    datetime_format(event->observed_us, zone, observed);
    uuid_format(&event->command, command);
    place_format(event_place(event), place);
    printf("%" G_GINT64_FORMAT "  %s  %s  %s %d  command %s", event->pos, place, at, event->kind, event->version,
           command);
    const struct {
        const char *name;
        int64_t id;
    } named[] = {{"unit", event->unit}, {"matter", event->matter}, {"person", event->person}, {"post", event->post}};
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (named[i].id != 0)
            printf("  %s %" G_GINT64_FORMAT, named[i].name, named[i].id);
    if (event->observed_us != event->at_us)
        printf("  observed %s", observed);
    putchar('\n');
    g_autoptr(json_t) body = json_loadb(event->body, event->body_bytes, 0, NULL);
    g_autoptr(json_t) words = body != NULL ? event_in_words(areas, event, body, zone) : NULL;
    if (words != NULL)
        print_body(words);
    else
        printf("    %.*s\n", (int)event->body_bytes, (const char *)event->body);
    if (event->sealed == NULL)
        return;
    g_autofree char *sealed = event_sealed_in_words(areas, event, body);
    printf("    sealed: %s\n", sealed);
}

/* ---- dump ---- */

struct stretch {
    int64_t from, to; /* 0: the end */
    int64_t matter;   /* 0: whichever */
};

static bool find_matter(const struct cli *cli, const char *text, int64_t *out, GError **error)
{
    struct uuid uuid;
    struct matter matter;
    if (!uuid_parse(text, &uuid)) {
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "--matter takes the id of a matter as the API shows it");
        return false;
    }
    struct reader *reader = reader_open(cli->data_dir, cli->keys_dir, error);
    if (reader == NULL)
        return false;
    bool found = matter_get_by_uuid(reader->rows, &uuid, &matter);
    reader_close(reader);
    if (found)
        *out = matter.id;
    else
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DATA, "there is no matter %s", text);
    return found;
}

static struct journal *open_journal(const struct cli *cli, GError **error)
{
    g_autofree char *path = g_build_filename(cli->data_dir, "journal.db", NULL);
    return data_exists(cli->data_dir, error) ? journal_open_reader(path, error) : NULL;
}

static bool dump(const struct cli *cli, const struct stretch *stretch, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    AUTO(areas) struct areas *areas = areas_new(lianfang_areas);
    AUTO(journal) struct journal *journal = open_journal(cli, error);
    if (journal == NULL)
        return false;
    GError *said = NULL;
    struct event event;
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, stretch->from, stretch->to);
    while (journal_next(cursor, &event, &said))
        if (stretch->matter == 0 || event.matter == stretch->matter)
            print_event(areas, &event, zone);
    if (said != NULL)
        g_propagate_error(error, said);
    return said == NULL;
}

int run_dump(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct stretch stretch = {.from = 1};
    g_autofree char *matter = NULL;
    g_autoptr(GError) error = NULL;
    const GOptionEntry own[] = {
        {"from", 0, 0, G_OPTION_ARG_INT64, &stretch.from, "the first position (1)", "POS"},
        {"to", 0, 0, G_OPTION_ARG_INT64, &stretch.to, "the last position (the end of the journal)", "POS"},
        {"matter", 0, 0, G_OPTION_ARG_STRING, &matter, "only events of this matter", "ID"},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    if (stretch.from < 1 || stretch.to < 0) {
        cli_complain(&cli, "positions are counted from 1");
        return CLI_USAGE;
    }
    bool well = (matter == NULL || find_matter(&cli, matter, &stretch.matter, &error)) && dump(&cli, &stretch, &error);
    return well ? CLI_DONE : cli_fail(&cli, error);
}

/* ---- trace ---- */

static int print_statement(unsigned what, void *context, void *statement, void *text)
{
    char *expanded = sqlite3_expanded_sql(statement);
    printf("    > %s\n", expanded != NULL ? expanded : (const char *)text);
    sqlite3_free(expanded);
    return 0;
}

/* The tables of rows.db, empty: the trace shows statements, which do not depend on rows. */
static struct db *empty_rows(const struct areas *areas, GError **error)
{
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("lianfang-XXXXXX", &path, error);
    if (file < 0)
        return NULL;
    close(file);
    struct db *rows = db_open(path, &(struct db_options){.mode = DB_REBUILD}, error);
    unlink(path);
    for (int i = 0; rows != NULL && areas->list[i] != NULL; i++)
        if (!db_script(rows, areas->list[i]->schema, error)) {
            db_close(rows);
            return NULL;
        }
    if (rows != NULL)
        sqlite3_trace_v2(db_handle(rows), SQLITE_TRACE_STMT, print_statement, NULL);
    return rows;
}

static void print_applied(const struct areas *areas, struct db *rows, const struct event *event)
{
    g_autoptr(json_t) body = json_loadb(event->body, event->body_bytes, 0, NULL);
    if (event_is_known(areas, event) && body != NULL)
        event_apply(areas, rows, event, body);
    else
        printf("    this program does not know this kind or version\n");
}

static int64_t trace(struct journal *journal, struct db *rows, const struct areas *areas, const struct uuid *id,
                     GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    GError *said = NULL;
    struct event event;
    int64_t count = 0;
    AUTO(journal_cursor) struct journal_cursor *cursor = journal_walk(journal, 1, 0);
    while ((count == 0 || uuid_equal(&event.command, id)) && journal_next(cursor, &event, &said))
        if (uuid_equal(&event.command, id)) {
            print_event(areas, &event, zone);
            print_applied(areas, rows, &event);
            count++;
        }
    if (said != NULL)
        g_propagate_error(error, said);
    return said == NULL ? count : -1;
}

int run_trace(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    struct uuid id;
    g_autoptr(GError) error = NULL;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    if (!uuid_parse(cli.words[0], &id)) {
        cli_complain(&cli, "takes the id of a command: a UUID");
        return CLI_USAGE;
    }
    AUTO(areas) struct areas *areas = areas_new(lianfang_areas);
    AUTO(journal) struct journal *journal = open_journal(&cli, &error);
    AUTO(db) struct db *rows = journal != NULL ? empty_rows(areas, &error) : NULL;
    int64_t count = rows != NULL ? trace(journal, rows, areas, &id, &error) : -1;
    if (count < 0)
        return cli_fail(&cli, error);
    return count > 0 ? CLI_DONE : cli_complain(&cli, NO_SUCH_COMMAND);
}
