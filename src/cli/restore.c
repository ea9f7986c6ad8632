/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lianfang restore`: a backup becomes a data directory, as it is or as of a moment before. */
#include "areas/areas.h"
#include "base/datetime.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#define POS_NONE G_MININT64 /* not given */

static int complain_of_time(const struct cli *cli, const char *until)
{
    cli_complain(cli,
                 "--until: %s is no time; write 2020-02-03T14:05, in the zone of the playbook, or with an offset, "
                 "2020-02-03T14:05:00+08:00",
                 until);
    return CLI_USAGE;
}

/* A time of the clocks where the playbook is in force. */
static int read_local(const struct cli *cli, const char *until, int64_t *out_us)
{
    int64_t us[2];
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    if (datetime_parse_local(until, utc, us) < 0)
        return complain_of_time(cli, until);
    g_autoptr(GTimeZone) zone = backup_zone(cli->words[0], &error);
    if (zone == NULL && error != NULL)
        return cli_fail(cli, error);
    if (zone == NULL)
        return cli_complain(cli, "--until: this backup has no playbook, whose zone %s would be in; write an offset",
                            until);
    int count = datetime_parse_local(until, zone, us);
    char first[DATETIME_TEXT_MAX], second[DATETIME_TEXT_MAX];
    if (count == 1) {
        *out_us = us[0];
        return CLI_DONE;
    }
    const char *name = g_time_zone_get_identifier(zone);
    if (count == 0)
        return cli_complain(cli, "--until: clocks in %s never showed %s: they were put forward", name, until);
    datetime_format(us[0], zone, first);
    datetime_format(us[1], zone, second);
    return cli_complain(cli, "--until: clocks in %s showed %s twice; write %s or %s", name, until, first, second);
}

static int read_until(const struct cli *cli, const char *until, int64_t *out_us)
{
    int64_t us;
    if (!datetime_parse(until, &us)) {
        int status = read_local(cli, until, &us);
        if (status != CLI_DONE)
            return status;
    }
    if (us > g_get_real_time())
        return cli_complain(cli, "--until: %s is still to come", until);
    if (us <= 0)
        return complain_of_time(cli, until);
    *out_us = us;
    return CLI_DONE;
}

/* Times as the playbook's people read them, where there is one. */
static void tell(const struct cli *cli, const struct restored *restored)
{
    char at[DATETIME_TEXT_MAX], first[DATETIME_TEXT_MAX], last[DATETIME_TEXT_MAX];
    g_autoptr(GTimeZone) zone = backup_zone(cli->words[0], NULL);
    if (zone == NULL)
        zone = g_time_zone_new_utc();
    datetime_format(restored->at_us, zone, at);
    datetime_format(restored->left_first_us, zone, first);
    datetime_format(restored->left_last_us, zone, last);
    printf("it ends with event %" G_GINT64_FORMAT " of the backup, of %s\n", restored->pos, at);
    if (restored->left_out == 0) {
        printf("nothing was left out: the backup ends there\n");
        return;
    }
    printf("left out: %" G_GINT64_FORMAT " events, from %s to %s\n", restored->left_out, first, last);
    printf("%" G_GINT64_FORMAT " accounts made since are closed (`lianfang account list`)\n",
           restored->accounts_closed);
}

int run_restore(const struct cli_command *command, int argc, char **argv)
{
    AUTO(cli) struct cli cli;
    g_autofree char *until = NULL;
    gint64 pos = POS_NONE;
    gboolean without_missing = FALSE;
    const GOptionEntry own[] = {
        {"until", 0, 0, G_OPTION_ARG_STRING, &until,
         "leave out what was written after this moment: 2020-02-03T14:05 in the playbook's zone, or with an offset",
         "TIME"},
        {"until-pos", 0, 0, G_OPTION_ARG_INT64, &pos,
         "leave out what was written after this event, as `lianfang dump` numbers them", "POS"},
        {"without-missing", 0, 0, G_OPTION_ARG_NONE, &without_missing,
         "go on without attachments that are missing in the backup, and list them", NULL},
        {NULL}};
    if (!cli_parse(&cli, command, own, argc, argv))
        return CLI_USAGE;
    g_autoptr(GError) error = NULL;
    struct restored restored;
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
    struct restoring restoring = {.areas = lianfang_areas,
                                  .backup_dir = cli.words[0],
                                  .data_dir = cli.data_dir,
                                  .keys_dir = cli.keys_dir,
                                  .until_pos = pos == POS_NONE ? 0 : pos,
                                  .missing = without_missing ? missing : NULL};
    if (pos != POS_NONE && (pos < 1 || until != NULL)) {
        cli_complain(&cli, pos < 1 ? "--until-pos is a number from 1 on" : "give --until or --until-pos, not both");
        return CLI_USAGE;
    }
    int status = until != NULL ? read_until(&cli, until, &restoring.until_us) : CLI_DONE;
    if (status != CLI_DONE)
        return status;
    if (!data_restore_until(&restoring, &restored, &error))
        return cli_fail(&cli, error);
    printf("restored to %s; %" G_GINT64_FORMAT " keys erased again\n", cli.data_dir, restored.erased);
    printf("everybody has to log in again\n");
    for (guint i = 0; i < missing->len; i++)
        printf("missing: %s\n", (const char *)g_ptr_array_index(missing, i));
    if (until != NULL || pos != POS_NONE)
        tell(&cli, &restored);
    return CLI_DONE;
}
