/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "cli/cli.h"
#include "rehearsal/conservation.h"
#include "rehearsal/days.h"

#include <stdio.h>

static void show_progress(const char *what, int64_t done, int64_t all, void *context)
{
    cli_progress(done, all, (void *)what);
}

static void report(const struct rehearsal_report *found)
{
    printf("%" G_GINT64_FORMAT " grids, %" G_GINT64_FORMAT " posts, %" G_GINT64_FORMAT " arrivals, %" G_GINT64_FORMAT
           " requests, %" G_GINT64_FORMAT " directives, %" G_GINT64_FORMAT " entries, %" G_GINT64_FORMAT
           " refused by the rules\n",
           found->grids, found->posts, found->arrivals, found->requests, found->directives, found->entries,
           found->refused);
    if (found->first_refusal != NULL)
        printf("the first refusal: %s\n", found->first_refusal);
}

#define SHOWN G_GINT64_FORMAT

static void report_conservation(const struct conservation *found)
{
    printf("arrivals: %" SHOWN " made", found->made);
    for (int i = 0; i < FATE_COUNT; i++)
        printf("%s %" SHOWN " %s", i == 0 ? " =" : " +", found->fates[i], fate_names[i]);
    printf("\nexpectations: %" SHOWN " made", found->expected);
    for (int i = 0; i < OUTCOMES; i++)
        printf("%s %" SHOWN " %s", i == 0 ? " =" : " +", found->outcomes[i], outcome_names[i]);
    printf(" (of the open ones %" SHOWN " are overdue)\n", found->overdue);
    printf("entries: %" SHOWN " accepted, each of them there\n", found->entries);
    printf("figures equal a recount; %" SHOWN " events, %" SHOWN " heads: the chain verifies\n", found->events,
           found->heads);
}

/* Whether nothing has vanished; what is wrong is said. */
static bool prove(struct engine *engine, const struct rehearsal_report *lived, GError **error)
{
    AUTO(conservation) struct conservation found = {0};
    if (!conservation_prove(lived->book, engine, lived->begin_us, &found, error))
        return false;
    if (found.fault_count == 0) {
        report_conservation(&found);
        return true;
    }
    for (guint i = 0; i < found.faults->len; i++)
        printf("%s\n", (const char *)found.faults->pdata[i]);
    g_set_error(error, REHEARSAL_ERROR, REHEARSAL_ERROR_LOST,
                "%" SHOWN " times what was made is not there, or not as it was made: report it; `lianfang rebuild "
                "--compare` says whether the rows or the journal are wrong",
                found.fault_count);
    return false;
}

/* The days end now: the clock begins so many days ago and runs up to the present. Events of the set-up must not be
 * later than its beginning (--now). */
int run_rehearse(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    int days = 3, families = 280;
    gint64 seed = 1;
    const GOptionEntry own[] = {
        {"days", 0, 0, G_OPTION_ARG_INT, &days, "how many days, 1 to 30 (3)", "N"},
        {"families", 0, 0, G_OPTION_ARG_INT, &families, "families that arrive per day (280)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "the same seed makes the same people (1)", "N"},
        {NULL},
    };
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    if (days < 1 || days > 30 || families < 0 || families > 10000)
        return cli_complain(&cli, "--days takes 1 to 30, --families 0 to 10000");
    struct clock clock;
    int64_t now_us = g_get_real_time();
    clock_init_manual(&clock, now_us - days * US_PER_DAY);
    g_autoptr(GError) error = NULL;
    AUTO(engine)
    struct engine *engine = engine_open(&(struct engine_options){.areas = lianfang_areas,
                                                                 .data_dir = cli.data_dir,
                                                                 .keys_dir = cli.keys_dir,
                                                                 .clock = &clock,
                                                                 .no_clock = true,
                                                                 .in_order = true,
                                                                 .grace_us = 0},
                                        &error);
    if (engine == NULL)
        return cli_fail(&cli, error);
    struct rehearsal_options options = {.engine = engine,
                                        .clock = &clock,
                                        .days = days,
                                        .until_us = now_us,
                                        .seed = (uint64_t)seed,
                                        .families_a_day = families,
                                        .progress = show_progress};
    struct rehearsal_report found;
    bool lived = rehearsal_run(&options, &found, &error) && rehearsal_accounts(engine, &clock, &error);
    cli_progress_end();
    if (lived) {
        report(&found);
        lived = prove(engine, &found, &error);
    }
    rehearsal_report_clear(&found);
    return lived ? CLI_DONE : cli_fail(&cli, error);
}
