/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits to be delivered outside, what was given up, and trying that anew: beside a running server, or without. */
#include "base/datetime.h"
#include "cli/cli.h"
#include "outbox/deliveries.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MOST 200 /* of what was given up, the youngest */

struct printing {
    struct db *db;
    GTimeZone *zone;
    int count;
};

static void format_time(const struct printing *printing, int64_t at_us, char out[DATETIME_TEXT_MAX])
{
    if (at_us != 0)
        datetime_format(at_us / US_PER_SECOND * US_PER_SECOND, printing->zone, out);
    else
        g_strlcpy(out, "-", DATETIME_TEXT_MAX);
}

static void print_destination(void *context, const char *name)
{
    struct printing *printing = context;
    struct delivery_counts counts;
    char since[DATETIME_TEXT_MAX];
    deliveries_count(printing->db, name, &counts);
    format_time(printing, counts.oldest_us, since);
    printf("%s: %" G_GINT64_FORMAT " delivered, %" G_GINT64_FORMAT " waiting (the oldest since %s), %" G_GINT64_FORMAT
           " given up, %" G_GINT64_FORMAT " tries failed, %" G_GINT64_FORMAT " not needed any more\n",
           name, counts.delivered, counts.waiting, since, counts.dead, counts.failures, counts.unneeded);
    if (counts.lost > 0)
        printf("%s: %" G_GINT64_FORMAT " given up before gave way to younger ones\n", name, counts.lost);
    printing->count++;
}

static void print_dead(void *context, const struct dead_delivery *dead)
{
    const struct printing *printing = context;
    char id[UUID_TEXT_LENGTH + 1], made[DATETIME_TEXT_MAX], given_up[DATETIME_TEXT_MAX];
    uuid_format(&dead->uuid, id);
    format_time(printing, dead->made_us, made);
    format_time(printing, dead->dead_us, given_up);
    printf("  %s  %s  %s %s  since %s  given up %s  tries %" G_GINT64_FORMAT "  %s\n", id, dead->destination,
           dead->kind, raising_names[dead->how], made, given_up, dead->tries, dead->why);
}

/* NULL, said: the data are not there, or nothing was ever delivered from them (with status CLI_DONE). */
static struct db *open_file(const struct cli *cli, bool write, int *out_status)
{
    g_autoptr(GError) error = NULL;
    struct db *db = data_exists(cli->data_dir, &error) ? deliveries_open_existing(cli->data_dir, write, &error) : NULL;
    *out_status = error != NULL ? cli_fail(cli, error) : CLI_DONE;
    if (db == NULL && error == NULL)
        printf("nothing is delivered: the server was never started with a destination; write [deliver NAME] into the "
               "file of --config\n");
    return db;
}

int run_outbox(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    int status;
    if (!cli_parse(&cli, command, NULL, argc, argv))
        return CLI_USAGE;
    struct db *db = open_file(&cli, false, &status);
    if (db == NULL)
        return status;
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    struct printing printing = {db, zone, 0};
    deliveries_each(db, print_destination, &printing);
    if (printing.count == 0)
        printf("nothing is delivered: no destination is configured\n");
    deliveries_each_dead(db, SHOWN_MOST, print_dead, &printing);
    db_close(db);
    return CLI_DONE;
}

static int resend(const struct cli *cli, struct db *db, const struct uuid *uuid, const char *to)
{
    g_autoptr(GError) error = NULL;
    db_begin(db);
    int count = deliveries_resend(db, uuid, to, g_get_real_time());
    if (!db_commit(db, &error))
        return cli_fail(cli, error);
    if (count == 0)
        return cli_complain(cli, "nothing of that was given up; `lianfang outbox` lists what was");
    printf("%d tried anew, by the server, or when it is started\n", count);
    return CLI_DONE;
}

int run_outbox_resend(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *to = NULL;
    struct uuid uuid;
    int status;
    const GOptionEntry own[] = {{"to", 0, 0, G_OPTION_ARG_STRING, &to, "of this destination alone", "DESTINATION"},
                                {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    bool all = strcmp(cli.words[0], "all") == 0;
    if (!all && !uuid_parse(cli.words[0], &uuid)) {
        cli_complain(&cli, "%s is no id; give one that `lianfang outbox` lists, or all", cli.words[0]);
        return CLI_USAGE;
    }
    struct db *db = open_file(&cli, true, &status);
    if (db == NULL)
        return status;
    status = resend(&cli, db, all ? NULL : &uuid, to);
    db_close(db);
    return status;
}
