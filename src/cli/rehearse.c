/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/areas.h"
#include "cli/cli.h"
#include "rehearsal/conservation.h"
#include "rehearsal/days.h"
#include "rehearsal/rates.h"

#include <stdio.h>

static void show_progress(const char *what, int64_t done, int64_t all, void *context)
{
    cli_progress(done, all, (void *)what);
}

#define SHOWN G_GINT64_FORMAT

static void report(struct engine *engine, const struct rehearsal_report *lived, double seconds)
{
    struct engine_metrics metrics;
    engine_metrics(engine, &metrics);
    printf("%" SHOWN " grids, %" SHOWN " posts; opened:", lived->grids, lived->posts);
    g_autoptr(GArray) kinds = book_kinds(lived->book);
    for (guint i = 0; i < kinds->len; i++) {
        const struct book_kind *kind = &g_array_index(kinds, struct book_kind, i);
        printf("%s %s %" SHOWN, i > 0 ? "," : "", kind->kind, kind->opened);
    }
    printf("\n%" SHOWN " commands accepted, %" SHOWN " refused by the rules; with those of the set-up, the clock and "
           "letters %" SHOWN " in %.0f s: %.0f/s\n",
           lived->accepted, lived->refused, metrics.commands, seconds, (double)metrics.commands / seconds);
    printf("%s", lived->refusals);
}

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

/* The table of docs/rehearsal.md. */
static int print_rates(void)
{
    for (int i = 0; i < RATE_COUNT; i++)
        printf("| %s | %g | %s | %s |\n", rates[i].what, rates[i].value, rates[i].per,
               rates[i].source != NULL ? rates[i].source : "assumed");
    return CLI_DONE;
}

static int rehearse(const struct cli *cli, struct rehearsal_options *options, struct clock *clock)
{
    g_autoptr(GError) error = NULL;
    AUTO(engine)
    struct engine *engine = engine_open(&(struct engine_options){.areas = lianfang_areas,
                                                                 .data_dir = cli->data_dir,
                                                                 .keys_dir = cli->keys_dir,
                                                                 .clock = clock,
                                                                 .no_clock = true,
                                                                 .in_order = true,
                                                                 .grace_us = 0},
                                        &error);
    if (engine == NULL)
        return cli_fail(cli, error);
    struct rehearsal_report found;
    int64_t started_us = clock_monotonic_us();
    options->engine = engine;
    options->clock = clock;
    bool lived = rehearsal_run(options, &found, &error) && rehearsal_accounts(engine, clock, &error);
    cli_progress_end();
    if (lived) {
        report(engine, &found, (double)(clock_monotonic_us() - started_us) / US_PER_SECOND);
        lived = prove(engine, &found, &error);
    }
    rehearsal_report_clear(&found);
    return lived ? CLI_DONE : cli_fail(cli, error);
}

#define NOT_GIVEN G_MININT

/* The days end now, or at --now: the clock begins so many days before. Events of the set-up must not be later than
 * that. */
int run_rehearse(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    int days = 3, families = NOT_GIVEN;
    double scale = 0.01;
    gint64 seed = 1;
    gboolean shows_rates = FALSE, drill = FALSE;
    const GOptionEntry own[] = {
        {"days", 0, 0, G_OPTION_ARG_INT, &days, "how many days, 1 to 30 (3)", "N"},
        {"scale", 0, 0, G_OPTION_ARG_DOUBLE, &scale, "share of the city's residents that arrive and ask (0.01)", "F"},
        {"families", 0, 0, G_OPTION_ARG_INT, &families, "instead of it: families that arrive per day", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "the same seed makes the same decisions (1)", "S"},
        {"drill", 0, 0, G_OPTION_ARG_NONE, &drill, "every page, document and message says that it is a drill", NULL},
        {"rates", 0, 0, G_OPTION_ARG_NONE, &shows_rates, "only print how often what happens", NULL},
        {NULL},
    };
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    if (shows_rates)
        return print_rates();
    bool by_families = families != NOT_GIVEN;
    if (by_families)
        scale = families * rates[RATE_FAMILY].value / rates[RATE_ARRIVALS].value * 1000 / rates[RATE_RESIDENTS].value;
    if (days < 1 || days > 30 || (by_families && (families < 0 || families > 10000)) || !(scale >= 0 && scale <= 1))
        return cli_complain(&cli, "out of range: --days takes 1 to 30, --scale 0 to 1, --families 0 to 10000");
    struct clock clock;
    if (!cli_clock(&cli, &clock))
        return CLI_FAILED;
    int64_t now_us = clock_now_us(&clock);
    struct rehearsal_options options = {.days = days,
                                        .until_us = now_us,
                                        .seed = (uint64_t)seed,
                                        .scale = scale,
                                        .drill = drill,
                                        .progress = show_progress};
    clock_init_manual(&clock, now_us - days * US_PER_DAY);
    return rehearse(&cli, &options, &clock);
}
