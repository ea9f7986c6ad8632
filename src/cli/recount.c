/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indicators that are kept current, counted anew out of all rows. */
#include "areas/areas.h"
#include "cli/cli.h"
#include "matter/tally.h"
#include "registry/facts.h"
#include "registry/staffing.h"

#include <glib/gstdio.h>
#include <stdio.h>

#define DIFFERENCES_MOST 1000

static int recount(const struct cli *cli, struct db *rows, struct rulebook *rulebook,
                   const struct tally_progress *progress)
{
    g_autoptr(GError) error = NULL;
    db_begin(rows);
    tally_recount(rows, rulebook, progress);
    registry_facts_add_anew(rows);
    if (rulebook_current(rulebook) != NULL)
        registry_staffing_settle_anew(rows, rulebook_current(rulebook));
    cli_progress_end();
    if (!db_commit(rows, &error))
        return cli_fail(cli, error);
    printf("counted\n");
    return CLI_DONE;
}

static int compare(const struct cli *cli, struct db *rows, struct rulebook *rulebook,
                   const struct tally_progress *progress)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *scratch = g_build_filename(cli->data_dir, "rows.db.recount", NULL);
    if (!tally_is_counted(rows))
        return cli_complain(cli,
                            "the kept figures are behind, and nothing is answered from them: run `lianfang recount` "
                            "without --compare");
    g_unlink(scratch); /* of a run that was cut off */
    db_begin(rows);    /* else each query would lock the file */
    bool well = tally_compare(rows, rulebook, scratch, DIFFERENCES_MOST, progress, differences, &error);
    if (well && rulebook_current(rulebook) != NULL)
        registry_staffing_compare(rows, rulebook_current(rulebook), DIFFERENCES_MOST, differences);
    if (well)
        registry_facts_compare(rows, DIFFERENCES_MOST, differences);
    db_rollback(rows);
    cli_progress_end();
    g_unlink(scratch);
    if (!well)
        return cli_fail(cli, error);
    for (guint i = 0; i < differences->len; i++)
        printf("%s\n", (const char *)differences->pdata[i]);
    if (differences->len > 0)
        return cli_complain(cli, "kept figures differ: report it, and run `lianfang recount` without --compare");
    printf("figures are equal\n");
    return CLI_DONE;
}

int run_recount(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    gboolean compares = FALSE;
    char counted[] = "matters";
    const GOptionEntry own[] = {
        {"compare", 0, 0, G_OPTION_ARG_NONE, &compares, "change nothing, only list the figures that differ", NULL},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    struct clock clock;
    g_autoptr(GError) error = NULL;
    clock_init_system(&clock); /* counts nothing: also one that is wrong will do */
    const struct engine_options held = {.areas = lianfang_areas,
                                        .data_dir = cli.data_dir,
                                        .keys_dir = cli.keys_dir,
                                        .clock = &clock,
                                        .no_clock = true,
                                        .grace_us = -1};
    AUTO(engine) struct engine *engine = engine_open(&held, &error); /* nobody else writes, and rows are at the end */
    if (engine == NULL)
        return cli_fail(&cli, error);
    g_autofree char *path = g_build_filename(cli.data_dir, "rows.db", NULL);
    const struct db_options options = {.mode = compares ? DB_READ : DB_ROWS};
    AUTO(db) struct db *rows = db_open(path, &options, &error);
    if (rows == NULL)
        return cli_fail(&cli, error);
    const struct tally_progress progress = {cli_progress, counted};
    return compares ? compare(&cli, rows, engine_rulebook(engine), &progress)
                    : recount(&cli, rows, engine_rulebook(engine), &progress);
}
