/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue of events, for readers of a journal. */
#include "areas/areas.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

static const char *word(const json_t *of, const char *name)
{
    return json_get_text(of, name, "");
}

static void print_members(const json_t *members)
{
    size_t i;
    const json_t *member;
    json_array_foreach(members, i, member)
        printf("    %-14s %-8s %s%s\n", word(member, "name"), word(member, "type"), word(member, "about"),
               json_get_bool(member, "old", false) ? " (earlier versions)" : "");
}

static void print_kind(const json_t *kind)
{
    size_t i;
    const json_t *part;
    printf("%s %" G_GINT64_FORMAT "  in the stream of the %s%s\n    %s.\n", word(kind, "kind"),
           json_get_integer(kind, "version", 0), word(kind, "stream"),
           json_get_bool(kind, "everywhere", false) ? ", applied everywhere" : "", word(kind, "about"));
    print_members(json_object_get(kind, "members"));
    print_members(json_object_get(kind, "also"));
    json_array_foreach(json_object_get(kind, "sealed"), i, part)
        printf("    %-14s sealed   %s\n", word(part, "name"), word(part, "about"));
}

int run_events(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    gboolean as_json = false;
    const GOptionEntry own[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &as_json, "everything, for programs", NULL}, {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    AUTO(areas) struct areas *areas = areas_new(lianfang_areas);
    g_autoptr(json_t) catalogue = areas_catalogue(areas);
    size_t i;
    const json_t *kind;
    if (as_json) {
        json_dumpf(catalogue, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
        putchar('\n');
        return CLI_DONE;
    }
    json_array_foreach(catalogue, i, kind) print_kind(kind);
    return CLI_DONE;
}
